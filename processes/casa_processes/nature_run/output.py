"""Files of a nature run: grids that grow day by day, and series of stations."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import h5netcdf
import numpy as np
from numpy.typing import NDArray

from casa_processes.common.io_grids import GridAxis, GridField, StoredGrid
from casa_processes.common.netcdf import described, write_soundings
from casa_processes.common.netcdf_blocks import grid_file
from casa_processes.common.vocabulary import variable
from casa_processes.simulation.stations import STATIONS
from casa_processes.transport.types import Mesh

type Values = NDArray[np.float64]

_DAY = np.timedelta64(1, "D")
_SECONDS = "seconds since 1970-01-01"


def attributes(what: str, product: str, seed: int) -> dict[str, str]:
    """Return global attributes of one file; everything says that it is synthetic.

    Parameters
    ----------
    what
        What the file holds.
    product
        The rest of its id.
    seed
        Of the weather.
    """
    return {
        "title": f"Synthetic {what}, nature run",
        "product": f"synthetic-{product}",
        "source": "simulation of a synthetic world; no observation went in",
        "mission": "Synthetic",
        "synthetic": "true",
        "instrument": "none",
        "licence": "CC0-1.0",
        "references": "docs/science/synthetic-world.md",
        "seed": str(seed),
    }


@contextmanager
def daily_file(
    path: Path,
    names: Sequence[str],
    dates: NDArray[np.datetime64],
    mesh: Mesh,
    about: Mapping[str, str],
    pressure: Values | None = None,
) -> Iterator[h5netcdf.File]:
    """Create a file of daily means; ``file[name][number]`` takes the fields of one day.

    Parameters
    ----------
    path
        File to write.
    names
        Variables.
    dates
        Days, in any regular steps.  shape (time,)
    mesh
        Cells.
    about
        Global attributes.
    pressure
        Of the interfaces of layers, for fields of (z, y, x).  [Pa], shape (z + 1,)
    """
    roles = ("t", "y", "x") if pressure is None else ("t", "z", "y", "x")
    axes = {role: axis for role, axis in _axes(dates, mesh, pressure).items() if role in roles}
    sizes = tuple(axes[role].values.size for role in roles)
    field = {
        name: GridField(
            roles, (1, *sizes[1:]), np.dtype(np.float32), np.nan, described(variable(name))
        )
        for name in names
    }
    grid = StoredGrid(axes, {}, field, about)
    lengths = {name: dict(zip(roles, (1, *sizes[1:]), strict=True)) for name in names}
    with grid_file(path, grid, lengths, about) as file:
        yield file


def _axes(
    dates: NDArray[np.datetime64], mesh: Mesh, pressure: Values | None
) -> dict[str, GridAxis]:
    """Return the axes by role, each with its bounds."""
    starts = dates.astype("datetime64[s]")
    edges = np.stack([starts, starts + _DAY], axis=1).astype(np.int64)
    time = {"standard_name": "time", "units": _SECONDS, "calendar": "proleptic_gregorian"}
    axes = {"t": GridAxis("time", edges.mean(axis=1), edges, {**time, "axis": "T"})}
    if pressure is not None:
        levels = np.stack([pressure[:-1], pressure[1:]], axis=1) / 100.0
        vertical = {**described(variable("pressure")), "axis": "Z", "positive": "down"}
        axes["z"] = GridAxis("pressure", levels.mean(axis=1), levels, vertical)
    for role, name, cuts in (
        ("y", "latitude", mesh.latitude_edges),
        ("x", "longitude", mesh.longitude_edges),
    ):
        bounds = np.stack([cuts[:-1], cuts[1:]], axis=1)
        described_axis = {**described(variable(name)), "axis": role.upper()}
        axes[role] = GridAxis(name, bounds.mean(axis=1), bounds, described_axis)
    return axes


def write_stations(
    path: Path, dates: NDArray[np.datetime64], series: Values, about: Mapping[str, str]
) -> Path:
    """Write daily means of all stations, each at noon UTC; returns `path`.

    Parameters
    ----------
    path
        File to write.
    dates
        Days.  shape (day,)
    series
        Mole fractions.  [ppm], shape (day, station)
    about
        Global attributes.
    """
    days, stations = series.shape
    stamps = np.datetime_as_string(dates.astype("datetime64[D]"))
    columns: dict[str, NDArray[Any]] = {
        "sounding_id": np.array(
            [f"synthetic-{each.code}-{stamp}" for stamp in stamps for each in STATIONS]
        ),
        "time": np.repeat(dates.astype("datetime64[ns]") + np.timedelta64(12, "h"), stations),
        "latitude": np.tile([each.latitude for each in STATIONS], days),
        "longitude": np.tile([each.longitude for each in STATIONS], days),
        "site": np.tile([each.code for each in STATIONS], days),
        "pressure": np.tile([each.pressure for each in STATIONS], days),
        "co2": series.ravel(),
    }
    return write_soundings(path, columns, {**about, "time_resolution": "P1D"})
