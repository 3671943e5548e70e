"""Level-1B files of GOSAT's Fourier transform spectrometer, as calibrated by ACOS."""

from pathlib import Path
from typing import Literal

import h5py
import numpy as np
from numpy.typing import NDArray

from casa_processes.common.errors import FileContentError, InvalidValueError
from casa_processes.instruments.dispersion import places
from casa_processes.instruments.noise import joined
from casa_processes.instruments.spectrometer import Band, Spectrometer
from casa_processes.spectra.clock import utc_of_tai93
from casa_processes.spectra.layouts.fourier_shapes import line_shapes
from casa_processes.spectra.layouts.hdf5 import check_shape, first_of, numbers, opened, required
from casa_processes.spectra.layouts.listing import Listing
from casa_processes.spectra.layouts.place import Place, sounding_at
from casa_processes.spectra.photons import photons_of_power_per_wavenumber
from casa_processes.spectra.sounding import Sounding, Spectrum

type Values = NDArray[np.float64]
type Polarisation = Literal["mean", "P", "S"]

_GEOMETRY = {
    "latitude": "latitude",
    "longitude": "longitude",
    "altitude": "altitude",
    "solar_zenith": "solar_zenith",
    "solar_azimuth": "solar_azimuth",
    "sensor_zenith": "zenith",
    "sensor_azimuth": "azimuth",
}
_GAINS = {"H": "highgain", "M": "medgain"}
_PICKED = {"mean": (0, 1), "P": (0,), "S": (1,)}


class Fourier:
    """An open question to a file: each sounding is read when it is asked for."""

    def __init__(
        self,
        path: Path,
        spectrometer: Spectrometer,
        shapes: Path | None = None,
        polarisation: Polarisation = "mean",
    ) -> None:
        self.path, self.spectrometer = path, spectrometer
        if polarisation not in _PICKED:
            raise InvalidValueError("polarisation", polarisation, "mean, P or S")
        self.picked = _PICKED[polarisation]
        with opened(path) as file:
            self.size = _check(file, spectrometer)
            self.listing = self._listed(file)
        self.shapes = line_shapes(shapes or path, spectrometer)

    def sounding(self, index: int) -> Sounding:
        """Read one sounding; see `Granule.sounding`."""
        with opened(self.path) as file, np.errstate(all="ignore"):
            place = self._place(file, index)
            bands = {
                name: self._spectrum(file, name, band, number, index)
                for number, (name, band) in enumerate(self.spectrometer.bands.items())
            }
        return sounding_at(place, bands)

    def _listed(self, file: h5py.File) -> Listing:
        identifiers = np.asarray(file["SoundingHeader/sounding_id"][()], np.int64)
        return Listing(
            sounding_id=identifiers.astype(np.str_),
            time=utc_of_tai93(self._geometry(file, "time_tai93")),
            latitude=self._geometry(file, "latitude"),
            longitude=self._geometry(file, "longitude"),
            footprint=np.zeros(identifiers.size, np.int64),
            land_fraction=self._geometry(file, "land_fraction") / 100.0,
            solar_zenith=self._geometry(file, "solar_zenith"),
        )

    def _geometry(self, file: h5py.File, name: str) -> Values:
        """Read what holds for the first band and polarisation, shape (sounding,)."""
        return numbers(file, f"FootprintGeometry/footprint_{name}", (slice(None), 0, 0))

    def _place(self, file: h5py.File, index: int) -> Place:
        where = (index, 0, 0)
        found = {
            ours: float(numbers(file, f"FootprintGeometry/footprint_{theirs}", where))
            for ours, theirs in _GEOMETRY.items()
        }
        velocity = float(numbers(file, "SpacecraftGeometry/relative_velocity", index))
        return Place(
            sounding_id=str(self.listing.sounding_id[index]),
            time=self.listing.time[index],
            footprint=0,
            numbers={**found, "relative_velocity": velocity},
            land_fraction=float(self.listing.land_fraction[index]),
            gain=_gain(file, index, self.picked[0], str(self.listing.sounding_id[index])),
        )

    def _spectrum(
        self, file: h5py.File, name: str, band: Band, number: int, index: int
    ) -> Spectrum:
        measured = [
            _measured(file, band, index, polarisation, str(self.listing.sounding_id[index]))
            for polarisation in self.picked
        ]
        radiance = np.mean([each[0] for each in measured], axis=0)
        noise = measured[0][1] if len(measured) == 1 else joined(measured[0][1], measured[1][1])
        header = "SoundingHeader/wavenumber_coefficients"
        coefficients = numbers(file, header, (index, number, self.picked[0]))
        nominal = places(coefficients, radiance.size)
        wavenumber = nominal * self.spectrometer.wavenumber_factor
        rows = photons_of_power_per_wavenumber(np.stack([radiance, noise]), wavenumber)[:, ::-1]
        good = np.isfinite(rows).all(axis=0) & (rows[1] > 0)
        header = "FootprintGeometry/footprint_stokes_coefficients"
        stokes = numbers(file, header, (index, number, list(self.picked))).mean(axis=0)
        i, q, u = stokes[:3].tolist()
        wavelength = 1e4 / wavenumber[::-1]
        fitted = band.window, band.zero_level
        return Spectrum(wavelength, rows[0], rows[1], good, self.shapes[name], (i, q, u), *fitted)


