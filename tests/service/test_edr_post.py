"""Queries that are posted, as JSON and as forms."""

import json
from typing import Any

import pytest
import requests

GRID = "collections/cube-up-180-tyx-float"
QUERIES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("position", {"coords": "POINT(0 0)", "parameter-name": ["xco2"], "datetime": "2022-01-01"}),
    ("radius", {"coords": "POINT(0 0)", "within": 900, "within-units": "km"}),
    ("area", {"coords": "POLYGON((0 0,40 0,40 40,0 0))", "limit": 3}),
    ("cube", {"bbox": [0, 0, 40.5, 40], "resolution-x": 2}),
    ("trajectory", {"coords": "LINESTRING(0 0,30 20)", "parameter_names": "xco2"}),
    ("corridor", {"coords": "LINESTRING(0 0,3 2)", "corridor-width": "5", "width-units": "km"}),
    ("locations", {"limit": 2}),
    ("locations/china", {"parameter-name": ["xco2", "xco2_uncertainty"], "reduce": "mean"}),
)


def flat(body: dict[str, Any]) -> dict[str, str]:
    return {
        name: ",".join(map(str, value)) if isinstance(value, list) else str(value)
        for name, value in body.items()
    }


@pytest.mark.parametrize("root", ["", "edr/"])
@pytest.mark.parametrize(("query", "body"), QUERIES, ids=lambda one: str(one)[:12])
def test_a_posted_query_answers_what_the_same_query_string_does(
    matrix_server: str, root: str, query: str, body: dict[str, Any]
) -> None:
    url = f"{matrix_server}/{root}{GRID}/{query}"
    expected = requests.get(url, params=flat(body), timeout=30)
    assert expected.status_code == 200, expected.text[:200]
    for sent in ({"json": body}, {"data": flat(body)}):
        posted = requests.post(url, timeout=30, **sent)  # type: ignore[arg-type]
        assert posted.status_code == 200, posted.text[:200]
        assert posted.content == expected.content


def test_the_body_and_the_query_string_may_share_the_parameters(matrix_server: str) -> None:
    url = f"{matrix_server}/{GRID}/position?f=CSV"
    response = requests.post(url, json={"coords": "POINT(0 0)"}, timeout=30)
    assert response.headers["Content-Type"].startswith("text/csv")
    twice = requests.post(url, json={"coords": "POINT(0 0)", "f": "CSV"}, timeout=30)
    assert twice.status_code == 400


BODIES = (
    b"",
    b"[]",
    b"1",
    b"null",
    b'"coords"',
    b"{",
    b"\xff\xfe",
    b"[" * 3000,
    b'{"coords":' * 3000 + b"1" + b"}" * 3000,
    b'{"coords": NaN}',
    b'{"coords": null}',
    b'{"coords": {"type": "Point"}}',
    b'{"coords": [["POINT(0 0)"]]}',
    b'{"coords": []}',
    b'{"coords": "POINT(0 0)", "nothing": 1}',
    b'{"coords": "POINT(0 0)", "datetime": true}',
    b'{"coords": "POINT(0 0)", "z": 1e400}',
    b'{"coords": 7}',
    b"{}",
    json.dumps({f"name{n}": 1 for n in range(101)}).encode(),
    b'{"coords": "' + b"x" * (3 << 20) + b'"}',
)


@pytest.mark.parametrize("body", BODIES, ids=lambda body: repr(body[:24]))
def test_a_body_that_is_no_query_is_400(matrix_server: str, body: bytes) -> None:
    response = requests.post(
        f"{matrix_server}/{GRID}/position",
        data=body,
        headers={"Content-Type": "application/json"},
        timeout=30,
    )
    assert response.status_code == 400, response.text[:200]
    assert response.json()["detail"]


@pytest.mark.parametrize(
    "body", [b"", b"coords", b"coords=POINT(0 0)&coords=POINT(1 1)", b"%ff=%ff&x", b"a=1&" * 200]
)
def test_a_form_that_is_no_query_is_400(matrix_server: str, body: bytes) -> None:
    response = requests.post(
        f"{matrix_server}/{GRID}/position",
        data=body,
        headers={"Content-Type": "application/x-www-form-urlencoded"},
        timeout=30,
    )
    assert response.status_code == 400, response.text[:200]


def test_a_body_of_another_type_is_415(matrix_server: str) -> None:
    response = requests.post(
        f"{matrix_server}/{GRID}/position",
        data="<coords/>",
        headers={"Content-Type": "text/xml"},
        timeout=30,
    )
    assert response.status_code == 415


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_other_methods_are_405(matrix_server: str, method: str) -> None:
    response = requests.request(method, f"{matrix_server}/{GRID}/position", timeout=30)
    assert response.status_code == 405
    assert response.headers["Allow"] == "GET, POST, HEAD, OPTIONS"
