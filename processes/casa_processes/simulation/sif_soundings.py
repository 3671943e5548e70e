"""Fluorescence as instruments would have measured it in the synthetic world."""

import zlib
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from casa_processes.simulation.clouds import Scenes
from casa_processes.simulation.fluorescence import WINDOWS, fluorescence
from casa_processes.simulation.hashes import normal
from casa_processes.simulation.sampling import Instrument, Views

type Values = NDArray[np.float64]
type Columns = dict[str, Values]

NOISE: Mapping[str, Mapping[str, float]] = {
    "oco2": {"757": 0.40, "771": 0.40},
    "oco3": {"757": 0.45, "771": 0.45},
    "tansat": {"757": 0.45, "771": 0.50},
    "gosat": {"757": 0.60, "771": 0.70},
    "tropomi": {"740": 0.50},
}
"""Standard deviation of a bright scene by mission and window.  [W m-2 sr-1 um-1]"""
_BRIGHT = 0.2
"""Albedo times cosine of the solar zenith angle at which noise is that of the instrument."""
_LEAST, _MOST = 0.5, 2.0
_SEED = 2**42
_FROM_757, _FROM_771 = 0.75, 0.75 * 1.5
"""Parts of fluorescence at 740 nm that the two windows stand for."""


def sif_columns(one: Instrument, seen: Views, scene: Scenes, seed: int) -> Columns:
    """Return fluorescence in names and units of the vocabulary; nothing for other instruments.

    Parameters
    ----------
    one
        The instrument.
    seen
        When and where it looked.
    scene
        What was there.
    seed
        Of the noise.

    Returns
    -------
    dict
        Each window with its uncertainty; at 740 nm, where it is no window itself, 0.75 of that at
        757 nm and one and a half of that at 771 nm; its daily mean, the factor that leads to it,
        and the truth.  shape (n,)

    Notes
    -----
    Noise is independent and grows as the root of the light. There is no zero level, and no cloud
    or aerosol weakens what plants emit.
    """
    if one.name not in NOISE:
        return {}
    truth = fluorescence(seen.latitude, seen.longitude, seen.time, seen.sun_zenith)
    light = brightness(scene.albedo, seen.sun_zenith)
    found: Columns = {}
    for window, least in NOISE[one.name].items():
        uncertainty = least * light
        drawn = _drawn(one, seen, window, seed)
        found[f"sif_{window}"] = WINDOWS[window] * truth.instant + uncertainty * drawn
        found[f"sif_{window}_uncertainty"] = uncertainty
    if "sif_740" not in found:
        found |= _together(found)
    return found | {
        "sif_740_daily": found["sif_740"] * truth.factor,
        "daily_correction_factor": truth.factor,
        "sif_740_true": truth.instant,
    }


def brightness(albedo: Values, sun_zenith: Values) -> Values:
    """Return how much noise is larger than that of a bright scene: as the root of light.  [1]."""
    light = albedo * np.cos(np.deg2rad(sun_zenith)) / _BRIGHT
    return np.asarray(np.clip(np.sqrt(light), _LEAST, _MOST))


def _together(found: Mapping[str, Values]) -> Columns:
    """Return fluorescence at 740 nm, of both windows."""
    parts = (_FROM_757, "757"), (_FROM_771, "771")
    mean = sum((part * found[f"sif_{window}"] for part, window in parts), start=np.zeros(1))
    squares = [(part * found[f"sif_{window}_uncertainty"]) ** 2 for part, window in parts]
    return {"sif_740": np.asarray(mean), "sif_740_uncertainty": np.sqrt(squares[0] + squares[1])}


def _drawn(one: Instrument, seen: Views, window: str, seed: int) -> Values:
    """Draw numbers of the normal law, of their own for each mission, sounding and window."""
    stamp = seen.time.astype("datetime64[ms]").astype(np.int64)
    own = np.array(zlib.crc32(f"{one.name} {window}".encode()), dtype=np.int64)
    return normal(_SEED + seed, own, stamp, seen.footprint)
