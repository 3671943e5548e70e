"""Absorption of a band from one of the sources of spectroscopy."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.errors import InvalidValueError, UnknownNameError
from casa_processes.spectroscopy.bands import Band, band_named
from casa_processes.spectroscopy.builtin.carbon_dioxide import carbon_dioxide
from casa_processes.spectroscopy.builtin.oxygen import oxygen
from casa_processes.spectroscopy.builtin.water import water
from casa_processes.spectroscopy.content import Content, Lines
from casa_processes.spectroscopy.cross_sections import Grid
from casa_processes.spectroscopy.tables import States, Table, table
from casa_processes.spectroscopy.tables import states as usual_states

type Values = NDArray[np.float64]
type Quality = Literal["builtin", "hitran", "absco"]

IN_WATER = " in water"
"""What the name of a gas is followed by where a table holds the change of its cross-section with
the mole fraction of water."""

WATER_BROADENING = {"O2": 1.1, "CO2": 1.9, "H2O": 0.0}
"""Width of lines in water over that in air, after Sung et al. (2009) for carbon dioxide; zero
stands for the own widths of water.  [1]"""


@dataclass(frozen=True, eq=False)
class Absorption:
    """Cross-sections of all gases of a band on one grid and at the same states.

    Attributes
    ----------
    band
        Which one.
    gases
        Their names. A name that ends with " in water" is that of a change with water, whose amount
        is the column of the gas times the mole fraction of water.
    tables
        One for each.
    quality
        What kind of source they are from; results of "builtin" are never called science quality.
    about
        Source, its parts and what is missing, as plain data.
    """

    band: Band
    gases: tuple[str, ...]
    tables: tuple[Table, ...]
    quality: Quality
    about: Mapping[str, Any]

    @property
    def grid(self) -> Grid:
        """Return the wavenumbers of all tables."""
        return self.tables[0].grid

    @property
    def states(self) -> States:
        """Return the states of all tables."""
        return self.tables[0].states


def amounts(absorption: Absorption, columns: Mapping[str, Values], water: Values) -> Values:
    """Return the amounts that go with the tables.

    Parameters
    ----------
    absorption
        Tables of a band.
    columns
        Columns of the genuine gases, by their names.  [molecule cm-2], shape (layer,) each
    water
        Mole fraction of water in moist air.  [mol mol-1], shape (layer,)

    Returns
    -------
    ndarray
        [molecule cm-2], shape (gas, layer)

    Raises
    ------
    UnknownNameError
        When a gas of the band has no column.
    """
    rows = []
    for name in absorption.gases:
        gas = name.removesuffix(IN_WATER)
        if gas not in columns:
            raise UnknownNameError("column of the gas", gas, columns)
        rows.append(columns[gas] * (water if name.endswith(IN_WATER) else 1.0))
    return np.stack(rows)


def absorption(
    source: str,
    band: str,
    folder: Path,
    states: States | None = None,
    report: Callable[[float], None] | None = None,
    grid: Grid | None = None,
) -> Absorption:
    """Return the absorption of a band; tables that are not there are built.

    Parameters
    ----------
    source
        "builtin".
    band
        Name of the band: o2a, wco2 or sco2.
    folder
        Where tables are kept.
    states
        Pressures and temperatures of the tables.
    report
        Receives the fraction that is done.
    grid
        Wavenumbers; those of the band when not given.

    Raises
    ------
    UnknownNameError
        When there is no such band.
    InvalidValueError
        When the source is none.
    """
    which = band_named(band)
    if source != "builtin":
        raise InvalidValueError("source of spectroscopy", source, "builtin")
    contents = _builtin(which)
    tables = _tables(contents, folder, grid or which.grid(), states or usual_states(), report)
    about = {"source": source, "parts": {name: t.about for name, t in tables.items()}}
    return Absorption(which, tuple(tables), tuple(tables.values()), "builtin", about)


def _tables(
    contents: Mapping[str, Content],
    folder: Path,
    grid: Grid,
    at: States,
    report: Callable[[float], None] | None,
) -> dict[str, Table]:
    """Return the tables of all contents; progress runs over all of them."""
    found: dict[str, Table] = {}
    for name, content in contents.items():
        before = len(found)

        def tell(done: float, before: int = before) -> None:
            if report is not None:
                report((before + done) / len(contents))

        found[name] = table(folder, content, grid, at, report=tell)
        tell(1.0)
    return found


def _builtin(band: Band) -> dict[str, Content]:
    """Return the lines of the gases of a band and their changes with water."""
    lines = {"O2": oxygen, "CO2": carbon_dioxide, "H2O": water}
    lists = {gas: lines[gas]() for gas in band.gases}
    low, high = band.window[0] - band.margin - 25.0, band.window[1] + band.margin + 25.0
    near = {gas: each.between(low, high) for gas, each in lists.items()}
    contents: dict[str, Content] = {gas: Lines(each) for gas, each in near.items()}
    for gas, each in near.items():
        contents[gas + IN_WATER] = Lines(each, water=WATER_BROADENING[gas])
    return contents
