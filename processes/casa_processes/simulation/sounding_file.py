"""Files of synthetic soundings, in the names that genuine ones are read into."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.errors import InvalidValueError
from casa_processes.common.netcdf import write_soundings
from casa_processes.simulation.orbits import orbit
from casa_processes.simulation.sampling import NADIR, Instrument, corners
from casa_processes.simulation.sif_soundings import sif_columns
from casa_processes.simulation.soundings import Soundings

type Columns = dict[str, NDArray[Any]]

_HECTOPASCAL = 100.0


def attributes(one: Instrument, seed: int) -> dict[str, str]:
    """Return global attributes of a file; they say that it is synthetic.

    Parameters
    ----------
    one
        Whose soundings they are.
    seed
        Of clouds and noise.
    """
    return {
        "title": f"Synthetic XCO2 and SIF soundings on the orbit of {one.title}",
        "product": f"synthetic-{one.name}-xco2",
        "source": f"simulation of a synthetic world; {orbit(one.name).source}",
        "mission": "Synthetic",
        "synthetic": "true",
        "instrument": f"{one.title}, simulated",
        "licence": "CC0-1.0",
        "references": "docs/science/synthetic-world.md",
        "co2_profile_apriori_basis": "dry",
        "seed": str(seed),
    }


def columns(one: Instrument, found: Soundings, seed: int = 0) -> Columns:
    """Return soundings in names and units of the vocabulary.

    Parameters
    ----------
    one
        Whose soundings they are.
    found
        Soundings of a day.
    seed
        Of the noise of fluorescence.

    Notes
    -----
    The truth goes along: ``xco2_profile`` is the column of the world and ``xco2_smoothed`` what a
    retrieval without error reports of it, ``sif_740_true`` the fluorescence. Levels are the middles
    of layers; the weight of each is the share of the air in it.
    """
    seen, scene, size = found.seen, found.scene, found.xco2.size
    y, x = corners(one, seen)
    level = (size, found.pressure.size)
    secants = 1.0 / np.cos(np.deg2rad(np.stack([seen.sun_zenith, seen.zenith])))
    land = seen.mode == NADIR
    return {
        "sounding_id": identifiers(one, found),
        "time": seen.time.astype("datetime64[ns]"),
        "latitude": seen.latitude,
        "longitude": seen.longitude,
        "latitude_vertices": y,
        "longitude_vertices": x,
        "mode": seen.mode.astype(np.int8),
        "footprint": seen.footprint.astype(np.int8),
        "solar_zenith_angle": seen.sun_zenith,
        "solar_azimuth_angle": seen.sun_azimuth,
        "sensor_zenith_angle": seen.zenith,
        "sensor_azimuth_angle": seen.azimuth,
        "airmass": secants.sum(axis=0),
        "land_fraction": land.astype(np.float64),
        "aod": scene.aerosol,
        "albedo_wco2": scene.albedo,
        "xco2": found.xco2,
        "xco2_uncertainty": found.error.uncertainty,
        "xco2_apriori": found.prior @ found.weight,
        "xco2_smoothed": found.expected,
        "xco2_profile": found.truth,
        "quality_flag": (~found.good).astype(np.int8),
        "xco2_averaging_kernel": found.kernel,
        "pressure_levels": np.broadcast_to(found.pressure / _HECTOPASCAL, level),
        "pressure_weight": np.broadcast_to(found.weight, level),
        "co2_profile_apriori": found.prior,
        **sif_columns(one, seen, scene, seed),
    }


def identifiers(one: Instrument, found: Soundings) -> NDArray[np.str_]:
    """Return the id of each sounding: synthetic, mission, time to the millisecond, footprint."""
    stamps = np.datetime_as_string(found.seen.time, unit="ms")
    return np.array(
        [
            f"synthetic-{one.name}-{stamp}-{number:02}"
            for stamp, number in zip(stamps, found.seen.footprint, strict=True)
        ],
        dtype=np.str_,
    )


def write(path: Path, one: Instrument, days: Sequence[Soundings], seed: int) -> Path:
    """Write the soundings of days; returns `path`.

    Parameters
    ----------
    path
        File to write.
    one
        Whose soundings they are.
    days
        At least one.
    seed
        Of clouds and noise.

    Raises
    ------
    InvalidValueError
        When there is no day.
    """
    if not days:
        raise InvalidValueError("days", "none", "at least one day of soundings")
    parts = [columns(one, each, seed) for each in days]
    together = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    return write_soundings(path, together, attributes(one, seed))
