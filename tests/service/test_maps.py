"""OGC API Maps over HTTP: each place has the colour of its cell."""

import numpy as np
import pytest
import requests

from casa_ogc.encoders.colour import COLOUR_MAPS, colour_table
from casa_ogc.encoders.projections import projection
from tests.encoders.map_oracle import mercator_latitude, mercator_northing, shows
from tests.service.cubes import HABITS, LEVELS, TIMES, Habit
from tests.service.pictures import (
    LIMITS,
    RANGE,
    cell_value,
    centres,
    check_places,
    fetch,
    pixels_of,
)

ONE = "cube-up-180-tyx-float"
DEEP = "cube-down-360-tzyx-packed"


def address(server: str, product: str, rest: str = "/map") -> str:
    return f"{server}/collections/{product}{rest}"


@pytest.mark.parametrize("habit", HABITS, ids=lambda habit: habit.id)
def test_a_map_shows_each_cell_at_its_place(matrix_server: str, habit: Habit) -> None:
    response = fetch(
        address(matrix_server, habit.id),
        bbox="-180,-90,180,90",
        width=360,
        height=180,
        range=LIMITS,
    )
    check_places(pixels_of(response), centres(-180, 180, 360), centres(90, -90, 180))


@pytest.mark.parametrize("habit", HABITS[::5], ids=lambda habit: habit.id)
def test_a_map_across_the_antimeridian_is_seamless(matrix_server: str, habit: Habit) -> None:
    url = address(matrix_server, habit.id)
    response = fetch(url, bbox="150.5,-40,-120,40", width=179, height=160, range=LIMITS)
    assert response.headers["Content-Bbox"] == "150.5,-40,240,40"
    check_places(pixels_of(response), centres(150.5, 240, 179), centres(40, -40, 160))


@pytest.mark.parametrize("habit", HABITS[::5], ids=lambda habit: habit.id)
def test_a_mercator_map_shows_each_cell_at_its_place(matrix_server: str, habit: Habit) -> None:
    south, north = (mercator_northing(one) for one in (-50.0, 70.0))
    west, east = (one * 111319.49079327358 for one in (-30.0, 130.0))
    response = fetch(
        address(matrix_server, habit.id),
        **{"bbox": f"{west},{south},{east},{north}", "bbox-crs": "EPSG:3857", "crs": "EPSG:3857"},
        width=320,
        height=300,
        range=LIMITS,
    )
    latitudes = np.array([mercator_latitude(y) for y in centres(north, south, 300)])
    check_places(pixels_of(response), centres(-30, 130, 320), latitudes)
    assert response.headers["Content-Crs"] == "http://www.opengis.net/def/crs/EPSG/0/3857"


def test_degrees_of_epsg_4326_are_latitude_first(matrix_server: str) -> None:
    url, size = address(matrix_server, ONE), {"width": 200, "height": 100, "range": LIMITS}
    one = fetch(url, bbox="20,10,120,60", **size)
    for name in ("EPSG:4326", "http://www.opengis.net/def/crs/EPSG/0/4326", "[EPSG:4326]"):
        other = fetch(url, **{"bbox": "10,20,60,120", "bbox-crs": name}, **size)
        assert other.content == one.content
    both = fetch(
        url, **{"bbox": "10,20,60,120", "bbox-crs": "EPSG:4326", "crs": "EPSG:4326"}, **size
    )
    assert both.headers["Content-Bbox"] == "10,20,60,120"
    assert both.content == one.content


@pytest.mark.parametrize("code", ["EPSG:3413", "EPSG:3035", "EPSG:4490", "EPSG:3031"])
def test_a_map_may_have_any_projection(matrix_server: str, code: str) -> None:
    box = "20,-80,60,-60" if code == "EPSG:3031" else "0,40,40,65"
    url = address(matrix_server, ONE)
    response = fetch(url, bbox=box, crs=code, width=120, height=110, range=LIMITS)
    pixels = pixels_of(response)
    edges = [float(one) for one in response.headers["Content-Bbox"].split(",")]
    system = projection(code)
    if system.northing_first:
        edges = [edges[1], edges[0], edges[3], edges[2]]
    x, y = centres(edges[0], edges[2], 120), centres(edges[3], edges[1], 110)
    for i, j in ((5, 7), (55, 60), (100, 30), (31, 110)):
        longitude, latitude = (float(v[0]) for v in system.backward(x[j : j + 1], y[i : i + 1]))
        assert shows(pixels[i, j], cell_value(longitude, latitude), RANGE)


