"""Stores that the tests of the query core ask."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import xarray as xr

from casa_ogc.archive.cubes import Cube, open_cube, write_cube
from casa_ogc.archive.manifests import SourceFile
from casa_ogc.archive.soundings import SoundingStore, open_soundings, write_soundings
from tests.query.scaled_cubes import HABITS, dataset
from tests.synthetic import encoded_soundings

type Kept = tuple[SoundingStore, xr.Dataset]


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Kept]:
    """Return a function that stores soundings once and gives the store and the data set."""
    root = tmp_path_factory.mktemp("soundings")
    known: dict[str, Kept] = {}

    def build(resolution: str = "", vertices: bool = True) -> Kept:
        product = f"soundings-{resolution.lower()}-{int(vertices)}"
        if product not in known:
            dataset = encoded_soundings(resolution=resolution, vertices=vertices)
            rows = dataset.sizes["sounding"]
            source = SourceFile("e.nc", "0" * 64, 1, "encoded", "1", "2022-01-01T00:00:00Z", rows)
            head = write_soundings(root, product, dataset, [source])
            known[product] = open_soundings(root, product, head.snapshot), dataset
        return known[product]

    return build


@pytest.fixture(scope="session")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., tuple[Cube, xr.Dataset]]:
    """Return a function that archives a cube of some habit once and opens it."""
    root = tmp_path_factory.mktemp("scaled")
    known: dict[Any, tuple[Cube, xr.Dataset]] = {}

    def build(habit: tuple[bool, bool, bool] = HABITS[0]) -> tuple[Cube, xr.Dataset]:
        if habit not in known:
            product = f"scaled-{len(known)}"
            source = SourceFile("e.nc", "0" * 64, 1, "encoded", "1", "2022-01-01T00:00:00Z", 1)
            head = write_cube(root, product, dataset(*habit), [source])
            cube = open_cube(Path(root), product, head.snapshot)
            known[habit] = cube, dataset(*habit).sortby("latitude")
        return known[habit]

    return build
