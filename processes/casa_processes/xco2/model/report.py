"""A retrieval's numbers, from what the search found."""

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.constants import PLANCK, SPEED_OF_LIGHT
from casa_processes.estimation.column import Column
from casa_processes.estimation.posterior import Posterior
from casa_processes.estimation.problem import Prior
from casa_processes.estimation.search import Estimate
from casa_processes.xco2.model.forward import Forward
from casa_processes.xco2.model.light import Scene
from casa_processes.xco2.model.prior import FRACTIONS
from casa_processes.xco2.model.sea import geometry, wind_of
from casa_processes.xco2.model.state import LEVELS
from casa_processes.xco2.result import Fit, Outcome, Retrieval

type Values = NDArray[np.float64]

_OUTCOMES = {
    "too many steps": Outcome.TOO_MANY_STEPS,
    "too many rejected steps": Outcome.TOO_MANY_REJECTED_STEPS,
}
_SIF_WAVELENGTH = 0.757
_ALOFT = 12
"""Level of the middle troposphere whose change is compared with that of the surface."""


def failed(outcome: Outcome, message: str, outside_tables: bool = False) -> Retrieval:
    """Return the retrieval of a sounding that has no estimate."""
    missing, levels = float("nan"), np.full(LEVELS, np.nan)
    return Retrieval(
        outcome, message,
        missing, missing, missing, missing, missing, missing,
        levels, levels, levels, levels, levels, levels,
        missing, missing, missing, missing, missing,
        {}, {}, 0, 0, outside_tables,
    )  # fmt: skip


def told(
    model: Forward,
    known: Prior,
    measured: Values,
    variance: Values,
    found: Estimate,
    characterised: Posterior,
    summed: Column,
    scene: Scene,
) -> Retrieval:
    """Return the retrieval of a search that ended, converged or not."""
    bands = _fits(model, measured, variance, found)
    ended = "" if found.outcome == "converged" else found.outcome
    beyond = model.beyond if ended else ""
    pressure = model.known.value(found.state, "surface_pressure")
    return Retrieval(
        outcome=_outcome(model, found, bands),
        message="; ".join(filter(None, (ended, beyond))),
        xco2=summed.value,
        xco2_apriori=summed.prior,
        uncertainty=summed.uncertainty,
        noise=summed.noise,
        smoothing=summed.smoothing,
        interference=summed.interference,
        pressure=FRACTIONS * pressure,
        weight=scene.air.weight,
        averaging_kernel=summed.averaging_kernel,
        profile=found.state[:LEVELS].copy(),
        profile_apriori=known.mean[:LEVELS].copy(),
        profile_uncertainty=np.sqrt(np.diag(characterised.covariance)[:LEVELS]),
        dof_co2=summed.degrees_of_freedom,
        dof_all=characterised.degrees_of_freedom,
        information=characterised.information,
        surface_pressure=pressure,
        surface_pressure_apriori=model.weather.surface_pressure,
        more=_more(model, found.state, characterised) | {"co2_gradient": _steeper(found, known)},
        bands=bands,
        steps=found.accepted,
        rejected=found.rejected,
        outside_tables=bool(beyond),
    )


def _outcome(model: Forward, found: Estimate, bands: dict[str, Fit]) -> Outcome:
    if found.outcome != "converged":
        return _OUTCOMES[found.outcome]
    worst = max(fit.chi_squared for fit in bands.values())
    high = worst > model.options.highest_chi_squared
    return Outcome.CONVERGED_HIGH_CHI2 if high else Outcome.CONVERGED


def _fits(model: Forward, measured: Values, variance: Values, found: Estimate) -> dict[str, Fit]:
    fits, first = {}, 0
    for band in model.windows:
        part = slice(first, first + band.wavelength.size)
        first = part.stop
        residual = measured[part] - found.fitted[part]
        fits[band.name] = Fit(
            wavelength=model.sounding.bands[band.name].wavelength[band.used],
            measured=measured[part],
            fitted=found.fitted[part],
            uncertainty=np.sqrt(variance[part]),
            chi_squared=float(np.mean(residual**2 / variance[part])),
        )
    return fits


def _more(model: Forward, state: Values, characterised: Posterior) -> dict[str, float]:
    """Return the other quantities, in units of the vocabulary."""
    known = model.known
    names = ("h2o_scale", "temperature_offset")
    more = {name: known.value(state, name) for name in names}
    for band in model.windows:
        more[f"albedo_{band.name}"] = float(np.exp(known.value(state, f"ln_albedo_{band.name}")))
        for what in ("albedo_slope", "albedo_curve", "shift", "stretch", "zero_level"):
            more[f"{what}_{band.name}"] = known.value(state, f"{what}_{band.name}")
        for number in range(1, len(band.eofs) + 1):
            name = f"eof_{number}_{band.name}"
            more[name] = known.value(state, name)
    depths = {
        layer.kind: float(np.exp(known.value(state, f"ln_aod_{layer.kind}")))
        for layer in model.options.aerosols
    }
    more["aod_total"] = float(sum(depths.values()))
    for kind, depth in depths.items():
        more[f"aod_{kind}"] = depth
        more[f"height_{kind}"] = known.value(state, f"height_{kind}")
    if known.has("wind_speed"):
        glint, wind = (known.value(state, name) for name in ("ln_glint", "wind_speed"))
        more["wind_speed"] = wind_of(glint, wind, geometry(model.sounding))
    pressure = known.place("surface_pressure")
    if pressure is not None:
        variance = characterised.covariance[pressure, pressure]
        more["surface_pressure_uncertainty"] = float(np.sqrt(variance))
    if "o2a" in model.options.bands:
        more["sif_757"] = _fluorescence(model, state)
    return more


def _steeper(found: Estimate, known: Prior) -> float:
    """Return by how much CO2 at the surface rose over that at 12/19 of its pressure.  [ppm].

    The levels of the ``co2_grad_del`` of OCO-2 (O'Dell et al., 2018).
    """
    change = (found.state - known.mean)[:LEVELS]
    return float(change[-1] - change[_ALOFT])


def _fluorescence(model: Forward, state: Values) -> float:
    """Return the fluorescence at 757 nm, of all polarisations.  [W m-2 sr-1 um-1]."""
    band = next(each for each in model.windows if each.name == "o2a")
    photon = PLANCK * SPEED_OF_LIGHT / (_SIF_WAVELENGTH * 1e-6)
    ends = band.wavelength.min(), band.wavelength.max()
    place = (2.0 * _SIF_WAVELENGTH - sum(ends)) / (ends[1] - ends[0])
    slanted = 1.0 + place * model.known.value(state, "sif_slope")
    return model.known.value(state, "sif") * slanted * band.brightness * photon
