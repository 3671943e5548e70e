"""Derivatives of the radiance of one block, by depths of absorption and of scatterers."""

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.jit import kernel
from casa_processes.radiative_transfer.kernel import Paths
from casa_processes.radiative_transfer.scattering.terms.kernel import (
    DEPTHS,
    SLANT,
    Correction,
    Diffusion,
    Ground,
    Work,
)

type Single = NDArray[np.float32]

_PI, _FOUR_PI = np.float32(3.141592653589793), np.float32(12.566370614359172)


@kernel
def backwards(
    ways: Paths, ground: Ground, phase: Single, diffusion: Diffusion, correction: Correction,
    start: int, size: int, work: Work,
) -> None:  # fmt: skip
    """Fill `by_gas`, `by_kind` and the derivatives by the surface, `lines[1]` and `lines[2]`.

    Notes
    -----
    With the system of diffuse light A x = s beam and the radiance v x, the adjoint A* y = v gives
    the derivative y (ds - dA x) + dv x. Reflection and transmission of a layer are the same from
    both sides, so that the adjoint is diffuse light that the instrument sends out.
    """
    layers = ways.sun.size
    work.duty[0, 0, :size] = 0.0
    for layer in range(layers):
        _descend(ways, layer, size, work)
    _surface(ground, diffusion, start, size, work)
    of_all, of_ground = correction.brightness
    by_albedo, unit = work.lines[2, :size], np.float32(1.0 / correction.albedo)
    multiple, from_ground = work.lines[6, :size], work.lines[5, :size]
    for i in range(size):
        by_albedo[i] += unit * (of_all * multiple[i] + of_ground * from_ground[i])
    for which in range(DEPTHS):
        change, more = work.slopes[which, :size], work.slopes[DEPTHS + which, :size]
        for i in range(size):
            change[i] = change[i] * multiple[i] + more[i] * from_ground[i]
    for layer in range(layers - 1, -1, -1):
        _by_ways(ways, layer, size, work)
        _by_sums(ways, layer, size, work)
        _gather(phase, diffusion, layer, size, work)
        by_gas, extinction = work.by_gas[layer, :size], work.sums[layer, 0, :size]
        by_gas[:] = extinction
        for which in range(DEPTHS):
            share, change = correction.share[which, layer], work.slopes[which, :size]
            for i in range(size):
                by_gas[i] += share * change[i]


@kernel
def _descend(ways: Paths, layer: int, size: int, work: Work) -> None:
    """Find the adjoint of diffuse light at both sides of a layer."""
    means, sums, t = work.means[layer], work.sums[layer], work.passed[layer]
    view, sight, ratio = work.seen[layer, :size], ways.sight[layer], work.lines[3, :size]
    below, echo = work.stack[layer + 1, :size], work.echo[layer + 1, :size]
    duty, deeper = work.duty[0, layer, :size], work.duty[0, layer + 1, :size]
    up, one, two = work.duty[1, layer + 1, :size], np.float32(1.0), np.float32(2.0)
    for i in range(size):
        r = two * sums[3, i] * means[0, i]
        source = ratio[i] * view[i] * sight * (sums[2, i] - sums[5, i]) * means[5, i]
        deeper[i] = (t[i] * duty[i] + r * echo[i] + source) / (one - r * below[i])
        up[i] = below[i] * deeper[i] + echo[i]


@kernel
def _surface(ground: Ground, diffusion: Diffusion, start: int, size: int, work: Work) -> None:
    """Derivatives by the surface; what beam and view bring from below it into `lines[8]` and 9."""
    layers = work.depth.shape[0]
    beam, view = work.beam[layers, :size], work.seen[layers, :size]
    down, duty = work.light[0, layers, :size], work.duty[0, layers, :size]
    by_reflectance, by_albedo = work.lines[1, :size], work.lines[2, :size]
    of_beam, of_view, ratio = work.lines[8, :size], work.lines[9, :size], work.lines[4, :size]
    reflectance = ground.reflectance[start : start + size]
    albedo = ground.albedo[start : start + size]
    turned = np.float32(diffusion.sun_cosine) / _PI
    for i in range(size):
        by_reflectance[i] = view[i] * beam[i]
        by_albedo[i] = duty[i] * (down[i] + turned * beam[i]) + ratio[i] * view[i] * down[i]
        of_beam[i] = beam[i] * (turned * albedo[i] * duty[i] + view[i] * reflectance[i])
        of_view[i] = view[i] * (reflectance[i] * beam[i] + ratio[i] * albedo[i] * down[i])


