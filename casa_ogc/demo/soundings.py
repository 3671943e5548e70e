"""The soundings of the demonstration: five missions, and the fluorescence that one of them sees."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
import xarray as xr

from casa_ogc.demo.truth import SEED, Truth, first, here
from casa_processes.simulation.climate import days
from casa_processes.simulation.clouds import scenes
from casa_processes.simulation.sampling import NADIR, Instrument, Views, corners, instrument
from casa_processes.simulation.sif_soundings import sif_columns
from casa_processes.simulation.sounding_file import attributes, columns
from casa_processes.simulation.soundings import HAZY, clear_views, observed
from casa_processes.simulation.tables import Columns, labelled, soundings

type Tell = Callable[[float], None]

THINNED: Mapping[str, int] = {"oco2": 6, "oco3": 6, "tansat": 6, "gosat": 4, "tropomi": 4}
"""One row of soundings is kept out of so many of `casa_processes.simulation.sampling`."""
SIF_THINNED = 3
_DAY = np.timedelta64(1, "D")


def xco2_soundings(name: str, truth: Truth, tell: Tell) -> xr.Dataset:
    """Return the soundings of XCO2 of a mission through the days of the truth.

    Parameters
    ----------
    name
        Of the mission, one of `THINNED`.
    truth
        What is measured.
    tell
        Is told how much is done, from 0 to below 1.

    Raises
    ------
    UnknownNameError
        When there is no such mission.
    """
    one = thinned(name, THINNED.get(name, 1))
    parts: list[Columns] = []
    for day in truth.days():
        tell(len(parts) / len(truth.co2))
        parts.append(columns(one, observed(one, here(), day, SEED), SEED))
    return soundings(_joined(parts), attributes(one, SEED))


def sif_soundings(number: int, tell: Tell) -> xr.Dataset:
    """Return the soundings of fluorescence on the orbit of OCO-2, over land.

    Parameters
    ----------
    number
        Of days, from the first of January on.
    tell
        Is told how much is done, from 0 to below 1.
    """
    one = thinned("oco2", SIF_THINNED)
    parts: list[Columns] = []
    for passed in range(number):
        tell(passed / number)
        parts.append(_sif(one, clear_views(one, first() + passed * _DAY, SEED)))
    title = f"SIF soundings on the orbit of {one.title}"
    about = labelled(title, "oco2-sif", "production of its plants", SEED)
    return soundings(_joined(parts), {**about, "instrument": f"{one.title}, simulated"})


def thinned(name: str, every: int) -> Instrument:
    """Return an instrument of which one row of soundings in `every` is kept.

    Raises
    ------
    UnknownNameError
        When there is no such mission.
    """
    one = instrument(name)
    return replace(one, step=one.step * every)


def _sif(one: Instrument, found: Views) -> Columns:
    """Return columns of a day over land."""
    seen = found[found.mode == NADIR]
    y, x = corners(one, seen)
    land = np.ones(seen.time.size, dtype=np.bool_)
    scene = scenes(SEED, seen.latitude, seen.longitude, days(seen.time), land)
    stamps = np.datetime_as_string(seen.time, unit="ms")
    names = zip(stamps, seen.footprint, strict=True)
    return {
        "sounding_id": np.array([f"synthetic-oco2-sif-{t}-{n:02}" for t, n in names], dtype=str),
        "time": seen.time.astype("datetime64[ns]"),
        "latitude": seen.latitude,
        "longitude": seen.longitude,
        "latitude_vertices": y,
        "longitude_vertices": x,
        "mode": seen.mode.astype(np.int8),
        "footprint": seen.footprint.astype(np.int8),
        "solar_zenith_angle": seen.sun_zenith,
        "sensor_zenith_angle": seen.zenith,
        "quality_flag": (scene.aerosol >= HAZY).astype(np.int8),
        **sif_columns(one, seen, scene, SEED),
    }


def _joined(parts: list[Columns]) -> Columns:
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
