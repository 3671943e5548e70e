"""Winds of users: netCDF files and Zarr stores of analyses such as ERA5 and GEOS.

A store has winds and the pressure at the surface over time, level, latitude and longitude, found by
CF standard names, or by the names that the centres use. Levels are pressures, or layers between
interfaces a + b ps whose coefficients are variables of the store.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import xarray as xr

from casa_processes.common.errors import FileContentError, InvalidValueError, UnknownNameError, told
from casa_processes.common.hdf5 import own_file
from casa_processes.common.units import UnitsError, convert
from casa_processes.transport.types import MassFlux, Mesh, Values
from casa_processes.transport.winds import MassFix, Wind, mass_flux, surface_of

NAMES: Final = {
    "eastward_wind": ("u", "U", "ua", "u_component_of_wind"),
    "northward_wind": ("v", "V", "va", "v_component_of_wind"),
    "surface_air_pressure": ("ps", "PS", "sp", "surface_pressure"),
}
"""Standard names of what is needed, and names that stand for them."""

AXES: Final = {
    "time": ("time", "valid_time"),
    "level": ("level", "lev", "pressure_level", "plev", "hybrid", "isobaricInhPa"),
    "latitude": ("latitude", "lat"),
    "longitude": ("longitude", "lon"),
}
COEFFICIENTS: Final = (("hyai", "hybi"), ("ak", "bk"), ("ap", "b"))
UNITS: Final = {"eastward_wind": "m s-1", "northward_wind": "m s-1", "surface_air_pressure": "Pa"}
RANGES: Final = {
    "eastward_wind": (-250.0, 250.0),
    "northward_wind": (-250.0, 250.0),
    "surface_air_pressure": (40_000.0, 110_000.0),
}
"""What there is on Earth, in `UNITS`."""

LOWEST, HIGHEST, WIDEST = 85_000.0, 10_000.0, 20_000.0
"""Levels of pressure reach from the first to the second without a wider gap than the third. [Pa]"""


@dataclass(frozen=True, eq=False)
class Winds:
    """An open store.

    Attributes
    ----------
    name
        Of the file or store.
    fields
        Arrays by standard name, of dimensions time, level, latitude and longitude.
    times
        Ascending.  datetime64[ns], shape (n,)
    longitude, latitude, a, b
        As `Wind` has them.
    """

    name: str
    fields: dict[str, xr.DataArray]
    times: np.ndarray[Any, Any]
    longitude: Values
    latitude: Values
    a: Values
    b: Values

    def at(self, time: np.datetime64) -> Wind:
        """Return the winds of an instant, linear between those of the store.

        Raises
        ------
        InvalidValueError
            When the store does not reach the instant.
        FileContentError
            When values are missing or cannot be.
        """
        instant = np.datetime64(time, "ns")
        first, last = self.times[0], self.times[-1]
        if not first <= instant <= last:
            raise InvalidValueError("time", str(time), f"{first} to {last}, which {self.name} has")
        low = min(int(np.searchsorted(self.times, instant, "right")) - 1, self.times.size - 1)
        if self.times[low] == instant:
            found = {name: self._values(name, low) for name in NAMES}
        else:
            share = (instant - self.times[low]) / (self.times[low + 1] - self.times[low])
            found = {
                name: (1.0 - share) * self._values(name, low) + share * self._values(name, low + 1)
                for name in NAMES
            }
        return Wind(self.longitude, self.latitude, self.a, self.b, *found.values())

    def _values(self, name: str, number: int) -> Values:
        """Read and check one time."""
        try:
            values = np.asarray(self.fields[name].isel(time=number).values, np.float64)
        except (OSError, RuntimeError, ValueError) as error:
            raise FileContentError(self.name, name, "a readable array", str(error)) from None
        values = convert(values, self.fields[name].attrs["units"], UNITS[name])
        low, high = RANGES[name]
        wrong = ~((values >= low) & (values <= high))
        if wrong.any():
            where = f"{self.fields[name].name} at {self.times[number]}"
            found = f"{values[wrong][0]:g} in {int(wrong.sum())} cells"
            raise FileContentError(self.name, where, f"{low:g} to {high:g} {UNITS[name]}", found)
        return values


@contextmanager
def open_winds(path: Path) -> Iterator[Winds]:
    """Open a netCDF file or a Zarr store (a folder) of winds.

    Raises
    ------
    FileContentError
        When it cannot be read, or its axes and levels are not those of a globe.
    UnknownNameError
        When a variable is missing.
    """
    if not path.is_dir():
        with own_file(path):
            pass
    try:
        if path.is_dir():
            data = xr.open_zarr(path, consolidated=False, chunks=None)
        else:
            data = xr.open_dataset(path, engine="h5netcdf")
    except (OSError, ValueError, LookupError, RuntimeError, TypeError) as error:
        expected = "a netCDF file or Zarr store"
        raise FileContentError(path.name, "/", expected, told(error, path)) from None
    with data:
        yield _arranged(path.name, data)


def forcing(
    winds: Winds,
    mesh: Mesh,
    start: np.datetime64,
    seconds: float,
    total: float | None = None,
    mixing: Values | None = None,
) -> tuple[MassFlux, MassFix]:
    """Return the mass fluxes of a step.

    Parameters
    ----------
    winds
        An open store.
    mesh
        The cells.
    start
        When the step begins.
    seconds
        Its length.  [s]
    total
        Mass of all air, that of the first step; None for that when this one begins.  [kg]
    mixing
        Exchanged between layers.  [kg per step], shape (z - 1, y, x)

    Raises
    ------
    InvalidValueError
        When the store does not reach the step.
    FileContentError
        When values are missing or cannot be.
    """
    if not seconds > 0.0:
        raise InvalidValueError("length of a step [s]", seconds, "above 0")
    half = np.timedelta64(round(seconds * 0.5e9), "ns")
    begin = np.datetime64(start, "ns")
    before, _ = surface_of(mesh, winds.at(begin), total)
    kept = float(mesh.mass(before).sum())
    after, added = surface_of(mesh, winds.at(begin + 2 * half), kept)
    flux, fix = mass_flux(mesh, winds.at(begin + half), (before, after), seconds, mixing)
    return flux, MassFix(added, fix.imbalance, fix.wind)


def _arranged(name: str, data: xr.Dataset) -> Winds:
    """Bring variables and axes into order: levels upwards, latitudes and times ascending."""
    found = {standard: _found(data, standard) for standard in NAMES}
    axes = {role: _axis(name, found["eastward_wind"], role) for role in AXES}
    renamed = {old: role for role, old in axes.items()}
    fields = {}
    for standard, field in found.items():
        wanted = [role for role in AXES if role != "level" or standard != "surface_air_pressure"]
        field = field.rename({old: new for old, new in renamed.items() if old in field.dims})
        if set(field.dims) != set(wanted):
            raise FileContentError(
                name,
                str(field.name),
                f"dimensions {', '.join(wanted)}",
                ", ".join(map(str, field.dims)),
            )
        if "units" not in field.attrs:
            raise FileContentError(name, str(field.name), "an attribute units", "none")
        fields[standard] = field.transpose(*wanted).sortby(["time", "latitude", "longitude"])
        _check_units(name, field, standard)
    levels = fields["eastward_wind"]
    a, b, upwards = _levels(name, data, levels["level"])
    for standard in ("eastward_wind", "northward_wind"):
        fields[standard] = fields[standard].isel(level=upwards)
    longitude, latitude = (np.asarray(levels[one], np.float64) for one in ("longitude", "latitude"))
    _check_globe(name, longitude, latitude)
    return Winds(
        name, fields, np.asarray(levels["time"], "datetime64[ns]"), longitude, latitude, a, b
    )


def _found(data: xr.Dataset, standard: str) -> xr.DataArray:
    """Find a variable by its standard name, else by its name."""
    for field in data.data_vars.values():
        if field.attrs.get("standard_name") == standard:
            return field
    for name in NAMES[standard]:
        if name in data.data_vars:
            return data[name]
    raise UnknownNameError(f"variable of {standard}", NAMES[standard][0], map(str, data.data_vars))


def _axis(name: str, field: xr.DataArray, role: str) -> str:
    for one in AXES[role]:
        if one in field.dims and one in field.coords:
            return one
    dims = ", ".join(map(str, field.dims))
    raise FileContentError(name, str(field.name), f"a coordinate of {role}", f"dimensions {dims}")


def _check_units(name: str, field: xr.DataArray, standard: str) -> None:
    try:
        convert(np.zeros(1), field.attrs["units"], UNITS[standard])
    except UnitsError as error:
        expected = f"units that are {UNITS[standard]}"
        raise FileContentError(name, str(field.name), expected, str(error)) from None


def _levels(name: str, data: xr.Dataset, axis: xr.DataArray) -> tuple[Values, Values, slice]:
    """Return coefficients of the interfaces upwards, and how levels are brought into that order."""
    for first, second in COEFFICIENTS:
        if first in data.variables and second in data.variables:
            a = convert(data[first].values, data[first].attrs.get("units", "Pa"), "Pa")
            b = np.asarray(data[second].values, np.float64)
            if a.shape != (axis.size + 1,) or b.shape != a.shape:
                expected = f"{max(a.size - 1, 0)} levels between {a.size} interfaces"
                raise FileContentError(name, str(axis.name), expected, f"{axis.size}")
            upwards = slice(None, None, -1) if b[0] < b[-1] else slice(None)
            return a[upwards], b[upwards], upwards
    return _pressures(name, axis)


def _pressures(name: str, axis: xr.DataArray) -> tuple[Values, Values, slice]:
    """Return interfaces half-way between levels of pressure, from the surface to nothing."""
    try:
        values = convert(axis.values, axis.attrs.get("units", "1"), "Pa")
    except UnitsError:
        expected = "pressures with units, or hyai and hybi beside it"
        found = f"units {axis.attrs.get('units')!r}"
        raise FileContentError(name, str(axis.name), expected, found) from None
    upwards = slice(None, None, -1) if values[0] < values[-1] else slice(None)
    values = np.asarray(values[upwards], np.float64)
    steps = -np.diff(values)
    if (steps <= 0.0).any() or values[0] < LOWEST or values[-1] > HIGHEST or steps.max() > WIDEST:
        expected = (
            f"levels from {LOWEST / 100:g} hPa or more to {HIGHEST / 100:g} or less without a gap "
            f"of more than {WIDEST / 100:g}"
        )
        found = ", ".join(f"{one / 100:g}" for one in values)
        raise FileContentError(name, str(axis.name), expected, found)
    a = np.concatenate([[0.0], (values[1:] + values[:-1]) / 2.0, [0.0]])
    return a, np.eye(1, a.size)[0], upwards


def _check_globe(name: str, longitude: Values, latitude: Values) -> None:
    """Raise `FileContentError` when a grid does not cover the globe in equal steps of longitude."""
    step = np.diff(longitude)
    if step.size < 3 or np.abs(step - 360.0 / longitude.size).max() > 0.01 * step.mean():
        found = f"{longitude.size} from {longitude[0]:g} to {longitude[-1]:g}"
        raise FileContentError(name, "longitude", "equal steps once round", found)
    rows = np.diff(latitude)
    if rows.size < 2 or max(90.0 - latitude[-1], latitude[0] + 90.0) > rows.max():
        found = f"{latitude.size} from {latitude[0]:g} to {latitude[-1]:g}"
        raise FileContentError(name, "latitude", "rows from pole to pole", found)
