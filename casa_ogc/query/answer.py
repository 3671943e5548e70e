"""What is answered: grids or soundings, with all that an encoder needs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from casa_ogc.archive.axes import Axis, Role
from casa_processes.common.vocabulary import Variable

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
"""Longitude and latitude of WGS 84, in this order."""


@dataclass(frozen=True)
class Origin:
    """Where an answer comes from; goes into its metadata.

    `attributes` is what the source files say of the whole product, such as the scale of its mole
    fractions. `summary`, `keywords` and `committed` (RFC 3339 instant of the snapshot) are those of
    the collection, `request` is what was asked: path and query.
    """

    product: str
    snapshot: str
    title: str = ""
    licence: str = ""
    citation: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    summary: str = ""
    keywords: tuple[str, ...] = ()
    committed: str = ""
    request: str = ""


@dataclass(frozen=True, eq=False)
class GridField:
    """Values of one variable.

    `roles` names the axes in storage order, a subset of t, z, y, x in that order; missing values
    are NaN in floating types. `cell_methods` tells in the words of CF what the values are made of,
    when they are not stored ones.
    """

    variable: Variable
    roles: tuple[Role, ...]
    values: NDArray[Any]
    cell_methods: str = ""


@dataclass(frozen=True, eq=False)
class Grid:
    """A window of a cube: its axes as sent, and its fields.

    `axes` always holds ``y`` and ``x``; ``t`` and ``z`` only where the cube has them. A single
    place is a grid of one cell in ``y`` and ``x``. `mask` has shape (y, x), True where a cell is
    meant, the others hold NaN; None where all are.
    """

    axes: Mapping[Role, Axis]
    fields: Mapping[str, GridField]
    mask: NDArray[np.bool_] | None = None


@dataclass(frozen=True, eq=False)
class GridAnswer:
    """One grid, or one for each place that was asked for.

    `crs` is the URI of the reference system of the axes ``x`` and ``y``; whatever the order of its
    own axes, ``x`` is the longitude or easting.
    """

    origin: Origin
    grids: tuple[Grid, ...]
    crs: str = CRS84


@dataclass(frozen=True, eq=False)
class SoundingsAnswer:
    """Rows in time order.

    `columns` always holds ``sounding_id``, ``time`` (datetime64[ns]), ``longitude``, ``latitude``;
    scalars have shape (n,), profiles (n, level), vertices (n, 4). `matched` counts all rows of the
    query, of which `columns` may be a page. `crs` is the URI of the reference system in which
    places are stated: CRS84, or EPSG:4326 whose axes are latitude, longitude.
    """

    origin: Origin
    columns: Mapping[str, NDArray[Any]]
    variables: Mapping[str, Variable]
    matched: int
    time_resolution: str = ""
    crs: str = CRS84


@dataclass(frozen=True, eq=False)
class PathAnswer(SoundingsAnswer):
    """Samples of a grid along paths, in the order of the tracks and along each of them.

    There is no ``sounding_id``; the column ``track`` numbers the lines, each at one time or level
    where the path itself has none, from 1. Times are NaT where neither path nor grid has any.

    Attributes
    ----------
    vertical
        Name of the column that holds the level of each sample, ``""`` where there is none.
    units, positive
        Its units and the direction of growing values.
    """

    vertical: str = ""
    units: str = ""
    positive: str | None = None


type Answer = GridAnswer | SoundingsAnswer
