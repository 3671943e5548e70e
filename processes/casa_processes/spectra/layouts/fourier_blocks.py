"""Many soundings at once of level-1B files of GOSAT's spectrometer, as calibrated by ACOS.

Each sounding has two spectra at the same time, of the polarisations P and S. As in the retrievals
of ACOS the radiance is the mean of both, whose coefficient of I is 1 then; either can be taken
alone.
"""

from pathlib import Path

import h5py
import numpy as np
from numpy.typing import NDArray

from casa_processes.common.errors import FileContentError, InvalidValueError
from casa_processes.instruments.dispersion import places
from casa_processes.instruments.spectrometer import Band, Spectrometer
from casa_processes.spectra.clock import utc_of_tai93
from casa_processes.spectra.layouts.fourier import Polarisation
from casa_processes.spectra.layouts.fourier_shapes import line_shapes
from casa_processes.spectra.layouts.hdf5 import check_shape, numbers, opened, required
from casa_processes.spectra.layouts.rows import BRIGHTEST, UNKNOWN, Places, Rows, placed, turned
from casa_processes.spectra.photons import (
    photons_of_power_per_wavenumber,
    power_per_wavelength_of_photons,
)
from casa_processes.spectra.sounding import LineShape

type Values = NDArray[np.float64]

_PICKED = {"mean": slice(0, 2), "P": slice(0, 1), "S": slice(1, 2)}
_GAINS = {b"H": "highgain", b"M": "medgain"}
_HEADER, _PLACE = "SoundingHeader", "FootprintGeometry/footprint_"
_DISPERSION, _GAIN = f"{_HEADER}/wavenumber_coefficients", f"{_HEADER}/gain_swir"
_STOKES, _SPEED = f"{_PLACE}stokes_coefficients", "SpacecraftGeometry/relative_velocity"
_PLANES = ("latitude", "longitude", "solar_zenith", "zenith", "time_tai93", "land_fraction")
_SAME = 0.01
"""Part of the distance of channels within which those of two soundings are the same ones."""


