"""What of a step is known before any tracer: how it is cut, the air between, and departures.

A plan serves all tracers, both modes and the adjoint, and can be used as often as its forcing.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from casa_processes.transport.errors import CourantError
from casa_processes.transport.line.kernel import lines
from casa_processes.transport.types import MassFlux, Values

LIMIT: Final = 8
"""Most parts that the horizontal moves of a layer are cut into."""

LEAST: Final = 0.05
"""Share of its air that each direction must leave in a cell, or the step is cut."""

_DIRECTIONS = ("zonal", "meridional", "vertical")

type Places = NDArray[np.int32]
type Lines = tuple[Places, Places, Values, Values]


@dataclass(frozen=True, eq=False)
class Stage:
    """One passage through all directions; the arguments of the kernels.

    Attributes
    ----------
    first
        Parts of layer k are first[k] to first[k + 1].  shape (z + 1,)
    zonal, meridional
        Departures of circles and meridians and the air before.  shape (part, y, x), (part, x, y)
    after
        Air after the moves along meridians.  [kg], shape (part, x, y)
    lateral
        Exchanged each way between rows.  [kg], shape (z, y + 1)
    columns
        Departures of columns and the air before.  shape (y x, z)
    above
        Air after the vertical move.  [kg], shape (y x, z)
    mixing
        Exchanged each way between layers.  [kg], shape (y x, z - 1)
    """

    first: Places
    zonal: Lines
    meridional: Lines
    after: Values
    lateral: Values
    columns: Lines
    above: Values
    mixing: Values


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


def plan(forcing: MassFlux, zonal_first: bool = True) -> Plan:
    """Prepare a step.

    Parameters
    ----------
    forcing
        Air and its moves.
    zonal_first
        The order of the directions; steps of both orders in turn are accurate to second order.

    Raises
    ------
    CourantError
        When a direction would leave less than `LEAST` of its air in a cell even if the step were
        cut into `LIMIT` parts.
    """
    for count in (1, 2, 4, LIMIT):
        stages: list[Stage] = []
        mass = forcing.mass
        for _ in range(count):
            made = _stage(forcing, mass, count, zonal_first)
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


def _gains(forcing: MassFlux) -> tuple[Values, Values, Values]:
    """Return what each direction adds to the air of each cell in a step.  [kg]"""  # noqa: D400
    return (
        np.roll(forcing.east, 1, axis=2) - forcing.east,
        forcing.north[:, :-1] - forcing.north[:, 1:],
        forcing.up[:-1] - forcing.up[1:],
    )


def _stage(
    forcing: MassFlux, mass: Values, count: int, zonal_first: bool
) -> tuple[Stage, Values] | None:
    """Prepare one of `count` passages; returns the air after it too, or None where it runs out."""
    zonal, meridional, vertical = (gain / count for gain in _gains(forcing))
    start = mass if zonal_first else mass + vertical
    gains = (zonal, meridional) if zonal_first else (meridional, zonal)
    parts = _parts(start, gains, LIMIT // count)
    if parts is None or _circling(start, forcing.east / count):
        return None
    layer = np.repeat(np.arange(start.shape[0]), parts)
    first = np.concatenate([[0], np.cumsum(parts)]).astype(np.int32)
    number, cut = np.arange(layer.size) - first[layer], count * parts[layer]
    moved = [start[layer] + (gains[0] + gains[1])[layer] * share[:, None, None]
             for share in (number / parts[layer], (number + 1) / parts[layer])]  # fmt: skip
    before, after = moved
    middle = before + (gains[0] * count)[layer] / cut[:, None, None]
    end = after[first[1:] - 1]
    low, high = (end, end + vertical) if zonal_first else (mass, start)
    if not (high >= LEAST * low).all():
        return None
    round_, across = (
        ((before, middle), (middle, after)) if zonal_first else ((middle, after), (before, middle))
    )
    east, north = (
        flux[layer] / cut[:, None, None] for flux in (forcing.east, forcing.north[:, 1:])
    )
    later, above = _meridians(across[1]), _columns(high)
    stage = Stage(
        first,
        _lines(*round_, east, False),
        _lines(_meridians(across[0]), later, _meridians(north), True),
        later,
        forcing.exchange / count,
        _lines(_columns(low), above, _columns(forcing.up[1:] / count), True),
        above,
        _columns(forcing.mixing / count),
    )
    return stage, high if zonal_first else end


def _parts(start: Values, gains: tuple[Values, Values], most: int) -> Places | None:
    """Return in how many parts the moves of each layer are cut, or None if in more than `most`."""
    parts = np.zeros(start.shape[0], np.int32)
    for count in range(1, most + 1):
        left = np.flatnonzero(parts == 0)
        if not left.size:
            break
        air, one, both = start[left], gains[0][left], gains[0][left] + gains[1][left]
        fits = np.ones(left.size, bool)
        for number in {0, count - 1}:
            before = air + both * (number / count)
            leaves = np.minimum(one, both) / count + (1.0 - LEAST) * before
            fits &= (leaves >= 0.0).all(axis=(1, 2)) & (before > 0.0).all(axis=(1, 2))
        parts[left[fits]] = count
    return parts if parts.all() else None


def _circling(mass: Values, east: Values) -> bool:
    """Tell whether more moves through a face than a circle of latitude holds."""
    return bool((np.abs(east) > mass.sum(axis=2, keepdims=True)).any())


def _meridians(field: Values) -> Values:
    """Put the last dimension along meridians."""
    return np.ascontiguousarray(field.transpose(0, 2, 1))


def _columns(field: Values) -> Values:
    """Put the last dimension along columns.  shape (y x, z)"""  # noqa: D400
    z, y, x = field.shape
    return np.ascontiguousarray(field.reshape(z, y * x).T)


def _lines(mass: Values, after: Values, flux: Values, closed: bool) -> Lines:
    """Find departures of lines along the last dimension."""
    shape, n = mass.shape, mass.shape[-1]
    cell, span, part = np.empty(shape, np.int32), np.empty(shape, np.int32), np.empty((*shape, 5))
    flux = np.ascontiguousarray(flux)
    lines(
        mass.reshape(-1, n), after.reshape(-1, n), flux.reshape(-1, n), closed,
        cell.reshape(-1, n), span.reshape(-1, n), part.reshape(-1, n, 5),
    )  # fmt: skip
    return cell, span, part, mass


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
