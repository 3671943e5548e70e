"""Pages for people: light enough for a slow line, readable on a phone, true to the data."""

import gzip
import re
from collections.abc import Iterator
from decimal import Decimal
from html.parser import HTMLParser
from io import BytesIO
from urllib.parse import urljoin, urlsplit

import numpy as np
import pytest
import requests
from PIL import Image

from casa_ogc.archive.cubes import write_cube
from casa_ogc.archive.soundings import write_soundings
from tests.archive.builders import grid, soundings
from tests.service.sites import free_port, product_file, serving, site_file

PAGES = (
    "/",
    "/collections",
    "/collections/pacific",
    "/collections/rows",
    "/collections/rows/items",
    "/collections/pacific/items",
    "/collections/pacific/styles",
    "/openapi",
    "/conformance",
    "/nowhere",
)
LARGEST_PAGE, LARGEST_VIEW = 24_000, 160_000
PHONE = 480


class Page(HTMLParser):
    """The images, style sheets, scripts, tables and code of a page."""

    def __init__(self, answer: requests.Response) -> None:
        super().__init__()
        self.sources: list[str] = []
        self.images: list[dict[str, str]] = []
        self.open: list[str] = []
        self.bare_tables = 0
        self.codes: list[str] = []
        self.feed(answer.text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "img":
            self.images.append(given)
        if tag in ("img", "script", "iframe"):
            self.sources.append(given.get("src", ""))
        if tag == "link":
            self.sources.append(given["href"])
        if tag == "table" and "wide" not in self.open[-1:]:
            self.bare_tables += 1
        if tag == "div":
            self.open.append(given.get("class", ""))
        if tag == "code":
            self.codes.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag == "div":
            self.open.pop()

    def handle_data(self, data: str) -> None:
        if self.codes:
            self.codes[-1] += data


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Server of a grid across the antimeridian and of soundings that a float32 file held."""
    folder, port = tmp_path_factory.mktemp("pages"), free_port()
    config, archive = folder / "config", folder / "archive"
    site_file(config, archive, url=f"http://127.0.0.1:{port}")
    product_file(config, "pacific", "grid")
    product_file(config, "rows", "soundings")
    data = grid(range(3), rows=18, columns=8)
    data = data.assign_coords(longitude=np.arange(162.5, 202.0, 5.0))
    write_cube(archive, "pacific", data, ())
    rows = soundings(30)
    for name in ("latitude", "longitude"):
        rows[name] = rows[name].astype("float32").astype("float64")
    write_soundings(archive, "rows", rows, ())
    with serving(config, port) as url:
        yield url


def page(site: str, path: str) -> tuple[Page, requests.Response]:
    headers = {"Accept": "text/html", "Accept-Encoding": "gzip"}
    answer = requests.get(site + path, headers=headers, timeout=60)
    return Page(answer), answer


def fetched(site: str, source: str) -> bytes:
    answer = requests.get(urljoin(site, source), timeout=60)
    assert answer.status_code == 200, answer.url
    return answer.content


@pytest.mark.parametrize("path", PAGES)
def test_a_page_and_all_that_it_shows_fits_a_slow_line(site: str, path: str) -> None:
    found, answer = page(site, path)
    weight = len(gzip.compress(answer.content, 1))
    assert weight < LARGEST_PAGE
    shown = [one for one in found.sources if "loading" not in one]
    lazy = {one["src"] for one in found.images if one.get("loading") == "lazy"}
    for source in shown:
        weight += 0 if source in lazy else len(fetched(site, source))
    assert weight < LARGEST_VIEW


@pytest.mark.parametrize("path", PAGES)
def test_nothing_comes_from_another_host(site: str, path: str) -> None:
    found, _ = page(site, path)
    for source in found.sources:
        assert urlsplit(urljoin(site, source)).netloc == urlsplit(site).netloc


def test_who_asks_for_an_icon_without_reading_a_page_gets_ours(site: str) -> None:
    answer = requests.get(f"{site}/favicon.ico", timeout=60)
    assert answer.status_code == 200
    picture = Image.open(BytesIO(answer.content))
    assert picture.format == "ICO"
    assert picture.info["sizes"] == {(16, 16), (32, 32)}
    assert answer.headers["Content-Type"] in ("image/x-icon", "image/vnd.microsoft.icon")


@pytest.mark.parametrize("path", PAGES)
def test_every_table_scrolls_by_itself(site: str, path: str) -> None:
    found, answer = page(site, path)
    if path != "/conformance":
        assert found.bare_tables == 0, answer.text


def test_units_of_variables_may_break_on_a_phone(site: str) -> None:
    found, answer = page(site, "/collections/rows")
    assert answer.text.count('<table class="variables">') == 1
    (sheet,) = {one for one in found.sources if one.endswith("style.css")}
    phone = fetched(site, sheet).decode().rpartition("@media (max-width: 40rem)")[2]
    assert ".variables .unit { padding-right: 0; white-space: normal; }" in phone


@pytest.mark.parametrize("name", ["pacific", "rows"])
def test_a_phone_gets_a_map_of_its_own_width(site: str, name: str) -> None:
    (image,) = page(site, f"/collections/{name}")[0].images
    choices = dict(one.split(" ")[::-1] for one in image["srcset"].split(", "))
    assert set(choices) == {f"{PHONE}w", "960w"}
    for width, source in choices.items():
        picture = Image.open(BytesIO(fetched(site, source)))
        assert max(picture.size) >= int(width.removesuffix("w")) >= picture.width
        assert picture.format == "WEBP"
    assert image["alt"]


def test_pictures_of_the_start_page_wait_until_they_are_seen(site: str) -> None:
    images = page(site, "/")[0].images
    assert len(images) == 2
    assert all(image["loading"] == "lazy" for image in images)
    for image in images:
        size = Image.open(BytesIO(fetched(site, image["src"]))).size
        assert size == (int(image["width"]), int(image["height"]))


def test_the_example_across_the_antimeridian_asks_a_place_inside(site: str) -> None:
    _, answer = page(site, "/collections/pacific")
    (coords,) = re.findall(r"coords=POINT\(([^)]*)\)", answer.text)
    longitude, latitude = (float(text) for text in coords.split("%20"))
    assert (longitude, latitude) == (-180, 0)
    url = f"{site}/collections/pacific/position?coords=POINT({coords})"
    assert requests.get(url, timeout=20).status_code == 200
    assert "160° to -160°" in answer.text


def test_items_name_places_in_short_and_the_identifier_once(site: str) -> None:
    _, answer = page(site, "/collections/rows/items")
    items = requests.get(f"{site}/collections/rows/items?f=json", timeout=20).json()
    for feature in items["features"]:
        place = ", ".join(str(round(value, 5)) for value in feature["geometry"]["coordinates"])
        assert place in answer.text
        for value in feature["geometry"]["coordinates"]:
            assert len(Decimal(str(value)).as_tuple().digits) <= 9, value
        assert answer.text.count(f">{feature['id']}<") == 1
    assert "30 of 30 items" in answer.text


def test_what_never_changes_within_an_hour_is_not_asked_again(site: str) -> None:
    for source in page(site, "/")[0].sources:
        if "/static/" in source:
            headers = requests.get(source, timeout=20).headers
            assert "max-age=3600" in headers["Cache-Control"]
