"""What Features does not take is refused in words that help, and what it claims it keeps."""

import base64
import json
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from casa_ogc.archive.cubes import write_cube
from casa_ogc.archive.expiry import Retention, collect_garbage
from casa_ogc.archive.soundings import write_soundings
from tests.archive.builders import source
from tests.service.cubes import HABITS, cube
from tests.service.sites import product_file, serving, site_file
from tests.synthetic import encoded_soundings

COUNT = 200


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("refusals")
    config, archive = folder / "config", folder / "archive"
    site_file(config, archive, limits={"max_rows": 150})
    product_file(config, "obs", "soundings")
    product_file(config, "grid", "grid")
    write_soundings(archive, "obs", encoded_soundings(COUNT), [source("obs.nc")])
    write_cube(archive, "grid", cube(HABITS[0]), ())
    with serving(config) as root:
        yield root


def forged(*content: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


BAD = (
    ({"bbox": "0,0,0,10,10,10"}, "4 numbers"),
    ({"bbox": "0,0,10"}, "bbox"),
    ({"bbox": "0,0,10,10", "bbox-crs": "EPSG:3857"}, "CRS84"),
    ({"crs": "EPSG:3857"}, "CRS84"),
    ({"datetime": "soon"}, "RFC 3339"),
    ({"datetime": "2022-01-01T00:00:00Z", "method": "nearest"}, "exact"),
    ({"limit": "0"}, "limit"),
    ({"offset": "-1"}, "offset"),
    ({"f": "NetCDF"}, "GeoJSON, HTML, CSV"),
    ({"colour": "red"}, "xco2"),
    ({"queryables": "xco2"}, "xco2"),
    ({"xco2": "high"}, "a number"),
    ({"xco2": "NaN"}, "a number"),
    ({"xco2_averaging_kernel": "1"}, "xco2"),
    ({"geometry": "POINT(0 0)"}, "filter"),
    ({"properties": "co2"}, "xco2"),
    ({"properties": ""}, "names"),
    ({"exclude-properties": "co2"}, "xco2"),
    ({"sortby": "co2"}, "xco2"),
    ({"sortby": "geometry"}, "xco2"),
    ({"sortby": ""}, "names"),
    ({"sortby": "xco2"}, "rows to sort"),
    ({"filter": "co2 > 3"}, "xco2"),
    ({"filter": ""}, "CQL2"),
    ({"filter": "xco2 > 3", "filter-lang": "sql"}, "cql2-json"),
    ({"filter": "xco2 > 3", "filter-lang": "cql2-json"}, "JSON"),
    ({"filter": "xco2 > 3", "filter-crs": "EPSG:3857"}, "CRS84"),
    ({"filter": "(" * 3000 + "1=1" + ")" * 3000}, "nested"),
    ({"filter": "xco2 > 0", "offset": "3"}, "cursor"),
    ({"cursor": "x"}, "next and prev"),
    ({"cursor": "é"}, "next and prev"),
    ({"cursor": ""}, "next and prev"),
    ({"cursor": "A" * 20_000}, "next and prev"),
    ({"cursor": forged(1)}, "next and prev"),
    ({"cursor": forged("s", "k", 0, None, None, 0)}, "next and prev"),
    ({"cursor": forged("s", "k", -1, None, None, 0)}, "next and prev"),
    ({"cursor": forged("s", "k", 2**70, None, None, 0)}, "next and prev"),
    ({"cursor": forged("s", "k", 1.5, None, None, 0)}, "next and prev"),
    ({"cursor": forged("s", "k", 0, None, 2**63, 0)}, "next and prev"),
    ({"cursor": "x", "offset": "3"}, "not both"),
)


@pytest.mark.parametrize(("question", "word"), BAD, ids=[str(one)[:50] for one, _ in BAD])
def test_what_cannot_be_answered_is_refused(url: str, question: dict, word: str) -> None:
    response = requests.get(f"{url}/collections/obs/items", params=question, timeout=30)
    content = response.json()
    assert response.status_code == (413 if word == "rows to sort" else 400), content
    assert word in content["detail"]


@pytest.mark.parametrize(
    "question", [{"properties": "xco2"}, {"cursor": "x"}, {"xco2": "3"}, {"filter": "xco2 > 3"}]
)
def test_what_time_steps_do_not_have_is_refused(url: str, question: dict) -> None:
    response = requests.get(f"{url}/collections/grid/items", params=question, timeout=30)
    assert response.status_code == 400


@pytest.mark.parametrize("place", ["obs/items/nothing", "grid/items/2022-01-01", "grid/items/x"])
def test_an_item_that_does_not_exist_is_not_found_by_its_name(url: str, place: str) -> None:
    response = requests.get(f"{url}/collections/{place}", timeout=30)
    assert response.status_code == 404
    assert place.rpartition("/")[2] in response.json()["detail"]


def test_a_filter_over_more_rows_than_it_may_read_is_paged_without_a_count(url: str) -> None:
    address = f"{url}/collections/obs/items"
    seen: list[str] = []
    question: dict = {"filter": "xco2 > 449", "limit": 3}
    content = requests.get(address, params=question, timeout=30).json()
    while True:
        assert "numberMatched" not in content
        seen += [feature["id"] for feature in content["features"]]
        following = [one["href"] for one in content["links"] if one["rel"] == "next"]
        if not following:
            break
        content = requests.get(
            url + following[0][len("http://127.0.0.1:5000") :], timeout=30
        ).json()
    assert sorted(seen) == [f"s{i:05d}" for i in range(197, COUNT)]


def test_a_cursor_of_a_version_that_is_gone_is_refused(tmp_path) -> None:
    site_file(tmp_path / "config", tmp_path / "archive")
    product_file(tmp_path / "config", "obs", "soundings")
    write_soundings(tmp_path / "archive", "obs", encoded_soundings(50), [source("a.nc")])
    with serving(tmp_path / "config") as root:
        address = f"{root}/collections/obs/items"
        content = requests.get(address, params={"limit": 20}, timeout=30).json()
        (following,) = [one["href"] for one in content["links"] if one["rel"] == "next"]
        write_soundings(tmp_path / "archive", "obs", encoded_soundings(60), [source("b.nc")])
        collect_garbage(tmp_path / "archive", "obs", Retention(snapshots=1, days=0))
        response = requests.get(address + "?" + following.partition("?")[2], timeout=30)
    assert response.status_code == 400
    assert "begin again" in response.json()["detail"]


@pytest.mark.parametrize("place", [2, 3, 5])
def test_a_cursor_that_leads_beyond_every_row_is_refused(url: str, place: int) -> None:
    first = requests.get(f"{url}/collections/obs/items?limit=1", timeout=30).json()
    (link,) = (one["href"] for one in first["links"] if one["rel"] == "next")
    text = parse_qs(urlsplit(link).query)["cursor"][0]
    content = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    content[place] = 2**63 - 1
    asked = {"limit": "1", "cursor": forged(*content)}
    response = requests.get(f"{url}/collections/obs/items", params=asked, timeout=30)
    assert response.status_code == 400
    assert "next and prev" in response.json()["detail"]


def test_a_cursor_of_another_question_is_refused(url: str) -> None:
    address = f"{url}/collections/obs/items"
    content = requests.get(address, params={"limit": 20}, timeout=30).json()
    (following,) = [one["href"] for one in content["links"] if one["rel"] == "next"]
    query = following.partition("?")[2]
    assert requests.get(f"{address}?{query}", timeout=30).status_code == 200
    other = requests.get(f"{address}?{query}&bbox=0,0,9,9", timeout=30)
    assert other.status_code == 400


def test_items_are_a_page_for_people_too(url: str) -> None:
    for place in ("obs/items", "obs/items/s00001", "grid/items", "obs/queryables"):
        address = f"{url}/collections/{place}"
        by_name = requests.get(address, params={"f": "html"}, timeout=30)
        by_accept = requests.get(address, headers={"Accept": "text/html"}, timeout=30)
        for response in (by_name, by_accept):
            assert response.status_code == 200
            assert response.headers["Content-Type"] == "text/html; charset=utf-8"
            assert "<table" in response.text
    assert "s00001" in requests.get(f"{url}/collections/obs/items/s00001?f=html", timeout=30).text


SPEC = "http://www.opengis.net/spec"
# Each class with a request that only an implementation of it answers with 200 and some items.
CLASSES = (
    ("ogcapi-features-1/1.0/conf/core", {"datetime": "2022-01-01/..", "bbox": "-180,-90,180,90"}),
    ("ogcapi-features-1/1.0/conf/geojson", {"f": "json"}),
    ("ogcapi-features-2/1.0/conf/crs", {"crs": "http://www.opengis.net/def/crs/EPSG/0/4326"}),
    ("ogcapi-features-3/1.0/conf/queryables-query-parameters", {"xco2_uncertainty": "0.5"}),
    ("ogcapi-features-3/1.0/conf/filter", {"filter": "xco2 > 401"}),
    ("ogcapi-features-3/1.0/conf/features-filter", {"filter": "xco2 > 401 AND latitude > 0"}),
    ("cql2/1.0/conf/cql2-text", {"filter": "xco2 <> 401 OR NOT xco2 IS NULL"}),
    (
        "cql2/1.0/conf/cql2-json",
        {"filter": '{"op":">","args":[{"property":"xco2"},401]}', "filter-lang": "cql2-json"},
    ),
    ("cql2/1.0/conf/basic-cql2", {"filter": "datetime >= TIMESTAMP('2022-01-05T00:00:00Z')"}),
    (
        "cql2/1.0/conf/advanced-comparison-operators",
        {"filter": "sounding_id LIKE 's%' AND xco2 BETWEEN 401 AND 440 AND xco2 NOT IN (402,403)"},
    ),
    (
        "cql2/1.0/conf/case-insensitive-comparison",
        {"filter": "CASEI(sounding_id) LIKE CASEI('S%')"},
    ),
    ("cql2/1.0/conf/basic-spatial-functions", {"filter": "S_INTERSECTS(geometry,BBOX(0,0,90,90))"}),
    ("cql2/1.0/conf/arithmetic", {"filter": "(xco2 - 400) * 2 > 10 / 4"}),
)


@pytest.mark.parametrize(("name", "question"), CLASSES, ids=[name for name, _ in CLASSES])
def test_a_class_that_is_claimed_is_answered(url: str, name: str, question: dict) -> None:
    claimed = requests.get(f"{url}/conformance", timeout=30).json()["conformsTo"]
    assert f"{SPEC}/{name}" in claimed
    response = requests.get(f"{url}/collections/obs/items", params=question, timeout=30)
    assert response.status_code == 200, response.text
    assert response.headers["Content-Type"] == "application/geo+json"
    assert response.json()["features"]


def test_every_claim_about_features_is_tested() -> None:
    from casa_ogc.web.landing import CONFORMANCE

    elsewhere = {"conf/html", "conf/oas30", "conf/queryables"}
    claimed = {uri for uri in CONFORMANCE if "features" in uri or "cql2" in uri}
    tested = {f"{SPEC}/{name}" for name, _ in CLASSES}
    assert {"conf/" + uri.rpartition("/")[2] for uri in claimed - tested} == elsewhere


def test_the_api_definition_declares_every_parameter_of_items(url: str) -> None:
    document = requests.get(f"{url}/openapi", timeout=60).json()
    operation = document["paths"]["/collections/{collectionId}/items"]["get"]
    declared = {one["name"]: one for one in operation["parameters"]}
    assert {"cursor", "sortby", "filter", "filter-lang", "filter-crs", "crs"} <= set(declared)
    free = declared["queryables"]
    assert free["schema"]["type"] == "object"
    assert free.get("style", "form") == "form"
    assert "/collections/{collectionId}/queryables" in document["paths"]
