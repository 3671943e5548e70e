"""Every malformed request is answered with a clear 4xx that says what exists."""

from urllib.parse import quote

import pytest
import requests

GRID = "collections/cube-up-180-tzyx-float"
BAD: tuple[tuple[str, str], ...] = (
    # Unknown names.
    (f"{GRID}/position?coords=POINT(0 0)&parameter-name=co2", "xco2"),
    (f"{GRID}/position?coords=POINT(0 0)&parameter-name=xco2,co2", "xco2"),
    (f"{GRID}/position?coords=POINT(0 0)&parameter-name=", "parameter-name"),
    (f"{GRID}/position?coords=POINT(0 0)&colour=red", "coords"),
    (f"{GRID}/coverage?scale=2", "scale-factor"),
    (f"{GRID}/coverage?properties=none", "xco2"),
    (f"{GRID}/coverage?properties=7", "xco2"),
    (f"{GRID}/coverage?exclude-properties=xco2,xco2_uncertainty", "exclude-properties"),
    (f"{GRID}/coverage?subset=Depth(1:2)", "Lat"),
    # Geometries.
    (f"{GRID}/position", "coords"),
    (f"{GRID}/position?coords=", "coords"),
    (f"{GRID}/position?coords=POINT()", "coords"),
    (f"{GRID}/position?coords=POINT EMPTY", "coords"),
    (f"{GRID}/position?coords=POINT(NaN 0)", "coords"),
    (f"{GRID}/position?coords=POINT(inf 0)", "coords"),
    (f"{GRID}/position?coords=POINT(1e400 0)", "coords"),
    (f"{GRID}/position?coords=POINT(0 95)", "95"),
    (f"{GRID}/position?coords=POINT(1000 0)", "1000"),
    (f"{GRID}/position?coords=POINT(95 0)&crs=EPSG:4326", "95"),
    (f"{GRID}/position?coords=LINESTRING(0 0,1 1)", "POINT"),
    (f"{GRID}/position?coords=POLYGON((0 0,1 0,1 1,0 0))", "POINT"),
    (f"{GRID}/position?coords=GEOMETRYCOLLECTION(POINT(0 0))", "POINT"),
    (f"{GRID}/position?coords=(0 0)", "coords"),
    (f"{GRID}/position?coords=POINT(0 0)&coords=POINT(1 1)", "one value"),
    (f"{GRID}/area?coords=POINT(0 0)", "POLYGON"),
    (f"{GRID}/area?coords=LINESTRINGM()", "coords"),
    (f"{GRID}/area?coords=POLYGON EMPTY", "coords"),
    (f"{GRID}/area?coords=POLYGON((0 0,1 1))", "coords"),
    (f"{GRID}/radius?coords=POINT(0 0)&within=10", "within-units"),
    (f"{GRID}/radius?coords=POINT(0 0)&within=10&within-units=parsec", "km"),
    (f"{GRID}/radius?coords=POINT(0 0)&within=-1&within-units=km", "within"),
    (f"{GRID}/radius?coords=POINT(0 0)&within=nan&within-units=km", "within"),
    (f"{GRID}/radius?coords=POINT(0 0)&within=1e99&within-units=km", "within"),
    # Boxes.
    (f"{GRID}/cube", "bbox"),
    (f"{GRID}/cube?bbox=", "bbox"),
    (f"{GRID}/cube?bbox=1,2,3", "bbox"),
    (f"{GRID}/cube?bbox=1,2,3,4,5", "bbox"),
    (f"{GRID}/cube?bbox=a,b,c,d", "bbox"),
    (f"{GRID}/cube?bbox=0,50,10,40", "bbox"),
    (f"{GRID}/cube?bbox=0,-95,10,40", "bbox"),
    (f"{GRID}/cube?bbox=0,0,NaN,10", "bbox"),
    (f"{GRID}/cube?bbox=0,0,1e999,10", "bbox"),
    (f"{GRID}/cube?bbox=0,0,10,10&crs=EPSG:3857", "CRS84"),
    (f"{GRID}/coverage?bbox=0,0,10,10&bbox-crs=EPSG:99999", "CRS84"),
    (f"{GRID}/coverage?subset=Lat(0:10)&subset-crs=nothing", "CRS84"),
    (f"{GRID}/coverage?subset=Lat(10", "subset"),
    (f"{GRID}/coverage?subset=Lat(a:b)", "subset"),
    (f"{GRID}/coverage?subset=Lat(0:10),Lat(0:20)", "subset"),
    (f"{GRID}/coverage?subset=Lat(0:10)&bbox=0,0,10,10", "subset"),
    # Times.
    (f"{GRID}/cube?bbox=0,0,10,10&datetime=", "datetime"),
    (f"{GRID}/cube?bbox=0,0,10,10&datetime=yesterday", "datetime"),
    (f"{GRID}/cube?bbox=0,0,10,10&datetime=2022-13-01", "datetime"),
    (f"{GRID}/cube?bbox=0,0,10,10&datetime=2022-02-30", "datetime"),
    (f"{GRID}/cube?bbox=0,0,10,10&datetime=2022-01-02/2022-01-01", "datetime"),
    (f"{GRID}/cube?bbox=0,0,10,10&datetime=99999-01-01", "datetime"),
    (f"{GRID}/cube?bbox=0,0,10,10&datetime=0001-01-01", "datetime"),
    (f"{GRID}/cube?bbox=0,0,10,10&datetime=a/b/c", "datetime"),
    (f"{GRID}/cube?bbox=0,0,10,10&datetime=2022-01-01&method=guess", "nearest"),
    # Levels.
    (f"{GRID}/position?coords=POINT(0 0)&z=", "z"),
    (f"{GRID}/position?coords=POINT(0 0)&z=high", "z"),
    (f"{GRID}/position?coords=POINT(0 0)&z=123", "850"),
    (f"{GRID}/position?coords=POINT(0 0)&z=R999999999999/1/1", "z"),
    ("collections/cube-up-180-tyx-float/position?coords=POINT(0 0)&z=850", "z"),
    # Formats and pages.
    (f"{GRID}/coverage?f=shapefile", "CoverageJSON"),
    (f"{GRID}/items?f=CSV", "GeoJSON"),
    (f"{GRID}/items?limit=-1", "limit"),
    (f"{GRID}/items?limit=many", "limit"),
    (f"{GRID}/items?limit=0", "limit"),
    (f"{GRID}/items?limit=99999999999999999999", "limit"),
    (f"{GRID}/items?offset=-5", "offset"),
    (f"{GRID}/items?properties=xco2", "properties"),
    ("collections?f=xml", "json"),
    ("collections?bbox=1", "bbox"),
    ("collections?lang=fr", "zh"),
    ("?f=pdf", "html"),
    ("openapi?version=2", "f"),
)


