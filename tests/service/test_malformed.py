"""What scaling, maps, tiles, lines, places and filters refuse, and with which words."""

from urllib.parse import quote

import pytest
import requests

GRID = "collections/cube-up-180-tzyx-float"
MAP = f"{GRID}/map"
LINE = "coords=LINESTRING(0 0,1 1)"

REFUSED: tuple[tuple[str, int, str], ...] = (
    # Scaling and reference systems.
    (f"{GRID}/coverage?scale-factor=0", 400, "scale-factor"),
    (f"{GRID}/coverage?scale-factor=nan", 400, "scale-factor"),
    (f"{GRID}/coverage?scale-size=Lat(0)", 400, "scale-size"),
    (f"{GRID}/coverage?scale-axes=Depth(2)", 400, "Depth"),
    (f"{GRID}/coverage?crs=EPSG:999999", 400, "EPSG:4326"),
    (f"{GRID}/coverage?subset=time('x')", 400, "RFC 3339"),
    (f"{GRID}/cube?bbox=0,0,10,10&resolution-x=-5", 400, "resolution-x"),
    (f"{GRID}/cube?bbox=0,0,10,10&resolution-x=1e99", 400, "resolution-x"),
    # Lines and places.
    (f"{GRID}/trajectory?coords=POINT(0 0)", 400, "LINESTRING"),
    (f"{GRID}/trajectory?coords=LINESTRINGZM(0 0 0 NaN,1 1 0 1)", 400, "LINESTRING"),
    (f"{GRID}/trajectory?coords=LINESTRING(0 0)", 400, "coords"),
    (f"{GRID}/corridor?{LINE}&corridor-width=-1&width-units=km", 400, "corridor-width"),
    (f"{GRID}/corridor?{LINE}&corridor-width=1&width-units=parsec", 400, "km"),
    (f"{GRID}/area?coords=POLYGON((0 0,0 1e30,1 0,0 0))", 400, "latitude"),
    (f"{GRID}/locations/atlantis", 404, "albania"),
    (f"{GRID}/instances/never", 404, "instance"),
    # Maps, styles and tiles.
    (f"{MAP}?width=0", 400, "width"),
    (f"{MAP}?width=999999999&height=1", 413, "4,096"),
    (f"{MAP}?bbox=0,0,0,0", 400, "bbox"),
    (f"{MAP}?bgcolor=zzz", 400, "0xRRGGBB"),
    (f"{MAP}?range=5,5", 400, "range"),
    (f"{MAP}?range=nan,1", 400, "range"),
    (f"{MAP}?scale-denominator=-1", 400, "scale-denominator"),
    (f"{MAP}?center=0,0&bbox=0,0,1,1", 400, "center"),
    (f"{MAP}?style=plaid", 400, "viridis"),
    (f"{GRID}/styles/plaid", 404, "viridis"),
    (f"{MAP}/tiles/WebMercatorQuad/99/0/0", 404, "levels 0 to 24"),
    (f"{MAP}/tiles/WebMercatorQuad/0/5/0", 404, "rows 0 to 0"),
    (f"{MAP}/tiles/WebMercatorQuad/a/b/c", 400, "level/row/column"),
    (f"{MAP}/tiles/Plaid/0/0/0", 404, "WorldCRS84Quad"),
    (f"{GRID}/coverage/tiles/WebMercatorQuad/30/0/0", 404, "levels 0 to 24"),
)


@pytest.mark.parametrize(("path", "status", "word"), REFUSED)
def test_what_cannot_be_served_is_refused_in_words_that_help(
    matrix_server: str, path: str, status: int, word: str
) -> None:
    response = requests.get(f"{matrix_server}/{quote(path, safe='/?&=:,()+')}", timeout=120)
    assert response.status_code == status, response.text[:300]
    assert word in response.json()["detail"], response.json()["detail"]


@pytest.mark.parametrize(
    "wrong",
    [
        "BBOX=a",
        "BBOX=0,0,0,0",
        "WIDTH=99999999",
        "HEIGHT=-1",
        "CRS=EPSG:0",
        "TIME=never",
        "STYLES=x",
    ],
)
def test_a_wrong_map_request_is_answered_with_a_report(matrix_server: str, wrong: str) -> None:
    name, _, value = wrong.partition("=")
    asked = {
        "REQUEST": "GetMap",
        "LAYERS": "cube-up-180-tzyx-float:xco2",
        "STYLES": "",
        "CRS": "CRS:84",
        "BBOX": "0,0,10,10",
        "WIDTH": "8",
        "HEIGHT": "8",
        "FORMAT": "image/png",
    }
    response = requests.get(f"{matrix_server}/wms", params=asked | {name: value}, timeout=120)
    assert response.status_code == 200
    assert "<ServiceException" in response.text
