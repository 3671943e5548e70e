"""OGC API Features: pages, filters, reference systems and single items, over real HTTP."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
import pytest
import requests
import xarray as xr

from casa_ogc.archive.cubes import write_cube
from casa_ogc.archive.soundings import write_soundings
from tests.archive.builders import source
from tests.service.cubes import HABITS, TIMES, cube
from tests.service.sites import product_file, serving, site_file
from tests.synthetic import encoded_soundings

ODD = ("a/b", "a b", "é観", "50%", "q?x=1&y#z", "..x", "+", "semi;colon", "(0)", "a%2Fb")
COUNT = 300


def dataset() -> xr.Dataset:
    data = encoded_soundings(COUNT, vertices=False)
    names = data["sounding_id"].values.astype("U12")
    names[: len(ODD)] = ODD
    xco2 = data["xco2"].values.copy()
    xco2[::11] = np.nan
    flags = (np.arange(COUNT) % 3).astype(np.int8)
    modes = (np.arange(COUNT) % 2).astype(np.int8)
    return data.assign_coords(sounding_id=("sounding", names)).assign(
        xco2=("sounding", xco2),
        quality_flag=("sounding", flags),
        surface_type=("sounding", modes),
    )


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    folder = tmp_path_factory.mktemp("features")
    config, archive = folder / "config", folder / "archive"
    site_file(config, archive, limits={"items_page": 40, "items_max": 1000})
    product_file(config, "obs", "soundings")
    product_file(config, "grid", "grid")
    write_soundings(archive, "obs", dataset(), [source("obs.nc")])
    write_cube(archive, "grid", cube(HABITS[0]), ())
    with serving(config) as url:
        yield f"{url}/collections", archive


@pytest.fixture(scope="module")
def url(site: tuple[str, Path]) -> str:
    return site[0]


ROWS = dataset()
ORDER = np.lexsort((ROWS["sounding_id"].values, ROWS["time"].values)).tolist()


def get(url: str, path: str, status: int = 200, **parameters: Any) -> Any:
    named = {
        name.replace("_", "-") if name[0] != "_" else name[1:]: v for name, v in parameters.items()
    }
    response = requests.get(f"{url}/{path}", params=named, timeout=30)
    assert response.status_code == status, response.text
    return response.json()


def ids(content: Any) -> list[str]:
    return [feature["id"] for feature in content["features"]]


def meant(keep: Any) -> list[str]:
    """Identifiers of the rows that a plain function keeps, in the order of the answer."""
    value = {name: ROWS[name].values for name in ROWS.variables}
    rows = [i for i in ORDER if keep({name: values[i] for name, values in value.items()})]
    return [str(ROWS["sounding_id"].values[i]) for i in rows]


def walk(url: str, content: Any, relation: str = "next") -> Iterator[Any]:
    """The pages that the links lead to; links name the configured address, not the test's."""
    while True:
        yield content
        hrefs = [link["href"] for link in content["links"] if link["rel"] == relation]
        if not hrefs:
            return
        response = requests.get(url + hrefs[0].partition("/collections")[2], timeout=30)
        assert response.status_code == 200, response.text
        content = response.json()


@pytest.mark.parametrize("limit", [1, 7, 100, 299, 300, 301])
@pytest.mark.parametrize(
    "question",
    [
        {},
        {"bbox": "100,-60,-100,60"},
        {"filter": "xco2 > 420 or quality_flag = 1"},
        {"sortby": "-quality_flag,xco2"},
    ],
)
def test_pages_hold_every_item_once_and_in_the_order_of_one_page(
    url: str, limit: int, question: dict[str, str]
) -> None:
    whole = get(url, "obs/items", limit=1000, **question)
    pages = list(walk(url, get(url, "obs/items", limit=limit, **question)))
    assert [name for page in pages for name in ids(page)] == ids(whole)
    assert {page["numberMatched"] for page in pages} == {len(ids(whole))}
    assert all(page["numberReturned"] == len(page["features"]) <= limit for page in pages)
    back = list(walk(url, pages[-1], "prev"))
    assert [name for page in back[::-1] for name in ids(page)] == ids(whole)


def test_items_come_in_the_order_of_time_and_identifier(url: str) -> None:
    assert ids(get(url, "obs/items", limit=1000)) == meant(lambda row: True)
    assert len(ids(get(url, "obs/items"))) == 40


