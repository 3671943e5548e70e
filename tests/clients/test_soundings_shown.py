"""GDAL shows soundings where they are, in the colour of their value, and reads them as a table."""

import json
from pathlib import Path

import numpy as np
import pytest
import requests

from casa_ogc.encoders.colour import colour_table
from tests.clients.known import ROWS, SOUNDINGS
from tests.clients.programs import run
from tests.clients.shown import latitudes_of, longitudes_of, read_raster, scale_of

TIME = "2022-01-01/2022-12-31"
HALF_TURN = 20037508.342789244
VALUES = dict(zip(ROWS.sounding_id.values.tolist(), ROWS.xco2.values.tolist(), strict=True))


def _drawn(site: str, folder: Path, srs: str, box: str) -> tuple[np.ndarray, ...]:
    layer = f"WMS:{site}/wms?SERVICE=WMS&VERSION=1.1.1&REQUEST=GetMap&LAYERS={SOUNDINGS}:xco2"
    layer += f"&STYLES=&SRS={srs}&BBOX={box}&FORMAT=image/png&TRANSPARENT=TRUE&TIME={TIME}"
    target = folder / "read.tif"
    run(folder, "gdal_translate", "-q", "-outsize", "1440", "720", layer, str(target))
    return read_raster(target)


def _colours(site: str) -> np.ndarray:
    """The colours that each row may have, shape (row, 3, 3): rounding may go to a neighbour."""
    name, low, high = scale_of(site, SOUNDINGS)
    steps = np.floor((ROWS.xco2.values.astype(float) - low) * 256 / (high - low))
    near = np.clip(steps[:, None] + [-1, 0, 1], 0, 255).astype(int)
    return np.asarray(colour_table(name)[near][..., :3])


@pytest.mark.parametrize("srs", ["EPSG:4326", "EPSG:3857"])
def test_a_map_of_soundings_has_a_dot_of_its_colour_at_each_of_them(
    site: str, tmp_path: Path, srs: str
) -> None:
    turn = str(HALF_TURN)
    box = "-180,-90,180,90" if srs == "EPSG:4326" else f"-{turn},-{turn},{turn},{turn}"
    pixels, y, x = _drawn(site, tmp_path, srs, box)
    if srs == "EPSG:3857":
        y, x = latitudes_of(y), longitudes_of(x)
    allowed = _colours(site)
    longitudes, latitudes = ROWS.longitude.values, ROWS.latitude.values
    seen = right = 0
    for number in range(len(VALUES)):
        if not min(y) < latitudes[number] < max(y):
            continue
        row = int(np.argmin(np.abs(y - latitudes[number])))
        column = int(np.argmin(np.abs(x - longitudes[number])))
        found = pixels[:, row, column]
        assert found[3] == 255, f"nothing is drawn at row {number}"
        seen += 1
        right += bool((found[:3] == allowed[number]).all(axis=-1).any())
    # Where dots overlap the later one is seen.
    assert seen > 200
    assert right > 0.9 * seen


def test_nothing_is_drawn_far_from_every_sounding(site: str, tmp_path: Path) -> None:
    pixels, y, x = _drawn(site, tmp_path, "EPSG:4326", "-180,-90,180,90")
    near = np.zeros(pixels.shape[1:], dtype=bool)
    for longitude, latitude in zip(ROWS.longitude.values, ROWS.latitude.values, strict=True):
        aside = np.abs((x - longitude + 180) % 360 - 180)
        near |= (np.abs(y - latitude) < 2)[:, None] & (aside < 2)[None, :]
    assert not (pixels[3] > 0)[~near].any()
    assert near.mean() < 0.5


def test_a_table_is_a_layer_of_points_with_every_row(site: str, tmp_path: Path) -> None:
    url = f"{site}/collections/{SOUNDINGS}/coverage?f=CSV&datetime={TIME}"
    (tmp_path / "rows.csv").write_bytes(requests.get(url, timeout=30).content)
    options = ["X_POSSIBLE_NAMES=longitude", "Y_POSSIBLE_NAMES=latitude", "AUTODETECT_TYPE=YES"]
    opened = [part for option in options for part in ("-oo", option)]
    run(tmp_path, "ogr2ogr", "-f", "GeoJSON", "read.geojson", "rows.csv", *opened)
    found = {}
    for one in json.loads((tmp_path / "read.geojson").read_text(encoding="utf-8"))["features"]:
        name = str(one["properties"]["sounding_id"])
        found[name] = (*one["geometry"]["coordinates"], one["properties"]["xco2 [ppm]"])
    assert len(found) == ROWS.sizes["sounding"]
    for name, longitude, latitude in zip(
        ROWS.sounding_id.values, ROWS.longitude.values, ROWS.latitude.values, strict=True
    ):
        key = name if name in found else str(int(name))
        assert found[key][:2] == pytest.approx((longitude, latitude), abs=1e-7)
        assert np.float32(found[key][2]) == np.float32(VALUES[name])
