"""pygeoapi's own interface, over our providers, gives what our endpoints give."""

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request as HttpRequest

pytest.importorskip("pygeoapi", reason="needs pygeoapi")

from pygeoapi.api import API, APIRequest
from pygeoapi.api.coverages import get_collection_coverage
from pygeoapi.api.environmental_data_retrieval import get_collection_edr_query
from pygeoapi.api.itemtypes import get_collection_item, get_collection_items

from casa_ogc.archive.cubes import write_cube
from casa_ogc.archive.manifests import SourceFile
from casa_ogc.archive.soundings import write_soundings
from casa_ogc.catalog.entries import load_catalog
from casa_ogc.plugins.source import site_catalog
from casa_ogc.web.app import create_app
from casa_ogc.web.frame import pygeoapi_configuration
from casa_processes.common.configuration import config_folder
from tests.service.cubes import HABITS, cube
from tests.service.sites import product_file, site_file
from tests.synthetic import encoded_soundings

CUBE, DOTS = "cube", "dots"
SOURCE = SourceFile("e.nc", "0" * 64, 1, "encoded", "1", "2022-01-01T00:00:00Z", 1)
LEVELLED = next(one for one in HABITS if one.order == "tzyx" and one.zero_to_360)


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A site in the environment's folder, where the providers look for it."""
    folder = tmp_path_factory.mktemp("providers")
    config, archive = folder / "config", folder / "archive"
    site_file(config, archive)
    product_file(config, CUBE, "grid")
    product_file(config, DOTS, "soundings")
    write_cube(archive, CUBE, cube(LEVELLED), [SOURCE])
    write_soundings(archive, DOTS, encoded_soundings(), [SOURCE])
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CASA_CONFIG", str(config))
        patch.delenv("CASA_ARCHIVE", raising=False)
        config_folder.cache_clear()
        site_catalog.cache_clear()
        yield config
    config_folder.cache_clear()
    site_catalog.cache_clear()


@pytest.fixture(scope="module")
def ours(config: Path) -> FlaskClient:
    return create_app(config).test_client()


@pytest.fixture(scope="module")
def api(config: Path) -> API:
    return API(pygeoapi_configuration(load_catalog(config)), {"paths": {}})


def question(api: API, query: dict[str, Any]) -> APIRequest:
    http = HttpRequest(EnvironBuilder("/x", query_string=query).get_environ())
    return APIRequest.from_flask(http, api.locales)


def answer(found: tuple[Any, Any, Any]) -> tuple[int, Any]:
    status, content = int(found[1]), found[2]
    if isinstance(content, bytes | str) and content:
        content = json.loads(content)
    return status, content


def edr(api: API, product: str, kind: str, query: dict[str, Any]) -> tuple[int, Any]:
    return answer(get_collection_edr_query(api, question(api, query), product, None, kind, None))


def values(coverage: Any) -> dict[str, list[list[float | None]]]:
    """Return the values of each variable, one list for each coverage."""
    found: dict[str, list[list[float | None]]] = {}
    for one in coverage.get("coverages", [coverage]):
        for name, field in one["ranges"].items():
            found.setdefault(name, []).append(field["values"])
    return found


def domains(coverage: Any) -> list[Any]:
    return [one["domain"]["axes"] for one in coverage.get("coverages", [coverage])]


@pytest.mark.parametrize(
    ("kind", "query"),
    [
        ("position", {"coords": "POINT(116.4 39.9)"}),
        ("position", {"coords": "POINT(-179 -5)", "z": "500", "datetime": "2022-01-03"}),
        ("position", {"coords": "MULTIPOINT((5 5),(95 -25))", "parameter-name": "xco2"}),
        ("cube", {"bbox": "-30,-20,40,30", "datetime": "2022-01-02/2022-01-03"}),
        ("cube", {"bbox": "100,0,140,40", "z": "850", "datetime": "2022-01-01T12:00:00Z"}),
        ("area", {"coords": "POLYGON((0 0,60 0,60 40,0 40,0 0))", "datetime": "2022-01-02"}),
        ("radius", {"coords": "POINT(10 10)", "within": "1500", "within-units": "km", "z": "200"}),
    ],
)
def test_a_query_of_a_grid_has_the_values_and_axes_of_our_endpoint(
    api: API, ours: FlaskClient, kind: str, query: dict[str, str]
) -> None:
    status, found = edr(api, CUBE, kind, query)
    expected: Any = ours.get(f"/collections/{CUBE}/{kind}", query_string=query).json
    assert status == 200, found
    assert values(found) == values(expected)
    assert domains(found) == domains(expected)


