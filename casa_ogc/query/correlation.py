"""Variance of weighted sums whose errors are correlated in space and time.

The errors of i and j have the correlation exp(-d_ij / L) exp(-|t_i - t_j| / T). With u_i = w_i s_i
the variance of sum_i w_i x_i is sum_ij u_i u_j rho_ij. Up to 2048 places this double sum is exact.
Beyond, neighbours are put into 512 groups (days that are summed alone share them). Between groups
the correlation is that of their centres or, where they are wide for how close they are, the mean
over some of their members, as it is within a group between two different places. Each place with
itself is always exact, so that uncorrelated errors fall as 1/sqrt(N) whatever the groups.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.constants import EARTH_RADIUS

MOST_PLACES = 2048
_FEWER, _LEAST = 4, 64
_LOOKED_AT = 24
_SAMPLED = 32

type Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Scales:
    """Over what errors are correlated; 0 is not at all.

    Attributes
    ----------
    length
        Distance at which the correlation falls to 1/e.  [m]
    time
        Time at which it does.  [s]
    """

    length: float
    time: float


@dataclass(frozen=True, eq=False)
class Correlation:
    """Correlations of errors between groups of places.

    Attributes
    ----------
    group
        Group of each place, shape (n,).
    between
        Correlation of places in two groups, on the diagonal that of two different places in one,
        shape (g, g).
    """

    group: NDArray[np.int64]
    between: Floats

    def variances(self, u: Floats) -> Floats:
        """Return sum_ij u_i u_j rho_ij for each row of `u`, shape (row, n)."""
        totals = self._totals(u)
        found: Floats = ((totals @ self.between) * totals).sum(axis=1)
        return found + (u**2 * self._alone).sum(axis=1)

    def covariances(self, u: Floats) -> Floats:
        """Return sum_ij u_ai u_bj rho_ij for each pair of rows a, b of `u`, shape (row, row)."""
        totals = self._totals(u)
        found: Floats = totals @ self.between @ totals.T
        return found + (u * self._alone) @ u.T

    @property
    def _alone(self) -> Floats:
        """What a place has in common with itself but not with others of its group, shape (n,)."""
        alone: Floats = 1.0 - np.diagonal(self.between)[self.group]
        return alone

    def _totals(self, u: Floats) -> Floats:
        size = self.between.shape[0]
        return np.stack([np.bincount(self.group, row, size) for row in u])


def correlation(
    longitudes: Floats,
    latitudes: Floats,
    seconds: Floats | None,
    scales: Scales,
    most: int = MOST_PLACES,
) -> Correlation:
    """Return the correlation of errors at some places.

    Parameters
    ----------
    longitudes, latitudes
        Degrees, shape (n,).
    seconds
        Times, shape (n,); None where all are at one time.
    scales
        Over what errors are correlated.
    most
        Places up to which all pairs count; more are put into a fourth as many groups, 64 at least.

    Notes
    -----
    Distances are great circles on the sphere of the mean radius.
    """
    # The compiler is imported when the first statistic is asked.
    from casa_ogc.query.neighbours import unit_vectors

    places = unit_vectors(longitudes.astype(np.float64), latitudes.astype(np.float64))
    return vector_correlation(places, seconds, scales, most)


def vector_correlation(
    places: Floats, seconds: Floats | None, scales: Scales, most: int = MOST_PLACES
) -> Correlation:
    """Return the correlation of errors at some places: vectors of length 1, shape (n, 3).

    Other parameters as `correlation`.
    """
    from casa_ogc.query import neighbours

    times = np.zeros(len(places)) if seconds is None else seconds
    apart = 1.0 if seconds is None else scales.time
    if times.size <= most:
        every = np.column_stack([places, times])
        between = neighbours.correlations(every, scales.length, apart)
        return Correlation(np.arange(times.size), between)
    count = max(most // _FEWER, _LEAST)
    group, counts = _groups(places, times, Scales(scales.length, apart), count)
    centres = neighbours.middles(places, times, group, counts)
    members = neighbours.some_members(group, counts, _LOOKED_AT)
    between = neighbours.group_correlations(places, times, members, centres, scales.length, apart)
    return Correlation(group, between)


def _groups(
    places: Floats, times: Floats, scales: Scales, most: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the group of each place, and how many places each group has.

    The widest group's widest side is halved again and again. Where to cut is found among some of
    the places, in even steps through them.
    """
    from casa_ogc.query import neighbours

    scale = np.array([EARTH_RADIUS / (scales.length or 1.0)] * 3 + [1 / (scales.time or 1.0)])
    looked = min(times.size, _SAMPLED * most)
    some = np.linspace(0, times.size - 1, looked).astype(np.intp)
    depth = most.bit_length() - 1
    side, cut = neighbours.cuts(np.column_stack([places[some], times[some]]) * scale, depth)
    leaf = neighbours.leaves(places, times, scale, side, cut, depth)
    counts = np.bincount(leaf, minlength=1 << depth)
    number = np.cumsum(counts > 0) - 1
    return number[leaf], counts[counts > 0]


def time_correlation(seconds: Floats, time: float) -> Floats:
    """Return exp(-|t_i - t_j| / T) of times [s], shape (n, n); T = 0 is the identity."""
    if time == 0:
        return np.eye(seconds.size)
    found: Floats = np.exp(-np.abs(seconds[:, None] - seconds[None, :]) / time)
    return found
