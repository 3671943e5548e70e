"""Flows on a unit sphere whose tracers return to where they were, as fluxes of stream functions.

The mass of a cell is its area; a flux through a face is the difference of the stream function at
its ends, so that no flow has any divergence.
"""

from collections.abc import Iterator

import numpy as np

from casa_processes.common.constants import EARTH_RADIUS
from casa_processes.transport.types import MassFlux, Mesh, regular_mesh

SOLID = 12.0
"""Length of a rotation."""
DEFORMED = 5.0
"""Length of a deformation and its reversal (Nair and Lauritzen, 2010)."""


def sphere(columns: int) -> Mesh:
    """A mesh of one layer and half as many rows as columns, from longitude 0 on."""
    return regular_mesh(columns, columns // 2, np.array([1e5, 0.0]), west=0.0)


def corners(mesh: Mesh) -> tuple[np.ndarray, np.ndarray]:
    return np.meshgrid(np.deg2rad(mesh.longitude_edges), np.deg2rad(mesh.latitude_edges))


def centres(mesh: Mesh) -> tuple[np.ndarray, np.ndarray]:
    return np.meshgrid(np.deg2rad(mesh.longitude), np.deg2rad(mesh.latitude))


def area(mesh: Mesh) -> np.ndarray:
    """Areas on a unit sphere, shape (y, x)."""
    return np.repeat(mesh.area[:, None] / EARTH_RADIUS**2, mesh.shape[2], axis=1)


def forcing(mesh: Mesh, stream: np.ndarray) -> MassFlux:
    """Fluxes of a stream function at corners, shape (y + 1, x + 1), times the length of a step."""
    east = -np.diff(stream, axis=0)[:, 1:]
    north = np.diff(stream, axis=1)
    north[0] = north[-1] = 0.0
    up = np.zeros((2, *east.shape))
    return MassFlux(area(mesh)[None], east[None], north[None], up, np.zeros((0, *east.shape)))


def rotation(mesh: Mesh, steps: int, tilt: float) -> MassFlux:
    """One of `steps` steps of a solid rotation round an axis that is tilted against the poles."""
    east, north = corners(mesh)
    height = np.sin(north) * np.cos(tilt) - np.cos(east) * np.cos(north) * np.sin(tilt)
    return forcing(mesh, -2.0 * np.pi / SOLID * height * (SOLID / steps))


def deformation(mesh: Mesh, steps: int) -> Iterator[MassFlux]:
    """Steps of case 4 of Nair and Lauritzen (2010), which turns back half-way."""
    east, north = corners(mesh)
    for number in range(steps):
        time = (number + 0.5) / steps * DEFORMED
        moved = east - 2.0 * np.pi * time / DEFORMED
        turning = 2.0 * np.sin(moved) ** 2 * np.cos(north) ** 2 * np.cos(np.pi * time / DEFORMED)
        stream = turning - 2.0 * np.pi / DEFORMED * np.sin(north)
        yield forcing(mesh, stream * DEFORMED / steps)


def distance(mesh: Mesh, longitude: float, latitude: float) -> np.ndarray:
    """Great-circle distance from a place, shape (y, x)."""
    east, north = centres(mesh)
    across = np.sin(latitude) * np.sin(north)
    along = np.cos(latitude) * np.cos(north) * np.cos(east - longitude)
    return np.arccos(np.clip(across + along, -1.0, 1.0))


def bell(mesh: Mesh, longitude: float = 1.5 * np.pi, radius: float = 1.0 / 3.0) -> np.ndarray:
    """Cosine bell of height 1 (Williamson et al., 1992, case 1)."""
    away = distance(mesh, longitude, 0.0)
    return np.where(away < radius, 0.5 * (1.0 + np.cos(np.pi * away / radius)), 0.0)


def hills(mesh: Mesh) -> np.ndarray:
    """Two Gaussian hills (Nair and Lauritzen, 2010)."""
    return sum(
        0.95 * np.exp(-20.0 * np.sin(distance(mesh, east, 0.0) / 2.0) ** 2)
        for east in (5.0 * np.pi / 6.0, 7.0 * np.pi / 6.0)
    )


def cylinders(mesh: Mesh) -> np.ndarray:
    """Two slotted cylinders on a ground of 0.1 (Nair and Lauritzen, 2010)."""
    east, north = centres(mesh)
    found = np.full(east.shape, 0.1)
    for place, side in ((5.0 * np.pi / 6.0, -1.0), (7.0 * np.pi / 6.0, 1.0)):
        slot = (np.abs(east - place) < 1.0 / 12.0) & (side * north > -5.0 / 24.0)
        found[(distance(mesh, place, 0.0) < 0.5) & ~slot] = 1.0
    return found


def tracers(*fields: np.ndarray) -> np.ndarray:
    """An array of one layer of up to eight tracers; the others are 1."""
    q = np.ones((1, *fields[0].shape, 8))
    for number, field in enumerate(fields):
        q[0, ..., number] = field
    return q


def error(mesh: Mesh, found: np.ndarray, exact: np.ndarray, power: int = 2) -> float:
    """Norm of the difference over that of what is exact, weighted by area."""
    size = area(mesh)
    difference = (size * np.abs(found - exact) ** power).sum()
    return float((difference / (size * np.abs(exact) ** power).sum()) ** (1.0 / power))
