"""QGIS, run headless, shows the stored values: features, rasters, maps of a time, and tiles."""

import json
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
import pytest
from PIL import Image

from tests.clients.known import GRID, LEVELS, ROWS, SOUNDINGS, northern_rows
from tests.clients.programs import missing, run
from tests.clients.shown import latitudes_of, longitudes_of, scale_of, share_wrong

PYTHON = "/usr/bin/python3"
"""The interpreter for which Debian builds QGIS."""
SCRIPT = Path(__file__).parent / "scripts" / "qgis_layers.py"
HALF_TURN = 20037508.342789244
STEPS = "2022-01-01T00:00:00Z/2022-01-06T12:00:00Z/PT12H"
GLOBE = ("360", "180", "EPSG:4326", "-180,-90,180,90")
"""Width, height, reference system and box of the pictures."""


@pytest.fixture(scope="session", autouse=True)
def _installed() -> None:
    """Fail or skip without QGIS."""
    try:
        found = subprocess.run([PYTHON, "-c", "import qgis.core"], check=False, timeout=180)
    except FileNotFoundError:
        missing("QGIS (python3-qgis)")
    if found.returncode:
        missing("QGIS (python3-qgis)")


def _asked(folder: Path, *arguments: str) -> Any:
    home = folder / "home"
    home.mkdir(mode=0o700)
    said = run(
        folder,
        PYTHON,
        str(SCRIPT),
        *arguments,
        QT_QPA_PLATFORM="offscreen",
        XDG_RUNTIME_DIR=str(home),
    )
    return json.loads(said.splitlines()[-1])


def _picture(folder: Path, uri: str, *frame: str) -> np.ndarray:
    """Let QGIS draw a layer; bands (4, y, x) with clear pixels where nothing is."""
    target = folder / "drawn.png"
    _asked(folder, "picture", uri, str(target), *frame)
    return np.moveaxis(np.asarray(Image.open(target).convert("RGBA")), -1, 0)


def _centres(low: float, high: float, size: int) -> np.ndarray:
    return low + (np.arange(size) + 0.5) * (high - low) / size


@pytest.mark.parametrize("page", [100, 1000])
def test_a_feature_layer_holds_every_row(site: str, tmp_path: Path, page: int) -> None:
    said = _asked(tmp_path, "features", f"url='{site}' typename='{SOUNDINGS}' pageSize='{page}'")
    assert said["count"] == ROWS.sizes["sounding"]
    found = {one["id"]: (*one["point"], one["xco2"]) for one in said["rows"]}
    columns = (ROWS.longitude.values, ROWS.latitude.values, ROWS.xco2.values)
    wanted = zip(*(column.tolist() for column in columns), strict=True)
    assert found == dict(zip(ROWS.sounding_id.values, wanted, strict=True))


@pytest.mark.parametrize("form", ["GeoTIFF", "COG"])
def test_a_coverage_url_is_a_raster_layer_of_the_stored_values(
    site: str, tmp_path: Path, form: str
) -> None:
    url = f"{site}/collections/{GRID}/coverage?f={form}&datetime=2022-01-01T12:00:00Z"
    said = _asked(tmp_path, "values", f"/vsicurl/{url}")
    assert said["box"] == [-180, -90, 180, 90]
    assert "xco2" in said["name"]
    np.testing.assert_array_equal(np.array(said["rows"], dtype=float), northern_rows(1))


def _wms(site: str, layer: str, temporal: bool) -> str:
    time = (
        f"type=wmst&timeDimensionExtent={STEPS}&allowTemporalUpdates=true&temporalSource=provider&"
    )
    rest = f"crs=EPSG:4326&format=image/png&layers={layer}&styles=&url={site}/wms"
    return (time if temporal else "") + rest


@pytest.mark.parametrize("name", [GRID, LEVELS])
def test_a_map_layer_without_a_time_shows_the_last_step(
    site: str, tmp_path: Path, name: str
) -> None:
    uri = _wms(site, f"{name}:xco2", temporal=False)
    pixels = _picture(tmp_path, uri, *GLOBE)
    assert _wrong(site, name, pixels, 11) == 0


@pytest.mark.parametrize("step", [0, 2, 7])
def test_a_temporal_map_layer_shows_the_step_of_the_range(
    site: str, tmp_path: Path, step: int
) -> None:
    start = np.datetime64("2022-01-01T00:00:00") + np.timedelta64(12 * step, "h")
    times = (f"{start}Z", f"{start + np.timedelta64(43199, 's')}Z")
    uri = _wms(site, f"{GRID}:xco2", temporal=True)
    pixels = _picture(tmp_path, uri, *GLOBE, *times)
    assert _wrong(site, GRID, pixels, step) == 0


@pytest.mark.parametrize("version", ["1.1.1", "1.3.0"])
@pytest.mark.parametrize("system", ["EPSG:4326", "EPSG:3857"])
def test_a_map_layer_of_either_version_and_system_shows_the_cells(
    site: str, tmp_path: Path, version: str, system: str
) -> None:
    uri = f"crs={system}&format=image/png&layers={LEVELS}:xco2&styles=&version={version}"
    frame = ("360", "180", system, "-180,-90,180,90")
    y, x = _centres(-90, 90, 180)[::-1], _centres(-180, 180, 360)
    if system == "EPSG:3857":
        box = ",".join(str(edge) for edge in (-HALF_TURN, -HALF_TURN, HALF_TURN, HALF_TURN))
        frame = ("360", "360", system, box)
        centres = _centres(-HALF_TURN, HALF_TURN, 360)
        y, x = latitudes_of(centres[::-1]), longitudes_of(centres)
    pixels = _picture(tmp_path, f"{uri}&url={site}/wms", *frame)
    assert share_wrong(pixels, y, x, scale_of(site, LEVELS), 11) == 0


def test_qgis_reads_the_times_that_a_layer_has(site: str, tmp_path: Path) -> None:
    uri = _wms(site, f"{GRID}:xco2", temporal=True)
    said = _asked(tmp_path, "picture", uri, str(tmp_path / "drawn.png"), *GLOBE)
    assert said["temporal"]
    assert said["range"] == ["2022-01-01T00:00:00Z", "2022-01-06T12:00:00Z"]


def test_map_tiles_show_the_step_of_their_address(site: str, tmp_path: Path) -> None:
    address = f"{site}/collections/{GRID}/map/tiles/WebMercatorQuad/{{z}}/{{y}}/{{x}}"
    address = quote(f"{address}?f=png&datetime=2022-01-02T00:00:00Z", safe="")
    box = ",".join(str(edge) for edge in (-HALF_TURN, -HALF_TURN, HALF_TURN, HALF_TURN))
    pixels = _picture(
        tmp_path, f"type=xyz&url={address}&zmin=0&zmax=4", "512", "512", "EPSG:3857", box
    )
    centres = _centres(-HALF_TURN, HALF_TURN, 512)
    y, x = latitudes_of(centres[::-1]), longitudes_of(centres)
    assert share_wrong(pixels, y, x, scale_of(site, GRID), step=2) == 0


def _wrong(site: str, name: str, pixels: np.ndarray, step: int) -> float:
    """Return the share of wrong pixels of a picture of the globe."""
    y, x = _centres(-90, 90, pixels.shape[1])[::-1], _centres(-180, 180, pixels.shape[2])
    return share_wrong(pixels, y, x, scale_of(site, name), step)
