"""Observatories of the synthetic world, at the places of real ones."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from casa_processes.transport.types import Mesh

type Values = NDArray[np.float64]


@dataclass(frozen=True)
class Station:
    """Where air is sampled.

    Attributes
    ----------
    code, name
        As the World Data Centre for Greenhouse Gases has them.
    latitude, longitude
        [degree]
    pressure
        Of the air that is sampled.  [hPa]
    origin
        Latitude and longitude of the cell that is sampled, where air is taken in wind from the sea
        alone; None is the cell of the station.  [degree]
    """

    code: str
    name: str
    latitude: float
    longitude: float
    pressure: float
    origin: tuple[float, float] | None = None


STATIONS = (
    Station("ALT", "Alert", 82.5, -62.5, 980.0),
    Station("BRW", "Barrow", 71.3, -156.6, 980.0),
    Station("MHD", "Mace Head", 53.3, -9.9, 980.0),
    Station("LEF", "Park Falls", 45.9, -90.3, 940.0),
    Station("KUM", "Cape Kumukahi", 19.5, -154.8, 980.0),
    Station("MLO", "Mauna Loa", 19.5, -155.6, 680.0),
    Station("SMO", "American Samoa", -14.2, -170.6, 980.0),
    Station("CGO", "Cape Grim", -40.7, 144.7, 970.0, origin=(-46.0, 137.0)),
    Station("SPO", "South Pole", -89.0, -24.8, 690.0),
)


def cells(mesh: Mesh, surface: float) -> NDArray[np.intp]:
    """Return layer, row and column of the cell that each station samples.

    Parameters
    ----------
    mesh
        Of the air.
    surface
        Pressure at the ground.  [Pa]

    Returns
    -------
    array
        shape (3, station)
    """
    pressure = mesh.pressure(np.array(surface)) / 100.0
    found = []
    for each in STATIONS:
        layer = int(np.argmin(np.abs((pressure[1:] + pressure[:-1]) / 2.0 - each.pressure)))
        latitude, longitude = each.origin or (each.latitude, each.longitude)
        row = int(np.searchsorted(mesh.latitude_edges, latitude, side="right")) - 1
        west = mesh.longitude_edges[0]
        east = (longitude - west) % 360.0 + west
        column = int(np.searchsorted(mesh.longitude_edges, east, side="right")) - 1
        found.append((layer, row, column))
    return np.array(found, dtype=np.intp).T
