"""Files of simulated spectra, in the layout of OCO-2 and labelled as synthetic."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from casa_processes.common.constants import ASTRONOMICAL_UNIT
from casa_processes.common.errors import InvalidValueError
from casa_processes.instruments.dispersion import places
from casa_processes.instruments.spectrometer import Optics, Spectrometer, synthetic_optics
from casa_processes.spectra.clock import tai93_of_utc
from casa_processes.spectra.layouts.hdf5 import FILL
from casa_processes.spectra.sounding import Sounding

type Cells = NDArray[np.int64]
type Values = NDArray[np.float64]

_POWERS = 5
"""Greatest power of the wavelengths over the number of the channel."""

_GEOMETRY: dict[str, Callable[[Sounding], float]] = {
    "latitude": lambda each: each.latitude,
    "longitude": lambda each: each.longitude,
    "altitude": lambda each: each.altitude,
    "solar_zenith": lambda each: each.solar_zenith,
    "solar_azimuth": lambda each: each.solar_azimuth,
    "zenith": lambda each: each.sensor_zenith,
    "azimuth": lambda each: each.sensor_azimuth,
    "relative_velocity": lambda each: each.relative_velocity,
    "solar_relative_velocity": lambda each: each.solar_velocity,
    "solar_distance": lambda each: each.solar_distance * ASTRONOMICAL_UNIT,
    "land_fraction": lambda each: 100.0 * each.land_fraction,
    "time_tai93": lambda each: float(tai93_of_utc(each.time)),
}


def write_simulated(
    path: Path,
    spectrometer: Spectrometer,
    soundings: Sequence[Sounding],
    about: str,
    seen: Mapping[str, Optics] | None = None,
) -> None:
    """Write soundings to a file that `open_granule` reads.

    Parameters
    ----------
    path
        Of the file, which is replaced if there is one.
    spectrometer
        A grating.
    soundings
        In the order of their frames; a sounding begins a new frame when its footprint is not
        beyond the one before. Identifiers are whole numbers. Soundings of one band have radiances
        of all its channels [photon s-1 m-2 sr-1 um-1].
    about
        What was simulated, for people.
    seen
        How each band sees light, in all footprints; a response has one table or one for each
        channel. Of other bands, what `instruments.spectrometer.synthetic_optics` has of the
        spectrometer; what the soundings say of it is not written.

    Raises
    ------
    InvalidValueError
        When there are no soundings, or one does not fit the spectrometer.
    """
    cells = _cells(soundings, spectrometer)
    frames = int(cells[-1, 0]) + 1
    shape = (frames, spectrometer.footprints)
    given = seen or {}
    optics_of = {
        band: given.get(band) or synthetic_optics(spectrometer, band) for band in spectrometer.bands
    }
    _check_alike(spectrometer, optics_of)
    part = path.with_name(f"{path.name}.part")
    with h5py.File(part, "w") as file:
        file.attrs["title"] = f"Simulated spectra of {spectrometer.title} (synthetic)"
        file.attrs["synthetic"] = "true"
        file.attrs["comment"] = about
        name = [spectrometer.short_name.encode()]
        file.create_dataset("Metadata/InstrumentShortName", data=name)
        _write_geometry(file, soundings, cells, shape)
        _write_polarisation(file, soundings, cells, shape, tuple(optics_of))
        _write_header(file, spectrometer, optics_of)
        for band, optics in optics_of.items():
            _write_radiance(file, soundings, cells, shape, spectrometer, band, optics)
    part.replace(path)


def _check_alike(spectrometer: Spectrometer, seen: Mapping[str, Optics]) -> None:
    """Refuse bands that do not go into common arrays."""
    if len({each.wavelength.size for each in seen.values()}) > 1:
        raise InvalidValueError("spectrometer", spectrometer.id, "bands of as many channels")
    if len({each.shape.offset.shape[1] for each in seen.values()}) > 1:
        raise InvalidValueError("responses", "unlike bands", "tables of as many samples")


def _cells(soundings: Sequence[Sounding], spectrometer: Spectrometer) -> Cells:
    """Find frame and footprint of each sounding, shape (sounding, 2)."""
    if not soundings:
        raise InvalidValueError("soundings", "none", "one or more")
    frame, before, cells = 0, -1, []
    for each in soundings:
        if not 0 <= each.footprint < spectrometer.footprints:
            expected = f"a number from 0 to {spectrometer.footprints - 1}"
            raise InvalidValueError("footprint", each.footprint, expected)
        if not (each.sounding_id.isdigit() and len(each.sounding_id) <= 18):
            raise InvalidValueError("sounding_id", each.sounding_id, "up to 18 digits")
        frame += each.footprint <= before
        before = each.footprint
        cells.append((frame, before))
    return np.array(cells, np.int64)


def _write_geometry(
    file: h5py.File, soundings: Sequence[Sounding], cells: Cells, shape: tuple[int, int]
) -> None:
    there = tuple(cells.T)
    identifiers = np.zeros(shape, np.int64)
    identifiers[there] = [int(each.sounding_id) for each in soundings]
    file["SoundingGeometry/sounding_id"] = identifiers
    for name, value in _GEOMETRY.items():
        plane = np.full(shape, FILL)
        plane[there] = [value(each) for each in soundings]
        file[f"SoundingGeometry/sounding_{name}"] = plane
    for axis in ("latitude", "longitude"):
        corners = np.full((*shape, 3, 4), FILL)
        values = np.stack([getattr(each, f"{axis}_vertices") for each in soundings])
        corners[there] = np.nan_to_num(values, nan=FILL)[:, None]
        file[f"FootprintGeometry/footprint_vertex_{axis}"] = corners


def _write_polarisation(
    file: h5py.File,
    soundings: Sequence[Sounding],
    cells: Cells,
    shape: tuple[int, int],
    bands: tuple[str, ...],
) -> None:
    stokes = np.full((*shape, len(bands), 4), FILL)
    for (frame, footprint), each in zip(cells.tolist(), soundings, strict=True):
        for number, band in enumerate(bands):
            if band not in each.bands:
                what = f"sounding {each.sounding_id}"
                raise InvalidValueError(what, f"without {band}", "one with all bands")
            stokes[frame, footprint, number] = (*each.bands[band].stokes, 0.0)
    file["FootprintGeometry/footprint_stokes_coefficients"] = stokes


def _write_header(file: h5py.File, spectrometer: Spectrometer, seen: Mapping[str, Optics]) -> None:
    """Write the same optics for all footprints, as arrays over (band, footprint, ...)."""
    coefficients = [_dispersion(spectrometer, band, each) for band, each in seen.items()]
    powers = max(each.size for each in coefficients)
    header: dict[str, list[NDArray[Any]]] = {
        "dispersion_coef_samp": [np.pad(each, (0, powers - each.size)) for each in coefficients],
        "snr_coef": [np.stack([each.photon, each.background], axis=1) for each in seen.values()],
        "bad_sample_list": [(~each.usable).astype(np.int8) for each in seen.values()],
        "ils_delta_lambda": [_tables(each, each.shape.offset) for each in seen.values()],
        "ils_relative_response": [_tables(each, each.shape.response) for each in seen.values()],
    }
    for name, values in header.items():
        array = np.stack(values)[:, None]
        array = np.repeat(array, spectrometer.footprints, axis=1)
        chunks = (1, 1, *array.shape[2:])
        packing = {"chunks": chunks, "compression": "gzip", "compression_opts": 1}
        file.create_dataset(f"InstrumentHeader/{name}", data=array, **packing)


def _dispersion(spectrometer: Spectrometer, band: str, optics: Optics) -> Values:
    """Return the coefficients of the wavelengths: those of the configuration if it has any."""
    known = np.array(spectrometer.bands[band].dispersion)
    number = np.arange(1, optics.wavelength.size + 1)
    if known.size and np.array_equal(places(known, number.size), optics.wavelength):
        return known
    fitted = np.polynomial.Polynomial.fit(number, optics.wavelength, _POWERS)
    return np.asarray(fitted.convert().coef, np.float64)


def _tables(optics: Optics, rows: Values) -> Values:
    """Return a table for each channel, shape (channel, sample)."""
    channels = optics.wavelength.size
    if len(rows) not in (1, channels):
        raise InvalidValueError("responses", f"{len(rows)} tables", f"one, or {channels}")
    return np.broadcast_to(rows, (channels, rows.shape[1]))


def _write_radiance(
    file: h5py.File,
    soundings: Sequence[Sounding],
    cells: Cells,
    shape: tuple[int, int],
    spectrometer: Spectrometer,
    band: str,
    optics: Optics,
) -> None:
    channels = optics.wavelength.size
    rows = np.full((*shape, channels), FILL, np.float32)
    for (frame, footprint), each in zip(cells.tolist(), soundings, strict=True):
        radiance = each.bands[band].radiance
        if radiance.shape != (channels,):
            what = f"sounding {each.sounding_id}: {band}"
            raise InvalidValueError(what, f"{radiance.size} channels", f"{channels} of them")
        rows[frame, footprint] = np.nan_to_num(radiance, nan=FILL)
    name = f"SoundingMeasurements/radiance_{spectrometer.bands[band].name}"
    file.create_dataset(name, data=rows, chunks=(1, 1, channels))
