"""Cubes whose every value tells its place, in every storage habit that files have."""

from dataclasses import dataclass
from itertools import product as combinations

import numpy as np
import xarray as xr

TIMES = np.datetime64("2022-01-01T00:00", "ns") + np.arange(12) * np.timedelta64(12, "h")
LEVELS = np.array([850.0, 500.0, 200.0])
LATITUDES = np.arange(-85.0, 86.0, 10.0)
LONGITUDES = np.arange(-175.0, 176.0, 10.0)
MISSING_EVERY = 97
SCALE, OFFSET, FILL = 0.5, 100.0, -32768


@dataclass(frozen=True)
class Habit:
    """One way in which a file may store the same cube."""

    ascending: bool
    zero_to_360: bool
    order: str
    packed: bool

    @property
    def id(self) -> str:
        parts = (
            "up" if self.ascending else "down",
            "360" if self.zero_to_360 else "180",
            self.order,
            "packed" if self.packed else "float",
        )
        return "-".join(("cube", *parts))


HABITS = tuple(
    Habit(*choice)
    for choice in combinations((True, False), (True, False), ("tyx", "yxt", "tzyx"), (True, False))
)


def value(t: int, z: int, y: int, x: int) -> float:
    """Tell the value of a cell by its indices on the canonical axes; NaN where missing."""
    number = ((t * LEVELS.size + z) * LATITUDES.size + y) * LONGITUDES.size + x
    return float("nan") if number % MISSING_EVERY == 0 else number * SCALE + OFFSET


def canonical() -> np.ndarray:
    """All values, shape (t, z, y, x)."""
    count = TIMES.size * LEVELS.size * LATITUDES.size * LONGITUDES.size
    numbers = np.arange(count)
    values = np.where(numbers % MISSING_EVERY == 0, np.nan, numbers * SCALE + OFFSET)
    return values.reshape(TIMES.size, LEVELS.size, LATITUDES.size, LONGITUDES.size)


def cube(habit: Habit) -> xr.Dataset:
    """The canonical cube as a file with a habit would hold it."""
    longitudes = LONGITUDES % 360 if habit.zero_to_360 else LONGITUDES
    data = xr.Dataset(
        {
            name: (("time", "pressure", "latitude", "longitude"), values.astype("float32"))
            for name, values in (("xco2", canonical()), ("xco2_uncertainty", canonical() / 4))
        },
        coords={
            "time": TIMES,
            "pressure": ("pressure", LEVELS, {"units": "hPa", "positive": "down"}),
            "latitude": ("latitude", LATITUDES, {"units": "degrees_north"}),
            "longitude": ("longitude", longitudes, {"units": "degrees_east"}),
        },
        attrs={"title": habit.id, "source": "synthetic", "licence": "CC0-1.0", "mission": "none"},
    ).sortby("longitude")
    if not habit.ascending:
        data = data.isel(latitude=slice(None, None, -1))
    if "z" not in habit.order:
        data = data.isel(pressure=0, drop=True)
    names = {"t": "time", "z": "pressure", "y": "latitude", "x": "longitude"}
    data = data.transpose(*(names[letter] for letter in habit.order))
    if habit.packed:
        for name, part in (("xco2", 1.0), ("xco2_uncertainty", 0.25)):
            packing = {"dtype": "int16", "scale_factor": SCALE * part, "add_offset": OFFSET * part}
            data[name].encoding = packing | {"_FillValue": np.int16(FILL)}
    return data
