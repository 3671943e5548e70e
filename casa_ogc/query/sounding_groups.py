"""Soundings in groups that follow each other in time, and statistics of each group."""

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from casa_ogc.query import group_sums
from casa_ogc.query.answer import SoundingsAnswer
from casa_ogc.query.correlation import MOST_PLACES, vector_correlation
from casa_ogc.query.group_sums import DEVIATION, LEAST, MEAN, MOST, SUM, USED, WEIGHT
from casa_ogc.query.neighbours import unit_vectors
from casa_ogc.query.reducing import OWNERS, How, Reduction
from casa_processes.common.errors import InvalidValueError

type Floats = NDArray[np.float64]

_DAY = 86_400 * 10**9
_LEAST_PLACES = 64
_STATISTIC: dict[How, int] = {
    "mean": MEAN,
    "sum": SUM,
    "min": LEAST,
    "max": MOST,
    "std": DEVIATION,
    "count": USED,
}


@dataclass(frozen=True, eq=False)
class SoundingGroups:
    """Soundings in the order of time, and where each group of them begins.

    Attributes
    ----------
    edges
        Rows at which the groups begin, and where the last one ends, shape (group + 1,).
    labels
        What each group is called, shape (group,).
    """

    answer: SoundingsAnswer
    reduction: Reduction
    edges: NDArray[np.int64]
    labels: NDArray[np.str_]

    def places(self) -> dict[str, NDArray[Any]]:
        """Return label, mean time, middle on the sphere and number of each group."""
        x, y, z = group_sums.group_means(self._vectors, self.edges).T
        first, delay = group_sums.mean_delays(self._times, self.edges)
        later = np.rint(delay / 1e6).astype("timedelta64[ms]")
        return {
            "sounding_id": self.labels,
            "time": first.view("datetime64[ns]") + later,
            "longitude": np.degrees(np.arctan2(y, x)),
            "latitude": np.degrees(np.arctan2(z, np.hypot(x, y))),
            "count": np.diff(self.edges),
        }

    def column(self, name: str) -> Floats:
        """Return the statistic of a column, or the uncertainty of the statistic of another.

        Raises
        ------
        InvalidValueError
            For weights that need an uncertainty where there is none.
        """
        owner = OWNERS.get(name)
        if owner is not None and owner in self.answer.variables:
            return self._uncertainty(owner, name)
        return self._statistics(name)[:, _STATISTIC[self.reduction.how]]

    @cached_property
    def _times(self) -> NDArray[np.int64]:
        return self.answer.columns["time"].astype("datetime64[ns]").view(np.int64)

    @cached_property
    def _vectors(self) -> Floats:
        places = (self.answer.columns[name] for name in ("longitude", "latitude"))
        return unit_vectors(*(place.astype(np.float64, copy=False) for place in places))

    def _statistics(self, name: str) -> Floats:
        values = self.answer.columns[name]
        return group_sums.statistics(values, self._weights(name), self.edges)

    def _weights(self, name: str) -> NDArray[Any]:
        """Return the weight of each sounding, 0 or false where its value is missing."""
        valid: NDArray[Any] = np.isfinite(self.answer.columns[name])
        if self.reduction.weights == "equal" or self.reduction.how not in ("mean", "std"):
            return valid
        source = self.answer.columns.get(self.answer.variables[name].uncertainty or "")
        if source is None:
            expected = f"equal: {name} has no uncertainty here"
            raise InvalidValueError("weights", "inverse-variance", expected)
        errors = source.astype(np.float64)
        usable = valid & np.isfinite(errors) & (errors > 0)
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.where(usable, 1 / errors**2, 0.0)

    def _uncertainty(self, owner: str, name: str) -> Floats:
        """Propagate the uncertainty of means or sums; unknown where that of a used value is."""
        weights, errors = self._weights(owner), self.answer.columns[name]
        found = np.full(self.labels.size, np.nan)
        totals = np.ones(found.size)
        if self.reduction.how == "mean":
            totals = self._statistics(owner)[:, WEIGHT]
        for group, (start, end) in enumerate(pairwise(self.edges)):
            mine = weights[start:end] > 0
            used = slice(start, end) if mine.all() else start + np.flatnonzero(mine)
            u = weights[used] * errors[used].astype(np.float64)
            if u.size and np.isfinite(u).all():
                found[group] = self._deviation(used, u / totals[group], int(end - start))
        return found

    def _deviation(self, rows: slice | NDArray[np.intp], u: Floats, size: int) -> float:
        """Return the standard deviation of the sum of errors u of some rows of a group."""
        links = vector_correlation(
            self._vectors[rows],
            self._times[rows] / 1e9,
            self.reduction.scales,
            _share(size, self._times.size),
        )
        return float(np.sqrt(max(links.variances(u[None])[0], 0.0)))


def sounding_groups(answer: SoundingsAnswer, reduction: Reduction) -> SoundingGroups:
    """Put soundings into one group, or one for each day in UTC (over ``space``)."""
    times = answer.columns["time"].astype("datetime64[ns]").view(np.int64)
    if reduction.over == "all":
        edges = np.array([0, times.size], np.int64)
        return SoundingGroups(answer, reduction, edges, np.array([reduction.how]))
    days = times // _DAY
    first = np.flatnonzero(days[1:] != days[:-1]) + 1
    edges = np.concatenate([[0], first, [days.size]])
    names = days[edges[:-1]].astype("datetime64[D]").astype(str)
    labels = np.array([f"{reduction.how}-{name}" for name in names.tolist()])
    return SoundingGroups(answer, reduction, edges, labels)


def _share(rows: int, total: int) -> int:
    """Return the places of a day up to which all pairs count: all days cost what one sum does."""
    return max(int(MOST_PLACES * np.sqrt(rows / total)), _LEAST_PLACES)