def test_soundings_that_come_in_between_pages_change_no_page_of_the_old_snapshot(
    tmp_path: Path,
) -> None:
    config, archive = tmp_path / "config", tmp_path / "archive"
    site_file(config, archive)
    product_file(config, "obs", "soundings")
    write_soundings(archive, "obs", encoded_soundings(100), [source("a.nc")])
    with serving(config) as root:
        url = f"{root}/collections"
        whole = ids(get(url, "obs/items", limit=1000))
        seen: list[str] = []
        for number, page in enumerate(walk(url, get(url, "obs/items", limit=30))):
            seen += ids(page)
            assert page["numberMatched"] == 100
            # Newer rows replace the stored ones and others are added before and after them.
            write_soundings(
                archive, "obs", encoded_soundings(110, seed=number + 5), [source(f"{number}.nc")]
            )
        assert seen == whole
        assert get(url, "obs/items", limit=1)["numberMatched"] == 110


def near(row: dict[str, Any]) -> bool:
    return bool(-20 <= row["longitude"] <= 60 and -30 <= row["latitude"] <= 45)


CHOICES: tuple[tuple[dict[str, str], Any], ...] = (
    ({"bbox": "-20,-30,60,45"}, near),
    ({"bbox": "-30,-20,45,60", "bbox_crs": "EPSG:4326"}, near),
    ({"bbox": "-20,-30,60,45", "_quality_flag": "0"}, lambda r: near(r) and r["quality_flag"] == 0),
    (
        {"_quality_flag": "1", "_xco2": "401.0"},
        lambda r: r["quality_flag"] == 1 and r["xco2"] == 401,
    ),
    ({"_sounding_id": "a/b"}, lambda r: r["sounding_id"] == "a/b"),
    ({"filter": "xco2 >= 450.25"}, lambda r: r["xco2"] >= 450.25),
    ({"filter": "NOT xco2 < 450"}, lambda r: r["xco2"] >= 450),
    ({"filter": "xco2 IS NULL"}, lambda r: np.isnan(r["xco2"])),
    ({"filter": "sounding_id LIKE 's0001_'"}, lambda r: r["sounding_id"].startswith("s0001")),
    ({"filter": "S_INTERSECTS(geometry,BBOX(-20,-30,60,45))"}, near),
    (
        {"filter": "S_INTERSECTS(geometry,BBOX(-30,-20,45,60))", "filter_crs": "EPSG:4326"},
        near,
    ),
    (
        {"filter": json.dumps({"op": "in", "args": [{"property": "quality_flag"}, [1, 2]]}),
         "filter_lang": "cql2-json"},
        lambda r: r["quality_flag"] in (1, 2),
    ),
    (
        {"filter": "T_AFTER(datetime,DATE('2022-01-31')) AND xco2 * 2 - 800 < 60"},
        lambda r: r["time"] >= np.datetime64("2022-02-01") and r["xco2"] * 2 - 800 < 60,
    ),
    (
        {"datetime": "2022-01-10/2022-01-20", "filter": "surface_type = 1"},
        lambda r: np.datetime64("2022-01-10") <= r["time"] < np.datetime64("2022-01-21")
        and r["surface_type"] == 1,
    ),
)  # fmt: skip


@pytest.mark.parametrize(("question", "keep"), CHOICES, ids=[str(c[0])[:60] for c in CHOICES])
def test_a_question_means_the_rows_that_a_loop_keeps(url: str, question: Any, keep: Any) -> None:
    content = get(url, "obs/items", limit=1000, **question)
    expected = meant(keep)
    assert ids(content) == expected
    assert content["numberMatched"] == len(expected)
    assert 0 < len(expected) < COUNT


@pytest.mark.parametrize("name", ODD)
def test_an_item_is_found_by_any_identifier_and_links_to_itself(url: str, name: str) -> None:
    content = get(url, f"obs/items/{quote(name, safe='')}")
    assert content["id"] == name
    (own,) = [link["href"] for link in content["links"] if link["rel"] == "self"]
    again = get(url, own.partition("/collections/")[2])
    assert again == content


