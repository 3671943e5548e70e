"""Reflection and transmission of a thin part of one homogeneous layer, in many directions.

All arrays end in points, over which the inner loops run. Directions are numbered: streams first,
then the instrument among rows and the Sun among columns.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.jit import kernel

type Values = NDArray[np.float64]


class Medium(NamedTuple):
    """Layers from the top down, scaled for the forward peak.

    Attributes
    ----------
    extinction
        Optical depths.  [1], shape (layer, point)
    scattering
        Scattering optical depths of each kind.  [1], shape (kind, layer, point)
    sun, sight
        Lengths of ways over the depth of a layer.  [1], shape (layer,)
    albedo
        Of the surface for diffuse light and for the beam.  [1], shape (point,)
    """

    extinction: Values
    scattering: Values
    sun: Values
    sight: Values
    albedo: Values


class Streams(NamedTuple):
    """Directions, and how each kind turns light from one into another.

    Attributes
    ----------
    cosine, weight
        Of the streams of a hemisphere; the weights sum to 1.  shape (stream,)
    back, forth
        Phase functions of each order of azimuth between directions of opposite and of the same
        hemisphere, times weight / 2 in columns of streams and (2 - (order is 0)) / 4 pi in the
        column of the Sun.  shape (order, kind, stream + 1, stream + 1)
    sun_cosine
        Of the zenith angle of the Sun.
    azimuth
        Cosines of order times azimuth.  shape (order,)
    """

    cosine: Values
    weight: Values
    back: Values
    forth: Values
    sun_cosine: float
    azimuth: Values


class Slab(NamedTuple):
    """A layer, or one of its 2^n equal parts.

    Attributes
    ----------
    sight, beam
        Transmission without scattering towards the instrument and from the Sun.  shape (point,)
    reflected
        Upward light at the top from downward light at the top; the column of the Sun is the source
        of a beam of 1 there.  shape (stream + 1, stream + 1, point)
    transmitted
        Downward light at the bottom from downward light at the top, or the same upwards.
        shape (stream + 1, stream + 1, point)
    """

    sight: Values
    beam: Values
    reflected: Values
    transmitted: Values


class Attenuation(NamedTuple):
    """What does not depend on the order of azimuth.

    Attributes
    ----------
    direct
        Transmission without scattering; the last is that of the sight.  shape (stream + 1, point)
    beam
        shape (point,)
    back, forth
        Means of the attenuation of light that is scattered once, over the cosine of its new
        direction.  shape (stream + 1, stream + 1, point)
    """

    direct: Values
    beam: Values
    back: Values
    forth: Values


class Work(NamedTuple):
    """Scratch: (stream, 2 stream + 2, point) twice and (stream + 1, stream + 1, point) twice."""

    system: Values
    below: Values
    one: Values
    two: Values


@kernel
def attenuate(medium: Medium, streams: Streams, layer: int, parts: int, means: Attenuation) -> None:
    """Fill the attenuation of one of the equal parts of a layer."""
    count = streams.cosine.size
    depth = medium.extinction[layer] / parts
    way = np.empty(count + 1)
    way[:count], way[count] = 1.0 / streams.cosine, medium.sight[layer]
    for i in range(count + 1):
        means.direct[i] = np.exp(-way[i] * depth)
    means.beam[:] = np.exp(-medium.sun[layer] * depth)
    for i in range(count + 1):
        for j in range(count + 1):
            # The last row belongs to the sight, the last column to the Sun.
            other = medium.sun[layer] if j == count else way[j]
            arriving = means.beam if j == count else means.direct[j]
            for p in range(depth.size):
                apart = abs(way[i] - other) * depth[p]
                larger = max(means.direct[i, p], arriving[p])
                product = means.direct[i, p] * arriving[p]
                means.back[i, j, p] = way[i] * _mean((way[i] + other) * depth[p], 1.0 - product)
                fall = larger - min(means.direct[i, p], arriving[p])
                means.forth[i, j, p] = way[i] * _mean_from(larger, apart, fall)


@kernel
def _mean(x: float, fallen: float) -> float:
    """Return (1 - exp(-x)) / x; `fallen` is 1 - exp(-x) up to cancellation."""
    return fallen / x if x > 1e-3 else 1.0 - x * (0.5 - x * (1.0 / 6.0 - x / 24.0))


@kernel
def _mean_from(start: float, x: float, fallen: float) -> float:
    """Return start (1 - exp(-x)) / x."""
    return fallen / x if x > 1e-3 else start * (1.0 - x * (0.5 - x * (1.0 / 6.0 - x / 24.0)))


@kernel
def scatter(
    medium: Medium, streams: Streams, layer: int, parts: int, order: int, means: Attenuation,
    slab: Slab, work: Work,
) -> None:  # fmt: skip
    """Fill reflection and transmission of a part: exact in absorption, second order in scattering.

    Light that goes from the Sun to the instrument by one scattering alone is left out.
    """
    count = streams.cosine.size
    slab.sight[:], slab.beam[:] = means.direct[count], means.beam
    turned(medium, streams, layer, parts, order, slab.reflected, slab.transmitted)
    for i in range(count + 1):
        for j in range(count + 1):
            up, down = slab.reflected[i, j], slab.transmitted[i, j]
            for p in range(up.size):
                up[p] *= means.back[i, j, p]
                down[p] *= means.forth[i, j, p]
    _scatter_twice(slab, work)
    for i in range(count):
        slab.transmitted[i, i] += means.direct[i]


@kernel
def turned(
    medium: Medium, streams: Streams, layer: int, parts: int, order: int, back: Values,
    forth: Values,
) -> None:  # fmt: skip
    """Fill the scattering depths of a part, times the phase functions between directions."""
    count = streams.cosine.size
    for i in range(count + 1):
        for j in range(count + 1):
            up, down = back[i, j], forth[i, j]
            up[:], down[:] = 0.0, 0.0
            if i < count or j < count:
                for kind in range(medium.scattering.shape[0]):
                    a = streams.back[order, kind, i, j] / parts
                    b = streams.forth[order, kind, i, j] / parts
                    scattered = medium.scattering[kind, layer]
                    for p in range(up.size):
                        up[p] += a * scattered[p]
                        down[p] += b * scattered[p]


@kernel
def _scatter_twice(slab: Slab, work: Work) -> None:
    """Add what is scattered twice, (t r + r t) / 2 to r and (t t + r r) / 2 to t."""
    rows = slab.reflected.shape[0]
    up, down = slab.reflected, slab.transmitted
    for i in range(rows):
        for j in range(rows):
            more, less = work.one[i, j], work.two[i, j]
            more[:], less[:] = 0.0, 0.0
            for k in range(rows - 1):
                for p in range(more.size):
                    more[p] += down[i, k, p] * up[k, j, p] + up[i, k, p] * down[k, j, p]
                    less[p] += down[i, k, p] * down[k, j, p] + up[i, k, p] * up[k, j, p]
    for i in range(rows):
        for j in range(rows):
            for p in range(slab.beam.size):
                up[i, j, p] += 0.5 * work.one[i, j, p]
                down[i, j, p] += 0.5 * work.two[i, j, p]
