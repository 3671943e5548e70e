"""Requests drawn from the OpenAPI document: no failure, and nothing that it does not announce."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import settings
from schemathesis.checks import not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import content_type_conformance, status_code_conformance

from casa_ogc.archive.cubes import write_cube
from casa_ogc.archive.manifests import SourceFile
from casa_ogc.archive.soundings import write_soundings
from casa_ogc.catalog.settings import load_settings
from casa_ogc.web.openapi import openapi_document
from tests.service.cubes import Habit, cube
from tests.service.sites import product_file, serving, site_file
from tests.synthetic import encoded_soundings

GRID, SOUNDINGS = "fuzzed-grid", "fuzzed-soundings"
KNOWN = {
    "collectionId": [GRID, SOUNDINGS],
    "processID": ["smoothed-column", "echo", "extract"],
    "jobID": ["0" * 32],
    "outputID": ["stringInput"],
    "tileMatrixSetId": ["WebMercatorQuad", "WorldCRS84Quad"],
    "styleId": ["default", "viridis"],
    "instanceId": ["latest"],
    "locationId": ["CHN"],
    "itemId": ["s00007", "2022-01-01T12:00:00Z"],
    "tileMatrix": ["0", "3"],
    "tileRow": ["0", "5"],
    "tileCol": ["0", "7"],
}
"""Names that exist, so that requests get past the first check of the path."""
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance]


def seeded_document() -> dict[str, Any]:
    """Return the OpenAPI document with names that exist and examples among the values to draw."""
    document = openapi_document(load_settings())
    for item in document["paths"].values():
        for operation in item.values():
            for parameter in operation.get("parameters", []):
                _seed(parameter)
    return document


def _seed(parameter: dict[str, Any]) -> None:
    known = KNOWN.get(parameter["name"]) or [parameter.get("example")]
    if known != [None] and "items" not in parameter["schema"]:
        parameter["schema"] = {"anyOf": [{"enum": known}, parameter["schema"]]}


EXAMPLES = int(os.environ.get("CASA_FUZZ_EXAMPLES", "30"))
"""Requests drawn for each operation; the long form is ``CASA_FUZZ_EXAMPLES=300``."""
LIGHT = (
    r"^/edr/collections/|/instances/.+/|^/processes/(?!echo/|smoothed-column/|\{)[^/]+/execution"
)
"""Queries that the same handlers answer under another root, and inputs that the same code reads."""
SCHEMA = schemathesis.openapi.from_dict(seeded_document())
DRAWN = SchemathesisConfig.from_dict({"phases": {"coverage": {"enabled": False}}})
"""Without the hundreds of requests for each operation that try every edge of every parameter."""
SCHEMA_DRAWN = schemathesis.openapi.from_dict(seeded_document(), config=DRAWN)


@pytest.fixture(scope="session")
def fuzzed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Server of a grid with levels and of soundings."""
    folder = tmp_path_factory.mktemp("fuzz")
    config, archive = folder / "config", folder / "archive"
    jobs = {"folder": str(folder / "jobs"), "sync_seconds": 0.05, "quota": {"open_jobs": 10_000}}
    site_file(config, archive, jobs=jobs)
    product_file(config, GRID, "grid")
    product_file(config, SOUNDINGS, "soundings")
    write_cube(archive, GRID, cube(Habit(True, False, "tzyx", False)), ())
    rows = encoded_soundings(count=300)
    source = SourceFile("s.nc", "0" * 64, 1, "test", "1", "2022-01-01T00:00:00Z", 300)
    write_soundings(archive, SOUNDINGS, rows, [source])
    with serving(config) as url:
        yield url


@SCHEMA.exclude(path_regex=LIGHT).parametrize()
@settings(max_examples=EXAMPLES)
def test_a_drawn_request_gets_an_announced_answer(case: schemathesis.Case, fuzzed: str) -> None:
    case.call_and_validate(base_url=fuzzed, checks=CHECKS, timeout=120)


@SCHEMA_DRAWN.include(path_regex=LIGHT).parametrize()
@settings(max_examples=max(1, EXAMPLES // 3))
def test_so_it_does_where_the_same_code_answers(case: schemathesis.Case, fuzzed: str) -> None:
    case.call_and_validate(base_url=fuzzed, checks=CHECKS, timeout=120)
