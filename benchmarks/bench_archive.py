"""The archive against bare reading, writing and hashing of the same bytes.

Pairs take turns in one run and the ratio is the median of theirs. Run as
``python -m benchmarks.bench_archive``; results go to ``benchmarks/results/archive.json``.
"""

import hashlib
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import xarray as xr
import zarr
from numpy.typing import NDArray
from zarr.codecs import Crc32cCodec, ZstdCodec

from benchmarks.services import report
from casa_ogc.archive.cubes import open_cube, write_cube
from casa_ogc.archive.integrity import verify
from casa_ogc.archive.manifests import SourceFile
from casa_ogc.archive.soundings import write_soundings

ROUNDS = 5
READS = 101
PROJECT = Path(__file__).parents[1]
START = np.datetime64("2020-01-01", "ns")
DAY = np.timedelta64(1, "D")


def source(name: str) -> SourceFile:
    """Build a source file of that name."""
    checksum = hashlib.sha256(name.encode()).hexdigest()
    return SourceFile(name, checksum, 0, "bench", "1", "", 0)


def daily(first: int, days: int, rows: int = 180, columns: int = 360) -> xr.Dataset:
    """Build smooth daily globes with noise in the fourth digit, a tenth of them missing."""
    rng = np.random.default_rng(first)
    y = np.linspace(-90 + 90 / rows, 90 - 90 / rows, rows)
    x = np.linspace(-180 + 180 / columns, 180 - 180 / columns, columns)
    wave = 410 + 3 * np.sin(np.deg2rad(y))[:, None] * np.cos(np.deg2rad(x))[None, :]
    values = (wave + rng.normal(0, 0.1, (days, rows, columns))).round(2).astype(np.float32)
    values[rng.random(values.shape) < 0.1] = np.nan
    return xr.Dataset(
        {"xco2": (("time", "latitude", "longitude"), values)},
        coords={
            "time": START + np.arange(first, first + days) * DAY,
            "latitude": y,
            "longitude": x,
        },
        attrs={"time_resolution": "P1D"},
    )


def granule(count: int, levels: int, period: float = 1.0, seed: int = 0) -> xr.Dataset:
    """Build soundings along a wavy track with four profiles each."""
    rng = np.random.default_rng(seed)
    seconds = np.sort(rng.uniform(0, period * 86_400, count))
    profiles = (
        "xco2_averaging_kernel",
        "pressure_levels",
        "pressure_weight",
        "co2_profile_apriori",
    )
    values: dict[str, Any] = {"xco2": ("sounding", rng.normal(410, 1, count).astype(np.float32))}
    for name in profiles if levels else ():
        noise = rng.normal(1, 0.01, (count, levels)).astype(np.float32)
        values[name] = (("sounding", "level"), noise)
    return xr.Dataset(
        values,
        coords={
            "sounding_id": ("sounding", [f"{seed:04d}{n:012d}" for n in range(count)]),
            "time": ("sounding", START + (seconds * 1e9).astype("timedelta64[ns]")),
            "latitude": ("sounding", 82 * np.sin(seconds / 5933 * 2 * np.pi)),
            "longitude": ("sounding", (seconds * 0.0041 * 57 + rng.random(count)) % 360 - 180),
        },
    )


def seconds(action: Callable[[], Any]) -> float:
    """Time one call."""
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def paired(ours: Callable[[], Any], limit: Callable[[], Any], rounds: int) -> dict[str, Any]:
    """Time two actions in turn; milliseconds of each, and how many times the limit ours takes.

    The ratio is that of the rounds: median, least and most.
    """
    ours(), limit()
    pairs = [(seconds(ours), seconds(limit)) for _ in range(rounds)]
    one, other = (median(column) for column in zip(*pairs, strict=True))
    ratios = report.spread([ours / bare for ours, bare in pairs])
    return {"ours_ms": one * 1e3, "limit_ms": other * 1e3, "ratio": ratios}


