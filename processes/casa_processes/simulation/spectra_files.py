"""Files of spectra of the synthetic world: which soundings they hold, and how they are written."""

from collections.abc import Callable, Sequence
from pathlib import Path

import h5py
import numpy as np
from numpy.typing import NDArray

from casa_processes.instruments.spectrometer import spectrometer
from casa_processes.simulation.climate import days
from casa_processes.simulation.fluorescence import WINDOWS, fluorescence
from casa_processes.simulation.nature import Day, co2
from casa_processes.simulation.sampling import GLINT, NADIR, Instrument, corners
from casa_processes.simulation.soundings import Soundings, profiles
from casa_processes.simulation.spectra import SPECTROMETER, Seen, Target, optics_of, seen
from casa_processes.simulation.world import World
from casa_processes.spectra.simulated import write_simulated
from casa_processes.spectra.simulated_weather import write_simulated_weather
from casa_processes.xco2.model import Physics
from casa_processes.xco2.model.first_guess import BrightnessError
from casa_processes.xco2.model.prior import FRACTIONS

LAYOUTS = {"oco2": "oco2", "oco3": "oco3", "tansat": SPECTROMETER, "gosat": SPECTROMETER}
"""Spectrometers whose files spectra of missions are written as; others have none."""
ABOUT = (
    "Spectra of a synthetic world by the forward model of the XCO2 retrieval, with channels and "
    "noise of an invented spectrometer; no clouds, no polarisation of the instrument. Group Truth "
    "tells what they were made of; no observation went in."
)


def shares(limit: int, number: int) -> list[int]:
    """Return how many of at most `limit` spectra each of some days has, spread over all of them."""
    return [(day + 1) * limit // number - day * limit // number for day in range(number)]


def targets(
    one: Instrument, here: World, day: Day, found: Soundings, limit: int, before: int = 0
) -> list[Target]:
    """Return good soundings of a day, half of them on land where there are as many, evenly each.

    Parameters
    ----------
    one
        Instrument.
    here
        The world's cells.
    day
        Its carbon dioxide.
    found
        Soundings of that day.
    limit
        Most of them.
    before
        Limits of earlier days together: odd ones give one more to land and to water in turn.
    """
    rows = _chosen(found, limit, before)
    views = found.seen[rows]
    profile = profiles(here, co2(day), views.latitude, views.longitude)
    glow = fluorescence(views.latitude, views.longitude, views.time, views.sun_zenith)
    y, x = corners(one, views)
    return [
        Target(
            sounding_id=_identifier(views.time[n], int(views.footprint[n])),
            time=int(views.time[n].astype("datetime64[ms]").astype(np.int64)),
            latitude=float(views.latitude[n]),
            longitude=float(views.longitude[n]),
            solar_zenith=float(views.sun_zenith[n]),
            solar_azimuth=float(views.sun_azimuth[n]),
            sensor_zenith=float(views.zenith[n]),
            sensor_azimuth=float(views.azimuth[n]),
            latitude_vertices=tuple(y[n].tolist()),
            longitude_vertices=tuple(x[n].tolist()),
            footprint=int(views.footprint[n]) - 1,
            land=bool(views.mode[n] == NADIR),
            day=float(days(views.time[n])),
            aerosol=float(found.scene.aerosol[row]),
            albedo=float(found.scene.albedo[row]),
            sif=float(WINDOWS["757"] * glow.instant[n]),
            xco2=float(found.truth[row]),
            pressure=tuple(found.pressure.tolist()),
            profile=tuple(profile[n].tolist()),
        )
        for n, row in enumerate(rows.tolist())
    ]


def all_seen(
    asked: Sequence[Target],
    tables: Physics,
    mission: str,
    seed: int,
    report: Callable[[float], None],
) -> tuple[list[Target], list[Seen]]:
    """Return soundings of which spectra can be made, and these.

    Parameters
    ----------
    asked
        Soundings; those that are darker than any model of light holds for are left out.
    tables
        Spectroscopy and sunlight.
    mission
        One of `LAYOUTS`.
    seed
        Of noise and weather.
    report
        Is told which fraction is done after each; may raise to stop.

    Raises
    ------
    BrightnessError
        When none is left, though some were asked for: the reason of the first.
    """
    kept, found, first = [], [], None
    for number, each in enumerate(asked, start=1):
        try:
            one = seen(each, tables, LAYOUTS[mission], seed)
        except BrightnessError as dark:
            first = first or dark
        else:
            kept.append(each)
            found.append(one)
        report(number / len(asked))
    if first is not None and not kept:
        raise first
    return kept, found


def write_spectra(
    folder: Path, mission: str, asked: Sequence[Target], found: Sequence[Seen]
) -> tuple[Path, Path]:
    """Write spectra and their weather as retrievals read them; returns the paths.

    Parameters
    ----------
    folder
        Of the files.
    mission
        One of `LAYOUTS`.
    asked, found
        Soundings in the order of time, and what was seen of each.

    Raises
    ------
    InvalidValueError
        When there are none.
    """
    spectra = folder / f"synthetic-{mission}-l1b.h5"
    air = folder / f"synthetic-{mission}-meteorology.h5"
    soundings = [each.sounding for each in found]
    write_simulated(spectra, spectrometer(LAYOUTS[mission]), soundings, ABOUT, optics_of())
    write_simulated_weather(air, soundings, [each.weather for each in found], ABOUT)
    with h5py.File(spectra, "r+") as file:
        truth = file.create_group("Truth")
        truth.attrs["comment"] = "levels from the top down; retrievals use nothing of it"
        for name, (values, units) in _truth(asked, found).items():
            truth[name] = values
            truth[name].attrs["units"] = units
    return spectra, air


def _chosen(found: Soundings, limit: int, before: int) -> NDArray[np.intp]:
    """Return rows of at most so many soundings, in their order."""
    land, water = (np.flatnonzero(found.good & (found.seen.mode == m)) for m in (NADIR, GLINT))
    wet = min((before + limit) // 2 - before // 2, water.size)
    dry = min(limit - wet, land.size)
    wet = min(limit - dry, water.size)
    return np.sort(np.concatenate([_spread(land, dry), _spread(water, wet)]))


def _spread(rows: NDArray[np.intp], count: int) -> NDArray[np.intp]:
    """Return so many of some rows, in the middles of as many parts."""
    return rows[((np.arange(count) + 0.5) * rows.size / max(count, 1)).astype(np.intp)]


def _truth(
    asked: Sequence[Target], found: Sequence[Seen]
) -> dict[str, tuple[NDArray[np.generic], str]]:
    return {
        "sounding_id": (np.array([int(each.sounding_id) for each in asked]), "1"),
        "xco2": (np.array([each.xco2 for each in found]), "ppm"),
        "co2_profile": (np.array([each.profile for each in found]), "ppm"),
        "pressure": (
            np.array([FRACTIONS * each.surface_pressure for each in found]),
            "hPa",
        ),
        "sif_757": (np.array([each.sif for each in asked]), "W m-2 sr-1 um-1"),
        "aod": (np.array([each.aerosol for each in asked]), "1"),
        "albedo_wco2": (np.array([each.albedo for each in asked]), "1"),
        "surface_pressure": (np.array([each.surface_pressure for each in found]), "hPa"),
    }


def _identifier(time: np.datetime64, footprint: int) -> str:
    """Return year to tenth of a second, and footprint: digits as OCO-2 has them."""
    stamp = "".join(filter(str.isdigit, str(np.datetime_as_string(time, unit="ms"))))
    return f"{stamp[:15]}{footprint}"