@kernel
def _by_ways(ways: Paths, layer: int, size: int, work: Work) -> None:
    """Derivatives by the attenuation of a layer: diffuse in `lines[10]`, beam in 11, view in 7.

    `lines[8]` and 9, what beam and view bring from below the layer, rise to its top.
    """
    means, bends = work.means[layer], work.bends[layer]
    sums, t, sight = work.sums[layer], work.passed[layer], ways.sight[layer]
    beam, view, ratio = work.beam[layer, :size], work.seen[layer, :size], work.lines[3, :size]
    down, up = work.light[0, layer, :size], work.light[1, layer + 1, :size]
    duty, need = work.duty[0, layer, :size], work.duty[1, layer + 1, :size]
    of_beam, of_view = work.lines[8, :size], work.lines[9, :size]
    diffuse, sun, seen = work.lines[10, :size], work.lines[11, :size], work.lines[7, :size]
    for i in range(size):
        risen = sums[4, i] / _PI * duty[i] * beam[i]
        fallen = (sums[2, i] - sums[4, i]) / _PI * need[i] * beam[i]
        single = sight * sums[1, i] / _FOUR_PI * view[i] * beam[i]
        sun[i] = -of_beam[i] - risen * bends[1, i] - fallen * (means[4, i] - bends[4, i])
        sun[i] -= single * bends[3, i]
        diffuse[i] = -risen * bends[1, i] - fallen * bends[4, i]
        seen[i] = -of_view[i] - single * bends[3, i]
        of_beam[i] += risen * means[1, i] + fallen * means[4, i] + single * means[3, i]
        of_view[i] += single * means[3, i]
    for i in range(size):
        importance = ratio[i] * view[i] * sight
        back = importance * sums[5, i] * down[i]
        forth = importance * (sums[2, i] - sums[5, i]) * up[i]
        seen[i] -= back * bends[2, i] + forth * (means[5, i] - bends[5, i])
        diffuse[i] -= back * bends[2, i] + forth * bends[5, i]
        of_view[i] += back * means[2, i] + forth * means[5, i]
    for i in range(size):
        through = duty[i] * up[i] + need[i] * down[i]
        turned = duty[i] * down[i] + need[i] * up[i]
        diffuse[i] -= t[i] * through
        diffuse[i] -= np.float32(4.0) * sums[3, i] * bends[0, i] * turned


@kernel
def _by_sums(ways: Paths, layer: int, size: int, work: Work) -> None:
    """Turn `sums` of a layer into the derivatives by them."""
    means, sums, sight = work.means[layer], work.sums[layer], ways.sight[layer]
    beam, view, ratio = work.beam[layer, :size], work.seen[layer, :size], work.lines[3, :size]
    down, up = work.light[0, layer, :size], work.light[1, layer + 1, :size]
    duty, need = work.duty[0, layer, :size], work.duty[1, layer + 1, :size]
    diffuse, sun, seen = work.lines[10, :size], work.lines[11, :size], work.lines[7, :size]
    way, two = ways.sun[layer], np.float32(2.0)
    for i in range(size):
        importance = ratio[i] * view[i] * sight
        fallen = means[4, i] * need[i] * beam[i] / _PI
        forth = importance * means[5, i] * up[i]
        sums[2, i] = fallen + forth - SLANT * diffuse[i]
        sums[4, i] = means[1, i] * duty[i] * beam[i] / _PI - fallen
        sums[5, i] = importance * means[2, i] * down[i] - forth
    for i in range(size):
        turned = duty[i] * down[i] + need[i] * up[i]
        sums[0, i] = SLANT * diffuse[i] + way * sun[i] + sight * seen[i]
        sums[1, i] = sight * means[3, i] * view[i] * beam[i] / _FOUR_PI
        sums[3, i] = two * (means[0, i] * turned + diffuse[i])


@kernel
def _gather(phase: Single, diffusion: Diffusion, layer: int, size: int, work: Work) -> None:
    """Sum the derivatives by `sums` to those by the extinction depth of each kind."""
    sums = work.sums[layer]
    for kind in range(phase.size):
        row, whole = work.by_kind[kind, layer, :size], diffusion.scattered[kind]
        a, b = diffusion.extinction[kind], phase[kind]
        c, d = whole * diffusion.back[kind], whole * diffusion.sun[kind]
        e = whole * diffusion.sight[kind]
        for i in range(size):
            row[i] = a * sums[0, i] + b * sums[1, i] + whole * sums[2, i]
            row[i] += c * sums[3, i] + d * sums[4, i] + e * sums[5, i]