def codec() -> list[Any]:
    """Return the codecs that the archive uses."""
    return [ZstdCodec(level=1), Crc32cCodec()]


def cube_ingest(folder: Path) -> list[dict[str, Any]]:
    """Reading a netCDF file and writing a cube of it, against reading it and writing it bare.

    Bare is one plain Zarr array per layout with the same chunks and codecs, without overviews,
    checksums of objects, flushing to disk or a transaction.
    """
    file = folder / "year.nc"
    daily(0, 366).to_netcdf(file, engine="h5netcdf", encoding={"xco2": {"zlib": True}})
    layouts: dict[str, dict[str, Any]] = {
        "map": {"chunks": (1, 180, 360)},
        "series": {"chunks": (366, 10, 10), "shards": (366, 120, 120)},
    }
    number = iter(range(1000))

    def ours() -> None:
        with xr.open_dataset(file) as dataset:
            write_cube(folder / f"ours{next(number)}", "p", dataset.load(), [source("a")])

    def bare(kinds: tuple[str, ...]) -> None:
        with xr.open_dataset(file) as dataset:
            values = dataset["xco2"].values
        group = zarr.open_group(folder / f"bare{next(number)}", mode="w")
        for name in kinds:
            chunks = layouts[name]
            array = group.create_array(
                name, shape=values.shape, dtype="f4", compressors=codec(), **chunks
            )
            array[:] = values

    both = paired(ours, lambda: bare(("map", "series")), ROUNDS)
    one = paired(ours, lambda: bare(("map",)), ROUNDS)
    return [
        {"what": "cube ingest / bare write of both layouts", "goal": "<= 1.25x", **both},
        {"what": "cube ingest / bare write of one layout", **one},
    ]


def sounding_ingest(folder: Path) -> list[dict[str, Any]]:
    """Reading a netCDF granule and storing it, against reading it and writing a bare Parquet."""
    file = folder / "granule.nc"
    granule(180_000, 20).to_netcdf(file, engine="h5netcdf")
    number = iter(range(1000))

    def ours() -> None:
        with xr.open_dataset(file) as dataset:
            write_soundings(folder / f"ours{next(number)}", "p", dataset.load(), [source("a")])

    def bare() -> None:
        with xr.open_dataset(file) as dataset:
            columns = {name: _flat(dataset[name].values) for name in dataset.variables}
        pq.write_table(pa.table(columns), folder / f"{next(number)}.parquet", compression="zstd")

    return [
        {"what": "granule ingest / bare write", "goal": "<= 1.25x", **paired(ours, bare, ROUNDS)}
    ]


def _flat(values: NDArray[Any]) -> Any:
    if values.ndim == 1:
        return pa.array(values)
    return pa.FixedSizeListArray.from_arrays(pa.array(values.reshape(-1)), values.shape[1])


def memory() -> list[dict[str, Any]]:
    """Peak memory of a process that stores a large granule: all of it, and beyond its imports."""
    code = "from benchmarks import bench_archive; bench_archive.store_granule()"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=PROJECT, check=True, capture_output=True
    )
    before, after = json.loads(done.stdout)
    what = "memory of a granule of 180 000 soundings x 4 profiles x 20 levels [MB]"
    return [{"what": what, "goal": "<= 512 MB", "peak_mb": after, "of_it_imports_mb": before}]


