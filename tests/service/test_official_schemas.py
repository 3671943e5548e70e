"""Documents of the service are valid in the official schemas of Common, Features, EDR and Tiles."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import requests
import yaml
from jsonschema import Draft4Validator, Draft7Validator, Draft202012Validator

from casa_ogc.archive.cubes import write_cube
from casa_ogc.archive.soundings import write_soundings
from tests.archive.builders import grid, soundings
from tests.service.cubes import LONGITUDES, Habit, cube
from tests.service.sites import free_port, product_file, serving, site_file
from tests.service.test_coverage_tiles import nullable

COMMON = "ogcapi-common__ogcapi-common-2.bundled.json"
DISCOVERY = "ogcapi-common__ogcapi-common-4.bundled.json"
EDR = (
    "ogcapi-environmental-data-retrieval__ogcapi-environmental-data-retrieval-1-oas30.bundled.json"
)
TILES = "ogcapi-tiles__ogcapi-tiles-1.bundled.json"
MAPS = "ogcapi-maps__ogcapi-maps-1.bundled.json"
FEATURES = "ogcapi-features__ogcapi-features-1.yaml"
LIST, FIRST, WRONG = "/collections", "/", "/collections/nothing"
GRIDS = ("even", "uneven", "deep")

DOCUMENTS = (
    *(
        (bundle, name, path)
        for bundle in (COMMON, DISCOVERY, EDR, TILES, MAPS, FEATURES)
        for name, path in (
            ("landingPage", FIRST),
            ("confClasses", "/conformance"),
            ("exception", WRONG),
        )
    ),
    *((bundle, "collections", LIST) for bundle in (EDR, FEATURES)),
    *((COMMON, "collectionDesc", f"{LIST}/{name}") for name in (*GRIDS, "rows")),
    *(
        (bundle, "collection", f"{LIST}/{name}")
        for bundle in (EDR, FEATURES)
        for name in (*GRIDS, "rows")
    ),
    (EDR, "instances", f"{LIST}/even/instances"),
    *((TILES, "tileMatrixSet", f"/tileMatrixSets/{n}") for n in ("WebMercatorQuad",)),
    (TILES, "tileSet", f"{LIST}/even/map/tiles/WebMercatorQuad"),
    (TILES, "tileSet", f"{LIST}/rows/tiles/WebMercatorQuad"),
    (MAPS, "tileSet", f"{LIST}/deep/map/tiles/WorldCRS84Quad"),
    *(
        (FEATURES, "featureCollectionGeoJSON", f"{LIST}/{n}/items?limit=3")
        for n in ("rows", "even")
    ),
    (FEATURES, "featureGeoJSON", f"{LIST}/rows/items/0000000003"),
)
ALONE = (
    ("ogcapi-common__landingPage.json", FIRST),
    ("ogcapi-common__confClasses.json", "/conformance"),
    ("ogcapi-common__exception.json", WRONG),
    ("ets-edr10__covjson_partial_schema.json", f"{LIST}/even/cube?bbox=0,0,20,20"),
    ("ets-edr10__covjson_partial_schema.json", f"{LIST}/rows/cube?bbox=-90,-90,90,90"),
)
FILTERS: tuple[Any, ...] = (
    {"op": ">", "args": [{"property": "xco2"}, 410.5]},
    {"op": "between", "args": [{"property": "xco2"}, 400, 410]},
    {
        "op": "and",
        "args": [
            {"op": "not", "args": [{"op": "isNull", "args": [{"property": "xco2"}]}]},
            {
                "op": "s_intersects",
                "args": [{"property": "geometry"}, {"bbox": [-90, -45, 90, 45]}],
            },
        ],
    },
    {"op": "in", "args": [{"property": "sounding_id"}, ["0000000003", "0000000007"]]},
    {"op": "<", "args": [{"op": "+", "args": [{"property": "xco2"}, 1]}, 411]},
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Server of even, uneven and deep grids, and of soundings."""
    folder, port = tmp_path_factory.mktemp("official"), free_port()
    config, archive = folder / "config", folder / "archive"
    site_file(config, archive, url=f"http://127.0.0.1:{port}")
    for name in GRIDS:
        product_file(config, name, "grid")
    product_file(config, "rows", "soundings")
    write_cube(archive, "even", grid(range(3)), ())
    uneven = grid([0, 1, 5])
    latitudes = 90 * np.sin(np.linspace(-1.5, 1.5, uneven.sizes["latitude"]))
    write_cube(archive, "uneven", uneven.assign_coords(latitude=latitudes), ())
    write_cube(archive, "deep", cube(Habit(True, True, "tzyx", False)), ())
    write_soundings(archive, "rows", soundings(50), ())
    with serving(config, port) as url:
        yield url


