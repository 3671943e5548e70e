"""Map tiles: tiles per second beside titiler.xarray, and the renderer beside memory bandwidth.

One worker process each, on the loopback interface; the stores lie in memory of the system, and no
answer is cached. The peer runs in the environment whose Python ``TITILER_PYTHON`` names; without
it only our own figures are taken. Every round asks all servers for the same tiles in turn, and
ratios are those of the rounds.

Run as ``python -m benchmarks.bench_tiles``; ``--profile`` prints where a tile's time goes.
"""

import cProfile
import os
import pstats
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from io import BytesIO
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray
from PIL import Image

from benchmarks.services import report, sites
from benchmarks.services.client import free_port, get, load, wait
from benchmarks.services.servers import PROJECT, Recipe, serving
from benchmarks.services.stores import PRODUCT
from casa_ogc.archive.axes import Axis, Role, midpoint_bounds
from casa_ogc.archive.cubes import write_cube
from casa_ogc.encoders.colour import Scale
from casa_ogc.encoders.drawing import Drawing, Pixels, bands
from casa_ogc.encoders.projections import HALF_TURN, projection
from casa_ogc.encoders.resampling import coloured, paint_rows
from casa_ogc.encoders.spans import column_spans, row_spans
from casa_ogc.encoders.window import Window

ROWS, COLUMNS, STEPS = 720, 1440, 6
TILES = ((0, 0, 0), (1, 0, 1), (2, 1, 3), (3, 3, 6), (4, 6, 13), (5, 12, 26), (6, 24, 53))
ROUNDS, REQUESTS, CONNECTIONS = 7, 12, 4
_DAY = "2023-01-03"
_LIMITS = (400.0, 420.0)
_PAIRS = 21


def field() -> xr.Dataset:
    """Make days of a smooth globe with gaps."""
    y = 90 - 180 / ROWS * (np.arange(ROWS) + 0.5)
    x = -180 + 360 / COLUMNS * (np.arange(COLUMNS) + 0.5)
    rng = np.random.default_rng(11)
    waves = 6 * np.sin(np.radians(3 * x))[None, :] * np.cos(np.radians(2 * y))[:, None]
    values = (410 + waves[None] + rng.normal(0, 0.5, (STEPS, ROWS, COLUMNS))).astype(np.float32)
    values[:, :40, :200] = np.nan
    times = np.datetime64("2023-01-01", "ns") + np.arange(STEPS) * np.timedelta64(1, "D")
    attributes = {"title": "globe", "source": "made", "licence": "CC0-1.0", "mission": "none"}
    axes = {"time": times, "latitude": y, "longitude": x}
    return xr.Dataset({"xco2": (tuple(axes), values)}, axes, attributes)


def paths(zarr: Path) -> dict[str, Callable[[tuple[int, int, int]], str]]:
    """Return how each server is asked for a tile (z, y, x)."""
    low, high = _LIMITS
    peer = f"url={zarr}&variable=xco2&sel=time={_DAY}&rescale={low},{high}&colormap_name=viridis"

    def titiler(prefix: str) -> Callable[[tuple[int, int, int]], str]:
        return lambda t: f"/{prefix}/tiles/WebMercatorQuad/{t[0]}/{t[2]}/{t[1]}.png?{peer}"

    base = f"/collections/{PRODUCT}/map/tiles/WebMercatorQuad"
    asked = f"datetime={_DAY}&style=viridis&range={low},{high}"
    return {
        "ours": lambda t: f"{base}/{t[0]}/{t[1]}/{t[2]}?{asked}",
        "titiler": titiler("md"),
        "titiler_kept": titiler("kept"),
    }


@contextmanager
def peer(python: str) -> Iterator[int]:
    """Run titiler.xarray; yields its port."""
    port = free_port()
    command = [python, "-m", "uvicorn", "tiles_peer:app", "--port", str(port)]
    command += ["--log-level", "error", "--app-dir", str(PROJECT / "benchmarks")]
    process = subprocess.Popen(command, env=os.environ | {"OMP_NUM_THREADS": "1"})
    try:
        wait(port, "/", 120.0, lambda: process.poll() is None)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=30)


