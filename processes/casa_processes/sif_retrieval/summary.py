"""What a run says of its soundings, added up block by block, and a sample of them for pictures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from casa_processes.sif_retrieval import Statistics, Trained
from casa_processes.sif_retrieval.model import Outcome, Quality, ZeroLevel
from casa_processes.sif_retrieval.stored import Trainings
from casa_processes.sif_retrieval.windows import Fitted

SAMPLE = 20_000
"""About how many soundings pictures show."""

type Columns = Mapping[str, NDArray[Any]]


@dataclass(eq=False)
class Sums:
    """Sums over the soundings of one column that are best or good."""

    count: int = 0
    value: float = 0.0
    square: float = 0.0
    sigma: float = 0.0
    bare: int = 0
    bare_value: float = 0.0
    true: float = 0.0
    error: float = 0.0
    error_square: float = 0.0

    def statistics(self, *, simulated: bool) -> Statistics:
        """Return means and deviations; null of none."""
        n = self.count
        if not n:
            return Statistics(count=0)
        mean = self.value / n
        return Statistics(
            count=n,
            mean=mean,
            standard_deviation=_root(self.square / n - mean**2),
            mean_uncertainty=self.sigma / n,
            bare_count=self.bare,
            bare_mean=self.bare_value / self.bare if self.bare else None,
            true_mean=self.true / n if simulated else None,
            error_deviation=_root(self.error_square / n - (self.error / n) ** 2)
            if simulated
            else None,
        )


@dataclass(eq=False)
class Account:
    """Counts, sums by column, and a sample.

    Attributes
    ----------
    every
        Of how many soundings one is in the sample.
    """

    every: int
    written: int = 0
    outcomes: dict[str, int] = field(default_factory=dict)
    classes: dict[str, int] = field(default_factory=dict)
    sums: dict[str, Sums] = field(default_factory=dict)
    sample: list[dict[str, NDArray[Any]]] = field(default_factory=list)

    def add(
        self,
        columns: Columns,
        bare: NDArray[np.bool_],
        true: Mapping[str, NDArray[np.float64]],
        beside: Columns,
    ) -> None:
        """Add soundings as they are written.

        Parameters
        ----------
        columns
            By names of the vocabulary.
        bare
            Soundings without vegetation.
        true
            What was simulated by column; empty of others.
        beside
            Further columns of the sample.
        """
        count = bare.size
        _count(self.outcomes, columns["sif_outcome"], Outcome)
        _count(self.classes, columns["sif_quality_class"], Quality)
        good = columns["sif_quality_class"] < Quality.FAILED
        for name in columns:
            if f"{name}_uncertainty" in columns and name.startswith("sif_"):
                self._sum(name, columns, good & np.isfinite(columns[name]), bare, true)
        rows = np.arange(-self.written % self.every, count, self.every)
        whole = {**columns, **beside}
        self.sample.append({name: values[rows] for name, values in whole.items()})
        self.written += count

    def sampled(self) -> dict[str, NDArray[Any]]:
        """Return the sample as columns."""
        return {
            name: np.concatenate([each[name] for each in self.sample]) for name in self.sample[0]
        }

    def _sum(
        self,
        name: str,
        columns: Columns,
        good: NDArray[np.bool_],
        bare: NDArray[np.bool_],
        true: Mapping[str, NDArray[np.float64]],
    ) -> None:
        sums = self.sums.setdefault(name, Sums())
        values = columns[name][good].astype(np.float64)
        sums.count += values.size
        sums.value += float(values.sum())
        sums.square += float((values**2).sum())
        sums.sigma += float(columns[f"{name}_uncertainty"][good].astype(np.float64).sum())
        sums.bare += int((good & bare).sum())
        sums.bare_value += float(columns[name][good & bare].astype(np.float64).sum())
        if name in true:
            error = values - true[name][good]
            sums.true += float(true[name][good].sum())
            sums.error += float(error.sum())
            sums.error_square += float((error**2).sum())


def trained_of(
    windows: Sequence[Fitted], trained: Trainings, levels: Mapping[str, ZeroLevel | None]
) -> dict[str, Trained]:
    """Sum up what was trained, by the name of the window."""
    found = {}
    for each in windows:
        name = each.window.name
        known = [one for one in trained.get(name, ()) if one is not None]
        counts = sorted(one.count for one in known)
        found[name] = Trained(
            footprints=len(known),
            spectra=sum(one.spectra for one in known),
            rejected=sum(one.rejected for one in known),
            vectors=[counts[0], counts[len(counts) // 2], counts[-1]] if counts else [],
            zero_level=levels[name] is not None,
        )
    return found


def _count(counts: dict[str, int], codes: NDArray[Any], names: type[Outcome | Quality]) -> None:
    for each in names:
        found = int((codes == each).sum())
        if found:
            counts[each.name.lower()] = counts.get(each.name.lower(), 0) + found


def _root(variance: float) -> float:
    return float(np.sqrt(max(variance, 0.0)))
