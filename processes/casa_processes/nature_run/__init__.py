"""Carbon dioxide of a synthetic world, whose truth is known: fluxes and how they are carried."""

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, Strict
from pydantic import model_validator as checked

from casa_processes.common.errors import InvalidInputsError
from casa_processes.common.process import FileOf, Process, Text
from casa_processes.simulation.choices import Date, GridName, Whole, check_days

MOST_DAYS = 1096
"""Most days of a run."""

type Part = Literal["fossil", "biosphere", "ocean", "fire"]


class Inputs(BaseModel):
    """Which days of the synthetic world, and on which cells."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    start: Date = Field("2023-01-01", description="first day")
    end: Date = Field("2023-12-31", description="last day; at most 1096 days in all")
    grid: GridName = Field(
        "5x4", description="longitude by latitude of a cell [degree], about; 10x8 is for trials"
    )
    tracers: Annotated[list[Part], Field(min_length=1, max_length=4)] = Field(
        ["fossil", "biosphere", "ocean", "fire"],
        description="fluxes that add up to the CO2 of the result; a world without some of them "
        "shows what they do",
    )
    seed: Whole = Field(0, ge=0, le=2**31 - 1, description="of the weather: phases of its waves")
    diurnal: Annotated[bool, Strict()] = Field(
        False, description="whether plants take up carbon only while the Sun is up"
    )
    every: Whole = Field(
        5, ge=1, le=366, description="days from one field of the levels to the next, output co2"
    )

    @checked(mode="after")
    def _ordered(self) -> Self:
        check_days(self.start, self.end, MOST_DAYS)
        if len(set(self.tracers)) < len(self.tracers):
            raise InvalidInputsError([("/tracers", "each at most once")])
        return self


class StationSummary(BaseModel):
    """A station over the run."""

    code: str
    name: str
    mean: float = Field(description="[ppm]")
    lowest: float = Field(description="least of daily means [ppm]")
    highest: float = Field(description="most of daily means [ppm]")


class Outputs(BaseModel):
    """The truth on grids and at stations. All of it is synthetic; no observation went in."""

    days: int = Field(description="days of the result")
    mean_xco2: float = Field(description="mean over the globe and all days [ppm]")
    emitted: dict[str, float] = Field(description="by flux, over all days [PgC]")
    mass_error: float = Field(
        description="CO2 gained by the air less that emitted, by what was exchanged [1]"
    )
    stations_summary: list[StationSummary] = Field(description="daily means at stations")
    digest: str = Field(description="SHA-256 of the CO2 at the end: the same world has the same")
    xco2: Annotated[Path | None, FileOf("application/x-netcdf", collection="grid")] = Field(
        None, description="daily means of XCO2"
    )
    co2: Annotated[Path | None, FileOf("application/x-netcdf", collection="grid")] = Field(
        None, description="CO2 on levels of pressure, means of one day in every few"
    )
    fluxes: Annotated[Path | None, FileOf("application/x-netcdf", collection="grid")] = Field(
        None, description="daily means of the fluxes to the air, by part"
    )
    stations: Annotated[Path | None, FileOf("application/x-netcdf", collection="soundings")] = (
        Field(None, description="daily means of CO2 at stations")
    )


PROCESS = Process(
    id="nature-run",
    version="1.0.0",
    title=Text(en="Synthetic nature run", zh="模拟自然碳循环"),
    abstract=Text(
        en="Simulates carbon dioxide of a synthetic world, day by day: fluxes of fossil fuels, "
        "biosphere, ocean and fires on the real continents, carried by a made-up circulation. "
        "Nothing in it is observed. Its truth is known, so that methods can be judged against it.",
        zh="逐日模拟虚拟世界的二氧化碳：真实大陆上的化石燃料、生物圈、海洋和火灾通量，"
        "由虚拟环流输送。结果均为模拟数据，并非观测；真值已知，可用于检验各种方法。",
    ),
    keywords=("synthetic", "transport", "CO2", "flux", "OSSE"),
    inputs=Inputs,
    outputs=Outputs,
    run="casa_processes.nature_run.pipeline:nature_run",
    estimate="casa_processes.nature_run.estimate:cost",
    example={"start": "2023-01-01", "end": "2023-01-10", "grid": "10x8"},
)
