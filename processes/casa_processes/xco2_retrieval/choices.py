"""What a user may choose of a retrieval: how it fits, and what is called good."""

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, Strict
from pydantic import model_validator as checked

type Number = Annotated[float, Strict(), Field(allow_inf_nan=False)]
type Whole = Annotated[int, Strict()]
type Positive = Annotated[Number, Field(gt=0.0, le=1e6)]
type Fraction = Annotated[Number, Field(gt=0.0, le=1.0)]
type Angle = Annotated[Number, Field(gt=0.0, le=90.0)]
type Sigma = Annotated[Number, Field(ge=0.0, le=1e5)]
type Name = Annotated[str, Field(min_length=1, max_length=500)]
type Kind = Literal["fine", "dust", "sea-salt", "stratospheric", "water", "ice"]
type Band = Literal["o2a", "wco2", "sco2"]
type Scattering = Literal["single", "multiple"]

SPEED: Mapping[Scattering, float] = {"single": 6.7, "multiple": 1.3}
"""Soundings a second, as measured on one core with simulated spectra."""


class Frozen(BaseModel):
    """Plain data without unknown members."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Sigmas(Frozen):
    """A priori standard deviations; zero takes a quantity out of the state."""

    co2: Positive = Field(1.0, description="factor of the built-in ones of the profile [1]")
    h2o_scale: Sigma = Field(0.5, description="column of water over the a priori one [1]")
    temperature_offset: Sigma = Field(5.0, description="same for all levels [K]")
    surface_pressure: Sigma = Field(4.0, description="[hPa]")
    albedo: Sigma = Field(1.0, description="logarithm of the albedo in the middle of a band [1]")
    albedo_slope: Sigma = Field(0.1, description="its change to the edge of the band [1]")
    albedo_curve: Sigma = Field(0.03, description="its quadratic part [1]")
    shift: Sigma = Field(0.1, description="of all channels [distance of channels]")
    stretch: Sigma = Field(0.03, description="of the channels at the edges [distance of channels]")
    sif: Sigma = Field(0.01, description="fluorescence over the continuum [1]")
    sif_slope: Sigma = Field(0.0, description="its change to the edge of the band [1]")
    aod: Sigma = Field(1.5, description="logarithm of the optical depth of each layer [1]")
    height: Sigma = Field(0.2, description="height of each layer [surface pressure]")
    width: Sigma = Field(0.0, description="width of each layer [surface pressure]")
    zero_level: Sigma | None = Field(
        None,
        description="offset of the radiance over the continuum, in each band; null takes what the "
        "instrument is configured for: 0.02 in the A band of GOSAT, none of others [1]",
    )
    eof: Sigma = Field(10.0, description="factor of each residual function over the noise [1]")
    wind_speed: Sigma = Field(
        5.0, description="wind over a sea, from which its brightness follows [m s-1]"
    )


class Layer(Frozen):
    """A layer of aerosol or thin cloud as it is expected: a Gaussian over pressure."""

    kind: Kind = Field(description="kind of aerosol or cloud")
    depth: Positive = Field(0.05, description="optical depth at 760 nm [1]")
    height: Fraction = Field(0.85, description="pressure over that of the surface [1]")
    width: Fraction = Field(0.1, description="likewise [1]")
    depth_sigma: Sigma | None = Field(
        None, description="of the logarithm of its depth, where it is not that of all layers [1]"
    )
    height_sigma: Sigma | None = Field(
        None, description="of its height, where it is not that of all layers [surface pressure]"
    )


class Options(Frozen):
    """Choices of the retrieval."""

    bands: Annotated[list[Band], Field(min_length=1, max_length=3)] = Field(
        ["o2a", "wco2", "sco2"], description="windows that are fitted together"
    )
    sigmas: Sigmas = Field(Sigmas(), description="a priori standard deviations")
    aerosols: Annotated[list[Layer], Field(max_length=5)] = Field(
        [Layer(kind="fine", depth=0.04, height=0.8), Layer(kind="dust", depth=0.04, height=0.8)],
        description="layers that scatter besides the air; none is allowed",
    )
    scattering: Scattering = Field(
        "multiple",
        description="multiple: all orders, -1.6 to 0.4 ppm from NASA's retrievals of five genuine "
        f"soundings, {SPEED['multiple']:g} soundings a second as measured on one core; single: "
        "without light that air and particles scatter again, for trials, -6.7 to 0.5 ppm from "
        f"them, {SPEED['single']:g} a second",
    )
    eofs: Annotated[Whole, Field(ge=0, le=10)] = Field(
        3,
        description="most residual functions of each band that are fitted, of those that "
        "residual_functions names; without such a file none",
    )
    threshold: Annotated[Number, Field(gt=0.0, le=1.0)] = Field(
        0.005, description="squared length, per element, of the step that is left at convergence"
    )
    accepted: Annotated[Whole, Field(ge=1, le=100)] = Field(50, description="most accepted steps")
    rejected: Annotated[Whole, Field(ge=0, le=100)] = Field(50, description="most rejected steps")

    @checked(mode="after")
    def _different(self) -> Self:
        kinds = [layer.kind for layer in self.aerosols]
        for name, values in (("bands", self.bands), ("aerosols", kinds)):
            if len(set(values)) < len(values):
                raise ValueError(f"expected {name} that differ from each other")
        return self


class Near(Frozen):
    """How near soundings of a collection are compared with."""

    latitude: Angle = Field(2.5, description="most difference of latitudes [degree]")
    longitude: Annotated[Number, Field(gt=0.0, le=180.0)] = Field(
        5.0, description="of longitudes [degree]"
    )
    minutes: Annotated[Number, Field(gt=0.0, le=1440.0)] = Field(60.0, description="of times [min]")


class Limits(Frozen):
    """Limits of the tests of quality; beyond one, its bit is set and the sounding is bad."""

    cloud_pressure: Positive = Field(
        25.0, description="surface pressure of the A band alone less the a priori one [hPa]"
    )
    cloud_pressure_offset: Annotated[Number, Field(ge=-200.0, le=200.0)] = Field(
        0.0, description="what that difference is in clear air with the spectroscopy used [hPa]"
    )
    cloud_chi_squared: Positive = Field(
        10.0, description="misfit of the A band without aerosol, per channel [1]"
    )
    co2_ratio: Positive = Field(
        0.03, description="column of CO2 of the strong band alone over that of the weak, from 1 [1]"
    )
    h2o_ratio: Positive = Field(0.2, description="likewise of water [1]")
    chi_squared: Positive = Field(1.4, description="misfit of each band per channel [1]")
    solar_zenith: Angle = Field(70.0, description="[degree]")
    aerosol: Positive = Field(0.5, description="optical depth of all layers [1]")
    surface_pressure: Positive = Field(10.0, description="retrieved less a priori [hPa]")
    signal_to_noise: Positive = Field(75.0, description="of the continuum of each band [1]")
    averaging_kernel: Positive = Field(
        0.25, description="its mean over the column, weighted by pressure, from 1 [1]"
    )
