"""Kinds of scatterers together: what each of the solvers has to know of them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.errors import InvalidValueError
from casa_processes.radiative_transfer.paths import Geometry
from casa_processes.radiative_transfer.scattering.directions import scaled, streams
from casa_processes.radiative_transfer.scattering.slab.kernel import Streams
from casa_processes.radiative_transfer.scattering.terms.kernel import Diffusion

type Values = NDArray[np.float64]


@dataclass(frozen=True)
class Accuracy:
    """How finely the accurate solver works.

    Attributes
    ----------
    streams
        Directions of a hemisphere.
    orders
        Of azimuth.
    thin
        Most scattering optical depth of the parts from which layers are doubled.
    points
        Spectral points of a band at which it is called.
    """

    streams: int = 6
    orders: int = 6
    thin: float = 0.001
    points: int = 40


ACCURATE = Accuracy()


@dataclass(frozen=True, eq=False)
class Mixture:
    """Kinds of scatterers, seen from one geometry.

    Attributes
    ----------
    phase
        Single-scattering albedo times phase function at the angle of scattering, for `Scatterers`.
        [1], shape (kind,)
    diffusion
        What two streams know of them.
    scattered, peak
        Single-scattering albedo, and the part of the scattered light that goes on as if it were not
        scattered.  [1], shape (kind,)
    streams
        What the accurate solver knows of them.
    accuracy
        How finely it works.
    """

    phase: NDArray[np.float32]
    diffusion: Diffusion
    scattered: Values
    peak: Values
    streams: Streams
    accuracy: Accuracy


def mixture(
    albedo: Values, moments: Values, geometry: Geometry, accuracy: Accuracy = ACCURATE
) -> Mixture:
    """Return kinds of scatterers as the solvers take them.

    Parameters
    ----------
    albedo
        Of single scattering.  [1], shape (kind,)
    moments
        Coefficients b of the phase functions sum_l b_l P_l.  shape (kind, moment)
    geometry
        Of Sun and instrument.
    accuracy
        How finely the accurate solver works.

    Raises
    ------
    InvalidValueError
        When there is no kind, or an albedo or a phase function is none.
    """
    if albedo.size == 0 or moments.shape[:1] != albedo.shape or moments.ndim != 2:
        raise InvalidValueError("kinds of scatterers", moments.shape, "moments of each albedo")
    if not ((albedo >= 0) & (albedo <= 1)).all() or not np.allclose(moments[:, 0], 1.0):
        raise InvalidValueError("kinds of scatterers", albedo, "albedo 0 to 1, moments from 1 on")
    peak, rest = scaled(moments, accuracy.streams)
    directions = streams(geometry, rest, accuracy.streams, accuracy.orders)
    cosine = geometry.scattering_cosine
    phase = np.array([np.polynomial.legendre.legval(cosine, each) for each in moments])
    return Mixture(
        (albedo * phase).astype(np.float32),
        _diffusion(albedo, peak, directions),
        albedo,
        peak,
        directions,
        accuracy,
    )


def _diffusion(albedo: Values, peak: Values, directions: Streams) -> Diffusion:
    """Average the phase functions over hemispheres."""
    count, weight = directions.cosine.size, directions.weight
    back = directions.back[0]
    diffuse = np.einsum("i,kij->k", weight, back[:, :count, :count])
    sun = np.einsum("i,ki->k", weight, back[:, :count, count]) * 2.0 * np.pi
    return Diffusion(
        extinction=(1.0 - albedo * peak).astype(np.float32),
        scattered=(albedo * (1.0 - peak)).astype(np.float32),
        back=diffuse.astype(np.float32),
        sun=sun.astype(np.float32),
        sight=back[:, count, :count].sum(axis=1).astype(np.float32),
        sun_cosine=directions.sun_cosine,
    )