class FourierBlocks:
    """Soundings of a file, one in each frame; see `casa_processes.spectra.block.Blocks`.

    All soundings have the channels of the first one; those whose channels lie elsewhere by more
    than a hundredth of their distance have no radiance.
    """

    synthetic: bool
    across = 1

    def __init__(
        self, path: Path, spectrometer: Spectrometer, polarisation: Polarisation = "mean"
    ) -> None:
        self.path, self.spectrometer = path, spectrometer
        if polarisation not in _PICKED:
            raise InvalidValueError("polarisation", polarisation, "mean, P or S")
        self._picked = _PICKED[polarisation]
        with opened(path) as file:
            self.synthetic = str(file.attrs.get("synthetic", "")).lower() == "true"
            self.frames = self._checked(file)

    def wavelength(self, band: str) -> Values:
        """Return the channels of all soundings.  [um], shape (1, channel)."""
        return 1e4 / self._wavenumber(band)[None, ::-1]

    def full_scale(self, _band: str) -> float:
        """Return a radiance beyond all that is measured: saturated ones are marked before."""
        return BRIGHTEST

    def shapes(self, band: str) -> tuple[LineShape, ...]:
        """Return the response of the channels, the same for all soundings.

        Raises
        ------
        FileContentError
            When the file has no table of it.
        """
        return (line_shapes(self.path, self.spectrometer)[band],)

    def places(self, frames: slice, across: slice) -> Places:
        """Read where and when some soundings were taken; their corners are not in the file."""
        rows = self._rows(frames, across)
        with opened(self.path) as file, np.errstate(all="ignore"):
            where = (rows, 0, 0)
            latitude, longitude, sun, sensor, seconds, land = (
                numbers(file, f"{_PLACE}{name}", where) for name in _PLANES
            )
            identifier = np.asarray(file[f"{_HEADER}/sounding_id"][rows], np.int64)
            speed = numbers(file, _SPEED, rows)
        time, longitude = utc_of_tai93(seconds), turned(longitude)
        unknown = np.full(identifier.size, UNKNOWN, np.int64)
        nowhere = np.full((identifier.size, 4), np.nan)
        return Places(
            there=(identifier > 0) & placed(latitude, longitude, time),
            sounding_id=identifier.astype(np.str_),
            time=time,
            latitude=latitude,
            longitude=longitude,
            solar_zenith=sun,
            sensor_zenith=sensor,
            surface_class=unknown,
            cloud=unknown.copy(),
            land_fraction=land / 100.0,
            footprint=np.zeros(identifier.size, np.int64),
            latitude_vertices=nowhere,
            longitude_vertices=nowhere.copy(),
            approach=speed,
            recession=np.full(identifier.size, np.nan),
        )

    def rows(self, band: str, channels: slice, frames: slice, across: slice) -> Rows:
        """Read spectra of some soundings and channels, the longest wavenumbers first."""
        known, rows = self.spectrometer.band(band), self._rows(frames, across)
        place = self._wavenumber(band)
        stored = slice(place.size - channels.stop, place.size - channels.start)
        with opened(self.path) as file, np.errstate(all="ignore"):
            where = (rows, self._picked, stored)
            radiance = numbers(file, f"SoundingSpectra/radiance_{known.name}", where)
            noise = self._conversion(file, known, rows, stored)
            noise *= numbers(file, required(file, _noises(known)), (rows, self._picked))[:, :, None]
            number = list(self.spectrometer.bands).index(band)
            share = numbers(file, _STOKES, (rows, number, self._picked, 0)).mean(axis=1)
            alike = self._alike(file, number, rows)
        with np.errstate(all="ignore"):
            mean = np.where(alike[:, None], radiance.mean(axis=1), np.nan)
            sigma = np.sqrt((noise**2).sum(axis=1)) / noise.shape[1]
            found = [
                power_per_wavelength_of_photons(
                    photons_of_power_per_wavenumber(each, place[stored]), 1e4 / place[stored]
                )
                / share[:, None]
                for each in (mean, sigma)
            ]
        one, two = (np.ascontiguousarray(each[:, ::-1], np.float32) for each in found)
        return Rows(one, two, np.zeros(len(one), np.int64))

    def _rows(self, frames: slice, across: slice) -> slice:
        """Return the soundings of some frames: none where the only footprint is not meant."""
        return frames if len(range(*across.indices(1))) else slice(0, 0)

    def _wavenumber(self, band: str) -> Values:
        """Return the channels as they are stored, ascending.  [cm-1], shape (channel,)."""
        number = list(self.spectrometer.bands).index(band)
        name = self.spectrometer.band(band).name
        with opened(self.path) as file:
            size = file[f"SoundingSpectra/radiance_{name}"].shape[2]
            coefficients = numbers(file, _DISPERSION, (0, number, 0))
        return places(coefficients, size) * self.spectrometer.wavenumber_factor

    def _conversion(self, file: h5py.File, band: Band, rows: slice, stored: slice) -> Values:
        """Read what turns the noise of a detector into one of radiance; NaN of unknown gains."""
        gains = np.char.strip(np.asarray(file[_GAIN][rows, self._picked]).astype("S5"))
        found = np.full((*gains.shape, stored.stop - stored.start), np.nan)
        for code, name in _GAINS.items():
            if (gains == code).any():
                where = (rows, self._picked, stored)
                each = numbers(file, f"InstrumentHeader/cnv_coef_{name}_{band.name}", where)
                found = np.where((gains == code)[:, :, None], each, found)
        return found

    def _alike(self, file: h5py.File, number: int, rows: slice) -> NDArray[np.bool_]:
        """Tell which soundings have the channels of the first one, to a part of a channel."""
        first = numbers(file, _DISPERSION, (0, number, 0))
        mine = numbers(file, _DISPERSION, (rows, number, self._picked))
        band = list(self.spectrometer.bands.values())[number]
        last = float(file[f"SoundingSpectra/radiance_{band.name}"].shape[2])
        away = mine - first
        powers = last ** np.arange(first.size)
        found: NDArray[np.bool_] = (np.abs(away * powers).sum(axis=2) <= _SAME * abs(first[1])).all(
            axis=1
        )
        return found

    def _checked(self, file: h5py.File) -> int:
        """Check that all arrays are there with their shapes; returns the number of soundings."""
        name = required(file, (f"{_HEADER}/sounding_id",))
        check_shape(file, name, (None,))
        size, bands = int(file[name].shape[0]), len(self.spectrometer.bands)
        if not size:
            raise FileContentError(self.path.name, name, "one sounding or more", "none")
        shapes: dict[str, tuple[int | None, ...]] = {
            **{f"{_PLACE}{each}": (size, bands, 2) for each in _PLANES},
            _STOKES: (size, bands, 2, 4),
            _DISPERSION: (size, bands, 2, None),
            _GAIN: (size, 2),
            _SPEED: (size,),
        }
        for band in self.spectrometer.bands.values():
            radiance = required(file, (f"SoundingSpectra/radiance_{band.name}",))
            check_shape(file, radiance, (size, 2, None))
            shapes[required(file, _noises(band))] = (size, 2)
            for gain in _GAINS.values():
                shapes[f"InstrumentHeader/cnv_coef_{gain}_{band.name}"] = file[radiance].shape
        for name, shape in shapes.items():
            check_shape(file, required(file, (name,)), shape)
        if file[_DISPERSION].shape[-1] < 2:
            raise FileContentError(self.path.name, _DISPERSION, "two coefficients or more", "one")
        return size


def _noises(band: Band) -> tuple[str, str]:
    """Name the array of the noise, as of build 2.9 and before."""
    return f"SoundingSpectra/noise_{band.name}_l1b", f"SoundingSpectra/noise_{band.name}"
