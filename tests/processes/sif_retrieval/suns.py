"""Spectra of reflected sunlight and fluorescence, computed on a fine grid and seen by channels."""

import numpy as np

from casa_processes.common.constants import SPEED_OF_LIGHT
from casa_processes.instruments.shapes import gaussian
from casa_processes.sif_retrieval.model import Block
from casa_processes.spectra.photons import photons_of_power_per_wavelength
from casa_processes.spectroscopy.solar.builtin import synthetic_sun

WIDTH = 4.2e-5
SHAPE = gaussian(WIDTH)
SUN = synthetic_sun()
WAVELENGTH = 0.75795 + 1.75e-5 * np.arange(78)


def seen(light, wavelength=WAVELENGTH, width=WIDTH):
    """Average light, a function of wavelength [um], over Gaussian channels by plain sums."""
    sigma = width / (2.0 * np.sqrt(2.0 * np.log(2.0)))
    offset = np.linspace(-6.0, 6.0, 1201) * sigma
    weight = np.exp(-0.5 * (offset / sigma) ** 2)
    values = light((wavelength[:, None] + offset).ravel()).reshape(wavelength.size, -1)
    return values @ weight / weight.sum()


def power(wavelength):
    """Return sunlight at rest.  [W m-2 um-1]."""
    order = np.argsort(-wavelength)
    photons = np.empty_like(wavelength)
    photons[order] = SUN.irradiance(1e4 / wavelength[order])
    return photons / photons_of_power_per_wavelength(np.ones_like(wavelength), wavelength)


def spectrum(level, slope, sif, approach=0.0, recession=0.0, shift=0.0, depth=None, ways=(1, 1)):
    """Return what channels measure.  [W m-2 sr-1 um-1]."""

    def reflected(wavelength):
        surface = wavelength * (1.0 + approach / SPEED_OF_LIGHT)
        place = (wavelength - 0.75865) / 0.00055
        light = power(surface * (1.0 - recession / SPEED_OF_LIGHT)) * (1.0 + slope * place)
        return light * through(surface, sum(ways))

    def through(surface, way):
        return np.exp(-way * depth(1e4 / surface)) if depth else np.ones_like(surface)

    def fluorescence(wavelength):
        return sif * through(wavelength * (1.0 + approach / SPEED_OF_LIGHT), ways[1])

    light = seen(reflected, WAVELENGTH + shift)
    return level * light / light.mean() + seen(fluorescence, WAVELENGTH + shift)


def block(spectra, noise=None):
    """Return a block of one footprint; without noise, but with one to weigh by."""
    spectra = np.atleast_2d(spectra)
    sigma = 0.02 * np.sqrt(spectra) if noise is None else noise
    footprint = np.zeros(len(spectra), np.int64)
    return Block(spectra, sigma, WAVELENGTH[None], footprint)
