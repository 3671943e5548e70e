"""The list of 500 collections: time of a warm answer, plain and compressed, and of the filters.

The archive is made of heads alone: what the list reads. Results go to
``benchmarks/results/collections.json``.
"""

import argparse
import gc
import tempfile
from dataclasses import replace
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import yaml

from benchmarks.services import report
from casa_ogc.archive.axes import Bounds
from casa_ogc.archive.heads import HEAD, Head, StoredHead, Vertical, head_bytes
from casa_ogc.web.app import create_app

COUNT = 500
REQUESTS = 30
MOST_MILLISECONDS = 50.0
_SITE = {
    "title": {"en": "Benchmark", "zh": "基准"},
    "description": {"en": "Benchmark", "zh": "基准"},
    "licence": "CC0-1.0",
    "provider": {"name": "Benchmark"},
}
_PRODUCT = {
    "description": {"en": "Heads without data", "zh": "仅元数据"},
    "synthetic": True,
    "licence": "CC0-1.0",
    "citation": "Benchmark (2026)",
    "keywords": ["carbon dioxide", "benchmark"],
    "providers": [{"name": "Benchmark", "roles": ["producer"]}],
}
QUESTIONS = {
    "all": ({}, {}),
    "all, compressed": ({}, {"Accept-Encoding": "gzip"}),
    "all as a page": ({"f": "html"}, {}),
    "bbox and datetime": ({"bbox": "73,18,135,54", "datetime": "2020-01-01/.."}, {}),
    "words": ({"q": "number 4"}, {}),
    "ten of them": ({"limit": "10", "offset": "100"}, {}),
}


def main(arguments: list[str] | None = None) -> Path:
    """Run the benchmark; returns the file of results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=COUNT)
    parser.add_argument("--results", type=Path, default=Path("benchmarks/results"))
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="casa-bench-") as text:
        rows = measured(Path(text), given.count)
    for row in rows:
        print(row)
    content = {"benchmark": "collections", "collections": given.count, "rows": rows}
    return report.write("collections", content, given.results)


def measured(folder: Path, count: int) -> list[dict[str, Any]]:
    """Time every question to a site of so many collections."""
    make_site(folder, count)
    client = create_app(folder / "config").test_client()
    rows = []
    for name, (query, headers) in QUESTIONS.items():
        first = _timed(client, query, headers)
        gc.collect()
        times = [_timed(client, query, headers)[0] for _ in range(REQUESTS)]
        rows.append(
            {
                "request": name,
                "first_ms": round(first[0], 1),
                "ms": round(median(times), 2),
                "bytes": first[1],
                "goal_ms": MOST_MILLISECONDS,
                "met": median(times) < MOST_MILLISECONDS,
            }
        )
    return rows


def _timed(client: Any, query: dict[str, str], headers: dict[str, str]) -> tuple[float, int]:
    start = perf_counter()
    response = client.get("/collections", query_string=query, headers=headers)
    size = len(response.data)
    if response.status_code != 200:
        raise RuntimeError(response.data)
    return (perf_counter() - start) * 1000, size


def make_site(folder: Path, count: int) -> None:
    """Write a site file, product files, and heads of grids and soundings by turns."""
    config, archive = folder / "config", folder / "archive"
    (config / "products").mkdir(parents=True)
    site = yaml.safe_dump(_SITE | {"archive": str(archive)})
    (config / "casa.yml").write_text(site, encoding="utf-8")
    for number in range(count):
        name = f"product-{number:03d}"
        kind = "grid" if number % 2 else "soundings"
        title = {"en": f"Product number {number}", "zh": f"产品 {number}"}
        content = yaml.safe_dump(_PRODUCT | {"kind": kind, "title": title})
        (config / "products" / f"{name}.yml").write_text(content, encoding="utf-8")
        (archive / name).mkdir(parents=True)
        stored = StoredHead(head(name, kind), {"0" * 20: "0" * 64})
        (archive / name / HEAD).write_bytes(head_bytes(stored))


def head(name: str, kind: Any) -> Head:
    """Return the head of a product as large ones have it."""
    grid = Head(
        product=name,
        kind=kind,
        snapshot="0" * 20,
        committed="2026-01-01T00:00:00Z",
        bounds=Bounds(-180, -90, 180, 90),
        time=("2019-01-01T00:00:00Z", "2021-12-31T00:00:00Z"),
        time_resolution="P1D",
        vertical=Vertical("pressure", "hPa", "down", tuple(range(1000, 0, -50))),
        variables=("xco2", "xco2_uncertainty", "surface_type", "co2_mid_troposphere"),
        dimensions={"time": 1096, "pressure": 20, "latitude": 360, "longitude": 720},
        size=1,
        files=1096,
        missions=("OCO-2",),
        attributes={"title": name},
    )
    if kind == "grid":
        return grid
    return replace(grid, vertical=None, dimensions={"sounding": 10**7, "level": 20})


if __name__ == "__main__":
    main()
