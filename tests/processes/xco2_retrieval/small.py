"""Parts of the three bands with coarse built-in tables: quick, and physical all the same."""

from functools import lru_cache
from pathlib import Path
from tempfile import mkdtemp

import numpy as np

from casa_processes.spectroscopy.cross_sections import Grid
from casa_processes.spectroscopy.solar.builtin import synthetic_sun
from casa_processes.spectroscopy.source import absorption
from casa_processes.spectroscopy.tables import states
from casa_processes.xco2.model import Options, Physics, Sigmas
from casa_processes.xco2.model.scenes import Place, scene

GRIDS = {
    "o2a": Grid(13_020.0, 0.03, 3601),
    "wco2": Grid(6_205.0, 0.03, 1801),
    "sco2": Grid(4_838.0, 0.03, 1301),
}
HERE = Place(np.datetime64("2020-06-15T04:00:00"), 35.0, 105.0, 40.0)
MODEST = Sigmas(aod=0.5)


@lru_cache(maxsize=1)
def small_physics():
    """Build the tables, once in a process."""
    folder = Path(mkdtemp(prefix="small-tables-"))
    at = states(pressures=16, temperatures=7)
    bands = {
        name: absorption("builtin", name, folder, states=at, grid=grid)
        for name, grid in GRIDS.items()
    }
    return Physics(bands, synthetic_sun())


def single(**choices):
    """Return options of single scattering, where a test needs many or quick evaluations."""
    return Options(scattering="single", **choices)


def simulated(seed, options=None, drawn=MODEST, place=HERE):
    """Draw one scene."""
    rng = np.random.default_rng(seed)
    return scene(rng, small_physics(), options or single(), drawn, place)
