"""What a user may choose of a retrieval of fluorescence: windows, training, grid."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, Strict
from pydantic import model_validator as checked

type Number = Annotated[float, Strict(), Field(allow_inf_nan=False)]
type Whole = Annotated[int, Strict()]
type Name = Annotated[str, Field(min_length=1, max_length=500)]
type WindowName = Literal["757", "771", "740", "740w", "685"]
type Length = Annotated[Number, Field(ge=300.0, le=2500.0)]
type Degrees = Annotated[Number, Field(ge=0.01, le=60.0)]

COLUMNS = {"757": "757", "771": "771", "740": "740", "740w": "740_wide_window", "685": "685"}
"""What columns are called by the name of a window: sif_757, sif_740_wide_window, ..."""


class Frozen(BaseModel):
    """Plain data without unknown members."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class OwnWindow(Frozen):
    """A window of one's own, in place of the configured one of that name."""

    name: WindowName = Field(description="what its columns are called after")
    first_nm: Length = Field(description="first wavelength in vacuum [nm]")
    last_nm: Length = Field(description="last wavelength in vacuum [nm]")
    order: Annotated[Whole, Field(ge=0, le=6)] = Field(
        2, description="of the polynomial of the surface"
    )
    shape: Literal["flat", "gaussian"] = Field(
        "flat", description="of fluorescence; a Gaussian is 1 at its peak, where it is reported"
    )
    peak_nm: Length = Field(740.0, description="middle of the Gaussian [nm]")
    spread_nm: Annotated[Number, Field(ge=1.0, le=100.0)] = Field(
        21.0, description="its standard deviation [nm]"
    )
    vectors: Annotated[Whole, Field(ge=1, le=40)] = Field(8, description="most singular vectors")
    band: Name = Field("o2a", description="band of the instrument that it lies in")

    @checked(mode="after")
    def _ascends(self) -> Self:
        if self.first_nm >= self.last_nm:
            raise ValueError("expected first_nm < last_nm")
        return self


class Training(Frozen):
    """Which soundings count as without vegetation, and how many train a footprint."""

    classes: Annotated[list[Annotated[Whole, Field(ge=0, le=17)]], Field(min_length=1)] = Field(
        [15, 16], description="land cover of the IGBP: 15 snow and ice, 16 barren, 0 and 17 water"
    )
    solar_zenith: Annotated[Number, Field(gt=0.0, le=90.0)] = Field(
        70.0, description="largest zenith angle of the Sun [degree]"
    )
    radiance: Annotated[list[Number], Field(min_length=2, max_length=2)] = Field(
        [10.0, 200.0], description="least and largest mean radiance [W m-2 sr-1 um-1]"
    )
    rejection: Annotated[Number, Field(ge=2.0, le=100.0)] = Field(
        5.0, description="standard deviations beyond which residuals take a spectrum out"
    )
    most: Annotated[Whole, Field(ge=100, le=20_000)] = Field(
        4000, description="spectra of a footprint; of more, some at even distances are taken"
    )

    @checked(mode="after")
    def _ascends(self) -> Self:
        if not 0.0 < self.radiance[0] < self.radiance[1]:
            raise ValueError("expected radiances above 0 that ascend")
        return self


class Means(Frozen):
    """Means of the good soundings on a grid."""

    resolution: Degrees = Field(0.5, description="size of a cell, a part of 180 [degree]")
    time_step: Name = Field("P1D", description="PnD, PnM or PnY")
    error_correlation: Annotated[Number, Field(ge=0.0, le=1.0)] = Field(
        0.0, description="of the errors of two soundings of a cell within a day [1]"
    )
