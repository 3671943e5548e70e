"""The stores of the benchmark: plain Zarr for stock pygeoapi and the ceiling, our archive for us.

Plain Zarr is written twice, so that everyone but us has the best chunks for either request: one
day of the globe in one chunk (``map.zarr``), and all days of 10 x 10 cells in one chunk
(``series.zarr``). Both are Zarr v3 with consolidated metadata and Zstandard level 1, as ours are.
"""

import hashlib
import shutil
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr
import zarr
from zarr.codecs import ZstdCodec

import casa_ogc.archive
from benchmarks.services.field import UNITS, VARIABLES, Shape, values
from casa_ogc.archive.cubes import write_cube

PRODUCT = "benchmark"
SERIES_CELLS = 10
_DIMENSIONS = ("time", "latitude", "longitude")
_HERE = Path(__file__).parent
_PLAIN_SOURCES = (_HERE / "field.py", _HERE / "stores.py")
_ARCHIVE_SOURCES = (_HERE / "field.py", *sorted(Path(casa_ogc.archive.__path__[0]).glob("*.py")))
_STEP_DAYS = 32
_STEP_ROWS = 40


@dataclass(frozen=True)
class Stores:
    """Where the stores of one shape lie."""

    shape: Shape
    folder: Path

    @property
    def map(self) -> Path:
        """Plain Zarr, one day in one chunk."""
        return self.folder / "map.zarr"

    @property
    def series(self) -> Path:
        """Plain Zarr, all days of 10 x 10 cells in one chunk."""
        return self.folder / "series.zarr"

    @property
    def archive(self) -> Path:
        """Our archive with the one product `PRODUCT`."""
        return self.folder / "archive"


def stores(data: Path, shape: Shape) -> Stores:
    """Return the stores of a shape below `data`.

    They are written the first time, and again when the code that writes them has changed.
    """
    found = Stores(shape, (data / shape.name).resolve())
    if _outdated(found.folder / "plain.txt", _PLAIN_SOURCES):
        for path, chunks in (
            (found.map, (1, shape.rows, shape.columns)),
            (found.series, (shape.days, SERIES_CELLS, SERIES_CELLS)),
        ):
            shutil.rmtree(path, ignore_errors=True)
            write_plain(path, shape, chunks)
        _record(found.folder / "plain.txt", _PLAIN_SOURCES)
    if _outdated(found.folder / "archive.txt", _ARCHIVE_SOURCES):
        shutil.rmtree(found.archive, ignore_errors=True)
        for dataset in years(shape):
            write_cube(found.archive, PRODUCT, dataset, ())
        _record(found.folder / "archive.txt", _ARCHIVE_SOURCES)
    return found


def write_plain(path: Path, shape: Shape, chunks: tuple[int, int, int]) -> None:
    """Write all variables as plain Zarr with CF coordinates."""
    group = zarr.open_group(path, mode="w")
    days = ((shape.times - shape.times[0]) // np.timedelta64(1, "D")).astype("int64")
    first = np.datetime_as_string(shape.times[0], unit="D")
    coordinates: dict[str, tuple[np.ndarray[Any, Any], dict[str, str]]] = {
        "time": (days, {"units": f"days since {first}", "calendar": "proleptic_gregorian"}),
        "latitude": (shape.latitudes, {"units": "degrees_north"}),
        "longitude": (shape.longitudes, {"units": "degrees_east"}),
    }
    for name, (numbers, attributes) in coordinates.items():
        group.create_array(
            name,
            data=numbers,
            chunks=numbers.shape,
            attributes={"standard_name": name, **attributes},
            dimension_names=(name,),
        )
    for name in VARIABLES:
        array = group.create_array(
            name,
            shape=(shape.days, shape.rows, shape.columns),
            dtype="float32",
            chunks=chunks,
            compressors=[ZstdCodec(level=1)],
            fill_value=float("nan"),
            attributes={"units": UNITS[name], "long_name": name},
            dimension_names=_DIMENSIONS,
        )
        for days_cut, rows_cut in _blocks(shape, chunks):
            array[days_cut, rows_cut] = values(name, shape, days_cut, rows_cut)
    with warnings.catch_warnings():
        # Zarr notes that consolidation is no part of format 3; xarray writes and reads it so.
        warnings.simplefilter("ignore", zarr.errors.ZarrUserWarning)
        zarr.consolidate_metadata(group.store)


def years(shape: Shape) -> Iterator[xr.Dataset]:
    """Yield the cube in the common schema of our readers, one calendar year after another."""
    numbers = shape.times.astype("datetime64[Y]").astype(int)
    for number in np.unique(numbers):
        found = np.flatnonzero(numbers == number)
        days = slice(int(found[0]), int(found[-1]) + 1)
        yield xr.Dataset(
            {name: (_DIMENSIONS, values(name, shape, days)) for name in VARIABLES},
            coords={
                "time": shape.times[days],
                "latitude": ("latitude", shape.latitudes, {"units": "degrees_north"}),
                "longitude": ("longitude", shape.longitudes, {"units": "degrees_east"}),
            },
            attrs={"title": "Benchmark", "source": "synthetic", "licence": "CC0-1.0"},
        )


def _blocks(shape: Shape, chunks: tuple[int, int, int]) -> Iterator[tuple[slice, slice]]:
    """Cut the cube into blocks of whole chunks that are made and written at once."""
    days = _STEP_DAYS if chunks[0] == 1 else shape.days
    rows = shape.rows if chunks[0] == 1 else _STEP_ROWS // chunks[1] * chunks[1]
    for day in range(0, shape.days, days):
        for row in range(0, shape.rows, rows):
            yield slice(day, day + days), slice(row, row + rows)


def _outdated(marker: Path, sources: Sequence[Path]) -> bool:
    return not marker.is_file() or marker.read_text(encoding="ascii") != _fingerprint(sources)


def _record(marker: Path, sources: Sequence[Path]) -> None:
    marker.write_text(_fingerprint(sources), encoding="ascii")


def _fingerprint(sources: Sequence[Path]) -> str:
    return hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()
