"""Configurations of the servers on the benchmark's stores."""

import json
from datetime import UTC
from pathlib import Path
from typing import Any

import yaml

from benchmarks.services.field import Shape
from benchmarks.services.stores import PRODUCT, Stores

_MEDIA = "application/prs.coverage+json"


def write_ours(folder: Path) -> None:
    """Write the configuration folder of our server: the site and the one product."""
    site = {
        "title": {"en": "Benchmark", "zh": "基准测试"},
        "description": {"en": "Speed of the service", "zh": "服务速度"},
        "licence": "CC0-1.0",
        "provider": {"name": "Benchmark"},
    }
    product = {
        "kind": "grid",
        "title": {"en": "Benchmark", "zh": "基准测试"},
        "description": {"en": "Smooth synthetic cube", "zh": "平滑模拟数据"},
        "synthetic": True,
        "licence": "CC0-1.0",
        "citation": "Benchmark",
        "providers": [{"name": "Benchmark", "roles": ["producer"]}],
    }
    (folder / "products").mkdir(parents=True, exist_ok=True)
    _write(folder / "casa.yml", site)
    _write(folder / "products" / f"{PRODUCT}.yml", product)


def write_stock(folder: Path, found: Stores) -> None:
    """Write ``config.yml`` and ``openapi.json`` of stock pygeoapi.

    One collection for each plain store, ``map`` and ``series``, so that each request goes to the
    chunks that suit it. Metadata is read consolidated, and without Dask, which is faster here.
    """
    folder.mkdir(parents=True, exist_ok=True)
    resources = {path.stem: _collection(path, found.shape) for path in (found.map, found.series)}
    _write(folder / "config.yml", {**stock_frame(), "resources": resources})
    write_openapi(folder)


def write_minimal(folder: Path) -> None:
    """Write the least configuration with which stock pygeoapi starts: no resource."""
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / "config.yml", {**stock_frame(), "resources": {}})
    write_openapi(folder)


def write_openapi(folder: Path) -> None:
    """Write a short OpenAPI document: pygeoapi wants one, and no request of ours reads it."""
    document = {"openapi": "3.0.2", "info": {"title": "Benchmark", "version": "1"}, "paths": {}}
    (folder / "openapi.json").write_text(json.dumps(document), encoding="utf-8")


def stock_frame() -> dict[str, Any]:
    """Return what pygeoapi's configuration holds beside resources."""
    name = {"name": "Benchmark", "url": "http://127.0.0.1"}
    return {
        "server": {
            "bind": {"host": "127.0.0.1", "port": 5000},
            "url": "http://127.0.0.1:5000",
            "mimetype": "application/json; charset=UTF-8",
            "encoding": "utf-8",
            "gzip": False,
            "languages": ["en-US"],
            "pretty_print": False,
            "limits": {"default_items": 20, "max_items": 50},
            "map": {"url": "http://127.0.0.1/{z}/{x}/{y}.png", "attribution": "none"},
        },
        "logging": {"level": "ERROR"},
        "metadata": {
            "identification": {
                "title": "Benchmark",
                "description": "Speed of the service",
                "keywords": ["benchmark"],
                "keywords_type": "theme",
                "terms_of_service": "none",
                "url": "http://127.0.0.1",
            },
            "license": name,
            "provider": name,
            "contact": {"name": "Benchmark"},
        },
    }


def _collection(path: Path, shape: Shape) -> dict[str, Any]:
    begin, end = (
        time.replace(tzinfo=UTC) for time in shape.times[[0, -1]].astype("datetime64[us]").tolist()
    )
    provider = {
        "data": str(path),
        "x_field": "longitude",
        "y_field": "latitude",
        "time_field": "time",
        "options": {"zarr": {"consolidated": True, "chunks": None}},
        "format": {"name": "CoverageJSON", "mimetype": _MEDIA},
    }
    return {
        "type": "collection",
        "title": path.stem,
        "description": "Smooth synthetic cube",
        "keywords": ["benchmark"],
        "links": [],
        "extents": {
            "spatial": {"bbox": [-180, -90, 180, 90]},
            "temporal": {"begin": begin, "end": end},
        },
        "providers": [
            {"type": "edr", "name": "xarray-edr", **provider},
            {"type": "coverage", "name": "xarray", **provider},
        ],
    }


def _write(path: Path, content: dict[str, Any]) -> None:
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
