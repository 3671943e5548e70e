"""Items as tables, and what is answered where a collection has no such page or no content."""

import csv
import io
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
import requests

from casa_ogc.archive.cubes import write_cube
from casa_ogc.archive.soundings import write_soundings
from tests.archive.builders import source
from tests.service.cubes import HABITS, cube
from tests.service.sites import product_file, serving, site_file
from tests.service.test_features import dataset, get, ids


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("tables")
    config, archive = folder / "config", folder / "archive"
    site_file(config, archive, limits={"items_page": 40, "items_max": 1000})
    product_file(config, "obs", "soundings")
    product_file(config, "grid", "grid")
    write_soundings(archive, "obs", dataset(), [source("obs.nc")])
    write_cube(archive, "grid", cube(HABITS[0]), ())
    with serving(config) as base:
        yield f"{base}/collections"


def rows_of(text: str) -> list[dict[str, str]]:
    rows = csv.DictReader(io.StringIO(text))
    return [{name.split()[0]: value for name, value in row.items()} for row in rows]


@pytest.mark.parametrize("asked", [{}, {"filter": "quality_flag = 0"}, {"sortby": "-xco2"}])
def test_the_same_items_come_as_a_table_whose_header_leads_on(url: str, asked: Any) -> None:
    named: list[str] = []
    place: str | None = f"{url}/obs/items?limit=130&f=CSV&" + urlencode(asked)
    while place:
        response = requests.get(place, timeout=30)
        assert response.headers["Content-Type"].startswith("text/csv"), response.text
        named += [row["sounding_id"] for row in rows_of(response.content.decode())]
        following = response.links.get("next", {}).get("url")
        place = following and f"{url}/obs/items?{following.partition('?')[2]}"
    assert named == ids(get(url, "obs/items", limit=1000, **asked))


def test_a_table_of_items_has_their_values_and_is_current_as_long_as_they_are(url: str) -> None:
    response = requests.get(f"{url}/obs/items?limit=20", headers={"Accept": "text/csv"}, timeout=30)
    features = get(url, "obs/items", limit=20)["features"]
    for row, feature in zip(rows_of(response.content.decode()), features, strict=True):
        value = feature["properties"]["xco2"]
        assert (float(row["xco2"]) if row["xco2"] else None) == pytest.approx(value)
        assert float(row["longitude"]) == pytest.approx(feature["geometry"]["coordinates"][0])
    tag = {"If-None-Match": response.headers["ETag"]}
    assert (
        requests.get(response.url, headers={**tag, "Accept": "text/csv"}, timeout=30).status_code
        == 304
    )
    assert requests.get(response.url, headers=tag, timeout=30).status_code == 200


def test_no_item_at_all_is_a_table_of_the_header_alone(url: str) -> None:
    response = requests.get(f"{url}/obs/items?f=CSV&filter=xco2<0", timeout=30)
    assert response.status_code == 200
    assert rows_of(response.content.decode()) == []
    assert "xco2 [ppm]" in response.text


def test_single_items_and_time_steps_are_no_tables(url: str) -> None:
    name = ids(get(url, "obs/items", limit=40))[-1]
    assert "GeoJSON, HTML" in get(url, f"obs/items/{name}", 400, f="CSV")["detail"]
    assert "GeoJSON, HTML" in get(url, "grid/items", 400, f="CSV")["detail"]


def test_a_page_that_a_collection_does_not_have_is_told_as_such(url: str) -> None:
    told = get(url, "obs/coverag", 404)["detail"]
    assert told.startswith("no page '/collections/obs/coverag'")
    assert "did you mean '/collections/obs/coverage'" in told
    assert get(url, "nothing/coverag", 404)["detail"].startswith("no collection 'nothing/coverag'")
    assert get(url, "ob", 404)["detail"].startswith("no collection 'ob'")


def test_an_answer_without_content_has_no_type_of_content(url: str) -> None:
    response = requests.get(
        f"{url}/obs/area?coords=POLYGON((0 0,1 0,1 1,0 0))&datetime=1990", timeout=30
    )
    assert (response.status_code, response.content) == (204, b"")
    assert "Content-Type" not in response.headers
