"""From inputs to files: the world runs day by day, and each day is written as it comes."""

import hashlib
from contextlib import ExitStack
from dataclasses import dataclass

import h5netcdf
import numpy as np
from numpy.typing import NDArray

from casa_processes.common.constants import MOLAR_MASS_CARBON, MOLAR_MASS_CARBON_DIOXIDE
from casa_processes.common.context import Context
from casa_processes.nature_run import Inputs, Outputs, StationSummary
from casa_processes.nature_run.output import attributes, daily_file, write_stations
from casa_processes.simulation.choices import GRIDS
from casa_processes.simulation.fluxes import PARTS
from casa_processes.simulation.nature import (
    Day,
    State,
    at_stations,
    co2,
    column,
    held,
    simulated,
)
from casa_processes.simulation.start import start
from casa_processes.simulation.stations import STATIONS
from casa_processes.simulation.world import DAY, Resolution, World, world

type Values = NDArray[np.float64]

_PETAGRAM = 1e12
"""[kg]"""
_DAY = np.timedelta64(1, "D")


@dataclass(frozen=True, eq=False)
class _Files:
    """Open files of a run; co2 has a field every few days."""

    xco2: h5netcdf.File
    co2: h5netcdf.File
    fluxes: h5netcdf.File


@dataclass(frozen=True, eq=False)
class _Kept:
    """What is kept of each day.

    Attributes
    ----------
    dates
        Days.  shape (day,)
    mean
        XCO2 over the globe.  [ppm], shape (day,)
    emitted
        By part.  [kg of CO2], shape (day, part)
    stations
        [ppm], shape (day, station)
    """

    dates: NDArray[np.datetime64]
    mean: Values
    emitted: Values
    stations: Values


def nature_run(inputs: Inputs, context: Context) -> Outputs:
    """Run the synthetic world and write its truth.

    Parameters
    ----------
    inputs
        Validated inputs of the process.
    context
        Is told the progress day by day, and has a folder for the results.

    Raises
    ------
    StoppedError
        When the run was stopped; it ends within a day of the world.
    """
    context.progress(0.0, "tables of the synthetic world")
    here = world(Resolution(*GRIDS[inputs.grid]), inputs.seed)
    dates = np.arange(np.datetime64(inputs.start, "D"), np.datetime64(inputs.end, "D") + _DAY)
    days = dates.size
    kept = _Kept(
        dates, np.empty(days), np.empty((days, len(PARTS))), np.empty((days, len(STATIONS)))
    )
    first = _before(inputs, context, here, dates[0])
    state = first
    with ExitStack() as stack:
        files = _opened(stack, inputs, context, here, dates)
        run = simulated(here, first, dates[-1] + _DAY, diurnal=inputs.diurnal)
        for number, day in enumerate(run):
            _put(files, day, number, inputs, here)
            _keep(kept, day, number, inputs, here)
            state = day.state
            _tell(context, inputs, day.date)
    return _outputs(inputs, context, here, kept, (first, state))


def _before(inputs: Inputs, context: Context, here: World, date: np.datetime64) -> State:
    """Return the state on the first day, simulated from the first of January on."""
    state = start(here, int(inputs.start[:4]))
    for day in simulated(here, state, date, diurnal=inputs.diurnal):
        state = day.state
        _tell(context, inputs, day.date)
    return state


def _tell(context: Context, inputs: Inputs, date: np.datetime64) -> None:
    """Tell how much of all days, those before the first one too, is done."""
    begin = np.datetime64(inputs.start, "Y").astype("datetime64[D]")
    done, every = date - begin + _DAY, np.datetime64(inputs.end, "D") - begin + _DAY
    context.progress(float(done / every), f"simulated {date}")


def _opened(
    stack: ExitStack,
    inputs: Inputs,
    context: Context,
    here: World,
    dates: NDArray[np.datetime64],
) -> _Files:
    """Create the files of grids."""
    daily = {"time_resolution": "P1D"}
    names = ["co2_flux", *(f"co2_flux_{part}" for part in inputs.tracers)]
    xco2 = attributes("XCO2", "xco2-daily", inputs.seed) | daily
    levels = attributes("CO2 on levels", "co2-levels", inputs.seed)
    levels |= {"time_resolution": f"P{inputs.every}D"}
    fluxes = attributes("surface fluxes of CO2", "co2-flux-daily", inputs.seed) | daily
    folder, some = context.folder, dates[:: inputs.every]
    return _Files(
        stack.enter_context(
            daily_file(folder / "synthetic-xco2.nc", ["xco2"], dates, here.mesh, xco2)
        ),
        stack.enter_context(
            daily_file(folder / "synthetic-co2.nc", ["co2"], some, here.mesh, levels, here.pressure)
        ),
        stack.enter_context(
            daily_file(folder / "synthetic-fluxes.nc", names, dates, here.mesh, fluxes)
        ),
    )


def _put(files: _Files, day: Day, number: int, inputs: Inputs, here: World) -> None:
    """Write the fields of a day."""
    fractions = co2(day, inputs.tracers)
    files.xco2["xco2"][number] = column(here, fractions).astype(np.float32)
    if number % inputs.every == 0:
        files.co2["co2"][number // inputs.every] = fractions.astype(np.float32)
    total = np.zeros(day.fluxes.shape[1:])
    for part in inputs.tracers:
        flux = day.fluxes[PARTS.index(part)]
        total += flux
        files.fluxes[f"co2_flux_{part}"][number] = flux.astype(np.float32)
    files.fluxes["co2_flux"][number] = total.astype(np.float32)


def _keep(kept: _Kept, day: Day, number: int, inputs: Inputs, here: World) -> None:
    """Keep the sums of a day."""
    fractions = co2(day, inputs.tracers)
    weight = here.area / here.area.sum()
    kept.mean[number] = (column(here, fractions) * weight).sum()
    kept.emitted[number] = (day.fluxes * here.area).sum(axis=(1, 2)) * DAY
    kept.stations[number] = at_stations(here, fractions)


def _outputs(
    inputs: Inputs, context: Context, here: World, kept: _Kept, ends: tuple[State, State]
) -> Outputs:
    """Write the series and sum up."""
    about = attributes("CO2 at stations", "co2-stations", inputs.seed)
    gained = held(here, ends[1]) - held(here, ends[0])
    emitted = kept.emitted.sum(axis=0)
    exchanged = float(np.abs(kept.emitted).sum())
    carbon = MOLAR_MASS_CARBON / MOLAR_MASS_CARBON_DIOXIDE / _PETAGRAM
    return Outputs(
        days=kept.dates.size,
        mean_xco2=float(kept.mean.mean()),
        emitted={part: float(emitted[PARTS.index(part)] * carbon) for part in inputs.tracers},
        mass_error=float(np.abs(gained - emitted).sum() / exchanged),
        stations_summary=[
            StationSummary(
                code=each.code,
                name=each.name,
                mean=float(series.mean()),
                lowest=float(series.min()),
                highest=float(series.max()),
            )
            for each, series in zip(STATIONS, kept.stations.T, strict=True)
        ],
        digest=hashlib.sha256(ends[1].parts.astype("<f8").tobytes()).hexdigest(),
        xco2=context.folder / "synthetic-xco2.nc",
        co2=context.folder / "synthetic-co2.nc",
        fluxes=context.folder / "synthetic-fluxes.nc",
        stations=write_stations(
            context.folder / "synthetic-stations.nc", kept.dates, kept.stations, about
        ),
    )
