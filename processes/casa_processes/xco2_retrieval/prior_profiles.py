"""A priori profiles of carbon dioxide by file: over latitude, time and pressure."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import h5py
import numpy as np
from numpy.typing import NDArray

from casa_processes.common.errors import FileContentError, InvalidValueError
from casa_processes.common.hdf5 import own_file
from casa_processes.xco2.model.prior import FRACTIONS

type Values = NDArray[np.float64]

COLUMNS = ("time", "latitude", "fraction", "co2")
"""Variables of a netCDF file, columns of a CSV file."""

MOST_VALUES = 10_000_000
"""Most numbers of a file."""

_LOWEST, _HIGHEST = 100.0, 1500.0
"""Between these any mole fraction of carbon dioxide is.  [ppm]"""
_PPM = {"ppm": 1.0, "1e-6": 1.0, "umol mol-1": 1.0, "mol mol-1": 1e6, "1": 1e6}
_SECONDS = {"seconds": 1.0, "minutes": 60.0, "hours": 3600.0, "days": 86400.0}
_MAGIC = b"\x89HDF"


@dataclass(frozen=True, eq=False)
class PriorProfiles:
    """Profiles on a grid.

    Attributes
    ----------
    time
        Seconds since 1970, ascending; one alone holds for all times.  shape (time,)
    latitude
        Ascending.  [degree], shape (latitude,)
    fraction
        Pressure over that of the surface, ascending.  [1], shape (level,)
    co2
        [ppm], shape (time, latitude, level)
    """

    time: Values
    latitude: Values
    fraction: Values
    co2: Values

    def profile(self, latitude: float, time: np.datetime64) -> Values:
        """Return the profile of a place and time at the levels of the retrieval.

        Parameters
        ----------
        latitude
            Beyond those of the file the nearest one's counts.  [degree]
        time
            UTC.

        Returns
        -------
        ndarray
            Linear between what the file has.  [ppm], shape (level,)

        Raises
        ------
        InvalidValueError
            When the file holds several times and this is before or after all of them.
        """
        seconds = float((time - np.datetime64(0, "s")) / np.timedelta64(1, "s"))
        first, last = float(self.time[0]), float(self.time[-1])
        if self.time.size > 1 and not first <= seconds <= last:
            ends = " to ".join(str(np.datetime64(int(each), "s")) for each in (first, last))
            raise InvalidValueError("time of a priori profiles", str(time), ends)
        then = _between(self.time, self.co2, seconds)
        found = _between(self.latitude, then, latitude)
        profile: Values = np.interp(FRACTIONS, self.fraction, found)
        return profile


def _between(places: Values, rows: Values, place: float) -> Values:
    """Interpolate rows; beyond the outermost places theirs count."""
    above = int(np.clip(np.searchsorted(places, place), 1, max(places.size - 1, 1)))
    if places.size == 1:
        only: Values = rows[0]
        return only
    low, high = float(places[above - 1]), float(places[above])
    share = min(max((place - low) / (high - low), 0.0), 1.0)
    mixed: Values = (1.0 - share) * rows[above - 1] + share * rows[above]
    return mixed


def read_prior(path: Path) -> PriorProfiles:
    """Read a file of profiles.

    Parameters
    ----------
    path
        netCDF-4 or HDF5 with the variables `time` (CF units, or none for seconds since 1970),
        `latitude`, `fraction` and `co2` (time, latitude, fraction), in ppm or mol mol-1 by its
        units; or CSV with these columns, UTC times of RFC 3339, ppm, and a row for every
        combination. Which of them is told by the content.

    Raises
    ------
    FileContentError
        When the file is damaged, lacks something, holds impossible numbers or leads to others.
    """
    try:
        with path.open("rb") as file:
            start = file.read(len(_MAGIC))
    except OSError as error:
        reason = error.strerror or "not readable"
        raise FileContentError(path.name, "/", "a file", reason) from None
    found = _of_hdf5(path) if start == _MAGIC else _of_csv(path)
    _check(path, found)
    return found


def _of_hdf5(path: Path) -> PriorProfiles:
    with own_file(path) as file:
        for name in COLUMNS:
            if not isinstance(file.get(name), h5py.Dataset) or file[name].dtype.kind not in "fiu":
                raise FileContentError(path.name, name, "an array of numbers", "none")
            if file[name].size > MOST_VALUES:
                found = f"{file[name].size}"
                raise FileContentError(path.name, name, f"at most {MOST_VALUES} numbers", found)
        units = {name: _text(file[name].attrs.get("units", "")) for name in COLUMNS}
        time, latitude, fraction, co2 = (np.asarray(file[each][()], float) for each in COLUMNS)
    if units["co2"] not in _PPM:
        raise FileContentError(path.name, "co2", f"units {', '.join(_PPM)}", units["co2"] or "none")
    expected = (time.size, latitude.size, fraction.size)
    if co2.shape != expected:
        raise FileContentError(path.name, "co2", f"shape {expected}", f"{co2.shape}")
    scale, epoch = _clock(path, units["time"])
    seconds = time.ravel() * scale + epoch
    return PriorProfiles(seconds, latitude.ravel(), fraction.ravel(), co2 * _PPM[units["co2"]])


def _text(value: object) -> str:
    if isinstance(value, np.ndarray):
        value = value.ravel()[0] if value.size else ""
    return (value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)).strip()


def _clock(path: Path, units: str) -> tuple[float, float]:
    """Return what units of time are in seconds, and where they begin in seconds since 1970."""
    if not units:
        return 1.0, 0.0
    unit, _, since = units.partition(" since ")
    try:
        return _SECONDS[unit], _seconds(since)
    except (KeyError, ValueError):
        expected = "units of CF as days since 2000-01-01"
        raise FileContentError(path.name, "time", expected, units) from None


def _seconds(text: str) -> float:
    """Return seconds since 1970 of a time that is UTC unless it says otherwise."""
    found = datetime.fromisoformat(text.strip().removesuffix(" UTC"))
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()


def _of_csv(path: Path) -> PriorProfiles:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file))
        header = [each.strip() for each in rows[0]]
        columns = [header.index(name) for name in COLUMNS]
        wanted = [[row[at] for at in columns] for row in rows[1:] if row]
        table = np.array([[_seconds(row[0]), *map(float, row[1:])] for row in wanted], float)
    except (OSError, ValueError, IndexError, csv.Error) as error:
        expected = f"netCDF, or rows of {', '.join(COLUMNS)}"
        raise FileContentError(path.name, "/", expected, str(error)[:100]) from None
    if not len(table):
        raise FileContentError(path.name, "/", "rows", "none")
    found = [np.unique(column, return_inverse=True) for column in table[:, :3].T]
    (time, latitude, fraction), places = zip(*found, strict=True)
    shape = (time.size, latitude.size, fraction.size)
    cells = np.ravel_multi_index(places, shape)
    if not np.array_equal(np.sort(cells), np.arange(np.prod(shape))):
        told = f"{len(table)} rows of {shape[0]} times, {shape[1]} latitudes, {shape[2]} fractions"
        raise FileContentError(path.name, "/", "one row for every combination", told)
    co2 = np.empty(shape)
    co2[places] = table[:, 3]
    return PriorProfiles(time, latitude, fraction, co2)


def _check(path: Path, found: PriorProfiles) -> None:
    """Refuse what cannot be.

    Raises
    ------
    FileContentError
        Naming the variable.
    """
    limits: Sequence[tuple[str, Values, float, float]] = (
        ("time", found.time, -1e11, 1e11),
        ("latitude", found.latitude, -90.0, 90.0),
        ("fraction", found.fraction, 0.0, 1.2),
    )
    for name, values, low, high in limits:
        if not values.size or not ((values >= low) & (values <= high)).all():
            raise FileContentError(path.name, name, f"numbers of {low:g} to {high:g}", "others")
        if (np.diff(values) <= 0).any():
            raise FileContentError(path.name, name, "ascending numbers", "others")
    if found.fraction.size < 2:
        raise FileContentError(path.name, "fraction", "two levels at least", "one")
    if not ((found.co2 >= _LOWEST) & (found.co2 <= _HIGHEST)).all():
        expected = f"{_LOWEST:g} to {_HIGHEST:g} ppm everywhere"
        raise FileContentError(path.name, "co2", expected, "others")
