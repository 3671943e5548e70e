"""The gridded products of the demonstration, in the common schema of the readers."""

from collections.abc import Mapping
from functools import cache

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from casa_ogc.demo.truth import DAYS, SEED, YEAR, Truth, first, here
from casa_ogc.readers.read import described
from casa_processes.common.vocabulary import variable
from casa_processes.simulation.climate import days
from casa_processes.simulation.fluorescence import fluorescence_grid
from casa_processes.simulation.fluxes import NODES, PARTS, Fluxes, fluxes, interpolated
from casa_processes.simulation.nature import column
from casa_processes.simulation.prior import prior_fluxes
from casa_processes.simulation.tables import labelled
from casa_processes.transport.types import Mesh, regular_mesh

type Fields = Mapping[str, NDArray[np.float64] | NDArray[np.float32]]
type Dates = NDArray[np.datetime64]

EVERY = 5
"""Days from one field of the levels to the next."""
_DAY = np.timedelta64(1, "D")
_SINGLE_LAYER = np.array([1.0, 0.0])


def xco2_daily(truth: Truth) -> xr.Dataset:
    """Return daily means of XCO2 on the cells of the run, from north to south."""
    values = np.stack([column(here(), each.astype(np.float64)) for each in truth.co2])
    about = _labelled("daily XCO2", "xco2-daily", "P1D")
    found = _grid({"xco2": values}, _edges(truth.dates, _DAY), here().mesh, about)
    return found.isel(latitude=slice(None, None, -1))


def co2_levels(truth: Truth) -> xr.Dataset:
    """Return carbon dioxide on levels of pressure, means of one day in every `EVERY`."""
    chosen = truth.dates[::EVERY]
    about = _labelled("CO2 on levels of pressure", "co2-levels", f"P{EVERY}D")
    edges = _edges(chosen, _DAY)
    return _grid({"co2": truth.co2[::EVERY]}, edges, here().mesh, about, here().pressure / 100.0)


def flux_monthly() -> xr.Dataset:
    """Return monthly means of the true fluxes, and of gross production, on one degree."""
    about = _labelled("monthly CO2 fluxes, truth", "co2-flux-monthly", "P1M")
    production = {"gross_primary_production": _monthly(_true_fluxes().production)}
    return _fluxes(_monthly(_true_fluxes().parts), production, about)


def flux_prior_monthly() -> xr.Dataset:
    """Return monthly means of fluxes that know less than the truth, with their uncertainty.

    Errors of a month are taken to go together, those of parts to be independent.
    """
    prior = prior_fluxes(_true_fluxes(), SEED)
    about = _labelled("monthly CO2 fluxes, prior", "co2-flux-prior-monthly", "P1M")
    spread = _monthly(prior.uncertainty)
    uncertainty = {f"co2_flux_{name}_uncertainty": spread[:, n] for n, name in enumerate(PARTS)}
    uncertainty["co2_flux_uncertainty"] = np.sqrt((spread**2).sum(axis=1))
    return _fluxes(_monthly(prior.fluxes.parts), uncertainty, about)


def sif_monthly() -> xr.Dataset:
    """Return monthly means of SIF on one degree, south to north, 0..360; missing over water."""
    edges, mesh = _months(), one_degree(0.0)
    values = fluorescence_grid(mesh, edges[:, 0], edges[:, 1])
    about = _labelled("monthly SIF", "sif-monthly", "P1M")
    return _grid({"sif_740_daily": values}, edges, mesh, about)


def one_degree(west: float = -180.0) -> Mesh:
    """Return cells of one degree, as those of the fields that the world is made of."""
    return regular_mesh(360, 180, _SINGLE_LAYER, west)


@cache
def _true_fluxes() -> Fluxes:
    return fluxes(one_degree())


def _fluxes(parts: NDArray[np.float64], further: Fields, about: dict[str, str]) -> xr.Dataset:
    """Assemble parts of shape (month, part, y, x) and their sum."""
    named: Fields = {f"co2_flux_{name}": parts[:, number] for number, name in enumerate(PARTS)}
    return _grid(
        {"co2_flux": parts.sum(axis=1), **named, **further}, _months(), one_degree(), about
    )


def _monthly(nodes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Average a table of half months over the steps of a nature run in each month."""
    steps = here().resolution.steps
    dates = first() + np.arange(DAYS) * _DAY
    times = (days(dates)[:, None] + (np.arange(steps) + 0.5) / steps).ravel()
    weights = np.array([interpolated(np.eye(NODES), time) for time in times])
    month = np.repeat(dates.astype("datetime64[M]"), steps)
    means = [weights[month == each].mean(axis=0) for each in np.unique(month)]
    return np.asarray(np.einsum("mn,n...->m...", np.array(means), nodes))


def _months() -> Dates:
    edges = np.arange(f"{YEAR}-01", f"{YEAR + 1}-02", dtype="datetime64[M]").astype("datetime64[D]")
    return np.stack([edges[:-1], edges[1:]], axis=1)


def _edges(dates: Dates, step: np.timedelta64) -> Dates:
    return np.stack([dates, dates + step], axis=1)


def _labelled(title: str, product: str, resolution: str) -> dict[str, str]:
    about = labelled(title, product, "made by casa demo", SEED)
    return {**about, "instrument": "none", "time_resolution": resolution}


def _grid(
    fields: Fields,
    periods: Dates,
    mesh: Mesh,
    about: dict[str, str],
    pressure: NDArray[np.float64] | None = None,
) -> xr.Dataset:
    """Assemble fields of shape (time, [pressure,] latitude, longitude) over periods (time, 2)."""
    bounds = periods.astype("datetime64[ns]")
    middles = bounds[:, 0] + (bounds[:, 1] - bounds[:, 0]) / 2
    coords: dict[str, xr.Variable] = {
        "time": xr.Variable("time", middles, described(variable("time"))),
        "time_bounds": xr.Variable(("time", "bound"), bounds),
    }
    axes = {"latitude": mesh.latitude_edges, "longitude": mesh.longitude_edges}
    if pressure is not None:
        axes = {"pressure": pressure, **axes}
    for name, edges in axes.items():
        pairs = np.stack([edges[:-1], edges[1:]], axis=1)
        coords[name] = xr.Variable(name, pairs.mean(axis=1), described(variable(name)))
        coords[f"{name}_bounds"] = xr.Variable((name, "bound"), pairs)
    if pressure is not None:
        coords["pressure"].attrs["positive"] = "down"
    dims = ("time", *axes)
    arrays = {
        name: xr.Variable(dims, np.asarray(values, np.float32), described(variable(name)))
        for name, values in fields.items()
    }
    return xr.Dataset(arrays, coords, about)
