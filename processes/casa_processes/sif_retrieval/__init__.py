"""Retrieval of solar-induced fluorescence from spectra around the O2 A band."""

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, Field, Strict
from pydantic import model_validator as checked

from casa_processes.common.errors import InvalidInputsError
from casa_processes.common.file_inputs import FileFrom
from casa_processes.common.process import FileOf, Process, Text
from casa_processes.common.selecting import problems_of_selection
from casa_processes.sif_retrieval.choices import (
    Frozen,
    Means,
    Name,
    Number,
    OwnWindow,
    Training,
    Whole,
    WindowName,
)

SYNTHETIC, BUILTIN = "synthetic", "builtin"
MOST_SYNTHETIC = 200_000


class Inputs(Frozen):
    """Spectra, what is known of the surface, and how fluorescence is told from the rest."""

    l1b: Annotated[Name, FileFrom(words=(SYNTHETIC,))] = Field(
        title="Spectra (level 1B)",
        description="file of calibrated spectra (OCO-2 and OCO-3 L1bSc, GOSAT by ACOS, or a plain "
        "netCDF or zipped Zarr layout), or the word synthetic: spectra are then simulated",
    )
    surface: Annotated[Name | None, FileFrom()] = Field(
        None,
        description="netCDF file of sounding_id, igbp_class and perhaps cloud_flag, where the "
        "spectra do not bring them",
    )
    instrument: Name | None = Field(
        None, description="id of the instrument where the file does not name it"
    )
    polarisation: Literal["mean", "P", "S"] = Field(
        "mean", description="of an instrument that measures two (GOSAT): their mean, or one"
    )
    windows: Annotated[list[WindowName | OwnWindow], Field(min_length=1, max_length=5)] | None = (
        Field(None, description="windows by name, or of one's own; else all that the file covers")
    )
    method: Literal["functional", "weighted", "physical"] = Field(
        "functional",
        description="one product for each sounding with the noise that is usual at its brightness, "
        "or least squares with the noise of each channel; physical: least squares with a solar "
        "reference instead of training, for windows without lines of gases",
    )
    solar: Annotated[
        Name | Annotated[list[Name], Field(min_length=1, max_length=3)] | None,
        FileFrom(words=(BUILTIN,)),
    ] = Field(
        None,
        description="solar reference of the physical fit: file of solar lines or transmittances, "
        "or files of a solar spectrum; builtin: synthetic lines, for trials alone",
    )
    training: Training = Field(Training(), description="soundings without vegetation")
    zero_level: Annotated[bool, Strict()] = Field(
        True,
        description="whether what is found without vegetation is subtracted, by footprint and "
        "brightness, where there is enough of it",
    )
    bbox: Annotated[list[Number], Field(min_length=4, max_length=4)] | None = Field(
        None,
        description="west, south, east, north of the soundings that are written [degree]; all are "
        "trained with",
    )
    datetime: Name | None = Field(
        None, description="instant, date or interval of the soundings that are written, RFC 3339"
    )
    grid: Means | None = Field(None, description="means of good soundings, as a further result")
    plots: Annotated[bool, Strict()] = Field(True, description="whether pictures are drawn")
    simulated: Annotated[Whole, Field(ge=2000, le=MOST_SYNTHETIC)] = Field(
        16_000, description="number of simulated soundings; training with them takes about 4000"
    )
    seed: Annotated[Whole, Field(ge=0, le=2**31 - 1)] = Field(
        0, description="of simulated noise and surfaces"
    )

    @checked(mode="after")
    def _complete(self) -> Self:
        problems = []
        if self.l1b == SYNTHETIC:
            problems += [
                (f"/{name}", "belongs to a file of spectra; these are simulated")
                for name in ("surface", "instrument", "solar")
                if getattr(self, name) is not None
            ]
        elif (self.method == "physical") != (self.solar is not None):
            reason = "needed for the physical fit, and for no other"
            problems.append(("/solar", reason))
        names = [each if isinstance(each, str) else each.name for each in self.windows or ()]
        if len(set(names)) < len(names):
            problems.append(("/windows", "expected names that differ from each other"))
        problems += problems_of_selection(self.bbox, self.datetime)
        if problems:
            raise InvalidInputsError(problems)
        return self


