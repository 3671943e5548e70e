"""Our rules stand in front of pygeoapi's, and the pages need nobody else."""

import os
import re
import tempfile
import time
from pathlib import Path

import pytest
import requests
from flask import Flask
from openapi_spec_validator import validate

from casa_ogc.web.app import METHODS, create_app
from casa_ogc.web.frame import remove_stale

# What pygeoapi answers itself.
LEFT_TO_PYGEOAPI: set[str] = set()


@pytest.fixture(scope="module")
def app(matrix_server: str) -> Flask:
    return create_app()


def test_each_rule_of_pygeoapi_is_shadowed_or_left_to_it_on_purpose(app: Flask) -> None:
    adapter = app.url_map.bind("127.0.0.1")
    checked = 0
    for rule in app.url_map.iter_rules():
        if not rule.endpoint.startswith("pygeoapi.") or rule.endpoint == "pygeoapi.static":
            continue
        example = re.sub(r"<(?:\w+:)?(\w+)>", "name", rule.rule)
        for method in METHODS:
            if rule.rule in LEFT_TO_PYGEOAPI:
                continue
            endpoint, _ = adapter.match(example, method=method)
            checked += 1
            assert endpoint.startswith("casa."), (rule.rule, method, endpoint)
    assert checked > 100


def test_an_application_leaves_no_files_behind(
    matrix_server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    client = create_app().test_client()
    assert not list(tmp_path.iterdir())
    assert client.get("/openapi?f=json").status_code == 200


def test_what_killed_processes_have_left_is_removed_and_nothing_else(tmp_path: Path) -> None:
    now = time.time()
    ages = {"casa-pygeoapi-old": 7200, "casa-pygeoapi-new": 60, "casa-other": 7200}
    for name, age in ages.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "config.yml").touch()
        os.utime(tmp_path / name, (now - age, now - age))
    outside = tmp_path / "casa-other" / "config.yml"
    (tmp_path / "casa-pygeoapi-link").symlink_to(outside.parent)
    os.utime(tmp_path / "casa-pygeoapi-link", (now - 7200, now - 7200), follow_symlinks=False)
    remove_stale(tmp_path)
    assert outside.exists()
    left = {path.name for path in tmp_path.iterdir()}
    assert left >= {"casa-pygeoapi-new", "casa-other"}
    assert "casa-pygeoapi-old" not in left


PAGES = (
    "",
    "collections",
    "collections/cube-up-180-tyx-float",
    "conformance",
    "openapi",
    "collections/cube-up-180-tyx-float/schema",
    "processes",
    "processes/smoothed-column",
    "jobs",
)


@pytest.mark.parametrize("page", PAGES)
def test_a_page_loads_nothing_from_elsewhere(matrix_server: str, page: str) -> None:
    response = requests.get(f"{matrix_server}/{page}?f=html", timeout=60)
    assert response.status_code == 200
    assert response.headers["Content-Type"].startswith("text/html")
    loaded = re.findall(r'<(?:link|script|img|iframe)[^>]+(?:href|src)="([^"]+)"', response.text)
    loaded += re.findall(r"url\(([^)]+)\)", response.text)
    assert loaded
    for address in loaded:
        assert address.startswith(("http://127.0.0.1:5000/", "/")), address


def test_the_openapi_document_is_valid_and_refers_to_nothing_elsewhere(matrix_server: str) -> None:
    document = requests.get(f"{matrix_server}/openapi", timeout=60)
    assert document.headers["Content-Type"] == "application/vnd.oai.openapi+json;version=3.0"
    validate(document.json())
    assert all(ref.startswith("#/") for ref in re.findall(r'"\$ref":"([^"]+)"', document.text))


def test_static_files_are_served(matrix_server: str) -> None:
    assert requests.get(f"{matrix_server}/static/style.css", timeout=30).status_code == 200


def test_a_copy_that_is_current_is_not_sent_again(matrix_server: str) -> None:
    url = f"{matrix_server}/collections/cube-up-180-tyx-float/coverage"
    first = requests.get(url, timeout=30)
    again = requests.get(url, headers={"If-None-Match": first.headers["ETag"]}, timeout=30)
    assert (first.status_code, again.status_code, again.content) == (200, 304, b"")
    other = requests.get(f"{url}?datetime=2022-01-01", timeout=30)
    assert other.headers["ETag"] != first.headers["ETag"]


def test_a_page_of_another_origin_may_read_the_answers(matrix_server: str) -> None:
    response = requests.get(f"{matrix_server}/collections", timeout=30)
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    preflight = requests.options(f"{matrix_server}/collections", timeout=30)
    assert preflight.status_code == 204


def test_a_large_answer_is_compressed_only_for_those_who_can_read_it(matrix_server: str) -> None:
    url = f"{matrix_server}/collections/cube-up-180-tyx-float/coverage"
    packed = requests.get(url, headers={"Accept-Encoding": "gzip"}, timeout=30)
    plain = requests.get(url, headers={"Accept-Encoding": "identity"}, timeout=30)
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert packed.json() == plain.json()
