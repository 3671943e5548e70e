"""Spectra of a wide window in which some scenes have lines of water vapour, after Beer's law."""

import numpy as np

from casa_processes.sif_retrieval.model import Block, Window
from casa_processes.sif_retrieval.model.window import emission

WIDE = Window("740", 0.743, 0.758, order=3, shape="gaussian", vectors=12)
WAVELENGTH = np.linspace(0.7425, 0.7585, 128)


def _lines(seed, count, deepest):
    rng = np.random.default_rng(seed)
    middle = rng.uniform(WAVELENGTH[0], WAVELENGTH[-1], count)
    depth = deepest * rng.uniform(0.2, 1.0, count)
    return np.exp(-0.5 * ((WAVELENGTH[:, None] - middle) / 1.2e-4) ** 2) @ depth


def humid(count, seed, depth, share, sif=None):
    """Draw soundings: `depth` is the optical depth of the deepest line, `share` who has lines.

    Returns the block, fluorescence, and which soundings have water.
    """
    rng = np.random.default_rng([seed, count])
    place = (WAVELENGTH - 0.7505) / 0.0075
    wet = rng.uniform(size=count) < share
    water = np.where(wet, np.exp(0.3 * rng.normal(size=count)), 0.0)[:, None]
    level = 110.0 * np.exp(0.3 * rng.normal(size=(count, 1)))
    surface = 1.0 + rng.normal(0.0, [0.05, 0.02], (count, 2)) @ np.stack([place, place**2])
    true = np.zeros(count) if sif is None else sif(rng, count)
    clean = level * surface * np.exp(-_lines(3, 60, 0.4) - _lines(4, 20, depth) * water)
    clean = clean + true[:, None] * emission(WAVELENGTH, WIDE)
    noise = np.sqrt(0.0025 + 1e-4 * clean)
    radiance = (clean + noise * rng.normal(size=clean.shape)).astype(np.float32)
    footprint = np.zeros(count, np.int64)
    return Block(radiance, noise.astype(np.float32), WAVELENGTH[None], footprint), true, wet