def fetched(site: str, path: str) -> Any:
    return requests.get(site + path, headers={"Accept": "application/json"}, timeout=60).json()


def loaded(schemas: Path, name: str) -> Any:
    return yaml.safe_load((schemas / name).read_text("utf-8"))


def faults(errors: Any) -> list[str]:
    return [f"{list(e.absolute_path)}: {e.message[:200]}" for e in errors]


@pytest.mark.parametrize(("bundle", "name", "path"), DOCUMENTS)
def test_a_document_is_valid_in_its_bundle(
    site: str, schemas: Path, bundle: str, name: str, path: str
) -> None:
    components = loaded(schemas, bundle)["components"]
    schema = nullable({"$ref": f"#/components/schemas/{name}", "components": components})
    document = fetched(site, path)
    assert not faults(Draft4Validator(schema).iter_errors(document))
    assert faults(Draft4Validator(schema).iter_errors([])), "the schema refuses nothing"


@pytest.mark.parametrize(("name", "path"), ALONE)
def test_a_document_is_valid_in_its_schema(site: str, schemas: Path, name: str, path: str) -> None:
    schema = json.loads((schemas / name).read_text("utf-8"))
    assert not faults(Draft7Validator(schema).iter_errors(fetched(site, path)))


@pytest.mark.parametrize("given", FILTERS, ids=json.dumps)
def test_a_filter_that_we_take_is_valid_cql2(site: str, schemas: Path, given: Any) -> None:
    schema = json.loads((schemas / "ogcapi-features__cql2.json").read_text("utf-8"))
    assert not faults(Draft202012Validator(schema).iter_errors(given))
    query = {"filter": json.dumps(given), "filter-lang": "cql2-json", "limit": "50"}
    answer = requests.get(f"{site}{LIST}/rows/items", params=query, timeout=60)
    assert answer.status_code == 200, answer.text[:300]
    assert 0 < answer.json()["numberMatched"] <= 50


def test_even_cells_are_told_by_the_first_and_uneven_ones_one_by_one(site: str) -> None:
    even, uneven = (fetched(site, f"{LIST}/{name}")["extent"] for name in ("even", "uneven"))
    longitude, latitude = even["spatial"]["grid"]
    assert longitude == {
        "cellsCount": 36,
        "resolution": 10.0,
        "firstCoordinate": -175.0,
        "relativeBounds": [-5.0, 5.0],
    }
    assert (latitude["firstCoordinate"], latitude["resolution"]) == (-85.0, 10.0)
    expected = 90 * np.sin(np.linspace(-1.5, 1.5, 18))
    listed = uneven["spatial"]["grid"][1]
    np.testing.assert_allclose(listed["coordinates"], expected, rtol=0, atol=1e-9)
    edges = np.array(listed["boundsCoordinates"])
    np.testing.assert_allclose(edges[1:, 0], (expected[1:] + expected[:-1]) / 2, atol=1e-9)
    assert even["temporal"]["grid"] == {
        "cellsCount": 3,
        "resolution": "P1D",
        "firstCoordinate": "2021-01-01T00:00:00Z",
    }
    assert uneven["temporal"]["grid"]["coordinates"][-1] == "2021-01-06T00:00:00Z"


def test_cells_that_a_file_tells_from_0_to_360_are_told_from_west_to_east(site: str) -> None:
    longitude = fetched(site, f"{LIST}/deep")["extent"]["spatial"]["grid"][0]
    assert longitude["cellsCount"] == LONGITUDES.size
    assert longitude["resolution"] == 10.0
    assert longitude["firstCoordinate"] in (-175.0, 5.0)
