"""What a retrieval of fluorescence takes, and what it gives: many soundings at once.

Radiance is that of all polarisations, in W m-2 sr-1 um-1, which equals mW m-2 sr-1 nm-1.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.errors import InvalidValueError

type Values = NDArray[np.float64]
type Single = NDArray[np.float32]
type Spectra = Single | Values
type Whole = NDArray[np.int64]
type Mask = NDArray[np.bool_]
type Method = Literal["functional", "weighted"]
type Shape = Literal["flat", "gaussian"]


class Outcome(IntEnum):
    """How the fit of a sounding ended; all but the first leave NaN."""

    FITTED = 0
    BAD_SPECTRUM = 1
    """A radiance is missing, negative or beyond the full scale, or a noise is not positive."""
    NO_TRAINING = 2
    """Too few spectra without vegetation for its footprint."""
    SINGULAR = 3
    """Its channels do not determine what is fitted."""


class Surface(IntEnum):
    """Classes of land cover of the IGBP without vegetation."""

    UNKNOWN = -1
    WATER = 0
    SNOW_AND_ICE = 15
    BARREN = 16
    WATER_OF_SEVENTEEN = 17
    """Water in lists that number it last."""


@dataclass(frozen=True)
class Window:
    """Wavelengths that are fitted together.

    Attributes
    ----------
    name
        Of the window, as in names of variables: 757, 771, ...
    first, last
        Wavelengths in vacuum that bound it.  [um]
    order
        Of the polynomial of the surface; 1 or 2 of narrow windows, 3 or 4 of wide ones.
    shape
        Of fluorescence over wavelength: flat, or a Gaussian that is 1 at its peak.
    vectors
        Most singular vectors.
    full_scale
        Largest radiance that the detector is made for.  [W m-2 sr-1 um-1]
    peak, spread
        Middle and standard deviation of the Gaussian.  [um]
    """

    name: str
    first: float
    last: float
    order: int = 2
    shape: Shape = "flat"
    vectors: int = 8
    full_scale: float = float("inf")
    peak: float = 0.740
    spread: float = 0.021

    def __post_init__(self) -> None:
        if not 0.0 < self.first < self.last < float("inf"):
            ends = (self.first, self.last)
            raise InvalidValueError(f"window {self.name}", ends, "two ascending wavelengths [um]")
        for what, low, high in (("order", 0, 6), ("vectors", 1, 40)):
            if not low <= getattr(self, what) <= high:
                asked = getattr(self, what)
                raise InvalidValueError(f"{what} of window {self.name}", asked, f"{low} to {high}")
        for what in ("full_scale", "peak", "spread"):
            if not getattr(self, what) > 0.0:
                found = getattr(self, what)
                raise InvalidValueError(f"{what} of window {self.name}", found, "one above 0")


@dataclass(frozen=True, eq=False)
class Block:
    """Spectra of many soundings of one band.

    Attributes
    ----------
    radiance
        [W m-2 sr-1 um-1], shape (sounding, channel); float32, or float64 for proofs
    noise
        One standard deviation; infinite where a channel is not used, which must have a finite
        radiance then.  The same unit, shape and type.
    wavelength
        Of the channels in vacuum, ascending.  [um], shape (footprint, channel)
    footprint
        Row of `wavelength` of each sounding.  shape (sounding,)
    """

    radiance: Spectra
    noise: Spectra
    wavelength: Values
    footprint: Whole

    def __post_init__(self) -> None:
        shape = self.radiance.shape
        alike = self.noise.shape == shape and self.noise.dtype == self.radiance.dtype
        if len(shape) != 2 or not alike or self.footprint.shape != shape[:1]:
            shapes = (shape, self.noise.shape, self.footprint.shape)
            expected = "shapes (sounding, channel) twice of one type, and (sounding,)"
            raise InvalidValueError("radiance", shapes, expected)
        if self.wavelength.ndim != 2 or self.wavelength.shape[1] != shape[1]:
            expected = f"shape (footprint, {shape[1]})"
            raise InvalidValueError("wavelength", self.wavelength.shape, expected)
        known = self.footprint >= 0
        if not (known & (self.footprint < len(self.wavelength))).all():
            found = np.unique(self.footprint).tolist()
            expected = f"rows of wavelength, 0 to {len(self.wavelength) - 1}"
            raise InvalidValueError("footprint", found, expected)

    def __len__(self) -> int:
        """Return the number of soundings."""
        return int(self.radiance.shape[0])


@dataclass(frozen=True, eq=False)
class Scenes:
    """What is known of the soundings of a block; all arrays have the shape (sounding,).

    Attributes
    ----------
    sounding_id
        Text.
    time
        UTC, datetime64.
    latitude, longitude
        [degree]
    solar_zenith, sensor_zenith
        [degree]
    surface_class
        Land cover of the IGBP; -1 when unknown.
    cloud
        1 cloudy, 0 clear, -1 unknown.
    land_fraction
        [1]
    """

    sounding_id: NDArray[np.str_]
    time: NDArray[np.datetime64]
    latitude: Values
    longitude: Values
    solar_zenith: Values
    sensor_zenith: Values
    surface_class: Whole
    cloud: Whole
    land_fraction: Values


@dataclass(frozen=True)
class Options:
    """Choices of training, fit, zero level and flags.

    Attributes
    ----------
    classes
        Land cover without vegetation, of which training and zero level are made.
    solar_zenith
        Largest of soundings to train with.  [degree]
    radiance
        Smallest and largest mean radiance of a window to train with.  [W m-2 sr-1 um-1]
    rejection
        Standard deviations beyond which residuals take a spectrum out of the training.
    vegetated
        Standard deviations of fluorescence itself beyond which they do.
    rounds
        How often the training is repeated without them.
    spectra
        Least number for each singular vector that is tried.
    knots
        Of the zero level at most.
    monotone
        Whether the zero level must rise or fall with the radiance.
    """

    classes: tuple[int, ...] = (Surface.SNOW_AND_ICE, Surface.BARREN)
    solar_zenith: float = 70.0
    radiance: tuple[float, float] = (10.0, 200.0)
    rejection: float = 5.0
    vegetated: float = 3.0
    rounds: int = 2
    spectra: int = 10
    knots: int = 12
    monotone: bool = False

    def __post_init__(self) -> None:
        limits = {"spectra": (2, 10_000), "rounds": (1, 20), "knots": (2, 100)}
        for what, (low, high) in limits.items():
            if not low <= getattr(self, what) <= high:
                raise InvalidValueError(what, getattr(self, what), f"{low} to {high}")
        if not 0.0 < self.radiance[0] < self.radiance[1] < float("inf"):
            raise InvalidValueError("radiance", self.radiance, "two ascending ones above 0")


@dataclass(frozen=True, eq=False)
class WindowResult:
    """Fluorescence of many soundings from one window; all arrays have the shape (sounding,).

    Attributes
    ----------
    sif, sif_uncertainty
        At the window, or at 740 nm of a Gaussian shape; one standard deviation.
        [W m-2 sr-1 um-1]
    continuum
        Radiance without lines.  [W m-2 sr-1 um-1]
    relative
        Fluorescence over it.  [1]
    chi_squared
        Misfit per degree of freedom.  [1]
    zero_level
        What was subtracted from the fluorescence; 0 before.  [W m-2 sr-1 um-1]
    outcome
        See `Outcome`.  int8
    """

    sif: Values
    sif_uncertainty: Values
    continuum: Values
    relative: Values
    chi_squared: Values
    zero_level: Values
    outcome: NDArray[np.int8]


def result(
    sif: Values,
    uncertainty: Values,
    continuum: Values,
    chi_squared: Values,
    outcome: NDArray[np.int8],
) -> WindowResult:
    """Return a result before its zero level is subtracted; all arrays: shape (sounding,)."""
    return WindowResult(
        sif=sif,
        sif_uncertainty=uncertainty,
        continuum=continuum,
        relative=sif / continuum,
        chi_squared=chi_squared,
        zero_level=np.where(outcome == Outcome.FITTED, 0.0, np.nan),
        outcome=outcome,
    )
