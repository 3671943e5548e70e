"""GDAL reads the features of OGC API Features, whole and over many pages."""

import json
from pathlib import Path

import numpy as np
import pytest

from tests.clients.known import ROWS, SOUNDINGS
from tests.clients.programs import run

WANTED = {
    str(name): (float(lon), float(lat), float(xco2))
    for name, lon, lat, xco2 in zip(
        ROWS.sounding_id.values,
        ROWS.longitude.values,
        ROWS.latitude.values,
        ROWS.xco2.values,
        strict=True,
    )
}


def _converted(folder: Path, source: str, *options: str) -> dict[str, tuple[float, float, float]]:
    """Let ogr2ogr write what it reads, and return place and value by id."""
    target = folder / "read.geojson"
    run(folder, "ogr2ogr", "-f", "GeoJSON", str(target), source, *options)
    found = {}
    for one in json.loads(target.read_text(encoding="utf-8"))["features"]:
        lon, lat = one["geometry"]["coordinates"]
        found[one["properties"]["sounding_id"]] = (lon, lat, one["properties"]["xco2"])
    return found


def test_ogrinfo_lists_the_collection_as_points_with_its_fields(site: str, tmp_path: Path) -> None:
    said = run(tmp_path, "ogrinfo", "-so", f"OAPIF:{site}", SOUNDINGS)
    assert "Geometry: Point" in said
    assert f"Feature Count: {ROWS.sizes['sounding']}" in said
    for field in ("sounding_id: String", "datetime: DateTime", "xco2: Real"):
        assert field in said


@pytest.mark.parametrize("page", ["10", "100", "1000"])
def test_every_row_arrives_once_whatever_the_page(site: str, tmp_path: Path, page: str) -> None:
    source = f"OAPIF:{site}/collections/{SOUNDINGS}"
    assert _converted(tmp_path, source, "-oo", f"PAGE_SIZE={page}") == WANTED


def test_a_spatial_filter_of_gdal_gives_the_rows_in_the_box(site: str, tmp_path: Path) -> None:
    source = f"OAPIF:{site}/collections/{SOUNDINGS}"
    found = _converted(tmp_path, source, "-spat", "-60", "-30", "60", "30")
    wanted = {k: v for k, v in WANTED.items() if abs(v[0]) <= 60 and abs(v[1]) <= 30}
    assert 0 < len(wanted) < len(WANTED)
    assert found == wanted


def test_a_time_filter_of_gdal_gives_the_rows_until_then(site: str, tmp_path: Path) -> None:
    source = f"OAPIF:{site}/collections/{SOUNDINGS}"
    found = _converted(tmp_path, source, "-where", "datetime <= '2022-01-31T00:00:00Z'")
    early = ROWS.time.values <= np.datetime64("2022-01-31T00:00:00")
    assert 0 < early.sum() < early.size
    assert set(found) == set(ROWS.sounding_id.values[early])


def test_a_collection_opens_through_the_ogcapi_driver_as_well(site: str, tmp_path: Path) -> None:
    source = f"OGCAPI:{site}/collections/{SOUNDINGS}"
    said = run(tmp_path, "ogrinfo", "-so", source, SOUNDINGS, "-oo", "API=ITEMS")
    assert f"Feature Count: {ROWS.sizes['sounding']}" in said
