"""What the abstract tests of OGC API Maps and Coverages ask of headers, links and parameters.

The requirements are named as in OGC 20-058 and in the draft of OGC API Coverages.
"""

import re
from io import BytesIO

import numpy as np
import pytest
import requests
from PIL import Image

from tests.service.cubes import TIMES
from tests.service.pictures import LIMITS, check_places, fetch, pixels_of

FLAT, DEEP = "cube-up-180-tyx-float", "cube-up-180-tzyx-float"
LAST = f"{np.datetime_as_string(TIMES[-1].astype('M8[s]'))}Z"
SECURE = "https://www.opengis.net"


@pytest.mark.parametrize("name", [FLAT, DEEP])
def test_a_map_tells_its_system_box_and_time(matrix_server: str, name: str) -> None:
    """/req/core/map-response, /req/collection-map/desc-links."""
    described = requests.get(f"{matrix_server}/collections/{name}", timeout=60).json()
    links = {one["rel"]: one for one in described["links"][::-1]}
    link = links[f"{SECURE}/def/rel/ogc/1.0/map"]
    assert link == links["http://www.opengis.net/def/rel/ogc/1.0/map"] | {"rel": link["rel"]}
    path = link["href"].partition("/collections/")[2]
    answer = fetch(f"{matrix_server}/collections/{path}")
    assert answer.headers["Content-Type"] == link["type"]
    assert answer.headers["Content-Crs"] == described["storageCrs"]
    assert len([float(one) for one in answer.headers["Content-Bbox"].split(",")]) == 4
    assert answer.headers["Content-Datetime"] == LAST


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("2022-01-02T12:00:00Z", "2022-01-02T12:00:00Z"),
        ("2022-01-02/2022-01-03", "2022-01-03T12:00:00Z"),
        ("2022-01-02", "2022-01-02T12:00:00Z"),
    ],
)
def test_the_time_that_is_told_is_the_one_that_is_shown(
    matrix_server: str, asked: str, told: str
) -> None:
    """/req/datetime/map-success."""
    answer = fetch(
        f"{matrix_server}/collections/{FLAT}/map", datetime=asked, width=90, range=LIMITS
    )
    assert answer.headers["Content-Datetime"] == told
    step = int(np.flatnonzero(np.datetime64(told.rstrip("Z")) == TIMES)[0])
    pixels = pixels_of(answer)
    x = -180 + (np.arange(90) + 0.5) * 4
    y = 90 - (np.arange(pixels.shape[0]) + 0.5) * 180 / pixels.shape[0]
    check_places(pixels, x, y, step)


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({}, f"2022-01-01T00:00:00Z/{LAST}"),
        ({"datetime": "2022-01-02"}, "2022-01-02T00:00:00Z/2022-01-02T12:00:00Z"),
        ({"datetime": "2022-01-02T12:00:00Z"}, "2022-01-02T12:00:00Z"),
    ],
)
def test_a_coverage_tells_the_times_that_it_holds(
    matrix_server: str, asked: dict[str, str], told: str
) -> None:
    """/req/core/response-headers."""
    answer = fetch(f"{matrix_server}/collections/{FLAT}/coverage", **asked)
    assert answer.headers["Content-Datetime"] == told
    assert answer.headers["Content-Crs"] == "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
    assert len(answer.headers["Content-Bbox"].split(",")) == 4
    times = answer.json()["domain"]["axes"]["t"]["values"]
    assert told == "/".join(dict.fromkeys((times[0], times[-1])))


def test_soundings_tell_the_ends_of_their_times(coverage_server: str) -> None:
    name = next(
        one["id"]
        for one in requests.get(f"{coverage_server}/collections", timeout=60).json()["collections"]
        if one["itemType"] == "feature"
    )
    url = f"{coverage_server}/collections/{name}"
    answer = fetch(f"{url}/coverage", f="GeoJSON")
    times = sorted(one["properties"]["datetime"] for one in answer.json()["features"])
    ends = answer.headers["Content-Datetime"].split("/")
    assert [np.datetime64(one.rstrip("Z")) for one in ends] == [
        np.datetime64(one.rstrip("Z")) for one in (times[0], times[-1])
    ]
    shown = fetch(f"{url}/map", datetime="2000-01-01/2050-01-01").headers["Content-Datetime"]
    assert shown.split("/")[0][:19] == times[0][:19]


