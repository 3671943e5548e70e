"""The largest map needs a fraction of the memory of its pixels."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from casa_ogc.archive.cubes import write_cube
from casa_ogc.web.windows import LARGEST
from tests.service.sites import product_file, site_file

PIXELS_MEBIBYTES = 4 * LARGEST * LARGEST / 2**20
PROBE = Path(__file__).with_name("memory_probe.py")
SIDES = f"width={LARGEST}&height={LARGEST}"
GET_MAP = (
    "/wms?SERVICE=WMS&VERSION=1.3.0&REQUEST=GetMap&LAYERS=globe:xco2&STYLES=&CRS=CRS:84"
    f"&BBOX=-180,-90,180,90&{SIDES.upper()}&FORMAT=image/png&f=png"
)

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Site of one map of noise of half a degree."""
    folder = tmp_path_factory.mktemp("maps")
    site_file(folder / "config", folder / "archive")
    product_file(folder / "config", "globe", "grid")
    axes = {
        "time": np.array(["2022-01-01"], "datetime64[ns]"),
        "latitude": np.arange(360) * 0.5 - 89.75,
        "longitude": np.arange(720) * 0.5 - 179.75,
    }
    values = np.random.default_rng(1).normal(400, 20, (1, 360, 720)).astype("float32")
    attributes = {"title": "globe", "source": "noise", "licence": "CC0-1.0", "mission": "none"}
    dataset = xr.Dataset({"xco2": (tuple(axes), values)}, axes, attributes)
    write_cube(folder / "archive", "globe", dataset, ())
    return folder / "config"


@pytest.mark.parametrize(
    "path",
    [
        f"/collections/globe/map?f=png&{SIDES}",
        f"/collections/globe/map?f=png&{SIDES}&bgcolor=0x102030&transparent=false",
        f"/collections/globe/map?f=png&{SIDES}&crs=EPSG:3857",
        "/collections/globe/map?f=png&width=2048&height=2048&crs=EPSG:3413",
        GET_MAP,
    ],
)
def test_the_largest_map_needs_less_memory_than_its_pixels(config: Path, path: str) -> None:
    small = "/collections/globe/map?f=png&width=64&height=64&bbox=0,0,9,9"
    projected = f"{small}&crs=EPSG:3413"
    ground = f"{small}&bgcolor=0x102030"
    command = [sys.executable, str(PROBE), str(config), small, projected, ground, path]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    status, rise, size = done.stdout.splitlines()[-1].split()
    assert status == "200"
    assert float(rise) < PIXELS_MEBIBYTES / 2 + 2 * float(size)
