"""The nature run behind the demonstration: daily CO2 of 2023, kept while it is needed."""

import math
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from casa_ogc.archive.durable import sync_file, sync_folder
from casa_processes.simulation.choices import GRIDS
from casa_processes.simulation.fluxes import PARTS
from casa_processes.simulation.nature import Day, State, co2, simulated
from casa_processes.simulation.start import start
from casa_processes.simulation.world import Resolution, World, world

YEAR = 2023
DAYS = 365
GRID = "5x4"
SEED = 0
_DAY = np.timedelta64(1, "D")


@dataclass(frozen=True, eq=False)
class Truth:
    """Days of the synthetic world.

    Attributes
    ----------
    co2
        Daily means from the first of January on, mapped from a file.  [ppm], float32,
        shape (day, z, y, x)
    """

    co2: NDArray[np.float32]

    @property
    def dates(self) -> NDArray[np.datetime64]:
        """Its days.  datetime64[D], shape (day,)"""  # noqa: D400
        return first() + np.arange(len(self.co2)) * _DAY

    def days(self) -> Iterator[Day]:
        """Yield each day as a nature run would; all of its carbon dioxide is in the first part."""
        nothing = np.zeros((len(PARTS), *self.co2.shape[2:]))
        for date, fractions in zip(self.dates, self.co2, strict=True):
            parts = np.zeros((len(PARTS), *fractions.shape))
            parts[0] = fractions
            yield Day(date, parts, 0.0, nothing, State(date + _DAY, 0.0, parts))


def first() -> np.datetime64:
    """Return the first day."""
    return np.datetime64(f"{YEAR}-01-01", "D")


@cache
def here() -> World:
    """Return the cells and winds of the run."""
    return world(Resolution(*GRIDS[GRID]), SEED)


def run(path: Path, days: int, tell: Callable[[float], None] = lambda _: None) -> None:
    """Simulate the first days of the year into a file, unless it is there.

    Parameters
    ----------
    path
        File to write; it appears when it is complete.
    days
        How many.
    tell
        Is told how much is done, from 0 to 1, a few times a month.

    Raises
    ------
    CourantError
        When the winds are too strong for the steps.
    OSError
        When the disk has no room for all of it, before the first day.
    """
    if path.is_file():
        return
    part, cells = path.with_suffix(".part"), here()
    file = _reserved(part, (days, *cells.mass.shape))
    for number, day in enumerate(simulated(cells, start(cells, YEAR), first() + days * _DAY)):
        file[number] = co2(day)
        if number % 5 == 0:
            tell(number / days)
    file.flush()
    del file
    sync_file(part)
    part.replace(path)
    sync_folder(path.parent)


def _reserved(path: Path, shape: tuple[int, ...]) -> Any:
    """Map a new file whose room is taken: to a full disk, a mapping would end the process."""
    kind = np.dtype(np.float32)
    about = {"descr": np.lib.format.dtype_to_descr(kind), "fortran_order": False, "shape": shape}
    with path.open("wb") as file:
        np.lib.format.write_array_header_1_0(file, about)
        file.flush()
        os.posix_fallocate(file.fileno(), file.tell(), math.prod(shape) * kind.itemsize)
    return np.lib.format.open_memmap(path, mode="r+")


def opened(path: Path) -> Truth:
    """Return what `run` wrote."""
    return Truth(np.load(path, mmap_mode="r"))
