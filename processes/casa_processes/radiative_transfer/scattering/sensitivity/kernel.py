"""Multiple scattering in many directions with its derivatives by all depths of all layers.

Light goes down through the layers once more, beside what it is worth to the instrument: derivatives
by what a layer reflects and transmits are products of both. Halves of a layer, down to its thin
parts, share them.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.jit import kernel
from casa_processes.radiative_transfer.scattering.crossing.kernel import Light, cross, fade_through
from casa_processes.radiative_transfer.scattering.doubling.kernel import Trace, double, halve
from casa_processes.radiative_transfer.scattering.parts.kernel import gather, slopes
from casa_processes.radiative_transfer.scattering.slab.kernel import (
    Attenuation,
    Medium,
    Slab,
    Streams,
    Work,
    attenuate,
    scatter,
)
from casa_processes.radiative_transfer.scattering.streams.kernel import (
    Stack,
    add,
    clear,
    fade,
    surface,
)

type Values = NDArray[np.float64]


class Sensitivity(NamedTuple):
    """Derivatives of a radiance.

    Attributes
    ----------
    extinction
        By the extinction depth of each layer, scattering as it is.  shape (layer, point)
    scattering
        By the scattering depths, extinction as it is.  shape (kind, layer, point)
    albedo
        By the albedo of the surface.  shape (point,)
    """

    extinction: Values
    scattering: Values
    albedo: Values


class Room(NamedTuple):
    """Memory: what is kept of all layers.

    Attributes
    ----------
    doubled, first
        How often the thin part of a layer is doubled, and where its slabs begin.  shape (layer,)
    beam
        Beam at levels.  shape (layer + 1, point)
    means, slope
        Attenuation of parts and its derivative; each array begins with the layer.
    stack
        What lies below levels; each array begins with the level.
    trace
        Slabs.
    """

    doubled: NDArray[np.int64]
    first: NDArray[np.int64]
    beam: Values
    means: Attenuation
    slope: Attenuation
    stack: Stack
    trace: Trace


@kernel
def sensitive(
    medium: Medium, streams: Streams, doubled: NDArray[np.int64], radiance: Values, by: Sensitivity
) -> None:
    """Radiance at the top by light that is scattered or reflected more than once; its derivatives.

    Parameters
    ----------
    medium, streams
        What scatters, and into which directions.
    doubled
        How often the thin part of each layer is doubled.  shape (layer,)
    radiance
        Receives the radiance over the irradiance of the beam: all but the reflected beam and
        single scattering.  [sr-1], shape (point,)
    by
        Receives the derivatives, those of the very sums that the radiance is; arrays without points
        where none are asked for.

    Notes
    -----
    Doubling and adding (Hansen and Travis, 1974, section 3.2) of parts of layers whose reflection
    and transmission are exact in absorption and of second order in scattering.
    """
    count, points = streams.cosine.size, radiance.size
    square, wide = (count + 1, count + 1, points), (count, 3 * count + 1, points)
    work = Work(np.empty(wide), np.empty(wide), np.empty(square), np.empty(square))
    gradient = Slab(np.empty(points), np.empty(points), np.empty(square), np.empty(square))
    asked = by.albedo.size > 0
    room = _room(medium, streams, doubled, points, asked)
    radiance[:], by.extinction[:], by.scattering[:], by.albedo[:] = 0.0, 0.0, 0.0, 0.0
    for order in range(streams.azimuth.size):
        _rise(medium, streams, order, room, gradient, work)
        radiance += streams.azimuth[order] * room.stack.glow[0]
        if asked:
            _descend(medium, streams, order, room, gradient, work, by)


@kernel
def _room(
    medium: Medium, streams: Streams, doubled: NDArray[np.int64], points: int, asked: bool
) -> Room:
    """Return memory with all that does not depend on the order of azimuth."""
    layers, n = medium.sun.size, streams.cosine.size
    first, slabs = np.empty(layers, np.int64), 0
    for layer in range(layers):
        first[layer] = slabs
        slabs += doubled[layer] + 1 if asked else 0
    square, above = (n + 1, n + 1, points), np.zeros(points)
    beam = np.ones((layers + 1, points))
    many, all_of_them = (layers, *square), (slabs, *square)
    direct, one = (layers, n + 1, points), (layers, points)
    means = Attenuation(np.empty(direct), np.empty(one), np.empty(many), np.empty(many))
    slope = Attenuation(np.empty((0, 0, 0)), np.empty((0, 0)), np.empty(many), np.empty(many))
    for layer in range(layers):
        above += medium.sun[layer] * medium.extinction[layer]
        beam[layer + 1] = np.exp(-above)
        here, change = (
            _of_layer(means, layer),
            Attenuation(above[:0].reshape(0, 0), above[:0], slope.back[layer], slope.forth[layer]),
        )
        attenuate(medium, streams, layer, 2 ** doubled[layer], here)
        if asked:
            slopes(medium, streams, layer, 2 ** doubled[layer], here, change)
    level, between = (layers + 1, n, points), (slabs, n, n + 1, points)
    return Room(
        doubled, first, beam, means, slope,
        Stack(
            np.empty((layers + 1, n, n, points)), np.empty(level), np.empty(level),
            np.empty((layers + 1, points)),
        ),
        Trace(
            np.empty((slabs, points)), np.empty((slabs, points)), np.empty(all_of_them),
            np.empty(all_of_them), np.empty(between), np.empty(between),
        ),
    )  # fmt: skip


@kernel
def _of_layer(means: Attenuation, layer: int) -> Attenuation:
    return Attenuation(
        means.direct[layer], means.beam[layer], means.back[layer], means.forth[layer]
    )


@kernel
def _at(stack: Stack, level: int) -> Stack:
    return Stack(stack.reflected[level], stack.source[level], stack.seen[level], stack.glow[level])


@kernel
def _kept(trace: Trace, at: int, slab: Slab) -> None:
    if at >= trace.beam.shape[0]:
        return
    trace.sight[at], trace.beam[at] = slab.sight, slab.beam
    trace.reflected[at], trace.transmitted[at] = slab.reflected, slab.transmitted


@kernel
def _rise(medium: Medium, streams: Streams, order: int, room: Room, slab: Slab, work: Work) -> None:
    """Lay all layers on the surface, one after the other, and keep all."""
    layers, count = medium.sun.size, streams.cosine.size
    ground = surface(medium, streams, order, room.beam[layers])
    whole = _at(room.stack, layers)
    whole.reflected[:], whole.source[:] = ground.reflected, ground.source
    whole.seen[:], whole.glow[:] = ground.seen, ground.glow
    for layer in range(layers - 1, -1, -1):
        below, here = whole, _at(room.stack, layer)
        whole = here
        here.reflected[:], here.source[:] = below.reflected, below.source
        here.seen[:], here.glow[:] = below.seen, below.glow
        means, times, at = _of_layer(room.means, layer), room.doubled[layer], room.first[layer]
        if clear(medium, streams, layer, order):
            fade(means, times, here, work)
            continue
        scatter(medium, streams, layer, 2**times, order, means, slab, work)
        _kept(room.trace, at, slab)
        for number in range(at, at + times):
            double(slab, work)
            if number < room.trace.fall.shape[0]:
                room.trace.fall[number] = work.system[:, count : 2 * count + 1]
                room.trace.rise[number] = work.below[:, : count + 1]
            _kept(room.trace, number + 1, slab)
        add(slab, room.beam[layer], here, work)


@kernel
def _descend(
    medium: Medium, streams: Streams, order: int, room: Room, gradient: Slab, work: Work,
    by: Sensitivity,
) -> None:  # fmt: skip
    """Add the derivatives of one order of azimuth."""
    layers, (count, points) = medium.sun.size, room.stack.source[0].shape
    light = Light(
        np.zeros((count, points)), np.zeros((count, points)),
        np.full(points, streams.azimuth[order]),
    )  # fmt: skip
    carried = np.zeros((layers + 1, points))
    for layer in range(layers):
        below, means = _at(room.stack, layer + 1), _of_layer(room.means, layer)
        if clear(medium, streams, layer, order):
            fade_through(
                medium, streams, layer, room.doubled[layer], means.direct, below, light, work,
                by.extinction[layer],
            )  # fmt: skip
            continue
        last = room.first[layer] + room.doubled[layer]
        cross(room.trace, last, room.beam[layer], below, light, gradient, work, carried[layer])
        for at in range(last - 1, room.first[layer] - 1, -1):
            halve(room.trace, at, gradient, work)
        change = Attenuation(
            means.direct[:0], means.beam[:0], room.slope.back[layer], room.slope.forth[layer]
        )
        gather(
            medium, streams, layer, 2 ** room.doubled[layer], order, means, change, gradient, work,
            by.extinction[layer], by.scattering[:, layer],
        )  # fmt: skip
    if order == 0:
        _ground(medium, streams, room.beam[layers], light, by.albedo, carried[layers])
    whole = np.zeros(points)
    for layer in range(layers - 1, -1, -1):
        whole += carried[layer + 1]
        by.extinction[layer] -= medium.sun[layer] * whole


@kernel
def _ground(
    medium: Medium, streams: Streams, beam: Values, light: Light, albedo: Values, carried: Values
) -> None:
    """Add derivatives by the surface, and what the beam is worth there."""
    count = streams.cosine.size
    worth, turned = np.zeros(beam.size), streams.sun_cosine / np.pi
    for i in range(count):
        worth += light.worth[i]
    albedo += worth * turned * beam
    carried += worth * turned * beam * medium.albedo
    for j in range(count):
        share = 2.0 * streams.weight[j] * streams.cosine[j]
        albedo += (worth + light.seen) * share * light.down[j]
