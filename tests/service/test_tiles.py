"""Tiles over HTTP: pyramids, pictures, soundings."""

from collections.abc import Iterator

import mapbox_vector_tile
import numpy as np
import pytest
import requests
import xarray as xr

from casa_ogc.archive.soundings import write_soundings
from tests.encoders.map_oracle import mercator_latitude
from tests.service.cubes import HABITS, Habit
from tests.service.pictures import LIMITS, centres, check_places, fetch, pixels_of
from tests.service.sites import product_file, serving, site_file

ONE = "cube-up-180-tyx-float"
HALF = 20037508.342789244
COUNT = 6000


def soundings() -> xr.Dataset:
    """Two days of soundings whose values are their numbers; most of them near Beijing."""
    rng = np.random.default_rng(5)
    longitudes = np.concatenate([rng.uniform(116, 117, COUNT - 100), rng.uniform(-180, 180, 100)])
    latitudes = np.concatenate([rng.uniform(39, 40, COUNT - 100), rng.uniform(-80, 80, 100)])
    days = np.datetime64("2023-05-01T06:00", "ns") + (np.arange(COUNT) % 2) * np.timedelta64(1, "D")
    return xr.Dataset(
        {
            "sounding_id": ("sounding", np.array([f"s{i:05d}" for i in range(COUNT)])),
            "time": ("sounding", days),
            "longitude": ("sounding", longitudes),
            "latitude": ("sounding", latitudes),
            "xco2": ("sounding", np.linspace(400, 420, COUNT).astype(np.float32)),
            "quality_flag": ("sounding", (np.arange(COUNT) % 2).astype(np.int8)),
            "target_name": ("sounding", np.full(COUNT, "none")),
        },
        attrs={"title": "dots", "source": "synthetic", "licence": "CC0-1.0", "mission": "none"},
    )


@pytest.fixture(scope="session")
def dots_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("dots")
    site_file(folder / "config", folder / "archive")
    product_file(folder / "config", "dots", "soundings")
    write_soundings(folder / "archive", "dots", soundings(), ())
    with serving(folder / "config") as url:
        yield url


def tiles(server: str, product: str = ONE, sets: str = "WebMercatorQuad") -> str:
    return f"{server}/collections/{product}/map/tiles/{sets}"


@pytest.mark.parametrize("habit", HABITS[::3], ids=lambda habit: habit.id)
@pytest.mark.parametrize(("z", "y", "x"), [(2, 0, 0), (2, 1, 3), (3, 5, 2), (5, 13, 31)])
def test_a_mercator_tile_shows_each_cell_at_its_place(
    matrix_server: str, habit: Habit, z: int, y: int, x: int
) -> None:
    pixels = pixels_of(fetch(f"{tiles(matrix_server, habit.id)}/{z}/{y}/{x}", range=LIMITS))
    side = 2 * HALF / 2**z
    longitudes = centres(-180 + x * 360 / 2**z, -180 + (x + 1) * 360 / 2**z, 256)
    rows = centres(HALF - y * side, HALF - (y + 1) * side, 256)
    check_places(pixels, longitudes, np.array([mercator_latitude(row) for row in rows]))


@pytest.mark.parametrize("habit", HABITS[::3], ids=lambda habit: habit.id)
@pytest.mark.parametrize(("z", "y", "x"), [(1, 1, 0), (2, 0, 7), (4, 9, 17)])
def test_a_tile_of_degrees_shows_each_cell_at_its_place(
    matrix_server: str, habit: Habit, z: int, y: int, x: int
) -> None:
    url = f"{tiles(matrix_server, habit.id, 'WorldCRS84Quad')}/{z}/{y}/{x}"
    side = 180 / 2**z
    check_places(
        pixels_of(fetch(url, range=LIMITS)),
        centres(-180 + x * side, -180 + (x + 1) * side, 256),
        centres(90 - y * side, 90 - (y + 1) * side, 256),
    )


