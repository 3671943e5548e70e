"""Atmospheres to try, and their radiance in double precision by plain formulas."""

from dataclasses import dataclass, replace

import numpy as np

from casa_processes.radiative_transfer.absorption.kernel import Absorbers
from casa_processes.radiative_transfer.kernel import Directions, Paths, Scatterers

SINGLE = np.float32


@dataclass(frozen=True, eq=False)
class Scene:
    """Everything in double precision; layers from the top down."""

    tables: np.ndarray  # gas, pressure, temperature, point
    pressure: np.ndarray  # layer; in steps of the tables
    temperature: np.ndarray  # layer; in steps of the tables
    amount: np.ndarray  # gas, layer
    depth: np.ndarray  # scatterer, layer
    shape: np.ndarray  # scatterer, point
    phase: np.ndarray  # scatterer
    sun: np.ndarray  # layer
    sight: np.ndarray  # layer
    reflectance: np.ndarray  # point
    irradiance: np.ndarray  # point

    def changed(self, **change):
        return replace(self, **{name: getattr(self, name) + by for name, by in change.items()})


def drawn(seed, layers=6, points=300, gases=2, scatterers=2, thick=1.0):
    """Draw a scene whose optical depths reach from very small to several."""
    rng = np.random.default_rng(seed)
    tables = 10 ** rng.uniform(-25, -21.5, (gases, 5, 4, points))
    return Scene(
        tables=tables.astype(SINGLE).astype(np.float64),
        pressure=rng.uniform(0, 3.99, layers),
        temperature=rng.uniform(0, 2.99, layers),
        amount=10 ** rng.uniform(19, 21, (gases, layers)) * thick,
        depth=10 ** rng.uniform(-5, -1, (scatterers, layers)) * thick,
        shape=rng.uniform(0.8, 1.2, (scatterers, points)),
        phase=rng.uniform(0.2, 1.5, scatterers),
        sun=rng.uniform(1.0, 3.0) * np.ones(layers),
        sight=rng.uniform(1.0, 2.0) * np.ones(layers),
        reflectance=rng.uniform(0.0, 0.1, points),
        irradiance=rng.uniform(1.0, 2.0, points),
    )


def extinction(scene):
    """Return absorption and scattering optical depths, shapes (layer, point)."""
    p, t = scene.pressure.astype(int), scene.temperature.astype(int)
    u, v = (scene.pressure - p)[:, None], (scene.temperature - t)[:, None]
    table = scene.tables
    section = (1 - u) * ((1 - v) * table[:, p, t] + v * table[:, p, t + 1])
    section = section + u * ((1 - v) * table[:, p + 1, t] + v * table[:, p + 1, t + 1])
    absorbed = (section * scene.amount[:, :, None]).sum(0)
    spread = scene.depth[:, :, None] * scene.shape[:, None, :]
    return absorbed, spread.sum(0), (spread * scene.phase[:, None, None]).sum(0)


def plain(scene):
    """Radiance of the direct beam and of single scattering, shape (point,)."""
    absorbed, scattered, phased = extinction(scene)
    whole = absorbed + scattered
    way = (scene.sun + scene.sight)[:, None]
    above = np.cumsum(way * whole, axis=0) - way * whole
    inside = phased / whole * scene.sight[:, None] / (4 * np.pi) / way * -np.expm1(-way * whole)
    source = (np.exp(-above) * inside).sum(0)
    beam = np.exp(-(way * whole).sum(0))
    return scene.irradiance * (scene.reflectance * beam + source)


def arguments(scene, directions=None):
    """Return what the kernel takes, in single precision."""
    node = np.stack([scene.pressure, scene.temperature], axis=1).astype(np.int64)
    share = np.stack([scene.pressure, scene.temperature], axis=1) - node
    gases = Absorbers(
        tuple(np.ascontiguousarray(each, dtype=SINGLE) for each in scene.tables),
        node,
        share.astype(SINGLE),
        scene.amount.astype(SINGLE),
    )
    air = Scatterers(*(each.astype(SINGLE) for each in (scene.depth, scene.shape, scene.phase)))
    ways = Paths(scene.sun.astype(SINGLE), scene.sight.astype(SINGLE))
    change = directions or no_directions(scene, 0)
    return (
        gases,
        air,
        ways,
        scene.reflectance.astype(SINGLE),
        scene.irradiance.astype(SINGLE),
        change,
    )


def no_directions(scene, count):
    """Return directions along which nothing changes, to be filled."""
    kinds, layers = scene.depth.shape
    return Directions(
        np.zeros((count, scene.amount.shape[0], layers), SINGLE),
        np.zeros((count, layers), SINGLE),
        np.zeros((count, layers), SINGLE),
        np.zeros((count, kinds, layers), SINGLE),
    )


def amid_cells(scene):
    """Return what moves layers amid cells of the tables, in which the interpolation is smooth."""
    return {
        name: np.floor(getattr(scene, name)) + 0.5 - getattr(scene, name)
        for name in ("pressure", "temperature")
    }


def drawn_changes(seed, scene):
    """Draw changes of a scene, and the directions of each alone and of all together."""
    rng = np.random.default_rng(seed)
    by = {
        "amount": rng.normal(size=scene.amount.shape) * scene.amount * 0.1,
        "temperature": rng.normal(size=scene.sun.size) * 0.1,
        "pressure": rng.normal(size=scene.sun.size) * 0.1,
        "depth": rng.normal(size=scene.depth.shape) * scene.depth * 0.1,
    }
    change = no_directions(scene, 5)
    change.gas[[0, 4]] = by["amount"]
    change.temperature[[1, 4]] = by["temperature"]
    change.pressure[[2, 4]] = by["pressure"]
    change.scatterer[[3, 4]] = by["depth"]
    return by, change
