"""Level-1B files of grating spectrometers, in the layout of OCO-2 under any names."""

from collections.abc import Mapping
from pathlib import Path

import h5py
import numpy as np
from numpy.typing import NDArray

from casa_processes.common.errors import FileContentError, InvalidValueError
from casa_processes.instruments.noise import photon_noise
from casa_processes.instruments.spectrometer import Optics, Spectrometer
from casa_processes.spectra.clock import utc_of_tai93
from casa_processes.spectra.layouts.grating_optics import optics
from casa_processes.spectra.layouts.hdf5 import (
    check_numbers,
    check_shape,
    first_of,
    numbers,
    opened,
    required,
)
from casa_processes.spectra.layouts.listing import Listing
from casa_processes.spectra.layouts.place import LIMITS, Place, sounding_at
from casa_processes.spectra.sounding import Sounding, Spectrum

type Values = NDArray[np.float64]

SOUNDING = ("sounding_id", "time", *LIMITS)
"""Arrays over (frame, footprint), or with a further axis of which the first element counts."""

HEADER = ("dispersion", "noise", "shape_offset", "shape_response")
"""Arrays over (band, footprint, ...)."""

OPTIONAL = (
    "solar_velocity",
    "solar_distance",
    "land_fraction",
    "land_indicator",
    "latitude_vertices",
    "longitude_vertices",
    "stokes",
    "polarization_angle",
    "bad_channels",
)
SPIKE = 6.0
"""Deviation over the noise of a channel from what all spectra have in common, beyond which NASA's
processing leaves it out: particles of the radiation belt hit detectors."""

_LAND = (0, 3)
"""Values of the indicator of land and water that NASA's processing takes for land."""


class Grating:
    """An open question to a file: each sounding is read when it is asked for.

    What the instrument looks like is read once per footprint.
    """

    def __init__(self, path: Path, spectrometer: Spectrometer) -> None:
        self.path, self.spectrometer = path, spectrometer
        self._optics: dict[tuple[str, int], Optics] = {}
        _check_names(spectrometer)
        with opened(path) as file:
            self.names = _resolved(file, spectrometer)
            self.shape = _check(file, self.names, spectrometer)
            self.listing, self.cell = self._listed(file)
            self._check_optics(file)

    def sounding(self, index: int) -> Sounding:
        """Read one sounding; see `Granule.sounding`."""
        frame, footprint = (int(each) for each in self.cell[index])
        # Damaged numbers may overflow; what they become is then not finite, hence not good.
        with opened(self.path) as file, np.errstate(all="ignore"):
            bands = {
                band: self._spectrum(file, band, number, (frame, footprint))
                for number, band in enumerate(self.spectrometer.bands)
            }
            place = self._place(file, index, (frame, footprint))
        return sounding_at(place, bands)

    def _listed(self, file: h5py.File) -> tuple[Listing, NDArray[np.int64]]:
        identifiers = np.asarray(file[self.names["sounding_id"]][()], np.int64)
        cell = np.argwhere(identifiers > 0)
        land = np.full(identifiers.shape, np.nan)
        if "land_fraction" in self.names:
            land = self._plane(file, "land_fraction") / 100.0
        elif "land_indicator" in self.names:
            land = np.isin(self._plane(file, "land_indicator"), _LAND).astype(np.float64)
        there = tuple(cell.T)
        listing = Listing(
            sounding_id=identifiers[there].astype(np.str_),
            time=utc_of_tai93(self._plane(file, "time")[there]),
            latitude=self._plane(file, "latitude")[there],
            longitude=self._plane(file, "longitude")[there],
            footprint=cell[:, 1].astype(np.int64),
            land_fraction=land[there],
            solar_zenith=self._plane(file, "solar_zenith")[there],
        )
        return listing, cell

    def _plane(self, file: h5py.File, field: str) -> Values:
        """Read a field of all soundings, shape (frame, footprint)."""
        values = numbers(file, self.names[field])
        if values.ndim == 1:
            return np.broadcast_to(values[:, None], self.shape)
        return values if values.ndim == 2 else values[:, :, 0]

    def _number(self, file: h5py.File, field: str, cell: tuple[int, int]) -> float:
        name = self.names.get(field)
        if name is None:
            return float("nan")
        dimensions = file[name].ndim
        where = cell[:1] if dimensions == 1 else (*cell, *(0,) * (dimensions - 2))
        return float(numbers(file, name, where))

    def _place(self, file: h5py.File, index: int, cell: tuple[int, int]) -> Place:
        return Place(
            sounding_id=str(self.listing.sounding_id[index]),
            time=self.listing.time[index],
            footprint=cell[1],
            numbers={name: self._number(file, name, cell) for name in LIMITS},
            solar_velocity=self._number(file, "solar_velocity", cell),
            solar_distance=self._number(file, "solar_distance", cell),
            land_fraction=float(self.listing.land_fraction[index]),
            latitude_vertices=self._vertices(file, "latitude_vertices", cell),
            longitude_vertices=self._vertices(file, "longitude_vertices", cell),
        )

    def _vertices(self, file: h5py.File, field: str, cell: tuple[int, int]) -> Values:
        name = self.names.get(field)
        if name is None or file[name].shape[-1] != 4:
            return np.full(4, np.nan)
        return numbers(file, name, (*cell, *(0,) * (file[name].ndim - 3)))

    def _spectrum(self, file: h5py.File, band: str, number: int, cell: tuple[int, int]) -> Spectrum:
        frame, footprint = cell
        seen = self._seen(file, band, number, footprint)
        name = _radiance(self.names, self.spectrometer, band)
        radiance = numbers(file, name, (frame, footprint))
        noise = photon_noise(radiance, seen.photon, seen.background, seen.full_scale)
        good = seen.usable & np.isfinite(radiance) & (radiance <= seen.full_scale)
        good &= np.isfinite(noise) & (noise > 0)
        good &= ~self._hit(file, band, cell)
        known = self.spectrometer.bands[band]
        return Spectrum(
            seen.wavelength, radiance, noise, good, seen.shape, self._stokes(file, number, cell),
            known.window, known.zero_level,
        )  # fmt: skip

    def _seen(self, file: h5py.File, band: str, number: int, footprint: int) -> Optics:
        """Return how a footprint sees a band, which is read once."""
        if (band, footprint) not in self._optics:
            found = self.spectrometer.bands[band]
            self._optics[band, footprint] = optics(file, self.names, found, number, footprint)
        return self._optics[band, footprint]

    def _check_optics(self, file: h5py.File) -> None:
        """Refuse a file whose header tells of no footprint how it sees a band."""
        footprints = np.unique(self.cell[:, 1]).tolist()
        for number, band in enumerate(self.spectrometer.bands):
            errors: list[FileContentError] = []
            for footprint in footprints:
                try:
                    self._seen(file, band, number, footprint)
                except FileContentError as error:
                    errors.append(error)
                else:
                    break
            if footprints and len(errors) == len(footprints):
                raise errors[0]

    def _hit(self, file: h5py.File, band: str, cell: tuple[int, int]) -> NDArray[np.bool_]:
        """Tell which channels were hit by a particle; none of a file that does not tell."""
        name = _spikes(file, self.spectrometer, band)
        return np.zeros(1, np.bool_) if name is None else numbers(file, name, cell) >= SPIKE

    def _stokes(
        self, file: h5py.File, number: int, cell: tuple[int, int]
    ) -> tuple[float, float, float]:
        """Return the coefficients of a sounding; those of a polariser of unknown angle at worst."""
        if "stokes" in self.names:
            i, q, u = numbers(file, self.names["stokes"], (*cell, number))[:3].tolist()
            return i, q, u
        if "polarization_angle" not in self.names:
            return 0.5, 0.0, 0.0
        name = self.names["polarization_angle"]
        angle = float(numbers(file, name, (*cell, number) if file[name].ndim == 3 else cell))
        twice = 2.0 * np.radians(angle)
        return 0.5, 0.5 * float(np.cos(twice)), 0.5 * float(np.sin(twice))


