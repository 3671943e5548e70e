"""Mass fluxes of winds: what passes the faces of a mesh in a step, with air kept exactly.

Winds of analyses do not carry the mass that their surface pressures tell. The difference of each
column is brought by the smallest fluxes that can, spread over its layers by their mass; what is
left of a layer goes up or down.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from casa_processes.common.constants import EARTH_RADIUS, STANDARD_GRAVITY
from casa_processes.transport.poisson import bringing
from casa_processes.transport.remap.kernel import integrals
from casa_processes.transport.types import MassFlux, Mesh, Values

POINTS: Final = 8
"""At which a field is looked at along each side of a cell, for a mean."""


@dataclass(frozen=True, eq=False)
class Wind:
    """Winds of one instant on a grid of their own.

    Attributes
    ----------
    longitude
        Ascending in equal steps, once round.  [degree], shape (x,)
    latitude
        Ascending.  [degree], shape (y,)
    a, b
        Of interfaces a + b ps, from the surface upwards; with b of 0 the lowest is the surface
        itself and none lies below it.  [Pa] and [1], shape (layer + 1,)
    eastward, northward
        [m s-1], shape (layer, y, x)
    surface
        Pressure at the surface.  [Pa], shape (y, x)
    """

    longitude: Values
    latitude: Values
    a: Values
    b: Values
    eastward: Values
    northward: Values
    surface: Values


@dataclass(frozen=True)
class MassFix:
    """What had to be changed so that air is kept.

    Attributes
    ----------
    pressure
        Added to the mean pressure at the surface at the end of the step.  [Pa]
    imbalance
        Root mean square of what winds and pressures disagree by in a step, over columns.  [Pa]
    wind
        Fastest wind that was added, mean of a column.  [m s-1]
    """

    pressure: float
    imbalance: float
    wind: float


def surface_of(mesh: Mesh, wind: Wind, total: float | None = None) -> tuple[Values, float]:
    """Return mean pressures at the surface of a mesh and what was added to their mean.

    Parameters
    ----------
    mesh
        The cells.
    wind
        Holds the pressure.
    total
        Mass of all air to be kept; None for that of the field.  [kg]

    Returns
    -------
    tuple
        [Pa], shape (y, x), and [Pa].
    """
    rows = _means(wind.latitude, mesh.latitude_edges, lambda one: np.cos(np.deg2rad(one)))
    columns = _means(wind.longitude, mesh.longitude_edges, np.ones_like, 360.0)
    surface = rows @ wind.surface @ columns.T
    if total is None:
        return surface, 0.0
    weight = np.repeat(mesh.area[:, None], surface.shape[1], axis=1)
    share = (mesh.b[0] - mesh.b[-1]) * weight.sum() / STANDARD_GRAVITY
    added = (total - float(mesh.mass(surface).sum())) / share if share else 0.0
    return surface + added, added


def mass_flux(
    mesh: Mesh,
    wind: Wind,
    surfaces: tuple[Values, Values],
    seconds: float,
    mixing: Values | None = None,
) -> tuple[MassFlux, MassFix]:
    """Return what passes the faces of a mesh in a step, and what was changed for it.

    Parameters
    ----------
    mesh
        The cells.
    wind
        Winds in the middle of the step.
    surfaces
        Pressures at the surface of the mesh before and after, of one total mass.  [Pa],
        shape (y, x)
    seconds
        Length of the step.  [s]
    mixing
        Exchanged between layers, None for nothing.  [kg per step], shape (z - 1, y, x)

    Raises
    ------
    InvalidValueError
        When the total masses differ, or the result has no air in a cell.
    """
    before, after = mesh.mass(surfaces[0]), mesh.mass(surfaces[1])
    surface = (surfaces[0] + surfaces[1]) / 2.0
    east, north = _passing(mesh, wind, surface, seconds)
    gain = after - before
    missing = gain.sum(axis=0) - _gained(east, north).sum(axis=0)
    added = bringing(mesh, missing)
    east += _layers(mesh, _eastern(surface)) * added[0]
    north[:, 1:-1] += _layers(mesh, _northern(surface)) * added[1][1:-1]
    up = np.zeros((mesh.shape[0] + 1, *mesh.shape[1:]))
    np.cumsum(_gained(east, north) - gain, axis=0, out=up[1:])
    up[-1] = 0.0
    if mixing is None:
        mixing = np.zeros((mesh.shape[0] - 1, *mesh.shape[1:]))
    area = np.repeat(mesh.area[:, None], mesh.shape[2], axis=1)
    difference = missing * STANDARD_GRAVITY / area
    fix = MassFix(
        pressure=float(((surfaces[1] - surfaces[0]) * area).sum() / area.sum()),
        imbalance=float(np.sqrt((difference**2 * area).sum() / area.sum())),
        wind=_fastest(mesh, surface, added, seconds),
    )
    return MassFlux(before, east, north, up, mixing), fix


def _passing(mesh: Mesh, wind: Wind, surface: Values, seconds: float) -> tuple[Values, Values]:
    """Return what winds carry through the faces.  [kg per step]"""  # noqa: D400
    rows = _means(wind.latitude, mesh.latitude_edges, np.ones_like)
    columns = _means(wind.longitude, mesh.longitude_edges, np.ones_like, 360.0)
    edges = _linear(wind.longitude, mesh.longitude_edges[1:], 360.0)
    inner = _linear(wind.latitude, mesh.latitude_edges[1:-1])
    height, width = _sides(mesh)
    scale = seconds / STANDARD_GRAVITY
    east = _summed(mesh, wind, _eastern(surface), rows @ wind.eastward @ edges.T)
    north = np.zeros((mesh.shape[0], mesh.shape[1] + 1, mesh.shape[2]))
    north[:, 1:-1] = _summed(mesh, wind, _northern(surface), inner @ wind.northward @ columns.T)
    return east * (height * scale)[:, None], north * (width * scale)[:, None]


def _summed(mesh: Mesh, wind: Wind, surface: Values, values: Values) -> Values:
    """Integrate over the layers of a mesh at faces.  [Pa m s-1]"""  # noqa: D400
    outer = (slice(None), None, None)
    given = np.minimum(wind.a[outer] + wind.b[outer] * surface, surface)
    given[0] = surface
    flat = given.reshape(given.shape[0], -1)
    wanted = mesh.pressure(surface).reshape(mesh.a.size, -1)
    found = np.empty((mesh.shape[0], wanted.shape[1]))
    integrals(flat, np.ascontiguousarray(values).reshape(values.shape[0], -1), wanted, found)
    return found.reshape(mesh.shape[0], *surface.shape)


def _layers(mesh: Mesh, surface: Values) -> Values:
    """Return the share of each layer in its column."""
    thickness = -np.diff(mesh.pressure(surface), axis=0)
    share: Values = thickness / thickness.sum(axis=0)
    return share


def _gained(east: Values, north: Values) -> Values:
    gained: Values = np.roll(east, 1, axis=2) - east + north[:, :-1] - north[:, 1:]
    return gained


def _eastern(surface: Values) -> Values:
    mean: Values = (surface + np.roll(surface, -1, axis=1)) / 2.0
    return mean


def _northern(surface: Values) -> Values:
    mean: Values = (surface[1:] + surface[:-1]) / 2.0
    return mean


def _sides(mesh: Mesh) -> tuple[Values, Values]:
    """Return lengths of the east faces of rows and of the faces between them.  [m]"""  # noqa: D400
    step = np.deg2rad(np.diff(mesh.longitude_edges)[0])
    height = EARTH_RADIUS * np.diff(np.deg2rad(mesh.latitude_edges))
    width = EARTH_RADIUS * np.cos(np.deg2rad(mesh.latitude_edges)) * step
    return height, width


def _fastest(mesh: Mesh, surface: Values, added: tuple[Values, Values], seconds: float) -> float:
    """Return the fastest wind that carries some mass through the faces of columns.  [m s-1]"""  # noqa: D400
    height, width = _sides(mesh)
    scale = STANDARD_GRAVITY / seconds
    depths = mesh.pressure(surface)
    weight = depths[0] - depths[-1]
    east = np.abs(added[0]) * scale / (height[:, None] * _eastern(weight))
    north = np.abs(added[1][1:-1]) * scale / (width[1:-1, None] * _northern(weight))
    return float(max(east.max(), north.max()))


def _linear(places: Values, wanted: Values, period: float | None = None) -> Values:
    """Return weights that interpolate between places, shape (wanted, place); the ends go on."""
    if period is not None:
        wanted = places[0] + (wanted - places[0]) % period
        places = np.append(places, places[0] + period)
    low = np.clip(np.searchsorted(places, wanted, "right") - 1, 0, places.size - 2)
    share = np.clip((wanted - places[low]) / (places[low + 1] - places[low]), 0.0, 1.0)
    weights = np.zeros((wanted.size, places.size))
    rows = np.arange(wanted.size)
    weights[rows, low] = 1.0 - share
    weights[rows, low + 1] += share
    if period is not None:
        weights[:, 0] += weights[:, -1]
        weights = weights[:, :-1]
    return weights


def _means(
    places: Values, edges: Values, weigh: Callable[[Values], Values], period: float | None = None
) -> Values:
    """Return weights of means between edges, shape (edge - 1, place)."""
    share = (np.arange(POINTS) + 0.5) / POINTS
    points = edges[:-1, None] + np.diff(edges)[:, None] * share
    weight = weigh(points)
    each = _linear(places, points.reshape(-1), period).reshape(*points.shape, -1)
    mean: Values = np.einsum("np,npk->nk", weight / weight.sum(axis=1, keepdims=True), each)
    return mean
