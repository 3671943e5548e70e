"""Ten million synthetic soundings over 24 months: narrow swaths of a polar orbit over land."""

from pathlib import Path

import numpy as np
import xarray as xr

from casa_ogc.archive.heads import read_head
from casa_ogc.archive.manifests import SourceFile
from casa_ogc.archive.soundings import SoundingStore, open_soundings, write_soundings

PRODUCT = "bench-soundings"
MONTHS = 24
_START = np.datetime64("2020-01", "M")
_ORBIT = 98.8 * 60e9
_INCLINATION = np.radians(98.2)


def filled(folder: Path, rows: int) -> SoundingStore:
    """Return the store in `folder`, written when it does not hold so many rows yet."""
    head = read_head(folder, PRODUCT)
    if head is None or head.dimensions["sounding"] < rows // MONTHS * MONTHS:
        for month in range(MONTHS):
            dataset = month_of(month, rows // MONTHS)
            write_soundings(folder, PRODUCT, dataset, [_source(month, rows // MONTHS)])
        head = read_head(folder, PRODUCT)
    assert head is not None
    return open_soundings(folder, PRODUCT, head.snapshot)


def month_of(number: int, rows: int) -> xr.Dataset:
    """Return the soundings of one month in the common schema."""
    chance = np.random.default_rng(number)
    first, last = (
        int((_START + n).astype("datetime64[ns]").astype(np.int64)) for n in (number, number + 1)
    )
    time = np.sort(chance.integers(first, last, rows))
    longitude, latitude = _track(time, chance)
    columns = {
        "time": time.astype("datetime64[ns]"),
        "longitude": longitude,
        "latitude": latitude,
        "xco2": chance.normal(412, 2, rows).astype(np.float32),
        "xco2_uncertainty": chance.gamma(4, 0.15, rows).astype(np.float32),
        "quality_flag": (chance.random(rows) < 0.3).astype(np.int8),
        "sounding_id": np.array([f"{number:02d}{row:014d}" for row in range(rows)]),
    }
    arrays = {name: ("sounding", values) for name, values in columns.items()}
    attrs = {"source": f"bench-{number}", "mission": "none", "title": "Synthetic soundings"}
    return xr.Dataset(arrays, attrs=attrs)


def _track(time: np.ndarray, chance: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return longitude and latitude under a polar orbit, with a swath of ten kilometres."""
    angle = 2 * np.pi * (time / _ORBIT % 1)
    latitude = np.degrees(np.arcsin(np.sin(_INCLINATION) * np.sin(angle)))
    along = np.degrees(np.arctan2(np.cos(_INCLINATION) * np.sin(angle), np.cos(angle)))
    longitude = along - 360 * (time / 86_400e9 % 1) + chance.normal(0, 0.05, time.size)
    latitude = np.clip(latitude + chance.normal(0, 0.05, time.size), -90, 90)
    return (longitude + 180) % 360 - 180, latitude


def _source(number: int, rows: int) -> SourceFile:
    name = f"bench-{number}"
    return SourceFile(name, f"{number:064x}", 1, "bench", "1", "2022-01-01T00:00:00Z", rows)
