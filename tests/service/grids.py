"""A site with a grid fine enough to be scaled, and with soundings."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import xarray as xr

from casa_ogc.archive.cubes import write_cube
from casa_ogc.archive.manifests import SourceFile
from casa_ogc.archive.soundings import write_soundings
from tests.service.sites import product_file, serving, site_file
from tests.synthetic import encoded_soundings

ROWS, COLUMNS, STEPS = 90, 180, 4
TIMES = np.datetime64("2022-01-30", "ns") + np.arange(STEPS) * np.timedelta64(1, "D")
LATITUDES = -90 + 180 / ROWS * (np.arange(ROWS) + 0.5)
LONGITUDES = -180 + 360 / COLUMNS * (np.arange(COLUMNS) + 0.5)


def grid() -> xr.Dataset:
    """A smooth field with a hole, its uncertainty, and a flag of hemispheres."""
    phase = np.radians(LONGITUDES * 3) + np.arange(STEPS)[:, None, None]
    values = 400 + 10 * np.sin(np.radians(LATITUDES))[:, None] + np.cos(phase)
    values[:, 60:64, 100:110] = np.nan
    names = ("time", "latitude", "longitude")
    flags = np.broadcast_to(LATITUDES[:, None] > 0, values.shape).astype("int8")
    sigma = np.broadcast_to(1 + np.cos(np.radians(LATITUDES))[:, None], values.shape)
    return xr.Dataset(
        {
            "xco2": (names, values.astype("float32")),
            "xco2_uncertainty": (names, sigma.astype("float32")),
            "surface_type": (names, flags),
        },
        coords={
            "time": TIMES,
            "latitude": ("latitude", LATITUDES, {"units": "degrees_north"}),
            "longitude": ("longitude", LONGITUDES, {"units": "degrees_east"}),
        },
        attrs={"title": "grid", "source": "synthetic", "licence": "CC0-1.0", "mission": "none"},
    )


@contextmanager
def served(folder: Path, max_cells: int = 3_000_000) -> Iterator[str]:
    """Serve the grid and the soundings from a folder."""
    config, archive = folder / "config", folder / "archive"
    site_file(config, archive, limits={"max_cells": max_cells})
    names = ["xco2", "xco2_uncertainty"]
    product_file(config, "grid", "grid", default_variables=names, licence_url="https://x.org/l")
    product_file(config, "dots", "soundings")
    source = SourceFile("e.nc", "0" * 64, 1, "encoded", "1", "2022-01-01T00:00:00Z", 1)
    write_cube(archive, "grid", grid(), [source])
    write_soundings(archive, "dots", encoded_soundings(), [source])
    with serving(config) as url:
        yield url
