"""Asking cubes in memory, for tests."""

from typing import Any

import numpy as np
import xarray as xr

from casa_ogc.query.answer import Grid, GridAnswer, Origin
from casa_ogc.query.request import Request
from casa_ogc.query.run import Options, run
from tests.synthetic import World, encoded_dataset, memory_cube

OPTIONS = Options(Origin("encoded", "s1"), (), 5000.0, 10**9)
WORLD = World()


def grids(dataset: xr.Dataset, request: Request) -> tuple[Grid, ...]:
    answer = run(memory_cube(dataset), request, OPTIONS)
    if answer is None:
        return ()
    assert isinstance(answer, GridAnswer)
    return answer.grids


def grid(request: Request, world: World = WORLD) -> Grid:
    (one,) = grids(encoded_dataset(world), request)
    return one


def regional(west: float, east: float, **coords: Any) -> xr.Dataset:
    """Return a grid of 5 degrees over part of the globe; a value tells row and column."""
    lon, lat = np.arange(west, east + 1, 5.0), np.arange(-20.0, 21, 5)
    values = (np.arange(lat.size)[:, None] * 1000 + np.arange(lon.size)).astype(np.float32)
    return xr.Dataset(
        {"xco2": (("latitude", "longitude"), values)},
        coords={"latitude": lat, "longitude": lon, **coords},
    )
