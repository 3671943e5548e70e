"""Simulated soundings, for trials: a track of eight footprints from the tropics to the north.

Spectra are made of functions that a physical fit has: sunlight that was invented, a spectrum of
vegetation over it, and the noise of the instrument. Air does not absorb. They prove nothing about
the real atmosphere.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from casa_processes.instruments.noise import photon_noise
from casa_processes.instruments.spectrometer import Spectrometer, spectrometer, synthetic_optics
from casa_processes.sif_retrieval.model import Window
from casa_processes.sif_retrieval.model.sunlight import Sunlight, View, functions, prepared
from casa_processes.sif_retrieval.windows import Fitted
from casa_processes.spectra.layouts.rows import Places, Rows
from casa_processes.spectra.photons import (
    photons_of_power_per_wavelength,
    power_per_wavelength_of_photons,
)
from casa_processes.spectra.sounding import LineShape
from casa_processes.spectroscopy.solar.builtin import synthetic_sun
from casa_processes.spectroscopy.solar.lines import SolarLines

type Values = NDArray[np.float64]

INSTRUMENT, BAND = "synthetic", "o2a"
ACROSS = 8
START = np.datetime64("2023-07-01T11:30:00", "ns")
_FRAME = np.timedelta64(333, "ms")
_SOUTH, _NORTH, _WEST, _SLOPE = 0.0, 60.0, 24.0, -0.25
_WIDTH = 0.02
"""Distance of footprints.  [degree of longitude]"""
_HALF = 0.5
"""Coefficient of I of the instrument."""
_BARREN, _FOREST, _CROPS, _WATER = 16, 2, 12, 0
_BORDERS, _COVERS = (14.0, 32.0, 36.0), (_FOREST, _BARREN, _WATER, _CROPS)
"""Latitudes between which land covers lie from south to north.  [degree]"""
_BRIGHTNESS = {_BARREN: 130.0, _FOREST: 85.0, _CROPS: 95.0, _WATER: 15.0}
"""Continuum under a Sun overhead.  [W m-2 sr-1 um-1]"""
_SPREAD, _SLOPES, _SHIFT = 0.25, 0.05, 1.0
"""Standard deviations: of the logarithm of brightness, of its slope over the band [1], and of the
shift of channels [1e-5 um]."""
_CLOUDY, _THICKER = 0.1, 4.0
"""Part of the soundings with a cloud; how much thicker the invented lines of the Sun are.  [1]"""
_FALL = ((0.740, 0.75865, 0.76995), (1.0, 1.0 / 1.5, 1.0 / 2.25))
"""Wavelengths [um], and fluorescence there over that at 740 nm."""


@dataclass(frozen=True, eq=False)
class Shapes:
    """What spectra are made of, over the channels of the band.

    Attributes
    ----------
    wavelength
        [um], shape (channel,)
    light, slope, moved
        Reflected sunlight, the same times the place in the band, and its change by a shift; over
        the mean of the sunlight.  shape (channel,)
    glow
        Fluorescence over that at 740 nm.  shape (channel,)
    noise
        Coefficients of photons and background.  shape (2, channel)
    full_scale
        [photon s-1 m-2 sr-1 um-1]
    """

    wavelength: Values
    light: Values
    slope: Values
    moved: Values
    glow: Values
    noise: Values
    full_scale: float


@lru_cache(maxsize=1)
def shapes() -> Shapes:
    """Return what spectra are made of; a process keeps it."""
    seen = synthetic_optics(spectrometer(INSTRUMENT), BAND)
    wavelength = seen.wavelength
    window = Window("757", float(wavelength[0]), float(wavelength[-1]), order=1)
    known = Sunlight(simulated_sun(), (seen.shape,))
    light, slope, moved, _ = functions(prepared(known, 0, wavelength), known, window, View())
    glow = np.exp(np.interp(wavelength, _FALL[0], np.log(_FALL[1])))
    noise = np.stack([seen.photon, seen.background])
    return Shapes(wavelength, light, slope, moved, glow, noise, seen.full_scale)


def simulated_sun() -> SolarLines:
    """Return sunlight with lines as deep as those in genuine windows."""
    sun = synthetic_sun()
    return replace(sun, thickness=_THICKER * sun.thickness)


@dataclass(frozen=True, eq=False)
class Simulation:
    """Soundings that are made when they are asked for; see `casa_processes.spectra.block.Blocks`.

    Attributes
    ----------
    count
        Number of soundings, whole frames of which are made.
    seed
        Of noise and surfaces.
    """

    count: int
    seed: int
    synthetic: bool = True
    across: int = ACROSS

    @property
    def spectrometer(self) -> Spectrometer:
        """Return the invented instrument."""
        return spectrometer(INSTRUMENT)

    @property
    def frames(self) -> int:
        """Return the number of frames."""
        return self.count // ACROSS

    def wavelength(self, _band: str) -> Values:
        """Return the channels of all footprints, which are the same."""
        return np.tile(shapes().wavelength, (ACROSS, 1))

    def full_scale(self, _band: str) -> float:
        """Return the largest radiance that the band is made for."""
        made = shapes()
        return float(_power(np.array([made.full_scale]), made.wavelength[:1])[0])

    def shapes(self, _band: str) -> tuple[LineShape, ...]:
        """Return the response of all channels."""
        return (synthetic_optics(spectrometer(INSTRUMENT), BAND).shape,)

    def places(self, frames: slice, across: slice) -> Places:
        """Make places, land cover and clouds."""
        frame, footprint = self._cells(frames, across)
        latitude = self._latitude(frame)
        longitude = _WEST + _SLOPE * latitude + _WIDTH * footprint
        time = START + frame * _FRAME
        number = frame * ACROSS + footprint
        half = 0.5 * (_NORTH - _SOUTH) / max(self.frames, 1)
        return Places(
            there=np.ones(frame.size, np.bool_),
            sounding_id=np.char.add("sif", np.char.zfill(number.astype(np.str_), 7)),
            time=time,
            latitude=latitude,
            longitude=longitude,
            solar_zenith=_solar_zenith(latitude),
            sensor_zenith=np.full(frame.size, 0.5),
            surface_class=_cover(latitude),
            cloud=self._drawn(frames, across)[3].astype(np.int64),
            land_fraction=(_cover(latitude) != _WATER).astype(np.float64),
            footprint=footprint,
            latitude_vertices=latitude[:, None] + half * np.array([-1.0, -1.0, 1.0, 1.0]),
            longitude_vertices=longitude[:, None] + _WIDTH * np.array([-0.5, 0.5, 0.5, -0.5]),
            approach=np.zeros(frame.size),
            recession=np.zeros(frame.size),
        )

    def rows(self, _band: str, channels: slice, frames: slice, across: slice) -> Rows:
        """Make spectra of some channels."""
        made = shapes()
        frame, footprint = self._cells(frames, across)
        bright, slope, shift, cloud = self._drawn(frames, across)
        light, steep, moved, glow = (
            each[channels] for each in (made.light, made.slope, made.moved, made.glow)
        )
        clear = np.stack([light, steep, moved])
        weights = bright[:, None] * np.stack([np.ones(frame.size), slope, shift], axis=1)
        spectra = weights @ clear + (self.true(frames, across) * (cloud == 0))[:, None] * glow
        wavelength = made.wavelength[channels]
        measured = _HALF * photons_of_power_per_wavelength(spectra, wavelength)
        photon, background = made.noise[:, channels]
        sigma = photon_noise(measured, photon, background, made.full_scale)
        measured += sigma * self._noise(frames, across, channels)
        sigma = photon_noise(measured, photon, background, made.full_scale)
        radiance, noise = (_power(each, wavelength) for each in (measured, sigma))
        return Rows(radiance.astype(np.float32), noise.astype(np.float32), footprint)

    def true(self, frames: slice, across: slice = slice(None)) -> Values:
        """Return the fluorescence at 740 nm that is simulated.  [W m-2 sr-1 um-1]."""
        frame, _ = self._cells(frames, across)
        latitude = self._latitude(frame)
        cover = _cover(latitude)
        green = (cover == _FOREST) | (cover == _CROPS)
        hills = 1.6 * np.exp(-((latitude / 8.0) ** 2)) + 2.2 * np.exp(-(((latitude - 50) / 9) ** 2))
        return np.where(green, hills, 0.0) * np.cos(np.radians(_solar_zenith(latitude)))

    def true_columns(self, windows: Sequence[Fitted], frames: slice) -> dict[str, Values]:
        """Return what is simulated by column: in the middle of each window, and at 740 nm."""
        true = self.true(frames)
        cloud = self._drawn(frames, slice(None))[3]
        seen = np.where(cloud == 0.0, true, 0.0)
        found = {"sif_740": seen}
        for each in windows:
            middle = 0.5 * (each.window.first + each.window.last)
            share = float(np.exp(np.interp(middle, _FALL[0], np.log(_FALL[1]))))
            found[f"sif_{each.column}"] = share * seen
        return found

    def _cells(self, frames: slice, across: slice) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return frame and footprint of each sounding."""
        lines = np.arange(*frames.indices(self.frames), dtype=np.int64)
        columns = np.arange(*across.indices(ACROSS), dtype=np.int64)
        return np.repeat(lines, columns.size), np.tile(columns, lines.size)

    def _latitude(self, frame: NDArray[np.int64]) -> Values:
        found: Values = _SOUTH + (_NORTH - _SOUTH) * (frame + 0.5) / max(self.frames, 1)
        return found

    def _drawn(self, frames: slice, across: slice) -> Values:
        """Draw brightness [W m-2 sr-1 um-1], slope and shift [1], and clouds; shape (4, sounding).

        Each frame has numbers of its own, whichever part is asked for.
        """
        lines = range(*frames.indices(self.frames))
        whole = np.empty((4, len(lines), ACROSS))
        for place, line in enumerate(lines):
            random = np.random.default_rng([self.seed, line, 0])
            whole[:3, place] = random.standard_normal((3, ACROSS))
            whole[3, place] = random.uniform(size=ACROSS) < _CLOUDY
        drawn: Values = whole[:, :, across].reshape(4, -1)
        frame, _ = self._cells(frames, across)
        latitude = self._latitude(frame)
        usual = np.array([_BRIGHTNESS[each] for each in _cover(latitude).tolist()])
        usual = np.where(drawn[3] > 0.0, 1.5 * usual, usual)
        drawn[0] = usual * np.cos(np.radians(_solar_zenith(latitude))) * np.exp(_SPREAD * drawn[0])
        drawn[1:3] *= np.array([[_SLOPES], [_SHIFT]])
        return drawn

    def _noise(self, frames: slice, across: slice, channels: slice) -> Values:
        """Draw numbers of a normal distribution, shape (sounding, channel)."""
        lines, size = range(*frames.indices(self.frames)), shapes().wavelength.size
        found = np.empty((len(lines), ACROSS, channels.stop - channels.start))
        for place, line in enumerate(lines):
            drawn = np.random.default_rng([self.seed, line, 1]).standard_normal((ACROSS, size))
            found[place] = drawn[:, channels]
        return found[:, across].reshape(-1, found.shape[2])


def _power(photons: Values, wavelength: Values) -> Values:
    """Return the radiance of all polarisations from what the instrument measures."""
    return power_per_wavelength_of_photons(photons, wavelength) / _HALF


def _cover(latitude: Values) -> NDArray[np.int64]:
    return np.array(_COVERS)[np.searchsorted(_BORDERS, latitude)]


def _solar_zenith(latitude: Values) -> Values:
    found: Values = np.abs(latitude - 23.0) + 5.0
    return found