@pytest.mark.parametrize("path", ["collections", "edr/collections"])
def test_lists_of_collections_link_to_their_pages(matrix_server: str, path: str) -> None:
    """OGC 17-069r4, /req/core/fc-md-links; EDR, /req/core/rc-collection-info-links."""
    content = requests.get(f"{matrix_server}/{path}", timeout=60).json()
    links = {one["rel"]: one for one in content["links"]}
    assert links["self"]["type"] == "application/json"
    assert links["alternate"]["type"] == "text/html"
    address = links["alternate"]["href"].partition("/collections")[2]
    page = requests.get(f"{matrix_server}/{path}{address}", timeout=60)
    assert page.headers["Content-Type"].startswith("text/html")


def test_the_classes_are_declared_as_the_standards_spell_them(matrix_server: str) -> None:
    """/req/core/conformance-success."""
    declared = requests.get(f"{matrix_server}/conformance?f=json", timeout=60).json()["conformsTo"]
    for standard in ("ogcapi-maps-1", "ogcapi-coverages-1"):
        plain, secure = (
            {
                uri.partition("://")[2]
                for uri in declared
                if uri.startswith(f"{scheme}://") and standard in uri
            }
            for scheme in ("http", "https")
        )
        assert plain == secure != set()
    assert f"{SECURE}/spec/ogcapi-maps-1/1.0/conf/core" in declared
    assert len(set(declared)) == len(declared)


@pytest.mark.parametrize(
    ("asked", "size"),
    [
        ({"width": "300"}, (300, 300)),
        ({"height": "120"}, (120, 120)),
        ({"width": "400", "height": "200"}, (400, 200)),
        ({"scale-denominator": "279541132.0143589"}, (512, 512)),
    ],
)
def test_a_map_tile_may_have_other_pixels(
    matrix_server: str, asked: dict[str, str], size: tuple[int, int]
) -> None:
    """/req/tilesets/tiles-parameters with the class scaling."""
    url = f"{matrix_server}/collections/{FLAT}/map/tiles/WorldCRS84Quad/0/0/1"
    pixels = pixels_of(fetch(url, **asked, range=LIMITS))
    if "scale-denominator" not in asked:
        assert pixels.shape[1::-1] == size
    width, height = pixels.shape[1::-1]
    x = (np.arange(width) + 0.5) * 180 / width
    y = 90 - (np.arange(height) + 0.5) * 180 / height
    check_places(pixels, x, y)


def test_a_tile_at_its_own_scale_is_the_tile(matrix_server: str) -> None:
    url = f"{matrix_server}/collections/{FLAT}/map/tiles/WebMercatorQuad/0/0/0"
    plain = fetch(url)
    same = fetch(url, **{"scale-denominator": "559082264.0287178"})
    assert Image.open(BytesIO(same.content)).size == (256, 256)
    assert same.content == plain.content == fetch(url, width=256, height=256).content


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"width": "0"}, 400),
        ({"width": "5000"}, 413),
        ({"scale-denominator": "-1"}, 400),
        ({"scale-denominator": "1"}, 413),
        ({"scale-denominator": "1e8", "width": "256"}, 400),
    ],
)
def test_sizes_that_cannot_be_are_refused(
    matrix_server: str, asked: dict[str, str], status: int
) -> None:
    url = f"{matrix_server}/collections/{FLAT}/map/tiles/WebMercatorQuad/0/0/0"
    assert fetch(url, status, **asked).json()["status"] == status


def test_an_empty_tile_has_the_size_that_is_asked(matrix_server: str) -> None:
    url = f"{matrix_server}/collections/{FLAT}/map/tiles/WebMercatorQuad/0/0/0"
    pixels = pixels_of(fetch(url, datetime="1990-01-01", width=64))
    assert pixels.shape == (64, 64, 4)
    assert not pixels.any()


def test_the_default_fields_are_those_of_an_answer_without_names(coverage_server: str) -> None:
    """/req/core/coverage-fields-schema."""
    for entry in requests.get(f"{coverage_server}/collections", timeout=60).json()["collections"]:
        url = f"{coverage_server}/collections/{entry['id']}"
        fields = requests.get(url, timeout=60).json()["defaultFields"]
        answer = fetch(f"{url}/coverage", f="CSV", bbox="0,0,8,8")
        lines = [line for line in answer.text.splitlines() if not line.startswith("#")]
        heads = [re.sub(r" \[.*", "", one) for one in lines[0].split(",")]
        axes = {"datetime", "latitude", "longitude", "z", "pressure", "height"}
        given = {"time", "latitude", "longitude"} if entry["itemType"] == "feature" else set()
        assert set(heads) - axes == set(fields) - given
        schema = requests.get(f"{url}/schema", timeout=60).json()["properties"]
        assert set(fields) <= set(schema)
        assert all({"title", "type", "x-ogc-propertySeq"} <= set(one) for one in schema.values())
