"""The cube of the benchmark: smooth, free of noise, every value known from its place."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

VARIABLES = ("sif_740", "xco2", "xco2_uncertainty")
UNITS = {"sif_740": "mW m-2 sr-1 nm-1", "xco2": "ppm", "xco2_uncertainty": "ppm"}
START = np.datetime64("2020-01-01", "ns")
_DAY = np.timedelta64(1, "D")
_YEAR = 365.25
_MEAN = {"sif_740": 0.6, "xco2": 414.0, "xco2_uncertainty": 0.7}
_SWING = {"sif_740": 0.35, "xco2": 3.5, "xco2_uncertainty": 0.15}

type Separable = tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]


@dataclass(frozen=True)
class Shape:
    """Sizes of the cube: days, rows from south to north, columns from -180."""

    days: int
    rows: int
    columns: int

    @property
    def name(self) -> str:
        """Text that tells one shape from another."""
        return f"{self.days}x{self.rows}x{self.columns}"

    @property
    def times(self) -> NDArray[np.datetime64]:
        """Midnights, datetime64[ns], shape (days,)."""
        return START + np.arange(self.days) * _DAY

    @property
    def latitudes(self) -> NDArray[np.float64]:
        """Centres [degrees_north], ascending, shape (rows,)."""
        return -90.0 + (np.arange(self.rows, dtype=np.float64) + 0.5) * (180.0 / self.rows)

    @property
    def longitudes(self) -> NDArray[np.float64]:
        """Centres [degrees_east], ascending from -180, shape (columns,)."""
        return -180.0 + (np.arange(self.columns, dtype=np.float64) + 0.5) * (360.0 / self.columns)

    @property
    def nbytes(self) -> int:
        """Bytes of all variables, uncompressed."""
        return 4 * len(VARIABLES) * self.days * self.rows * self.columns


FULL = Shape(1096, 360, 720)
SMALL = Shape(120, 90, 180)
WHOLE = slice(None)


def values(
    name: str, shape: Shape, days: slice = WHOLE, rows: slice = WHOLE, columns: slice = WHOLE
) -> NDArray[np.float32]:
    """Return a block of a variable in its vocabulary's units, axes t, y, x.

    The field is a mean, a trend, a season that turns over at the equator, and waves that travel
    east; each is a product of functions of one axis.
    """
    phase = 1.0 + VARIABLES.index(name)
    time = np.arange(shape.days, dtype=np.float64)[days]
    latitude = np.radians(shape.latitudes[rows])
    longitude = np.radians(shape.longitudes[columns])
    parts = _parts(phase, time, latitude, longitude)
    in_time = np.stack([part[0] for part in parts], axis=1)
    in_place = np.stack([np.outer(part[1], part[2]).ravel() for part in parts])
    block = _MEAN[name] + _SWING[name] * (in_time @ in_place)
    return block.reshape(time.size, latitude.size, longitude.size).astype(np.float32)


def _parts(
    phase: float,
    time: NDArray[np.float64],
    latitude: NDArray[np.float64],
    longitude: NDArray[np.float64],
) -> tuple[Separable, ...]:
    even = np.ones_like(longitude)
    turn, wave = 2 * np.pi * time / _YEAR - phase, time / 40.0
    middle = np.cos(latitude) ** 2
    return (
        (0.3 * time / _YEAR, np.ones_like(latitude), even),
        (np.cos(turn), np.sin(latitude), even),
        (0.4 * np.cos(wave), middle, np.cos(2 * longitude + phase)),
        (0.4 * np.sin(wave), middle, np.sin(2 * longitude + phase)),
        (0.1 * np.cos(3 * turn), np.sin(5 * latitude), np.cos(7 * longitude)),
    )
