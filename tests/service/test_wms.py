"""The Web Map Service over HTTP, as its clients speak to it."""

from xml.etree import ElementTree

import numpy as np
import pytest
import requests

from tests.encoders.map_oracle import mercator_latitude, mercator_northing
from tests.service.cubes import HABITS, Habit
from tests.service.pictures import (
    LIMITS,
    cell_value,
    centres,
    check_places,
    fetch,
    pixels_of,
)

LAYER = "cube-up-180-tyx-float:xco2"
DEEP = "cube-down-360-tzyx-packed:xco2"
GLOBE = {
    "SERVICE": "WMS",
    "VERSION": "1.3.0",
    "REQUEST": "GetMap",
    "LAYERS": LAYER,
    "STYLES": "",
    "CRS": "EPSG:4326",
    "BBOX": "-90,-180,90,180",
    "WIDTH": "360",
    "HEIGHT": "180",
    "FORMAT": "image/png",
    "TRANSPARENT": "TRUE",
    "COLORSCALERANGE": LIMITS,
}


def ask(server: str, **parameters: str) -> requests.Response:
    return fetch(f"{server}/wms", **(GLOBE | parameters))


def globe_shown(response: requests.Response, t: int = -1, z: int = 0) -> None:
    check_places(pixels_of(response), centres(-180, 180, 360), centres(90, -90, 180), t, z)


@pytest.mark.parametrize("habit", HABITS[::3], ids=lambda habit: habit.id)
def test_a_map_of_1_3_0_has_latitude_first(matrix_server: str, habit: Habit) -> None:
    globe_shown(ask(matrix_server, LAYERS=f"{habit.id}:xco2"))


def test_a_map_of_crs_84_and_of_1_1_1_has_longitude_first(matrix_server: str) -> None:
    plain = ask(matrix_server)
    crs84 = ask(matrix_server, CRS="CRS:84", BBOX="-180,-90,180,90")
    assert crs84.content == plain.content
    old = {key: text for key, text in GLOBE.items() if key != "CRS"}
    old |= {"VERSION": "1.1.1", "SRS": "EPSG:4326", "BBOX": "-180,-90,180,90"}
    assert fetch(f"{matrix_server}/wms", **old).content == plain.content


def test_a_mercator_map_shows_each_cell_at_its_place(matrix_server: str) -> None:
    south, north = (mercator_northing(one) for one in (-20.0, 60.0))
    west, east = (one * 111319.49079327358 for one in (70.0, 140.0))
    box = f"{west},{south},{east},{north}"
    response = ask(matrix_server, CRS="EPSG:3857", BBOX=box, WIDTH="256", HEIGHT="256")
    latitudes = np.array([mercator_latitude(y) for y in centres(north, south, 256)])
    check_places(pixels_of(response), centres(70, 140, 256), latitudes)


def test_names_are_read_in_any_case_and_unknown_ones_are_ignored(matrix_server: str) -> None:
    lower = {key.lower(): text for key, text in GLOBE.items()}
    lower |= {"map": "/x.map", "DPI": "96", "MAP_RESOLUTION": "96", "FORMAT_OPTIONS": "dpi:96"}
    assert fetch(f"{matrix_server}/wms", **lower).content == ask(matrix_server).content


@pytest.mark.parametrize(
    ("text", "step"),
    [
        ("2022-01-02T12:00:00Z", 3),
        ("2022-01-02T12:00:00.000Z", 3),
        ("2022-01-02", 3),
        ("2022-01-02T00:00:00Z/2022-01-03T00:00:00Z", 4),
        ("2022-01-02T00:00:00Z/2022-01-03T00:00:00Z/PT12H", 4),
        ("2022-01-02T13:00:00Z", 3),
        ("2022-01-02T13:00:00Z/2022-01-02T14:00:00Z", 3),
        ("current", -1),
        ("", -1),
    ],
)
def test_the_time_is_the_last_step_within_or_the_closest(
    matrix_server: str, text: str, step: int
) -> None:
    globe_shown(ask(matrix_server, TIME=text), t=step)


def test_a_time_outside_of_the_data_gives_an_empty_map(matrix_server: str) -> None:
    assert not pixels_of(ask(matrix_server, TIME="2001-01-01")).any()
    assert not pixels_of(ask(matrix_server, TIME="2031-01-01T00:00:00Z")).any()


@pytest.mark.parametrize(("text", "level"), [("", 0), ("500", 1), ("200.0", 2)])
def test_the_level_is_the_one_asked(matrix_server: str, text: str, level: int) -> None:
    globe_shown(ask(matrix_server, LAYERS=DEEP, ELEVATION=text), z=level)


def test_layers_lie_over_each_other(matrix_server: str) -> None:
    one, other = (pixels_of(ask(matrix_server, TIME="2022-01-01", LAYERS=n)) for n in (LAYER, DEEP))
    both = pixels_of(ask(matrix_server, TIME="2022-01-01", LAYERS=f"{LAYER},{DEEP}", STYLES=","))
    clear = other[:, :, 3] == 0
    assert (both == np.where(clear[:, :, None], one, other)).all()


def test_a_map_is_opaque_unless_it_is_asked_to_be_clear(matrix_server: str) -> None:
    clear = pixels_of(ask(matrix_server))
    opaque = pixels_of(ask(matrix_server, TRANSPARENT="FALSE", BGCOLOR="0x00FF00"))
    holes = clear[:, :, 3] == 0
    assert holes.any()
    assert (opaque[holes] == [0, 255, 0, 255]).all()
    assert pixels_of(ask(matrix_server, FORMAT="image/webp"), "WEBP").shape == (180, 360, 4)


