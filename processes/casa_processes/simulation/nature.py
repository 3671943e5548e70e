"""The nature run: carbon dioxide of the synthetic world, day by day."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.constants import MOLAR_MASS_CARBON_DIOXIDE, MOLAR_MASS_DRY_AIR
from casa_processes.simulation.climate import days
from casa_processes.simulation.fluxes import PARTS, at, daylight
from casa_processes.simulation.stations import cells
from casa_processes.simulation.world import DAY, SURFACE, World
from casa_processes.transport.plan import Plan, plan
from casa_processes.transport.steps import emit, step

type Values = NDArray[np.float64]

PPM = 1e6
_HELD = 3
"""Steps for which winds are held; the next ones go through the directions in reverse order."""


@dataclass(frozen=True, eq=False)
class State:
    """Carbon dioxide at an instant.

    Attributes
    ----------
    date
        The beginning of this day.
    background
        Mole fraction that no part of the fluxes made.  [ppm]
    parts
        What each of `PARTS` added since, in the first tracers; the others are 0.
        [mol mol-1], shape (z, y, x, tracer)
    """

    date: np.datetime64
    background: float
    parts: Values


@dataclass(frozen=True, eq=False)
class Day:
    """Means of one day.

    Attributes
    ----------
    date
        The day.
    parts
        What each of `PARTS` added.  [ppm], shape (part, z, y, x)
    background
        What was there without them.  [ppm]
    fluxes
        To the air.  [kg m-2 s-1 of CO2], shape (part, y, x)
    state
        At the end of the day; its array is the one that goes on, copy it to keep it.
    """

    date: np.datetime64
    parts: Values
    background: float
    fluxes: Values
    state: State


def simulated(
    here: World, state: State, stop: np.datetime64, *, diurnal: bool = False
) -> Iterator[Day]:
    """Simulate the days from a state on, up to the day `stop`, which is the first one left out.

    Parameters
    ----------
    here
        Mesh, fluxes and winds.
    state
        Where it begins; not changed.
    stop
        Day.
    diurnal
        Whether plants take up carbon only while the Sun is up.

    Yields
    ------
    Day
        One after the other. The same world and state give the same bits.

    Raises
    ------
    CourantError
        When the winds are too strong for the steps.
    """
    q, steps = state.parts.copy(), here.resolution.steps
    dates: NDArray[np.datetime64] = np.arange(state.date, stop, dtype="datetime64[D]")
    course: Plan | None = None
    for date in dates:
        start = float(days(date))
        light = daylight(here.mesh, start, steps) if diurnal else np.ones(steps)
        sums = np.zeros_like(q)
        emitted = np.zeros((len(PARTS), *q.shape[1:3]))
        for number in range(steps):
            if course is None or number % _HELD == 0:
                middle = start + (number + 0.5 * _HELD) / steps
                course = plan(here.forcing(middle), number // _HELD % 2 == 0, course)
            flux = at(here.fluxes, start + (number + 0.5) / steps, light[number])
            _advance(here, q, flux, course)
            emitted += flux
            sums += q
        yield Day(
            date=date,
            parts=np.moveaxis(sums[..., : len(PARTS)], -1, 0) * (PPM / steps),
            background=state.background,
            fluxes=emitted / steps,
            state=State(date + np.timedelta64(1, "D"), state.background, q),
        )


def co2(day: Day, parts: Sequence[str] = PARTS) -> Values:
    """Return the mole fraction of dry air.  [ppm], shape (z, y, x).

    Parameters
    ----------
    day
        One day.
    parts
        Those of `PARTS` that count.
    """
    chosen = [PARTS.index(part) for part in parts]
    return np.asarray(day.background + day.parts[chosen].sum(axis=0))


def column(here: World, values: Values) -> Values:
    """Return means over the column, weighted by the air.  shape (..., y, x).

    Parameters
    ----------
    here
        Its layers.
    values
        shape (..., z, y, x)
    """
    weight = -np.diff(here.pressure) / here.pressure[0]
    return np.asarray(np.einsum("z,...zyx->...yx", weight, values))


def at_stations(here: World, values: Values) -> Values:
    """Return what stations sample.  shape (..., station).

    Parameters
    ----------
    here
        Its cells.
    values
        shape (..., z, y, x)
    """
    layer, row, along = cells(here.mesh, SURFACE)
    return np.asarray(values[..., layer, row, along])


def held(here: World, state: State) -> Values:
    """Return the mass of CO2 that each part added to the air.  [kg], shape (part,)."""
    q = state.parts[..., : len(PARTS)]
    moles = np.einsum("zyxt,zyx->t", q, here.mass) / MOLAR_MASS_DRY_AIR
    return np.asarray(moles * MOLAR_MASS_CARBON_DIOXIDE)


def _advance(here: World, q: Values, flux: Values, course: Plan) -> None:
    """Do one step: half of what is emitted before the air moves, and half after."""
    half = np.zeros(q.shape[1:])
    seconds = 0.5 * DAY / here.resolution.steps
    half[..., : len(PARTS)] = np.moveaxis(flux * here.area, 0, -1) * seconds
    emit(q, half, here.mass)
    step(q, course)
    emit(q, half, here.mass)
