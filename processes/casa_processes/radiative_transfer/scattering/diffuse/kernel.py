"""Diffuse light of one block: two streams between layers that scatter light once."""

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.jit import kernel
from casa_processes.radiative_transfer.kernel import Paths, Scatterers
from casa_processes.radiative_transfer.layers.kernel import attenuation
from casa_processes.radiative_transfer.scattering.terms.kernel import (
    DEPTHS,
    FEATURES,
    RATES,
    SLANT,
    Correction,
    Diffusion,
    Ground,
    Work,
)

type Single = NDArray[np.float32]

_PI, _FOUR_PI = np.float32(3.141592653589793), np.float32(12.566370614359172)


@kernel
def scatter(air: Scatterers, diffusion: Diffusion, start: int, size: int, work: Work) -> None:
    """Fill `sums`; the depth of absorption is there."""
    factor = np.empty(6, np.float32)
    for layer in range(air.depth.shape[1]):
        work.sums[layer] = 0.0
        work.sums[layer, 0, :size] = work.depth[layer, :size]
        for kind in range(air.depth.shape[0]):
            depth, all_of_it = air.depth[kind, layer], diffusion.scattered[kind]
            factor[0], factor[1] = diffusion.extinction[kind], air.phase[kind]
            factor[2], factor[3] = all_of_it, all_of_it * diffusion.back[kind]
            factor[4] = all_of_it * diffusion.sun[kind]
            factor[5] = all_of_it * diffusion.sight[kind]
            shape = air.shape[kind, start : start + size]
            if depth != 0.0:
                for which in range(6):
                    sums, here = work.sums[layer, which, :size], depth * factor[which]
                    for i in range(size):
                        sums[i] += here * shape[i]


@kernel
def solve(
    ways: Paths, ground: Ground, diffusion: Diffusion, correction: Correction, start: int,
    size: int, work: Work,
) -> None:  # fmt: skip
    """Fill the light of a block; `lines[0]` ends as the radiance, `beam[0]` is the irradiance."""
    stop, layers = start + size, ways.sun.size
    work.seen[0, :size] = 1.0
    for layer in range(layers):
        _attenuate(ways, layer, size, work)
    _correct(correction, ground.albedo[start:stop], size, work)
    bottom, up = work.beam[layers, :size], work.glow[layers, :size]
    albedo, turned = ground.albedo[start:stop], np.float32(diffusion.sun_cosine) / _PI
    back, echo = work.stack[layers, :size], work.echo[layers, :size]
    ratio, ground_ratio, seen = work.lines[3, :size], work.lines[4, :size], work.seen[layers, :size]
    for i in range(size):
        back[i], up[i] = albedo[i], albedo[i] * turned * bottom[i]
        echo[i] = albedo[i] * ground_ratio[i] * seen[i]
    for layer in range(layers - 1, -1, -1):
        _climb(ways, layer, size, work)
    work.light[0, 0, :size], work.lines[6, :size], work.lines[7, :size] = 0.0, 0.0, 0.0
    for layer in range(layers):
        _descend(ways, layer, size, work)
    single, multiple, whole = work.lines[7, :size], work.lines[6, :size], work.lines[0, :size]
    down, reflectance = work.light[0, layers, :size], ground.reflectance[start:stop]
    from_ground = work.lines[5, :size]
    for i in range(size):
        from_ground[i] = seen[i] * albedo[i] * down[i]
        whole[i] = single[i] + seen[i] * reflectance[i] * bottom[i] + ratio[i] * multiple[i]
        whole[i] += ground_ratio[i] * from_ground[i]
        multiple[i] += from_ground[i]


@kernel
def _attenuate(ways: Paths, layer: int, size: int, work: Work) -> None:
    """Fill the attenuation within a layer, and beam and view below it."""
    x, whole = work.lines[8, :size], work.lines[9, :size]
    extinction, scattered = work.sums[layer, 0, :size], work.sums[layer, 2, :size]
    back, passed = work.sums[layer, 3, :size], work.passed[layer, :size]
    slanted = work.lines[10, :size]
    sun, sight, two = ways.sun[layer], ways.sight[layer], np.float32(2.0)
    for i in range(size):
        slanted[i] = SLANT * (extinction[i] - scattered[i]) + two * back[i]
        x[i] = two * slanted[i]
    means, bends = work.means[layer], work.bends[layer]
    attenuation(x, whole, means[0, :size], bends[0, :size])
    for i in range(size):
        passed[i] = np.sqrt(whole[i])
        x[i] = (sun + sight) * extinction[i]
    attenuation(x, whole, means[3, :size], bends[3, :size])
    for i in range(size):
        x[i] = sun * extinction[i] + slanted[i]
    attenuation(x, whole, means[1, :size], bends[1, :size])
    above, below = work.beam[layer, :size], work.beam[layer + 1, :size]
    left = work.lines[11, :size]
    for i in range(size):
        left[i] = whole[i] / passed[i]
        below[i] = above[i] * left[i]
    _apart(sun, extinction, slanted, left, passed, x, whole, means[4, :size], bends[4, :size])
    for i in range(size):
        x[i] = sight * extinction[i] + slanted[i]
    attenuation(x, whole, means[2, :size], bends[2, :size])
    above, below = work.seen[layer, :size], work.seen[layer + 1, :size]
    for i in range(size):
        left[i] = whole[i] / passed[i]
        below[i] = above[i] * left[i]
    _apart(sight, extinction, slanted, left, passed, x, whole, means[5, :size], bends[5, :size])


