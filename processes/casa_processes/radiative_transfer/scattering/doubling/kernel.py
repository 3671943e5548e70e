"""Slabs laid on their like, and what derivatives by the whole say of those by a half."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.jit import kernel
from casa_processes.radiative_transfer.scattering.elimination.kernel import eliminate
from casa_processes.radiative_transfer.scattering.slab.kernel import Slab, Work

type Values = NDArray[np.float64]


class Trace(NamedTuple):
    """Slabs on the way from thin parts to layers, one after the other.

    Attributes
    ----------
    sight, beam, reflected, transmitted
        As of a `Slab`, of each.  shape (slab, ...)
    fall, rise
        Light between two of them, downwards and upwards, of light from above and, last, of the
        beam.  shape (slab, stream, stream + 1, point)
    """

    sight: Values
    beam: Values
    reflected: Values
    transmitted: Values
    fall: Values
    rise: Values


@kernel
def double(slab: Slab, work: Work) -> None:
    """Lay a slab on its like; the light between them stays in `work`.

    Columns `count` to 2 `count` of `system` are the light downwards, columns up to `count` of
    `below` that upwards; the last one of each is that of the beam.
    """
    count = slab.reflected.shape[0] - 1
    _between(slab, work)
    up, down = work.one, work.two
    for i in range(count + 1):
        for j in range(count + 1):
            above, below = up[i, j], down[i, j]
            own, passed = slab.reflected[i, j], slab.transmitted[i, j]
            for p in range(above.size):
                above[p] = own[p]
                below[p] = slab.beam[p] * passed[p] if j == count else 0.0
            for k in range(count):
                t, rise, fall = slab.transmitted[i, k], work.below[k, j], work.system[k, count + j]
                for p in range(above.size):
                    above[p] += t[p] * rise[p]
                    below[p] += t[p] * fall[p]
            if i == count:
                _look(slab, work, j, above, below, slab.sight)
    slab.reflected[:], slab.transmitted[:] = up, down
    for p in range(slab.beam.size):
        slab.beam[p] *= slab.beam[p]
        slab.sight[p] *= slab.sight[p]


@kernel
def _look(slab: Slab, work: Work, j: int, above: Values, below: Values, e: Values) -> None:
    """Complete the rows of the instrument, which sees the lower slab through the upper one."""
    count = slab.reflected.shape[0] - 1
    own, passed = slab.reflected[count, j], slab.transmitted[count, j]
    if j == count:
        for p in range(above.size):
            above[p] += e[p] * slab.beam[p] * own[p]
            below[p] = 0.0
    else:
        for p in range(below.size):
            below[p] += e[p] * passed[p]
    for k in range(count):
        r, fall, rise = slab.reflected[count, k], work.system[k, count + j], work.below[k, j]
        for p in range(above.size):
            above[p] += e[p] * r[p] * fall[p]
        if j < count:
            for p in range(below.size):
                below[p] += e[p] * r[p] * rise[p]


@kernel
def _between(slab: Slab, work: Work) -> None:
    """Fill the light between two equal slabs, of light from above and of the beam.

    Light from below makes the same, upwards and downwards exchanged.
    """
    count = slab.reflected.shape[0] - 1
    _couple(slab, work)
    eliminate(work.system, 2 * count + 1)
    for i in range(count):
        for j in range(count + 1):
            rise = work.below[i, j]
            rise[:] = 0.0
            if j == count:
                for p in range(rise.size):
                    rise[p] = slab.beam[p] * slab.reflected[i, count, p]
            for k in range(count):
                r, fall = slab.reflected[i, k], work.system[k, count + j]
                for p in range(rise.size):
                    rise[p] += r[p] * fall[p]


@kernel
def _couple(slab: Slab, work: Work) -> None:
    """Fill the system 1 - r r and its right sides t and p + r q of the weakened beam."""
    count = slab.reflected.shape[0] - 1
    r, t = slab.reflected, slab.transmitted
    for i in range(count):
        for j in range(count):
            light = work.system[i, j]
            light[:] = 1.0 if i == j else 0.0
            work.system[i, j + count] = t[i, j]
            for k in range(count):
                for p in range(light.size):
                    light[p] -= r[i, k, p] * r[k, j, p]
        source = work.system[i, 2 * count]
        source[:] = t[i, count]
        for k in range(count):
            for p in range(source.size):
                source[p] += r[i, k, p] * r[k, count, p] * slab.beam[p]


@kernel
def halve(trace: Trace, at: int, by: Slab, work: Work) -> None:
    """Turn derivatives by a slab into those by its half, which both halves share.

    Parameters
    ----------
    trace, at
        Slabs, and which of them is the half.
    by
        Derivatives by all that a slab has.
    work
        Scratch.

    Notes
    -----
    With the light D = (1 - r r)^-1 (t, p + r q b) and U = r D + b q between the halves, r' = r +
    t U and t' = t D + b p; the derivatives follow from the last line to the first.
    """
    count = by.reflected.shape[0] - 1
    half = Slab(trace.sight[at], trace.beam[at], trace.reflected[at], trace.transmitted[at])
    fall, rise = trace.fall[at], trace.rise[at]
    _demand(half, by, work)
    more, less = work.one, work.two
    more[:], less[:] = by.reflected, 0.0
    for i in range(count + 1):
        _times_turned(by.reflected[i], rise, less[i])
        _times_turned(by.transmitted[i], fall, less[i])
    for i in range(count):
        _times_turned(work.system[i, count + 1 :], rise, more[i])
        _times_turned(work.below[i, count + 1 :], fall, more[i])
        for k in range(count):
            less[i, k] += work.system[i, count + 1 + k]
        for p in range(half.beam.size):
            more[i, count, p] += half.beam[p] * work.below[i, 2 * count + 1, p]
            less[i, count, p] = (
                half.beam[p] * by.transmitted[i, count, p] + work.system[i, 2 * count + 1, p]
            )
    _by_attenuation(half, fall, rise, by, work)
    by.reflected[:], by.transmitted[:] = more, less


@kernel
def _times_turned(row: Values, matrix: Values, found: Values) -> None:
    """Add the products of a row with the rows of a matrix."""
    for k in range(matrix.shape[0]):
        here = found[k]
        for j in range(matrix.shape[1]):
            a, b = row[j], matrix[k, j]
            for p in range(here.size):
                here[p] += a[p] * b[p]


@kernel
def _demand(half: Slab, by: Slab, work: Work) -> None:
    """Find derivatives by the sources of the light between: after columns of `system`, `below`.

    Before them, `below` has those by the upward light.
    """
    count = by.reflected.shape[0] - 1
    r = half.reflected
    for k in range(count):
        for j in range(count + 1):
            _wanted(half, by, k, j, work.below[k, j], work.system[k, count + 1 + j])
    _turned_times(r, work.below, work.system, 0, count + 1)
    for i in range(count):
        for k in range(count):
            light = work.system[i, k]
            light[:] = 1.0 if i == k else 0.0
            for m in range(count):
                a, b = r[k, m], r[m, i]
                for p in range(light.size):
                    light[p] -= a[p] * b[p]
        work.system[i, count] = 0.0
    eliminate(work.system, 2 * count + 2)
    work.below[:, count + 1 : 2 * count + 2] = work.below[:, : count + 1]
    _turned_times(r, work.system, work.below, count + 1, count + 1)


@kernel
def _wanted(half: Slab, by: Slab, k: int, j: int, up: Values, down: Values) -> None:
    """Fill derivatives by light between halves, in a stream and of a source."""
    count = by.reflected.shape[0] - 1
    r, t, e = half.reflected, half.transmitted, half.sight
    up[:], down[:] = 0.0, 0.0
    for i in range(count + 1):
        a, b, c = t[i, k], by.reflected[i, j], by.transmitted[i, j]
        for p in range(up.size):
            up[p] += a[p] * b[p]
            down[p] += a[p] * c[p]
    a, b, c = r[count, k], by.reflected[count, j], by.transmitted[count, j]
    for p in range(up.size):
        down[p] += e[p] * a[p] * b[p]
    if j < count:
        for p in range(up.size):
            up[p] += e[p] * a[p] * c[p]


@kernel
def _turned_times(r: Values, source: Values, found: Values, first: int, to: int) -> None:
    """Add the product of a matrix, turned, with columns of another from `first` on."""
    count = r.shape[0] - 1
    for k in range(count):
        for j in range(count + 1):
            here = found[k, to + j]
            for i in range(count):
                a, b = r[i, k], source[i, first + j]
                for p in range(here.size):
                    here[p] += a[p] * b[p]


@kernel
def _by_attenuation(half: Slab, fall: Values, rise: Values, by: Slab, work: Work) -> None:
    """Complete derivatives by the row of the instrument, and by transmission without scattering."""
    count = by.reflected.shape[0] - 1
    r, t, e, b = half.reflected, half.transmitted, half.sight, half.beam
    through, more, less = work.system[0, 0], work.one[count], work.two[count]
    for p in range(e.size):
        straight = r[count, count, p] * by.reflected[count, count, p]
        by.beam[p] = 2.0 * b[p] * by.beam[p] + e[p] * straight
        by.sight[p] = 2.0 * e[p] * by.sight[p] + b[p] * straight
        more[count, p] += e[p] * b[p] * by.reflected[count, count, p]
    for k in range(count):
        through[:] = 0.0
        for j in range(count + 1):
            for p in range(e.size):
                through[p] += by.reflected[count, j, p] * fall[k, j, p]
            if j < count:
                for p in range(e.size):
                    through[p] += by.transmitted[count, j, p] * rise[k, j, p]
        for p in range(e.size):
            more[k, p] += e[p] * through[p]
            less[k, p] += e[p] * by.transmitted[count, k, p]
            by.sight[p] += (
                r[count, k, p] * through[p] + t[count, k, p] * by.transmitted[count, k, p]
            )
            by.beam[p] += t[k, count, p] * by.transmitted[k, count, p]
            by.beam[p] += r[k, count, p] * work.below[k, 2 * count + 1, p]
    less[count, :] = 0.0
