"""Many soundings at once of files in the layout of OCO-2."""

from pathlib import Path

import h5py
import numpy as np
from numpy.typing import NDArray

from casa_processes.instruments.noise import photon_noise
from casa_processes.instruments.spectrometer import Optics, Spectrometer
from casa_processes.spectra.clock import utc_of_tai93
from casa_processes.spectra.layouts.grating import Grating
from casa_processes.spectra.layouts.grating_optics import optics
from casa_processes.spectra.layouts.hdf5 import numbers, opened
from casa_processes.spectra.layouts.rows import UNKNOWN, Places, Rows, placed, turned
from casa_processes.spectra.photons import power_per_wavelength_of_photons
from casa_processes.spectra.sounding import LineShape

type Values = NDArray[np.float64]
type Cells = tuple[slice, slice]

_AXES = ("latitude", "longitude")
_PLANES = (*_AXES, "solar_zenith", "sensor_zenith", "time")
_HALF = 0.5
"""Coefficient of I of an instrument with a polariser."""


class GratingBlocks:
    """Soundings of a file in frames; see `casa_processes.spectra.block.Blocks`."""

    def __init__(self, path: Path, spectrometer: Spectrometer) -> None:
        self.path, self.spectrometer = path, spectrometer
        self._grating = Grating(path, spectrometer)
        self.frames, self.across = self._grating.shape
        self._optics: dict[str, tuple[Optics, ...]] = {}
        with opened(path) as file:
            self.synthetic = str(file.attrs.get("synthetic", "")).lower() == "true"

    def wavelength(self, band: str) -> Values:
        """Return the channels of all footprints."""
        return np.stack([each.wavelength for each in self.seen(band)])

    def full_scale(self, band: str) -> float:
        """Return the largest radiance that a band is made for, where its channels lie."""
        seen = self.seen(band)[0]
        middle = seen.wavelength[seen.wavelength.size // 2 :][:1]
        scale = power_per_wavelength_of_photons(np.array([seen.full_scale]), middle)
        return float(scale[0]) / _HALF

    def seen(self, band: str) -> tuple[Optics, ...]:
        """Return how each footprint sees a band."""
        if band not in self._optics:
            known = self.spectrometer.band(band)
            number = list(self.spectrometer.bands).index(band)
            with opened(self.path) as file:
                self._optics[band] = tuple(
                    optics(file, self._grating.names, known, number, footprint)
                    for footprint in range(self.across)
                )
        return self._optics[band]

    def places(self, frames: slice, across: slice) -> Places:
        """Read where and when some soundings were taken."""
        cells = (frames, across)
        with opened(self.path) as file, np.errstate(all="ignore"):
            plane = {
                name: self._plane(file, name, cells)
                for name in (*_PLANES, "relative_velocity", "solar_velocity")
            }
            land = self._plane(file, "land_fraction", cells) / 100.0
            corners = [self._corners(file, f"{axis}_vertices", cells) for axis in _AXES]
            identifier = np.asarray(file[self._grating.names["sounding_id"]][cells], np.int64)
        identifier = identifier.ravel()
        time, longitude = utc_of_tai93(plane["time"]), turned(plane["longitude"])
        unknown = np.full(identifier.size, UNKNOWN, np.int64)
        return Places(
            there=(identifier > 0) & placed(plane["latitude"], longitude, time),
            sounding_id=identifier.astype(np.str_),
            time=time,
            latitude=plane["latitude"],
            longitude=longitude,
            solar_zenith=plane["solar_zenith"],
            sensor_zenith=plane["sensor_zenith"],
            surface_class=unknown,
            cloud=unknown.copy(),
            land_fraction=land,
            footprint=self._footprints(cells),
            latitude_vertices=corners[0],
            longitude_vertices=turned(corners[1]),
            approach=plane["relative_velocity"],
            recession=plane["solar_velocity"],
        )

    def shapes(self, band: str) -> tuple[LineShape, ...]:
        """Return the response of the channels of each footprint."""
        return tuple(each.shape for each in self.seen(band))

    def rows(self, band: str, channels: slice, frames: slice, across: slice) -> Rows:
        """Read spectra of some soundings and channels."""
        cells = (frames, across)
        known = self.spectrometer.band(band)
        name = self._grating.names["radiance"].format(band=known.name)
        with opened(self.path) as file, np.errstate(all="ignore"):
            raw = numbers(file, name, (*cells, channels))
            share = self._share(file, band, cells).reshape(raw.shape[:2])
        radiance, noise = np.empty_like(raw), np.empty_like(raw)
        with np.errstate(all="ignore"):
            for place, footprint in enumerate(range(*across.indices(self.across))):
                seen = self.seen(band)[footprint]
                here = raw[:, place]
                photon, background = seen.photon[channels], seen.background[channels]
                sigma = photon_noise(here, photon, background, seen.full_scale)
                wavelength = seen.wavelength[channels]
                scale = share[:, place, None]
                radiance[:, place] = power_per_wavelength_of_photons(here, wavelength) / scale
                noise[:, place] = power_per_wavelength_of_photons(sigma, wavelength) / scale
                bad = ~seen.usable[channels]
                radiance[:, place, bad], noise[:, place, bad] = 0.0, np.inf
        wide = (-1, raw.shape[2])
        return Rows(
            radiance.reshape(wide).astype(np.float32),
            noise.reshape(wide).astype(np.float32),
            self._footprints(cells),
        )

    def _footprints(self, cells: Cells) -> NDArray[np.int64]:
        count = len(range(*cells[0].indices(self.frames)))
        return np.tile(np.arange(*cells[1].indices(self.across), dtype=np.int64), count)

    def _plane(self, file: h5py.File, field: str, cells: Cells) -> Values:
        """Read a field, shape (sounding,); NaN where the file has none."""
        name = self._grating.names.get(field)
        size = self._footprints(cells).size
        if name is None:
            return np.full(size, np.nan)
        if file[name].ndim == 1:
            each = len(range(*cells[1].indices(self.across)))
            return np.repeat(numbers(file, name, cells[0]), each)
        where = (*cells, *(0,) * (file[name].ndim - 2))
        return numbers(file, name, where).ravel()

    def _corners(self, file: h5py.File, field: str, cells: Cells) -> Values:
        name = self._grating.names.get(field)
        if name is None or file[name].shape[-1] != 4:
            return np.full((self._footprints(cells).size, 4), np.nan)
        where = (*cells, *(0,) * (file[name].ndim - 3))
        return numbers(file, name, where).reshape(-1, 4)

    def _share(self, file: h5py.File, band: str, cells: Cells) -> Values:
        """Return the coefficient of I in what is measured, shape (sounding,)."""
        name = self._grating.names.get("stokes")
        if name is None:
            return np.full(self._footprints(cells).size, _HALF)
        number = list(self.spectrometer.bands).index(band)
        found = numbers(file, name, (*cells, number, 0)).ravel()
        return np.where(found > 0.0, found, _HALF)