@pytest.mark.parametrize(("path", "word"), BAD)
def test_a_malformed_request_is_refused_in_words_that_help(
    matrix_server: str, path: str, word: str
) -> None:
    response = requests.get(f"{matrix_server}/{quote(path, safe='/?&=:,()+')}", timeout=30)
    content = response.json()
    assert response.status_code == 400, content
    assert {"type", "title", "status", "detail", "code"} <= set(content)
    assert content["type"].startswith("http://www.opengis.net/def/exceptions/")
    assert word in content["detail"], content["detail"]


@pytest.mark.parametrize(
    ("path", "word"),
    [
        ("collections/nothing", "cube-up-180-tyx-float"),
        ("collections/nothing/position?coords=POINT(0 0)", "cube-up-180-tyx-float"),
        ("collections/..%2f..%2fetc/coverage", "collection"),
        (f"{GRID}/items/never", "item"),
        (f"{GRID}/tiles", "page"),
        ("stac", "page"),
        ("jobs/nothing", "job"),
        ("nowhere", "page"),
        ("processes/nothing", "not"),
    ],
)
def test_what_does_not_exist_is_not_found(matrix_server: str, path: str, word: str) -> None:
    response = requests.get(f"{matrix_server}/{path}", timeout=30)
    assert response.status_code == 404
    text = response.text.lower()
    assert word in text


@pytest.mark.parametrize(
    "path",
    [
        f"{GRID}/position?coords=POINT(0 0)&datetime=1999-01-01",
        f"{GRID}/cube?bbox=0,0,10,10&datetime=2022-01-01T03:00:00Z",
    ],
)
def test_an_empty_answer_is_204(matrix_server: str, path: str) -> None:
    response = requests.get(f"{matrix_server}/{path}", timeout=30)
    assert response.status_code == 204
    assert response.content == b""


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("path", ["collections", f"{GRID}/coverage", f"{GRID}/schema", ""])
def test_a_method_that_a_resource_lacks_is_405(matrix_server: str, method: str, path: str) -> None:
    response = requests.request(method, f"{matrix_server}/{path}", timeout=30)
    assert response.status_code == 405
    assert "GET" in response.headers["Allow"]


def test_an_accept_header_that_nothing_meets_is_406(matrix_server: str) -> None:
    for path in ("collections", f"{GRID}/coverage", f"{GRID}/items"):
        response = requests.get(
            f"{matrix_server}/{path}", headers={"Accept": "application/x-grib"}, timeout=30
        )
        assert response.status_code == 406, path


def test_a_refusal_is_a_problem_document_when_it_is_asked_for(matrix_server: str) -> None:
    response = requests.get(
        f"{matrix_server}/{GRID}/cube",
        headers={"Accept": "application/problem+json, */*"},
        timeout=30,
    )
    assert response.status_code == 400
    assert response.headers["Content-Type"] == "application/problem+json"


EXECUTION = "processes/smoothed-column/execution"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"1",
        b'"x"',
        b"null",
        b"{",
        b"\xff\xfe",
        b"[" * 3000,
        b'{"inputs":' * 3000 + b"1" + b"}" * 3000,
        b'{"inputs": []}',
        b'{"inputs": {}}',
        b'{"inputs": {"nothing": 1}}',
        b'{"input": {}}',
        b'{"inputs": {"collection": "nothing", "profile": [1]}}',
        b'{"inputs": {"collection": 7}}',
        b'{"inputs": {"profile": [NaN]}}',
        b'{"inputs": {"profile": [1e400]}}',
        b'{"inputs": {}, "response": "raw"}',
        b'{"inputs": {}, "outputs": []}',
    ],
)
def test_a_malformed_body_is_refused(matrix_server: str, body: bytes) -> None:
    response = requests.post(
        f"{matrix_server}/{EXECUTION}",
        data=body,
        headers={"Content-Type": "application/json"},
        timeout=30,
    )
    assert response.status_code in (400, 404), response.text
    assert response.json()["detail"]


def test_a_body_of_another_type_is_415(matrix_server: str) -> None:
    response = requests.post(
        f"{matrix_server}/{EXECUTION}",
        data="<inputs/>",
        headers={"Content-Type": "text/xml"},
        timeout=30,
    )
    assert response.status_code == 415


def test_a_body_above_the_limit_is_413(matrix_server: str) -> None:
    response = requests.post(
        f"{matrix_server}/{EXECUTION}",
        data=b" " * (17 * 1024 * 1024),
        headers={"Content-Type": "application/json"},
        timeout=60,
    )
    assert response.status_code == 413
