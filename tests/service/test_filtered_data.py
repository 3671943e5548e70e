"""Filters of EDR, coverages, maps and tiles: they leave what a loop over all rows leaves."""

import csv
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import mapbox_vector_tile
import numpy as np
import pytest
import requests
import xarray as xr
import zarr

from tests.service.filtered_site import GOOD, ROWS, filtered_site

VALUE = {name: ROWS[name].values for name in ROWS.variables}
ROW = {str(name): i for i, name in enumerate(VALUE["sounding_id"])}

QUERIES: dict[str, dict[str, str]] = {
    "area": {"coords": "POLYGON((-100 -50, 90 -60, 120 70, -20 50, -100 -50))"},
    "radius": {"coords": "POINT(10 10)", "within": "6000", "within-units": "km"},
    "position": {
        "coords": "MULTIPOINT("
        + ",".join(
            f"({VALUE['longitude'][i]} {VALUE['latitude'][i]})" for i in range(0, len(ROW), 5)
        )
        + ")"
    },
    "cube": {"bbox": "-120,-60,100,60"},
    "corridor": {
        "coords": "LINESTRING(-170 -60, 0 0, 170 60)",
        "corridor-width": "6000",
        "width-units": "km",
    },
    "trajectory": {
        "coords": "LINESTRING("
        + ",".join(f"{VALUE['longitude'][i]} {VALUE['latitude'][i]}" for i in range(0, 60, 3))
        + ")"
    },
    "coverage": {"bbox": "-120,-60,100,60"},
    "locations/china": {},
}
FILTERS: dict[str, Callable[[int], bool]] = {
    "quality_flag = 0": lambda i: bool(GOOD[i]),
    "xco2 > 430 and quality_flag <> 1": lambda i: bool(
        VALUE["xco2"][i] > 430 and VALUE["quality_flag"][i] != 1
    ),
    "isNull(xco2) or s_within(geometry, BBOX(0,0,90,90))": lambda i: bool(
        np.isnan(VALUE["xco2"][i])
        or (0 < VALUE["longitude"][i] < 90 and 0 < VALUE["latitude"][i] < 90)
    ),
    "t_before(datetime, DATE('2022-01-10'))": lambda i: bool(
        VALUE["time"][i] < np.datetime64("2022-01-10")
    ),
    "s_within(geometry, BBOX(-90,-90,20,90))": lambda i: bool(
        -90 < VALUE["longitude"][i] < 20 and abs(VALUE["latitude"][i]) < 90
    ),
}


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with filtered_site(tmp_path_factory.mktemp("filtered")) as base:
        yield f"{base}/collections"


def get(url: str, path: str, **parameters: Any) -> requests.Response:
    return requests.get(f"{url}/{path}", params=parameters, timeout=60)


def table(url: str, path: str, **parameters: Any) -> list[dict[str, str]]:
    response = get(url, path, f="CSV", **parameters)
    assert response.status_code in (200, 204), response.text
    lines = [line for line in response.text.splitlines() if not line.startswith("#")]
    rows = csv.DictReader(io.StringIO("\n".join(lines)))
    return [{name.split()[0]: value for name, value in row.items()} for row in rows]


def names(rows: list[dict[str, str]]) -> list[str]:
    return [row["sounding_id"] for row in rows]


@pytest.mark.parametrize("query", QUERIES)
def test_every_query_leaves_what_a_loop_leaves(url: str, query: str) -> None:
    every = names(table(url, f"obs/{query}", **QUERIES[query]))
    assert len(every) > 3
    kept = 0
    for text, keep in FILTERS.items():
        found = names(table(url, f"obs/{query}", filter=text, **QUERIES[query]))
        assert found == [name for name in every if keep(ROW[name])], text
        kept += len(found)
    assert 0 < kept < len(every) * len(FILTERS)


@pytest.mark.parametrize("how", ["mean", "count", "max", "std"])
@pytest.mark.parametrize("query", ["area", "cube", "radius"])
def test_statistics_are_those_of_what_is_left(url: str, query: str, how: str) -> None:
    place = QUERIES[query]
    every = names(table(url, f"obs/{query}", **place))
    left = [ROW[name] for name in every if GOOD[ROW[name]]]
    asked = {"filter": "quality_flag = 0", "reduce": how, "parameter-name": "xco2"}
    (found,) = table(url, f"obs/{query}", **place, **asked)
    values = VALUE["xco2"][left].astype(np.float64)
    known = values[np.isfinite(values)]
    oracle = {"mean": known.mean(), "max": known.max(), "std": known.std(), "count": known.size}
    assert int(found["count"]) == len(left)
    assert float(found["xco2"]) == pytest.approx(oracle[how], rel=1e-6)


def test_days_are_those_of_what_is_left(url: str) -> None:
    asked = {"filter": "quality_flag = 0", "reduce": "mean", "reduce-over": "space"}
    found = table(url, "obs/cube", bbox="-180,-90,180,90", **asked)
    days, counts = np.unique(VALUE["time"][GOOD].astype("M8[D]"), return_counts=True)
    assert [row["sounding_id"] for row in found] == [f"mean-{day}" for day in days.astype(str)]
    assert [int(row["count"]) for row in found] == counts.tolist()


@pytest.mark.parametrize("limit", [1, 7, 1000])
def test_a_limit_counts_what_is_left(url: str, limit: int) -> None:
    every = names(table(url, "obs/area", **QUERIES["area"]))
    left = [name for name in every if GOOD[ROW[name]]]
    asked = {"filter": "quality_flag = 0", "limit": str(limit)}
    assert names(table(url, "obs/area", **QUERIES["area"], **asked)) == left[:limit]


