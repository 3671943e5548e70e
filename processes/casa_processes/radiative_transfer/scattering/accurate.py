"""The accurate solver at some points of a band."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from casa_processes.radiative_transfer.absorption.kernel import Absorbers
from casa_processes.radiative_transfer.kernel import Paths, Scatterers
from casa_processes.radiative_transfer.scattering.mixture import Mixture
from casa_processes.radiative_transfer.scattering.sensitivity.kernel import Sensitivity, sensitive
from casa_processes.radiative_transfer.scattering.slab.kernel import Medium, Streams
from casa_processes.radiative_transfer.scattering.streams.kernel import every_doubling
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


def sections(gases: Absorbers, points: NDArray[np.int64]) -> Values:
    """Return cross-sections of gases at some of the points, and changes of the absorption.

    Returns
    -------
    ndarray
        Cross-sections [cm2 / molecule], then the changes of the depth of absorption a step of the
        tables, by temperature and pressure.  shape (gas + 2, layer, point)
    """
    count = len(gases.tables)
    found = np.zeros((count + 2, gases.node.shape[0], points.size))
    (p, t), (u, v) = gases.node.T[:, :, None], gases.share.T.astype(float)[:, :, None]
    for gas, (table, amount) in enumerate(zip(gases.tables, gases.amount, strict=True)):
        a, b, c, d = (table[p + i, t + j, gases.first + points] for i in (0, 1) for j in (0, 1))
        low, high, column = a + v * (b - a), c + v * (d - c), amount.astype(float)[:, None]
        found[gas] = low + u * (high - low)
        found[count] += column * ((1.0 - u) * (b - a) + u * (d - c))
        found[count + 1] += column * (high - low)
    return found


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


def doublings(mixture: Mixture, medium: Medium) -> NDArray[np.int64]:
    """Return how often the thin part of each layer is doubled to be as accurate as is asked for."""
    return every_doubling(medium, mixture.accuracy.thin)


def with_derivatives(
    mixture: Mixture, medium: Medium, doubled: NDArray[np.int64]
) -> tuple[Values, Sensitivity]:
    """Return what `accurate` does, and its derivatives by all depths and by the albedo.

    `doubled` tells how often the thin part of each layer is doubled.
    """
    kinds, layers, points = medium.scattering.shape
    by = Sensitivity(
        np.empty((layers, points)), np.empty((kinds, layers, points)), np.empty(points)
    )
    found = np.empty(points)
    sensitive(medium, mixture.streams, doubled, found, by)
    return found, by


def side_by_side(media: Sequence[Medium]) -> Medium:
    """Put the points of media that light crosses in the same directions into one."""
    first = media[0]
    extinction, scattering, albedo = (
        np.concatenate([getattr(each, name) for each in media], axis=-1)
        for name in ("extinction", "scattering", "albedo")
    )
    return Medium(extinction, scattering, first.sun, first.sight, albedo)


def accurate(mixture: Mixture, medium: Medium, doubled: NDArray[np.int64] | None = None) -> Values:
    """Return what is scattered or reflected more than once.

    Parameters
    ----------
    mixture
        Of its scatterers.
    medium
        Layers and surface.
    doubled
        How often the thin part of each layer is doubled; as the mixture's accuracy asks for when
        not given.  shape (layer,)

    Returns
    -------
    ndarray
        Over the irradiance of the beam.  [sr-1], shape (point,)
    """
    cut = doublings(mixture, medium) if doubled is None else doubled
    return _alone(medium, mixture.streams, cut)


def multiple(medium: Medium, streams: Streams, thin: float) -> Values:
    """Return what is scattered or reflected more than once, in given directions, shape (point,).

    Parameters
    ----------
    medium
        Layers and surface.
    streams
        Directions.
    thin
        Most scattering optical depth of the parts from which layers are doubled.
    """
    return _alone(medium, streams, every_doubling(medium, thin))


def _alone(medium: Medium, streams: Streams, doubled: NDArray[np.int64]) -> Values:
    """Return the radiance without derivatives."""
    kinds, layers, points = medium.scattering.shape
    none = Sensitivity(np.empty((layers, 0)), np.empty((kinds, layers, 0)), np.empty(0))
    found = np.empty(points)
    sensitive(medium, streams, doubled, found, none)
    return found
