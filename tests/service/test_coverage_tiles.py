"""Tiles of values, and what GDAL's driver of OGC APIs makes of a collection."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
import pytest
import rasterio
import requests
from jsonschema import Draft4Validator

from tests.service.grids import COLUMNS, LATITUDES, ROWS, STEPS, grid

DATA = grid()
VALUES = DATA["xco2"].to_numpy()


def image(response: requests.Response) -> tuple[np.ndarray, Any]:
    with rasterio.MemoryFile(response.content) as memory, memory.open() as file:
        return file.read(), file.profile


def tile(server: str, path: str, **parameters: str) -> requests.Response:
    url = f"{server}/collections/grid/coverage/tiles/{path}"
    return requests.get(url, params={"f": "GeoTIFF", **parameters}, timeout=60)


def test_the_first_tiles_hold_half_of_the_world_each(coverage_server: str) -> None:
    for column in (0, 1):
        bands, profile = image(tile(coverage_server, f"WorldCRS84Quad/0/0/{column}"))
        assert bands.shape == (2, 256, 256)
        assert profile["transform"].to_gdal()[:2] == (-180.0 + 180 * column, 180 / 256)
        stored = VALUES[-1, ::-1, column * 90 : (column + 1) * 90]
        centres = ((np.arange(256) + 0.5) * 90 / 256).astype(int)
        inner = np.abs((np.arange(256) + 0.5) * 90 / 256 - centres - 0.5) < 0.3
        nearest = stored[np.ix_(centres[inner], centres[inner])]
        np.testing.assert_allclose(bands[0][np.ix_(inner, inner)], nearest, rtol=3e-7)


def test_tiles_of_mercator_are_area_means(coverage_server: str) -> None:
    bands, profile = image(tile(coverage_server, "WebMercatorQuad/0/0/0", datetime="2022-01-30"))
    assert profile["crs"].to_epsg() == 3857
    edges = np.degrees(2 * np.arctan(np.exp(np.linspace(np.pi, -np.pi, 257))) - np.pi / 2)
    rows = np.linspace(-90, 90, ROWS + 1)
    for i in (0, 50, 128, 200, 255):
        for j in (3, 90, 170):
            low, high = np.sin(np.radians([edges[i + 1], edges[i]]))
            down = np.clip(np.sin(np.radians(rows[1:])), low, high)
            down = down - np.clip(np.sin(np.radians(rows[:-1])), low, high)
            west, east = j * COLUMNS / 256, (j + 1) * COLUMNS / 256
            columns = np.arange(COLUMNS)
            across = np.clip(columns + 1, west, east) - np.clip(columns, west, east)
            weight = np.outer(down, across) * np.isfinite(VALUES[0])
            if weight.sum() > 0:
                wanted = (np.nan_to_num(VALUES[0].astype(float)) * weight).sum() / weight.sum()
                assert bands[0, i, j] == pytest.approx(wanted, rel=3e-7)


def test_neighbouring_tiles_are_seamless_and_nest(coverage_server: str) -> None:
    coarse, _ = image(tile(coverage_server, "WorldCRS84Quad/1/0/2"))
    fine = [
        image(tile(coverage_server, f"WorldCRS84Quad/2/{row}/{column}"))[0][0]
        for row in (0, 1)
        for column in (4, 5)
    ]
    whole = np.block([[fine[0], fine[1]], [fine[2], fine[3]]]).astype(float)
    blocks = whole.reshape(256, 2, 256, 2).mean(axis=(1, 3))
    known = np.isfinite(blocks)
    assert known.mean() > 0.95
    np.testing.assert_allclose(blocks[known], coarse[0][known], rtol=2e-5)


def test_a_tile_takes_times_fields_and_formats(coverage_server: str) -> None:
    bands, _ = image(
        tile(coverage_server, "WorldCRS84Quad/0/0/0", datetime="2022-01-30/..", properties="0")
    )
    assert bands.shape[0] in (STEPS, 2 * STEPS)
    document = tile(coverage_server, "WorldCRS84Quad/0/0/0", f="CoverageJSON").json()
    assert document["ranges"]["xco2"]["shape"][-2:] == [256, 256]
    plan = tile(coverage_server, "WorldCRS84Quad/0/0/0", estimate="true").json()
    assert plan["cells"] == 2 * 256 * 256


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("WorldCRS84Quad/0/1/0", 404),
        ("WorldCRS84Quad/99/0/0", 404),
        ("WorldCRS84Quad/a/0/0", 400),
        ("Unknown/0/0/0", 404),
    ],
)
def test_a_tile_that_does_not_exist_is_refused(
    coverage_server: str, path: str, status: int
) -> None:
    assert tile(coverage_server, path).status_code == status


def test_soundings_have_no_coverage_tiles(coverage_server: str) -> None:
    for page in ("tiles", "tiles/WorldCRS84Quad/0/0/0", "domainset", "rangetype"):
        url = f"{coverage_server}/collections/dots/coverage/{page}"
        assert requests.get(url, timeout=60).status_code == 404


def test_tile_sets_are_described_as_their_schema_wants(coverage_server: str, schemas: Path) -> None:
    base = f"{coverage_server}/collections/grid/coverage/tiles"
    listed = requests.get(base, timeout=60).json()
    assert {one["dataType"] for one in listed["tilesets"]} == {"coverage"}
    for one in listed["tilesets"]:
        link = next(link for link in one["links"] if link["rel"] == "self")
        path = link["href"].removeprefix("http://127.0.0.1:5000")
        described = requests.get(f"{coverage_server}{path}", timeout=60).json()
        validate(schemas, "tileSet", described)
        items = [link for link in described["links"] if link["rel"] == "item"]
        assert items[0]["type"] == "image/tiff; application=geotiff"


def validate(schemas: Path, name: str, document: Any) -> None:
    bundle = json.loads(
        (schemas / "ogcapi-coverages__ogcapi-coverages-1.bundled.json").read_text("utf-8")
    )
    components = bundle["components"]
    # The draft refuses every spatial extent as an additional dimension; it is checked alone.
    components["schemas"]["extent-uad"] = components["schemas"]["extent"]
    schema = {"$ref": f"#/components/schemas/{name}", "components": components}
    errors = sorted(Draft4Validator(nullable(schema)).iter_errors(document), key=str)
    assert not errors, [f"{list(e.absolute_path)}: {e.message[:200]}" for e in errors]


def nullable(schema: Any) -> Any:
    """Turn OpenAPI's nullable into the type null of JSON schema."""
    if isinstance(schema, list):
        return [nullable(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    made = {key: nullable(value) for key, value in schema.items()}
    if made.pop("nullable", False) is True and isinstance(made.get("type"), str):
        made["type"] = [made["type"], "null"]
    return made


def test_the_schema_holds_units_codes_and_roles(coverage_server: str, schemas: Path) -> None:
    url = f"{coverage_server}/collections/grid/schema"
    response = requests.get(url, timeout=60)
    assert response.headers["Content-Type"] == "application/schema+json"
    found = response.json()
    validate(schemas, "schema", found)
    xco2 = found["properties"]["xco2"]
    assert xco2["x-ogc-unit"] == "[ppm]"
    assert xco2["x-ogc-unitLang"].endswith("UCUM/")
    assert xco2["x-ogc-uncertainty"] == "xco2_uncertainty"
    assert found["properties"]["surface_type"]["enum"] == [0, 1]
    numbers = [one["x-ogc-propertySeq"] for one in found["properties"].values()]
    assert numbers == list(range(3))


def test_domain_and_range_are_described_as_the_standard_wants(
    coverage_server: str, schemas: Path
) -> None:
    base = f"{coverage_server}/collections/grid/coverage"
    domain = requests.get(f"{base}/domainset", timeout=60).json()
    record = requests.get(f"{base}/rangetype", timeout=60).json()
    inner = "coverageSchema/oneOf/0/properties"
    validate(schemas, f"{inner}/domainSet", domain)
    validate(schemas, f"{inner}/rangeType", record)
    grid_axes = domain["generalGrid"]
    assert grid_axes["axisLabels"] == ["Lon", "Lat", "time"]
    assert grid_axes["axis"][2]["coordinate"][0] == "2022-01-30T00:00:00Z"
    assert [one["name"] for one in record["field"]] == ["xco2", "xco2_uncertainty"]


def test_the_description_of_the_collection_is_valid(coverage_server: str, schemas: Path) -> None:
    found = requests.get(f"{coverage_server}/collections/grid", timeout=60).json()
    validate(schemas, "collectionDesc", found)
    assert found["extent"]["spatial"]["grid"] == [
        {
            "cellsCount": count,
            "resolution": 2.0,
            "firstCoordinate": first,
            "relativeBounds": [-1.0, 1.0],
        }
        for count, first in ((COLUMNS, -179.0), (ROWS, -89.0))
    ]
    assert found["scaleDenominator"] == pytest.approx(2 * 111319.49079 / 0.28e-3)


def test_gdal_finds_in_a_collection_all_that_it_needs(coverage_server: str) -> None:
    """What gdalogcapidataset.cpp does, step by step, since few builds have the driver."""
    found = requests.get(f"{coverage_server}/collections/grid", timeout=60).json()
    rel = "http://www.opengis.net/def/rel/ogc/1.0"
    (box,) = found["extent"]["spatial"]["bbox"]
    assert len(box) == 4
    links = found["links"]
    coverage = next(
        one["href"]
        for one in links
        if one["rel"] == f"{rel}/coverage" and one["type"] == "image/tiff; application=geotiff"
    )

    def document(kind: str) -> Any:
        href = next(
            one["href"]
            for one in links
            if one["rel"] == f"{rel}/{kind}" and one["type"] == "application/json"
        )
        return requests.get(here(coverage_server, href), timeout=60).json()

    bands = len(document("coverage-rangetype")["field"])
    general = document("coverage-domainset")["generalGrid"]
    x, y = general["axis"][:2]
    width = (float(x["upperBound"]) - float(x["lowerBound"])) / x["resolution"]
    height = (float(y["upperBound"]) - float(y["lowerBound"])) / y["resolution"]
    assert (round(width), round(height)) == (COLUMNS, ROWS)
    names = general["axisLabels"]
    cut = f"subset={names[0]}(-180:-76),{names[1]}(-14:90)&scaleSize={names[0]}(52),{names[1]}(52)"
    joined = f"{here(coverage_server, coverage)}&{cut}"
    response = requests.get(
        quote(joined, safe=":/?&=(),"), headers={"Accept": "image/tiff;application=geotiff"}
    )
    assert response.status_code == 200, response.text
    pixels, profile = image(response)
    assert pixels.shape == (bands, 52, 52)
    np.testing.assert_allclose(pixels[0], VALUES[-1, ::-1][:52, :52], rtol=3e-7)
    assert profile["transform"].to_gdal() == (-180.0, 2.0, 0.0, 90.0, 0.0, -2.0)
    assert LATITUDES[-1] == 89


def here(server: str, href: str) -> str:
    return href.replace("http://127.0.0.1:5000", server)
