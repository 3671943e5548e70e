"""Spectra for the benchmark of fluorescence: lines, surfaces, shifts and noise that are drawn."""

import numpy as np
from numpy.typing import NDArray

from casa_processes.sif_retrieval.model import Block, Scenes, Surface, Window
from casa_processes.sif_retrieval.model.window import emission, place

type Values = NDArray[np.float64]

WINDOW = Window("757", 0.758_25, 0.759_25)
WIDE = Window("740", 0.743, 0.758, order=3, shape="gaussian")


def spectra(
    count: int, seed: int, channels: int, window: Window, green: bool = False
) -> tuple[tuple[Block, Scenes], Values]:
    """Draw soundings of one footprint, and their fluorescence.

    Parameters
    ----------
    green
        Whether they are vegetated: 0 to 2.5 W m-2 sr-1 um-1, else 0.

    Notes
    -----
    Fourteen lines for each nanometre of a narrow window, four of a wide one; a signal of 360 times
    the noise at 100 W m-2 sr-1 um-1.
    """
    rng = np.random.default_rng([seed, channels])
    wavelength = np.linspace(window.first, window.last, channels)
    sun, steep = _sunlight(wavelength, window)
    at = place(wavelength, window)
    level, moved = rng.uniform(30.0, 140.0, (count, 1)), rng.normal(0.0, 0.0008, (count, 1))
    slope, curve = rng.normal(0.0, [[0.02], [0.005]], (2, count))[:, :, None]
    sif = rng.uniform(0.0, 2.5, count) if green else np.zeros(count)
    clean = level * (1.0 + slope * at + curve * at**2) * (sun + steep * moved)
    clean += sif[:, None] * emission(wavelength, window)
    noise = np.sqrt(0.05**2 + 100.0 / 360.0**2 * clean)
    radiance = (clean + noise * rng.normal(size=clean.shape)).astype(np.float32)
    block = Block(radiance, noise.astype(np.float32), wavelength[None], np.zeros(count, np.int64))
    return (block, _bare(count)), sif


def _sunlight(wavelength: Values, window: Window) -> tuple[Values, Values]:
    """Return sunlight without its continuum, and its change for a nanometre."""
    rng = np.random.default_rng(7)
    wide = 1e3 * (window.last - window.first)
    lines, step = max(14, round(4 * wide)), wide / (wavelength.size - 1)
    middle = rng.uniform(1e3 * window.first - 0.05, 1e3 * window.last + 0.05, lines)
    depth, width = rng.uniform(0.03, 0.35, lines), rng.uniform(1.4, 2.8, lines) * step
    each = 1.0 - depth * np.exp(-0.5 * ((1e3 * wavelength[:, None] - middle) / width) ** 2)
    sun: Values = each.prod(axis=1)
    return sun, np.gradient(sun, step)


def _bare(count: int) -> Scenes:
    each = np.zeros(count)
    return Scenes(
        sounding_id=np.array([f"{number:08d}" for number in range(count)]),
        time=np.full(count, np.datetime64("2020-06-01T05:00:00", "ns")),
        latitude=each,
        longitude=each,
        solar_zenith=each + 30.0,
        sensor_zenith=each,
        surface_class=np.full(count, int(Surface.BARREN)),
        cloud=np.zeros(count, np.int64),
        land_fraction=each + 1.0,
    )
