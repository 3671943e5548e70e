"""Formats are negotiated, and answers identified, by what was asked and what is held."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, Response
from flask.testing import FlaskClient

from casa_ogc.archive.cubes import write_cube
from casa_ogc.archive.manifests import SourceFile
from casa_ogc.encoders.formats import FORMATS
from casa_ogc.web.app import create_app
from tests.service.cubes import HABITS, cube
from tests.service.sites import product_file, site_file

PATH = "/collections/cube/coverage"
ONE_STEP = "?datetime=2022-01-01T00:00:00Z&bbox=-20,-20,20,20"
CHROME = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
LEVEL = next(one for one in HABITS if one.order == "tyx")


def app_of(folder: Path, **product: Any) -> Flask:
    config, archive = folder / "config", folder / "archive"
    site_file(config, archive)
    product_file(config, "cube", "grid", **product)
    return create_app(config)


def write(folder: Path, data: Any, digest: str) -> None:
    source = SourceFile(f"{digest}.nc", digest * 64, 1, "t", "1", "2022-01-01T00:00:00Z", 1)
    write_cube(folder / "archive", "cube", data, [source])


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    folder = tmp_path_factory.mktemp("respond")
    write(folder, cube(LEVEL), "0")
    with app_of(folder, doi="10.1/x", licence_url="https://x.org/l").test_client() as client:
        yield client


def got(client: FlaskClient, address: str, accept: str | None = None, **headers: str) -> Response:
    return client.get(address, headers=headers | ({"Accept": accept} if accept else {}))


@pytest.mark.parametrize(
    ("accept", "f", "media"),
    [
        (None, None, "application/json"),
        ("*/*", None, "application/json"),
        ("application/json", None, "application/json"),
        ("text/html", None, "text/html"),
        (CHROME, None, "text/html"),
        ("text/html;q=0.3,application/json", None, "application/json"),
        ("application/schema+json", None, "application/json"),
        ("text/html", "json", "application/json"),
        ("application/json", "HTML", "text/html"),
        ("image/png", "json", "application/json"),
    ],
)
def test_a_document_is_a_page_for_those_who_prefer_pages(
    client: FlaskClient, accept: str | None, f: str | None, media: str
) -> None:
    for address in ("/", "/collections", "/collections/cube", "/conformance"):
        response = got(client, f"{address}?f={f}" if f else address, accept)
        assert response.status_code == 200
        assert response.content_type.partition(";")[0] == media
        assert "Accept" in response.headers["Vary"]


@pytest.mark.parametrize("accept", ["image/png", "text/csv;q=0.5"])
def test_a_document_that_nobody_accepts_is_refused_with_what_is_offered(
    client: FlaskClient, accept: str
) -> None:
    response = got(client, "/conformance", accept)
    content: Any = response.json
    assert response.status_code == 406
    assert "application/json, text/html" in content["detail"]


@pytest.mark.parametrize("name", [one for one, form in FORMATS.items() if form.holds("grid")])
def test_every_format_of_grids_is_chosen_by_its_name_and_by_its_media_type(
    client: FlaskClient, name: str
) -> None:
    form = FORMATS[name]
    named = got(client, f"{PATH}{ONE_STEP}&properties=xco2&f={name.lower()}", "text/html")
    accepted = got(client, f"{PATH}{ONE_STEP}&properties=xco2", form.media_type)
    for response in (named, accepted):
        assert response.status_code == 200, response.text
        assert response.content_type.partition(";")[0] == form.media_type.partition(";")[0]
        assert f'filename="cube.{form.extension}"' in response.headers["Content-Disposition"]


def test_an_unknown_format_is_refused_with_those_that_exist(client: FlaskClient) -> None:
    response = got(client, f"{PATH}?f=zork")
    content: Any = response.json
    assert response.status_code == 400
    assert "CoverageJSON" in content["detail"]


def test_an_answer_links_its_licence_and_what_to_cite(client: FlaskClient) -> None:
    link = got(client, f"{PATH}{ONE_STEP}").headers["Link"]
    assert '<https://x.org/l>; rel="license"' in link
    assert '<https://doi.org/10.1/x>; rel="cite-as"' in link


def tag(client: FlaskClient, address: str, accept: str | None = None) -> str:
    response = got(client, address, accept)
    assert response.status_code == 200, response.text
    return str(response.headers["ETag"])


def test_answers_that_differ_have_tags_that_differ(client: FlaskClient) -> None:
    addresses = [
        PATH,
        f"{PATH}{ONE_STEP}",
        f"{PATH}{ONE_STEP}&f=CSV",
        f"{PATH}{ONE_STEP}&f=NetCDF",
        f"{PATH}{ONE_STEP}&properties=xco2",
        "/collections/cube/cube?bbox=-20,-20,20,20",
        "/collections/cube/cube?bbox=-20,-20,20,21",
        "/collections/cube/position?coords=POINT(1 1)",
    ]
    assert len({tag(client, one) for one in addresses}) == len(addresses)


def test_ways_to_ask_for_the_same_have_the_same_tag(client: FlaskClient) -> None:
    plain = tag(client, f"{PATH}{ONE_STEP}&f=CSV")
    assert tag(client, f"{PATH}{ONE_STEP}", "text/csv") == plain
    turned = "&".join(reversed(ONE_STEP[1:].split("&")))
    assert tag(client, f"{PATH}?{turned}&f=csv") == plain


@pytest.mark.parametrize("form", ["{}", "W/{}", '"zork", {}', "*"])
def test_a_copy_under_any_spelling_of_its_tag_is_current(client: FlaskClient, form: str) -> None:
    address = f"{PATH}{ONE_STEP}"
    known = form.format(tag(client, address))
    response = got(client, address, None, **{"If-None-Match": known})
    assert (response.status_code, response.data) == (304, b"")
    assert response.headers["ETag"] == tag(client, address)


def test_a_tag_of_another_answer_is_not_current(client: FlaskClient) -> None:
    other = tag(client, f"{PATH}{ONE_STEP}&f=CSV")
    response = got(client, f"{PATH}{ONE_STEP}", None, **{"If-None-Match": other})
    assert response.status_code == 200


def test_new_data_or_another_description_make_another_tag(tmp_path: Path) -> None:
    data = cube(LEVEL)
    write(tmp_path, data.isel(time=slice(0, 2)), "0")
    client = app_of(tmp_path).test_client()
    first = tag(client, f"{PATH}{ONE_STEP}")
    assert tag(client, f"{PATH}{ONE_STEP}") == first
    described = app_of(tmp_path, citation="Others (2027)").test_client()
    assert tag(described, f"{PATH}{ONE_STEP}") != first
    write(tmp_path, data.isel(time=slice(2, 4)), "1")
    assert tag(client, f"{PATH}{ONE_STEP}") != first


def test_head_has_the_headers_of_get_and_no_body(client: FlaskClient) -> None:
    for address in ("/collections", f"{PATH}{ONE_STEP}"):
        head, get = client.head(address), client.get(address)
        assert (head.status_code, head.data) == (200, b"")
        for name in ("Content-Type", "ETag", "Content-Length"):
            assert head.headers.get(name) == get.headers.get(name)