def test_coordinates_follow_the_reference_system(url: str) -> None:
    first = requests.get(f"{url}/obs/items", params={"limit": 5}, timeout=30)
    turned = requests.get(f"{url}/obs/items", params={"limit": 5, "crs": "EPSG:4326"}, timeout=30)
    points = [
        [feature["geometry"]["coordinates"] for feature in answer.json()["features"]]
        for answer in (first, turned)
    ]
    assert points[0] == [point[::-1] for point in points[1]]
    base = "<http://www.opengis.net/def/crs"
    assert first.headers["Content-Crs"] == f"{base}/OGC/1.3/CRS84>"
    assert turned.headers["Content-Crs"] == f"{base}/EPSG/0/4326>"
    one = get(url, "obs/items/a%2Fb", crs="http://www.opengis.net/def/crs/EPSG/0/4326")
    other = get(url, "obs/items/a%2Fb")
    assert one["geometry"]["coordinates"] == other["geometry"]["coordinates"][::-1]
    described = get(url, "obs")
    assert described["storageCrs"] in described["crs"]


def test_properties_are_chosen_and_left_out(url: str) -> None:
    def held(**question: str) -> set[str]:
        return set(get(url, "obs/items", limit=1, **question)["features"][0]["properties"])

    assert held(properties="quality_flag") == {"datetime", "sounding_id", "quality_flag"}
    assert "xco2" in held()
    assert held() - held(exclude_properties="xco2_uncertainty") == {"xco2_uncertainty"}
    assert held() - held(exclude_properties="sounding_id") == {"sounding_id"}
    profile = get(url, "obs/items", limit=1, properties="xco2_averaging_kernel")
    assert len(profile["features"][0]["properties"]["xco2_averaging_kernel"]) == 4


def test_sorting_puts_what_is_missing_last_in_both_directions(url: str) -> None:
    for text, sign in (("xco2", 1), ("+xco2", 1), ("-xco2", -1)):
        content = get(url, "obs/items", limit=1000, sortby=text)
        values = [feature["properties"]["xco2"] for feature in content["features"]]
        known = [value for value in values if value is not None]
        assert values[len(known) :] == [None] * (len(values) - len(known))
        assert known == sorted(known, key=lambda value: sign * value)


def test_queryables_are_a_schema_whose_every_property_filters(url: str) -> None:
    content = get(url, "obs/queryables")
    assert content["$id"].endswith("/collections/obs/queryables")
    assert content["additionalProperties"] is False
    names = set(content["properties"])
    assert {"geometry", "datetime", "xco2", "quality_flag", "sounding_id", "longitude"} <= names
    assert "xco2_averaging_kernel" not in names
    for name in names:
        get(url, "obs/items", limit=1, filter=f"NOT {name} IS NULL")


def test_an_answer_that_is_current_is_not_sent_again(url: str) -> None:
    first = requests.get(f"{url}/obs/items", params={"filter": "xco2 > 3"}, timeout=30)
    headers = {"If-None-Match": first.headers["ETag"]}
    again = requests.get(
        f"{url}/obs/items", params={"filter": "xco2 > 3"}, headers=headers, timeout=30
    )
    other = requests.get(
        f"{url}/obs/items", params={"filter": "xco2 > 4"}, headers=headers, timeout=30
    )
    assert (again.status_code, other.status_code) == (304, 200)


def test_a_column_sorts_once_however_often_it_is_named(url: str) -> None:
    once = get(url, "obs/items", sortby="-xco2,time", limit=5)
    often = get(url, "obs/items", sortby="-xco2,time" + ",xco2" * 900, limit=5)
    assert [one["id"] for one in often["features"]] == [one["id"] for one in once["features"]]


def test_time_steps_of_a_grid_are_paged_filtered_and_found(url: str) -> None:
    names = [f"{time.astype('M8[s]')}Z" for time in TIMES]
    pages = list(walk(url, get(url, "grid/items", limit=5)))
    assert [name for page in pages for name in ids(page)] == names
    assert ids(get(url, "grid/items", bbox="0,0,1,1")) == names
    assert ids(get(url, "grid/items", filter="datetime > DATE('2022-01-04')")) == names[8:]
    assert ids(get(url, "grid/items", sortby="-datetime", limit=1)) == names[-1:]
    assert ids(get(url, "grid/items", datetime="2022-01-02")) == names[2:4]
    near = {"datetime": "2022-01-02T05:00:00Z", "method": "nearest"}
    assert ids(get(url, "grid/items", **near)) == names[2:3]
    assert get(url, f"grid/items/{names[3]}")["id"] == names[3]
    assert set(get(url, "grid/queryables")["properties"]) == {"datetime"}
