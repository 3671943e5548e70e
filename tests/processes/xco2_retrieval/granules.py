"""Files of simulated spectra and weather, as a mission would deliver them."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from casa_processes.instruments.noise import photon_noise
from casa_processes.instruments.spectrometer import spectrometer, synthetic_optics
from casa_processes.spectra.simulated import write_simulated
from casa_processes.spectra.simulated_weather import write_simulated_weather
from casa_processes.xco2.model import Options, Physics
from casa_processes.xco2.model.scenes import Channels, Place, scene

INSTRUMENT = spectrometer("synthetic")


@dataclass(frozen=True)
class Configured(Channels):
    """Channels as the configuration has them: not quite equidistant."""

    band: str = ""

    @property
    def wavelength(self):
        return synthetic_optics(INSTRUMENT, self.band).wavelength

    def noise(self, radiance):
        seen = synthetic_optics(INSTRUMENT, self.band)
        some = slice(radiance.size)
        return photon_noise(radiance, seen.photon[some], seen.background[some], seen.full_scale)


CHANNELS = {
    "o2a": Configured(0, 0, 1016, 4.2e-5, 400.0, 1.75e20, band="o2a"),
    "wco2": Configured(0, 0, 1016, 7.6e-5, 500.0, 6.1e19, band="wco2"),
    "sco2": Configured(0, 0, 1016, 9.7e-5, 350.0, 3.1e19, band="sco2"),
}
START = np.datetime64("2023-07-01T05:00:00", "ns")


def granule(folder: Path, physics: Physics, count: int) -> list[float]:
    """Write ``l1b.h5`` and ``met.h5`` of some soundings; return their true XCO2."""
    folder.mkdir(parents=True, exist_ok=True)
    found = []
    for number in range(count):
        place = Place(
            START + number // 8 * np.timedelta64(333, "ms"), 31.0, 117.0 + 0.01 * number, 30.0
        )
        one = scene(
            np.random.default_rng([5, number]), physics, Options(), place=place, instrument=CHANNELS
        )
        named = replace(
            one.sounding, sounding_id=str(20230701050000000 + 10 * (number // 8) + number % 8 + 1),
            footprint=number % 8,
        )  # fmt: skip
        found.append(replace(one, sounding=named))
    soundings = [each.sounding for each in found]
    write_simulated(folder / "l1b.h5", INSTRUMENT, soundings, "for tests")
    weathers = [each.weather for each in found]
    write_simulated_weather(folder / "met.h5", soundings, weathers, "for tests")
    return [each.xco2 for each in found]
