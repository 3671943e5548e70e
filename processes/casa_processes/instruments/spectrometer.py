"""Spectrometers: what their configuration says of bands, noise and files."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, Field, ValidationError, model_validator

from casa_processes.common.configuration import folder_with, read_mapping, wrong_keys
from casa_processes.common.errors import InvalidValueError, UnknownNameError
from casa_processes.instruments.dispersion import places
from casa_processes.instruments.shapes import gaussian
from casa_processes.spectra.sounding import LineShape

type Values = NDArray[np.float64]

FOLDER = "instruments"

_SAMPLES = 241
"""Of the table of a synthetic line shape: files hold one for each channel."""


class Model(BaseModel, frozen=True, extra="forbid"):
    """Base of the parts of a spectrometer."""


class Orbit(Model):
    """A circular orbit."""

    altitude: float = Field(gt=0, description="above the equator [m]")
    inclination: float = Field(ge=0, le=180, description="[degree]")
    ascending: bool = Field(description="whether the lit side is crossed towards the north")


class Noise(Model):
    """The coefficients of photon noise, the same for all channels."""

    photon: float = Field(gt=0, description="[1]")
    background: float = Field(ge=0, description="[1]")


class Band(Model):
    """One spectral band."""

    name: str = Field(description="of the band in the names of its files")
    window: tuple[float, float] = Field(description="wavenumbers that are fitted [cm-1]")
    channels: int = Field(gt=0, description="their number")
    full_scale: float | None = Field(
        None, gt=0, description="largest radiance it is made for [photon s-1 m-2 sr-1 um-1]"
    )
    width: float | None = Field(
        None, gt=0, description="full width at half maximum of a Gaussian response [um]"
    )
    reach: float | None = Field(
        None, gt=0, description="where tables of the response are cut [um, or cm-1 of an FTS]"
    )
    dispersion: tuple[float, ...] = Field(
        (), description="coefficients of the wavelengths [um] over the number from 1"
    )
    noise: Noise | None = Field(None, description="where files are simulated")
    zero_level: float = Field(
        0.0, ge=0, lt=1, description="a priori deviation of an offset, over the continuum [1]"
    )

    @model_validator(mode="after")
    def _window_ascends(self) -> "Band":
        if not 0 < self.window[0] < self.window[1]:
            raise ValueError("the window must be two ascending wavenumbers")
        return self


class FluorescenceWindow(Model):
    """Wavelengths that fluorescence is retrieved from."""

    band: str = Field(description="our name of the band")
    range: tuple[float, float] = Field(description="first and last wavelength in vacuum [nm]")
    order: int = Field(2, ge=0, le=6, description="of the polynomial of the surface")
    shape: Literal["flat", "gaussian"] = Field(
        "flat", description="of fluorescence; a Gaussian is 1 at its peak, where it is reported"
    )
    peak: float = Field(740.0, gt=0, description="middle of the Gaussian [nm]")
    spread: float = Field(21.0, gt=0, description="its standard deviation [nm]")
    vectors: int = Field(8, ge=1, le=40, description="most singular vectors")

    @model_validator(mode="after")
    def _range_ascends(self) -> "FluorescenceWindow":
        if not 0 < self.range[0] < self.range[1]:
            raise ValueError("the range must be two ascending wavelengths")
        return self


class Spectrometer(Model):
    """The content of ``config/instruments/<id>.yml``."""

    id: str = Field(description="name of the file")
    title: str = Field(description="name for people")
    short_name: str = Field(description="Metadata/InstrumentShortName of its files")
    platform: str = Field(description="satellite")
    source: str = Field(description="where the numbers come from")
    layout: Literal["grating", "fourier", "none"] = Field(
        description="reader of its files; none means that there is none"
    )
    footprints: int = Field(gt=0, description="soundings across the track")
    orbit: Orbit | None = Field(None, description="where soundings are simulated")
    bands: Mapping[str, Band] = Field(min_length=1, description="by our name of the band")
    sif: Mapping[str, FluorescenceWindow] = Field(
        {}, description="windows of fluorescence by their names"
    )
    names: Mapping[str, tuple[str, ...] | str | None] = Field(
        {}, description="names of the arrays in the files of a grating, the first that exists"
    )
    names_of: str | None = Field(None, description="the spectrometer whose names hold here too")
    wavenumber_factor: float = Field(
        1.0, gt=0, description="first guess of true wavenumbers over those of the files of an FTS"
    )

    def band(self, name: str) -> Band:
        """Return a band; UnknownNameError when there is none of that name."""
        if name not in self.bands:
            raise UnknownNameError(f"band of {self.id}", name, self.bands)
        return self.bands[name]

    def window(self, name: str) -> FluorescenceWindow:
        """Return a window of fluorescence; UnknownNameError when there is none of that name."""
        if name not in self.sif:
            raise UnknownNameError(f"window of fluorescence of {self.id}", name, self.sif)
        return self.sif[name]


@dataclass(frozen=True, eq=False)
class Optics:
    """How one band of one footprint sees light.

    Attributes
    ----------
    wavelength
        Centres of the channels in the frame of the instrument.  [um], shape (channel,)
    shape
        Response.
    photon, background
        Coefficients of the noise.  [1], shape (channel,)
    full_scale
        [photon s-1 m-2 sr-1 um-1]
    usable
        Channels that are not on the list of bad ones and have a response.  shape (channel,)
    """

    wavelength: Values
    shape: LineShape
    photon: Values
    background: Values
    full_scale: float
    usable: NDArray[np.bool_]


def synthetic_optics(spectrometer: Spectrometer, band: str) -> Optics:
    """Return how a spectrometer sees by its configuration alone, for simulations.

    Raises
    ------
    UnknownNameError
        When there is no such band.
    InvalidValueError
        When the configuration has not all that is needed.
    """
    found = spectrometer.band(band)
    needed = {
        "dispersion": found.dispersion,
        "width": found.width,
        "noise": found.noise,
        "full_scale": found.full_scale,
    }
    missing = [name for name, value in needed.items() if not value]
    if missing or not (found.width and found.noise and found.full_scale):
        asked = f"{spectrometer.id}.yml, bands.{band} without {', '.join(missing)}"
        raise InvalidValueError("spectrometer", asked, "a band that can be simulated")
    return Optics(
        wavelength=places(np.array(found.dispersion), found.channels),
        shape=gaussian(found.width, samples=_SAMPLES),
        photon=np.full(found.channels, found.noise.photon),
        background=np.full(found.channels, found.noise.background),
        full_scale=found.full_scale,
        usable=np.ones(found.channels, np.bool_),
    )


def spectrometers(folder: Path | None = None) -> tuple[str, ...]:
    """List the ids of all that are configured."""
    files = ((folder or folder_with(FOLDER)) / FOLDER).glob("*.yml")
    return tuple(sorted(path.stem for path in files))


def spectrometer(name: str, folder: Path | None = None) -> Spectrometer:
    """Read the configuration of a spectrometer.

    Parameters
    ----------
    name
        Its id, the name of its file.
    folder
        Of the configuration; the usual one by default.

    Raises
    ------
    UnknownNameError
        When there is none.
    InvalidValueError
        When its file does not describe one; names every wrong key.
    """
    return _read(name, folder or folder_with(FOLDER))


@cache
def _read(name: str, place: Path) -> Spectrometer:
    known = spectrometers(place)
    if name not in known:
        raise UnknownNameError("instrument", name, known)
    path = place / FOLDER / f"{name}.yml"
    content = {"id": name, **read_mapping(path)}
    try:
        found = Spectrometer.model_validate(content)
    except ValidationError as error:
        expected = "the keys of a spectrometer"
        raise InvalidValueError(path.name, wrong_keys(error), expected) from None
    if found.names_of is not None:
        found = found.model_copy(update={"names": _read(found.names_of, place).names})
    return found