@contextmanager
def servers(folder: Path, data: xr.Dataset) -> Iterator[dict[str, int]]:
    """Make the stores and run the servers; yields the port of each."""
    sites.write_ours(folder / "config")
    write_cube(folder / "archive", PRODUCT, data, ())
    plain = data.drop_attrs()
    plain.to_zarr(folder / "plain.zarr", encoding={"xco2": {"chunks": (1, ROWS, COLUMNS)}})
    environment = {"CASA_CONFIG": str(folder / "config"), "CASA_ARCHIVE": str(folder / "archive")}
    with ExitStack() as stack:
        ours = stack.enter_context(serving(Recipe("casa_ogc.web.app:create_app()", environment), 1))
        ports = {"ours": ours}
        if python := os.environ.get("TITILER_PYTHON"):
            port = stack.enter_context(peer(python))
            ports |= {"titiler": port, "titiler_kept": port}
        yield ports


def alike(one: bytes, other: bytes) -> float:
    """Return the share of pixels of two tiles that are both clear or of nearly one colour."""
    a, b = (np.asarray(Image.open(BytesIO(x)).convert("RGBA")).astype(int) for x in (one, other))
    near = abs(a - b).max(axis=2) <= 40
    return float((near | ((a[:, :, 3] == 0) & (b[:, :, 3] == 0))).mean())


def tile_rates(folder: Path) -> list[dict[str, Any]]:
    """Time tiles on all servers; one row for each tile, and one for all."""
    asks = paths(folder / "plain.zarr")
    with servers(folder, field()) as ports:
        rates: dict[str, list[list[float]]] = {name: [[] for _ in TILES] for name in ports}
        answers = {n: [get(p, asks[n](t)) for t in TILES] for n, p in ports.items() for _ in (1, 2)}
        for name, found in answers.items():
            bad = [answer.status for answer in found if answer.status != 200]
            if bad:
                raise SystemExit(f"{name} answers with status {bad}")
        for _ in range(ROUNDS):
            for number, tile in enumerate(TILES):
                for name, port in ports.items():
                    rate = load(port, asks[name](tile), REQUESTS, CONNECTIONS)
                    rates[name][number].append(rate)
    return [_row(n, rates, answers) for n in range(len(TILES))]


def _row(
    number: int, rates: Mapping[str, list[list[float]]], answers: Mapping[str, Any]
) -> dict[str, Any]:
    row: dict[str, Any] = {"tile": "/".join(map(str, TILES[number]))}
    for name, found in rates.items():
        row[f"{name}_per_second"] = round(median(found[number]), 1)
        row[f"{name}_bytes"] = len(answers[name][number].body)
    for name in ("titiler", "titiler_kept"):
        if name in rates:
            pairs = zip(rates["ours"][number], rates[name][number], strict=True)
            row[f"over_{name}"] = round(median(one / other for one, other in pairs), 1)
            bodies = (answers[one][number].body for one in ("ours", name))
            row[f"alike_{name}"] = round(alike(*bodies), 3)
    return row


def kernel(what: str, cells: tuple[int, int], window: Window) -> dict[str, Any]:
    """Compare painting with memory bandwidth: bytes of cells read and of pixels written.

    Pixels are painted band by band into memory that is used again, as the service does. Before
    each painting as many bytes are copied as no cache holds; the share is that of the medians.
    """
    rows, columns = cells
    y, x = _axis("y", 90, -180 / rows, rows), _axis("x", -180, 360 / columns, columns)
    values = _noise(rows, columns)
    meridians, parallels = window.edges()
    seen = row_spans(y, parallels), column_spans(x, meridians)
    drawn = np.unique(seen[0].cells).size * np.unique(seen[1].cells).size

    def draw(first: int, band: Pixels) -> None:
        paint_rows(values, seen, Scale("viridis", *_LIMITS), first, band)

    picture = Drawing(window.width, window.height, draw)
    name = f"{what}: {rows} x {columns} cells on {window.height} x {window.width} pixels"
    moved = 4 * (drawn + window.width * window.height)
    return _beside_copying(name, lambda: [None for _ in bands(picture)], moved)


