"""Files of simulated weather, in the layout of OCO-2 and labelled as synthetic."""

from collections.abc import Callable, Sequence
from pathlib import Path

import h5py
import numpy as np

from casa_processes.common.errors import InvalidValueError
from casa_processes.spectra.sounding import Sounding, Weather

_ARRAYS: dict[str, Callable[[Weather], object]] = {
    "vector_pressure_levels": lambda each: 100.0 * each.profile.pressure,
    "temperature_profile": lambda each: each.profile.temperature,
    "specific_humidity_profile": lambda each: each.profile.humidity,
    "surface_pressure": lambda each: 100.0 * each.surface_pressure,
    "windspeed_u": lambda each: each.wind_east,
    "windspeed_v": lambda each: each.wind_north,
}


def write_simulated_weather(
    path: Path, soundings: Sequence[Sounding], weathers: Sequence[Weather], about: str
) -> None:
    """Write the weather of soundings to a file that `open_meteorology` reads.

    Parameters
    ----------
    path
        Of the file, which is replaced if there is one.
    soundings, weathers
        As many of each; profiles of one length. Identifiers are whole numbers.
    about
        What was simulated, for people.

    Raises
    ------
    InvalidValueError
        When there are none, not as many of each or profiles differ in length.
    """
    lengths = {each.profile.pressure.size for each in weathers}
    if len(lengths) != 1 or len(soundings) != len(weathers):
        asked = (len(soundings), len(weathers), sorted(lengths))
        raise InvalidValueError("weathers", asked, "one for each sounding, of one length")
    part = path.with_name(f"{path.name}.part")
    with h5py.File(part, "w") as file:
        file.attrs["title"] = "Simulated weather (synthetic)"
        file.attrs["synthetic"] = "true"
        file.attrs["comment"] = about
        identifiers = np.array([int(each.sounding_id) for each in soundings], np.int64)
        file["SoundingGeometry/sounding_id"] = identifiers[:, None]
        for name, value in _ARRAYS.items():
            rows = np.stack([np.asarray(value(each), np.float64) for each in weathers])
            file[f"Meteorology/{name}_met"] = rows[:, None]
    part.replace(path)
