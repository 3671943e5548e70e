"""Encoders against their physical limits, as paired ratios.

CoverageJSON of a globe against bare orjson.dumps of the same flat float32 values; drawing a tile
against copying the bytes that it must read and write. The two of a pair take turns in one run, and
the ratio is that of their medians.

Run as ``python benchmarks/bench_encoders.py``; writes JSON to standard output.
"""

import json
import time
from collections.abc import Callable
from statistics import median
from typing import Any

import numpy as np
import orjson

from casa_ogc.archive.axes import Axis, Role, midpoint_bounds
from casa_ogc.encoders.colour import Scale
from casa_ogc.encoders.coveragejson import encode
from casa_ogc.encoders.csv import encode as encode_csv
from casa_ogc.encoders.frame import Frame
from casa_ogc.encoders.geojson import encode as encode_geojson
from casa_ogc.encoders.netcdf import encode as encode_netcdf
from casa_ogc.encoders.png import encode as encode_png
from casa_ogc.encoders.resampling import draw_cells
from casa_ogc.query.answer import Grid, GridAnswer, GridField, Origin
from casa_processes.common.vocabulary import variable

ROUNDS = 41


def axis(name: str, role: Role, start: float, step: float, size: int) -> Axis:
    """Build an axis of cell centres with bounds."""
    values = start + step * np.arange(size, dtype=np.float64)
    return Axis(name, role, values, midpoint_bounds(values))


def globe(rows: int, columns: int) -> GridAnswer:
    """Build one day of a noisy globe, a tenth of it missing."""
    rng = np.random.default_rng(7)
    values = rng.normal(410, 3, (1, rows, columns)).astype(np.float32)
    values[rng.random(values.shape) < 0.1] = np.nan
    day = np.array(["2020-01-01"], dtype="datetime64[ns]")
    axes: dict[Role, Axis] = {
        "t": Axis("time", "t", day, None),
        "y": axis("latitude", "y", 90 - 90 / rows, -180 / rows, rows),
        "x": axis("longitude", "x", -180 + 180 / columns, 360 / columns, columns),
    }
    field = GridField(variable("xco2"), ("t", "y", "x"), values)
    return GridAnswer(Origin("globe", "snapshot"), (Grid(axes, {"xco2": field}),))


def seconds(action: Callable[[], Any]) -> float:
    """Time one call."""
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def paired(ours: Callable[[], Any], limit: Callable[[], Any]) -> dict[str, float]:
    """Time two actions in turn; milliseconds of each, and how many times the limit ours takes."""
    ours(), limit()
    rounds = [(seconds(ours), seconds(limit)) for _ in range(ROUNDS)]
    one, other = (median(column) for column in zip(*rounds, strict=True))
    return {"ours_ms": one * 1e3, "limit_ms": other * 1e3, "ratio": one / other}


def single(encoder: Callable[[GridAnswer], bytes], answer: GridAnswer) -> float:
    """Return the median milliseconds of an encoder without a peer."""
    encoder(answer)
    return median(seconds(lambda: encoder(answer)) for _ in range(5)) * 1e3


def drawing(answer: GridAnswer, frame: Frame) -> dict[str, float]:
    """Compare drawing cells with copying as many bytes as are read and written."""
    grid = answer.grids[0]
    values = grid.fields["xco2"].values[0]
    scale = Scale("viridis", 400.0, 420.0)
    moved = values.nbytes + frame.width * frame.height * 4
    source, target = (np.ones(moved // 2, dtype=np.uint8) for _ in range(2))
    found = paired(
        lambda: draw_cells(values, grid.axes["y"], grid.axes["x"], frame, scale),
        lambda: np.copyto(target, source),
    )
    return found | {"share_of_bandwidth": 1 / found["ratio"], "bytes_moved": moved}


def main() -> None:
    """Run all pairs."""
    half_degree = globe(360, 720)
    flat = np.ascontiguousarray(half_degree.grids[0].fields["xco2"].values.reshape(-1))
    option = orjson.OPT_SERIALIZE_NUMPY
    report: dict[str, Any] = {
        "coveragejson_globe": paired(
            lambda: encode(half_degree), lambda: orjson.dumps(flat, option=option)
        ),
        "draw_globe_same_size": drawing(half_degree, Frame(-180, -90, 180, 90, 720, 360)),
        "draw_globe_enlarged": drawing(half_degree, Frame(-180, -90, 180, 90, 2160, 1080)),
        "draw_globe_reduced": drawing(globe(1800, 3600), Frame(-180, -90, 180, 90, 720, 360)),
    }
    encoders = (encode_geojson, encode_netcdf, encode_csv, encode_png)
    report["milliseconds_of_a_globe"] = {
        encoder.__module__.rpartition(".")[2]: single(encoder, half_degree) for encoder in encoders
    }
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
