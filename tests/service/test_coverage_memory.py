"""The largest answer that is allowed stays within its memory, whatever the format."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from casa_ogc.archive.cubes import write_cube
from casa_ogc.archive.manifests import SourceFile
from casa_ogc.catalog.settings import Limits
from casa_ogc.encoders.formats import FORMATS
from tests.service.sites import product_file, site_file

MOST_MEBIBYTES = 256
ROWS, COLUMNS = 180, 360
LAYER = ROWS * COLUMNS
STEPS = Limits().max_cells // LAYER + 1
TIMES = np.datetime64("2022-01-01", "ns") + np.arange(STEPS) * np.timedelta64(1, "D")
PROBE = Path(__file__).with_name("memory_probe.py")

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Site of noise, plain and packed, one step larger than an answer may be."""
    folder = tmp_path_factory.mktemp("memory")
    dice = np.random.default_rng(1)
    values = dice.normal(400, 20, (STEPS, ROWS, COLUMNS)).astype("float32")
    site_file(folder / "config", folder / "archive")
    for name in ("plain", "packed"):
        product_file(folder / "config", name, "grid")
        data = xr.Dataset(
            {"xco2": (("time", "latitude", "longitude"), values)},
            coords={
                "time": TIMES,
                "latitude": ("latitude", -89.5 + np.arange(ROWS), {"units": "degrees_north"}),
                "longitude": ("longitude", -179.5 + np.arange(COLUMNS), {"units": "degrees_east"}),
            },
            attrs={"title": name, "source": "noise", "licence": "CC0-1.0", "mission": "none"},
        )
        if name == "packed":
            data["xco2"].encoding = {
                "dtype": "int16",
                "scale_factor": 0.0137,
                "add_offset": 400.0,
                "_FillValue": np.int16(-32768),
            }
        source = SourceFile("e.nc", "0" * 64, 1, "noise", "1", "2022-01-01T00:00:00Z", 1)
        write_cube(folder / "archive", name, data, [source])
    return folder / "config"


def probe(config: Path, *paths: str) -> list[tuple[int, float]]:
    """Return status and rise of the memory [MiB] of each request, in a process of their own."""
    command = [sys.executable, str(PROBE), str(config), *paths]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    rows = [line.split() for line in done.stdout.splitlines()]
    return [(int(status), float(rise)) for status, rise, _ in rows]


@pytest.mark.parametrize("product", ["plain", "packed"])
@pytest.mark.parametrize("name", list(FORMATS))
def test_the_largest_answer_of_a_format_stays_within_the_memory(
    config: Path, product: str, name: str
) -> None:
    count = Limits().max_cells // FORMATS[name].weight // LAYER
    path = f"/collections/{product}/coverage?f={name}&subset=time(*:%22"
    largest, larger = probe(config, *(f"{path}{_day(n)}%22)" for n in (count, count + 1)))
    assert largest[0] == 200
    assert largest[1] < MOST_MEBIBYTES
    # A picture shows one step, however many are asked for.
    assert larger[0] == (200 if name == "PNG" else 413)


def _day(count: int) -> str:
    return str(TIMES[count - 1].astype("datetime64[D]"))


@pytest.mark.parametrize(
    "query",
    [
        "scale-size=Lon(3000),Lat(1990)&subset=time(%222022-01-01%22)",
        "scale-factor=0.5&subset=time(*:%222022-01-23%22)",
        "scale-axes=Lat(3),Lon(3),time(5)",
        "crs=EPSG:3857&width=2400&height=2400&subset=time(%222022-01-01%22)",
        "crs=EPSG:3413&width=2400&height=2400&subset=time(%222022-01-01%22)",
        "crs=EPSG:3413&width=250&height=250",
    ],
)
def test_the_largest_scaled_answer_stays_within_the_memory(config: Path, query: str) -> None:
    ((status, rise),) = probe(config, f"/collections/packed/coverage?f=NetCDF&{query}")
    assert status == 200
    assert rise < MOST_MEBIBYTES
