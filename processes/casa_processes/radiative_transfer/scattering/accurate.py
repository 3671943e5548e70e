"""The accurate solver at some points of a band."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from casa_processes.radiative_transfer.absorption.kernel import Absorbers
from casa_processes.radiative_transfer.kernel import Paths, Scatterers
from casa_processes.radiative_transfer.scattering.mixture import Mixture
from casa_processes.radiative_transfer.scattering.slab.kernel import Medium
from casa_processes.radiative_transfer.scattering.streams.kernel import multiple
from casa_processes.radiative_transfer.scattering.terms.kernel import Ground

type Values = NDArray[np.float64]


def absorption(gases: Absorbers, points: NDArray[np.int64]) -> Values:
    """Return optical depths of absorption, shape (layer, point), at some of the points."""
    depth = np.zeros((gases.node.shape[0], points.size))
    (p, t), (u, v) = gases.node.T[:, :, None], gases.share.T[:, :, None]
    for table, amount in zip(gases.tables, gases.amount, strict=True):
        a, b, c, d = (table[p + i, t + j, gases.first + points] for i in (0, 1) for j in (0, 1))
        low, high = a + v * (b - a), c + v * (d - c)
        depth += amount[:, None] * (low + u * (high - low)).astype(np.float64)
    return depth


def medium(
    mixture: Mixture,
    absorbed: Values,
    air: Scatterers,
    ways: Paths,
    ground: Ground,
    points: NDArray[np.int64],
) -> Medium:
    """Return layers and surface as the accurate solver takes them.

    Parameters
    ----------
    mixture
        Of the scatterers in `air`.
    absorbed
        Optical depths of absorption.  [1], shape (layer, point)
    air, ways, ground
        As `casa_processes.radiative_transfer.scattering.kernel.radiance` takes them.
    points
        Where the absorbed ones are among the points of `air` and `ground`.  shape (point,)
    """
    spread = air.depth.astype(float)[:, :, None] * air.shape.astype(float)[:, None, points]
    peak = (mixture.scattered * mixture.peak)[:, None, None]
    return Medium(
        absorbed + ((1.0 - peak) * spread).sum(axis=0),
        (mixture.scattered * (1.0 - mixture.peak))[:, None, None] * spread,
        ways.sun.astype(float),
        ways.sight.astype(float),
        ground.albedo[points].astype(float),
    )


def side_by_side(media: Sequence[Medium]) -> Medium:
    """Put the points of media that light crosses in the same directions into one."""
    first = media[0]
    extinction, scattering, albedo = (
        np.concatenate([getattr(each, name) for each in media], axis=-1)
        for name in ("extinction", "scattering", "albedo")
    )
    return Medium(extinction, scattering, first.sun, first.sight, albedo)


def accurate(mixture: Mixture, medium: Medium) -> Values:
    """Return what is scattered or reflected more than once.

    Parameters
    ----------
    mixture
        Of its scatterers.
    medium
        Layers and surface.

    Returns
    -------
    ndarray
        Over the irradiance of the beam.  [sr-1], shape (point,)
    """
    found = np.empty(medium.albedo.size)
    multiple(medium, mixture.streams, mixture.accuracy.thin, found)
    return found
