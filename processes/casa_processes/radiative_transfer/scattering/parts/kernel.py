"""Derivatives by the depths of a thin part of a layer, from those by its reflection."""

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.jit import kernel
from casa_processes.radiative_transfer.scattering.slab.kernel import (
    Attenuation,
    Medium,
    Slab,
    Streams,
    Work,
    turned,
)

type Values = NDArray[np.float64]

_SMALL = 0.03
"""Optical depth below which series replace quotients that cancel."""


@kernel
def slopes(
    medium: Medium, streams: Streams, layer: int, parts: int, means: Attenuation,
    slope: Attenuation,
) -> None:  # fmt: skip
    """Fill the derivatives of `back` and `forth` of a part by its extinction depth."""
    count = streams.cosine.size
    depth = medium.extinction[layer]
    way = np.empty(count + 1)
    way[:count], way[count] = 1.0 / streams.cosine, medium.sight[layer]
    for i in range(count + 1):
        for j in range(count + 1):
            other = medium.sun[layer] if j == count else way[j]
            arriving = means.beam if j == count else means.direct[j]
            leaving = means.direct[i]
            for p in range(depth.size):
                x = depth[p] / parts
                both, apart = (way[i] + other) * x, (way[i] - other) * x
                bend = _bend(both, 1.0, leaving[p] * arriving[p])
                slope.back[i, j, p] = -way[i] * (way[i] + other) * bend
                bend = _bend(apart, arriving[p], leaving[p])
                fall = other * means.forth[i, j, p] + way[i] * (way[i] - other) * bend
                slope.forth[i, j, p] = -fall


@kernel
def _bend(x: float, first: float, last: float) -> float:
    """Return first (1 - (1 + x) exp(-x)) / x^2, where `last` is first exp(-x)."""
    if abs(x) > _SMALL:
        return (first - (1.0 + x) * last) / (x * x)
    series = 1.0 / 30.0 - x * (1.0 / 144.0 - x / 840.0)
    return first * (0.5 - x * (1.0 / 3.0 - x * (0.125 - x * series)))


@kernel
def gather(
    medium: Medium, streams: Streams, layer: int, parts: int, order: int, means: Attenuation,
    slope: Attenuation, by: Slab, work: Work, extinction: Values, scattering: Values,
) -> None:  # fmt: skip
    """Add derivatives by the depths of a layer, from those by one of its parts.

    Parameters
    ----------
    medium, streams, layer, parts, order, means
        As `casa_processes.radiative_transfer.scattering.slab.kernel.scatter` takes them.
    slope
        Of `slopes`.
    by
        Derivatives by all that a part has, summed over the parts; they are lost.
    work
        Scratch.
    extinction, scattering
        Receive the derivatives by the depths of the whole layer.  shapes (point,), (kind, point)
    """
    up, down = work.one, work.two
    turned(medium, streams, layer, parts, order, up, down)
    up *= means.back
    down *= means.forth
    _straight(medium, streams, layer, parts, means, by, extinction)
    _ahead(up, down, by, work.system, work.below)
    turned(medium, streams, layer, parts, order, up, down)
    rows = streams.cosine.size + 1
    for i in range(rows):
        for j in range(rows if i < rows - 1 else rows - 1):
            a, b, c, d = up[i, j], down[i, j], slope.back[i, j], slope.forth[i, j]
            e, f = by.reflected[i, j], by.transmitted[i, j]
            for p in range(extinction.size):
                extinction[p] += (e[p] * a[p] * c[p] + f[p] * b[p] * d[p]) / parts
            c, d = means.back[i, j], means.forth[i, j]
            for kind in range(medium.scattering.shape[0]):
                g = streams.back[order, kind, i, j] / parts
                h = streams.forth[order, kind, i, j] / parts
                row = scattering[kind]
                for p in range(row.size):
                    row[p] += g * e[p] * c[p] + h * f[p] * d[p]


@kernel
def _straight(
    medium: Medium, streams: Streams, layer: int, parts: int, means: Attenuation, by: Slab,
    extinction: Values,
) -> None:  # fmt: skip
    """Add derivatives by light that nothing scatters."""
    count = streams.cosine.size
    for i in range(count + 1):
        way = 1.0 / streams.cosine[i] if i < count else medium.sight[layer]
        here = by.transmitted[i, i] if i < count else by.sight
        for p in range(extinction.size):
            extinction[p] -= way / parts * means.direct[i, p] * here[p]
    for p in range(extinction.size):
        extinction[p] -= medium.sun[layer] / parts * means.beam[p] * by.beam[p]


@kernel
def _ahead(up: Values, down: Values, by: Slab, back: Values, forth: Values) -> None:
    """Turn derivatives by what is scattered once or twice into those by what is scattered once.

    `up` and `down` are what is scattered once, t and r; twice is (t r + r t) / 2 and (t t + r r) /
    2. `back` and `forth` are scratch.
    """
    rows = up.shape[0]
    left, right = np.empty_like(up), np.empty_like(up)
    for i in range(rows):
        for k in range(rows - 1):
            back[k, i], forth[k, i], left[k, i], right[k, i] = 0.0, 0.0, 0.0, 0.0
            for j in range(rows):
                _pair(by, up, down, i, j, k, j, back[k, i], forth[k, i])
                _pair(by, up, down, j, i, j, k, left[k, i], right[k, i])
    for i in range(rows):
        for k in range(rows - 1):
            by.reflected[i, k] += 0.5 * back[k, i]
            by.transmitted[i, k] += 0.5 * forth[k, i]
            by.reflected[k, i] += 0.5 * left[k, i]
            by.transmitted[k, i] += 0.5 * right[k, i]


@kernel
def _pair(
    by: Slab, up: Values, down: Values, i: int, j: int, k: int, m: int, back: Values,
    forth: Values,
) -> None:  # fmt: skip
    """Add one product to derivatives by what turns back and by what goes on."""
    o, w, u, d = by.reflected[i, j], by.transmitted[i, j], up[k, m], down[k, m]
    for p in range(back.size):
        back[p] += o[p] * d[p] + w[p] * u[p]
        forth[p] += o[p] * u[p] + w[p] * d[p]
