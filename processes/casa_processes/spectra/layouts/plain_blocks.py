"""Many soundings at once of files in a plain layout: one band, one array of radiances.

They are netCDF-4, or Zarr of version 3 in a zip file.

``radiance`` has the dimensions (frame, footprint, channel), or (sounding, channel) beside a
``footprint`` from 1. Its units are W m-2 sr-1 um-1, mW m-2 sr-1 nm-1 or photon s-1 m-2 sr-1 um-1.
``wavelength``, (footprint, channel) or (channel), is in um or nm. Noise is ``radiance_noise``, as
large as the radiance, or of the variance ``noise_constant`` + ``noise_slope`` I, each of shape
(footprint, channel), (channel) or (). All others are named as in the vocabulary. Numbers are not
packed; those that equal ``_FillValue``, or that cannot be, are missing.
"""

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from casa_processes.common.errors import FileContentError, InvalidValueError
from casa_processes.instruments.shapes import gaussian
from casa_processes.instruments.spectrometer import Spectrometer
from casa_processes.spectra.layouts.hdf5 import (
    check_numbers,
    check_shape,
    is_array,
    opened,
    required,
)
from casa_processes.spectra.layouts.identifiers import identifiers
from casa_processes.spectra.layouts.meant import (
    believed,
    check_one_of,
    check_unpacked,
    codes,
    fill_of,
    instants,
)
from casa_processes.spectra.layouts.rows import BRIGHTEST, UNKNOWN, Places, Rows, placed, turned
from casa_processes.spectra.layouts.zarr_files import is_zipped, opened_zarr
from casa_processes.spectra.photons import power_per_wavelength_of_photons
from casa_processes.spectra.sounding import LineShape

type Values = NDArray[np.float64]

_POWER = ("W m-2 sr-1 um-1", "mW m-2 sr-1 nm-1", "W m-2 um-1 sr-1", "mW m-2 nm-1 sr-1")
_PHOTONS = ("photon s-1 m-2 sr-1 um-1",)
_LENGTHS = {"um": 1.0, "nm": 1e-3}
_TIMES = {"nanoseconds since 1970-01-01": 1, "seconds since 1970-01-01": 1_000_000_000}
_NEEDED = ("time", "latitude", "longitude", "solar_zenith_angle")
_CLEAR, _CLOUDY = 0, 1
_MOST_CHANNELS, _MOST_ACROSS = 1 << 14, 1 << 12


def is_plain(file: h5py.File) -> bool:
    """Tell whether a file has this layout."""
    return is_array(file.get("radiance"))


def opened_plain(path: Path) -> AbstractContextManager[Any]:
    """Open a file for reading, whichever of both it is."""
    return opened_zarr(path) if is_zipped(path) else opened(path)


