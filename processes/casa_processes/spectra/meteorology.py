"""Weather of soundings, from the files that missions interpolate to them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np
from numpy.typing import NDArray

from casa_processes.common.errors import FileContentError, InvalidValueError, UnknownNameError
from casa_processes.radiative_transfer.air import Profile
from casa_processes.spectra.layouts.hdf5 import check_shape, first_of, numbers, opened, required
from casa_processes.spectra.sounding import Sounding, Weather

type Values = NDArray[np.float64]

PROFILES = ("pressure", "temperature", "humidity")
SCALARS = ("surface_pressure", "wind_east", "wind_north")


@dataclass(frozen=True)
class _Form:
    """Names of the arrays of one kind of file.

    Attributes
    ----------
    names
        Of `PROFILES`, over (cell..., level), and `SCALARS`, over (cell...); in Pa, K, kg kg-1 and
        m s-1.
    identifiers
        Array over the cells, or none when soundings are those of the spectra's file in its order.
    more
        Axes between cell and level of which the first element counts.
    """

    names: Mapping[str, str]
    identifiers: str | None
    more: int


def _oco(group: str, suffix: str) -> _Form:
    names = {
        "pressure": "vector_pressure_levels",
        "temperature": "temperature_profile",
        "humidity": "specific_humidity_profile",
        "surface_pressure": "surface_pressure",
        "wind_east": "windspeed_u",
        "wind_north": "windspeed_v",
    }
    places = {field: f"{group}/{name}_{suffix}" for field, name in names.items()}
    return _Form(places, "SoundingGeometry/sounding_id", 0)


_FORMS = (
    _oco("Meteorology", "met"),
    _oco("ECMWF", "ecmwf"),
    _Form(
        {
            "pressure": "ecmwf/temperature_pressures",
            "temperature": "ecmwf/temperature",
            "humidity": "ecmwf/specific_humidity",
            "surface_pressure": "ecmwf/surface_pressure",
            "wind_east": "ecmwf/windspeed_u",
            "wind_north": "ecmwf/windspeed_v",
        },
        None,
        2,
    ),
)


@dataclass(frozen=True, eq=False)
class Meteorology:
    """A file of weather.

    Attributes
    ----------
    path
        The file.
    cells
        Where each sounding is, by identifier; empty when the file has none.
    size
        Soundings of a file without identifiers.
    """

    path: Path
    form: _Form
    cells: Mapping[str, tuple[int, ...]]
    size: int

    def weather(self, sounding: Sounding | str, index: int | None = None) -> Weather:
        """Read the weather of one sounding.

        Parameters
        ----------
        sounding
            It, or its identifier.
        index
            Its number in the file of spectra, for files that have no identifiers.

        Raises
        ------
        UnknownNameError
            When the file has no such sounding.
        InvalidValueError
            When numbers are missing or impossible; names the sounding.
        FileContentError
            When the file cannot be read there.
        """
        name = sounding if isinstance(sounding, str) else sounding.sounding_id
        cell = self._cell(name, index)
        with opened(self.path) as file:
            found = {field: numbers(file, array, cell) for field, array in self.form.names.items()}
        try:
            return _weather(found)
        except InvalidValueError as error:
            what = f"weather of sounding {name}: {error.what}"
            raise InvalidValueError(what, error.asked, error.expected) from None

    def _cell(self, name: str, index: int | None) -> tuple[int, ...]:
        if self.form.identifiers is not None:
            if name not in self.cells:
                raise UnknownNameError(f"sounding of {self.path.name}", name, list(self.cells)[:3])
            return self.cells[name]
        if index is None or not 0 <= index < self.size:
            what = f"index of sounding {name}"
            expected = f"its place among the {self.size} of {self.path.name}"
            raise InvalidValueError(what, index, expected)
        return (index, *(0,) * self.form.more)


def _weather(found: Mapping[str, Values]) -> Weather:
    """Convert units and turn profiles so that they run from the top down."""
    pressure = found["pressure"]
    down = slice(None) if pressure[-1] > pressure[0] else slice(None, None, -1)
    # Models interpolate humidity to numbers a little below zero where air is dry.
    humidity = np.where((found["humidity"] < 0) & (found["humidity"] > -1e-5), 0, found["humidity"])
    profile = Profile(pressure[down] / 100.0, found["temperature"][down], humidity[down])
    surface = float(found["surface_pressure"]) / 100.0
    if not 300 <= surface <= 1100:
        raise InvalidValueError("surface_pressure", surface, "300 to 1100 hPa")
    return Weather(profile, surface, float(found["wind_east"]), float(found["wind_north"]))


def open_meteorology(path: Path) -> Meteorology:
    """Open a file of weather.

    Parameters
    ----------
    path
        Of OCO-2 or OCO-3 (L2Met, ECMWF) or of GOSAT by ACOS (Ecm).

    Raises
    ------
    FileContentError
        When the file is damaged, of no known kind, or lacks what its kind has.
    """
    with opened(path) as file:
        form = next((each for each in _FORMS if first_of(file, (each.names["pressure"],))), None)
        if form is None:
            known = " or ".join(each.names["pressure"] for each in _FORMS)
            raise FileContentError(path.name, known, "an array", "nothing")
        shape = _check(file, form)
        cells: dict[str, tuple[int, ...]] = {}
        if form.identifiers is not None:
            identifiers = np.asarray(file[form.identifiers][()], np.int64)
            cells = {
                str(identifiers[cell]): cell
                for cell in map(tuple, np.argwhere(identifiers > 0).tolist())
            }
    return Meteorology(path, form, cells, shape[0])


def _check(file: h5py.File, form: _Form) -> Sequence[int]:
    """Check names and shapes; returns the lengths of the axes of cells."""
    for name in form.names.values():
        required(file, (name,))
    shape: tuple[int, ...] = file[form.names["pressure"]].shape
    lengths = shape[:-1]
    if form.identifiers is not None:
        check_shape(file, required(file, (form.identifiers,)), (None, None))
        lengths = file[form.identifiers].shape
    elif len(shape) != 2 + form.more:
        check_shape(file, form.names["pressure"], (None,) * (2 + form.more))
    for field in PROFILES:
        check_shape(file, form.names[field], (*lengths, shape[-1]))
    for field in SCALARS:
        check_shape(file, form.names[field], lengths)
    return lengths
