"""Cross-sections that others tabulated, as content of tables."""

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.errors import FileContentError, InvalidValueError, told
from casa_processes.spectroscopy.cross_sections import Grid

type Values = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class OneState:
    """Cross-sections of one state that stand in for all states.

    Attributes
    ----------
    grid
        Their wavenumbers.
    values
        [cm2 / molecule], shape (point,)
    state
        Pressure and temperature they are of.  [hPa], [K]
    source
        Where they are from.
    """

    grid: Grid
    values: Values
    state: tuple[float, float]
    source: str

    def cross_section(self, grid: Grid, pressure: float, temperature: float) -> Values:  # noqa: ARG002
        """Return the cross-sections, whatever the state.  [cm2 / molecule], shape (point,).

        Raises
        ------
        InvalidValueError
            When they do not reach over the grid.
        """
        if grid.first < self.grid.first - 1e-6 or grid.last > self.grid.last + 1e-6:
            asked = f"{grid.first} to {grid.last} cm-1"
            known = f"part of {self.grid.first} to {self.grid.last} cm-1 of {self.source}"
            raise InvalidValueError("grid", asked, known)
        return np.asarray(np.interp(grid.values, self.grid.values, self.values))

    def key(self) -> str:
        """Name the grid and all numbers."""
        return hashlib.sha256(repr(self.grid).encode() + self.values.tobytes()).hexdigest()

    def about(self) -> Mapping[str, Any]:
        """Tell the source and that one state stands for all."""
        pressure, temperature = self.state
        stopgap = f"cross-sections of {pressure:g} hPa and {temperature:g} K stand for all states"
        return {"source": self.source, "stop_gap": stopgap}


def read_one_state(path: Path, first: float, step: float, state: tuple[float, float]) -> OneState:
    """Read cross-sections of one state: one number a line, compressed by gzip or not.

    Parameters
    ----------
    path
        The file; numbers in cm2 / molecule.
    first, step
        Wavenumber of the first number and distance of the others.  [cm-1]
    state
        Pressure [hPa] and temperature [K] they are of.

    Raises
    ------
    FileContentError
        When a line is no number, or a number below zero.
    """
    opener = gzip.open if path.suffix == ".gz" else open
    try:
        with opener(path, "rt", encoding="ascii") as file:
            values = np.array([float(row) for row in file if row.strip()])
    except (OSError, EOFError, ValueError) as error:
        raise FileContentError(path.name, "file", "one number a line", told(error, path)) from None
    if values.size < 2 or not np.isfinite(values).all() or values.min() < 0:
        raise FileContentError(path.name, "numbers", "two or more, none below zero", "others")
    return OneState(Grid(first, step, values.size), values, state, path.name)
