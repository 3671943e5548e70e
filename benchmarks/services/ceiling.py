"""The ceiling: the same Flask and server with arrays opened once, zarr read, orjson.

It checks nothing, knows one cube, and keeps its axes as ready objects: no service that reads the
same stores with the same libraries can be faster.
"""

import os
from pathlib import Path
from typing import Any, cast

import numpy as np
import orjson
import zarr
from flask import Flask, Response, request
from numpy.typing import NDArray

from benchmarks.services.field import UNITS, VARIABLES

STORES = "CASA_BENCH_STORES"
_MEDIA = "application/prs.coverage+json"


def create_app() -> Flask:
    """Open the stores that the environment names and return the application."""
    folder = Path(os.environ[STORES])
    group = zarr.open_group(folder / "map.zarr", mode="r", use_consolidated=True)
    maps = _arrays(group)
    series = _arrays(zarr.open_group(folder / "series.zarr", mode="r", use_consolidated=True))
    x, y, days = (np.asarray(group[name]) for name in ("longitude", "latitude", "time"))
    start = np.datetime64(str(group["time"].attrs["units"]).rsplit(" ", 1)[-1])
    times = [f"{day}T00:00:00Z" for day in (start + days.astype("timedelta64[D]")).tolist()]
    number = {text[:10]: n for n, text in enumerate(times)}
    app = Flask(__name__, static_folder=None)

    @app.get("/")
    def ready() -> Response:
        return Response("ready")

    @app.get("/position")
    def position() -> Response:
        longitude, latitude = map(float, request.args["coords"][6:-1].split())
        row, column = (int(np.abs(a - p).argmin()) for a, p in ((y, latitude), (x, longitude)))
        found = {name: series[name][:, row, column] for name in VARIABLES}
        return _answer(found, times, y[row : row + 1], x[column : column + 1])

    @app.get("/cube")
    def cube() -> Response:
        west, south, east, north = map(float, request.args["bbox"].split(","))
        rows = slice(int(y.searchsorted(south)), int(y.searchsorted(north, "right")))
        columns = slice(int(x.searchsorted(west)), int(x.searchsorted(east, "right")))
        return _day(rows, columns)

    @app.get("/globe")
    def globe() -> Response:
        return _day(slice(None), slice(None))

    def _day(rows: slice, columns: slice) -> Response:
        day = number[request.args["datetime"][:10]]
        found = {name: maps[name][day, rows, columns] for name in VARIABLES}
        return _answer(found, times[day : day + 1], y[rows], x[columns])

    return app


def _arrays(group: zarr.Group) -> dict[str, "zarr.Array[Any]"]:
    return {name: cast("zarr.Array[Any]", group[name]) for name in VARIABLES}


def _answer(
    found: dict[str, Any], times: list[str], y: NDArray[np.float64], x: NDArray[np.float64]
) -> Response:
    shape = [len(times), y.size, x.size]
    names = ["t", "y", "x"]
    document = {
        "type": "Coverage",
        "domain": {
            "type": "Domain",
            "domainType": "Grid",
            "axes": {"t": {"values": times}, "y": {"values": y}, "x": {"values": x}},
        },
        "parameters": {name: {"type": "Parameter", "unit": UNITS[name]} for name in VARIABLES},
        "ranges": {
            name: {
                "type": "NdArray",
                "dataType": "float",
                "axisNames": names,
                "shape": shape,
                "values": np.ascontiguousarray(numbers).reshape(-1),
            }
            for name, numbers in found.items()
        },
    }
    body = orjson.dumps(document, option=orjson.OPT_SERIALIZE_NUMPY)
    return Response(body, content_type=_MEDIA)
