"""A day of spectra like those of TROPOMI, simulated: 448 footprints, 3.3 million soundings."""

from pathlib import Path

import numpy as np

from casa_processes.instruments.spectrometer import spectrometer
from casa_processes.spectra.layouts.rows import Places, Rows
from casa_processes.spectra.simulated_blocks import put_frames, simulated_blocks

ACROSS, FRAMES = 448, 7366
CHANNELS = 128
TOGETHER = 64
_FIRST, _STEP, _FWHM = 0.7425, 0.000_126, 0.000_38
"""Wavelength of the first channel, distance of channels, and width of their response.  [um]"""
_SMILE = 2e-5
"""Largest shift of wavelengths across the track.  [um]"""
_NOISE = (0.0025, 1e-4)
"""Constant and slope of the variance of the noise: a signal of 100 is nearly 1000 times it."""
_DAY = np.timedelta64(86_400_000_000_000, "ns")


def spectra() -> tuple[np.ndarray, np.ndarray]:
    """Return wavelengths [um], shape (footprint, channel), and what spectra are made of.

    Sunlight, the same times the place in the window, absorption by water, and fluorescence over
    that at 740 nm; shape (footprint, 4, channel).
    """
    fine = np.arange(_FIRST - 0.002, _FIRST + CHANNELS * _STEP + 0.002, 5e-6)
    random = np.random.default_rng(3)
    sun = 1.0 - _lines(random, fine, 250, 0.5)
    water = _lines(random, fine, 60, 0.01)
    offset = np.arange(-200, 201) * 5e-6
    response = np.exp(-4.0 * np.log(2.0) * (offset / _FWHM) ** 2)
    light, absorbed = (
        np.convolve(each, response / response.sum(), "same") / sun.mean()
        for each in (sun, -water * sun)
    )
    smile = _SMILE * np.linspace(-1.0, 1.0, ACROSS) ** 2
    wavelength = _FIRST + np.arange(CHANNELS) * _STEP + smile[:, None]
    middle = (wavelength - 0.7505) / 0.0075
    glow = np.exp(-0.5 * ((wavelength - 0.740) / 0.021) ** 2)
    sunlight, steam = (np.interp(wavelength, fine, each) for each in (light, absorbed))
    return wavelength, np.stack([sunlight, sunlight * middle, steam, glow], axis=1)


def _lines(
    random: np.random.Generator, wavelength: np.ndarray, count: int, deepest: float
) -> np.ndarray:
    """Return what some drawn lines take away of light, 0 to 1, shape (point,)."""
    middle = random.uniform(wavelength[0], wavelength[-1], count)
    depth = deepest * random.uniform(size=count) ** 2
    found = np.zeros(wavelength.size)
    for where, deep in zip(middle, depth, strict=True):
        found = np.maximum(found, deep * np.exp(-(((wavelength - where) / 1.2e-5) ** 2)))
    return found


def places(frames: range) -> Places:
    """Return where some frames were taken: seven turns of a swath of 2600 km."""
    frame, across = (each.ravel() for each in np.meshgrid(frames, np.arange(ACROSS), indexing="ij"))
    phase = frame / FRAMES * 28.0 * np.pi
    latitude = 75.0 * np.sin(phase)
    half = 11.7 / np.maximum(np.cos(np.radians(latitude)), 0.2)
    longitude = (frame / FRAMES * 360.0 * 7.13 + half * (across / 224.0 - 1.0)) % 360.0 - 180.0
    north, east = np.array([-0.025, -0.025, 0.025, 0.025]), np.array([-0.5, 0.5, 0.5, -0.5])
    desert = (np.abs(latitude) > 15.0) & (np.abs(latitude) < 35.0)
    return Places(
        there=np.ones(frame.size, np.bool_),
        sounding_id=np.char.zfill((frame * ACROSS + across).astype(np.str_), 7),
        time=np.datetime64("2023-07-01", "ns") + frame * (_DAY // FRAMES),
        latitude=latitude,
        longitude=longitude,
        solar_zenith=20.0 + 0.6 * np.abs(latitude),
        sensor_zenith=np.abs(across / 224.0 - 1.0) * 66.0,
        surface_class=np.where(desert, 16, 12),
        cloud=np.zeros(frame.size, np.int64),
        land_fraction=np.ones(frame.size),
        footprint=across,
        latitude_vertices=latitude[:, None] + north,
        longitude_vertices=longitude[:, None] + half[:, None] / 224.0 * east,
        approach=np.zeros(frame.size),
        recession=np.zeros(frame.size),
    )


def true(where: Places) -> np.ndarray:
    """Return the fluorescence at 740 nm that is simulated.  [W m-2 sr-1 um-1]."""
    green = where.surface_class == 12
    return np.where(green, 1.5 * np.cos(np.radians(where.solar_zenith)), 0.0)


def write(path: Path, frames: int = FRAMES) -> float:
    """Write the day; returns the size of the radiances [byte]."""
    wavelength, made = spectra()
    noise = np.full((1, 1), _NOISE[0]), np.full((1, 1), _NOISE[1])
    known = spectrometer("tropomi")
    with simulated_blocks(path, known, (frames, ACROSS), wavelength, noise, "benchmark") as file:
        for start in range(0, frames, TOGETHER):
            some = range(start, min(start + TOGETHER, frames))
            where = places(some)
            radiance = _radiance(np.random.default_rng(start), where, made)
            put_frames(file, start, where, Rows(radiance, radiance, where.footprint))
    return 4.0 * frames * ACROSS * CHANNELS


def _radiance(random: np.random.Generator, where: Places, made: np.ndarray) -> np.ndarray:
    """Return spectra with noise, float32, shape (sounding, channel)."""
    drawn = random.standard_normal((3, where.footprint.size))
    bright = 110.0 * np.cos(np.radians(where.solar_zenith)) * np.exp(0.3 * drawn[0])
    weights = np.stack([bright, 0.1 * bright * drawn[1], bright * np.exp(0.3 * drawn[2])])
    weights = np.concatenate([weights, true(where)[None]]).astype(np.float32)
    clean = np.empty((where.footprint.size, CHANNELS), np.float32)
    for footprint in range(ACROSS):
        rows = slice(footprint, None, ACROSS)
        clean[rows] = weights[:, rows].T @ made[footprint].astype(np.float32)
    sigma = np.sqrt(np.float32(_NOISE[0]) + np.float32(_NOISE[1]) * clean)
    return clean + sigma * random.standard_normal(clean.shape, np.float32)