def test_a_tile_takes_time_style_and_format(matrix_server: str) -> None:
    url = f"{tiles(matrix_server)}/1/0/1"
    plain = fetch(url).content
    assert fetch(url, datetime="2022-01-01").content != plain
    assert fetch(url, style="magma").content != plain
    assert pixels_of(fetch(url, f="webp"), "WEBP").shape == (256, 256, 4)
    assert fetch(url, datetime="2022-01-06T12:00:00Z").content == plain


def test_a_tile_without_data_is_clear(matrix_server: str) -> None:
    early = fetch(f"{tiles(matrix_server)}/1/0/1", datetime="2001-01-01")
    assert not pixels_of(early).any()
    assert early.headers["ETag"]


@pytest.mark.parametrize(
    ("place", "status"),
    [
        ("2/4/0", 404),
        ("2/0/4", 404),
        ("25/0/0", 404),
        ("0/1/0", 404),
        ("a/0/0", 400),
        ("0/-1/0", 400),
        ("0/0/0.5", 400),
        ("0/0/9999999999", 400),
    ],
)
def test_a_tile_beyond_the_pyramid_is_refused(matrix_server: str, place: str, status: int) -> None:
    fetch(f"{tiles(matrix_server)}/{place}", status)


def test_an_unknown_set_or_parameter_is_refused(matrix_server: str) -> None:
    fetch(f"{tiles(matrix_server, sets='Nope')}/0/0/0", 404)
    fetch(tiles(matrix_server, sets="Nope"), 404)
    fetch(f"{matrix_server}/tileMatrixSets/Nope", 404)
    fetch(f"{tiles(matrix_server)}/0/0/0", 400, size=1)
    fetch(f"{tiles(matrix_server)}/0/0/0", 400, f="tiff")
    fetch(f"{matrix_server}/collections/{ONE}/tiles/WebMercatorQuad/0/0/0", 404)


def test_a_tile_that_is_current_is_not_sent_again(matrix_server: str) -> None:
    url = f"{tiles(matrix_server)}/1/0/1"
    first = fetch(url)
    assert "max-age" in first.headers["Cache-Control"]
    headers = {"If-None-Match": first.headers["ETag"]}
    assert requests.get(url, headers=headers, timeout=30).status_code == 304


@pytest.mark.parametrize("spelling", ["tileMatrixSets", "TileMatrixSets"])
def test_tile_matrix_sets_are_the_registered_ones(matrix_server: str, spelling: str) -> None:
    listed = fetch(f"{matrix_server}/{spelling}").json()["tileMatrixSets"]
    assert [one["id"] for one in listed] == ["WebMercatorQuad", "WorldCRS84Quad"]
    mercator = fetch(f"{matrix_server}/{spelling}/WebMercatorQuad").json()
    plate = fetch(f"{matrix_server}/{spelling}/WorldCRS84Quad").json()
    first, other = mercator["tileMatrices"][0], plate["tileMatrices"][0]
    assert first["scaleDenominator"] == pytest.approx(559082264.028717, rel=1e-9)
    assert first["cellSize"] == pytest.approx(156543.033928041, rel=1e-9)
    assert first["pointOfOrigin"] == [-HALF, HALF]
    assert other["scaleDenominator"] == pytest.approx(279541132.014358, rel=1e-9)
    assert (other["matrixWidth"], other["matrixHeight"]) == (2, 1)
    assert len(mercator["tileMatrices"]) == 25
    for level, matrix in enumerate(mercator["tileMatrices"]):
        assert matrix["matrixWidth"] == 2**level


def test_a_tile_set_tells_where_its_tiles_are(matrix_server: str) -> None:
    listed = fetch(f"{matrix_server}/collections/{ONE}/map/tiles").json()["tilesets"]
    assert {one["dataType"] for one in listed} == {"map"}
    one = fetch(tiles(matrix_server)).json()
    assert one["tileMatrixSetURI"].endswith("/WebMercatorQuad")
    templates = {link["type"]: link["href"] for link in one["links"] if link["rel"] == "item"}
    assert set(templates) == {"image/png", "image/webp"}
    limits = one["tileMatrixSetLimits"][2]
    path = templates["image/png"].partition("/collections/")[2]
    for row, column in ((limits["minTileRow"], limits["minTileCol"]), (limits["maxTileRow"], 0)):
        filled = path.format(tileMatrix=2, tileRow=row, tileCol=column)
        assert pixels_of(fetch(f"{matrix_server}/collections/{filled}")).any()


