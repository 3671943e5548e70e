"""Answers in long form: one row for each cell and time of a grid, or for each sounding."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from casa_ogc.archive.axes import ROLES, Axis
from casa_ogc.encoders.columns import data_columns, described
from casa_ogc.encoders.decimals import spelled
from casa_ogc.encoders.domains import spread, wrapped
from casa_ogc.encoders.times import rfc3339
from casa_ogc.query.answer import CRS84, Answer, Grid, GridAnswer, SoundingsAnswer
from casa_ogc.query.systems import degrees, parse_system
from casa_processes.common.vocabulary import Variable


@dataclass(frozen=True, eq=False)
class Table:
    """Columns of equal length.

    Attributes
    ----------
    longitude, latitude
        Degrees, longitudes in -180..180, shape (n,).
    datetime
        RFC 3339 texts, shape (n,); None where the answer has no time.
    vertical
        Name, units and coordinate of the vertical axis; None where there is none.
    instants
        The times of `datetime`, shape (n,).
    columns
        Values by name, shape (n,), or (n, m) for profiles and vertices of soundings.
    variables
        What describes them.
    """

    longitude: NDArray[Any]
    latitude: NDArray[Any]
    datetime: NDArray[np.object_] | None
    vertical: tuple[str, str, NDArray[np.float64]] | None
    instants: NDArray[np.datetime64] | None
    columns: dict[str, NDArray[Any]]
    variables: dict[str, Variable]

    @property
    def size(self) -> int:
        """Number of rows."""
        return int(self.latitude.size)

    def part(self, start: int, stop: int) -> "Table":
        """Return a range of rows."""
        rows, vertical = slice(start, stop), self.vertical
        return Table(
            longitude=self.longitude[rows],
            latitude=self.latitude[rows],
            datetime=None if self.datetime is None else self.datetime[rows],
            vertical=None if vertical is None else (*vertical[:2], vertical[2][rows]),
            instants=None if self.instants is None else self.instants[rows],
            columns={name: values[rows] for name, values in self.columns.items()},
            variables=self.variables,
        )


def tables(answer: Answer, as_text: bool = False) -> tuple[Table, ...]:
    """Return one table for each grid of an answer, or the one of its soundings.

    `as_text` gives the axes of grids in the decimals that their single precision means.
    """
    if isinstance(answer, GridAnswer):
        return tuple(_grid_table(grid, answer.crs, as_text) for grid in answer.grids)
    return (_sounding_table(answer),)


def _grid_table(grid: Grid, crs: str = CRS84, as_text: bool = False) -> Table:
    """Lay out a grid; the last axis runs fastest, fields are repeated along axes they lack.

    Places of a projected grid are given in degrees.
    """
    roles = tuple(role for role in ROLES if role in grid.axes)
    shape = tuple(grid.axes[role].size for role in roles)
    place = dict(zip(roles, np.unravel_index(np.arange(np.prod(shape)), shape), strict=True))
    level, time = grid.axes.get("z"), grid.axes.get("t")
    x, y = (_numbers(grid.axes[role], as_text) for role in ("x", "y"))
    longitude, latitude = degrees(parse_system(crs), x[place["x"]], y[place["y"]])
    return Table(
        longitude=wrapped(longitude),
        latitude=latitude,
        instants=None if time is None else time.values[place["t"]],
        datetime=None if time is None else rfc3339(time.values)[place["t"]],
        vertical=None if level is None else _vertical(level, place["z"], as_text),
        columns={n: spread(grid, field, roles).reshape(-1) for n, field in grid.fields.items()},
        variables={n: field.variable for n, field in grid.fields.items()},
    )


def _numbers(axis: Axis, as_text: bool) -> NDArray[np.float64]:
    return spelled(axis)[0] if as_text else np.asarray(axis.values, dtype=np.float64)


def _vertical(
    axis: Axis, places: NDArray[np.intp], as_text: bool
) -> tuple[str, str, NDArray[np.float64]]:
    return axis.name, axis.units, _numbers(axis, as_text)[places]


def _sounding_table(answer: SoundingsAnswer) -> Table:
    """Take the columns as they are."""
    columns = data_columns(answer)
    return Table(
        longitude=wrapped(answer.columns["longitude"]),
        latitude=answer.columns["latitude"],
        datetime=rfc3339(answer.columns["time"], answer.time_resolution),
        vertical=None,
        instants=answer.columns["time"],
        columns=columns,
        variables={name: described(answer, name) for name in columns},
    )