@pytest.mark.parametrize(
    ("asked", "step"),
    [
        ({}, -1),
        ({"datetime": "2022-01-02T12:00:00Z"}, 3),
        ({"datetime": "2022-01-02"}, 3),
        ({"datetime": "../2022-01-03T00:00:00Z"}, 4),
        ({"datetime": "2022-01-02T13:00:00Z", "method": "nearest"}, 3),
        ({"subset": 'time("2022-01-02T00:00:00Z")'}, 2),
    ],
)
def test_the_time_is_the_last_step_that_is_asked(
    matrix_server: str, asked: dict[str, str], step: int
) -> None:
    url = address(matrix_server, ONE)
    response = fetch(url, bbox="-180,-90,180,90", width=180, height=90, range=LIMITS, **asked)
    check_places(pixels_of(response), centres(-180, 180, 180), centres(90, -90, 90), t=step)


@pytest.mark.parametrize(
    ("asked", "level"),
    [({}, 0), ({"z": "500"}, 1), ({"elevation": "200"}, 2), ({"subset": "pressure(500)"}, 1)],
)
def test_the_level_is_the_one_asked(matrix_server: str, asked: dict[str, str], level: int) -> None:
    url = address(matrix_server, DEEP)
    response = fetch(url, bbox="-180,-90,180,90", width=180, height=90, range=LIMITS, **asked)
    check_places(pixels_of(response), centres(-180, 180, 180), centres(90, -90, 90), z=level)


def test_nothing_is_there_at_a_time_between_the_steps(matrix_server: str) -> None:
    fetch(address(matrix_server, ONE), 204, datetime="2022-01-02T05:00:00Z")


def test_styles_are_colour_maps(matrix_server: str) -> None:
    listed = fetch(address(matrix_server, ONE, "/styles")).json()["styles"]
    names = [one["id"] for one in listed]
    assert names[0] == "default"
    assert set(names) == {"default"} | {f"{n}{r}" for n in COLOUR_MAPS for r in ("", "_r")}
    for name in ("magma", "RdBu_r", "viridis"):
        colours = {tuple(c) for c in colour_table(name).tolist()} | {(0, 0, 0, 0)}
        styled = fetch(address(matrix_server, ONE, f"/styles/{name}/map"), width=60)
        found = {tuple(c) for c in pixels_of(styled).reshape(-1, 4).tolist()}
        assert found <= colours
        assert fetch(address(matrix_server, ONE), width=60, style=name).content == styled.content


def test_a_style_tells_its_limits_and_its_legend_is_a_picture(matrix_server: str) -> None:
    one = fetch(address(matrix_server, ONE, "/styles/default")).json()
    low, high = one["variables"]["xco2"]["range"]
    assert low < high
    assert one["variables"]["xco2"]["units"] == "ppm"
    legend = pixels_of(fetch(address(matrix_server, ONE, "/legend"), width=300))
    assert legend.shape[1] == 300
    red = pixels_of(fetch(address(matrix_server, ONE, "/styles/YlOrRd/legend"), width=300))
    assert (legend != red).any()
    assert (legend[:, :, 3] == 255).all()


def test_a_background_replaces_what_is_clear(matrix_server: str) -> None:
    url, half = (
        address(matrix_server, ONE),
        {"bbox": "-180,80,180,90", "width": 72, "range": LIMITS},
    )
    clear = pixels_of(fetch(url, **half))
    ground = pixels_of(fetch(url, bgcolor="0x102030", **half))
    holes = clear[:, :, 3] == 0
    assert holes.any()
    assert (ground[holes] == [0x10, 0x20, 0x30, 255]).all()
    assert (ground[~holes] == clear[~holes]).all()
    white = pixels_of(fetch(url, transparent="false", **half))
    assert (white[holes] == 255).all()
    assert (pixels_of(fetch(url, bgcolor="red", transparent="true", **half)) == clear).all()


def test_webp_shows_the_same(matrix_server: str) -> None:
    url = address(matrix_server, ONE)
    png, webp = (fetch(url, width=90, f=name) for name in ("png", "webp"))
    clear = pixels_of(png)[:, :, 3] == 0
    one, other = pixels_of(png).copy(), pixels_of(webp, "WEBP").copy()
    one[clear] = other[clear] = 0
    assert (one == other).all()
    assert webp.headers["Content-Type"] == "image/webp"
    accepted = requests.get(f"{url}?width=90", headers={"Accept": "image/webp"}, timeout=30)
    assert accepted.content == webp.content
    refused = requests.get(url, headers={"Accept": "text/csv"}, timeout=30)
    assert refused.status_code == 406


