"""The products of the demonstration, and how each is made."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np
import xarray as xr

from casa_ogc.demo import grids
from casa_ogc.demo.soundings import THINNED, sif_soundings, xco2_soundings
from casa_ogc.demo.truth import DAYS, SEED, Truth, first, here
from casa_processes.simulation.emissions import national_emissions
from casa_processes.simulation.network import network


@dataclass(frozen=True)
class Recipe:
    """How a product is made.

    Attributes
    ----------
    make
        Is called with whom to tell how much is done, below 1; before that with the number of days
        or with the truth, where it needs them.
    needs
        What it is made of: ``year`` is nothing but the year, ``days`` their number, ``world`` the
        nature run.
    seconds
        What it takes, about, beside the others: for a progress bar.
    """

    make: Callable[..., xr.Dataset]
    needs: Literal["year", "days", "world"]
    seconds: float


def _emissions() -> xr.Dataset:
    last = first() + np.timedelta64(DAYS - 1, "D")
    return national_emissions(first(), last, SEED)


def _network(truth: Truth) -> xr.Dataset:
    return network(here(), truth.days(), SEED)


def _quietly(make: Callable[..., xr.Dataset], *given: object) -> xr.Dataset:
    """Make what takes too little time to tell of it: the last of what is given is left out."""
    return make(*given[:-1])


_FREE: Mapping[str, tuple[Callable[[], xr.Dataset], float]] = {
    "synthetic-sif-monthly": (grids.sif_monthly, 1.0),
    "synthetic-co2-flux-monthly": (grids.flux_monthly, 4.0),
    "synthetic-emissions-daily": (_emissions, 1.0),
    "synthetic-co2-flux-prior-monthly": (grids.flux_prior_monthly, 2.0),
}
_OF_WORLD: Mapping[str, tuple[Callable[[Truth], xr.Dataset], float]] = {
    "synthetic-xco2-daily": (grids.xco2_daily, 1.0),
    "synthetic-co2-levels": (grids.co2_levels, 2.0),
    "synthetic-tccon": (_network, 1.5),
}
RECIPES: Mapping[str, Recipe] = {
    **{name: Recipe(partial(_quietly, make), "year", time) for name, (make, time) in _FREE.items()},
    "synthetic-oco2-sif": Recipe(sif_soundings, "days", 6.5),
    **{
        name: Recipe(partial(_quietly, make), "world", time)
        for name, (make, time) in _OF_WORLD.items()
    },
    **{
        f"synthetic-{name}-xco2": Recipe(partial(xco2_soundings, name), "world", 6.5)
        for name in THINNED
    },
}
"""By id, in the order in which they are made."""