def store_granule() -> None:
    """Store a granule from a file and write the peak memory before and after [MB]."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "granule.nc"
        make = "import sys; from benchmarks import bench_archive as b; b.make_granule(sys.argv[1])"
        subprocess.run([sys.executable, "-c", make, str(file)], cwd=PROJECT, check=True)
        before = _peak()
        with xr.open_dataset(file, engine="h5netcdf") as dataset:
            write_soundings(Path(folder), "p", dataset.load(), [source("a")])
        print(json.dumps([before, _peak()]))


def make_granule(file: str) -> None:
    """Write a large granule as netCDF."""
    granule(180_000, 20).to_netcdf(file, engine="h5netcdf")


def _peak() -> float:
    """Return the high-water mark of this process' own memory [MB]; rusage keeps its parent's."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def reads(folder: Path) -> list[dict[str, Any]]:
    """Reading windows of three years against bare Zarr, and each layout against the other."""
    dataset = daily(0, 1096)
    head = write_cube(folder, "p", dataset, [source("a")])
    cube = open_cube(folder, "p", head.snapshot)
    group = zarr.open_group(folder / "bare", mode="w")
    values = dataset["xco2"].values
    places = {"map": {"chunks": (1, 180, 360)}, "series": {"chunks": (366, 10, 10)}}
    places["series"]["shards"] = (366, 120, 120)
    bare: dict[str, Any] = {}
    for name, chunks in places.items():
        bare[name] = group.create_array(
            name, shape=values.shape, dtype="f4", compressors=codec(), **chunks
        )
        bare[name][:] = values
    series = (slice(0, 1096), slice(91, 92), slice(100, 101))
    globe = (slice(500, 501), slice(0, 180), slice(0, 360))
    ours = {name: cube.layouts[name].arrays["xco2"] for name in places}
    pairs = {
        "series: ours / bare Zarr": (ours["series"].read, bare["series"].__getitem__, series),
        "map: ours / bare Zarr": (ours["map"].read, bare["map"].__getitem__, globe),
        "series: from map / from series": (ours["map"].read, ours["series"].read, series),
        "map: from series / from map": (ours["series"].read, ours["map"].read, globe),
    }
    rows = []
    for what, (one, other, window) in pairs.items():
        rounds = READS if "/ bare" in what else 7
        pair = paired(partial(one, window), partial(other, window), rounds)
        rows.append({"what": what, **pair})
    return rows + appends(folder, values[0].nbytes)


def appends(folder: Path, step: int) -> list[dict[str, Any]]:
    """Bytes that appending one day writes, for the last and the first day of a year of shards."""
    rows = []
    for what, days in (("last", (1096, 1097)), ("first", (1098,))):
        for day in days:
            before = {path for path in (folder / "p").rglob("*") if path.is_file()}
            elapsed = seconds(partial(_append, folder, day))
        now = {path for path in (folder / "p").rglob("*") if path.is_file()}
        written = sum(path.stat().st_size for path in now - before)
        rows.append(
            {
                "what": f"write amplification of appending the {what} day of a year",
                "written_mb": written / 1e6,
                "over_the_bytes_of_a_day": written / step,
                "ms": elapsed * 1e3,
            }
        )
    return rows


def _append(folder: Path, day: int) -> None:
    write_cube(folder, "p", daily(day, 1), [source(f"day{day}")])


def verifying(folder: Path) -> list[dict[str, Any]]:
    """Verifying a product against hashing the same files."""
    files = [path for path in (folder / "p").rglob("*") if path.is_file()]
    total = sum(path.stat().st_size for path in files)

    def hashed() -> None:
        for path in files:
            with path.open("rb", buffering=0) as file:
                hashlib.file_digest(file, "sha256")

    row = paired(lambda: verify(folder, "p"), hashed, ROUNDS)
    return [{"what": "verify / hashlib", "mb_per_s": total / row["ours_ms"] / 1e3, **row}]


def main() -> None:
    """Run all."""
    rows: list[dict[str, Any]] = []
    for part in (cube_ingest, sounding_ingest):
        with tempfile.TemporaryDirectory() as folder:
            rows += part(Path(folder))
    rows += memory()
    with tempfile.TemporaryDirectory() as folder:
        rows += reads(Path(folder))
        rows += verifying(Path(folder))
    print(report.write("archive", {"benchmark": "archive", "rows": rows}).read_text())


if __name__ == "__main__":
    main()
