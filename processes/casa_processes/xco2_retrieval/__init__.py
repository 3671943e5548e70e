"""Retrieval of the column of carbon dioxide from spectra of reflected sunlight."""

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, Strict
from pydantic import model_validator as checked

from casa_processes.common.errors import InvalidInputsError
from casa_processes.common.file_inputs import FileFrom
from casa_processes.common.process import FileOf, Process, Text

SYNTHETIC = "synthetic"
BUILTIN = "builtin"
MOST_SOUNDINGS = 1_000_000
MOST_SYNTHETIC = 2000
"""Most soundings of a run, and of simulated ones."""
MOST_LISTED = 1000
"""Most messages that are listed in the answer itself."""

type Number = Annotated[float, Strict(), Field(allow_inf_nan=False)]
type Whole = Annotated[int, Strict()]
type Positive = Annotated[Number, Field(gt=0.0, le=1e6)]
type Fraction = Annotated[Number, Field(gt=0.0, le=1.0)]
type Angle = Annotated[Number, Field(gt=0.0, le=90.0)]
type Sigma = Annotated[Number, Field(ge=0.0, le=1e5)]
type Name = Annotated[str, Field(min_length=1, max_length=500)]
type Band = Literal["o2a", "wco2", "sco2"]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Sigmas(_Frozen):
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
    zero_level: Sigma = Field(0.0, description="offset of the radiance over the continuum [1]")


class Layer(_Frozen):
    """A layer of aerosol or thin cloud as it is expected: a Gaussian over pressure."""

    kind: Name = Field(description="type of aerosol or cloud")
    depth: Positive = Field(0.05, description="optical depth at 760 nm [1]")
    height: Fraction = Field(0.85, description="pressure over that of the surface [1]")
    width: Fraction = Field(0.1, description="likewise [1]")


class Options(_Frozen):
    """Choices of the retrieval."""

    bands: Annotated[list[Band], Field(min_length=1, max_length=3)] = Field(
        ["o2a", "wco2", "sco2"], description="windows that are fitted together"
    )
    sigmas: Sigmas = Field(Sigmas(), description="a priori standard deviations")
    aerosols: Annotated[list[Layer], Field(max_length=5)] = Field(
        [Layer(kind="dust")], description="layers that scatter besides the air; none is allowed"
    )
    scattering: Literal["single", "multiple"] = Field(
        "single", description="single scattering, or all orders"
    )
    threshold: Annotated[Number, Field(gt=0.0, le=1.0)] = Field(
        0.005, description="squared length, per element, of the step that is left at convergence"
    )
    accepted: Annotated[Whole, Field(ge=1, le=100)] = Field(20, description="most accepted steps")
    rejected: Annotated[Whole, Field(ge=0, le=100)] = Field(20, description="most rejected steps")

    @checked(mode="after")
    def _different(self) -> Self:
        kinds = [layer.kind for layer in self.aerosols]
        for name, values in (("bands", self.bands), ("aerosols", kinds)):
            if len(set(values)) < len(values):
                raise ValueError(f"expected {name} that differ from each other")
        return self


class Limits(_Frozen):
    """Limits of the tests of quality; beyond one, its bit is set and the sounding is bad."""

    cloud_pressure: Positive = Field(
        25.0, description="surface pressure of the A band alone less the a priori one [hPa]"
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


class Inputs(_Frozen):
    """Spectra, what is known about their place, and how they are to be understood."""

    l1b: Annotated[Name, FileFrom(words=(SYNTHETIC,))] = Field(
        description="file of calibrated spectra (OCO-2 and OCO-3 L1bSc, ACOS-GOSAT L1b, simulated "
        "ones), or the word synthetic: spectra are then simulated"
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
        Name | Annotated[list[Name], Field(min_length=1, max_length=3)], FileFrom(words=(BUILTIN,))
    ] = Field(
        BUILTIN,
        description="file of solar lines or transmittances, or files of a solar spectrum, one for "
        "each band; builtin: synthetic lines, for trials alone",
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
    plots: Annotated[bool, Strict()] = Field(True, description="whether pictures are drawn")
    residuals: Annotated[bool, Strict()] = Field(
        False, description="whether measured and fitted spectra of all soundings are written"
    )
    seed: Annotated[Whole, Field(ge=0, le=2**31 - 1)] = Field(
        0, description="of the noise and the atmospheres of simulated spectra"
    )

    @checked(mode="after")
    def _complete(self) -> Self:
        problems = []
        if self.l1b != SYNTHETIC and self.meteorology is None:
            problems.append(("/meteorology", "needed for spectra that are not simulated"))
        if self.l1b == SYNTHETIC:
            problems += [
                (f"/{name}", "belongs to a file of spectra; these are simulated")
                for name in ("meteorology", "line_shapes", "instrument")
                if getattr(self, name) is not None
            ]
            if self.max_soundings > MOST_SYNTHETIC and "max_soundings" in self.model_fields_set:
                reason = f"at most {MOST_SYNTHETIC} spectra are simulated"
                problems.append(("/max_soundings", reason))
        if self.bbox is not None and not _is_box(self.bbox):
            reason = "expected south <= north, latitudes in -90..90, longitudes in -180..180"
            problems.append(("/bbox", reason))
        if problems:
            raise InvalidInputsError(problems)
        return self


def _is_box(box: list[float]) -> bool:
    west, south, east, north = box
    return -90.0 <= south <= north <= 90.0 and all(-180.0 <= x <= 180.0 for x in (west, east))


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


class Source(BaseModel):
    """What the results were made of."""

    spectra: str
    simulated: bool
    spectroscopy: str = Field(description="quality of it: builtin, hitran or absco")
    science_quality: bool = Field(
        description="false for simulated spectra and for built-in lines of gases or of the Sun"
    )
    files: dict[str, str] = Field(description="SHA-256 of the files by input")


class Outputs(BaseModel):
    """Counts and statistics; the soundings as a file, and pictures of them."""

    matched: int = Field(description="soundings that met the selection; the most may have cut them")
    outcomes: dict[str, int] = Field(description="soundings by how their retrieval ended")
    failed_tests: dict[str, int] = Field(description="soundings by test that they fail")
    good: Statistics = Field(description="of the soundings that pass all tests")
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