def test_soundings_are_dots_on_map_tiles(dots_server: str) -> None:
    data = soundings()
    pixels = pixels_of(fetch(f"{tiles(dots_server, 'dots', 'WorldCRS84Quad')}/1/0/3"))
    for i in range(COUNT - 100, COUNT):
        longitude, latitude = float(data.longitude[i]), float(data.latitude[i])
        if 90 <= longitude < 180 and latitude > 0:
            assert pixels[int((90 - latitude) / 90 * 256), int((longitude - 90) / 90 * 256), 3]
    assert 0 < (pixels[:, :, 3] > 0).mean() < 0.1


def test_neighbouring_tiles_share_the_dots_between_them(dots_server: str) -> None:
    base = tiles(dots_server, "dots")
    whole = pixels_of(fetch(f"{base}/0/0/0"))
    assert whole.any()
    left, right = (pixels_of(fetch(f"{base}/10/387/{x}")) for x in (842, 843))
    seam = left[:, -1, 3] > 0, right[:, 0, 3] > 0
    assert seam[0].any()
    assert (seam[0] & seam[1]).any()


def test_a_map_of_soundings_shows_only_the_time_asked(dots_server: str) -> None:
    url = f"{dots_server}/collections/dots/map"
    both, one = fetch(url, width=300), fetch(url, width=300, datetime="2023-05-01")
    assert (pixels_of(both)[:, :, 3] > 0).sum() > (pixels_of(one)[:, :, 3] > 0).sum() > 0
    none = fetch(url, width=300, datetime="2020-01-01")
    assert not pixels_of(none).any()
    fetch(url, 400, variable="target_name")
    fetch(url, 400, z="5")
    fetch(url, 400, datetime="2023-05-01T00:00:00Z", method="nearest")


def decoded(server: str, place: str, **asked: str) -> list[dict]:
    response = fetch(f"{server}/collections/dots/tiles/WebMercatorQuad/{place}", **asked)
    assert response.headers["Content-Type"] == "application/vnd.mapbox-vector-tile"
    layers = mapbox_vector_tile.decode(response.content, default_options={"y_coord_down": True})
    return layers["dots"]["features"] if layers else []


def test_a_vector_tile_holds_the_soundings_at_their_places(dots_server: str) -> None:
    data = soundings()
    z, y, x = 13, 3105, 6745
    side, found = 2 * HALF / 2**z, decoded(dots_server, f"{z}/{y}/{x}", variable="xco2")
    east = data.longitude.values * HALF / 180
    north = np.arcsinh(np.tan(np.radians(data.latitude.values))) * 6378137.0
    place = np.stack([(east + HALF) / side - x, (HALF - north) / side - y], axis=1) * 4096
    inside = ((place >= 0) & (place < 4096)).all(axis=1)
    assert inside.sum() > 3
    values = {round(one["properties"]["xco2"], 4): one["geometry"] for one in found}
    for number in np.flatnonzero(inside):
        geometry = values[round(float(data.xco2[number]), 4)]
        np.testing.assert_allclose(geometry["coordinates"], place[number], atol=1.01)


def test_many_soundings_are_joined_to_means_with_their_number(dots_server: str) -> None:
    found = decoded(dots_server, "3/3/6", variable="xco2,quality_flag")
    assert sum(one["properties"]["count"] for one in found) > 5000
    assert len(found) < 4096
    assert all(400 <= one["properties"]["xco2"] <= 420 for one in found)
    assert decoded(dots_server, "3/3/6", datetime="2001-01-01") == []


def test_vector_tile_sets_are_described(dots_server: str) -> None:
    base = f"{dots_server}/collections/dots/tiles"
    assert {one["dataType"] for one in fetch(base).json()["tilesets"]} == {"vector"}
    one = fetch(f"{base}/WebMercatorQuad").json()
    assert fetch(f"{base}/WebMercatorQuad/metadata").json() == one
    assert fetch(f"{base}/WebMercatorQuad", f="html").text
