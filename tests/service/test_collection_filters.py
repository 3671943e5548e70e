"""The list of collections holds those that the filters admit, page by page, in either language."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import xarray as xr
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from casa_ogc.archive.cubes import write_cube
from casa_ogc.web.app import create_app
from tests.service.sites import product_file, site_file

HOSTILE = "<script>alert('x')</script> & \"y\""

# Name: (west, east, south, north, first day, last day, variable, mission, words)
HELD: dict[str, tuple[float, float, float, float, str, str, str, str, str]] = {
    "asia": (70, 140, 10, 60, "2020-01-01", "2020-01-05", "xco2", "TanSat", "column carbon"),
    "europe": (-10, 40, 35, 70, "2020-01-05", "2020-01-09", "xco2", "OCO-2", "column"),
    "south": (-60, -40, -50, -20, "2021-06-01", "2021-06-03", "sif_740", "OCO-2", "light"),
    "world": (-180, 180, -90, 90, "2019-01-01", "2022-01-01", "xco2", "none", "carbon light"),
}


def cube(name: str) -> xr.Dataset:
    west, east, south, north, first, last, variable, mission, _ = HELD[name]
    times = np.array([first, last], "datetime64[ns]")
    lat, lon = (
        low + (high - low) * (np.arange(4) + 0.5) / 4
        for low, high in ((south, north), (west, east))
    )
    return xr.Dataset(
        {variable: (("time", "latitude", "longitude"), np.ones((2, 4, 4), "float32"))},
        coords={
            "time": times,
            "latitude": ("latitude", lat, {"units": "degrees_north"}),
            "longitude": ("longitude", lon, {"units": "degrees_east"}),
        },
        attrs={"title": name, "source": "s", "licence": "CC0-1.0", "mission": mission},
    )


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    folder = tmp_path_factory.mktemp("filters")
    config, archive = folder / "config", folder / "archive"
    site_file(config, archive, title={"en": f"Site {HOSTILE}", "zh": f"站点 {HOSTILE}"})
    for name, (*_, mission, words) in HELD.items():
        title = {"en": f"The {name} {HOSTILE}", "zh": f"数据 {name} {HOSTILE}"}
        described = {"en": f"About {words}", "zh": f"关于 {words}"}
        more: dict[str, Any] = {"title": title, "description": described, "citation": HOSTILE}
        product_file(config, name, "grid", mission=[mission], keywords=words.split(), **more)
        write_cube(archive, name, cube(name), ())
    product_file(config, "empty", "grid")
    with create_app(config).test_client() as client:
        yield client


def asked(client: FlaskClient, **query: Any) -> list[str]:
    found: Any = client.get("/collections", query_string=query).json
    assert found["numberReturned"] == len(found["collections"])
    return [one["id"] for one in found["collections"]]


def test_products_without_data_are_not_listed_and_the_others_are(client: FlaskClient) -> None:
    assert asked(client) == sorted(HELD)


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"q": "carbon"}, ["asia", "world"]),
        ({"q": "CARBON light"}, ["world"]),
        ({"q": "关于 column"}, ["asia", "europe"]),
        ({"q": "neither"}, []),
        ({"q": ""}, ["asia", "europe", "south", "world"]),
        ({"mission": "oco-2"}, ["europe", "south"]),
        ({"mission": "oco"}, []),
        ({"variable": "sif_740"}, ["south"]),
        ({"variable": "zork"}, []),
        ({"mission": "OCO-2", "q": "column"}, ["europe"]),
        ({"datetime": "2020-01-05"}, ["asia", "europe", "world"]),
        ({"datetime": "../2019-12-31"}, ["world"]),
        ({"datetime": "2020-01-06/.."}, ["europe", "south", "world"]),
        ({"datetime": "2023"}, []),
    ],
)
def test_words_missions_variables_and_times_admit_those_that_have_them(
    client: FlaskClient, query: dict[str, str], names: list[str]
) -> None:
    assert asked(client, **query) == names


@given(
    west=st.integers(-180, 180),
    east=st.integers(-180, 180),
    south=st.integers(-90, 90),
    height=st.integers(0, 60),
)
def test_a_box_admits_what_shares_a_place_with_it(
    client: FlaskClient, west: int, east: int, south: int, height: int
) -> None:
    """Every edge is a whole degree, so that whole degrees tell whether boxes share a place."""
    north = min(south + height, 90)
    turn = [*range(west, east + 1)] if west <= east else [*range(west, 181), *range(-180, east + 1)]
    columns = {-180 if one == 180 else one for one in turn}

    def shares(name: str) -> bool:
        low, high, down, up, *_ = (int(n) for n in HELD[name][:4])
        held = {-180 if one == 180 else one for one in range(low, high + 1)}
        return bool(held & columns) and bool({*range(down, up + 1)} & {*range(south, north + 1)})

    expected = [name for name in sorted(HELD) if shares(name)]
    assert asked(client, bbox=f"{west},{south},{east},{north}") == expected


@pytest.mark.parametrize("query", [{}, {"q": "column"}, {"mission": "OCO-2", "lang": "zh"}])
@pytest.mark.parametrize("limit", [1, 2, 3])
def test_following_the_next_page_lists_what_the_filters_admit_once(
    client: FlaskClient, query: dict[str, str], limit: int
) -> None:
    whole: Any = client.get("/collections", query_string=query).json
    found, address = [], "/collections"
    page: Any = client.get(address, query_string={**query, "limit": limit}).json
    while True:
        assert page["numberMatched"] == len(whole["collections"])
        assert page["numberReturned"] <= limit
        found += page["collections"]
        following = [one["href"] for one in page["links"] if one["rel"] == "next"]
        if not following:
            break
        page = client.get(following[0].removeprefix("http://127.0.0.1:5000")).json
    assert found == whole["collections"]


def test_the_next_page_for_people_is_a_page_of_the_same_question(client: FlaskClient) -> None:
    page = client.get("/collections?f=html&limit=1&q=column").text
    assert "1 of 2 collections" in page
    assert "offset=1" in page
    assert "q=column" in page


def test_an_offset_behind_the_last_leaves_an_empty_page_that_counts(client: FlaskClient) -> None:
    found: Any = client.get("/collections?offset=99").json
    assert (found["collections"], found["numberMatched"]) == ([], 4)


@pytest.mark.parametrize("query", ["limit=0", "limit=x", "offset=-1", "lang=de", "bbox=1,2,3"])
def test_a_filter_that_cannot_be_used_is_refused_by_its_name(
    client: FlaskClient, query: str
) -> None:
    response = client.get(f"/collections?{query}")
    found: Any = response.json
    assert response.status_code == 400
    assert query.partition("=")[0] in found["detail"]


def test_a_collection_speaks_chinese_when_it_is_asked_to(client: FlaskClient) -> None:
    english: Any = client.get("/collections/asia").json
    chinese: Any = client.get("/collections/asia?lang=zh").json
    assert chinese["title"] == english["title_zh"] == f"数据 asia {HOSTILE}"
    assert chinese["description"] == english["description_zh"] == "关于 column carbon"
    same = set(english) - {"title", "description"}
    assert {key: english[key] for key in same} == {key: chinese[key] for key in same}


@pytest.mark.parametrize(
    "path",
    [
        "",
        "collections",
        "collections?lang=zh",
        "collections/asia",
        "collections/asia/schema",
        "collections/asia/items",
        "collections/asia/styles",
        "collections/asia/map/tiles",
        "collections/asia/instances",
        "conformance",
        "openapi",
    ],
)
def test_a_page_shows_texts_of_products_as_text(client: FlaskClient, path: str) -> None:
    response = client.get(f"/{path}{'&' if '?' in path else '?'}f=html")
    assert response.status_code == 200
    assert response.content_type.startswith("text/html")
    assert "<script>alert" not in response.text
    assert "&lt;script&gt;alert" in response.text


@pytest.mark.parametrize(
    "query", ["collections?q={}", "collections?mission={}", "collections/asia/items?limit=1&q={}"]
)
def test_a_page_shows_what_was_asked_as_text_or_not_at_all(client: FlaskClient, query: str) -> None:
    hostile = "%22%3E%3Cscript%3Ealert(7)%3C/script%3E"
    response = client.get(f"/{query.format(hostile)}&f=html")
    assert "<script>alert(7)" not in response.text or "json" in response.content_type


def test_the_landing_page_leads_everywhere(client: FlaskClient) -> None:
    found: Any = client.get("/").json
    assert (found["title"], found["title_zh"]) == (f"Site {HOSTILE}", f"站点 {HOSTILE}")
    relations = {one["rel"].rsplit("/", 1)[-1] for one in found["links"]}
    expected = {"self", "alternate", "service-desc", "service-doc", "conformance", "data"}
    assert relations >= expected | {"tiling-schemes", "processes"}
    for one in found["links"]:
        response = client.get(one["href"].removeprefix("http://127.0.0.1:5000"))
        assert response.status_code == 200, one
        assert response.content_type.partition(";")[0] == one["type"].partition(";")[0], one
    assert "entries" not in found
