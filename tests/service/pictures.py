"""Pictures over HTTP, and the colours that they must have."""

from io import BytesIO

import numpy as np
import requests
from PIL import Image

from casa_ogc.encoders.colour import Scale
from tests.encoders.map_oracle import shows
from tests.service.cubes import LATITUDES, LONGITUDES, canonical

VALUES = canonical()
RANGE = Scale("viridis", 100.0, 100.0 + VALUES.size * 0.5)
LIMITS = f"{RANGE.low},{RANGE.high}"


def fetch(url: str, status: int = 200, **parameters: object) -> requests.Response:
    response = requests.get(url, params={k: str(v) for k, v in parameters.items()}, timeout=60)
    assert response.status_code == status, (response.url, response.text[:500])
    return response


def pixels_of(response: requests.Response, kind: str = "PNG") -> np.ndarray:
    """Read a picture with an independent reader; RGBA, shape (height, width, 4)."""
    image = Image.open(BytesIO(response.content))
    assert (image.format, image.mode) == (kind, "RGBA")
    return np.asarray(image)


def cell_value(longitude: float, latitude: float, t: int = -1, z: int = 0) -> float:
    """Return the value of the canonical cube at a place."""
    turned = (LONGITUDES - longitude + 180) % 360 - 180
    y, x = int(np.argmin(abs(LATITUDES - latitude))), int(np.argmin(abs(turned)))
    return float(VALUES[t, z, y, x]) if abs(latitude) <= 90 else float("nan")


def check_places(
    pixels: np.ndarray, longitudes: np.ndarray, latitudes: np.ndarray, t: int = -1, z: int = 0
) -> None:
    """Compare pixels on a raster of columns and rows with the cells at their centres."""
    for i in range(3, pixels.shape[0], 17):
        for j in range(2, pixels.shape[1], 19):
            value = cell_value(float(longitudes[j]), float(latitudes[i]), t, z)
            if min(abs(longitudes[j] % 10), abs(latitudes[i] % 10)) < 1e-3:
                continue
            assert shows(pixels[i, j], value, RANGE), (i, j, value, pixels[i, j])


def centres(low: float, high: float, count: int) -> np.ndarray:
    return low + (np.arange(count) + 0.5) * (high - low) / count
