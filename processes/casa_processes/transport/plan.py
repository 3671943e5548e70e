"""What of a step is known before any tracer: how it is cut, the air between, and departures.

A plan serves all tracers, both modes and the adjoint, and can be used as often as its forcing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np

from casa_processes.transport.air.kernel import between, fewest
from casa_processes.transport.departure.kernel import PARTS, Lines, Places, lines
from casa_processes.transport.errors import CourantError
from casa_processes.transport.exchange.kernel import factors
from casa_processes.transport.types import MassFlux, Values

LIMIT: Final = 8
"""Most parts that the horizontal moves of a layer are cut into."""

LEAST: Final = 0.05
"""Share of its air that each direction must leave in a cell, or the step is cut."""

_DIRECTIONS = ("zonal", "meridional", "vertical")


@dataclass(frozen=True, eq=False)
class Stage:
    """One passage through all directions; the arguments of the kernels.

    Attributes
    ----------
    first
        Parts of layer k are first[k] to first[k + 1].  shape (z + 1,)
    zonal, meridional
        Circles and meridians, part by part: (part y) lines of x and (part x) lines of y cells.
    columns
        Columns: (y x) lines of z cells.
    """

    first: Places
    zonal: Lines
    meridional: Lines
    columns: Lines


@dataclass(frozen=True, eq=False)
class Plan:
    """A step, ready to be applied.

    Attributes
    ----------
    shape
        Numbers of layers, rows and columns.
    zonal_first
        Whether the order is zonal, meridional, vertical, or the reverse.
    stages
        Passages one after the other, more than one only where air would run out else.
    before, after
        Air before and after the step.  [kg], shape (z, y, x)
    """

    shape: tuple[int, int, int]
    zonal_first: bool
    stages: tuple[Stage, ...]
    before: Values
    after: Values

    @property
    def parts(self) -> int:
        """Most parts that the horizontal moves of a layer are cut into."""
        return sum(int(np.diff(stage.first).max()) for stage in self.stages)


def plan(forcing: MassFlux, zonal_first: bool = True, room: Plan | None = None) -> Plan:
    """Prepare a step.

    Parameters
    ----------
    forcing
        Air and its moves.
    zonal_first
        The order of the directions; steps of both orders in turn are accurate to second order.
    room
        A plan that is not needed any more: its memory is used again, and it is no plan after.

    Raises
    ------
    CourantError
        When a direction would leave less than `LEAST` of its air in a cell even if the step were
        cut into `LIMIT` parts.
    """
    for count in (1, 2, 4, LIMIT):
        stages: list[Stage] = []
        mass = forcing.mass
        for number in range(count):
            spare = room.stages[number] if room and number < len(room.stages) else None
            made = _stage(forcing, mass, count, zonal_first, spare)
            if made is None:
                break
            stages.append(made[0])
            mass = made[1]
        if len(stages) == count:
            return Plan(forcing.shape, zonal_first, tuple(stages), forcing.mass, mass)
    raise _too_long(forcing)


def pair(forcing: MassFlux) -> tuple[Plan, Plan]:
    """Prepare a step in both orders, for use in turn."""
    return plan(forcing, True), plan(forcing, False)


def _stage(
    forcing: MassFlux, mass: Values, count: int, zonal_first: bool, room: Stage | None
) -> tuple[Stage, Values] | None:
    """Prepare one of `count` passages; returns the air after it too, or None where it runs out."""
    (z, y, x), order = mass.shape, (count, zonal_first)
    rising = (forcing.up[:-1] - forcing.up[1:]) / count
    start = mass if zonal_first else mass + rising
    parts = np.empty(z, np.int32)
    fits = fewest(start, forcing.east, forcing.north, *order, LEAST, parts, LIMIT // count)
    if not fits or _circling(start, forcing.east / count):
        return None
    first = np.concatenate([[0], np.cumsum(parts)]).astype(np.int32)
    along, across = np.empty((3, first[-1], y, x)), np.empty((3, first[-1], x, y))
    between(start, forcing.east, forcing.north, *order, parts, along, across)
    end = along[1, first[1:] - 1] if not zonal_first else across[1, first[1:] - 1].swapaxes(1, 2)
    low, high = (end, end + rising) if zonal_first else (mass, start)
    if not (high >= LEAST * low).all():
        return None
    cut = (count * parts).repeat(parts)[:, None, None]
    lateral = np.repeat(forcing.exchange.repeat(parts, axis=0)[:, None, 1:-1] / cut, x, axis=1)
    columns = [_columns(one) for one in (low, high, forcing.up[1:] / count)]
    old = (None, None, None) if room is None else (room.zonal, room.meridional, room.columns)
    stage = Stage(
        first,
        _lines(along, False, old[0]),
        _lines(across, True, old[1], lateral),
        _lines(columns, True, old[2], _columns(forcing.mixing / count)),
    )
    return stage, high if zonal_first else end


def _circling(mass: Values, east: Values) -> bool:
    """Tell whether more moves through a face than a circle of latitude holds."""
    return bool((np.abs(east) > mass.sum(axis=2, keepdims=True)).any())


def _columns(field: Values) -> Values:
    """Put the last dimension along columns.  shape (y x, z)"""  # noqa: D400
    z, y, x = field.shape
    return np.ascontiguousarray(field.reshape(z, y * x).T)


def _lines(
    moved: Iterable[Values], closed: bool, room: Lines | None, mixed: Values | None = None
) -> Lines:
    """Find departures of lines along the last dimension, and what is exchanged after.

    What is moved is the air before and after, and through the faces.
    """
    mass, after, flux = (one.reshape(-1, one.shape[-1]) for one in moved)
    if room is not None and room[0].shape[:2] == mass.shape:
        place, near, part, _ = room
    else:
        place, near = np.empty((*mass.shape, 2), np.int32), np.empty(len(mass), np.bool_)
        part = np.empty((*mass.shape, PARTS))
    lines(mass, after, flux, closed, place, near, part)
    mixes = mixed is not None and bool(mixed.any())
    if mixed is not None and mixes:
        factors(after, mixed.reshape(len(mass), -1), part)
    return place, near, part, mixes


def _too_long(forcing: MassFlux) -> CourantError:
    """Name the cell that loses most for what it holds."""
    east, north, up = forcing.east, forcing.north, forcing.up
    lost = (
        np.maximum(east, 0.0) + np.maximum(-np.roll(east, 1, axis=2), 0.0),
        np.maximum(north[:, 1:], 0.0) + np.maximum(-north[:, :-1], 0.0),
        np.maximum(up[1:], 0.0) + np.maximum(-up[:-1], 0.0),
    )
    numbers = np.stack([one / forcing.mass for one in lost])
    direction, z, y, x = (int(one) for one in np.unravel_index(numbers.argmax(), numbers.shape))
    number = float(numbers[direction, z, y, x])
    return CourantError(_DIRECTIONS[direction], (z, y, x), number, LIMIT)
