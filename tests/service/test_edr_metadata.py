"""What collections say of their queries is what the official schemas and clients want."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
import requests

from casa_ogc.archive.axes import Axis
from casa_ogc.archive.heads import Vertical
from casa_ogc.web.edr_lines import height_units
from casa_ogc.web.edr_metadata import time_values, vertical_text

DEEP = "cube-up-180-tzyx-float"
FLAT = "cube-up-180-tyx-float"
BUNDLES = {
    "1.1": "ogcapi-edr-1.1.0-final.bundled.json",
    "1.2": (
        "ogcapi-environmental-data-retrieval__ogcapi-environmental-data-retrieval-1-oas30"
        ".bundled.json"
    ),
}


def get(server: str, path: str) -> Any:
    response = requests.get(f"{server}/{path}", timeout=30)
    assert response.status_code == 200, response.text[:200]
    return response.json()


def schema_of(folder: Path, version: str, path: str) -> dict[str, Any]:
    """Return the JSON schema of an answer, `nullable` as JSON schema says it."""
    bundle = json.loads((folder / BUNDLES[version]).read_text("utf-8"))
    response = bundle["paths"][path]["get"]["responses"]["200"]
    while "$ref" in response:
        response = _found(bundle, response["$ref"])
    schema = response["content"]["application/json"]["schema"]
    whole = {**schema, "components": bundle.get("components", {})}
    return _plain(whole)


def _found(bundle: Any, reference: str) -> Any:
    for part in reference.removeprefix("#/").split("/"):
        bundle = bundle[part.replace("~1", "/").replace("~0", "~")]
    return bundle


def _plain(node: Any) -> Any:
    if isinstance(node, list):
        return [_plain(one) for one in node]
    if not isinstance(node, dict):
        return node
    plain = {key: _plain(value) for key, value in node.items() if key != "nullable"}
    if node.get("nullable") is True and isinstance(plain.get("type"), str):
        plain["type"] = [plain["type"], "null"]
    return plain


@pytest.mark.realdata
@pytest.mark.parametrize("version", sorted(BUNDLES))
@pytest.mark.parametrize("root", ["", "edr/"])
@pytest.mark.parametrize("name", [FLAT, DEEP])
def test_a_collection_is_valid_in_the_official_schemas(
    matrix_server: str, schemas: Path, version: str, root: str, name: str
) -> None:
    schema = schema_of(schemas, version, "/collections/{collectionId}")
    jsonschema.Draft7Validator(schema).validate(get(matrix_server, f"{root}collections/{name}"))


@pytest.mark.realdata
@pytest.mark.parametrize("version", sorted(BUNDLES))
@pytest.mark.parametrize(
    ("path", "template"),
    [
        ("edr/collections", "/collections"),
        (f"collections/{DEEP}/instances", "/collections/{collectionId}/instances"),
        ("edr/conformance", "/conformance"),
        ("edr", "/"),
    ],
)
def test_a_document_is_valid_in_the_official_schemas(
    matrix_server: str, schemas: Path, version: str, path: str, template: str
) -> None:
    schema = schema_of(schemas, version, template)
    jsonschema.Draft7Validator(schema).validate(get(matrix_server, path))


@pytest.mark.realdata
def test_an_instance_is_valid_as_a_collection(matrix_server: str, schemas: Path) -> None:
    (version,) = get(matrix_server, f"collections/{DEEP}/instances")["instances"]
    content = get(matrix_server, f"collections/{DEEP}/instances/{version['id']}")
    schema = schema_of(schemas, "1.2", "/collections/{collectionId}")
    jsonschema.Draft7Validator(schema).validate(content)


@pytest.mark.realdata
@pytest.mark.parametrize(
    "query",
    ["trajectory?coords=LINESTRING(0 0,30 20)", "locations/china?reduce=mean"],
)
def test_an_answer_is_valid_coveragejson(matrix_server: str, schemas: Path, query: str) -> None:
    from covjson_pydantic.coverage import Coverage, CoverageCollection

    schema = json.loads((schemas / "CoverageJSON__coveragejson.json").read_text("utf-8"))
    for name in (FLAT, DEEP):
        content = get(matrix_server, f"collections/{name}/{query}")
        jsonschema.Draft7Validator(schema).validate(content)
        model = CoverageCollection if content["type"] == "CoverageCollection" else Coverage
        model.model_validate_json(json.dumps(content))


@pytest.mark.realdata
def test_locations_are_valid_features(matrix_server: str, schemas: Path) -> None:
    bundle = json.loads((schemas / BUNDLES["1.2"]).read_text("utf-8"))
    schema = {**bundle["components"]["schemas"]["edrProperties"]}
    schema.pop("example", None)
    content = get(matrix_server, f"collections/{DEEP}/locations")
    assert content["numberMatched"] == content["numberReturned"] > 240
    for feature in content["features"]:
        jsonschema.Draft7Validator(schema).validate(feature["properties"])
        assert feature["properties"]["edrqueryendpoint"].endswith(f"/locations/{feature['id']}")


def test_every_query_names_its_formats_systems_and_units(matrix_server: str) -> None:
    queries = get(matrix_server, f"collections/{DEEP}")["data_queries"]
    for name, query in queries.items():
        variables = query["link"]["variables"]
        assert variables["query_type"] == name
        assert variables["default_output_format"] == variables["output_formats"][0]
        assert {"crs", "wkt"} == set(variables["crs_details"][0])
        assert [one["crs"][-5:] for one in variables["crs_details"]] == ["CRS84", "/4326"]
    assert queries["radius"]["link"]["variables"]["within_units"] == ["m", "km", "mi", "ft", "nmi"]
    assert queries["corridor"]["link"]["variables"]["width_units"][1] == "km"
    assert queries["corridor"]["link"]["variables"]["height_units"] == ["hPa", "Pa"]
    assert queries["cube"]["link"]["variables"]["height_units"] == ["hPa", "Pa"]


def test_times_and_levels_are_told_one_by_one(matrix_server: str) -> None:
    extent = get(matrix_server, f"collections/{DEEP}")["extent"]
    assert extent["temporal"]["values"] == ["R12/2022-01-01T00:00:00Z/PT12H"]
    assert extent["temporal"]["resolution"] == "PT12H"
    assert extent["vertical"]["values"] == ["850.0", "500.0", "200.0"]
    assert extent["vertical"]["interval"] == [["200.0", "850.0"]]
    assert extent["vertical"]["vrs"].startswith("PARAMETRICCRS[")
    assert "vertical" not in get(matrix_server, f"collections/{FLAT}")["extent"]


def test_irregular_times_are_listed_until_there_are_too_many() -> None:
    days = np.array([0, 1, 3, 7]).astype("timedelta64[D]")
    axis = Axis("time", "t", np.datetime64("2022-01-01", "ns") + days, None)
    values, step = time_values(axis)
    assert values[2] == "2022-01-04T00:00:00Z"
    assert step == ""
    many = np.cumsum(np.arange(1, 2500)).astype("timedelta64[s]")
    assert time_values(Axis("time", "t", np.datetime64("2022", "ns") + many, None)) == ([], "")


@pytest.mark.parametrize(
    ("units", "start", "known"),
    [
        ("hPa", "PARAMETRICCRS", ("hPa", "Pa")),
        ("m", "VERTCRS", ("m", "km", "ft")),
        ("1", "level", ("1",)),
    ],
)
def test_a_vertical_axis_has_a_text_and_units(
    units: str, start: str, known: tuple[str, ...]
) -> None:
    vertical = Vertical("level", units, "up", (1.0, 2.0))
    assert vertical_text(vertical).startswith(start)
    assert height_units(vertical) == known


def test_data_without_levels_take_any_length() -> None:
    assert height_units(None) == ("m", "km", "ft")


def test_locations_can_be_narrowed(matrix_server: str) -> None:
    near = get(matrix_server, f"collections/{FLAT}/locations?bbox=120,20,145,45")
    ids = {one["id"] for one in near["features"]}
    assert {"japan", "china", "continent-asia"} <= ids
    assert "brazil" not in ids
    none = get(matrix_server, f"collections/{FLAT}/locations?datetime=1999")
    assert none["features"] == []
    assert "Natural Earth" in none["attribution"]
