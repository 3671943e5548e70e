"""Inputs that processes of the synthetic world share, and what its days take."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, Strict

from casa_processes.common.errors import InvalidInputsError

FIRST, LAST = date(2000, 1, 1), date(2049, 12, 31)

GRIDS: Mapping[str, tuple[int, int, int, int]] = {
    "10x8": (36, 23, 20, 6),
    "5x4": (72, 45, 20, 6),
    "2.5x2": (144, 90, 20, 18),
}
"""Columns, rows and layers of a grid, and its steps in a day."""

_START = 12.0
"""Loading and compiling of numerical libraries, tables of seasons.  [s]"""
_CELL = 1.2e-7
"""Time of one cell and step, all tracers, with winds and sums.  [s]"""
_BASE = 512 * 1024 * 1024


def _date(text: str) -> str:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.isoformat() != text:
        raise ValueError("expected a date, YYYY-MM-DD")
    if not FIRST <= found <= LAST:
        raise ValueError(f"expected a date from {FIRST} to {LAST}")
    return text


type GridName = Literal["5x4", "2.5x2", "10x8"]
type Whole = Annotated[int, Strict()]
type Date = Annotated[
    str, Strict(), AfterValidator(_date), Field(json_schema_extra={"format": "date"})
]


def check_days(start: str, end: str, most: int) -> None:
    """Refuse a run that ends before it starts, or has too many days.

    Parameters
    ----------
    start, end
        First and last day, YYYY-MM-DD.
    most
        Most days of a run.

    Raises
    ------
    InvalidInputsError
        At ``/end``.
    """
    days = (date.fromisoformat(end) - date.fromisoformat(start)).days + 1
    if days < 1:
        raise InvalidInputsError([("/end", f"{end} is before the start, {start}")])
    if days > most:
        raise InvalidInputsError([("/end", f"{days} days; at most {most} can be run")])


def run_seconds(grid: str, start: str, end: str) -> float:
    """Return what the world's days from the first of January before the start take.  [s].

    Parameters
    ----------
    grid
        One of `GRIDS`.
    start, end
        First and last day, YYYY-MM-DD.
    """
    columns, rows, layers, steps = GRIDS[grid]
    first = date(int(start[:4]), 1, 1)
    days = (date.fromisoformat(end) - first).days + 1
    return _START + _CELL * columns * rows * layers * steps * days


def run_memory(grid: str) -> int:
    """Return what the world takes while it runs on one of `GRIDS`.  [byte]."""
    columns, rows, layers, _ = GRIDS[grid]
    return _BASE + 1500 * columns * rows * layers
