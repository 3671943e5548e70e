"""Line lists in HITRAN's form of 160 characters a line."""

import gzip
from pathlib import Path

import numpy as np

from casa_processes.common.errors import FileContentError, told
from casa_processes.spectroscopy.lines import LineList

_WIDTH = 160
_FIELDS = {
    "position": slice(3, 15),
    "intensity": slice(15, 25),
    "air_width": slice(35, 40),
    "self_width": slice(40, 45),
    "lower_energy": slice(45, 55),
    "width_exponent": slice(55, 59),
    "air_shift": slice(59, 67),
}
_ISOTOPOLOGUES = "1234567890AB"


def read_hitran(path: Path) -> LineList:
    """Read a file of HITRAN records, compressed by gzip or not.

    Parameters
    ----------
    path
        The file. Lines may be longer than 160 characters, as those of extended lists are; what
        follows is left out. Positions need not ascend.

    Raises
    ------
    FileContentError
        Naming the line that is no record, or when there is none.

    Notes
    -----
    Rothman et al. (2005), table 1. Intensities include the natural abundance.
    """
    opener = gzip.open if path.suffix == ".gz" else open
    try:
        with opener(path, "rt", encoding="ascii") as file:
            rows = [line.rstrip("\r\n") for line in file]
    except (OSError, UnicodeDecodeError, EOFError) as error:
        raise FileContentError(path.name, "file", "HITRAN records", told(error, path)) from None
    records = [(number, row) for number, row in enumerate(rows, start=1) if row.strip()]
    if not records:
        raise FileContentError(path.name, "file", "HITRAN records", "none")
    columns: dict[str, list[float]] = {"molecule": [], "isotopologue": []}
    columns |= {name: [] for name in _FIELDS}
    for number, row in records:
        _take(columns, row, f"line {number}", path.name)
    return _line_list(columns, path.name)


def _take(columns: dict[str, list[float]], row: str, where: str, file: str) -> None:
    """Append the numbers of one record."""
    if len(row) < _WIDTH - 1:
        raise FileContentError(file, where, f"{_WIDTH} characters", f"{len(row)}")
    name = "molecule"
    try:
        columns[name].append(int(row[0:2]))
        name = "isotopologue"
        columns[name].append(_ISOTOPOLOGUES.index(row[2]) + 1)
        for name, place in _FIELDS.items():
            columns[name].append(float(row[place]))
    except ValueError as error:
        raise FileContentError(file, where, f"a number for {name}", str(error)) from None


def _line_list(columns: dict[str, list[float]], source: str) -> LineList:
    order = np.argsort(columns["position"], kind="stable")
    arrays = {name: np.array(values)[order] for name, values in columns.items()}
    nothing = np.zeros(order.size)
    return LineList(**arrays, mixing=nothing, mixing_exponent=nothing, source=source)
