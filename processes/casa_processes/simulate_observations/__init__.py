"""What satellites would have measured in the synthetic world, whose truth is known."""

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, Strict
from pydantic import model_validator as checked

from casa_processes.common.errors import InvalidInputsError
from casa_processes.common.process import FileOf, Process, Text
from casa_processes.simulation.choices import Date, GridName, Whole, check_days

MOST_DAYS, MOST_SPECTRA = 92, 500
"""Most days and spectra of one run."""
UNSEEN = ("tropomi",)
"""Missions whose spectra lack the bands of carbon dioxide."""


class Inputs(BaseModel):
    """Which mission, on which days of the synthetic world."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    mission: Literal["oco2", "oco3", "tansat", "gosat", "tropomi"] = Field(
        "oco2", description="whose orbit, footprints and noise; tropomi is like it, not it"
    )
    start: Date = Field("2023-06-01", description="first day")
    end: Date = Field("2023-06-07", description="last day; at most 92 days in all")
    grid: GridName = Field(
        "5x4", description="longitude by latitude of a cell of the truth [degree], about"
    )
    seed: Whole = Field(
        0, ge=0, le=2**29 - 1, description="of the weather, clouds, scenes and noise"
    )
    diurnal: Annotated[bool, Strict()] = Field(
        False, description="whether plants take up carbon only while the Sun is up"
    )

    l1b: Annotated[bool, Strict()] = Field(
        False,
        description="whether spectra (level 1B) of some soundings are made too, for the "
        "retrievals of XCO2 and fluorescence; not of tropomi",
    )
    max_spectra: Whole = Field(
        16, ge=1, le=MOST_SPECTRA, description="most spectra, spread over the days, land and water"
    )

    @checked(mode="after")
    def _ordered(self) -> Self:
        check_days(self.start, self.end, MOST_DAYS)
        if self.l1b and self.mission in UNSEEN:
            reason = f"{self.mission} has no bands of carbon dioxide of which spectra could be made"
            raise InvalidInputsError([("/l1b", reason)])
        return self


class Outputs(BaseModel):
    """Synthetic soundings with their truth. No observation went in."""

    days: int = Field(description="days of the result")
    count: int = Field(description="soundings")
    good: int = Field(description="those with little aerosol")
    spectra_count: int = Field(description="spectra")
    mean_error: float = Field(description="measured less expected XCO2, mean [ppm]")
    spread: float = Field(description="measured less expected XCO2, standard deviation [ppm]")
    soundings: Annotated[Path | None, FileOf("application/x-netcdf", collection="soundings")] = (
        Field(
            None, description="XCO2 and SIF with footprints, angles, kernels, priors and the truth"
        )
    )
    spectra: Annotated[Path | None, FileOf("application/x-hdf5", when="l1b")] = Field(
        None, description="spectra (level 1B) in the layout of OCO-2, as retrievals read them"
    )
    meteorology: Annotated[Path | None, FileOf("application/x-hdf5", when="l1b")] = Field(
        None, description="temperature, moisture, wind and surface pressure of these spectra"
    )


PROCESS = Process(
    id="simulate-observations",
    version="1.0.0",
    title=Text(en="Synthetic soundings of satellites", zh="模拟卫星观测"),
    abstract=Text(
        en="Measures carbon dioxide and fluorescence of the synthetic world as a satellite would: "
        "orbits of real missions, nadir and glint, clouds, noise, bias that follows the scenes, "
        "averaging kernels; on request spectra, which the retrievals read. Nothing in it is "
        "observed; the truth goes along with each sounding.",
        zh="按卫星方式观测虚拟世界的二氧化碳和日光诱导荧光：真实任务的轨道、天底与耀斑模式、云、噪声、"
        "随场景变化的偏差和平均核，并可生成供反演使用的光谱。结果均为模拟数据，并非观测；每条观测附有真值。",
    ),
    keywords=("synthetic", "XCO2", "SIF", "satellite", "OSSE"),
    inputs=Inputs,
    outputs=Outputs,
    run="casa_processes.simulate_observations.pipeline:simulate_observations",
    estimate="casa_processes.simulate_observations.estimate:cost",
    example={"mission": "gosat", "start": "2023-01-03", "end": "2023-01-04", "grid": "10x8"},
)
