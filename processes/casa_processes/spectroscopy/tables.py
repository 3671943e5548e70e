"""Tables of cross-sections over pressure and temperature: built once, mapped by every process."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.errors import IntegrityError, InvalidValueError, told
from casa_processes.spectroscopy.content import Content, Lines
from casa_processes.spectroscopy.cross_sections import Grid, Wings
from casa_processes.spectroscopy.lines import LineList

type Values = NDArray[np.float64]

VERSION = 2
"""Of what a table holds; it changes whenever its numbers may."""

ABOUT = "about.json"
"""File that tells what a table is."""

_ARRAY = "cross_section.npy"


@dataclass(frozen=True)
class States:
    """Pressures and temperatures of a table.

    Attributes
    ----------
    pressure
        Ascending, equidistant in the logarithm.  [hPa]
    temperature
        Ascending, equidistant.  [K]
    """

    pressure: tuple[float, ...]
    temperature: tuple[float, ...]

    def __post_init__(self) -> None:
        logarithm, degree = np.diff(np.log(self.pressure)), np.diff(self.temperature)
        even = all(
            steps.size and (steps > 0).all() and np.allclose(steps, steps[0], rtol=1e-6)
            for steps in (logarithm, degree)
        )
        if not even:
            raise InvalidValueError("states of a table", self, "two or more, at equal steps")


def states(
    pressure: tuple[float, float] = (0.1, 1100.0),
    pressures: int = 96,
    temperature: tuple[float, float] = (170.0, 330.0),
    temperatures: int = 17,
) -> States:
    """Return states between limits.

    Parameters
    ----------
    pressure, temperature
        Lowest and highest.  [hPa], [K]
    pressures, temperatures
        How many. What is linear in pressure is overestimated by up to an eighth of the squared
        step of its logarithm when it is interpolated linearly: 0.12 % with 96.
    """
    return States(
        tuple(np.geomspace(*pressure, pressures).tolist()),
        tuple(np.linspace(*temperature, temperatures).tolist()),
    )


@dataclass(frozen=True, eq=False)
class Table:
    """Cross-sections of one gas.

    Attributes
    ----------
    grid, states
        Wavenumbers, pressures and temperatures.
    values
        Mapped, read-only.  [cm2 / molecule], float32, shape (pressure, temperature, point)
    about
        Where it is from: line list, wings, version, checksum.
    place
        Its folder.
    """

    grid: Grid
    states: States
    values: NDArray[np.float32]
    about: Mapping[str, Any]
    place: Path


def table(
    folder: Path,
    content: Content | LineList,
    grid: Grid,
    at: States,
    wings: Wings | None = None,
    report: Callable[[float], None] | None = None,
) -> Table:
    """Return a table of cross-sections; it is built when it is not there.

    Parameters
    ----------
    folder
        Where tables are kept. Several processes may ask at a time: the first that is ready is kept.
    content
        Of one gas; a line list stands for its lines with nothing else.
    grid, at
        Wavenumbers and states of the table.
    wings
        Reach of the lines of a line list; other content has its own.
    report
        Receives the fraction that is done.

    Raises
    ------
    IntegrityError
        When the stored table is damaged.
    InvalidValueError
        When the temperatures go beyond the partition sums.
    """
    what = Lines(content, wings or Wings()) if isinstance(content, LineList) else content
    place = folder / _key(what, grid, at)
    if not (place / ABOUT).is_file():
        _build(place, what, grid, at, report)
    return open_table(place)


@lru_cache(maxsize=64)
def open_table(place: Path) -> Table:
    """Map a stored table; its bytes are compared with their checksum at the first opening.

    Raises
    ------
    IntegrityError
        When a file is missing, or its bytes are not those that were written.
    """
    try:
        about = json.loads((place / ABOUT).read_text(encoding="utf-8"))
        values = np.load(place / _ARRAY, mmap_mode="r")
    except (OSError, ValueError, EOFError) as error:
        raise IntegrityError(place.name, "table", told(error, place)) from None
    if _checksum(place / _ARRAY) != about["sha256"]:
        raise IntegrityError(place.name, _ARRAY, "bytes differ from those that were written")
    at = States(*(tuple(about["states"][name]) for name in ("pressure", "temperature")))
    return Table(Grid(**about["grid"]), at, values, about, place)


def _build(
    place: Path,
    content: Content,
    grid: Grid,
    at: States,
    report: Callable[[float], None] | None,
) -> None:
    """Write a table beside its place and move it there."""
    place.parent.mkdir(parents=True, exist_ok=True)
    work = Path(mkdtemp(dir=place.parent, prefix=".building-"))
    shape = (len(at.pressure), len(at.temperature), grid.size)
    values = np.lib.format.open_memmap(work / _ARRAY, mode="w+", dtype=np.float32, shape=shape)
    for row, pressure in enumerate(at.pressure):
        for column, temperature in enumerate(at.temperature):
            values[row, column] = content.cross_section(grid, pressure, temperature)
        if report is not None:
            report((row + 1) / len(at.pressure))
    values.flush()
    about = {
        "version": VERSION,
        **content.about(),
        "grid": asdict(grid),
        "states": asdict(at),
        "units": "cm2 molecule-1",
        "sha256": _checksum(work / _ARRAY),
    }
    (work / ABOUT).write_text(json.dumps(about, indent=1), encoding="utf-8")
    try:
        work.rename(place)
    except OSError:
        # Another process was ready first: a folder that is not empty is not replaced.
        for path in work.iterdir():
            path.unlink()
        work.rmdir()


def _key(content: Content, grid: Grid, at: States) -> str:
    """Name a table by all that its numbers depend on."""
    known = repr((VERSION, grid, at, content.key()))
    return hashlib.sha256(known.encode()).hexdigest()[:24]


def _checksum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
