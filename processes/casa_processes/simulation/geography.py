"""Land and countries of the synthetic world: the Earth's own, on cells of one degree.

The raster is derived from Natural Earth (public domain, naturalearthdata.com), 1:110 million, by
`casa_processes.simulation.rasterise`.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.constants import EARTH_RADIUS
from casa_processes.common.errors import UnknownNameError

type Values = NDArray[np.float64]

ROWS, COLUMNS = 180, 360
WATER = -1
_FILE = Path(__file__).with_name("countries.npz")
_ICE = ("Greenland", "Antarctica")


@dataclass(frozen=True, eq=False)
class Geography:
    """Countries on one degree, from south to north and from 180 west to 180 east.

    Attributes
    ----------
    country
        Index into `names`, `WATER` on water.  shape (180, 360)
    names
        Names of countries as Natural Earth has them.
    """

    country: NDArray[np.int16]
    names: tuple[str, ...]

    def within(self, name: str) -> NDArray[np.bool_]:
        """Tell which cells belong to a country.

        Raises
        ------
        UnknownNameError
            When there is no such country.
        """
        if name not in self.names:
            raise UnknownNameError("country", name, self.names)
        return np.asarray(self.country == self.names.index(name))

    @property
    def land(self) -> NDArray[np.bool_]:
        """Cells of land, ice included."""
        return np.asarray(self.country != WATER)

    @property
    def soil(self) -> NDArray[np.bool_]:
        """Cells of land that is not under the ice of Greenland and Antarctica."""
        ice = np.any([self.within(name) for name in _ICE], axis=0)
        return np.asarray(self.land & ~ice)


@cache
def geography() -> Geography:
    """Return the raster that comes with this package."""
    with np.load(_FILE) as stored:
        country = stored["country"].astype(np.int16)
        names = tuple(map(str, stored["names"]))
    country.setflags(write=False)
    return Geography(country, names)


def latitudes() -> Values:
    """Return latitudes of the middles of the rows.  [degree], shape (180, 1)."""
    return np.arange(-89.5, 90.0)[:, None]


def longitudes() -> Values:
    """Return longitudes of the middles of the columns.  [degree], shape (1, 360)."""
    return np.arange(-179.5, 180.0)[None, :]


def cell_areas(latitude_edges: Values, longitude_edges: Values) -> Values:
    """Return areas of cells on a sphere.  [m2], shape (latitude, longitude).

    Parameters
    ----------
    latitude_edges, longitude_edges
        Edges, ascending.  [degree]
    """
    bands = np.diff(np.sin(np.deg2rad(latitude_edges)))
    widths = np.diff(np.deg2rad(longitude_edges))
    return np.asarray(EARTH_RADIUS**2 * bands[:, None] * widths[None, :])


@cache
def areas() -> Values:
    """Return areas of the cells of one degree.  [m2], shape (180, 360)."""
    found = cell_areas(np.arange(-90.0, 91.0), np.arange(-180.0, 181.0))
    found.setflags(write=False)
    return found


def onto(field: NDArray[Any], latitude_edges: Values, longitude_edges: Values) -> Values:
    """Average a field of one degree over cells of another grid, by the areas they share.

    Parameters
    ----------
    field
        Values per area, on one degree.  shape (..., 180, 360)
    latitude_edges
        Edges of the cells from -90 to 90, ascending.  [degree], shape (y + 1,)
    longitude_edges
        Edges that span 360 degrees, ascending.  [degree], shape (x + 1,)

    Returns
    -------
    array
        Means; their sum times area is that of `field`.  shape (..., y, x)
    """
    ours = np.sin(np.deg2rad(np.arange(-90.0, 91.0)))
    rows = _shared(np.sin(np.deg2rad(latitude_edges)), ours)
    edges = np.arange(-180.0, 181.0)
    columns = sum(
        (_shared(longitude_edges, edges + turn) for turn in (-360.0, 0.0, 360.0)),
        start=np.zeros((longitude_edges.size - 1, COLUMNS)),
    )
    rows /= rows.sum(axis=1, keepdims=True)
    columns /= columns.sum(axis=1, keepdims=True)
    means: Values = rows @ field @ columns.T
    return means


def _shared(wanted: Values, given: Values) -> Values:
    """Return lengths that intervals of two partitions share.  shape (wanted - 1, given - 1)."""
    low = np.maximum(wanted[:-1, None], given[None, :-1])
    high = np.minimum(wanted[1:, None], given[None, 1:])
    return np.asarray(np.maximum(high - low, 0.0))
