"""Means of fluorescence, or of another column of soundings, on a grid and in steps of time."""

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, Strict
from pydantic import model_validator as checked

from casa_processes.common.errors import InvalidInputsError
from casa_processes.common.file_inputs import FileFrom
from casa_processes.common.process import CollectionOf, FileOf, Process, Text
from casa_processes.common.selecting import problems_of_selection

SYNTHETIC = "synthetic"
MOST_VARIABLES = 8

type Number = Annotated[float, Strict(), Field(allow_inf_nan=False)]
type Name = Annotated[str, Field(min_length=1, max_length=500)]
type Size = Annotated[Number, Field(ge=0.01, le=60.0)]


class Inputs(BaseModel):
    """Soundings, cells and steps, and what is known of the errors."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    collection: Annotated[Name | None, CollectionOf("soundings")] = Field(
        None, description="id of a soundings collection of this server"
    )
    soundings: Annotated[Name | None, FileFrom(words=(SYNTHETIC,))] = Field(
        None,
        description="instead of a collection a netCDF file of soundings as sif-retrieval writes, "
        "or the word synthetic: 20 days of simulated soundings",
    )
    variables: Annotated[list[Name], Field(min_length=1, max_length=MOST_VARIABLES)] = Field(
        ["sif_740"], description="names of scalar columns of the soundings"
    )
    resolution: Size | Annotated[list[Size], Field(min_length=2, max_length=2)] = Field(
        0.5,
        description="size of a cell, or its sizes in longitude and latitude; parts of 360 and 180 "
        "[degree]",
    )
    time_step: Name = Field(
        "P1M",
        description="PnD (days, counted from the first), PnM or PnY (of the calendar)",
    )
    bbox: Annotated[list[Number], Field(min_length=4, max_length=4)] | None = Field(
        None, description="west, south, east, north of the grid [degree]; across 180 if w > e"
    )
    datetime: Name | None = Field(
        None, description="instant, date or interval of the soundings, RFC 3339"
    )
    good_only: Annotated[bool, Strict()] = Field(
        True, description="whether soundings whose quality_flag is not 0 are left out"
    )
    weights: Literal["area", "inverse-variance"] = Field(
        "area",
        description="a sounding counts by the area of its footprint within the cell, or by that "
        "area over the variance of its value",
    )
    point_area: Annotated[Number, Field(gt=0.0, le=1e6)] = Field(
        1.0,
        description="area of a sounding whose corners are not known, all of it in the cell of its "
        "centre [km2]",
    )
    error_correlation: Annotated[Number, Field(ge=0.0, le=1.0)] = Field(
        0.0,
        description="correlation of the errors of two soundings of a cell within an overpass [1]; "
        "0: errors are independent and the uncertainty of a mean is a lower bound",
    )
    overpass: Annotated[Number, Field(gt=0.0, le=8784.0)] = Field(
        24.0, description="length of the intervals that count as one overpass, from 0 UTC on [h]"
    )
    against_collection: Annotated[Name | None, CollectionOf("soundings")] = Field(
        None, description="id of a soundings collection that the means are compared with"
    )
    against: Annotated[Name | None, FileFrom(words=(SYNTHETIC,))] = Field(
        None,
        description="instead of a collection to compare with a netCDF file of soundings, or of a "
        "grid of time, latitude and longitude; or the word synthetic",
    )
    against_variable: Name | None = Field(
        None, description="what of it is compared with the first variable; by default the same"
    )
    plots: Annotated[bool, Strict()] = Field(True, description="whether pictures are drawn")

    @property
    def compares(self) -> bool:
        """Whether there is something to compare with."""
        return self.against is not None or self.against_collection is not None

    @property
    def other_variable(self) -> str:
        """What the first variable is compared with."""
        return self.against_variable or self.variables[0]

    @checked(mode="after")
    def _one_source(self) -> Self:
        if (self.collection is None) == (self.soundings is None):
            raise InvalidInputsError([("", "expected either collection or soundings")])
        problems = []
        if self.against is not None and self.against_collection is not None:
            problems.append(("/against", "expected either against_collection or against"))
        if self.against_variable is not None and not self.compares:
            problems.append(("/against_variable", "expected against or against_collection as well"))
        if len(set(self.variables)) < len(self.variables):
            problems.append(("/variables", "expected names that differ from each other"))
        problems += problems_of_selection(self.bbox, self.datetime)
        if self.bbox is not None and self.bbox[1] == self.bbox[3]:
            problems.append(("/bbox", "expected south < north"))
        if problems:
            raise InvalidInputsError(problems)
        return self


class Statistics(BaseModel):
    """Of a variable over all cells and steps that hold soundings; null when there is none."""

    cells: int = Field(description="cells of all steps that hold a sounding")
    mean: float | None = Field(None, description="over these cells, weighted by their area")
    mean_uncertainty: float | None = Field(None, description="of a cell")
    mean_count: float | None = Field(None, description="soundings of a cell")


class Source(BaseModel):
    """What went in."""

    soundings: str = Field(description="collection or file")
    snapshot: str = Field("", description="of the collection")
    licence: str = Field("", description="of the collection or file")
    simulated: bool = False
    sha256: str = Field("", description="of the file")


class Comparison(BaseModel):
    """Of the means of the first variable with those of another, in cells and steps of both.

    Null where there are too few, or where units differ.
    """

    variable: str = Field("", description="what it is compared with")
    source: Source | None = Field(None, description="where that is from")
    pairs: int = Field(description="cells of all steps that both have")
    correlation: float | None = Field(None, description="of Pearson")
    slope: float | None = Field(
        None, description="of the line of the first over the other, errors of both counted"
    )
    intercept: float | None = Field(None, description="of that line")
    mean_difference: float | None = Field(None, description="first less other")
    rms_difference: float | None = Field(None, description="root mean square")
    expected_difference: float | None = Field(
        None, description="root mean square that the uncertainties of both tell"
    )


class Outputs(BaseModel):
    """The grid, what it says altogether, and pictures of it."""

    matched: int = Field(description="soundings that met the selection and reach into the grid")
    steps: int = Field(description="steps of time of the grid, those without soundings included")
    statistics: dict[str, Statistics] = Field(description="by variable")
    source: Source = Field(description="where soundings are from")
    comparison: Comparison | None = Field(None, description="with another mission or quantity")
    grid: Annotated[Path | None, FileOf("application/x-netcdf", collection="grid")] = Field(
        None, description="means, their uncertainty, and the number of soundings"
    )
    map: Annotated[Path | None, FileOf("image/png", when="plots")] = Field(
        None, description="mean, uncertainty and number of soundings of the fullest step"
    )
    scatter: Annotated[Path | None, FileOf("image/png", when="against")] = Field(
        None, description="means over those that they are compared with"
    )


PROCESS = Process(
    id="sif-gridding",
    version="1.0.0",
    title=Text(en="Soundings on a grid", zh="观测格点化"),
    abstract=Text(
        en="Averages fluorescence, or any other scalar column of soundings, over the cells of a "
        "regular grid and over steps of time. Footprints count by the area that lies within a "
        "cell. The uncertainty of a mean follows from those of its soundings and a stated "
        "correlation of errors within an overpass.",
        zh="将荧光（或观测的其他标量）按规则网格和时间步长取平均。足迹按其落入格点的面积加权；"
        "平均值的不确定度由各观测的不确定度和给定的同次过境误差相关系数得出。",
    ),
    keywords=("SIF", "fluorescence", "grid", "mean", "uncertainty"),
    inputs=Inputs,
    outputs=Outputs,
    run="casa_processes.sif_gridding.pipeline:gridded",
    estimate="casa_processes.sif_gridding.estimate:cost",
    check="casa_processes.sif_gridding.checks:examine",
    example={"soundings": SYNTHETIC, "resolution": 1.0, "time_step": "P8D"},
)
