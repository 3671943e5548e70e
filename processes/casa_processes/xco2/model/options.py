"""What a user may choose of the retrieval: plain frozen data, made from JSON."""

from dataclasses import dataclass, field
from typing import Literal

from casa_processes.common.errors import InvalidValueError

BANDS = ("o2a", "wco2", "sco2")


@dataclass(frozen=True)
class Sigmas:
    """A priori standard deviations of the state; an element of zero is no part of it.

    Attributes
    ----------
    co2
        Multiplies those of the profile.  [1]
    h2o_scale
        [1]
    temperature_offset
        [K]
    surface_pressure
        [hPa]
    albedo, albedo_slope, albedo_curve
        Of the logarithm of the albedo: its value in the middle of a band, its change to the edge,
        and the quadratic part of it.  [1]
    shift, stretch
        Of all channels, and of those at the edges.  [sampling distance of the band]
    sif, sif_slope
        Fluorescence at the middle of the band over the continuum [1], and its change to the edge of
        the band [1].
    aod, height, width
        Of the logarithm of the optical depth at 755 nm, of the height and width of the layer as
        fractions of the surface pressure.  [1]
    eof
        Of the factor of each residual function.  [1]
    zero_level
        Of an offset of the radiance in each band, over the continuum; None takes that which the
        instrument is known for.  [1]
    wind_speed
        Over a sea.  [m s-1]
    """

    co2: float = 1.0
    h2o_scale: float = 0.5
    temperature_offset: float = 5.0
    surface_pressure: float = 4.0
    albedo: float = 1.0
    albedo_slope: float = 0.1
    albedo_curve: float = 0.03
    shift: float = 0.1
    stretch: float = 0.03
    sif: float = 0.01
    sif_slope: float = 0.0
    aod: float = 1.5
    height: float = 0.2
    width: float = 0.0
    eof: float = 10.0
    zero_level: float | None = None
    wind_speed: float = 5.0

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            if value is not None and not 0.0 <= value < 1e6:
                raise InvalidValueError(f"a priori sigma: {name}", value, "zero or more")


@dataclass(frozen=True)
class Layer:
    """A layer of aerosol or thin cloud, as it is expected.

    Attributes
    ----------
    kind
        Name of its type.
    depth
        Optical depth of extinction at 755 nm.  [1]
    height, width
        Of the Gaussian over pressure, as fractions of the surface pressure.  [1]
    depth_sigma, height_sigma
        Standard deviations of the logarithm of the depth and of the height of this layer, where
        they are not those of all layers.  [1]
    """

    kind: str
    depth: float = 0.05
    height: float = 0.85
    width: float = 0.1
    depth_sigma: float | None = None
    height_sigma: float | None = None


@dataclass(frozen=True)
class Options:
    """Choices of a retrieval.

    Attributes
    ----------
    bands
        Windows that are fitted together.
    sigmas
        A priori standard deviations.
    aerosols
        Layers that scatter, besides the air.
    scattering
        All orders, or single scattering alone, which misses some ppm of genuine spectra.
    eofs
        Residual functions of each band that are fitted.
    threshold, accepted, rejected
        Of the search: squared length of the step that is left, per element, below which it has
        converged [1]; most steps of each kind.
    damping
        Levenberg-Marquardt parameter of the first step.  [1]
    highest_chi_squared
        Misfit per channel of any band above which a converged retrieval is marked.  [1]
    """

    bands: tuple[str, ...] = BANDS
    sigmas: Sigmas = field(default_factory=Sigmas)
    aerosols: tuple[Layer, ...] = (Layer("fine", 0.04, 0.8), Layer("dust", 0.04, 0.8))
    scattering: Literal["single", "multiple"] = "multiple"
    eofs: int = 0
    threshold: float = 0.005
    accepted: int = 50
    rejected: int = 50
    damping: float = 10.0
    highest_chi_squared: float = 1.4

    def __post_init__(self) -> None:
        if not self.bands or set(self.bands) - set(BANDS) or len(set(self.bands)) < len(self.bands):
            raise InvalidValueError("bands", self.bands, f"one or more of {', '.join(BANDS)}")
        if not 0.0 < self.threshold <= 1.0:
            raise InvalidValueError("threshold", self.threshold, "above 0, at most 1")