class Trained(BaseModel):
    """What was trained in a window."""

    footprints: int = Field(description="that could be trained")
    spectra: int = Field(description="that they were trained with")
    rejected: int = Field(description="spectra that were taken out")
    vectors: list[int] = Field(description="least, median and largest number of singular vectors")
    zero_level: bool = Field(description="whether a zero level was subtracted")


class Statistics(BaseModel):
    """Of fluorescence in a window, of the soundings that are best or good.

    In W m-2 sr-1 um-1; null when there is none.
    """

    count: int
    mean: float | None = None
    standard_deviation: float | None = None
    mean_uncertainty: float | None = None
    bare_count: int = Field(0, description="of these, soundings without vegetation")
    bare_mean: float | None = Field(None, description="of these; 0 but for noise is expected")
    true_mean: float | None = Field(None, description="mean of what was simulated")
    error_deviation: float | None = Field(
        None, description="standard deviation of the error of simulated soundings"
    )


class Source(BaseModel):
    """What the results were made of."""

    spectra: str
    instrument: str
    simulated: bool
    files: dict[str, str] = Field(description="SHA-256 of the files by input")
    unread: list[str] = Field(description="what could not be read of a damaged file")


class Outputs(BaseModel):
    """Counts and statistics; soundings and their means as files, and pictures."""

    written: int = Field(description="soundings with a time and a place that meet the selection")
    left_out: int = Field(description="soundings without a time or a place, or not selected")
    outcomes: dict[str, int] = Field(description="soundings by how their fit ended")
    classes: dict[str, int] = Field(description="soundings by quality: best, good, failed")
    trained: dict[str, Trained] = Field(description="by window")
    statistics: dict[str, Statistics] = Field(description="by column")
    source: Source = Field(description="what went in")
    soundings: Annotated[Path | None, FileOf("application/x-netcdf", collection="soundings")] = (
        Field(None, description="fluorescence of all soundings, with errors and flags")
    )
    means: Annotated[
        Path | None, FileOf("application/x-netcdf", collection="grid", when="grid")
    ] = Field(None, description="means of best and good soundings on a grid")
    fit: Annotated[Path | None, FileOf("image/png", when="plots")] = Field(
        None, description="measured and fitted spectrum of one sounding"
    )
    vectors: Annotated[Path | None, FileOf("image/png", when="plots")] = Field(
        None, description="singular vectors of one footprint, and their choice"
    )
    errors: Annotated[Path | None, FileOf("image/png", when="plots")] = Field(
        None, description="uncertainty and zero level over brightness"
    )
    map: Annotated[Path | None, FileOf("image/png", when="plots")] = Field(
        None, description="map and histograms"
    )


PROCESS = Process(
    id="sif-retrieval",
    version="1.0.0",
    title=Text(en="Fluorescence from spectra", zh="由光谱反演日光诱导荧光"),
    abstract=Text(
        en="Retrieves solar-induced chlorophyll fluorescence from spectra of reflected sunlight: "
        "the filling-in of Fraunhofer lines is told from reflected light by singular vectors of "
        "spectra without vegetation, footprint by footprint. With uncertainties, zero level, daily "
        "means, fluorescence at 740 nm, classes of quality, means on a grid and pictures.",
        zh="由反射太阳光谱反演叶绿素日光诱导荧光：利用无植被光谱的奇异向量，逐足迹地将夫琅禾费线的"
        "填充效应与反射光分离。给出不确定度、零点订正、日均值、740 nm 荧光、质量等级、"
        "格点均值和图件。",
    ),
    keywords=("SIF", "fluorescence", "OCO-2", "OCO-3", "TanSat", "GOSAT", "TROPOMI"),
    inputs=Inputs,
    outputs=Outputs,
    run="casa_processes.sif_retrieval.pipeline:retrieved",
    estimate="casa_processes.sif_retrieval.estimate:cost",
    check="casa_processes.sif_retrieval.checks:examine",
    example={"l1b": SYNTHETIC, "simulated": 8000, "grid": {"resolution": 1.0}},
)
