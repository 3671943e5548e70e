"""What is answered: grids or soundings, with all that an encoder needs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from casa_ogc.archive.axes import Axis, Role
from casa_processes.common.vocabulary import Variable


@dataclass(frozen=True)
class Origin:
    """Where an answer comes from; goes into its metadata."""

    product: str
    snapshot: str
    title: str = ""
    licence: str = ""
    citation: str = ""


@dataclass(frozen=True, eq=False)
class GridField:
    """Values of one variable.

    `roles` names the axes in storage order, a subset of t, z, y, x in that order; missing values
    are NaN in floating types.
    """

    variable: Variable
    roles: tuple[Role, ...]
    values: NDArray[Any]


@dataclass(frozen=True, eq=False)
class Grid:
    """A window of a cube: its axes as sent, and its fields.

    `axes` always holds ``y`` and ``x``; ``t`` and ``z`` only where the cube has them. A single
    place is a grid of one cell in ``y`` and ``x``.
    """

    axes: Mapping[Role, Axis]
    fields: Mapping[str, GridField]


@dataclass(frozen=True, eq=False)
class GridAnswer:
    """One grid, or one for each place that was asked for."""

    origin: Origin
    grids: tuple[Grid, ...]


@dataclass(frozen=True, eq=False)
class SoundingsAnswer:
    """Rows in time order.

    `columns` always holds ``sounding_id``, ``time`` (datetime64[ns]), ``longitude``, ``latitude``;
    scalars have shape (n,), profiles (n, level), vertices (n, 4). `matched` counts all rows of the
    query, of which `columns` may be a page.
    """

    origin: Origin
    columns: Mapping[str, NDArray[Any]]
    variables: Mapping[str, Variable]
    matched: int
    time_resolution: str = ""


type Answer = GridAnswer | SoundingsAnswer
