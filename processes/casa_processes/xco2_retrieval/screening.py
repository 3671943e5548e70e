"""Before the retrieval: soundings whose spectra, air or sky are not fit for it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from casa_processes.spectra.sounding import Sounding, Spectrum, Weather
from casa_processes.xco2.model import Options, Physics, Sigmas, retrieve
from casa_processes.xco2.result import Outcome, Retrieval
from casa_processes.xco2_retrieval.choices import Limits
from casa_processes.xco2_retrieval.quality import Bit

type Depth = Literal["off", "o2a", "full"]

CLIPPED = 5
"""Channels of exactly the same greatest radiance that tell of a saturated detector."""
_CONTINUUM = 98
_OPEN_PRESSURE = 50.0
"""A priori sigma of the surface pressure where the A band alone shall tell it.  [hPa]"""
_DONE = (Outcome.CONVERGED, Outcome.CONVERGED_HIGH_CHI2)
_HIGHEST_ZENITH = 90.0
_LOWEST_SUN = 85.0
"""Greatest solar zenith angle that the retrieval takes.  [degree]"""


@dataclass(frozen=True)
class Screened:
    """What was found out before the retrieval.

    Attributes
    ----------
    outcome
        How it ends already; None when it may begin.
    message
        Why.
    bits
        Sum of tests that failed.
    values
        ``pressure_difference`` [hPa], ``co2_ratio`` and ``h2o_ratio`` [1], as far as they are
        known.
    """

    outcome: Outcome | None
    message: str
    bits: int
    values: Mapping[str, float]


def screened(
    sounding: Sounding,
    weather: Weather,
    physics: Physics,
    options: Options,
    limits: Limits,
    depth: Depth,
) -> Screened:
    """Tell whether a sounding is fit for a retrieval.

    Parameters
    ----------
    sounding, weather
        What was measured and is known.
    physics, options
        Of the retrieval.
    limits
        Of the tests of quality.
    depth
        What is retrieved in advance: nothing, the surface pressure from the O2 A band without
        aerosol, or carbon dioxide and water of each of the other bands alone too. Where such a
        search fails, so does its test.
    """
    faults = {
        Bit.BAD_GEOMETRY: _geometry(sounding),
        Bit.SIGNAL: _signals(sounding, options.bands, limits.signal_to_noise),
        Bit.OUTSIDE_TABLES: _outside(weather, physics, options.bands),
    }
    failed = sum(bit for bit, why in faults.items() if why)
    if failed:
        why = "; ".join(filter(None, faults.values()))
        return Screened(Outcome.BAD_INPUT, why, failed, {})
    if depth == "off":
        return Screened(None, "", 0, {})
    failures: dict[Bit, str] = {}
    values, misfit = _pressure(sounding, weather, physics, options, failures)
    if depth == "full":
        values |= _ratios(sounding, weather, physics, options, failures)
    return _judged(values, misfit, limits, failures)


def _judged(
    values: dict[str, float], misfit: float, limits: Limits, failures: Mapping[Bit, str]
) -> Screened:
    """Compare what was found with the limits; a test that could not be made is failed."""
    cloudy = {
        "surface pressure of the A band is {:+.0f} hPa off": (
            values.get("pressure_difference", np.nan) - limits.cloud_pressure_offset,
            limits.cloud_pressure,
        ),
        "chi-squared of the A band without aerosol is {:.1f}": (misfit, limits.cloud_chi_squared),
    }
    odd = {
        "CO2 of the strong band is {:+.3f} of that of the weak off": (
            values.get("co2_ratio", np.nan) - 1.0,
            limits.co2_ratio,
        ),
        "water of the strong band is {:+.2f} of that of the weak off": (
            values.get("h2o_ratio", np.nan) - 1.0,
            limits.h2o_ratio,
        ),
    }
    told, bits = list(failures.values()), int(sum(failures))
    for bit, tests in ((Bit.CLOUD, cloudy), (Bit.RATIO, odd)):
        found = [text.format(value) for text, (value, most) in tests.items() if abs(value) > most]
        told += found
        bits |= int(bit) if found else 0
    outcome = Outcome.SCREENED if told else None
    return Screened(outcome, "; ".join(told), bits, values)


def _geometry(sounding: Sounding) -> str:
    """Say what is wrong with place and directions."""
    limits = {
        "latitude": (-90.0, 90.0),
        "longitude": (-180.0, 360.0),
        "solar_zenith": (0.0, _LOWEST_SUN),
        "sensor_zenith": (0.0, _HIGHEST_ZENITH),
        "altitude": (-1000.0, 9000.0),
    }
    for name, (low, high) in limits.items():
        value = getattr(sounding, name)
        if not low <= value <= high:
            return f"{name.replace('_', ' ')} is {value:g}"
    return ""


def _signals(sounding: Sounding, bands: tuple[str, ...], least: float) -> str:
    """Say which band is missing, dark or saturated."""
    found = (_signal(name, sounding.bands.get(name), least) for name in bands)
    return "; ".join(filter(None, found))


def _signal(name: str, spectrum: Spectrum | None, least: float) -> str:
    if spectrum is None:
        return f"{name}: no spectrum"
    good = spectrum.good & np.isfinite(spectrum.radiance)
    radiance, uncertainty = spectrum.radiance[good], spectrum.uncertainty[good]
    if not radiance.size:
        return f"{name}: no good channel"
    if (radiance == radiance.max()).sum() >= CLIPPED:
        return f"{name}: dark or saturated, many channels are equal"
    signal = float(np.percentile(radiance / uncertainty, _CONTINUUM))
    return "" if signal >= least else f"{name}: signal is {signal:.0f} times the noise"


def _outside(weather: Weather, physics: Physics, bands: tuple[str, ...]) -> str:
    """Say where tables of cross-sections end before the air does."""
    below = weather.profile.pressure >= physics.absorption[bands[0]].tables[0].states.pressure[0]
    temperature = weather.profile.temperature[below]
    for name in bands:
        states = physics.absorption[name].tables[0].states
        if not 0.0 < weather.surface_pressure <= states.pressure[-1]:
            return f"surface pressure {weather.surface_pressure:g} hPa is outside the tables"
        low, high = states.temperature[0], states.temperature[-1]
        if temperature.size and not low <= temperature.min() <= temperature.max() <= high:
            return f"temperatures are outside the tables of {low:g} to {high:g} K"
    return ""


def _pressure(
    sounding: Sounding,
    weather: Weather,
    physics: Physics,
    options: Options,
    failures: dict[Bit, str],
) -> tuple[dict[str, float], float]:
    """Retrieve the surface pressure from the A band as if there was air alone."""
    sigmas = replace(options.sigmas, surface_pressure=_OPEN_PRESSURE)
    found = _alone("o2a", sigmas, sounding, weather, physics, options)
    if found.outcome not in _DONE:
        failures[Bit.CLOUD] = _why("o2a", found)
        return {}, np.nan
    difference = found.surface_pressure - found.surface_pressure_apriori
    return {"pressure_difference": difference}, found.bands["o2a"].chi_squared


def _ratios(
    sounding: Sounding,
    weather: Weather,
    physics: Physics,
    options: Options,
    failures: dict[Bit, str],
) -> dict[str, float]:
    """Retrieve carbon dioxide and water from each of their bands at the known pressure."""
    both = []
    sigmas = replace(options.sigmas, surface_pressure=0.0)
    for name in ("wco2", "sco2"):
        found = _alone(name, sigmas, sounding, weather, physics, options)
        if found.outcome not in _DONE:
            failures[Bit.RATIO] = _why(name, found)
            return {}
        both.append((found.xco2, found.more["h2o_scale"]))
    (weak, weak_water), (strong, strong_water) = both
    return {"co2_ratio": strong / weak, "h2o_ratio": strong_water / weak_water}


def _why(band: str, found: Retrieval) -> str:
    """Say that a band alone gave no answer."""
    ended = found.message or found.outcome.name.lower().replace("_", " ")
    return f"{band} alone could not be screened: {ended}"


def _alone(
    band: str,
    sigmas: Sigmas,
    sounding: Sounding,
    weather: Weather,
    physics: Physics,
    options: Options,
) -> Retrieval:
    alone = replace(options, bands=(band,), sigmas=sigmas, aerosols=(), eofs=0)
    return retrieve(sounding, weather, physics, alone)
