"""Reflection and transmission of one homogeneous layer, in many directions, by doubling.

All arrays end in points, over which the inner loops run. Directions are numbered: streams first,
then the instrument among rows and the Sun among columns.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.jit import kernel
from casa_processes.radiative_transfer.scattering.elimination.kernel import eliminate

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
    """Scratch: (stream, 3 stream + 1, point) twice and (stream + 1, stream + 1, point) twice."""

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
    for i in range(count + 1):
        for j in range(count + 1):
            up, down = slab.reflected[i, j], slab.transmitted[i, j]
            up[:], down[:] = 0.0, 0.0
            if i < count or j < count:
                for kind in range(medium.scattering.shape[0]):
                    back = streams.back[order, kind, i, j] / parts
                    forth = streams.forth[order, kind, i, j] / parts
                    scattered = medium.scattering[kind, layer]
                    for p in range(up.size):
                        up[p] += back * scattered[p]
                        down[p] += forth * scattered[p]
                for p in range(up.size):
                    up[p] *= means.back[i, j, p]
                    down[p] *= means.forth[i, j, p]
    _scatter_twice(slab, work)
    for i in range(count):
        slab.transmitted[i, i] += means.direct[i]


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


@kernel
def double(slab: Slab, work: Work) -> None:
    """Lay a slab on its like."""
    count = slab.reflected.shape[0] - 1
    _between(slab, work)
    up, down = work.one, work.two
    for i in range(count + 1):
        for j in range(count + 1):
            above, below = up[i, j], down[i, j]
            where = 2 * count if j == count else j
            own, e = slab.reflected[i, j], slab.sight
            for p in range(above.size):
                above[p] = own[p]
                below[p] = slab.beam[p] * slab.transmitted[i, j, p] if j == count else 0.0
            for k in range(count):
                t, rise = slab.transmitted[i, k], work.below[k, where]
                fall = work.system[k, count + where]
                for p in range(above.size):
                    above[p] += t[p] * rise[p]
                    below[p] += t[p] * fall[p]
            if i == count:
                _look(slab, work, j, above, below, e)
    slab.reflected[:], slab.transmitted[:] = up, down
    for p in range(slab.beam.size):
        slab.beam[p] *= slab.beam[p]
        slab.sight[p] *= slab.sight[p]


@kernel
def _look(slab: Slab, work: Work, j: int, above: Values, below: Values, e: Values) -> None:
    """Complete the rows of the instrument, which sees the lower slab through the upper one."""
    count = slab.reflected.shape[0] - 1
    where = 2 * count if j == count else j
    if j == count:
        for p in range(above.size):
            above[p] += e[p] * slab.beam[p] * slab.reflected[count, count, p]
    else:
        for p in range(below.size):
            below[p] = e[p] * slab.transmitted[count, j, p]
    for k in range(count):
        r, t = slab.reflected[count, k], slab.transmitted[count, k]
        fall = work.system[k, count + where]
        for p in range(above.size):
            above[p] += e[p] * r[p] * fall[p]
        if j < count:
            back, rise = work.system[k, 2 * count + j], work.below[k, count + j]
            for p in range(below.size):
                below[p] += t[p] * rise[p] + e[p] * r[p] * back[p]


@kernel
def _between(slab: Slab, work: Work) -> None:
    """Fill the light between two equal slabs: downwards in `system`, upwards in `below`.

    Columns: of light from above, of light from below, of the beam.
    """
    count = slab.reflected.shape[0] - 1
    _couple(slab, work)
    eliminate(work.system, 3 * count + 1)
    for i in range(count):
        for j in range(count):
            work.below[i, j] = 0.0
            work.below[i, j + count] = slab.transmitted[i, j]
        work.below[i, 2 * count] = slab.beam * slab.reflected[i, count]
        for j in range(2 * count + 1):
            rise = work.below[i, j]
            for k in range(count):
                r, fall = slab.reflected[i, k], work.system[k, count + j]
                for p in range(rise.size):
                    rise[p] += r[p] * fall[p]


@kernel
def _couple(slab: Slab, work: Work) -> None:
    """Fill the system 1 - r r and its right sides t, r t and q + r p of the weakened beam."""
    count = slab.reflected.shape[0] - 1
    r, t = slab.reflected, slab.transmitted
    for i in range(count):
        for j in range(count):
            light, rise = work.system[i, j], work.system[i, j + 2 * count]
            light[:], rise[:] = (1.0 if i == j else 0.0), 0.0
            work.system[i, j + count] = t[i, j]
            for k in range(count):
                for p in range(light.size):
                    light[p] -= r[i, k, p] * r[k, j, p]
                    rise[p] += r[i, k, p] * t[k, j, p]
        source = work.system[i, 3 * count]
        source[:] = t[i, count]
        for k in range(count):
            for p in range(source.size):
                source[p] += r[i, k, p] * r[k, count, p] * slab.beam[p]