def test_filters_come_in_json_and_in_other_reference_systems(url: str) -> None:
    place = QUERIES["cube"]
    text = '{"op":"=","args":[{"property":"quality_flag"},0]}'
    asked = {"filter": text, "filter-lang": "cql2-json"}
    plain = names(table(url, "obs/cube", filter="quality_flag=0", **place))
    assert names(table(url, "obs/cube", **asked, **place)) == plain
    straight = "s_intersects(geometry, BBOX(0,-60,90,60))"
    turned = {"filter": "s_intersects(geometry, BBOX(-60,0,60,90))", "filter-crs": "EPSG:4326"}
    found = names(table(url, "obs/cube", **turned, **place))
    assert found == names(table(url, "obs/cube", filter=straight, **place)) != []


def test_a_posted_query_and_an_instance_are_filtered_alike(url: str) -> None:
    place, asked = QUERIES["area"], {"filter": "quality_flag = 0", "f": "CSV"}
    plain = get(url, "obs/area", **place, **asked).text
    assert requests.post(f"{url}/obs/area", json=place | asked, timeout=60).text == plain
    instance = get(url, "obs/instances").json()["instances"][0]["id"]
    assert get(url, f"obs/instances/{instance}/area", **place, **asked).text == plain


def test_where_nothing_is_left_there_is_no_content_and_a_clear_map(url: str) -> None:
    for text in ("xco2 < 0", "quality_flag = 0 and t_before(datetime, DATE('1990-01-01'))"):
        assert get(url, "obs/area", filter=text, **QUERIES["area"]).status_code == 204
        clear = get(url, "obs/map", filter=text, transparent="true", width="64")
        assert clear.content == get(url, "obs/map", datetime="1990-01-01", width="64").content


def test_an_answer_and_its_filtered_one_have_different_tags(url: str) -> None:
    tags = [
        get(url, path, **QUERIES["cube"], **asked).headers["ETag"]
        for path in ("obs/cube", "obs/coverage")
        for asked in ({}, {"filter": "quality_flag=0"}, {"filter": "quality_flag=1"})
    ]
    assert len(set(tags)) == 6


@pytest.mark.parametrize("path", ["map", "styles/default/map", "map/tiles/WorldCRS84Quad/0/0/0"])
def test_a_map_shows_what_a_collection_of_the_rest_shows(url: str, path: str) -> None:
    shown = {"datetime": "2000-01-01/2040-01-01", "range": "400,460"}
    if "tiles" not in path:
        shown |= {"bbox": "-180,-90,180,90", "width": "300"}
    found = get(url, f"obs/{path}", filter="quality_flag = 0", **shown)
    assert found.status_code == 200, found.text
    assert found.content == get(url, f"good/{path}", **shown).content
    assert found.content != get(url, f"obs/{path}", **shown).content


def test_a_vector_tile_holds_what_is_left(url: str) -> None:
    asked = {"datetime": "2000-01-01/2040-01-01"}
    path = "tiles/WorldCRS84Quad/0/0/0"

    def features(product: str, **more: str) -> Any:
        response = get(url, f"{product}/{path}", **asked, **more)
        return mapbox_vector_tile.decode(response.content)[product]["features"]

    assert features("obs", filter="quality_flag = 0") == features("good") != features("obs")


@pytest.mark.parametrize(
    ("path", "text", "said"),
    [
        ("obs/area", "quality = 0", "queryable"),
        ("obs/area", "quality_flag =", "filter"),
        ("obs/coverage", "xco2 like 'a'", "filter"),
        ("obs/map", "nothing = 1", "queryable"),
        ("grid/area", "time > DATE('2022-01-01')", "grid"),
        ("grid/coverage", "time > DATE('2022-01-01')", "grid"),
        ("grid/map", "time > DATE('2022-01-01')", "grid"),
    ],
)
def test_what_is_no_filter_of_the_collection_is_refused(
    url: str, path: str, text: str, said: str
) -> None:
    place = QUERIES["area"] if path.endswith("area") else {}
    response = get(url, path, filter=text, **place)
    assert response.status_code == 400
    assert said in response.text


def test_a_plan_bounds_what_the_filter_reads(url: str) -> None:
    asked = {"estimate": "true", "filter": "quality_flag = 0 and xco2 > 0", **QUERIES["area"]}
    plan = get(url, "obs/area", **asked, limit="1").json()
    looked = len(names(table(url, "obs/cube", bbox="-100,-60,120,70")))
    assert plan["cells"] >= 2 * looked
    assert "filter=" in plan["request"]


@pytest.mark.parametrize("path", ["coverage", "cube"])
@pytest.mark.parametrize("form", ["NetCDF", "Zarr"])
def test_files_tell_what_the_quality_means_and_what_was_asked(
    url: str, path: str, form: str, tmp_path: Path
) -> None:
    asked = {"bbox": "-120,-60,100,60", "filter": "quality_flag = 0"}
    response = get(url, f"obs/{path}", f=form, **asked)
    file = tmp_path / "answer"
    file.write_bytes(response.content)
    if form == "Zarr":
        found = xr.open_zarr(zarr.storage.ZipStore(file, mode="r"))
    else:
        found = xr.open_dataset(file, engine="h5netcdf")
    with found:
        flags = found["quality_flag"]
        assert flags.attrs["flag_meanings"].split()[0] == "good"
        assert np.asarray(flags.attrs["flag_values"]).tolist() == [0, 1]
        assert set(flags.values.tolist()) == {0}
        history = found.attrs["history"]
        assert history.endswith(
            f"/collections/obs/{path}?bbox=-120,-60,100,60&filter={asked['filter']}"
        )
        assert found.attrs["summary"]