@kernel
def _apart(
    way: float, extinction: Single, slanted: Single, left: Single, passed: Single, x: Single,
    whole: Single, mean: Single, bend: Single,
) -> None:  # fmt: skip
    """Mean of exp(-a t - b (1 - t)) over t, a along a way and b diffuse, and minus its slope by b.

    Minus the slope by a is the mean less minus the slope by b.
    """
    here = np.float32(way)
    for i in range(x.size):
        x[i] = abs(here * extinction[i] - slanted[i])
    attenuation(x, whole, mean, bend)
    for i in range(x.size):
        longer = here * extinction[i] < slanted[i]
        larger = left[i] if longer else passed[i]
        mean[i] *= larger
        bend[i] = larger * bend[i] if longer else mean[i] - larger * bend[i]


@kernel
def _features(correction: Correction, size: int, work: Work) -> None:
    """Fill the features of the correction."""
    x = work.lines[11, :size]
    for which in range(DEPTHS):
        depth, share = work.lines[8 + which, :size], correction.share[which]
        depth[:] = 0.0
        for layer in range(work.depth.shape[0]):
            here, part = work.depth[layer, :size], share[layer]
            if part != 0.0:
                for i in range(size):
                    depth[i] += part * here[i]
        for number in range(RATES):
            feature, rate = work.features[number * DEPTHS + which, :size], correction.rate[number]
            for i in range(size):
                x[i] = rate * depth[i]
            attenuation(x, feature, work.lines[6, :size], work.lines[7, :size])


@kernel
def _correct(correction: Correction, albedo: Single, size: int, work: Work) -> None:
    """Fill the ratios of the correction in `lines[3]` and 4, and their slopes by depths."""
    _features(correction, size, work)
    ratio, ground, slope = work.lines[3, :size], work.lines[4, :size], work.lines[10, :size]
    ratio[:], ground[:] = 1.0 + correction.constant, correction.ground[0]
    work.slopes[:, :size] = 0.0
    for which in range(FEATURES):
        linear, feature = correction.linear[which], work.features[which, :size]
        slope[:], more = linear, correction.ground[1 + which]
        for other in range(FEATURES):
            factor, values = correction.quadratic[which, other], work.features[other, :size]
            for i in range(size):
                slope[i] += factor * values[i]
        rate, depth = correction.rate[which // DEPTHS], which % DEPTHS
        by_depth, by_ground = work.slopes[depth, :size], work.slopes[DEPTHS + depth, :size]
        for i in range(size):
            ratio[i] += slope[i] * feature[i]
            ground[i] += more * feature[i]
            by_depth[i] -= rate * feature[i] * (slope[i] + slope[i] - linear)
            by_ground[i] -= rate * feature[i] * more
    of_all, of_ground = correction.brightness
    unit = np.float32(1.0 / correction.albedo)
    for i in range(size):
        brighter = albedo[i] * unit - np.float32(1.0)
        ratio[i] += of_all * brighter
        ground[i] += of_ground * brighter + ratio[i]


@kernel
def _climb(ways: Paths, layer: int, size: int, work: Work) -> None:
    """Lay a layer on the stack below it."""
    means, sums, t = work.means[layer], work.sums[layer], work.passed[layer]
    beam, view = work.beam[layer, :size], work.seen[layer, :size]
    sight, one, two = ways.sight[layer], np.float32(1.0), np.float32(2.0)
    up, down = work.lines[8, :size], work.lines[9, :size]
    rise, fall = work.lines[10, :size], work.lines[11, :size]
    ratio = work.lines[3, :size]
    for i in range(size):
        up[i] = beam[i] * sums[4, i] * means[1, i] / _PI
        down[i] = beam[i] * (sums[2, i] - sums[4, i]) * means[4, i] / _PI
    for i in range(size):
        importance = ratio[i] * view[i] * sight
        rise[i] = importance * (sums[2, i] - sums[5, i]) * means[5, i]
        fall[i] = importance * sums[5, i] * means[2, i]
    below, above = work.stack[layer + 1, :size], work.stack[layer, :size]
    glow, echo = work.glow[layer + 1, :size], work.echo[layer + 1, :size]
    more, answer = work.glow[layer, :size], work.echo[layer, :size]
    for i in range(size):
        r = two * sums[3, i] * means[0, i]
        again = one / (one - r * below[i])
        above[i] = r + t[i] * t[i] * below[i] * again
        more[i] = t[i] * (glow[i] + below[i] * again * (r * glow[i] + down[i])) + up[i]
        answer[i] = t[i] * (echo[i] + below[i] * again * (r * echo[i] + rise[i])) + fall[i]


@kernel
def _descend(ways: Paths, layer: int, size: int, work: Work) -> None:
    """Find the light at both sides of a layer, and add what the instrument sees of it."""
    means, sums, t = work.means[layer], work.sums[layer], work.passed[layer]
    beam, view, sight = work.beam[layer, :size], work.seen[layer, :size], ways.sight[layer]
    below, glow = work.stack[layer + 1, :size], work.glow[layer + 1, :size]
    down, deeper = work.light[0, layer, :size], work.light[0, layer + 1, :size]
    up, one, two = work.light[1, layer + 1, :size], np.float32(1.0), np.float32(2.0)
    multiple, single = work.lines[6, :size], work.lines[7, :size]
    for i in range(size):
        r = two * sums[3, i] * means[0, i]
        source = beam[i] * (sums[2, i] - sums[4, i]) * means[4, i] / _PI
        deeper[i] = (t[i] * down[i] + r * glow[i] + source) / (one - r * below[i])
        up[i] = below[i] * deeper[i] + glow[i]
    for i in range(size):
        seen = view[i] * sight
        single[i] += seen * beam[i] * sums[1, i] * means[3, i] / _FOUR_PI
        forth = (sums[2, i] - sums[5, i]) * means[5, i] * up[i]
        multiple[i] += seen * (forth + sums[5, i] * means[2, i] * down[i])