INFO = {"REQUEST": "GetFeatureInfo", "QUERY_LAYERS": LAYER, "INFO_FORMAT": "application/json"}


@pytest.mark.parametrize(("column", "row"), [(0, 0), (300, 50), (180, 90), (359, 179)])
def test_feature_info_is_the_value_of_the_cell(matrix_server: str, column: int, row: int) -> None:
    answer = ask(matrix_server, **INFO, I=str(column), J=str(row), TIME="2022-01-02T12:00:00Z")
    (feature,) = answer.json()["features"]
    longitude, latitude = feature["geometry"]["coordinates"]
    assert (longitude, latitude) == (-180 + column + 0.5, 90 - row - 0.5)
    wanted = cell_value(longitude, latitude, 3)
    value = feature["properties"]["value"]
    assert value == pytest.approx(wanted) if wanted == wanted else value is None
    assert feature["properties"]["time"] == "2022-01-02T12:00:00Z"
    assert feature["properties"]["units"] == "ppm"


def test_feature_info_speaks_text_and_1_1_1(matrix_server: str) -> None:
    old = {"VERSION": "1.1.1", "SRS": "EPSG:4326", "BBOX": "-180,-90,180,90", "X": "300", "Y": "50"}
    text = ask(matrix_server, **(INFO | {"INFO_FORMAT": "text/plain"}), **old).text
    assert f"value = {cell_value(120.5, 39.5)}" in text
    assert "units = ppm" in text


def report(response: requests.Response, version: str = "1.3.0") -> tuple[str, str]:
    root = ElementTree.fromstring(response.content)
    assert root.tag.endswith("ServiceExceptionReport")
    assert root.get("version") == version
    return root[0].get("code") or "", root[0].text or ""


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"LAYERS": "nope"}, "LayerNotDefined"),
        ({"LAYERS": "cube-up-180-tyx-float:co2"}, "LayerNotDefined"),
        ({"LAYERS": ""}, ""),
        ({"STYLES": "jet"}, "StyleNotDefined"),
        ({"STYLES": "magma,magma"}, ""),
        ({"CRS": "EPSG:1"}, "InvalidCRS"),
        ({"FORMAT": "image/tiff"}, "InvalidFormat"),
        ({"BBOX": "1,2,3"}, ""),
        ({"BBOX": "10,0,0,10"}, ""),
        ({"BBOX": "nan,0,1,1"}, ""),
        ({"WIDTH": "0"}, ""),
        ({"WIDTH": "5000"}, ""),
        ({"TIME": "yesterday"}, "InvalidDimensionValue"),
        ({"LAYERS": DEEP, "ELEVATION": "123"}, "InvalidDimensionValue"),
        ({"LAYERS": DEEP, "ELEVATION": "high"}, "InvalidDimensionValue"),
        (INFO | {"I": "360", "J": "0"}, "InvalidPoint"),
        (INFO | {"I": "-1", "J": "0"}, "InvalidPoint"),
        (INFO | {"I": "1", "J": "1", "INFO_FORMAT": "image/png"}, "InvalidFormat"),
    ],
    ids=str,
)
def test_refusals_are_exception_reports(
    matrix_server: str, asked: dict[str, str], code: str
) -> None:
    found, text = report(ask(matrix_server, **asked))
    assert found == code
    assert text


def test_an_unknown_operation_is_none_of_the_standard(matrix_server: str) -> None:
    for asked in ({"REQUEST": "GetTile"}, {"SERVICE": "WFS"}, {}):
        response = fetch(f"{matrix_server}/wms", 400, **asked)
        assert report(response)[0] == "OperationNotSupported"


def test_an_exception_may_be_asked_to_be_blank(matrix_server: str) -> None:
    blank = ask(matrix_server, LAYERS="nope", EXCEPTIONS="BLANK")
    assert pixels_of(blank).shape == (180, 360, 4)
    assert not pixels_of(blank).any()
    assert pixels_of(ask(matrix_server, WIDTH="wide", EXCEPTIONS="BLANK")).shape == (180, 1, 4)
    code, _ = report(ask(matrix_server, VERSION="1.1.1", SRS="EPSG:1"), "1.1.1")
    assert code == "InvalidSRS"


def test_legends_are_pictures_of_layers(matrix_server: str) -> None:
    asked = {"SERVICE": "WMS", "REQUEST": "GetLegendGraphic", "LAYER": LAYER, "FORMAT": "image/png"}
    one = fetch(f"{matrix_server}/wms", **asked)
    other = fetch(f"{matrix_server}/wms", **asked, STYLE="magma")
    assert one.content != other.content
    assert pixels_of(one).shape[:2] == (78, 300)


def test_a_map_that_is_current_is_not_sent_again(matrix_server: str) -> None:
    first = ask(matrix_server)
    headers = {"If-None-Match": first.headers["ETag"]}
    again = requests.get(first.url, headers=headers, timeout=30)
    assert again.status_code == 304
    headers = {"If-None-Match": f'"other", W/{first.headers["ETag"]}'}
    weak = requests.get(first.url, headers=headers, timeout=30)
    assert weak.status_code == 304, "a proxy that compresses makes tags weak"
