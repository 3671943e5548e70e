"""Requests that are huge, deep or hostile: answered or refused in words, never a failure."""

import http.client
import json
import math
import time
from urllib.parse import quote, urlsplit

import pytest
import requests

GRID = "collections/cube-up-180-tzyx-float"


def _ring(vertices: int) -> str:
    """Return a star-shaped polygon around the equator as well-known text."""
    points = []
    for number in range(vertices):
        angle = 2 * math.pi * number / vertices
        reach = 60 if number % 2 else 45
        points.append(f"{reach * math.cos(angle):.6f} {reach * math.sin(angle):.6f}")
    return f"POLYGON(({','.join((*points, points[0]))}))"


def _posted(server: str, path: str, body: object, **more: str) -> requests.Response:
    return requests.post(f"{server}/{GRID}/{path}", json={"coords": body} | more, timeout=60)


def test_a_polygon_of_ten_thousand_vertices_is_answered_soon(matrix_server: str) -> None:
    start = time.monotonic()
    response = _posted(matrix_server, "area", _ring(9_999), datetime="2022-01-01T00:00:00Z")
    assert response.status_code == 200, response.text[:300]
    assert time.monotonic() - start < 10


def test_a_polygon_of_more_vertices_is_refused_with_their_limit(matrix_server: str) -> None:
    response = _posted(matrix_server, "area", _ring(20_000))
    assert response.status_code == 400
    assert "10000 vertices" in response.json()["detail"]
    assert len(response.content) < 2000


def test_many_points_are_answered_or_refused(matrix_server: str) -> None:
    points = ",".join(f"({number % 360 - 180} {number % 180 - 90})" for number in range(20_000))
    response = _posted(matrix_server, "position", f"MULTIPOINT({points})")
    assert response.status_code in (200, 400, 413), response.text[:300]


@pytest.mark.parametrize(
    "text",
    [
        "POINT(1e308 0)",
        "POINT(-1e308 1e308)",
        f"POINT({'9' * 400} 0)",
        f"POINT(0.{'1' * 5000} 0)",
        "POINT(" + "(" * 5000 + "0 0" + ")" * 5000 + ")",
        "MULTIPOINT(" + "(" * 5000,
        "GEOMETRYCOLLECTION(" * 2000 + "POINT(0 0)" + ")" * 2000,
        "POLYGON((0 0,1e300 0,1e300 1e300,0 0))",
        "POINT(0 0\0)",
        "POINT(０ ０)",
        "POINT(0x10 0)",
    ],
)
def test_hostile_geometries_are_refused_or_answered(matrix_server: str, text: str) -> None:
    for path in ("position", "area", "radius"):
        response = _posted(matrix_server, path, text, within="10", **{"within-units": "km"})
        assert response.status_code in (200, 204, 400, 413), (path, response.text[:300])


@pytest.mark.parametrize("depth", [100, 3000, 100_000])
@pytest.mark.parametrize("opening", ["[", '{"coords":'])
def test_deep_json_is_refused(matrix_server: str, depth: int, opening: str) -> None:
    for path in (f"{GRID}/position", f"{GRID}/area", "processes/smoothed-column/execution"):
        response = requests.post(
            f"{matrix_server}/{path}",
            data=opening * depth,
            headers={"Content-Type": "application/json"},
            timeout=30,
        )
        assert response.status_code in (400, 413), (path, response.status_code)
        assert response.json()["detail"]


def test_a_closed_deep_body_is_refused(matrix_server: str) -> None:
    for body in ("[" * 900 + "]" * 900, '{"coords":' * 900 + "1" + "}" * 900):
        response = requests.post(
            f"{matrix_server}/{GRID}/position",
            data=body,
            headers={"Content-Type": "application/json"},
            timeout=30,
        )
        assert response.status_code == 400


@pytest.mark.parametrize("value", ["1\r\nX-Planted: yes", "1\nX-Planted: yes", "\r\n\r\n<p>x</p>"])
@pytest.mark.parametrize(
    "path",
    [
        f"{GRID}/coverage?f=",
        f"{GRID}/items?limit=2&datetime=",
        f"{GRID}/items/",
        "collections/",
        "nowhere/",
        "collections?q=",
    ],
)
def test_no_header_can_be_planted(matrix_server: str, path: str, value: str) -> None:
    url = f"{matrix_server}/{path}{quote(value, safe='')}"
    response = requests.get(url, timeout=30, allow_redirects=False)
    assert "X-Planted" not in response.headers
    assert response.status_code < 500


@pytest.mark.parametrize("name", ["Accept", "If-None-Match", "Range", "Accept-Encoding", "Host"])
@pytest.mark.parametrize(
    "value", ["", "\xff\xfe", ";;;,,,", "a" * 6000, "*/*;q=nan", "bytes=9-1,-0", '"' * 99, "%00"]
)
def test_odd_headers_are_no_failure(matrix_server: str, name: str, value: str) -> None:
    for path in (f"{GRID}/coverage?f=GeoTIFF&datetime=2022-01-01T00:00:00Z", "collections"):
        response = requests.get(
            f"{matrix_server}/{path}",
            headers={name: value.encode("latin-1")},
            timeout=30,
        )
        assert response.status_code < 500, (path, name, value)


def test_markup_in_a_request_is_no_markup_in_a_page(matrix_server: str) -> None:
    planted = "<script>alert(1)</script>"
    for path in ("collections/{}?f=html", "collections?q={}&f=html", "collections?f=html&lang={}"):
        response = requests.get(f"{matrix_server}/{path.format(quote(planted))}", timeout=30)
        if "html" in response.headers["Content-Type"]:
            assert planted not in response.text


@pytest.mark.parametrize(
    "target", ["/%", "/%ff%fe", "/collections/%00", "//evil.example/", "/a//b"]
)
def test_odd_paths_are_no_failure_and_lead_nowhere_else(matrix_server: str, target: str) -> None:
    client = http.client.HTTPConnection(urlsplit(matrix_server).netloc, timeout=30)
    client.request("GET", target)
    response = client.getresponse()
    assert response.status < 500
    assert "evil" not in (response.getheader("Location") or "")
    client.close()


def test_a_body_that_is_not_what_it_says_is_refused(matrix_server: str) -> None:
    url = f"{matrix_server}/{GRID}/position"
    kinds = ("application/json", "application/x-www-form-urlencoded", "multipart/form-data")
    for kind in kinds:
        response = requests.post(
            url, data=b"\xff\x00\xfe" * 50, headers={"Content-Type": kind}, timeout=30
        )
        assert response.status_code in (400, 415), (kind, response.text)
    numbers = json.dumps({"coords": ["POINT(0 0)"], "datetime": {"a": 1}, "z": 1e400})
    headers = {"Content-Type": "application/json"}
    assert requests.post(url, data=numbers, headers=headers, timeout=30).status_code == 400
