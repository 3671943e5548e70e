"""The retrieval of one sounding."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.errors import CasaError, InvalidValueError
from casa_processes.estimation.bent import Bend
from casa_processes.estimation.column import column
from casa_processes.estimation.posterior import posterior
from casa_processes.estimation.problem import Prior
from casa_processes.estimation.search import Estimate, Steps, estimate
from casa_processes.radiative_transfer.glint import reflectance
from casa_processes.spectra.sounding import Sounding, Weather
from casa_processes.xco2.model import carbon_dioxide
from casa_processes.xco2.model.first_guess import albedos, explained, sif_slope
from casa_processes.xco2.model.forward import Forward
from casa_processes.xco2.model.options import Options
from casa_processes.xco2.model.physics import Physics
from casa_processes.xco2.model.prior import FRACTIONS, prior
from casa_processes.xco2.model.report import failed, told
from casa_processes.xco2.model.sea import WATER_INDEX, geometry, sea
from casa_processes.xco2.model.state import LEVELS
from casa_processes.xco2.model.window import window
from casa_processes.xco2.result import Outcome, Retrieval

type Values = NDArray[np.float64]

_LONGEST = {"ln_aod": 2.0, "ln_glint": 2.0, "height": 1.0}
"""Greatest change of an element in one step."""

_GREATEST_ZENITH = 85.0

_FOAM_SIGMA = 0.5
"""A priori deviation of the logarithm of the albedo of foam, over that of land."""
_SEA_DAMPING = 10.0
"""Damping of the first step over a sea, where waves, foam and aerosol explain one brightness."""


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
    found = search(model, known, measured, variance)
    if found.outcome == "not finite":
        why = model.beyond or "no radiance can be computed for the a priori state"
        return failed(Outcome.BAD_INPUT, why, outside_tables=bool(model.beyond))
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
    wet = sounding.land_fraction < 0.5
    wind = float(np.hypot(weather.wind_east, weather.wind_north)) if wet else None
    albedo = albedos(sounding, weather, options, windows, wet)
    more = [] if wind is None else sea(wind, options.sigmas.wind_speed, geometry(sounding))
    chosen = _over_sea(options) if wet else options
    known, before = prior(
        chosen, profile, weather.surface_pressure, albedo, more, sif_slope(windows),
        {band.name: band.zero_level for band in windows},
    )  # fmt: skip
    return Forward(sounding, weather, options, known, windows), before


def measurement(model: Forward) -> tuple[Values, Values]:
    """Return radiances and their variances in the fitted channels of all bands, shape (m,)."""
    spectra = [(model.sounding.bands[band.name], band.used) for band in model.windows]
    measured = np.concatenate([spectrum.radiance[used] for spectrum, used in spectra])
    uncertain = np.concatenate([spectrum.uncertainty[used] for spectrum, used in spectra])
    return measured, uncertain**2


def search(
    model: Forward, known: Prior, measured: Values, variance: Values, bent: bool = True
) -> Estimate:
    """Find the most probable state.

    Parameters
    ----------
    model, known, measured, variance
        As `prepared` and `measurement` give them.
    bent
        Whether steps follow a bent tangent; plain ones are there to compare with.
    """
    return estimate(
        model,
        measured,
        variance,
        known,
        first=_first(model, known),
        longest=_longest(model),
        steps=_steps(model),
        bends=_bends(model) if bent else None,
    )


def _over_sea(options: Options) -> Options:
    """Return options with the sigma of foam, which varies less than the albedo of land."""
    sigmas = options.sigmas
    return replace(options, sigmas=replace(sigmas, albedo=_FOAM_SIGMA * sigmas.albedo))


def _steps(model: Forward) -> Steps:
    """Return the limits of the search; over a sea its first step is shorter."""
    options = model.options
    shorter = _SEA_DAMPING if model.known.has("wind_speed") else 1.0
    damping = shorter * options.damping
    return Steps(options.threshold, options.accepted, options.rejected, damping)


def _first(model: Forward, known: Prior) -> Values:
    """Return where the search begins: the prior, but with a sea that is as bright as measured."""
    state = known.mean.copy()
    glint = model.known.place("ln_glint")
    if glint is None:
        return state
    here, wind = geometry(model.sounding), model.known.value(state, "wind_speed")
    found = []
    for band in model.windows:
        foam = np.exp(model.known.value(state, f"ln_albedo_{band.name}"))
        albedo = explained(model.sounding, model.weather, model.options, band)
        expected = band.mirror * reflectance(wind, here, WATER_INDEX[band.name])
        found.append((albedo - foam) * here.sun_cosine / np.pi / expected)
    seen = max(float(np.median(found)), 1e-6)
    most = 2.0 * np.sqrt(known.covariance[glint, glint])
    state[glint] = np.clip(np.log(seen), -most, most)
    return state


def _bends(model: Forward) -> tuple[Bend, ...]:
    """Return where light is linear in an optical depth, and what is in proportion to it."""
    groups = [
        [f"{what}_{layer.kind}" for what in ("ln_aod", "height", "width")]
        for layer in model.options.aerosols
    ]
    if model.known.has("wind_speed"):
        groups.append(["ln_glint"])
        groups += [
            [f"{what}_{band.name}" for what in ("ln_albedo", "albedo_slope", "albedo_curve")]
            for band in model.windows
        ]
    found = []
    for first, *others in groups:
        at, *places = (model.known.place(name) for name in (first, *others))
        if at is not None:
            found.append(Bend(at, tuple(each for each in places if each is not None)))
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
