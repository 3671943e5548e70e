"""Flows in three dimensions of the Dynamical Core Model Intercomparison Project, cases 1-1 and 1-3.

Winds are those of Kent et al. (2014); what passes faces is made of their stream functions, so that
no cell gains or loses air but by what the vertical brings. Heights are those of an isothermal
atmosphere of 300 K whose pressure is 1000 hPa at the ground.
"""

from collections.abc import Iterator

import numpy as np

from casa_processes.common.constants import EARTH_RADIUS, STANDARD_GRAVITY
from casa_processes.transport.types import MassFlux, Mesh, regular_mesh

DAYS = 12.0
PERIOD = DAYS * 86_400.0
"""Until all tracers are back.  [s]"""
GROUND = 1e5
SCALE_HEIGHT = 287.0 * 300.0 / STANDARD_GRAVITY
DEEPEST = 1.06e5
"""Pressure down to which air fills the ground below the mountains.  [Pa]"""


def pressure(height):
    """Pressure of a height.  [Pa]"""
    return GROUND * np.exp(-np.asarray(height) / SCALE_HEIGHT)


def mesh(columns: int, levels: int, top: float = 12_000.0) -> Mesh:
    """Half as many rows as columns, and layers of equal depth up to a height.  [m]"""
    return regular_mesh(columns, columns // 2, pressure(np.linspace(0, top, levels + 1)), west=0.0)


def places(where: Mesh) -> tuple[np.ndarray, np.ndarray]:
    """Longitude and latitude of the middles of cells.  [rad], shapes (x,) and (y, 1)"""
    return np.deg2rad(where.longitude), np.deg2rad(where.latitude)[:, None]


def corners(where: Mesh) -> tuple[np.ndarray, np.ndarray]:
    return np.deg2rad(where.longitude_edges), np.deg2rad(where.latitude_edges)


def deformation(where: Mesh, steps: int) -> Iterator[MassFlux]:
    """Steps of case 1-1: filaments are drawn, lifted, and laid back, while all goes once round.

    The vertical turns back half-way with the horizontal, so that all tracers return exactly.
    """
    east, north = corners(where)
    top, depth = where.a[-1], 0.2 * where.a[-1]
    up = 1.0 + np.exp((top - GROUND) / depth)
    up = up - np.exp((where.a - GROUND) / depth) - np.exp((top - where.a) / depth)
    up[[0, -1]] = 0.0
    widths = np.diff(north / 2.0 + np.sin(2.0 * north) / 4.0)
    layers = -np.diff(where.a)[:, None, None] / STANDARD_GRAVITY
    mass = where.mass(np.full(where.shape[1:], GROUND))
    seconds = PERIOD / steps
    for number in range(steps):
        time = (number + 0.5) / steps
        moved = east - 2.0 * np.pi * time
        stream = 10.0 * np.cos(north)[:, None] ** 2 * np.sin(moved) ** 2 * np.cos(np.pi * time)
        stream = (stream - 2.0 * np.pi * np.sin(north)[:, None]) * EARTH_RADIUS**2 / PERIOD
        turn = 23_000.0 * np.pi / PERIOD * np.cos(np.pi * time) * EARTH_RADIUS**2
        lifted = turn / STANDARD_GRAVITY * up[:, None, None] * (widths[:, None] * np.cos(moved))
        flux = {
            "east": -np.diff(stream, axis=0)[None, :, 1:] * layers
            - np.diff(lifted, axis=0)[..., 1:],
            "north": np.diff(stream, axis=1) * layers,
            "up": np.diff(lifted, axis=2),
        }
        flux["north"][:, [0, -1]] = 0.0
        yield MassFlux(
            mass, mixing=np.zeros((len(mass) - 1, *mass.shape[1:])),
            **{name: values * seconds for name, values in flux.items()},
        )  # fmt: skip


def mountains(where: Mesh, rings: int = 8) -> np.ndarray:
    """Pressure at the ground of case 1-3, which has 16 rings, or 0.  [Pa], shape (y, x)"""
    east, north = places(where)
    away = np.arccos(np.clip(np.cos(north) * np.cos(east - 1.5 * np.pi), -1.0, 1.0))
    high = 0.5 * (1.0 + np.cos(away / 0.75)) * np.cos(rings * away) ** 2
    return pressure(2000.0 * np.where(away < 0.75 * np.pi, high, 0.0))


def edges(where: Mesh, rings: int = 8) -> np.ndarray:
    """Pressures of interfaces that follow mountains and flatten upwards.  [Pa], (z + 1, y, x)

    Below the ground is one more layer, so that winds may blow through the mountains.
    """
    flat, ground = where.a[1:-1, None, None], mountains(where, rings)
    share = (flat - where.a[-1]) / (GROUND - where.a[-1])
    lowest = np.full((1, *ground.shape), DEEPEST)
    inner = flat + share * (ground - GROUND)
    highest = np.full_like(lowest, where.a[-1])
    return np.concatenate([lowest, ground[None], inner, highest])


def rotation(where: Mesh, steps: int, rings: int = 8, tilt: float = np.pi / 6.0) -> MassFlux:
    """A step of case 1-3: all goes round an axis that is tilted, at one height."""
    east, north = corners(where)
    height = np.sin(north)[:, None] * np.cos(tilt)
    height = height - np.cos(east) * np.cos(north)[:, None] * np.sin(tilt)
    stream = -2.0 * np.pi * EARTH_RADIUS**2 * height / steps
    layers = -np.diff(edges(where, rings), axis=0) / STANDARD_GRAVITY
    across = np.zeros((len(layers), where.shape[1] + 1, where.shape[2]))
    along = -np.diff(stream, axis=0)[:, 1:] * (layers + np.roll(layers, -1, axis=2)) / 2.0
    across[:, 1:-1] = np.diff(stream, axis=1)[1:-1] * (layers[:, 1:] + layers[:, :-1]) / 2.0
    up = np.zeros((len(layers) + 1, *layers.shape[1:]))
    gained = np.roll(along, 1, axis=2) - along + across[:, :-1] - across[:, 1:]
    np.cumsum(gained, axis=0, out=up[1:])
    assert np.abs(up[-1]).max() < 1e-10 * np.abs(along).max()
    up[-1] = 0.0
    mass = layers * where.area[:, None]
    return MassFlux(mass, along, across, up, np.zeros((len(mass) - 1, *mass.shape[1:])))