def test_sizes_follow_the_shape_of_the_window(matrix_server: str) -> None:
    url = address(matrix_server, ONE)
    assert pixels_of(fetch(url, bbox="0,0,100,50")).shape == (512, 1024, 4)
    assert pixels_of(fetch(url, bbox="0,0,40,80", height=60)).shape == (60, 30, 4)
    assert pixels_of(fetch(url, bbox="0,0,40,80", width=60)).shape == (120, 60, 4)
    scale = {"scale-denominator": 111319.49079327358 / 0.00028}
    assert pixels_of(fetch(url, bbox="0,0,50,40", **scale)).shape == (40, 50, 4)
    middle = fetch(url, center="30.2,20.1", width=20, height=10, range=LIMITS, **scale)
    assert middle.headers["Content-Bbox"] == "20.2,15.1,40.2,25.1"
    check_places(pixels_of(middle), centres(20.2, 40.2, 20), centres(25.1, 15.1, 10))
    cut = fetch(url, subset="Lat(15.1:25.1),Lon(20.2:40.2)", width=20, height=10, range=LIMITS)
    assert cut.content == middle.content


REFUSED = (
    {"width": "0"},
    {"width": "-5"},
    {"width": "ten"},
    {"height": "1e3"},
    {"bbox": "1,2,3"},
    {"bbox": "0,0,0,0,0"},
    {"bbox": "0,10,20,10"},
    {"bbox": "NaN,0,10,10"},
    {"bbox": "0,0,10,95"},
    {"bbox-crs": "EPSG:1"},
    {"crs": "EPSG:999999"},
    {"crs": "EPSG:4979"},
    {"crs": "nonsense"},
    {"bbox": "0,0,1e30,1e30", "bbox-crs": "EPSG:3857"},
    {"bbox": "-1e12,0,1e12,10", "bbox-crs": "EPSG:3857", "crs": "EPSG:3857"},
    {"style": "jet"},
    {"range": "5"},
    {"range": "5,4"},
    {"range": "nan,4"},
    {"variable": "co2"},
    {"bgcolor": "0xGG0000"},
    {"transparent": "maybe"},
    {"f": "tiff"},
    {"datetime": "yesterday"},
    {"z": "850"},
    {"center": "0"},
    {"center": "0,0", "bbox": "0,0,1,1"},
    {"scale-denominator": "0"},
    {"scale-denominator": "1000", "bbox": "0,0,1,1", "width": "20"},
    {"subset": "Lat(0:10)", "bbox": "0,0,1,1"},
    {"size": "100"},
)


@pytest.mark.parametrize("asked", REFUSED, ids=str)
def test_what_cannot_be_meant_is_refused(matrix_server: str, asked: dict[str, str]) -> None:
    problem = fetch(address(matrix_server, ONE), 400, **asked).json()
    assert problem["status"] == 400
    assert problem["detail"]


@pytest.mark.parametrize(
    "asked",
    [
        {"width": "4097"},
        {"height": "99999999"},
        {"scale-denominator": "1", "bbox": "0,0,90,90"},
        {"crs": "EPSG:3413", "bbox": "0,50,90,80", "width": "4000", "height": "4000"},
    ],
    ids=str,
)
def test_what_is_too_large_is_refused_with_the_limit(
    matrix_server: str, asked: dict[str, str]
) -> None:
    problem = fetch(address(matrix_server, ONE), 413, **asked).json()
    assert "limit" in problem["detail"]


def test_a_quick_look_is_as_wide_as_asked(matrix_server: str) -> None:
    url = address(matrix_server, ONE, "/quicklook")
    assert pixels_of(fetch(url, width=640)).shape[1] == 640
    assert pixels_of(fetch(url, width=900, style="magma")).shape[1] == 900


def test_a_copy_that_is_current_is_not_drawn_again(matrix_server: str) -> None:
    url = address(matrix_server, ONE)
    first = fetch(url, width=30)
    assert first.headers["Cache-Control"]
    again = requests.get(
        f"{url}?width=30", headers={"If-None-Match": first.headers["ETag"]}, timeout=30
    )
    assert (again.status_code, again.content) == (304, b"")
    assert fetch(url, width=31).headers["ETag"] != first.headers["ETag"]


def test_the_collection_links_its_maps_as_clients_look_for_them(matrix_server: str) -> None:
    content = fetch(address(matrix_server, ONE, "")).json()
    rels = {(one["rel"], one["type"]) for one in content["links"]}
    base = "http://www.opengis.net/def/rel/ogc/1.0"
    assert (f"{base}/map", "image/png") in rels
    assert (f"{base}/tilesets-map", "application/json") in rels
    assert content["scaleDenominator"] == pytest.approx(10 * 111319.49079327358 / 0.00028)
    page = fetch(address(matrix_server, ONE, ""), f="html").text
    assert "/map/tiles/WebMercatorQuad/{z}/{y}/{x}?f=png" in page
    assert "/wms?SERVICE=WMS&amp;REQUEST=GetCapabilities" in page
    assert "%7B" not in page


def test_times_and_levels_of_the_test_are_those_of_the_cube() -> None:
    assert TIMES.size == 12
    assert LEVELS.tolist() == [850, 500, 200]
