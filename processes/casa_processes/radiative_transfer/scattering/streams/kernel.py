"""Layers that are laid on the surface and on each other, in many directions."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.jit import kernel
from casa_processes.radiative_transfer.scattering.elimination.kernel import eliminate
from casa_processes.radiative_transfer.scattering.slab.kernel import (
    Attenuation,
    Medium,
    Slab,
    Streams,
    Work,
)

type Values = NDArray[np.float64]

_CLEAR = 1e-8
"""Part of the light that a layer scatters in an order of azimuth, below which none counts."""


class Stack(NamedTuple):
    """The surface and the layers that lie on it already, of one order of azimuth.

    Attributes
    ----------
    reflected
        Upward streams from downward ones.  shape (stream, stream, point)
    source
        Upward streams from the beam.  shape (stream, point)
    seen, glow
        The same towards the instrument.  shape (stream, point), (point,)
    """

    reflected: Values
    source: Values
    seen: Values
    glow: Values


@kernel
def surface(medium: Medium, streams: Streams, order: int, beam: Values) -> Stack:
    """Return the stack of nothing but a Lambertian surface."""
    count, points = streams.cosine.size, beam.size
    stack = Stack(
        np.zeros((count, count, points)), np.zeros((count, points)), np.zeros((count, points)),
        np.zeros(points),
    )  # fmt: skip
    if order == 0:
        for j in range(count):
            exitance = 2.0 * streams.weight[j] * streams.cosine[j] * medium.albedo
            stack.seen[j] = exitance
            for i in range(count):
                stack.reflected[i, j] = exitance
            stack.source[j] = streams.sun_cosine / np.pi * medium.albedo * beam
    return stack


@kernel
def every_doubling(medium: Medium, thin: float) -> NDArray[np.int64]:
    """Return how often a thin part of each layer is doubled, shape (layer,)."""
    found = np.empty(medium.sun.size, np.int64)
    for layer in range(found.size):
        found[layer] = doublings(medium, layer, thin)
    return found


@kernel
def doublings(medium: Medium, layer: int, thin: float) -> int:
    """Return how often a thin part of a layer is doubled."""
    most = 0.0
    for point in range(medium.extinction.shape[1]):
        scattered = 0.0
        for kind in range(medium.scattering.shape[0]):
            scattered += medium.scattering[kind, layer, point]
        most = max(most, scattered)
    times = 0
    while most > thin:
        most, times = most / 2.0, times + 1
    return times


@kernel
def clear(medium: Medium, streams: Streams, layer: int, order: int) -> bool:
    """Tell whether a layer scatters next to nothing in an order of azimuth."""
    whole = 0.0
    for kind in range(medium.scattering.shape[0]):
        turned = max(
            np.abs(streams.back[order, kind]).max(), np.abs(streams.forth[order, kind]).max()
        )
        most = 0.0
        for scattered in medium.scattering[kind, layer]:
            most = max(most, scattered)
        whole += turned * most
    return whole < _CLEAR


@kernel
def fade(means: Attenuation, times: int, stack: Stack, work: Work) -> None:
    """Lay a slab on the stack that scatters nothing; `means` are those of a part of it."""
    count = stack.source.shape[0]
    passed = work.one[0]
    passed[:] = means.direct
    for _ in range(times):
        passed *= passed
    for i in range(count):
        for j in range(count):
            stack.reflected[i, j] *= passed[i] * passed[j]
        stack.source[i] *= passed[i]
        stack.seen[i] *= passed[count] * passed[i]
    stack.glow[:] *= passed[count]


@kernel
def add(slab: Slab, beam: Values, stack: Stack, work: Work) -> None:
    """Lay a slab, on which `beam` falls, on the stack."""
    count, points = stack.source.shape
    system = work.system
    for i in range(count):
        for j in range(count):
            light = system[i, j]
            light[:] = 1.0 if i == j else 0.0
            system[i, count + j] = slab.transmitted[i, j]
            for k in range(count):
                for p in range(points):
                    light[p] -= slab.reflected[i, k, p] * stack.reflected[k, j, p]
        source = system[i, 2 * count]
        for p in range(points):
            source[p] = slab.transmitted[i, count, p] * beam[p]
        for k in range(count):
            for p in range(points):
                source[p] += slab.reflected[i, k, p] * stack.source[k, p]
    eliminate(system, 2 * count + 1)
    _rise(stack, system, work.below)
    _emerge(slab, beam, stack, work)


@kernel
def _rise(stack: Stack, system: Values, below: Values) -> None:
    """Fill the light that the stack sends upwards; the last row is that to the instrument."""
    count, points = stack.source.shape
    for j in range(count + 1):
        seen = below[0, count + 1 + j]
        seen[:] = 0.0
        if j == count:
            seen[:] = stack.glow
        for i in range(count):
            fall, light = system[i, count + j], below[i, j]
            light[:] = 0.0
            if j == count:
                light[:] = stack.source[i]
            for p in range(points):
                seen[p] += stack.seen[i, p] * fall[p]
            for k in range(count):
                for p in range(points):
                    light[p] += stack.reflected[i, k, p] * system[k, count + j, p]


@kernel
def _emerge(slab: Slab, beam: Values, stack: Stack, work: Work) -> None:
    """Renew the stack by the light that leaves the slab upwards."""
    count, points = stack.source.shape
    for j in range(count + 1):
        for i in range(count + 1):
            light, own = work.one[i, j], slab.reflected[i, j]
            for p in range(points):
                light[p] = own[p] * (beam[p] if j == count else 1.0)
            if i == count:
                for p in range(points):
                    light[p] += slab.sight[p] * work.below[0, count + 1 + j, p]
            for k in range(count):
                for p in range(points):
                    light[p] += slab.transmitted[i, k, p] * work.below[k, j, p]
    stack.reflected[:] = work.one[:count, :count]
    stack.source[:] = work.one[:count, count]
    stack.seen[:] = work.one[count, :count]
    stack.glow[:] = work.one[count, count]
