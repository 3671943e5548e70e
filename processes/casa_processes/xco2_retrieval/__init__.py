"""Retrieval of the column of carbon dioxide from spectra of reflected sunlight."""

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, Field, Strict
from pydantic import model_validator as checked

from casa_processes.common.errors import InvalidInputsError
from casa_processes.common.file_inputs import FileFrom
from casa_processes.common.process import CollectionOf, FileOf, Process, Text
from casa_processes.common.selecting import problems_of_selection
from casa_processes.xco2_retrieval.choices import (
    Frozen,
    Limits,
    Name,
    Near,
    Number,
    Options,
    Scattering,
    Whole,
)

SYNTHETIC = "synthetic"
BUILTIN = "builtin"
MOST_SOUNDINGS = 1_000_000
MOST_SYNTHETIC = 2000
"""Most soundings of a run, and of simulated ones."""
MOST_LISTED = 1000
"""Most messages that are listed in the answer itself."""


class Inputs(Frozen):
    """Spectra, what is known about their place, and how they are to be understood."""

    l1b: Annotated[Name, FileFrom(words=(SYNTHETIC,))] = Field(
        title="Spectra (level 1B)",
        description="file of calibrated spectra (OCO-2 and OCO-3 L1bSc, ACOS-GOSAT L1b, simulated "
        "ones), or the word synthetic: 2000 spectra are then simulated",
    )
    meteorology: Annotated[Name | None, FileFrom()] = Field(
        None,
        description="file of temperature, moisture, wind and surface pressure at the soundings "
        "(OCO-2 L2Met, ACOS ECMWF); needed unless spectra are simulated",
    )
    line_shapes: Annotated[Name | None, FileFrom()] = Field(
        None, description="file of the responses of channels where spectra do not bring them"
    )
    instrument: Name | None = Field(
        None, description="id of the instrument where the file does not name it"
    )
    polarisation: Literal["mean", "P", "S"] = Field(
        "mean", description="of instruments that measure two: one of them, or their mean"
    )
    spectroscopy: Annotated[Name, FileFrom(words=(BUILTIN,))] = Field(
        BUILTIN,
        description="file of a spectroscopy set that names line lists or tables; builtin: line "
        "lists from molecular constants, good for trials alone",
    )
    solar: Annotated[
        Name | Annotated[list[Name], Field(min_length=1, max_length=4)] | None,
        FileFrom(words=(BUILTIN,)),
    ] = Field(
        None,
        description="file of solar lines or transmittances, or files of a solar spectrum, one for "
        "each band, and one of lines for what is beyond them; builtin: synthetic lines, for trials "
        "alone; without a word what the spectroscopy set names, else builtin",
    )
    bbox: Annotated[list[Number], Field(min_length=4, max_length=4)] | None = Field(
        None, description="west, south, east, north of the soundings [degree]; across 180 if w > e"
    )
    datetime: Name | None = Field(
        None, description="instant, date or interval of the soundings, RFC 3339"
    )
    footprints: (
        Annotated[list[Annotated[Whole, Field(ge=1, le=127)]], Field(min_length=1, max_length=127)]
        | None
    ) = Field(None, description="numbers of the footprints across the track, from 1")
    max_soundings: Annotated[Whole, Field(ge=1, le=MOST_SOUNDINGS)] = Field(
        1000, description="most soundings, the earliest ones"
    )
    prior: Annotated[Name | None, FileFrom()] = Field(
        None,
        description="file of a priori profiles of CO2 by time, latitude and pressure (netCDF-4 or "
        "CSV); without one a climatology",
    )
    residual_functions: Annotated[Name | None, FileFrom()] = Field(
        None,
        description="file of residual functions (EOFs) of the bands by channel, which are fitted "
        "together with the state (HDF5 or netCDF-4, also those of NASA for OCO-2 and GOSAT)",
    )
    options: Options = Field(Options(), description="choices of the retrieval")
    screening: Literal["off", "o2a", "full"] = Field(
        "o2a",
        description="before the retrieval: surface pressure from the O2 A band alone (o2a), and "
        "CO2 and H2O of the weak and strong band alone too (full); cloudy ones are not retrieved",
    )
    limits: Limits = Field(Limits(), description="limits of the tests of quality")
    bias_correction: Annotated[Name | None, FileFrom()] = Field(
        None, description="YAML file of a bias correction; without one xco2 is xco2_raw"
    )
    reference: Annotated[Name | None, CollectionOf("soundings", datetime="", bbox="")] = Field(
        None,
        description="id of a soundings collection of this server, as of TCCON, whose XCO2 is "
        "compared with that of soundings near it",
    )
    near: Near = Field(Near(), description="how near soundings of the collection have to be")
    plots: Annotated[bool, Strict()] = Field(True, description="whether pictures are drawn")
    residuals: Annotated[bool, Strict()] = Field(
        False, description="whether measured and fitted spectra of all soundings are written"
    )
    seed: Annotated[Whole, Field(ge=0, le=2**31 - 1)] = Field(
        0, description="of the noise and the atmospheres of simulated spectra"
    )

    @checked(mode="after")
    def _complete(self) -> Self:
        problems = _problems_of_source(self)
        problems += problems_of_selection(self.bbox, self.datetime)
        if problems:
            raise InvalidInputsError(problems)
        return self


