"""GDAL reads maps, map tiles and the Web Map Service; each pixel has the colour of its cell."""

import json
from pathlib import Path

import pytest
import requests

from tests.clients.known import GRID, LEVELS, ROWS, SOUNDINGS
from tests.clients.programs import run
from tests.clients.shown import read_raster, scale_of, share_wrong

LAST = 11
"""Index of the step that is drawn when none is asked."""


def _translated(folder: Path, source: str, *options: str) -> Path:
    target = folder / "read.tif"
    run(folder, "gdal_translate", "-q", *options, source, str(target))
    return target


def test_the_map_driver_draws_the_last_step(site: str, tmp_path: Path) -> None:
    source = f"OGCAPI:{site}/collections/{GRID}"
    target = _translated(tmp_path, source, "-oo", "API=MAP", "-oo", "CACHE=NO")
    pixels, y, x = read_raster(target)
    assert pixels.shape[:2] == (4, 18)
    assert share_wrong(pixels, y, x, scale_of(site, GRID), LAST) == 0


def test_the_tiles_driver_draws_the_last_step(site: str, tmp_path: Path) -> None:
    source = f"OGCAPI:{site}/collections/{LEVELS}"
    target = _translated(tmp_path, source, "-oo", "API=TILES", "-oo", "CACHE=NO")
    pixels, y, x = read_raster(target)
    assert pixels.shape == (4, 256, 512)
    assert share_wrong(pixels, y, x, scale_of(site, LEVELS), LAST) == 0


def _layers(site: str, folder: Path, version: str) -> dict[str, str]:
    """Return the sources that GDAL makes of the capabilities, by layer."""
    asked = f"WMS:{site}/wms?SERVICE=WMS&VERSION={version}&REQUEST=GetCapabilities"
    said = json.loads(run(folder, "gdalinfo", "-json", asked))["metadata"]["SUBDATASETS"]
    names = [text for key, text in said.items() if key.endswith("_NAME")]
    return {text.partition("LAYERS=")[2].partition("&")[0]: text for text in names}


def test_the_capabilities_list_a_layer_of_each_variable(site: str, tmp_path: Path) -> None:
    assert set(_layers(site, tmp_path, "1.3.0")) == {
        f"{name}%3A{variable}"
        for name in (GRID, LEVELS, SOUNDINGS)
        for variable in ("xco2", "xco2_uncertainty")
    }


@pytest.mark.parametrize("version", ["1.1.1", "1.3.0"])
def test_a_layer_of_the_capabilities_shows_the_step_of_its_time(
    site: str, tmp_path: Path, version: str
) -> None:
    layer = _layers(site, tmp_path, version)[f"{LEVELS}%3Axco2"]
    source = f"{layer}&FORMAT=image/png&TRANSPARENT=TRUE&TIME=2022-01-01T12:00:00Z&ELEVATION=500"
    target = _translated(tmp_path, source, "-outsize", "360", "180")
    pixels, y, x = read_raster(target)
    assert share_wrong(pixels, y, x, scale_of(site, LEVELS), step=1, level=1) == 0


def test_a_layer_opens_although_nobody_names_a_format(site: str, tmp_path: Path) -> None:
    layer = _layers(site, tmp_path, "1.3.0")[f"{GRID}%3Axco2"]
    pixels, _, _ = read_raster(_translated(tmp_path, layer, "-outsize", "360", "180"))
    assert pixels.shape == (3, 180, 360)
    assert pixels.std() > 10


EXTENT, MERCATOR_NORTH = 4096, 85.05112878


def test_a_vector_tile_of_the_world_holds_each_row_once_beside_its_margins(
    site: str, tmp_path: Path
) -> None:
    tile = f"{site}/collections/{SOUNDINGS}/tiles/WebMercatorQuad/0/0/0?f=mvt"
    tile += "&datetime=2022-01-01/2022-12-31"
    (tmp_path / "0.pbf").write_bytes(requests.get(tile, timeout=30).content)
    run(tmp_path, "ogr2ogr", "-f", "GeoJSON", "read.geojson", "MVT:0.pbf")
    found = json.loads((tmp_path / "read.geojson").read_text(encoding="utf-8"))["features"]
    inside = [one for one in found if 0 <= one["geometry"]["coordinates"][0] < EXTENT]
    values = [one["properties"]["xco2"] for one in inside]
    assert {one["properties"]["xco2"] for one in found} == set(values)
    in_mercator = ROWS.xco2.values[abs(ROWS.latitude.values) < MERCATOR_NORTH]
    assert sorted(values) == sorted(in_mercator.tolist())
    assert in_mercator.size < ROWS.sizes["sounding"]