@pytest.mark.parametrize(
    ("kind", "query"),
    [
        ("radius", {"coords": "POINT(0 90)", "within": "3000", "within-units": "km"}),
        ("cube", {"bbox": "170,-60,-170,60"}),
        ("area", {"coords": "POLYGON((0 0,90 0,90 40,0 40,0 0))"}),
    ],
)
def test_a_query_of_soundings_has_the_values_of_our_endpoint(
    api: API, ours: FlaskClient, kind: str, query: dict[str, str]
) -> None:
    status, found = edr(api, DOTS, kind, query)
    expected: Any = ours.get(f"/collections/{DOTS}/{kind}", query_string=query).json
    assert status == 200, found
    assert sum(map(len, values(found)["xco2"])) > 3
    assert values(found) == values(expected)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"coords": "POINT(0 0)", "parameter-name": "xco2,zork"}, "no variable 'zork'"),
        ({"coords": "POINT(0 0)", "z": "3"}, "one of the levels 850, 500, 200"),
        ({"coords": "POINT(0 99)"}, "latitude"),
    ],
)
def test_what_cannot_be_answered_is_refused_in_our_words(
    api: API, query: dict[str, str], words: str
) -> None:
    status, found = edr(api, CUBE, "position", query)
    assert status == 400
    assert words in found["description"]


def test_nothing_there_is_no_content(api: API) -> None:
    status, _ = edr(api, DOTS, "cube", {"bbox": "0,0,0.001,0.001"})
    assert status == 204


@pytest.mark.parametrize(
    ("query", "same"),
    [
        ({"datetime": "2022-01-02"}, None),
        ({"bbox": "-20,-20,20,20", "properties": "xco2"}, None),
        ({"subset": "Lat(-20:20)"}, {"subset": "Lat(-20:20)"}),
        ({"subset": "Lat(0:40),Long(100:140)"}, {"bbox": "100,0,140,40"}),
        ({"subset": "Long(160:180)"}, {"bbox": "160,-90,180,90"}),
    ],
)
def test_a_coverage_has_the_values_of_our_endpoint(
    api: API, ours: FlaskClient, query: dict[str, str], same: dict[str, str] | None
) -> None:
    status, found = answer(get_collection_coverage(api, question(api, query), CUBE))
    expected: Any = ours.get(f"/collections/{CUBE}/coverage", query_string=same or query).json
    assert status == 200, found
    assert domains(found) == domains(expected)
    assert values(found) == values(expected)


def items(api: API, **query: Any) -> Any:
    status, found = answer(get_collection_items(api, question(api, query), DOTS))
    assert status == 200, found
    return found


def test_pages_of_soundings_join_to_the_items_of_our_endpoint(api: API, ours: FlaskClient) -> None:
    query = {"bbox": "-60,-60,120,60", "datetime": "2022-01-01/2022-02-15"}
    expected: Any = ours.get(
        f"/collections/{DOTS}/items", query_string={**query, "limit": 1000}
    ).json
    names = [one["id"] for one in expected["features"]]
    pages = [items(api, **query, limit=40, offset=n) for n in range(0, len(names) + 40, 40)]
    joined = [one for page in pages for one in page["features"]]
    assert len(names) > 50
    assert [one["id"] for one in joined] == names
    xco2 = [one["properties"]["xco2"] for one in expected["features"]]
    assert [one["properties"]["xco2"] for one in joined] == xco2
    assert [one["geometry"] for one in joined] == [one["geometry"] for one in expected["features"]]


def test_an_item_is_found_by_its_name_and_another_is_not_found(api: API) -> None:
    status, found = answer(get_collection_item(api, question(api, {}), DOTS, "s00007"))
    assert (status, found["id"]) == (200, "s00007")
    assert math.isclose(found["properties"]["xco2"], 401.75)
    assert answer(get_collection_item(api, question(api, {}), DOTS, "zork"))[0] == 404


@pytest.mark.parametrize("product", [CUBE, DOTS])
def test_fields_are_the_variables_with_their_units(api: API, product: str) -> None:
    from pygeoapi.plugin import load_plugin

    for definition in api.config["resources"][product]["providers"]:
        fields = load_plugin("provider", definition).fields
        assert fields["xco2"]["type"] == "number"
        assert fields["xco2"]["x-ogc-unit"] == "ppm"
        assert fields["xco2"]["title"]
