"""Residual functions by file: what models leave unexplained of spectra again and again (EOFs)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import h5py
import numpy as np
from numpy.typing import NDArray

from casa_processes.common.errors import FileContentError, InvalidValueError
from casa_processes.spectra.layouts.hdf5 import check_numbers, numbers, opened
from casa_processes.spectra.photons import photons_of_power_per_wavenumber
from casa_processes.spectra.sounding import Sounding, Spectrum

type Values = NDArray[np.float64]

BANDS = ("o2a", "wco2", "sco2")
MOST = 10
"""Most functions of a band."""

MOST_VALUES = 2_000_000
"""Most numbers of an array: a hundred times what eight footprints of OCO-2 have."""

_NASA = "Instrument/EmpiricalOrthogonalFunction"
_OF_LAND = {True: "Land", False: "Water"}
_OF_GAIN = {"H": "H_gain", "M": "M_gain"}
_WHOLE = ""
_LAND = 0.5
_NOISE, _PHOTON, _POWER = ("1", "dimensionless", ""), "photon s-1 m-2 sr-1 um-1", "W"


@dataclass(frozen=True, eq=False)
class Function:
    """One residual function.

    Attributes
    ----------
    values
        Of each footprint, or of all alike.  shape (footprint or 1, sample)
    wavenumber
        Where samples are, ascending [cm-1], shape (sample,); None when they are the channels.
    units
        Of the values: over the noise, photons or power.
    """

    values: Values
    wavenumber: Values | None
    units: str


@dataclass(frozen=True, eq=False)
class ResidualFunctions:
    """A file of residual functions.

    Attributes
    ----------
    path
        The file.
    groups
        Functions by band, for all soundings (an empty name), by surface (Land, Water) or by gain
        (H_gain, M_gain).
    """

    path: Path
    groups: Mapping[str, Mapping[str, tuple[Function, ...]]]

    def added(self, sounding: Sounding) -> Sounding:
        """Return a sounding with the functions of its footprint, its surface or gain.

        Parameters
        ----------
        sounding
            As it was read. Each function is brought to its channels, to photons if it is over the
            noise, and to the root mean square of the noise of the good channels. A band that has
            fewer than another, or no good channel, gets zeros in their place.

        Raises
        ------
        InvalidValueError
            When the file has none for such a sounding, or for as many channels or footprints; names
            the sounding.
        """
        functions = self.groups[self._group(sounding)]
        most = max(len(each) for each in functions.values())
        bands = {}
        for name, spectrum in sounding.bands.items():
            found = np.zeros((most, spectrum.wavelength.size))
            known = functions.get(name, ()) if spectrum.good.any() else ()
            found[: len(known)] = self._of(sounding, name, spectrum, known)
            bands[name] = replace(spectrum, functions=found)
        return replace(sounding, bands=bands)

    def _group(self, sounding: Sounding) -> str:
        """Choose the group of a sounding."""
        land = _OF_LAND[not sounding.land_fraction < _LAND]
        for name in (_WHOLE, land, _OF_GAIN.get(sounding.gain, _WHOLE)):
            if name in self.groups:
                return name
        what = f"sounding {sounding.sounding_id}: residual functions"
        found = f"none for {land.lower()}" + (f", gain {sounding.gain}" * bool(sounding.gain))
        raise InvalidValueError(what, found, f"one of {', '.join(self.groups)} in {self.path.name}")

    def _of(
        self, sounding: Sounding, band: str, spectrum: Spectrum, functions: tuple[Function, ...]
    ) -> Values:
        """Return the functions of a band in the channels of a spectrum, shape (number, channel)."""
        what = f"sounding {sounding.sounding_id}: residual functions of {band}"
        found = np.empty((len(functions), spectrum.wavelength.size))
        for number, each in enumerate(functions):
            rows = each.values.shape[0]
            if rows > 1 and sounding.footprint >= rows:
                raise InvalidValueError(what, f"footprint {sounding.footprint + 1}", f"{rows}")
            row = each.values[sounding.footprint if rows > 1 else 0]
            found[number] = _in_channels(what, each, row, spectrum)
        noise = np.sqrt(np.mean(spectrum.uncertainty[spectrum.good] ** 2))
        size = np.sqrt(np.mean(found[:, spectrum.good] ** 2, axis=1))
        if not (size > 0).all():
            raise InvalidValueError(what, "zero in all good channels", "others")
        scaled: Values = found * (noise / size)[:, None]
        return scaled


def _in_channels(what: str, function: Function, row: Values, spectrum: Spectrum) -> Values:
    """Return a function in channels; of any size, in the unit of the radiance."""
    channels = spectrum.wavelength.size
    if function.wavenumber is None:
        if row.size != channels:
            raise InvalidValueError(what, f"{row.size} channels", f"{channels} of them")
        seen = row
    else:
        seen = np.interp(1e4 / spectrum.wavelength, function.wavenumber, row)
    if function.units in _NOISE:
        seen = seen * np.where(spectrum.good, spectrum.uncertainty, 0.0)
    if function.units.startswith(_POWER):
        seen = photons_of_power_per_wavenumber(seen, 1e4 / spectrum.wavelength)
    return np.asarray(seen, np.float64)


def read_residual_functions(path: Path) -> ResidualFunctions:
    """Read a file of residual functions.

    Parameters
    ----------
    path
        HDF5 or netCDF-4 with an array for each band, ``o2a``, ``wco2``, ``sco2``, of shape
        (function, channel) or (function, footprint, channel), whose attribute ``units`` is 1, for
        functions over the noise, or photon s-1 m-2 sr-1 um-1; or such a file of NASA's retrievals
        of OCO-2, OCO-3 or GOSAT.

    Raises
    ------
    FileContentError
        When it is damaged, of no such form, or leads to other files.
    """
    with opened(path) as file:
        groups = dict(_of_nasa(file)) if _NASA in file else _plain(file)
    if not any(groups.values()):
        expected = f"arrays {', '.join(BANDS)}, or the group {_NASA}"
        raise FileContentError(path.name, "/", expected, "none of them")
    return ResidualFunctions(path, groups)


def _plain(file: h5py.File) -> dict[str, dict[str, tuple[Function, ...]]]:
    found = {}
    for band in BANDS:
        if band not in file:
            continue
        values, units = _read(file, band)
        if values.ndim not in (2, 3) or not 0 < values.shape[0] <= MOST:
            expected = f"shape (1 to {MOST}, channel), or with footprints between"
            raise FileContentError(_name(file), band, expected, f"shape {values.shape}")
        if units not in (*_NOISE, _PHOTON):
            raise FileContentError(_name(file), band, f"units 1 or {_PHOTON}", units)
        found[band] = tuple(Function(np.atleast_2d(each), None, units) for each in values)
    return {_WHOLE: found} if found else {}


def _of_nasa(file: h5py.File) -> Iterator[tuple[str, dict[str, tuple[Function, ...]]]]:
    """Yield the groups of a file of NASA; of one that has none, its arrays are for all."""
    for name in (*_OF_LAND.values(), *_OF_GAIN.values(), _WHOLE):
        group = f"{_NASA}/{name}".rstrip("/")
        if group not in file:
            continue
        functions = {
            band: tuple(_functions(file, group, number)) for number, band in enumerate(BANDS, 1)
        }
        if all(functions.values()):
            yield name, functions


def _functions(file: h5py.File, group: str, band: int) -> Iterator[Function]:
    """Yield the functions of a band in their order."""
    for order in range(1, MOST + 1):
        name = f"{group}/EOF_{order}_waveform_{band}"
        if name not in file:
            return
        values, units = _read(file, name)
        if values.ndim == 2 and values.shape[1] == 2:
            place = values[np.argsort(values[:, 0], kind="stable")]
            yield Function(place[None, :, 1], place[:, 0], units)
        elif values.ndim in (1, 2):
            yield Function(np.atleast_2d(values), None, units)
        else:
            expected = "shape (channel), (footprint, channel) or (sample, 2)"
            raise FileContentError(_name(file), name, expected, f"shape {values.shape}")


def _read(file: h5py.File, name: str) -> tuple[Values, str]:
    """Read an array and its units; numbers that are missing are zero.

    Raises
    ------
    FileContentError
        When it is none of numbers, or too large.
    """
    array = file[name]
    if not isinstance(array, h5py.Dataset):
        raise FileContentError(_name(file), name, "an array", "a group")
    check_numbers(file, name)
    if array.size > MOST_VALUES:
        raise FileContentError(_name(file), name, f"at most {MOST_VALUES} numbers", f"{array.size}")
    units = next((array.attrs[key] for key in ("units", "Units") if key in array.attrs), "")
    return np.nan_to_num(numbers(file, name), posinf=0.0, neginf=0.0), _text(units)


def _text(value: object) -> str:
    if isinstance(value, np.ndarray):
        value = value.ravel()[0] if value.size else ""
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _name(file: h5py.File) -> str:
    return Path(file.filename).name
