"""Small data sets for the archive's tests; every value tells where it belongs."""

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from casa_ogc.archive.manifests import SourceFile

DAY = np.timedelta64(1, "D")
START = np.datetime64("2021-01-01", "ns")


def source(name: str, rows: int = 1) -> SourceFile:
    """A source file whose checksum follows from its name."""
    checksum = hashlib.sha256(name.encode()).hexdigest()
    return SourceFile(name, checksum, len(name), "test", "1", "2024-01-01T00:00:00Z", rows)


def days(numbers: Iterable[int]) -> np.ndarray:
    """Days counted from the start, datetime64[ns]."""
    return START + np.array(list(numbers), dtype=np.int64) * DAY


def day_values(numbers: np.ndarray, rows: int, columns: int, mark: float = 0.0) -> np.ndarray:
    """Values that tell day, row and column, float32, shape (t, y, x); every 17th is missing."""
    t, y, x = np.ix_(numbers, np.arange(rows), np.arange(columns))
    values = (300.0 + t + y / 64 + x / 8192 + mark).astype(np.float32)
    values[(t * 7 + y * 5 + x) % 17 == 3] = np.nan
    return values


def grid(
    numbers: Iterable[int] = range(3),
    rows: int = 18,
    columns: int = 36,
    mark: float = 0.0,
    uncertainty: bool = True,
    **attrs: str,
) -> xr.Dataset:
    """A gridded data set of the given days; `mark` is added to its values."""
    numbers = np.array(list(numbers), dtype=np.int64)
    values = day_values(numbers, rows, columns, mark)
    dims = ("time", "latitude", "longitude")
    variables = {"xco2": (dims, values)}
    if uncertainty:
        variables["xco2_uncertainty"] = (dims, (values / 400).astype(np.float32))
    half_y, half_x = 90 / rows, 180 / columns
    return xr.Dataset(
        variables,
        coords={
            "time": days(numbers),
            "latitude": np.linspace(-90 + half_y, 90 - half_y, rows),
            "longitude": np.linspace(-180 + half_x, 180 - half_x, columns),
        },
        attrs={"source": "grid.nc", "mission": "OCO-2", "time_resolution": "P1D", **attrs},
    )


def soundings(
    count: int,
    seed: int = 0,
    first: int = 0,
    levels: int = 0,
    period: float = 60.0,
    **attrs: str,
) -> xr.Dataset:
    """Soundings with identifiers from `first` on, spread over the globe and `period` days."""
    random = np.random.default_rng(seed)
    seconds = random.integers(0, int(period * 86_400), count) * np.timedelta64(1, "s")
    variables: dict[str, Any] = {
        "xco2": ("sounding", random.normal(410, 2, count).astype(np.float32)),
    }
    if levels:
        profile = np.arange(count)[:, None] * 100.0 + np.arange(levels)
        variables["xco2_averaging_kernel"] = (("sounding", "level"), profile.astype(np.float32))
    return xr.Dataset(
        variables,
        coords={
            "sounding_id": ("sounding", [f"{first + i:010d}" for i in range(count)]),
            "time": ("sounding", START + seconds),
            "latitude": ("sounding", random.uniform(-90, 90, count)),
            "longitude": ("sounding", random.uniform(-180, 180, count)),
        },
        attrs={"source": "soundings.nc", "mission": "OCO-2", **attrs},
    )


def whole(shape: Iterable[int]) -> tuple[slice, ...]:
    """The index of all of an array."""
    return tuple(slice(0, size) for size in shape)


def files_below(folder: Path) -> list[Path]:
    """All files in a folder and below, sorted."""
    return sorted(path for path in folder.rglob("*") if path.is_file())
