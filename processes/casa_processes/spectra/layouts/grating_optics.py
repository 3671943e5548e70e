"""What the header of a grating spectrometer's file says of one band of one footprint."""

from collections.abc import Mapping
from pathlib import Path

import h5py
import numpy as np
from numpy.typing import NDArray

from casa_processes.common.errors import FileContentError
from casa_processes.instruments.dispersion import places
from casa_processes.instruments.shapes import tabulated
from casa_processes.instruments.spectrometer import Band, Optics
from casa_processes.spectra.layouts.hdf5 import check_shape, numbers
from casa_processes.spectra.sounding import LineShape

type Values = NDArray[np.float64]
type Mask = NDArray[np.bool_]


def optics(
    file: h5py.File, names: Mapping[str, str], band: Band, number: int, footprint: int
) -> Optics:
    """Read one band of one footprint.

    Parameters
    ----------
    file
        Open.
    names
        Of its arrays: dispersion, noise, shape_offset, shape_response, radiance and perhaps
        bad_channels.
    band
        Its configuration, with `full_scale`.
    number, footprint
        Of the band and the footprint, from 0.

    Raises
    ------
    FileContentError
        When shapes do not fit, wavelengths do not ascend or no channel has a response.
    """
    channels = file[names["radiance"].format(band=band.name)].shape[2]
    check_shape(file, names["dispersion"], (None, None, None))
    check_shape(file, names["noise"], (None, None, channels, None))
    for name in (names["shape_offset"], names["shape_response"]):
        check_shape(file, name, (None, None, channels, None))
    here = (number, footprint)
    wavelength = places(numbers(file, names["dispersion"], here), channels)
    if not (np.diff(wavelength) > 0).all():
        where = f"{names['dispersion']}[{number}, {footprint}]"
        raise FileContentError(_name(file), where, "ascending wavelengths", "others")
    noise = numbers(file, names["noise"], here)
    offset, response = (
        numbers(file, names[name], here) for name in ("shape_offset", "shape_response")
    )
    responsive = _responsive(offset, response)
    if not responsive.any():
        where = f"{names['shape_response']}[{number}, {footprint}]"
        raise FileContentError(_name(file), where, "responses of channels", "none that is usable")
    return Optics(
        wavelength=wavelength,
        shape=_shape(wavelength[responsive], offset[responsive], response[responsive], band.reach),
        photon=noise[:, 0],
        background=noise[:, 1],
        full_scale=float(band.full_scale or np.nan),
        usable=responsive & ~_bad(file, names, noise, here),
    )


def _responsive(offset: Values, response: Values) -> Mask:
    """Tell which channels have a table that can be used, shape (channel,)."""
    finite = np.isfinite(offset).all(axis=1) & np.isfinite(response).all(axis=1)
    ascending = (np.diff(offset, axis=1) > 0).all(axis=1)
    positive = np.trapezoid(response, offset, axis=1) > 0
    return finite & ascending & positive


def _shape(wavelength: Values, offset: Values, response: Values, reach: float | None) -> LineShape:
    """Cut the tables of all channels at the same samples, the first beyond the reach."""
    inside = (np.abs(offset) <= (reach or np.inf)).any(axis=0)
    first, last = np.flatnonzero(inside)[[0, -1]]
    kept = slice(max(first - 1, 0), last + 2)
    return tabulated("wavelength", wavelength, offset[:, kept], response[:, kept])


def _bad(file: h5py.File, names: Mapping[str, str], noise: Values, here: tuple[int, int]) -> Mask:
    """Read the list of bad channels; older files have it beside the coefficients of the noise."""
    if "bad_channels" in names:
        check_shape(file, names["bad_channels"], (None, None, noise.shape[0]))
        flagged: Mask = numbers(file, names["bad_channels"], here) != 0
        return flagged
    if noise.shape[1] > 2:
        third: Mask = noise[:, 2] != 0
        return third
    return np.zeros(noise.shape[0], np.bool_)


def _name(file: h5py.File) -> str:
    return Path(file.filename).name
