"""Two streams and the correction of multiple scattering, in double precision by plain formulas."""

from dataclasses import dataclass, replace
from itertools import combinations_with_replacement

import numpy as np

from casa_processes.radiative_transfer.scattering.correction import no_drift
from casa_processes.radiative_transfer.scattering.features import packed
from casa_processes.radiative_transfer.scattering.kernel import radiance
from casa_processes.radiative_transfer.scattering.terms.kernel import (
    COEFFICIENTS,
    DEPTHS,
    FEATURES,
    Diffusion,
    Ground,
)
from tests.processes.radiative_transfer.scenes import Scene, arguments, drawn, extinction

SINGLE = np.float32


@dataclass(frozen=True, eq=False)
class Hazy:
    """A scene, its surface, and what its kinds of scatterers do to diffuse light."""

    scene: Scene
    albedo: np.ndarray  # point
    factors: np.ndarray  # extinction, scattered, back, sun, sight; kind
    sun_cosine: float
    share: np.ndarray  # depth, layer
    rate: np.ndarray  # 2
    terms: np.ndarray  # coefficients of the correction
    middle: float  # albedo of the correction

    def changed(self, albedo=0.0, **change):
        return replace(self, scene=self.scene.changed(**change), albedo=self.albedo + albedo)


def hazy(seed, corrected=True, **options):
    """Draw a scene with multiple scattering."""
    rng = np.random.default_rng(seed + 1)
    scene = drawn(seed, **options)
    kinds, points = scene.shape.shape
    factors = rng.uniform([[0.6], [0.3], [0.1], [0.1], [0.1]], [[1], [0.6], [0.5], [0.6], [0.6]],
                          (5, kinds))  # fmt: skip
    terms = rng.normal(size=COEFFICIENTS) * 0.05
    return Hazy(
        scene,
        rng.uniform(0.02, 0.7, points),
        factors.astype(SINGLE).astype(float),
        float(SINGLE(rng.uniform(0.3, 1.0))),
        rng.uniform(0, 1, (DEPTHS, scene.sun.size)).astype(SINGLE).astype(float),
        np.array([2.0, 0.5]),
        (terms * corrected).astype(SINGLE).astype(float),
        0.5,
    )


def mean(x):
    """Return the integral of exp(-x t) over t from 0 to 1."""
    small = np.minimum(x, 1e-3)
    return np.where(x > 1e-3, -np.expm1(-x) / np.maximum(x, 1e-3), 1 - small / 2 + small**2 / 6)


def between(a, b):
    """Return the integral of exp(-a t - b (1 - t))."""
    return np.exp(-np.minimum(a, b)) * mean(np.abs(a - b))


def sums(haze):
    """Return extinction, phase-weighted, scattered, and parts turned back; (layer, point)."""
    absorbed, _, phased = extinction(haze.scene)
    spread = haze.scene.depth[:, :, None] * haze.scene.shape[:, None, :]
    thick, scattered, back, sun, sight = haze.factors[:, :, None, None]
    parts = [(spread * scattered * each).sum(0) for each in (1.0, back, sun, sight)]
    return absorbed, absorbed + (spread * thick).sum(0), phased, *parts


def ratios(haze, absorbed):
    """Return the correction of light from layers and from the ground, at each point."""
    f = np.concatenate([np.exp(-rate * haze.share @ absorbed) for rate in haze.rate])
    pairs = combinations_with_replacement(range(FEATURES), 2)
    products = np.array([f[i] * f[j] for i, j in pairs])
    first, linear, product = haze.terms[0], haze.terms[1 : 1 + FEATURES], haze.terms[1 + FEATURES :]
    brighter = haze.albedo / haze.middle - 1
    ratio = 1 + first + linear @ f + product[: len(products)] @ products
    ground, (of_all, of_ground) = product[len(products) : -2], haze.terms[-2:]
    ratio = ratio + of_all * brighter
    return ratio, ratio + ground[0] + ground[1:] @ f + of_ground * brighter


def plain_hazy(haze):
    """Radiance by solving the whole linear system of diffuse light at each point."""
    scene = haze.scene
    absorbed, whole, phased, scattered, back, sun, sight = sums(haze)
    layers, points = whole.shape
    diffuse = 1.66 * (whole - scattered) + 2 * back
    beam_x, view_x = scene.sun[:, None] * whole, scene.sight[:, None] * whole
    zero = np.zeros((1, points))
    beam = scene.irradiance * np.exp(-np.concatenate([zero, np.cumsum(beam_x, 0)]))
    view = np.exp(-np.concatenate([zero, np.cumsum(view_x, 0)]))
    single = phased * scene.sight[:, None] / (4 * np.pi) * mean(beam_x + view_x)
    direct = view[-1] * beam[-1] * scene.reflectance
    system = np.tile(np.eye(2 * layers + 2), (points, 1, 1))
    right = np.zeros((points, 2 * layers + 2))
    up = layers + 1
    for layer in range(layers):
        t, r = np.exp(-diffuse[layer]), 2 * back[layer] * mean(2 * diffuse[layer])
        system[:, layer + 1, layer], system[:, layer + 1, up + layer + 1] = -t, -r
        system[:, up + layer, up + layer + 1], system[:, up + layer, layer] = -t, -r
        falls = between(beam_x[layer], diffuse[layer]) * (scattered - sun)[layer]
        rises = mean(beam_x[layer] + diffuse[layer]) * sun[layer]
        right[:, layer + 1], right[:, up + layer] = (
            beam[layer] / np.pi * each for each in (falls, rises)
        )
    system[:, up + layers, layers] = -haze.albedo
    right[:, up + layers] = haze.albedo * haze.sun_cosine / np.pi * beam[-1]
    light = np.linalg.solve(system, right[:, :, None])[:, :, 0].T
    from_above = sight * mean(diffuse + view_x) * light[:layers]
    from_below = (scattered - sight) * between(diffuse, view_x) * light[up + 1 :]
    more = (scene.sight[:, None] * view[:-1] * (from_above + from_below)).sum(0)
    ratio, of_ground = ratios(haze, absorbed)
    more = ratio * more + of_ground * view[-1] * haze.albedo * light[layers]
    return (single * beam[:-1] * view[:-1]).sum(0) + direct + more


def computed_hazy(haze, main=-1, directions=None, alone=False, drift=None):
    """Return the rows of the kernel."""
    gases, air, ways, reflectance, irradiance, change = arguments(haze.scene, directions)
    air = air._replace(phase=haze.scene.phase.astype(SINGLE))
    single = haze.factors.astype(SINGLE)
    share, rate = haze.share.astype(SINGLE), haze.rate.astype(SINGLE)
    layers = haze.scene.sun.size if main >= 0 else 0
    count = 1 if alone else 3 + layers + change.temperature.shape[0]
    rows = np.full((count, reflectance.size), np.nan, SINGLE)
    radiance(
        gases,
        air,
        ways,
        Ground(reflectance, haze.albedo.astype(SINGLE)),
        irradiance,
        main,
        change,
        Diffusion(*single, haze.sun_cosine),
        packed(haze.terms, share, rate, haze.middle),
        np.ones((1, reflectance.size), SINGLE),
        no_drift() if drift is None else drift.astype(SINGLE),
        rows,
    )
    return rows
