"""Files of many simulated spectra, in the plain layout and labelled as synthetic."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import h5py
import numpy as np
from numpy.typing import NDArray

from casa_processes.common.errors import InvalidValueError
from casa_processes.instruments.spectrometer import Spectrometer
from casa_processes.spectra.layouts.rows import Places, Rows

type Values = NDArray[np.float64]

_TOGETHER = (64, 8)
"""Frames and footprints that are stored together."""
_COLUMNS = {
    "latitude": "latitude",
    "longitude": "longitude",
    "solar_zenith": "solar_zenith_angle",
    "sensor_zenith": "sensor_zenith_angle",
    "land_fraction": "land_fraction",
    "surface_class": "igbp_class",
    "cloud": "cloud_flag",
}
_CORNERS = ("latitude_vertices", "longitude_vertices")


@contextmanager
def simulated_blocks(
    path: Path,
    spectrometer: Spectrometer,
    shape: tuple[int, int],
    wavelength: Values,
    noise: tuple[Values, Values],
    about: str,
) -> Iterator[h5py.File]:
    """Create a file that `open_blocks` reads; `put_frames` fills it.

    Parameters
    ----------
    path
        Of the file, which is replaced if there is one, once all is written.
    spectrometer
        Whose spectra they are like.
    shape
        Numbers of frames and of footprints across the track.
    wavelength
        [um], shape (footprint, channel)
    noise
        Constant and slope of the variance over the radiance, of a shape that goes with the
        wavelengths.  [(W m-2 sr-1 um-1)2, W m-2 sr-1 um-1]
    about
        What was simulated, for people.

    Raises
    ------
    InvalidValueError
        When wavelengths are not those of as many footprints.
    """
    if wavelength.ndim != 2 or len(wavelength) != shape[1]:
        expected = f"shape ({shape[1]}, channel)"
        raise InvalidValueError("wavelength", wavelength.shape, expected)
    part = path.with_name(f"{path.name}.part")
    chunks = (min(shape[0], _TOGETHER[0]), min(shape[1], _TOGETHER[1]))
    with h5py.File(part, "w") as file:
        file.attrs["title"] = f"Simulated spectra of {spectrometer.title} (synthetic)"
        file.attrs.update({"synthetic": "true", "comment": about, "instrument": spectrometer.id})
        _create(file, "radiance", (*shape, wavelength.shape[1]), "f4", "W m-2 sr-1 um-1", chunks)
        _fill(file, "wavelength", wavelength, "um")
        for name, values in zip(("noise_constant", "noise_slope"), noise, strict=True):
            _fill(file, name, values, "")
        _create(file, "sounding_id", shape, "i8", "", chunks)
        _create(file, "time", shape, "i8", "nanoseconds since 1970-01-01", chunks)
        for name in _COLUMNS.values():
            _create(file, name, shape, "f8", "", chunks)
        for name in _CORNERS:
            _create(file, name, (*shape, 4), "f8", "degree", chunks)
        yield file
    part.replace(path)


def put_frames(file: h5py.File, start: int, places: Places, rows: Rows) -> None:
    """Write whole frames from `start` on.

    Parameters
    ----------
    file
        As `simulated_blocks` gives it.
    start
        Number of the first frame.
    places, rows
        Soundings of whole frames, frame by frame; the digits of identifiers are kept behind a
        1, which keeps zeros in front of them.
    """
    across, channels = file["radiance"].shape[1:]
    count = places.time.size // across
    here = slice(start, start + count)
    file["radiance"][here] = rows.radiance.reshape(count, across, channels)
    digits = ["".join(filter(str.isdigit, each)) for each in places.sounding_id.tolist()]
    numbers = [int(f"1{each}") for each in digits]
    file["sounding_id"][here] = np.array(numbers).reshape(count, across)
    file["time"][here] = places.time.astype("datetime64[ns]").astype(np.int64).reshape(-1, across)
    for ours, theirs in _COLUMNS.items():
        file[theirs][here] = getattr(places, ours).reshape(count, across)
    for name in _CORNERS:
        file[name][here] = getattr(places, name).reshape(count, across, 4)


def _create(
    file: h5py.File,
    name: str,
    shape: tuple[int, ...],
    dtype: str,
    units: str,
    chunks: tuple[int, int],
) -> None:
    array = file.create_dataset(name, shape, dtype, chunks=(*chunks, *shape[2:]))
    if units:
        array.attrs["units"] = units


def _fill(file: h5py.File, name: str, values: Values, units: str) -> None:
    file[name] = np.asarray(values, np.float64)
    if units:
        file[name].attrs["units"] = units
