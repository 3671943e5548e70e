"""Spectra that follow the model of the fit itself: Fraunhofer lines, surfaces, shifts, noise."""

from dataclasses import dataclass

import numpy as np

from casa_processes.sif_retrieval.model import Block, Scenes, Surface, Window

WINDOW = Window("757", 0.758_25, 0.759_25)
READ, PHOTONS = 0.05, 100.0 / 360.0**2
"""Noise: deviation in the dark, and growth of its variance; a signal of 360 at 100 units."""


@dataclass(frozen=True, eq=False)
class World:
    """Soundings whose fluorescence is known."""

    block: Block
    scenes: Scenes
    sif: np.ndarray
    clean: np.ndarray


def sunlight(wavelength):
    """Fourteen lines at drawn places, the same ones for every footprint; wavelength [nm]."""
    rng = np.random.default_rng(7)
    place, depth = rng.uniform(758.2, 759.3, 14), rng.uniform(0.03, 0.35, 14)
    width = rng.uniform(0.02, 0.04, 14)
    lines = 1.0 - depth * np.exp(-0.5 * ((wavelength[..., None] - place) / width) ** 2)
    return lines.prod(axis=-1)


def world(
    count, seed=0, sif=0.0, footprints=1, channels=72, single=True, zero=None, structure=1.0,
    surface=Surface.BARREN, noisy=True,
):  # fmt: skip
    """Draw soundings: albedo slope and curve, shift of the channels, fluorescence, noise.

    `zero` is what the detector adds, as a function of the mean radiance.
    """
    rng = np.random.default_rng([seed, count])
    nodes = np.linspace(758.25, 759.25, channels)
    wavelength = nodes + 0.001 * np.arange(footprints)[:, None]
    wavelength[:, 0], wavelength[:, -1] = 758.25, 759.25
    footprint = rng.integers(0, footprints, count)
    place = (wavelength[footprint] - 758.75) / 0.5
    sun = sunlight(wavelength)[footprint]
    steep = np.gradient(sunlight(wavelength), axis=1)[footprint] * (channels - 1)
    slope, curve = rng.normal(0.0, [[0.02], [0.005]], (2, count))[:, :, None] * structure
    level = rng.uniform(30.0, 140.0, (count, 1))
    moved = rng.normal(0.0, 0.0008, (count, 1)) * structure
    shape = 1.0 + slope * place + curve * place**2
    true = np.broadcast_to(np.asarray(sif(rng, count) if callable(sif) else sif, float), count)
    clean = level * shape * (sun + steep * moved) + true[:, None]
    if zero is not None:
        clean = clean + zero(clean.mean(axis=1))[:, None]
    noise = np.sqrt(READ**2 + PHOTONS * clean)
    measured = clean + noise * rng.normal(size=clean.shape) if noisy else clean
    kind = np.float32 if single else np.float64
    block = Block(measured.astype(kind), noise.astype(kind), wavelength * 1e-3, footprint)
    return World(block, scenes(count, surface), np.array(true), clean)


def scenes(count, surface=Surface.BARREN, cloud=0, solar_zenith=30.0):
    """Return soundings that are all alike but for their names."""
    each = np.zeros(count)
    return Scenes(
        sounding_id=np.array([f"{number:08d}" for number in range(count)]),
        time=np.full(count, np.datetime64("2020-06-01T05:00:00", "ns")),
        latitude=each,
        longitude=each,
        solar_zenith=each + solar_zenith,
        sensor_zenith=each,
        surface_class=np.full(count, int(surface)),
        cloud=np.full(count, cloud),
        land_fraction=each + 1.0,
    )


def vegetated(rng, count):
    """Draw the fluorescence of vegetation."""
    return rng.uniform(0.0, 2.5, count)


def part(block, rows):
    """Return some soundings of a block, in any order."""
    return Block(block.radiance[rows], block.noise[rows], block.wavelength, block.footprint[rows])


def part_of(known, rows):
    """Return what is known of some soundings."""
    return Scenes(**{name: values[rows] for name, values in vars(known).items()})
