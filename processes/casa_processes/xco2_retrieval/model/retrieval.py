"""The retrieval of one sounding."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.errors import CasaError, InvalidValueError
from casa_processes.estimation.bent import Bend
from casa_processes.estimation.column import column
from casa_processes.estimation.posterior import posterior
from casa_processes.estimation.problem import Prior
from casa_processes.estimation.search import Estimate, Steps, estimate
from casa_processes.spectra.sounding import Sounding, Weather
from casa_processes.xco2_retrieval.model import carbon_dioxide
from casa_processes.xco2_retrieval.model.first_guess import albedos
from casa_processes.xco2_retrieval.model.forward import Forward
from casa_processes.xco2_retrieval.model.options import Options
from casa_processes.xco2_retrieval.model.physics import Physics
from casa_processes.xco2_retrieval.model.prior import FRACTIONS, prior
from casa_processes.xco2_retrieval.model.report import failed, told
from casa_processes.xco2_retrieval.model.state import LEVELS
from casa_processes.xco2_retrieval.model.window import window
from casa_processes.xco2_retrieval.result import Outcome, Retrieval

type Values = NDArray[np.float64]

_LONGEST = {"ln_aod": 2.0, "wind_speed": 5.0}
"""Greatest change of an element in one step."""

_GREATEST_ZENITH = 85.0


def retrieve(
    sounding: Sounding,
    weather: Weather,
    physics: Physics,
    options: Options,
    profile: Values | None = None,
) -> Retrieval:
    """Estimate the column of carbon dioxide of a sounding.

    Parameters
    ----------
    sounding
        What was measured.
    weather
        Temperature, moisture and a priori surface pressure.
    physics
        What all soundings share.
    options
        Choices.
    profile
        A priori carbon dioxide at `FRACTIONS` of the surface pressure; the climatology when not
        given.  [ppm], shape (level,)

    Returns
    -------
    Retrieval
        Also of a sounding that has no estimate: its outcome tells why.
    """
    try:
        _check(sounding, weather)
        model, known = prepared(sounding, weather, physics, options, profile)
    except CasaError as error:
        return failed(Outcome.BAD_INPUT, str(error))
    measured, variance = measurement(model)
    found = estimate(
        model,
        measured,
        variance,
        known,
        longest=_longest(model),
        steps=Steps(options.threshold, options.accepted, options.rejected, options.damping),
        bends=_bends(model),
    )
    if found.outcome == "not finite":
        return failed(Outcome.BAD_INPUT, "no radiance can be computed for the a priori state")
    return _told(model, known, measured, variance, found)


def prepared(
    sounding: Sounding,
    weather: Weather,
    physics: Physics,
    options: Options,
    profile: Values | None = None,
) -> tuple[Forward, Prior]:
    """Return the forward model and the prior of a sounding.

    Raises
    ------
    InvalidValueError
        When the sounding cannot be used.
    """
    windows = tuple(window(name, sounding, physics, options) for name in options.bands)
    if profile is None:
        profile = carbon_dioxide.climatology(FRACTIONS, sounding.latitude, sounding.time)
    if profile.shape != (LEVELS,):
        raise InvalidValueError("a priori profile", profile.shape, f"{LEVELS} levels")
    sea = sounding.land_fraction < 0.5
    wind = float(np.hypot(weather.wind_east, weather.wind_north)) if sea else None
    albedo = albedos(sounding, weather, options, windows, wind)
    known, before = prior(options, profile, weather.surface_pressure, albedo, wind)
    return Forward(sounding, weather, options, known, windows), before


def measurement(model: Forward) -> tuple[Values, Values]:
    """Return radiances and their variances in the fitted channels of all bands, shape (m,)."""
    spectra = [(model.sounding.bands[band.name], band.used) for band in model.windows]
    measured = np.concatenate([spectrum.radiance[used] for spectrum, used in spectra])
    uncertain = np.concatenate([spectrum.uncertainty[used] for spectrum, used in spectra])
    return measured, uncertain**2


def _bends(model: Forward) -> tuple[Bend, ...]:
    """Return where light is linear in an optical depth, and what is in proportion to it."""
    found = []
    for layer in model.options.aerosols:
        depth, *others = (
            model.known.place(f"{what}_{layer.kind}") for what in ("ln_aod", "height", "width")
        )
        if depth is not None:
            found.append(Bend(depth, tuple(each for each in others if each is not None)))
    return tuple(found)


def _longest(model: Forward) -> Values:
    limits = np.full(model.known.size, np.inf)
    for place, name in enumerate(model.known.names, start=LEVELS):
        for what, most in _LONGEST.items():
            if name == what or name.startswith(f"{what}_"):
                limits[place] = most
    return limits


def _told(
    model: Forward, known: Prior, measured: Values, variance: Values, found: Estimate
) -> Retrieval:
    characterised = posterior(found.jacobian, variance, known)
    scene = model.scene(found.state)
    summed = column(found.state, characterised, known, scene.air.weight)
    return told(model, known, measured, variance, found, characterised, summed, scene)


def _check(sounding: Sounding, weather: Weather) -> None:
    """Refuse a sounding whose place or time or direction is impossible.

    Raises
    ------
    InvalidValueError
        When it is.
    """
    limits: Mapping[str, tuple[float, float]] = {
        "latitude": (-90.0, 90.0),
        "altitude": (-1000.0, 9000.0),
        "solar_zenith": (0.0, _GREATEST_ZENITH),
        "sensor_zenith": (0.0, _GREATEST_ZENITH),
        "solar_azimuth": (-360.0, 720.0),
        "sensor_azimuth": (-360.0, 720.0),
        "relative_velocity": (-12_000.0, 12_000.0),
        "solar_velocity": (-3_000.0, 3_000.0),
        "solar_distance": (0.95, 1.05),
        "land_fraction": (0.0, 1.0),
    }
    for name, (low, high) in limits.items():
        value = getattr(sounding, name)
        if not low <= value <= high:
            raise InvalidValueError(name.replace("_", " "), value, f"{low:g} to {high:g}")
    if np.isnat(sounding.time):
        raise InvalidValueError("time", sounding.time, "a time")
    if not 300.0 <= weather.surface_pressure <= 1100.0:
        raise InvalidValueError("surface pressure", weather.surface_pressure, "300 to 1100 hPa")
