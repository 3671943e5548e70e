"""Scenes of another model than that of the fit: the forward model of the XCO2 retrieval.

Rayleigh scattering, a layer of dust, lines of oxygen, curved albedos, Doppler shifts, shifts
and stretches of the channels; fluorescence that falls with the wavelength and is weakened on its
way up. Noise is as large as that of OCO-2: 2.2e17 photons at 5.75e19, where the genuine sounding
at Karlsruhe has 2.0e17, each per s m2 sr um in one polarisation.
"""

from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import numpy as np

from casa_processes.instruments.noise import photon_noise
from casa_processes.sif_retrieval.model import Block, Window
from casa_processes.spectra.photons import photons_of_power_per_wavelength
from casa_processes.spectroscopy.cross_sections import Grid
from casa_processes.spectroscopy.solar.source import sunlight
from casa_processes.spectroscopy.source import absorption
from casa_processes.spectroscopy.tables import states
from casa_processes.xco2.model import Options, Physics, Sigmas
from casa_processes.xco2.model.options import Layer
from casa_processes.xco2.model.retrieval import prepared
from casa_processes.xco2.model.scenes import Channels, scene

WINDOWS = {"757": Window("757", 0.7581, 0.7592), "771": Window("771", 0.7696, 0.7703)}
_GRIDS = {"757": Grid(13_160.0, 0.02, 2000), "771": Grid(12_970.0, 0.02, 1800)}
_ALBEDO = (0.12, 0.45)
_CHANNELS = {
    "757": Channels(0.75795, 1.75e-5, 78, 4.2e-5, 400.0, 1.75e20, albedo=_ALBEDO),
    "771": Channels(0.76945, 1.31e-5, 75, 4.2e-5, 400.0, 1.75e20, albedo=_ALBEDO),
}
_OPTIONS = Options(bands=("o2a",), scattering="single", aerosols=(Layer("dust"),))
_DRAWN = Sigmas(
    co2=1e-6, h2o_scale=0.1, temperature_offset=3.0, surface_pressure=15.0, albedo_slope=0.03,
    albedo_curve=0.01, shift=0.02, stretch=0.01, sif=1e-6, aod=0.7, height=0.1,
)  # fmt: skip
_PHOTON, _BACKGROUND, _FULL_SCALE = 0.009, 0.017, 7.0e20


@dataclass(frozen=True, eq=False)
class Simulated:
    """Scenes without noise, [W m-2 sr-1 um-1] of both polarisations.

    `bare` is their light without fluorescence, `sif` what fluorescence adds that is 1 on average in
    the window, both of shape (scene, channel).
    """

    wavelength: np.ndarray
    bare: np.ndarray
    sif: np.ndarray
    unit: float

    def block(self, values, repeat=1, seed=None):
        """Return scenes with fluorescence [W m-2 sr-1 um-1]; without a seed, without noise."""
        clean = np.repeat(self.bare + np.asarray(values)[..., None] * self.sif, repeat, axis=0)
        coefficients = (np.full(clean.shape[1], each) for each in (_PHOTON, _BACKGROUND))
        noise = self.unit * photon_noise(clean / self.unit, *coefficients, _FULL_SCALE)
        if seed is not None:
            clean = clean + noise * np.random.default_rng(seed).normal(size=clean.shape)
        place = self.wavelength[None], np.zeros(len(clean), np.int64)
        return Block(clean.astype(np.float32), noise.astype(np.float32), *place)

    def some(self, rows):
        """Return some of the scenes."""
        return replace(self, bare=self.bare[rows], sif=self.sif[rows])


@cache
def simulated(name="757", count=300, suns=("builtin",)):
    """Draw scenes of a window, the same ones at every call."""
    at = states(pressures=16, temperatures=7)
    folder = Path(mkdtemp(prefix="fluorescence-tables-"))
    band = absorption("builtin", "o2a", folder, states=at, grid=_GRIDS[name])
    physics = Physics({"o2a": band}, sunlight(*suns))
    found = [_simulated(number, physics, _CHANNELS[name]) for number in range(count)]
    wavelength = found[0][0]
    one = photons_of_power_per_wavelength(np.ones(1), wavelength.mean(keepdims=True))
    unit = 2.0 / float(one[0])
    window = WINDOWS[name]
    inside = (wavelength >= window.first) & (wavelength <= window.last)
    bare, sif = (np.array([each[part] for each in found]) * unit for part in (1, 2))
    return Simulated(wavelength, bare, sif / sif[:, inside].mean(axis=1, keepdims=True), unit)


def _simulated(number, physics, channels):
    """Return wavelengths, light without fluorescence, and what a unit of it adds."""
    rng = np.random.default_rng([5, number])
    drawn = scene(rng, physics, _OPTIONS, _DRAWN, instrument={"o2a": channels})
    moving = replace(
        drawn.sounding,
        relative_velocity=float(rng.uniform(-300.0, 300.0)),
        solar_velocity=float(rng.uniform(-900.0, 900.0)),
    )
    model, _ = prepared(moving, drawn.weather, physics, _OPTIONS)
    state, place = drawn.state.copy(), model.known.place("sif")
    state[place] = 0.0
    bare, slopes = model(state)
    return moving.bands["o2a"].wavelength[model.windows[0].used], bare, slopes[:, place]
