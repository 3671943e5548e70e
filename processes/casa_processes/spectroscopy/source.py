"""Absorption of a band from one of the sources of spectroscopy."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.errors import UnknownNameError
from casa_processes.spectroscopy.assembly import IN_WATER, builtin_contents, contents_of
from casa_processes.spectroscopy.bands import BANDS, Band, band_named
from casa_processes.spectroscopy.content import Content
from casa_processes.spectroscopy.cross_sections import Grid
from casa_processes.spectroscopy.sets import read_set
from casa_processes.spectroscopy.tables import States, Table, table
from casa_processes.spectroscopy.tables import states as usual_states

type Values = NDArray[np.float64]
type Quality = Literal["builtin", "hitran", "absco"]

BUILTIN_SOURCE = "builtin"

BUILTIN_MISSING = [
    "genuine lines of water: what absorbs as water at 1.6 and 2.06 um is drawn",
    "line mixing: in air of 1000 hPa it takes some 10 % of the absorption far from lines",
    "collision-induced absorption of oxygen: a vertical optical depth of about 0.01",
    "lines of weak bands and rare isotopologues of carbon dioxide, and of methane",
]
"""What the built-in source lacks."""

__all__ = ["IN_WATER", "Absorption", "Quality", "absorption", "amounts", "bands_of"]


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
        "builtin", or the path of a spectroscopy set.
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
        When there is no such band, or the set has nothing of it.
    InvalidValueError
        When the source is none, or a file of the set is missing.
    FileContentError
        When a file of the set is not of its form.
    """
    which = band_named(band)
    contents, quality, about = _contents(source, which)
    tables = _tables(contents, folder, grid or which.grid(), states or usual_states(), report)
    parts = {name: dict(each.about) for name, each in tables.items()}
    known = {**about, "band": band, "parts": parts}
    return Absorption(which, tuple(tables), tuple(tables.values()), quality, known)


def bands_of(source: str) -> tuple[str, ...]:
    """Return the names of the bands that a source has."""
    return tuple(BANDS) if source == BUILTIN_SOURCE else tuple(read_set(Path(source)).bands)


def _contents(source: str, band: Band) -> tuple[dict[str, Content], Quality, dict[str, Any]]:
    """Return contents, quality and origin of a source."""
    if source == BUILTIN_SOURCE:
        return builtin_contents(band), "builtin", {"source": source, "missing": BUILTIN_MISSING}
    path = Path(source)
    chosen = read_set(path)
    if band.name not in chosen.bands:
        raise UnknownNameError(f"band of {path.name}", band.name, chosen.bands)
    gases = chosen.bands[band.name]
    about: dict[str, Any] = {
        "source": path.name,
        "title": chosen.title,
        "missing": list(chosen.missing),
        "scales": {gas: {"scale": g.scale, "reason": g.scale_reason} for gas, g in gases.items()},
    }
    return contents_of(gases, band, path.parent), chosen.quality, about


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
