"""Axes of cubes: coordinate values with their cell bounds."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

type Role = Literal["t", "z", "y", "x"]
ROLES: tuple[Role, ...] = ("t", "z", "y", "x")


@dataclass(frozen=True, eq=False)
class Axis:
    """One axis of a cube as it is stored or sent.

    Attributes
    ----------
    name
        Name of the dimension, for example ``latitude``.
    role
        Which axis of the reference system it is: ``t``, ``z``, ``y`` or ``x``.
    values
        Cell centres, strictly monotonic (either way), shape (n,): float64, or datetime64[ns] for
        ``t``. Longitudes may run past 180 where a window crosses the antimeridian.
    bounds
        Lower and upper edge of each cell in the order of `values`, shape (n, 2), same type; always
        present (half-way edges where the file gave none), except for instants, where it is None.
    units
        UDUNITS text; ``""`` for time.
    positive
        ``up`` or ``down`` for a vertical axis, else None.
    """

    name: str
    role: Role
    values: NDArray[Any]
    bounds: NDArray[Any] | None
    units: str = ""
    positive: str | None = None

    @property
    def size(self) -> int:
        """Number of cells."""
        return int(self.values.size)


@dataclass(frozen=True)
class Bounds:
    """A box of longitude and latitude in degrees; west > east means across the antimeridian."""

    west: float
    south: float
    east: float
    north: float


def midpoint_bounds(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Cell edges half-way between centres, the outer ones mirrored; shape (n, 2)."""
    centres = np.asarray(values, dtype=np.float64)
    if centres.size == 1:
        return np.stack([centres - 0.5, centres + 0.5], axis=1)
    middle = (centres[1:] + centres[:-1]) / 2
    edges = np.concatenate([[2 * centres[0] - middle[0]], middle, [2 * centres[-1] - middle[-1]]])
    return np.stack([edges[:-1], edges[1:]], axis=1)
