"""Filters of the Web Map Service: a layer shows what a collection of the rest shows."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import requests

from tests.service.filtered_site import GOOD, ROWS, filtered_site
from tests.service.pictures import pixels_of

GLOBE = {
    "SERVICE": "WMS",
    "VERSION": "1.3.0",
    "REQUEST": "GetMap",
    "STYLES": "",
    "CRS": "CRS:84",
    "BBOX": "-180,-90,180,90",
    "WIDTH": "360",
    "HEIGHT": "180",
    "FORMAT": "image/png",
    "TRANSPARENT": "TRUE",
    "TIME": "2000-01-01/2040-01-01",
    "COLORSCALERANGE": "400,460",
}
FILTER = "quality_flag = 0"


@pytest.fixture(scope="module")
def wms(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Web Map Service of all soundings, of the good ones alone, and of a grid."""
    with filtered_site(tmp_path_factory.mktemp("filtered-maps")) as base:
        yield f"{base}/wms"


def ask(wms: str, layers: str, **more: Any) -> requests.Response:
    return requests.get(wms, params=GLOBE | {"LAYERS": layers} | more, timeout=60)


@pytest.mark.parametrize("name", ["FILTER", "filter", "CQL_FILTER"])
def test_a_layer_shows_what_a_collection_of_the_rest_shows(wms: str, name: str) -> None:
    found = ask(wms, "obs:xco2", **{name: FILTER})
    assert pixels_of(found)[..., 3].any()
    assert found.content == ask(wms, "good:xco2").content != ask(wms, "obs:xco2").content
    assert found.headers["ETag"] != ask(wms, "obs:xco2").headers["ETag"]


def test_a_filter_comes_in_json_too(wms: str) -> None:
    text = '{"op":"=","args":[{"property":"quality_flag"},0]}'
    found = ask(wms, "obs:xco2", FILTER=text, **{"FILTER-LANG": "cql2-json"})
    assert found.content == ask(wms, "good:xco2").content


def test_a_grid_below_filtered_soundings_is_drawn_whole(wms: str) -> None:
    plain = ask(wms, "grid:xco2,good:xco2", STYLES=",")
    assert ask(wms, "grid:xco2,obs:xco2", STYLES=",", FILTER=FILTER).content == plain.content


def test_values_under_a_pixel_are_those_of_what_is_left(wms: str) -> None:
    shown = set()
    for row in np.flatnonzero(~GOOD)[:8]:
        x = min(int(ROWS["longitude"].values[row] + 180), 359)
        y = min(int(90 - ROWS["latitude"].values[row]), 179)
        asked = {"REQUEST": "GetFeatureInfo", "QUERY_LAYERS": "obs:xco2", "I": x, "J": y}
        asked |= {"INFO_FORMAT": "application/json", "FEATURE_COUNT": "50"}
        every = ask(wms, "obs:xco2", **asked).json()["features"]
        left = ask(wms, "obs:xco2", **asked, FILTER=FILTER).json()["features"]
        name = str(ROWS["sounding_id"].values[row])
        names = [{one["properties"]["sounding_id"] for one in found} for found in (every, left)]
        assert name in names[0]
        good = set(ROWS["sounding_id"].values[GOOD].astype(str))
        assert names[1] == names[0] & good
        shown |= names[1]


@pytest.mark.parametrize(
    ("layers", "text", "said"),
    [
        ("grid:xco2", FILTER, "this is a grid"),
        ("obs:xco2", "quality = 0", "no queryable"),
        ("obs:xco2", "quality_flag =", "CQL2 text"),
    ],
)
def test_what_is_no_filter_of_the_layers_is_reported(
    wms: str, layers: str, text: str, said: str
) -> None:
    found = ask(wms, layers, FILTER=text)
    assert "<ServiceException" in found.text
    assert said in found.text
    info = {"REQUEST": "GetFeatureInfo", "QUERY_LAYERS": layers, "I": "1", "J": "1"}
    assert said in ask(wms, layers, FILTER=text, **info).text