def _candidates(entry: tuple[str, ...] | str | None) -> tuple[str, ...]:
    if entry is None:
        return ()
    return (entry,) if isinstance(entry, str) else entry


def _check_names(spectrometer: Spectrometer) -> None:
    """Refuse a spectrometer whose files are not described."""
    needed = (*SOUNDING, *HEADER, "radiance")
    missing = [name for name in needed if not _candidates(spectrometer.names.get(name))]
    missing += [
        f"bands.{name}.full_scale" for name, band in spectrometer.bands.items()
        if band.full_scale is None
    ]  # fmt: skip
    if missing:
        where = f"config/instruments/{spectrometer.id}.yml"
        expected = f"what its L1B files need: {', '.join(missing)}"
        raise InvalidValueError(where, "no layout of files", expected)


def _spikes(file: h5py.File, spectrometer: Spectrometer, band: str) -> str | None:
    """Return the array of spikes of a band, if the file has one."""
    named = _candidates(spectrometer.names.get("spikes"))
    return first_of(file, [each.format(band=spectrometer.bands[band].name) for each in named])


def _radiance(names: Mapping[str, str], spectrometer: Spectrometer, band: str) -> str:
    return names["radiance"].format(band=spectrometer.bands[band].name)


def _resolved(file: h5py.File, spectrometer: Spectrometer) -> dict[str, str]:
    """Choose the names that the file has; radiances are checked with their bands."""
    names = {
        field: required(file, _candidates(spectrometer.names[field]))
        for field in (*SOUNDING, *HEADER)
    }
    for field in OPTIONAL:
        found = first_of(file, _candidates(spectrometer.names.get(field)))
        if found is not None:
            names[field] = found
    names["radiance"] = _candidates(spectrometer.names["radiance"])[0]
    return names


def _check(
    file: h5py.File, names: Mapping[str, str], spectrometer: Spectrometer
) -> tuple[int, int]:
    """Check the shapes of all arrays; returns the numbers of frames and footprints."""
    check_shape(file, names["sounding_id"], (None, None))
    frames, footprints = file[names["sounding_id"]].shape
    for field in (*SOUNDING, *HEADER):
        check_numbers(file, names[field])
    for field in set(SOUNDING) | (set(OPTIONAL) & set(names)) - {"bad_channels"}:
        found = file[names[field]].shape
        if found[:2] != (frames, footprints) and found != (frames,):
            expected = f"shape ({frames}, {footprints}, ...)"
            raise FileContentError(Path(file.filename).name, names[field], expected, f"{found}")
    for field in HEADER:
        found = file[names[field]].shape
        if found[:2] != (len(spectrometer.bands), footprints):
            expected = f"shape ({len(spectrometer.bands)}, {footprints}, ...)"
            raise FileContentError(Path(file.filename).name, names[field], expected, f"{found}")
    for band in spectrometer.bands:
        name = required(file, (_radiance(names, spectrometer, band),))
        check_shape(file, name, (frames, footprints, None))
        spikes = _spikes(file, spectrometer, band)
        if spikes is not None:
            check_shape(file, spikes, file[name].shape)
            check_numbers(file, spikes)
    return frames, footprints
