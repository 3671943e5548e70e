"""Light on its way down through layers, and what more of it would be worth to the instrument."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.jit import kernel
from casa_processes.radiative_transfer.scattering.doubling.kernel import Trace
from casa_processes.radiative_transfer.scattering.elimination.kernel import eliminate
from casa_processes.radiative_transfer.scattering.slab.kernel import Medium, Slab, Streams, Work
from casa_processes.radiative_transfer.scattering.streams.kernel import Stack

type Values = NDArray[np.float64]


class Light(NamedTuple):
    """Light at a level, and what more of it would be worth to the instrument.

    Attributes
    ----------
    down, worth
        Downward streams, and the worth of upward ones.  shape (stream, point)
    seen
        Transmission from the level to the instrument, times the factor of the order.
        shape (point,)
    """

    down: Values
    worth: Values
    seen: Values


@kernel
def fade_through(
    medium: Medium, streams: Streams, layer: int, times: int, direct: Values, below: Stack,
    light: Light, work: Work, extinction: Values,
) -> None:  # fmt: skip
    """Go down through a layer that scatters nothing, and add the derivatives by its extinction."""
    count, points = light.down.shape
    passed = work.below[0, : count + 1]
    passed[:] = direct
    for _ in range(times):
        passed *= passed
    for i in range(count):
        for p in range(points):
            light.down[i, p] *= passed[i, p]
            light.worth[i, p] *= passed[i, p]
    light.seen[:] *= passed[count]
    up, duty = _other_sides(below, light, work)
    way = medium.sight[layer]
    for p in range(points):
        extinction[p] -= way * light.seen[p] * below.glow[p]
    for i in range(count):
        for p in range(points):
            through = light.worth[i, p] * up[i, p] + light.down[i, p] * duty[i, p]
            seen = light.seen[p] * below.seen[i, p] * light.down[i, p]
            extinction[p] -= through / streams.cosine[i] + way * seen


@kernel
def _other_sides(below: Stack, light: Light, work: Work) -> tuple[Values, Values]:
    """Return upward light, and the worth of downward light, on what lies below a level."""
    count, points = light.down.shape
    up, duty = work.one[0], work.two[0]
    for i in range(count):
        for p in range(points):
            up[i, p] = below.source[i, p]
            duty[i, p] = light.seen[p] * below.seen[i, p]
        for k in range(count):
            a, b = below.reflected[i, k], below.reflected[k, i]
            for p in range(points):
                up[i, p] += a[p] * light.down[k, p]
                duty[i, p] += b[p] * light.worth[k, p]
    return up, duty


@kernel
def cross(
    trace: Trace, at: int, beam: Values, below: Stack, light: Light, by: Slab, work: Work,
    carried: Values,
) -> None:  # fmt: skip
    """Go down through a slab, and fill the derivatives by all that it has.

    Parameters
    ----------
    trace, at
        Slabs, and which of them it is.
    beam
        That falls on it.  shape (point,)
    below
        What it lies on.
    light
        At its top; at its bottom thereafter.
    by
        Receives the derivatives.
    work
        Scratch.
    carried
        What the beam is worth here is added to it.  shape (point,)
    """
    count = light.down.shape[0]
    r, t, worth = trace.reflected[at], trace.transmitted[at], work.one[0]
    above, downwards = work.two[0], work.two[1]
    above[:count], above[count], downwards[:count] = light.worth, light.seen, light.down
    for k in range(count):
        worth[k] = 0.0
        for i in range(count + 1):
            worth[k] += above[i] * t[i, k]
    _reach(r, t, beam, below, light, trace.sight[at], worth, work)
    for k in range(count):
        for i in range(count):
            worth[k] += r[i, k] * work.below[i, count]
    light.seen[:] *= trace.sight[at]
    light.worth[:] = worth[:count]
    for i in range(count):
        light.down[i] = work.system[i, count]
    by.beam[:], by.sight[:] = 0.0, below.glow
    for j in range(count):
        by.sight[:] += below.seen[j] * light.down[j]
    by.sight[:] *= above[count]
    _reflect(below, light.down, work.one[1])
    _products(r, t, beam, above, downwards, by, work, carried)


@kernel
def _reflect(below: Stack, down: Values, up: Values) -> None:
    """Fill the light that comes up from what lies below."""
    count = down.shape[0]
    for i in range(count):
        up[i] = below.source[i]
        for k in range(count):
            up[i] += below.reflected[i, k] * down[k]


@kernel
def _reach(
    r: Values, t: Values, beam: Values, below: Stack, light: Light, sight: Values, worth: Values,
    work: Work,
) -> None:  # fmt: skip
    """Fill column `count` of `system` with downward light, that of `below` with its worth."""
    count, points = light.down.shape
    for i in range(count):
        for j in range(count):
            coupled = work.system[i, j]
            coupled[:] = 1.0 if i == j else 0.0
            for k in range(count):
                a, b = r[i, k], below.reflected[k, j]
                for p in range(points):
                    coupled[p] -= a[p] * b[p]
            work.below[j, i] = coupled
        source, duty = work.system[i, count], work.below[i, count]
        for p in range(points):
            source[p] = t[i, count, p] * beam[p]
            duty[p] = light.seen[p] * sight[p] * below.seen[i, p]
        for k in range(count):
            for p in range(points):
                source[p] += t[i, k, p] * light.down[k, p] + r[i, k, p] * below.source[k, p]
                duty[p] += below.reflected[k, i, p] * worth[k, p]
    eliminate(work.system, count + 1)
    eliminate(work.below, count + 1)


@kernel
def _products(
    r: Values, t: Values, beam: Values, above: Values, downwards: Values, by: Slab, work: Work,
    carried: Values,
) -> None:  # fmt: skip
    """Fill derivatives by reflection and transmission, and add what the beam is worth."""
    count, up, into, back = r.shape[0] - 1, work.one[1], work.two[2], work.two[3]
    for j in range(count + 1):
        into[0], back[0] = beam, 0.0
        if j < count:
            into[0], back[0] = downwards[j], up[j]
        for i in range(count + 1):
            turned, passed, worth = by.reflected[i, j], by.transmitted[i, j], above[i]
            for p in range(beam.size):
                turned[p] = worth[p] * into[0, p]
                passed[p] = worth[p] * back[0, p]
            if i < count:
                duty = work.below[i, count]
                for p in range(beam.size):
                    turned[p] += duty[p] * back[0, p]
                    passed[p] += duty[p] * into[0, p]
    for i in range(count + 1):
        carried += by.reflected[i, count] * r[i, count] + by.transmitted[i, count] * t[i, count]
