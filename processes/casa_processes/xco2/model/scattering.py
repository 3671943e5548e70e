"""What the radiance kernels take, made of the columns of a state."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.errors import InvalidValueError, UnknownNameError
from casa_processes.radiative_transfer.absorption.kernel import Absorbers
from casa_processes.radiative_transfer.aerosol import gaussian
from casa_processes.radiative_transfer.kernel import Directions, Scatterers
from casa_processes.spectroscopy.source import IN_WATER
from casa_processes.xco2.model.air import Columns
from casa_processes.xco2.model.options import Options
from casa_processes.xco2.model.state import Elements
from casa_processes.xco2.model.window import Window

type Values = NDArray[np.float64]
type Single = NDArray[np.float32]


class OutsideTablesError(InvalidValueError):
    """Air that is colder, warmer or denser than tables of cross-sections know."""


_LEAST_WATER = 1e-4
"""Mole fraction of water below which it does not widen lines: their depth changes by less."""


@dataclass(frozen=True, eq=False)
class Aerosols:
    """Optical depths of aerosol and their derivatives.

    Attributes
    ----------
    depth
        At the reference wavelength.  [1], shape (kind, layer)
    change
        Derivatives by the elements of the state that aerosol has.  each of the shape of `depth`
    """

    depth: Values
    change: Mapping[str, Values]


def aerosols(options: Options, known: Elements, state: Values, fraction: Values) -> Aerosols:
    """Spread the aerosol of a state over layers, whose pressure over that of the surface is given.

    Raises
    ------
    InvalidValueError
        When a layer lies outside of the atmosphere.
    """
    depth = np.zeros((len(options.aerosols), fraction.size - 1))
    change = {}
    for number, layer in enumerate(options.aerosols):
        whole, height, width = (
            known.value(state, f"{what}_{layer.kind}") for what in ("ln_aod", "height", "width")
        )
        found = gaussian(fraction, float(np.exp(whole)), height, width)
        depth[number] = found.depth
        every = {"ln_aod": found.depth, "height": found.by_height, "width": found.by_width}
        for what, slope in every.items():
            if known.place(f"{what}_{layer.kind}") is not None:
                row = np.zeros_like(depth)
                row[number] = slope
                change[f"{what}_{layer.kind}"] = row
    return Aerosols(depth, change)


def absorbers(band: Window, air: Columns) -> Absorbers:
    """Place layers in the tables of a band.

    Raises
    ------
    OutsideTablesError
        When a layer is colder, warmer or denser than the tables know; lines of thinner air than
        that hardly differ.
    """
    _check(band, air)
    pressures, temperatures = (
        np.array(each) for each in (band.states.pressure, band.states.temperature)
    )
    places = np.stack(
        [
            (air.logarithm - np.log(pressures[0])) / _pressure_step(band),
            (air.temperature - temperatures[0]) / _temperature_step(band),
        ],
        axis=1,
    )
    last = np.array([pressures.size - 2, temperatures.size - 2])
    node = np.clip(np.floor(places), 0, last).astype(np.int64)
    amount = np.stack([_amount(gas, air) for gas in band.gases])
    return Absorbers(
        band.tables,
        node,
        (places - node).astype(np.float32),
        amount.astype(np.float32),
        band.first,
    )


def _check(band: Window, air: Columns) -> None:
    """Refuse air beyond the tables of a band.

    Raises
    ------
    OutsideTablesError
        Naming what is beyond.
    """
    known = band.states.temperature
    for value in (float(air.temperature.min()), float(air.temperature.max())):
        if not known[0] <= value <= known[-1]:
            asked = f"{known[0]:g} to {known[-1]:g} as tables of {band.name}"
            raise OutsideTablesError("temperature of a layer [K]", value, asked)
    most = float(np.exp(air.logarithm.max()))
    if not most <= band.states.pressure[-1]:
        asked = f"at most {band.states.pressure[-1]:g} as tables of {band.name}"
        raise OutsideTablesError("pressure of a layer [hPa]", most, asked)


def scatterers(band: Window, air: Columns, particles: Aerosols) -> Scatterers:
    """Put air and aerosol together."""
    middle = band.rayleigh[band.rayleigh.size // 2]
    depth = np.concatenate([((air.dry_air + air.h2o) * middle)[None], particles.depth])
    shape = np.stack([band.rayleigh / middle, *(each.shape for each, _ in band.particles)])
    phase = np.array([band.rayleigh_phase, *(phase for _, phase in band.particles)])
    return Scatterers(*(each.astype(np.float32) for each in (depth, shape, phase)))


def directions(
    band: Window, air: Columns, change: Mapping[str, Columns], particles: Aerosols
) -> tuple[int, tuple[str, ...], Directions]:
    """Return the directions of change: of carbon dioxide at levels, and of other elements.

    Returns
    -------
    tuple
        How many levels lead the directions, or 0 of a band without carbon dioxide; the elements of
        the state that follow them; the directions.
    """
    levels = air.share.shape[1] if "CO2" in band.gases else 0
    names = (*change, *particles.change)
    kinds, layers = particles.depth.shape
    count = levels + len(names)
    gas = np.zeros((count, len(band.gases), layers), np.float32)
    temperature = np.zeros((count, layers), np.float32)
    pressure = np.zeros((count, layers), np.float32)
    scatterer = np.zeros((count, 1 + kinds, layers), np.float32)
    if levels:
        for number, name in enumerate(band.gases):
            gas[:levels, number] = _by_level(name, air)
    middle = band.rayleigh[band.rayleigh.size // 2]
    for row, here in enumerate(change.values(), start=levels):
        gas[row] = np.stack([_amount_by(name, air, here) for name in band.gases])
        temperature[row] = here.temperature / _temperature_step(band)
        pressure[row] = here.logarithm / _pressure_step(band)
        scatterer[row, 0] = (here.dry_air + here.h2o) * middle
    for row, depth in enumerate(particles.change.values(), start=levels + len(change)):
        scatterer[row, 1:] = depth
    return levels, names, Directions(gas, temperature, pressure, scatterer)


def _by_level(name: str, air: Columns) -> Values:
    """Return what a ppm of carbon dioxide at each level adds to an amount, shape (level, layer)."""
    if name.removesuffix(IN_WATER) != "CO2":
        return np.zeros(air.share.T.shape)
    column = air.dry_air * 1e-6
    return air.share.T * (column * _widening(air) if name.endswith(IN_WATER) else column)


def _amount(name: str, air: Columns) -> Values:
    """Return columns of a gas, or those of its change with water.  [molecule cm-2]."""
    column = _column(name, air)
    return column * _widening(air) if name.endswith(IN_WATER) else column


def _amount_by(name: str, air: Columns, change: Columns) -> Values:
    """Return the derivative of an amount, from those of the columns."""
    column = _column(name, change)
    if not name.endswith(IN_WATER):
        return column
    water = _widening(air)
    return column * water + _column(name, air) * change.water_fraction * (water > 0.0)


def _widening(air: Columns) -> Values:
    """Return mole fractions of water, none of what is too dry to matter.  [1], shape (layer,)."""
    return np.where(air.water_fraction < _LEAST_WATER, 0.0, air.water_fraction)


def _column(name: str, air: Columns) -> Values:
    columns = {"CO2": air.co2, "O2": air.o2, "H2O": air.h2o}
    gas = name.removesuffix(IN_WATER)
    if gas not in columns:
        raise UnknownNameError("column of the gas", gas, columns)
    return columns[gas]


def _pressure_step(band: Window) -> float:
    return float(np.log(band.states.pressure[1] / band.states.pressure[0]))


def _temperature_step(band: Window) -> float:
    return band.states.temperature[1] - band.states.temperature[0]