def colouring() -> dict[str, Any]:
    """Compare colouring with memory bandwidth: values of a projected map, one for each pixel."""
    values, scale = _noise(1024, 1024), Scale("viridis", *_LIMITS)
    name = "projected: 1024 x 1024 values as colours"
    return _beside_copying(name, lambda: coloured(values, scale), 8 * values.size)


def _noise(rows: int, columns: int) -> NDArray[np.float32]:
    rng = np.random.default_rng(2)
    values = rng.normal(410, 3, (rows, columns)).astype(np.float32)
    values[rng.random(values.shape) < 0.1] = np.nan
    return values


def _beside_copying(name: str, action: Callable[[], Any], moved: int) -> dict[str, Any]:
    """Time an action and the copying of 256 MB by turns; `moved` bytes are what it must move."""
    source, target = np.ones(1 << 25, np.float64), np.empty(1 << 25, np.float64)
    np.copyto(target, source), action()
    pairs = [(_seconds(lambda: np.copyto(target, source)), _seconds(action)) for _ in range(_PAIRS)]
    copying, taken = (median(column) for column in zip(*pairs, strict=True))
    shares = [moved / own * copy / (2 * source.nbytes) for copy, own in pairs]
    return {
        "kernel": name,
        "milliseconds": round(taken * 1e3, 3),
        "copy_gb_per_second": round(2 * source.nbytes / copying / 1e9, 1),
        "share_of_bandwidth": {
            "median": round(median(shares), 2),
            "min": round(min(shares), 2),
            "max": round(max(shares), 2),
        },
    }


def kernels() -> list[dict[str, Any]]:
    """Return the renderer's share of memory bandwidth in each of its ways of drawing."""
    globe = (projection(None), -180.0, -90.0, 180.0, 90.0)
    world = (projection("EPSG:3857"), -HALF_TURN, -HALF_TURN, HALF_TURN, HALF_TURN)
    return [
        kernel("means of 5 x 5", (1800, 3600), Window(*globe, 720, 360)),
        kernel("means of 10 x 10", (3600, 7200), Window(*globe, 720, 360)),
        kernel("means of 2.4 x 2.4", (1440, 2880), Window(*globe, 1200, 600)),
        kernel("same size", (1800, 3600), Window(*globe, 3600, 1800)),
        kernel("enlarged", (360, 720), Window(*globe, 4096, 2048)),
        kernel("Mercator", (720, 1440), Window(*world, 2048, 2048)),
        colouring(),
    ]


def profile() -> None:
    """Print where the time of a tile goes."""
    from casa_ogc.web.app import create_app

    with TemporaryDirectory() as name:
        folder = Path(name)
        sites.write_ours(folder / "config")
        write_cube(folder / "archive", PRODUCT, field(), ())
        os.environ["CASA_ARCHIVE"] = str(folder / "archive")
        client = create_app(folder / "config").test_client()
        ask = paths(folder)["ours"]
        for tile in TILES:
            client.get(ask(tile))
        profiler = cProfile.Profile()
        profiler.enable()
        for _ in range(100):
            for tile in TILES:
                client.get(ask(tile))
        profiler.disable()
        pstats.Stats(profiler).sort_stats("tottime").print_stats(25)


def main() -> None:
    """Run all, and write the results."""
    if "--profile" in sys.argv:
        profile()
        return
    with TemporaryDirectory() as name:
        rows = tile_rates(Path(name))
    content = {"benchmark": "tiles", "rows": rows, "kernels": kernels()}
    print(report.write("tiles", content).read_text())


def _axis(role: Role, start: float, step: float, size: int) -> Axis:
    values = start + step * (np.arange(size) + 0.5)
    return Axis("latitude" if role == "y" else "longitude", role, values, midpoint_bounds(values))


def _seconds(action: Callable[[], Any]) -> float:
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
