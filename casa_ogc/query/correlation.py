"""Variance of weighted sums whose errors are correlated in space and time.

The errors of i and j have the correlation exp(-d_ij / L) exp(-|t_i - t_j| / T). With u_i = w_i s_i
the variance of sum_i w_i x_i is sum_ij u_i u_j rho_ij. Up to 2048 places this double sum is exact.
Beyond, neighbours are put into 2048 groups (days that are summed alone share them): between groups
the correlation is that of their centres; within a group, between two different places, it is the
mean over 24 of them. Each place with itself is always exact, so that uncorrelated errors fall as
1/sqrt(N) whatever the groups.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.constants import EARTH_RADIUS

MOST_GROUPS = 2048
_LOOKED_AT = 24

type Floats = NDArray[np.float64]
type Members = list[NDArray[np.intp]]


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
    most: int = MOST_GROUPS,
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
        Places, or groups of them, whose correlations are computed.

    Notes
    -----
    Distances are great circles on the sphere of the mean radius.
    """
    places = _cartesian(longitudes, latitudes)
    times = np.zeros(longitudes.size) if seconds is None else seconds
    apart = scales.time if seconds is not None else 1.0
    scaled = np.column_stack([places * (EARTH_RADIUS / (scales.length or 1.0)), times])
    scaled[:, 3] /= apart or 1.0
    members = _groups(scaled, most)
    group = np.empty(longitudes.size, dtype=np.int64)
    for number, one in enumerate(members):
        group[one] = number
    centres = np.stack([places[one].mean(axis=0) for one in members])
    centres /= np.maximum(np.linalg.norm(centres, axis=1, keepdims=True), 1e-12)
    middles = np.array([times[one].mean() for one in members])
    between = _rho(centres, middles, scales.length, apart)
    within = [_within(places[one], times[one], scales.length, apart) for one in members]
    np.fill_diagonal(between, within)
    return Correlation(group, between)


def time_correlation(seconds: Floats, time: float) -> Floats:
    """Return exp(-|t_i - t_j| / T) of times [s], shape (n, n); T = 0 is the identity."""
    if time == 0:
        return np.eye(seconds.size)
    found: Floats = np.exp(-np.abs(seconds[:, None] - seconds[None, :]) / time)
    return found


def _groups(scaled: Floats, most: int) -> Members:
    """Halve the widest group's widest side again and again; places alone while there are few."""
    if scaled.shape[0] <= most:
        return [np.array([number]) for number in range(scaled.shape[0])]
    groups: Members = [np.arange(scaled.shape[0])]
    while len(groups) * 2 <= most:
        groups = [half for one in groups for half in _halves(scaled, one)]
    return groups


def _halves(scaled: Floats, members: NDArray[np.intp]) -> Members:
    mine = scaled[members]
    side = int(np.argmax(np.ptp(mine, axis=0)))
    middle = members.size // 2
    order = np.argpartition(mine[:, side], middle)
    return [members[order[:middle]], members[order[middle:]]]


def _within(places: Floats, times: Floats, length: float, time: float) -> float:
    """Return the mean correlation of two different places of a group."""
    count = min(places.shape[0], _LOOKED_AT)
    if count < 2:
        return 1.0
    some = np.linspace(0, places.shape[0] - 1, count).astype(np.intp)
    rho = _rho(places[some], times[some], length, time)
    return float((rho.sum() - np.trace(rho)) / (count * (count - 1)))


def _rho(places: Floats, times: Floats, length: float, time: float) -> Floats:
    """Return correlations of unit vectors and times with one another, 1 on the diagonal."""
    if length == 0 or time == 0:
        return np.eye(times.size)
    squared = 2 - 2 * np.clip(places @ places.T, -1.0, 1.0)
    distance = 2 * EARTH_RADIUS * np.arcsin(np.sqrt(np.maximum(squared, 0.0)) / 2)
    np.fill_diagonal(distance, 0.0)
    rho: Floats = np.exp(-distance / length) * time_correlation(times, time)
    return rho


def _cartesian(longitudes: Floats, latitudes: Floats) -> Floats:
    lon, lat = np.radians(longitudes), np.radians(latitudes)
    return np.column_stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])
