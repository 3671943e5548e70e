"""Monochromatic radiance of reflected sunlight and its derivatives, a block of points at a time.

Points of a block stay in near memory; loops run over points, in single precision, to fill vectors.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.jit import kernel
from casa_processes.radiative_transfer.absorption.kernel import Absorbers, absorption
from casa_processes.radiative_transfer.layers.kernel import asked, attenuation, blend, factors

type Single = NDArray[np.float32]

BLOCK = 512
_FOUR_PI = np.float32(12.566370614359172)


class Scatterers(NamedTuple):
    """What scatters: air molecules, aerosol and cloud, each with a spectral shape.

    Attributes
    ----------
    depth
        Extinction optical depths where the shape is 1.  [1], shape (scatterer, layer)
    shape
        Their spectral dependence.  [1], shape (scatterer, point)
    phase
        Single-scattering albedo times phase function at the angle of scattering, the phase
        function averaging to 1 over the sphere.  [1], shape (scatterer,)
    """

    depth: Single
    shape: Single
    phase: Single


class Paths(NamedTuple):
    """Lengths of the ways through each layer over its depth.  [1], shape (layer,)."""

    sun: Single
    sight: Single


class Directions(NamedTuple):
    """Changes of the atmosphere whose effect on the radiance is asked for, one row each.

    Attributes
    ----------
    gas
        Change of the columns.  [molecule cm-2], shape (direction, gas, layer)
    temperature
        [K], shape (direction, layer)
    pressure
        Change of the logarithm of pressure.  [1], shape (direction, layer)
    scatterer
        Change of the extinction depths.  [1], shape (direction, scatterer, layer)
    """

    gas: Single
    temperature: Single
    pressure: Single
    scatterer: Single


class Work(NamedTuple):
    """Memory of one block.

    Attributes
    ----------
    section
        Cross-sections [cm2 / molecule], then the changes of the optical depth a step of the tables,
        by temperature and pressure.  shape (gas + 2, layer, BLOCK)
    depth
        Optical depth of absorption.  shape (layer, BLOCK)
    scattering
        Phase-weighted scattering depth.  [1], shape (layer, BLOCK)
    extinction, weight
        Derivatives of the radiance by extinction and weighted scattering.  shape (layer, BLOCK)
    source
        Single scattering of a layer.  shape (layer, BLOCK)
    lines
        Scratch.  shape (6, BLOCK)
    """

    section: Single
    depth: Single
    scattering: Single
    extinction: Single
    weight: Single
    source: Single
    lines: Single


@kernel
def _work(gases: int, layers: int) -> Work:
    shape = (layers, BLOCK)
    return Work(
        np.empty((gases + 2, layers, BLOCK), np.float32),
        np.empty(shape, np.float32), np.empty(shape, np.float32), np.empty(shape, np.float32),
        np.empty(shape, np.float32), np.empty(shape, np.float32), np.empty((6, BLOCK), np.float32),
    )  # fmt: skip


@kernel
def _scattering(air: Scatterers, start: int, size: int, work: Work) -> None:
    """Fill the phase-weighted depth of scattering and add extinction, kept in `source`."""
    for layer in range(air.depth.shape[1]):
        weighted, whole = work.scattering[layer, :size], work.source[layer, :size]
        weighted[:], whole[:] = 0.0, work.depth[layer, :size]
        for kind in range(air.depth.shape[0]):
            depth, phase = air.depth[kind, layer], air.phase[kind]
            shape = air.shape[kind, start : start + size]
            for i in range(size):
                here = depth * shape[i]
                whole[i] += here
                weighted[i] += phase * here


@kernel
def _downwards(ways: Paths, size: int, work: Work) -> None:
    """Attenuate the beam, whose irradiance `lines[0]` holds, layer by layer."""
    beam, x = work.lines[0, :size], work.lines[1, :size]
    whole, mean, bend = work.lines[2, :size], work.lines[3, :size], work.lines[4, :size]
    for layer in range(ways.sun.size):
        way = ways.sun[layer] + ways.sight[layer]
        seen = ways.sight[layer] / _FOUR_PI
        source, scattering = work.source[layer, :size], work.scattering[layer, :size]
        weight, extinction = work.weight[layer, :size], work.extinction[layer, :size]
        for i in range(size):
            x[i] = way * source[i]
        attenuation(x, whole, mean, bend)
        for i in range(size):
            here = seen * beam[i]
            weight[i] = here * mean[i]
            extinction[i] = -here * scattering[i] * way * bend[i]
            source[i] = scattering[i] * weight[i]
            beam[i] *= whole[i]


@kernel
def _upwards(ways: Paths, reflectance: Single, size: int, work: Work) -> None:
    """Complete the derivatives by extinction; `lines[5]` ends as the radiance."""
    beam, below = work.lines[0, :size], work.lines[5, :size]
    for i in range(size):
        below[i] = reflectance[i] * beam[i]
    for layer in range(ways.sun.size - 1, -1, -1):
        way = ways.sun[layer] + ways.sight[layer]
        source, extinction = work.source[layer, :size], work.extinction[layer, :size]
        for i in range(size):
            extinction[i] -= way * below[i]
            below[i] += source[i]


@kernel
def _by_layer(main: int, size: int, work: Work, rows: Single) -> None:
    """Give the derivatives by the column of one gas in each layer."""
    for layer in range(work.depth.shape[0]):
        section, extinction = work.section[main, layer, :size], work.extinction[layer, :size]
        row = rows[layer]
        for i in range(size):
            row[i] = section[i] * extinction[i]


@kernel
def _toward(
    factor: Single, scatterer: Single, air: Scatterers, start: int, size: int, work: Work,
    row: Single,
) -> None:  # fmt: skip
    """Sum the derivatives of all layers for one direction of change."""
    row[:] = 0.0
    for layer in range(work.depth.shape[0]):
        extinction = work.extinction[layer, :size]
        blend(factor[layer], work.section, layer, extinction, row)
        for kind in range(air.depth.shape[0]):
            depth, phase = scatterer[kind, layer], air.phase[kind]
            if depth != 0.0:
                shape, weight = air.shape[kind, start : start + size], work.weight[layer, :size]
                for i in range(size):
                    row[i] += depth * shape[i] * (extinction[i] + phase * weight[i])


@kernel
def radiance(
    gases: Absorbers,
    air: Scatterers,
    ways: Paths,
    reflectance: Single,
    irradiance: Single,
    main: int,
    change: Directions,
    rows: Single,
) -> None:
    """Radiance of reflected sunlight and its derivatives.

    Parameters
    ----------
    gases, air, ways
        The atmosphere.
    reflectance
        Surface radiance over the irradiance on a plane across the beam: mu_0 albedo / pi for a
        Lambertian surface.  [sr-1], shape (point,)
    irradiance
        Of the Sun, in any unit.  shape (point,)
    main
        Gas whose columns have a row each, or -1.
    change
        Directions that have a row each; temperature is in steps of the tables, and pressure in
        steps of its logarithm.
    rows
        Receives the radiance [unit of irradiance sr-1], its derivative by reflectance, by the
        column of `main` in each layer, and along each direction; shape (2 + layer + direction,
        point), or (2 + direction, point) without `main`. A single row receives the radiance only.

    Notes
    -----
    Direct beam and single scattering, exact in homogeneous layers (Hansen and Travis, 1974,
    section 3); the derivatives are those of the same sums, gathered from the surface upwards.
    """
    layers = gases.node.shape[0]
    work = _work(len(gases.tables), layers)
    first = 2 + layers if main >= 0 else 2
    needed = asked(gases.amount, change.gas)
    if main >= 0:
        needed[main] = True
    factor = factors(change.gas, change.temperature, change.pressure)
    for start in range(0, rows.shape[1], BLOCK):
        stop = min(start + BLOCK, rows.shape[1])
        size = stop - start
        absorption(gases, needed, start, size, work.section, work.depth)
        _scattering(air, start, size, work)
        work.lines[0, :size] = irradiance[start:stop]
        _downwards(ways, size, work)
        _upwards(ways, reflectance[start:stop], size, work)
        rows[0, start:stop] = work.lines[5, :size]
        if rows.shape[0] == 1:
            continue
        rows[1, start:stop] = work.lines[0, :size]
        if main >= 0:
            _by_layer(main, size, work, rows[2:, start:stop])
        for number in range(change.temperature.shape[0]):
            row = rows[first + number, start:stop]
            _toward(factor[number], change.scatterer[number], air, start, size, work, row)
