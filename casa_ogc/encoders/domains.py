"""Fields of a grid on the axes that an answer states for them."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from casa_ogc.archive.axes import ROLES, Role
from casa_ogc.query.answer import Grid, GridField


def stated_roles(grid: Grid, field: GridField) -> tuple[Role, ...]:
    """Return the axes on which a field is given: its own, y and x, and all of one cell."""
    return tuple(
        role
        for role in ROLES
        if role in grid.axes
        and (role in field.roles or role in ("y", "x") or grid.axes[role].size == 1)
    )


def spread(grid: Grid, field: GridField, roles: tuple[Role, ...]) -> NDArray[Any]:
    """Repeat a field over those of the axes that it lacks; no copy is made.

    Parameters
    ----------
    roles
        Axes of the result in the order t, z, y, x; a superset of the field's own.

    Returns
    -------
    Values of shape (size of each axis).
    """
    shape = tuple(grid.axes[role].size if role in field.roles else 1 for role in roles)
    full = tuple(grid.axes[role].size for role in roles)
    return np.broadcast_to(field.values.reshape(shape), full)


def by_domain(grid: Grid) -> Mapping[tuple[Role, ...], dict[str, GridField]]:
    """Group the fields of a grid by the axes on which they are given."""
    groups: dict[tuple[Role, ...], dict[str, GridField]] = {}
    for name, field in grid.fields.items():
        groups.setdefault(stated_roles(grid, field), {})[name] = field
    return groups or {tuple(role for role in ROLES if role in grid.axes): {}}


def wrapped(longitudes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Bring longitudes that run past 180 back into -180..180; others stay as they are."""
    beyond = (longitudes > 180) | (longitudes < -180)
    return np.where(beyond, (longitudes + 180) % 360 - 180, longitudes)