def _problems_of_source(inputs: Inputs) -> list[tuple[str, str]]:
    """Say what does not go with simulated spectra, or lacks for others."""
    if inputs.l1b != SYNTHETIC:
        lacks = inputs.meteorology is None
        return [("/meteorology", "needed for spectra that are not simulated")] if lacks else []
    problems = [
        (f"/{name}", "belongs to a file of spectra; these are simulated")
        for name in ("meteorology", "line_shapes", "instrument", "prior", "residual_functions")
        if getattr(inputs, name) is not None
    ]
    if inputs.max_soundings > MOST_SYNTHETIC:
        problems.append(("/max_soundings", f"at most {MOST_SYNTHETIC} spectra are simulated"))
    return problems


class Message(BaseModel):
    """Why a sounding has no estimate."""

    sounding_id: str
    outcome: str
    message: str


class Statistics(BaseModel):
    """Of the soundings without a failed test; null when there is none."""

    count: int
    mean: float | None = Field(None, description="XCO2 [ppm]")
    standard_deviation: float | None = Field(None, description="of XCO2 [ppm]")
    mean_uncertainty: float | None = Field(None, description="[ppm]")
    mean_true: float | None = Field(None, description="of simulated atmospheres [ppm]")


class Compared(BaseModel):
    """Soundings beside those of a collection; differences are of those without a failed test."""

    collection: str
    count: int = Field(description="soundings that have any of the collection near them")
    good: int = Field(description="those of them without a failed test")
    mean_difference: float | None = Field(None, description="XCO2, retrieved less theirs [ppm]")
    standard_deviation: float | None = Field(None, description="of the difference [ppm]")


class Channels(BaseModel):
    """Of a band of one sounding: good ones within its window, and those of them that are fitted."""

    good: int
    fitted: int


class Source(BaseModel):
    """What the results were made of."""

    spectra: str
    simulated: bool
    spectroscopy: str = Field(description="quality of it: builtin, hitran or absco")
    missing: list[str] = Field(description="what the spectroscopy lacks")
    scattering: Scattering = Field(description="all orders of it (multiple), or single alone")
    science_quality: Literal["no", "not validated"] = Field(
        description="no: simulated spectra, built-in lines of gases or of the Sun, or spectra that "
        "were measured and retrieved by single scattering"
    )
    warnings: list[str] = Field(description="what has to be known to judge the results")
    channels: dict[str, Channels] = Field(
        description="by band, of the first sounding that can be read: responses that reach beyond "
        "the tables leave channels out"
    )
    files: dict[str, str] = Field(description="SHA-256 of the files by input")


class Outputs(BaseModel):
    """Counts and statistics; the soundings as a file, and pictures of them."""

    matched: int = Field(description="soundings that met the selection; the most may have cut them")
    outcomes: dict[str, int] = Field(description="soundings by how their retrieval ended")
    failed_tests: dict[str, int] = Field(description="soundings by test that they fail")
    good: Statistics = Field(description="of the soundings that pass all tests")
    compared: Compared | None = Field(None, description="with the collection of reference")
    messages: list[Message] = Field(
        description=f"of soundings without an estimate, the first {MOST_LISTED}"
    )
    source: Source = Field(description="what went in")
    soundings: Annotated[Path | None, FileOf("application/x-netcdf", collection="soundings")] = (
        Field(None, description="all soundings: XCO2 with its error budget, kernel, profile, tests")
    )
    fit: Annotated[Path | None, FileOf("image/png", when="plots")] = Field(
        None, description="measured and fitted spectrum of one sounding, and the difference"
    )
    profile: Annotated[Path | None, FileOf("image/png", when="plots")] = Field(
        None, description="its averaging kernel, and its profile before and after"
    )
    map: Annotated[Path | None, FileOf("image/png", when="plots")] = Field(
        None, description="map and histograms of all soundings"
    )
    dependence: Annotated[Path | None, FileOf("image/png", when="plots")] = Field(
        None,
        description="what XCO2 is off by over albedos, optical depth and solar zenith angle: from "
        "the truth, if it is known, from the collection of reference, or from the a priori column",
    )
    comparison: Annotated[Path | None, FileOf("image/png", when="reference")] = Field(
        None, description="XCO2 over that of the collection of reference"
    )
    spectra: Annotated[Path | None, FileOf("application/x-netcdf", when="residuals")] = Field(
        None, description="measured and fitted spectra of all soundings"
    )


PROCESS = Process(
    id="xco2-retrieval",
    version="1.0.0",
    title=Text(en="XCO2 from spectra", zh="由光谱反演 XCO2"),
    abstract=Text(
        en="Retrieves the column-averaged dry-air mole fraction of carbon dioxide from spectra of "
        "reflected sunlight in the O2 A band and two bands of CO2, by optimal estimation "
        "(Rodgers, 2000): with averaging kernel, error budget, tests of quality and pictures. "
        "Built-in spectroscopy is for trials; its results are flagged.",
        zh="用最优估计法（Rodgers，2000）由氧A带和两个二氧化碳带的反射太阳光谱反演"
        "二氧化碳柱平均干空气混合比，给出平均核、误差分解、质量检验和图件。"
        "内置光谱参数仅供试用，其结果带有标识。",
    ),
    keywords=("XCO2", "retrieval", "optimal estimation", "spectra", "OCO-2", "GOSAT", "TanSat"),
    inputs=Inputs,
    outputs=Outputs,
    run="casa_processes.xco2_retrieval.pipeline:retrieve_granule",
    estimate="casa_processes.xco2_retrieval.estimate:cost",
    example={"l1b": SYNTHETIC, "max_soundings": 4, "screening": "off"},
)
