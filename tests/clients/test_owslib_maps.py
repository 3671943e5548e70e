"""OWSLib reads the Web Map Service and the maps; pixels have the colours of the stored values."""

from io import BytesIO

import numpy as np
import pytest
from owslib.ogcapi.maps import Maps
from owslib.wms import WebMapService
from PIL import Image

from tests.clients.known import GRID, LEVELS, SOUNDINGS
from tests.clients.shown import scale_of, share_wrong

GLOBE = (-180.0, -90.0, 180.0, 90.0)


def _bands(content: bytes) -> np.ndarray:
    return np.moveaxis(np.asarray(Image.open(BytesIO(content)).convert("RGBA")), -1, 0)


def _wrong(site: str, name: str, content: bytes, step: int, level: int = 0) -> float:
    """Return the share of wrong pixels of a map of the globe."""
    pixels = _bands(content)
    y = 90 - (np.arange(pixels.shape[1]) + 0.5) * 180 / pixels.shape[1]
    x = -180 + (np.arange(pixels.shape[2]) + 0.5) * 360 / pixels.shape[2]
    return share_wrong(pixels, y, x, scale_of(site, name), step, level)


@pytest.mark.parametrize("version", ["1.1.1", "1.3.0"])
def test_the_capabilities_tell_layers_times_and_systems(site: str, version: str) -> None:
    service = WebMapService(f"{site}/wms", version=version)
    assert {f"{name}:xco2" for name in (GRID, LEVELS, SOUNDINGS)} <= set(service.contents)
    layer = service.contents[f"{LEVELS}:xco2"]
    assert layer.timepositions == ["2022-01-01T00:00:00Z/2022-01-06T12:00:00Z/PT12H"]
    assert layer.boundingBoxWGS84 == GLOBE
    assert {"EPSG:4326", "EPSG:3857"} <= set(layer.crsOptions)
    assert "image/png" in service.getOperationByName("GetMap").formatOptions


@pytest.mark.parametrize(
    ("version", "srs"), [("1.1.1", "EPSG:4326"), ("1.3.0", "EPSG:4326"), ("1.3.0", "CRS:84")]
)
def test_a_map_shows_the_step_and_level_that_are_asked(site: str, version: str, srs: str) -> None:
    service = WebMapService(f"{site}/wms", version=version)
    answer = service.getmap(
        layers=[f"{LEVELS}:xco2"],
        styles=[""],
        srs=srs,
        bbox=GLOBE,
        size=(360, 180),
        format="image/png",
        transparent=True,
        time="2022-01-03T12:00:00Z",
        elevation="200",
    )
    assert _wrong(site, LEVELS, answer.read(), step=5, level=2) == 0


def test_a_map_of_the_maps_interface_shows_the_step_that_is_asked(site: str) -> None:
    client = Maps(f"{site}/")
    assert GRID in client.maps()
    answer = client.map(
        GRID, bbox=list(GLOBE), width=360, height=180, datetime_="2022-01-03T12:00:00Z"
    )
    assert _wrong(site, GRID, answer.read(), step=5) == 0
