"""Two streams and the correction of multiple scattering, in double precision by plain formulas."""

from dataclasses import dataclass, replace

import numpy as np

from casa_processes.radiative_transfer.scattering.kernel import radiance
from casa_processes.radiative_transfer.scattering.terms.kernel import (
    Correction,
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
    share: np.ndarray  # layer
    rate: np.ndarray  # 2
    terms: np.ndarray  # constant, 4 linear, 16 quadratic

    def changed(self, albedo=0.0, **change):
        return replace(self, scene=self.scene.changed(**change), albedo=self.albedo + albedo)


def hazy(seed, corrected=True, **options):
    """Draw a scene with multiple scattering."""
    rng = np.random.default_rng(seed + 1)
    scene = drawn(seed, **options)
    kinds, points = scene.shape.shape
    factors = rng.uniform([[0.6], [0.3], [0.1], [0.1], [0.1]], [[1], [0.6], [0.5], [0.6], [0.6]],
                          (5, kinds))  # fmt: skip
    quadratic = rng.normal(size=(4, 4)) * 0.05
    terms = np.concatenate([rng.normal(size=5) * 0.1, (quadratic + quadratic.T).ravel()])
    return Hazy(
        scene,
        rng.uniform(0.02, 0.7, points),
        factors.astype(SINGLE).astype(float),
        float(SINGLE(rng.uniform(0.3, 1.0))),
        rng.uniform(0, 1, scene.sun.size).astype(SINGLE).astype(float),
        np.array([2.0, 0.5]),
        (terms * corrected).astype(SINGLE).astype(float),
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


def ratio(haze, absorbed):
    """Return the correction at each point."""
    depths = np.array([absorbed.sum(0), haze.share @ absorbed])
    f = np.concatenate([np.exp(-rate * depths) for rate in haze.rate])
    linear, quadratic = haze.terms[1:5], haze.terms[5:].reshape(4, 4)
    return 1 + haze.terms[0] + linear @ f + np.einsum("ip,ij,jp->p", f, quadratic, f)


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
    more = more + view[-1] * haze.albedo * light[layers]
    return (single * beam[:-1] * view[:-1]).sum(0) + direct + more * ratio(haze, absorbed)


def computed_hazy(haze, main=-1, directions=None, alone=False, drift=None):
    """Return the rows of the kernel."""
    gases, air, ways, reflectance, irradiance, change = arguments(haze.scene, directions)
    air = air._replace(phase=haze.scene.phase.astype(SINGLE))
    single = haze.factors.astype(SINGLE)
    correction = Correction(
        haze.share.astype(SINGLE),
        haze.rate.astype(SINGLE),
        float(haze.terms[0]),
        haze.terms[1:5].astype(SINGLE),
        haze.terms[5:].reshape(4, 4).astype(SINGLE),
    )
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
        correction,
        np.empty((0, 15), SINGLE) if drift is None else drift.astype(SINGLE),
        rows,
    )
    return rows