def _measured(
    file: h5py.File, band: Band, index: int, polarisation: int, identifier: str
) -> tuple[Values, Values]:
    """Read radiance and noise of one polarisation.  [W cm-2 sr-1 (cm-1)-1], shapes (channel,)."""
    gain = _gain(file, index, polarisation, identifier)
    factor = numbers(file, _conversion(band, gain), (index, polarisation))
    volts = float(numbers(file, required(file, _noises(band)), (index, polarisation)))
    radiance = numbers(file, f"SoundingSpectra/radiance_{band.name}", (index, polarisation))
    return radiance, factor * volts


def _gain(file: h5py.File, index: int, polarisation: int, identifier: str) -> str:
    """Return the gain of a measurement, H or M.

    Raises
    ------
    InvalidValueError
        When it is another; names the sounding.
    """
    code = file["SoundingHeader/gain_swir"][index, polarisation]
    gain = code.decode("ascii", "replace").strip() if isinstance(code, bytes) else str(code).strip()
    if gain not in _GAINS:
        what = f"sounding {identifier}: gain"
        raise InvalidValueError(what, gain, f"one of {', '.join(_GAINS)}")
    return gain


def _conversion(band: Band, gain: str) -> str:
    return f"InstrumentHeader/cnv_coef_{_GAINS[gain]}_{band.name}"


def _noises(band: Band) -> tuple[str, str]:
    """Name the array of the noise, as of build 2.9 and before."""
    return f"SoundingSpectra/noise_{band.name}_l1b", f"SoundingSpectra/noise_{band.name}"


def _check(file: h5py.File, spectrometer: Spectrometer) -> int:
    """Check that all arrays are there with their shapes; returns the number of soundings."""
    name = required(file, ("SoundingHeader/sounding_id",))
    check_shape(file, name, (None,))
    size = int(file[name].shape[0])
    bands = len(spectrometer.bands)
    shapes: dict[str, tuple[int | None, ...]] = {
        f"FootprintGeometry/footprint_{each}": (size, bands, 2)
        for each in (*_GEOMETRY.values(), "time_tai93", "land_fraction")
    }
    shapes["FootprintGeometry/footprint_stokes_coefficients"] = (size, bands, 2, 4)
    shapes["SoundingHeader/wavenumber_coefficients"] = (size, bands, 2, None)
    shapes["SoundingHeader/gain_swir"] = (size, 2)
    shapes["SpacecraftGeometry/relative_velocity"] = (size,)
    for band in spectrometer.bands.values():
        radiance = required(file, (f"SoundingSpectra/radiance_{band.name}",))
        check_shape(file, radiance, (size, 2, None))
        shapes[required(file, _noises(band))] = (size, 2)
        for gain in _GAINS:
            shapes[_conversion(band, gain)] = file[radiance].shape
    for name, shape in shapes.items():
        if first_of(file, (name,)) is None:
            raise FileContentError(Path(file.filename).name, name, "an array", "nothing")
        check_shape(file, name, shape)
    return size
