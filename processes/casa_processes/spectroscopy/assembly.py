"""Contents of tables from the parts of a spectroscopy set."""

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.errors import InvalidValueError
from casa_processes.spectroscopy.absco import read_absco
from casa_processes.spectroscopy.bands import Band
from casa_processes.spectroscopy.builtin.carbon_dioxide import carbon_dioxide
from casa_processes.spectroscopy.builtin.oxygen import oxygen
from casa_processes.spectroscopy.builtin.water import water
from casa_processes.spectroscopy.content import Content, Lines
from casa_processes.spectroscopy.cross_sections import Wings
from casa_processes.spectroscopy.ggg import (
    read_dioxide_relaxation,
    read_oxygen_continuum,
    read_oxygen_relaxation,
)
from casa_processes.spectroscopy.hitran import read_hitran
from casa_processes.spectroscopy.isotopologues import MOLECULES
from casa_processes.spectroscopy.line_mixing import Mixing, consistent, mixing_of
from casa_processes.spectroscopy.lines import LineList, merged
from casa_processes.spectroscopy.sets import Gas, LinePart, MixingPart, StopGap, found_file
from casa_processes.spectroscopy.tabulated import OneState, read_one_state

BUILTIN: Mapping[str, Callable[[], LineList]] = {
    "O2": oxygen,
    "CO2": carbon_dioxide,
    "H2O": water,
}
"""Line lists that need no files."""

IN_WATER = " in water"
"""What the name of a gas is followed by where a table holds the change of its cross-section with
the mole fraction of water."""

WATER_BROADENING = {"O2": 1.1, "CO2": 1.9, "CH4": 1.3, "H2O": 0.0}
"""Width of lines in water over that in air where nothing else is said, after Sung et al. (2009) for
carbon dioxide; zero stands for the own widths of water.  [1]"""

_REACH = 25.0


def builtin_contents(band: Band) -> dict[str, Content]:
    """Return the built-in lines of the gases of a band, and their changes with water."""
    contents: dict[str, Content] = {}
    for gas in band.gases:
        lines = _near(BUILTIN[gas](), band, _REACH)
        contents[gas] = Lines(lines)
        contents[gas + IN_WATER] = Lines(lines, water=WATER_BROADENING[gas])
    return _ordered(contents)


def contents_of(gases: Mapping[str, Gas], band: Band, folder: Path) -> dict[str, Content]:
    """Return what makes the tables of the gases of a band.

    Parameters
    ----------
    gases
        Parts of the set, by gas.
    band
        The band.
    folder
        Folder of the set.

    Returns
    -------
    dict
        Contents, those of changes with water last; stop-gaps have none.

    Raises
    ------
    InvalidValueError
        When a file is missing or has nothing of the gas.
    FileContentError
        When a file is not of its form.
    """
    contents: dict[str, Content] = {}
    for name, gas in gases.items():
        if gas.stop_gap is not None:
            contents[name] = _stop_gap(gas.stop_gap, gas.scale, folder)
        elif gas.table is not None:
            contents |= _of_table(name, found_file(gas.table, folder), gas.scale)
        else:
            contents |= _of_lines(name, gas, band, folder)
    return _ordered(contents)


def _ordered(contents: dict[str, Content]) -> dict[str, Content]:
    """Put changes with water behind the gases themselves."""
    return dict(sorted(contents.items(), key=lambda item: item[0].endswith(IN_WATER)))


def _stop_gap(part: StopGap, scale: float, folder: Path) -> OneState:
    state = (part.pressure, part.temperature)
    found = read_one_state(found_file(part.file, folder), part.first, part.step, state)
    return OneState(found.grid, scale * found.values, state, found.source)


def _of_table(name: str, path: Path, scale: float) -> dict[str, Content]:
    table = read_absco(path, scale)
    contents: dict[str, Content] = {name: table}
    if table.water.size > 1:
        contents[name + IN_WATER] = read_absco(path, scale, change=True)
    return contents


def _of_lines(name: str, gas: Gas, band: Band, folder: Path) -> dict[str, Content]:
    lists = [_part(part, name, folder) for part in gas.lines]
    lines = _near(joined(*lists), band, gas.cut)
    if not len(lines):
        raise InvalidValueError(f"lines of {name} in {band.name}", "none", "one at least")
    mixing = _mixing(lines, gas.line_mixing, folder)
    if mixing is not None:
        lines = consistent(lines, mixing)
    continuum = None
    if gas.continuum is not None:
        continuum = read_oxygen_continuum(found_file(gas.continuum, folder))
    wings = Wings(cut=gas.cut)
    water = WATER_BROADENING[name] if gas.water_broadening is None else gas.water_broadening
    return {
        name: Lines(lines, wings, gas.scale, continuum, mixing),
        name + IN_WATER: Lines(lines, wings, gas.scale, mixing=mixing, water=water),
    }


def _part(part: LinePart, name: str, folder: Path) -> LineList:
    """Return the lines of one part that are of the gas, the isotopologues and the interval."""
    lines = BUILTIN[name]() if part.file is None else read_hitran(found_file(part.file, folder))
    keep = lines.molecule == MOLECULES[name]
    keep &= (lines.position >= part.low) & (lines.position <= part.high)
    if part.isotopologues:
        keep &= np.isin(lines.isotopologue, part.isotopologues)
    if not keep.any():
        raise InvalidValueError(f"lines of {name} in {lines.source}", "none", "one at least")
    return lines.chosen(keep)


def _near(lines: LineList, band: Band, reach: float) -> LineList:
    """Return the lines that reach the band."""
    low, high = band.window[0] - band.margin - reach, band.window[1] + band.margin + reach
    return lines.between(low, high)


def _mixing(lines: LineList, parts: tuple[MixingPart, ...], folder: Path) -> Mixing | None:
    readers = {"oxygen": read_oxygen_relaxation, "dioxide": read_dioxide_relaxation}
    bands = [
        readers[part.form](found_file(part.lines, folder), found_file(part.matrix, folder))
        for part in parts
    ]
    return mixing_of(lines, 1, *bands) if bands else None


def joined(*lists: LineList) -> LineList:
    """Put line lists together without counting a transition twice.

    Parameters
    ----------
    lists
        In order of precedence: a line of a later list that an earlier one has too is left out.

    Returns
    -------
    LineList
        Two lines are one transition when they are of one isotopologue, within 0.05 cm-1 and with
        lower energies within 0.1 cm-1 of each other, and of intensities within a factor of 5.

    Raises
    ------
    InvalidValueError
        When there is no list.
    """
    kept = list(lists[:1])
    for lines in lists[1:]:
        known = merged(*kept)
        kept.append(lines.chosen(~_known(lines, known)))
    return merged(*(each for each in kept if len(each)))


def _known(lines: LineList, known: LineList) -> NDArray[np.bool_]:
    """Tell which lines another list has too."""
    low = np.searchsorted(known.position, lines.position - 0.05)
    high = np.searchsorted(known.position, lines.position + 0.05)
    found = np.zeros(len(lines), dtype=bool)
    for shift in range(int((high - low).max(initial=0))):
        index = np.minimum(low + shift, len(known) - 1)
        ratio = lines.intensity / np.maximum(known.intensity[index], 1e-300)
        same = (low + shift < high) & (lines.isotopologue == known.isotopologue[index])
        same &= lines.molecule == known.molecule[index]
        same &= np.abs(lines.lower_energy - known.lower_energy[index]) < 0.1
        found |= same & (ratio > 0.2) & (ratio < 5.0)
    return found
