"""Where a nature run begins: the pattern of the first of January after years of the same fluxes.

The pattern comes with this package; ``python -m casa_processes.simulation.start [years]`` makes it
anew. Fluxes do not change from year to year, so that it serves any year; the level is that of
the year. Weather of cells and steps other than its own settles within days.
"""

import sys
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.constants import MOLAR_MASS_CARBON, MOLAR_MASS_DRY_AIR
from casa_processes.simulation import biosphere, fires, fossil, ocean
from casa_processes.simulation.fluxes import PARTS
from casa_processes.simulation.nature import PPM, State, simulated
from casa_processes.simulation.world import STANDARD, World, world
from casa_processes.transport.types import padded

type Values = NDArray[np.float64]

LEVEL, LEVEL_YEAR = 417.8, 2023
"""Mean over the globe on the first of January of that year, about the Earth's own.  [ppm]"""
NET: Final = (
    fossil.TOTAL / 1000.0 - ocean.UPTAKE - biosphere.SINK + (1.0 - biosphere.REGROWTH) * fires.TOTAL
)
"""What the air gains.  [PgC a-1]"""
YEARS = 4
"""Years before the pattern."""
_FILE = Path(__file__).with_name("start.npz")
_STEP = 0.01
"""Least difference that is kept.  [ppm]"""
_ACROSS = 4
"""Columns of the pattern that are kept as one."""


def growth(here: World) -> float:
    """Return by how much the mean over the globe grows.  [ppm a-1]."""
    moles = here.mass.sum() / MOLAR_MASS_DRY_AIR
    return float(PPM * NET * 1e12 / MOLAR_MASS_CARBON / moles)


def start(here: World, year: int) -> State:
    """Return the state on the first of January of a year.

    Parameters
    ----------
    here
        Its cells; the layers are those of `STANDARD`.
    year
        Calendar year.
    """
    pattern, mesh = _pattern(), here.mesh
    stored = STANDARD.mesh
    rows = _between(stored.latitude, mesh.latitude)
    narrow = (np.arange(pattern.shape[-1]) + 0.5) * 360.0 / pattern.shape[-1] - 180.0
    around = np.concatenate([narrow[-1:] - 360.0, narrow, narrow[:1] + 360.0])
    columns = _between(around, mesh.longitude)
    wrapped = np.concatenate([pattern[..., -1:], pattern, pattern[..., :1]], axis=-1)
    fields = rows @ wrapped @ columns.T
    weight = here.mass / here.mass.sum()
    fields -= (fields * weight).sum(axis=(1, 2, 3), keepdims=True)
    parts = np.zeros((*here.mass.shape, padded(len(PARTS))))
    parts[..., : len(PARTS)] = np.moveaxis(fields, 0, -1) / PPM
    level = LEVEL + growth(here) * (year - LEVEL_YEAR)
    return State(np.datetime64(f"{year}-01-01", "D"), level, parts)


def spun_up(here: World, years: int = YEARS) -> State:
    """Return the state on the first of January 2000 after years from nothing.

    Parameters
    ----------
    here
        The world.
    years
        How many, of its own fluxes.
    """
    begin = np.datetime64(f"{2000 - years}-01-01", "D")
    state = State(begin, 0.0, np.zeros((*here.mass.shape, padded(len(PARTS)))))
    for day in simulated(here, state, np.datetime64("2000-01-01", "D")):
        state = day.state
    return state


def write(here: World, state: State, path: Path = _FILE) -> None:
    """Write the pattern of a state, as deviations from the mean of each part."""
    fields = np.moveaxis(state.parts[..., : len(PARTS)], -1, 0) * PPM
    weight = here.mass / here.mass.sum()
    fields = fields - (fields * weight).sum(axis=(1, 2, 3), keepdims=True)
    shape = (*fields.shape[:3], -1, _ACROSS)
    steps = np.rint(fields.reshape(shape).mean(axis=-1) / _STEP).astype(np.int16)
    np.savez_compressed(path, differences=np.diff(steps, axis=-1, prepend=np.int16(0)))


@cache
def _pattern() -> Values:
    """Return the stored pattern.  [ppm], shape (part, z, y, x)."""
    with np.load(_FILE) as stored:
        return np.asarray(np.cumsum(stored["differences"], axis=-1, dtype=np.float64) * _STEP)


def _between(given: Values, wanted: Values) -> Values:
    """Return weights of linear interpolation, the ends going on.  shape (wanted, given)."""
    found = np.empty((wanted.size, given.size))
    for column in range(given.size):
        unit = np.zeros(given.size)
        unit[column] = 1.0
        found[:, column] = np.interp(wanted, given, unit)
    return found


if __name__ == "__main__":
    standard = world(STANDARD)
    write(standard, spun_up(standard, int(sys.argv[1]) if len(sys.argv) > 1 else YEARS))
