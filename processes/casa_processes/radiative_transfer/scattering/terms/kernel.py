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


DEPTHS, RATES = 3, 2
FEATURES = DEPTHS * RATES
TERMS = 1 + FEATURES + FEATURES * (FEATURES + 1) // 2
COEFFICIENTS = TERMS + 1 + FEATURES + 2
"""Of a correction: the constant, linear ones, those of products of features i <= j; then the
constant and the linear ones of what the ground reflects; then those of the brightness of the ground
of all light and of what the ground reflects."""


class Correction(NamedTuple):
    """Multiple scattering over that of two streams.

    Light that comes from layers is multiplied by 1 + c + b f + f Q f + g a, diffuse light that the
    ground reflects straight to the instrument by d + e f + h a more. The features f are the
    transmissions exp(-rate x) of depths of absorption x: `DEPTHS` depths at the first rate, then at
    the second; a is the albedo over that of the correction, less 1.

    Attributes
    ----------
    share
        Part of the absorption of a layer that each depth counts.  [1], shape (depth, layer)
    rate
        [1], shape (rate,)
    constant, linear, quadratic
        c, b, shape (feature,), and symmetric Q, shape (feature, feature).
    ground
        d, then e.  shape (1 + feature,)
    brightness
        g and h.  shape (2,)
    albedo
        Of the correction.  [1]
    """

    share: Single
    rate: Single
    constant: float
    linear: Single
    quadratic: Single
    ground: Single
    brightness: Single
    albedo: float


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
        Scratch, (12, BLOCK): radiance, its derivatives by reflectance and by albedo, ratio of the
        correction of light from layers and from the ground, the latter light without it, all
        multiple scattering without it, and others.
    features, slopes
        Of the correction, (feature, BLOCK); its derivatives by depths, of light from layers and of
        what the ground adds to it, (2 depth, BLOCK).
    terms
        What the coefficients of the correction multiply, (coefficient, 1, BLOCK).
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
    features: Single
    slopes: Single
    terms: Single


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
        np.empty((12, BLOCK), np.float32), np.empty((FEATURES, BLOCK), np.float32),
        np.empty((2 * DEPTHS, BLOCK), np.float32), np.empty((COEFFICIENTS, 1, BLOCK), np.float32),
    )  # fmt: skip
