"""What the kernels of two streams share: their terms and their memory."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.jit import kernel

type Single = NDArray[np.float32]

BLOCK = 128
SLANT = np.float32(1.66)
"""Way of diffuse light through a layer over its depth (Elsasser, 1942)."""


class Ground(NamedTuple):
    """Surface: `reflectance` of the beam towards the instrument [sr-1], `albedo`; (point,)."""

    reflectance: Single
    albedo: Single


class Diffusion(NamedTuple):
    """What kinds of scatterers do to diffuse light, scaled for their forward peak.

    Attributes
    ----------
    extinction, scattered
        Of an extinction depth of 1.  [1], shape (kind,)
    back, sun, sight
        Part of `scattered` that changes the hemisphere: of diffuse light, of the beam, and of
        diffuse light that goes to the instrument.  [1], shape (kind,)
    sun_cosine
        Of the zenith angle of the Sun.
    """

    extinction: Single
    scattered: Single
    back: Single
    sun: Single
    sight: Single
    sun_cosine: float


class Correction(NamedTuple):
    """Multiple scattering over that of two streams: 1 + c + b f + f Q f.

    The features f are the transmissions exp(-rate x) of the depth of absorption x along all layers
    and of that above the scatterers: two depths times two rates.

    Attributes
    ----------
    share
        Part of the absorption of a layer that lies above scatterers.  [1], shape (layer,)
    rate
        [1], shape (2,)
    constant, linear, quadratic
        c, b, shape (4,), and symmetric Q, shape (4, 4).
    """

    share: Single
    rate: Single
    constant: float
    linear: Single
    quadratic: Single


class Work(NamedTuple):
    """Memory of one block; arrays of shape (layer, BLOCK) unless said.

    Attributes
    ----------
    section
        Cross-sections, then changes of the absorption by temperature and by pressure,
        (gas + 2, layer, BLOCK).
    depth
        Absorption.
    sums
        Extinction, phase-weighted, scattered, and the parts of the latter that turn back: of
        diffuse light, of the beam, of light to the instrument; (layer, 6, BLOCK).
    means, bends
        Attenuation of light from one way into another and its slopes: diffuse back to diffuse, Sun
        to diffuse upwards, diffuse downwards to the instrument, Sun to the instrument, Sun to
        diffuse downwards, diffuse upwards to the instrument; (layer, 6, BLOCK).
    passed
        Transmission of diffuse light.
    beam, seen
        Beam at levels, transmission from levels to the instrument; (layer + 1, BLOCK).
    stack, glow, echo
        Of what lies below a level: reflectance of diffuse light, upward light by the beam, and
        its adjoint by the sight; (layer + 1, BLOCK).
    light, duty
        Diffuse light, (2, layer + 1, BLOCK): downwards and upwards at levels; its adjoint likewise.
    by_gas, by_kind
        Derivatives of the radiance by depths of absorption, and of kinds, (kind, layer, BLOCK).
    lines
        Scratch, (16, BLOCK): radiance, its derivatives by reflectance and by albedo, ratio of the
        correction, its derivatives by both depths, multiple scattering without it, and others.
    """

    section: NDArray[np.float32]
    depth: Single
    sums: Single
    means: Single
    bends: Single
    passed: Single
    beam: Single
    seen: Single
    stack: Single
    glow: Single
    echo: Single
    light: Single
    duty: Single
    by_gas: Single
    by_kind: Single
    lines: Single


@kernel
def memory(gases: int, kinds: int, layers: int) -> Work:
    """Return the memory of a block."""
    one, levels = (layers, BLOCK), (layers + 1, BLOCK)
    return Work(
        np.empty((gases + 2, layers, BLOCK), np.float32), np.empty(one, np.float32),
        np.empty((layers, 6, BLOCK), np.float32), np.empty((layers, 6, BLOCK), np.float32),
        np.empty((layers, 6, BLOCK), np.float32), np.empty(one, np.float32),
        np.empty(levels, np.float32), np.empty(levels, np.float32), np.empty(levels, np.float32),
        np.empty(levels, np.float32), np.empty(levels, np.float32),
        np.empty((2, layers + 1, BLOCK), np.float32), np.empty((2, layers + 1, BLOCK), np.float32),
        np.empty(one, np.float32), np.empty((kinds, layers, BLOCK), np.float32),
        np.empty((16, BLOCK), np.float32),
    )  # fmt: skip