class PlainBlocks:
    """Soundings of a file in frames; see `casa_processes.spectra.block.Blocks`.

    A file of (sounding, channel) has one sounding in each frame.
    """

    def __init__(self, path: Path, spectrometer: Spectrometer) -> None:
        self.path, self.spectrometer = path, spectrometer
        with opened_plain(path) as file:
            shape = file["radiance"].shape
            check_numbers(file, "radiance")
            if len(shape) not in (2, 3) or min(shape) < 1 or shape[-1] > _MOST_CHANNELS:
                expected = "(frame, footprint, channel) or (sounding, channel), the last at most "
                expected += str(_MOST_CHANNELS)
                raise FileContentError(path.name, "radiance", expected, f"{shape}")
            if len(shape) == 3 and shape[1] > _MOST_ACROSS:
                expected = f"at most {_MOST_ACROSS:,} footprints"
                raise FileContentError(path.name, "radiance", expected, f"{shape}")
            self.flat = len(shape) == 2
            self.frames, self.across = shape[0], 1 if self.flat else shape[1]
            self._channels = shape[-1]
            self.synthetic = _text(file.attrs.get("synthetic", "")).lower() == "true"
            self._wavelength = self._wavelengths(file)
            self._noise = self._coefficients(file)
            self._photons = self._unit(file, "radiance", (*_POWER, *_PHOTONS)) in _PHOTONS
            self._check(file)

    def wavelength(self, _band: str) -> Values:
        """Return the channels of all footprints; there is one band."""
        return self._wavelength

    def full_scale(self, _band: str) -> float:
        """Return a radiance beyond all that is measured: nothing is known of saturation."""
        return BRIGHTEST

    def places(self, frames: slice, across: slice) -> Places:
        """Read where and when some soundings were taken."""
        with opened_plain(self.path) as file:
            there = {
                name: self._plane(file, name, frames, across)
                for name in ("latitude", "longitude", "solar_zenith_angle", "sensor_zenith_angle",
                             "land_fraction", "igbp_class", "cloud_flag")
            }  # fmt: skip
            time = self._times(file, frames, across)
            corners = [
                self._corners(file, f"{axis}_vertices", frames, across)
                for axis in ("latitude", "longitude")
            ]
            identifier = self._identifiers(file, frames, across)
            footprint = self._footprints(file, frames, across)
        longitude = turned(there["longitude"])
        return Places(
            there=placed(there["latitude"], longitude, time),
            sounding_id=identifier,
            time=time,
            latitude=there["latitude"],
            longitude=longitude,
            solar_zenith=there["solar_zenith_angle"],
            sensor_zenith=there["sensor_zenith_angle"],
            surface_class=codes(there["igbp_class"]),
            cloud=_clouds(there["cloud_flag"]),
            land_fraction=there["land_fraction"],
            footprint=footprint,
            latitude_vertices=corners[0],
            longitude_vertices=turned(corners[1]),
            approach=np.full(time.size, np.nan),
            recession=np.full(time.size, np.nan),
        )

    def shapes(self, band: str) -> tuple[LineShape, ...]:
        """Return the response of the configuration, which such a file does not have.

        Raises
        ------
        InvalidValueError
            When the configuration has no width of it either.
        """
        width = self.spectrometer.band(band).width
        if width is None:
            where = f"bands.{band}.width of {self.spectrometer.id}.yml"
            raise InvalidValueError(where, None, "that of a Gaussian response [um]")
        return (gaussian(width),)

    def rows(self, _band: str, channels: slice, frames: slice, across: slice) -> Rows:
        """Read spectra of some soundings and channels."""
        where = (frames, channels) if self.flat else (frames, across, channels)
        with opened_plain(self.path) as file:
            wide = (-1, channels.stop - channels.start)
            radiance = file["radiance"][where].astype(np.float32, copy=False).reshape(wide)
            if np.isfinite(fill := fill_of(file["radiance"])):
                radiance[radiance == np.float32(fill)] = np.nan
            footprint = self._footprints(file, frames, across)
            noise = (
                file["radiance_noise"][where].astype(np.float32, copy=False).reshape(wide)
                if self._noise is None
                else _noise(radiance, footprint, *(each[:, channels] for each in self._noise))
            )
        if self._photons:
            scale = power_per_wavelength_of_photons(np.ones(1), self._wavelength[:, channels])
            radiance, noise = (
                (each * scale[footprint]).astype(np.float32) for each in (radiance, noise)
            )
        return Rows(radiance, noise, footprint)

    def _check(self, file: h5py.File) -> None:
        check_unpacked(file)
        for name in _NEEDED:
            required(file, (name,))
        shapes = [(self.frames,)] if self.flat else [(self.frames, self.across), (self.frames,)]
        for name in (*_NEEDED, "sensor_zenith_angle", "igbp_class", "cloud_flag", "land_fraction"):
            if name in file:
                check_numbers(file, name)
            check_one_of(file, name, shapes)
        check_one_of(file, "sounding_id", shapes[:1])
        for axis in ("latitude", "longitude"):
            check_one_of(file, f"{axis}_vertices", [(*shapes[0], 4)])
        if self.flat and len(self._wavelength) > 1:
            required(file, ("footprint",))
            check_shape(file, "footprint", (self.frames,))
        self._unit(file, "time", tuple(_TIMES))

    def _wavelengths(self, file: h5py.File) -> Values:
        name = required(file, ("wavelength",))
        check_numbers(file, name)
        shape = file[name].shape
        count = shape[0] if len(shape) == 2 else 1
        fits = 0 < count <= _MOST_ACROSS if self.flat else count in (1, self.across)
        if not fits or shape[-1:] != (self._channels,) or len(shape) > 2:
            expected = f"shape ({'any' if self.flat else self.across}, {self._channels})"
            raise FileContentError(self.path.name, name, expected, f"shape {shape}")
        values: Values = np.atleast_2d(file[name][()].astype(np.float64))
        values = values * _LENGTHS[self._unit(file, name, tuple(_LENGTHS))]
        return values if self.flat or count > 1 else np.repeat(values, self.across, axis=0)

    def _coefficients(self, file: h5py.File) -> tuple[Values, Values] | None:
        """Return constant and slope of the variance; None when noise has an array of its own."""
        if "radiance_noise" in file:
            check_shape(file, "radiance_noise", file["radiance"].shape)
            return None
        found = []
        for name in ("noise_constant", "noise_slope"):
            required(file, (name,))
            check_numbers(file, name)
            shape, whole = file[name].shape, self._wavelength.shape
            try:
                fits = np.broadcast_shapes(shape, whole) == whole
            except ValueError:
                fits = False
            if not fits:
                expected = f"shape {whole}, ({self._channels},) or ()"
                raise FileContentError(self.path.name, name, expected, f"shape {shape}")
            found.append(np.broadcast_to(file[name][()].astype(np.float64), whole))
        return found[0], found[1]

    def _unit(self, file: h5py.File, name: str, known: tuple[str, ...]) -> str:
        units = _text(file[name].attrs.get("units", ""))
        if units not in known:
            expected = f"units {' or '.join(known)}"
            raise FileContentError(self.path.name, name, expected, units or "none")
        return units

    def _footprints(self, file: h5py.File, frames: slice, across: slice) -> NDArray[np.int64]:
        count = len(range(*frames.indices(self.frames)))
        if not self.flat:
            return np.tile(np.arange(*across.indices(self.across), dtype=np.int64), count)
        if len(self._wavelength) == 1:
            return np.zeros(count, np.int64)
        found: NDArray[np.int64] = file["footprint"][frames].astype(np.int64) - 1
        if ((found < 0) | (found >= len(self._wavelength))).any():
            expected = f"1 to {len(self._wavelength)}"
            raise FileContentError(self.path.name, "footprint", expected, "others")
        return found

    def _plane(self, file: h5py.File, name: str, frames: slice, across: slice) -> Values:
        """Read a field, shape (sounding,); NaN where the file has none."""
        each = len(range(*across.indices(self.across)))
        if name not in file:
            return np.full(len(range(*frames.indices(self.frames))) * each, np.nan)
        if file[name].ndim == 1:
            alone = np.repeat(file[name][frames].astype(np.float64), each)
            return believed(file[name], name, alone)
        return believed(file[name], name, file[name][frames, across].astype(np.float64).ravel())

    def _times(self, file: h5py.File, frames: slice, across: slice) -> NDArray[np.datetime64]:
        each = len(range(*across.indices(self.across)))
        array = file["time"]
        raw = np.repeat(array[frames], each) if array.ndim == 1 else array[frames, across].ravel()
        return instants(raw, _TIMES[_text(array.attrs["units"])])

    def _corners(self, file: h5py.File, name: str, frames: slice, across: slice) -> Values:
        count = len(range(*frames.indices(self.frames))) * len(range(*across.indices(self.across)))
        if name not in file:
            return np.full((count, 4), np.nan)
        where = frames if self.flat else (frames, across)
        found: Values = file[name][where].astype(np.float64).reshape(-1, 4)
        return found

    def _identifiers(self, file: h5py.File, frames: slice, across: slice) -> NDArray[np.str_]:
        """Read identifiers, or make them of frame and footprint."""
        if "sounding_id" in file:
            where = frames if self.flat else (frames, across)
            return identifiers(file["sounding_id"], where)
        rows = np.arange(*frames.indices(self.frames), dtype=np.int64)[:, None]
        cells = rows * self.across + np.arange(*across.indices(self.across))
        return np.char.zfill(cells.ravel().astype(np.str_), 9)


def _noise(
    radiance: NDArray[np.float32], footprint: NDArray[np.int64], constant: Values, slope: Values
) -> NDArray[np.float32]:
    """Return noise of the variance c + s I, shape of the radiance."""
    low, steep = constant.astype(np.float32), slope.astype(np.float32)
    with np.errstate(invalid="ignore"):
        found = np.maximum(radiance, np.float32(0.0)) * steep[footprint]
        found += low[footprint]
        return np.sqrt(found, out=found)


def _clouds(values: Values) -> NDArray[np.int64]:
    """Return 0, 1 or -1 of codes whose other values mean that nothing was decided."""
    found = codes(values)
    return np.where(np.isin(found, (_CLEAR, _CLOUDY)), found, UNKNOWN)


def _text(value: Any) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
