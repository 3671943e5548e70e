"""Radiance with multiple scattering and its derivatives, a block of points at a time.

Diffuse light is one stream upwards and one downwards. A layer scatters light once, with exact
attenuation on the way; between layers and surface light goes to and fro without limit. The same
system, read backwards from the instrument, gives all derivatives.
"""

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.jit import kernel
from casa_processes.radiative_transfer.absorption.kernel import Absorbers, absorption
from casa_processes.radiative_transfer.kernel import Directions, Paths, Scatterers
from casa_processes.radiative_transfer.layers.kernel import asked, blend, factors
from casa_processes.radiative_transfer.scattering.adjoint.kernel import backwards
from casa_processes.radiative_transfer.scattering.diffuse.kernel import scatter, solve
from casa_processes.radiative_transfer.scattering.terms.kernel import (
    BLOCK,
    COEFFICIENTS,
    FEATURES,
    TERMS,
    Correction,
    Diffusion,
    Ground,
    Work,
    memory,
)

type Single = NDArray[np.float32]


@kernel
def radiance(
    gases: Absorbers,
    air: Scatterers,
    ways: Paths,
    ground: Ground,
    irradiance: Single,
    main: int,
    change: Directions,
    diffusion: Diffusion,
    correction: Correction,
    shades: Single,
    drift: Single,
    rows: Single,
) -> None:
    """Radiance of reflected sunlight with multiple scattering, and its derivatives.

    Parameters
    ----------
    gases, air, ways
        The atmosphere, as in single scattering.
    ground
        The surface.
    irradiance
        Of the Sun, in any unit.  shape (point,)
    main
        Gas whose columns have a row each, or -1.
    change
        Directions that have a row each.
    diffusion
        How the kinds of scatterers treat diffuse light.
    correction
        Of multiple scattering, towards an accurate solution.
    shades
        Changes of the albedo for diffuse light that have a row each.  [1], shape (shade, point)
    drift
        Change of the coefficients of the correction along each direction and by each shade.
        shape (direction + shade, coefficient), or (0, coefficient) where they count as constant
    rows
        Receives the radiance [unit of irradiance sr-1], its derivative by reflectance, by the
        column of `main` in each layer, along each direction, and by each shade; shape (2 + layer +
        direction + shade, point), or (2 + direction + shade, point) without `main`. With a single
        row, only the radiance is computed.

    Notes
    -----
    Derivatives are those of the same sums.
    """
    layers, points = gases.node.shape[0], rows.shape[1]
    work = memory(len(gases.tables), air.depth.shape[0], layers)
    needed = asked(gases.amount, change.gas)
    if main >= 0:
        needed[main] = True
    factor = factors(change.gas, change.temperature, change.pressure)
    for start in range(0, points, BLOCK):
        stop = min(start + BLOCK, points)
        size = stop - start
        absorption(gases, needed, start, size, work.section, work.depth)
        scatter(air, diffusion, start, size, work)
        work.beam[0, :size] = irradiance[start:stop]
        solve(ways, ground, diffusion, correction, start, size, work)
        rows[0, start:stop] = work.lines[0, :size]
        if rows.shape[0] > 1:
            backwards(ways, ground, air.phase, diffusion, correction, start, size, work)
            _derivatives(factor, change.scatterer, air, main, shades, start, size, work, rows)
            if drift.shape[0] > 0:
                _terms(correction, ground.albedo[start:stop], size, work)
            first, ones = rows.shape[0] - drift.shape[0], work.lines[8, :size]
            for number in range(drift.shape[0]):
                blend(drift[number], work.terms, 0, ones, rows[first + number, start:stop])


@kernel
def _derivatives(
    factor: Single, scatterer: Single, air: Scatterers, main: int, shades: Single, start: int,
    size: int, work: Work, rows: Single,
) -> None:  # fmt: skip
    """Write all rows but the first."""
    stop, layers = start + size, work.depth.shape[0]
    first = 2 + layers if main >= 0 else 2
    rows[1, start:stop] = work.lines[1, :size]
    if main >= 0:
        for layer in range(layers):
            row = rows[2 + layer, start:stop]
            section, weight = work.section[main, layer, :size], work.by_gas[layer, :size]
            for i in range(size):
                row[i] = section[i] * weight[i]
    count = factor.shape[0]
    for number in range(count):
        row = rows[first + number, start:stop]
        row[:] = 0.0
        for layer in range(layers):
            weight = work.by_gas[layer, :size]
            blend(factor[number, layer], work.section, layer, weight, row)
            for kind in range(air.depth.shape[0]):
                shape = air.shape[kind, start:stop]
                by_kind = work.by_kind[kind, layer, :size]
                _add(scatterer[number, kind, layer], shape, by_kind, row)
    _shaded(shades, start, size, work, rows[first + count :])


@kernel
def _shaded(shades: Single, start: int, size: int, work: Work, rows: Single) -> None:
    """Write derivatives by changes of the albedo."""
    by_albedo = work.lines[2, :size]
    for number in range(shades.shape[0]):
        row, shade = rows[number, start : start + size], shades[number, start : start + size]
        for i in range(size):
            row[i] = shade[i] * by_albedo[i]


@kernel
def _add(factor: float, values: Single, weight: Single, row: Single) -> None:
    if factor != 0.0:
        here = np.float32(factor)
        for i in range(row.size):
            row[i] += here * values[i] * weight[i]


@kernel
def _terms(correction: Correction, albedo: Single, size: int, work: Work) -> None:
    """Fill what the coefficients of the correction multiply."""
    multiple, from_ground, number = work.lines[6, :size], work.lines[5, :size], 1 + FEATURES
    work.terms[0, 0, :size], work.terms[TERMS, 0, :size] = multiple, from_ground
    for i in range(FEATURES):
        first, here = work.features[i, :size], work.terms[1 + i, 0, :size]
        ground = work.terms[TERMS + 1 + i, 0, :size]
        for p in range(size):
            here[p] = first[p] * multiple[p]
            ground[p] = first[p] * from_ground[p]
        for j in range(i, FEATURES):
            second, product = work.features[j, :size], work.terms[number, 0, :size]
            number += 1
            for p in range(size):
                product[p] = second[p] * here[p]
    number, unit = COEFFICIENTS - 2, np.float32(1.0 / correction.albedo)
    first, second = work.terms[number, 0, :size], work.terms[number + 1, 0, :size]
    for p in range(size):
        brighter = albedo[p] * unit - np.float32(1.0)
        first[p], second[p] = brighter * multiple[p], brighter * from_ground[p]
    work.lines[8, :size] = 1.0
