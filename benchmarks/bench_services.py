"""Speed of the service: ours, its peers and the ceiling on one cube, paired in one run.

Peers are stock pygeoapi, and xpublish-edr where ``XPUBLISH_PYTHON`` names the Python of an
environment that holds it. Two worker processes each, loopback only, nothing cached, 8 connections
for requests per second. Every answer's values are compared with the cube before anything is timed.
The stores (about 9 GB for the full cube) are written on the first run. Results go to
``benchmarks/results/services.json``.
"""

import argparse
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.services import report
from benchmarks.services.client import get
from benchmarks.services.field import FULL, SMALL, VARIABLES, Shape
from benchmarks.services.questions import questions
from benchmarks.services.rounds import CONNECTIONS, Effort, measure
from benchmarks.services.servers import NAMES, recipes, serving_all, xpublish_versions
from benchmarks.services.stores import Stores, stores

QUICK = Effort(rounds=2, latency_seconds=0.1, load_seconds=0.2, slices=2)


def main(arguments: list[str] | None = None) -> Path:
    """Run the benchmark; returns the file of results."""
    given = _parser().parse_args(arguments)
    shape = SMALL if given.small else FULL
    found = stores(given.data, shape)
    effort = QUICK if given.quick else Effort(rounds=given.rounds)
    rows, failures = run(found, effort, given.only or [])
    content = {
        "benchmark": "services",
        "setup": setup(shape, effort),
        "rows": rows,
        "stock_failures": failures,
    }
    path = report.write(given.name, content, given.results)
    for one in rows:
        print(_line(one))
    return path


def run(
    found: Stores, effort: Effort, only: list[str]
) -> tuple[list[dict[str, Any]], list[dict[str, str]]]:
    """Return a row for each request, and what stock got wrong."""
    asked = [one for one in questions(found.shape) if not only or one.name in only]
    with (
        tempfile.TemporaryDirectory(prefix="casa-bench-") as folder,
        serving_all(recipes(found, Path(folder))) as ports,
    ):
        rows = [report.row(one, measure(ports, one, found.shape, effort)) for one in asked]
        refused = _single_date(ports["stock"], found.shape)
    failures = [
        {"request": one["request"], "failure": one["wrong"]["stock"]}
        for one in rows
        if "stock" in one["wrong"]
    ]
    return rows, failures + refused


def setup(shape: Shape, effort: Effort) -> dict[str, Any]:
    """Return how it was measured."""
    peer = xpublish_versions()
    return {
        "cube": {"shape": shape.name, "variables": VARIABLES, "dtype": "float32"},
        "servers": {
            "names": NAMES,
            "gunicorn": "2 synchronous workers of 1 thread, loopback, response caching off",
            "xpublish": f"uvicorn, 2 workers with its usual threads, stores kept open; {peer}"
            if peer
            else "took no part",
            "stock": "pygeoapi with its xarray-edr and xarray providers, no Dask, consolidated",
            "ceiling": "Flask, arrays opened once, zarr read, orjson; no checks, axes ready made",
        },
        "stores": {
            "map": f"all but ours: Zarr v3, chunks (1, {shape.rows}, {shape.columns}), zstd 1",
            "series": f"all but ours: Zarr v3, chunks ({shape.days}, 10, 10), zstd 1",
            "archive": "ours: both layouts of the archive as it writes them",
        },
        "rounds": effort.rounds,
        "connections": CONNECTIONS,
    }


def _single_date(port: int, shape: Shape) -> list[dict[str, str]]:
    """Ask stock for one date, which the timed request writes as an interval."""
    day = str(shape.times[0])[:10]
    status = get(port, f"/collections/map/coverage?datetime={day}&f=json").status
    failure = {"request": "coverage?datetime=<one date>", "failure": f"status {status}"}
    return [] if status == 200 else [failure]


def _line(one: dict[str, Any]) -> str:
    latency, rate = one["ours_over_ceiling_latency"], one["ours_over_ceiling_rps"]
    return (
        f"{one['request']}: ours {one['ours_ms']} ms, ceiling {one['ceiling_ms']} ms, "
        f"stock {one.get('stock_ms')} ms, xpublish {one.get('xpublish_ms')} ms; "
        f"latency {latency['median']}x ({latency['min']}-{latency['max']}), "
        f"requests/s {rate['median']} of the ceiling's ({rate['min']}-{rate['max']}); "
        f"body {one['body_over_stock']} of stock's; "
        f"wrong: {one['wrong'] or 'none'}; goal {one['goal']}: "
        f"{'reached' if one['reached'] else 'missed'}"
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("var/bench"), help="folder of the stores")
    parser.add_argument("--small", action="store_true", help="a cube of a few megabytes")
    parser.add_argument("--quick", action="store_true", help="a trial: two short rounds")
    parser.add_argument("--rounds", type=int, default=Effort().rounds)
    parser.add_argument("--only", action="append", help="position, cube or globe; repeatable")
    parser.add_argument("--results", type=Path, default=report.RESULTS, help="folder of the JSON")
    parser.add_argument("--name", default="services", help="name of the JSON file")
    return parser


if __name__ == "__main__":
    print(main(), file=sys.stderr)
