"""Levels of a vertical axis."""

import numpy as np

from casa_ogc.archive.axes import Axis
from casa_ogc.query.lines import Line, line
from casa_ogc.query.picks import Pick, Run
from casa_ogc.query.request import VerticalSelection
from casa_processes.common.errors import InvalidValueError

_RELATIVE = 1e-6
_SHOWN = 30


def levels(axis: Axis | None, asked: VerticalSelection | None) -> Pick | None:
    """Return the levels that a request means, in stored order.

    A single level means the stored one that differs by at most a millionth of it; an interval
    means all levels within, ends included.

    Parameters
    ----------
    axis
        Vertical axis of the cube, None when it has none.
    asked
        Values in units of the axis; None is all levels.

    Returns
    -------
    Pick
        None when no level lies in the interval.

    Raises
    ------
    InvalidValueError
        For a level that is not stored, naming those that are; for values that are not finite; when
        levels are asked of a product that has none.
    """
    if axis is None:
        raise InvalidValueError("z", asked, "none: the product has no vertical axis")
    ladder = line(axis)
    if asked is None:
        return ladder.whole
    runs = [_level(ladder, level) for level in asked.levels]
    if asked.interval is not None:
        low, high = (_finite(end) for end in asked.interval)
        runs.append(ladder.between(_less(low), _more(high)))
    return ladder.pick(runs)


def _level(ladder: Line, level: float) -> Run:
    slack = abs(level) * _RELATIVE
    start, stop = ladder.between(level - slack, level + slack) if np.isfinite(level) else (0, 0)
    if start == stop:
        raise InvalidValueError("z", level, _known(ladder.axis))
    return start, stop


def _known(axis: Axis) -> str:
    shown = ", ".join(f"{value:g}" for value in axis.values[:_SHOWN].tolist())
    more = f" and {axis.size - _SHOWN} more" if axis.size > _SHOWN else ""
    return f"one of the levels {shown}{more} ({axis.units})"


def _finite(end: float | None) -> float | None:
    if end is not None and not np.isfinite(end):
        raise InvalidValueError("z", end, "a finite level")
    return end


def _less(end: float | None) -> float | None:
    return None if end is None else end - abs(end) * _RELATIVE


def _more(end: float | None) -> float | None:
    return None if end is None else end + abs(end) * _RELATIVE
