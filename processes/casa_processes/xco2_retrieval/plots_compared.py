"""Pictures of what soundings are off by: beside a collection, and over what may be the cause."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from casa_processes.common.drawing import BLUE, GREY, INK, RED, figure_of, plain, written
from casa_processes.xco2_retrieval.comparison import Matches

type Values = NDArray[np.float64]
type Columns = Mapping[str, NDArray[Any]]

CAUSES = {
    "albedo_o2a": "albedo of the O$_2$ A band / 1",
    "albedo_sco2": "albedo of the strong CO$_2$ band / 1",
    "aod_total": "optical depth of aerosol / 1",
    "solar_zenith_angle": "solar zenith angle / degree",
}
_OTHERS = {"albedo_o2a": "albedo_wco2", "albedo_sco2": "albedo_wco2"}
"""What stands in for a band that was not fitted."""

_BINS, _LEAST_BINS, _IN_A_BIN = 8, 3, 5
_OUTER = (2.0, 98.0)


def off(columns: Columns, matches: Matches | None) -> tuple[Values, str]:
    """Return what XCO2 is off by, and from what.

    The truth of simulated atmospheres comes first, then the collection that is compared with; else
    the a priori column, from which a retrieval should differ.

    Returns
    -------
    tuple
        [ppm], shape (sounding,), and a label of it.
    """
    found = columns["xco2"].astype(np.float64)
    true = columns.get("xco2_true")
    if true is not None and np.isfinite(true).any():
        return found - true, "retrieved - true / ppm"
    if matches is not None and np.isfinite(matches.column).any():
        return found - matches.column, f"retrieved - {matches.name} / ppm"
    return found - columns["xco2_apriori"], "retrieved - a priori / ppm"


def draw_dependence(path: Path, columns: Columns, matches: Matches | None, title: str) -> Path:
    """Draw what XCO2 is off by over albedos, optical depth and the height of the Sun.

    Parameters
    ----------
    path
        File to write.
    columns
        Of the soundings, by name of the vocabulary.
    matches
        What a collection says near them, if one was named.
    title
        Of the picture.
    """
    values, label = off(columns, matches)
    figure = figure_of(11.0, 7.2, title)
    for axes, name in zip(figure.subplots(2, 2, sharey=True).ravel(), CAUSES, strict=True):
        _cause(axes, columns, name, values)
    for axes in figure.axes[::2]:
        axes.set_ylabel(label)
    handles, labels = figure.axes[0].get_legend_handles_labels()
    if handles:
        figure.legend(handles, labels, frameon=False, fontsize=8, ncols=3, loc="outside lower left")
    return written(figure, path)


def draw_comparison(path: Path, columns: Columns, matches: Matches, title: str) -> Path:
    """Draw XCO2 over what a collection says near it."""
    figure = figure_of(6.4, 6.4, title)
    axes = figure.subplots()
    mine, theirs = columns["xco2"].astype(np.float64), matches.column
    beside = np.isfinite(mine) & np.isfinite(theirs)
    good = columns["quality_flag"] == 0
    for label, rows, colour in (
        ("fails a test", beside & ~good, GREY),
        ("good", beside & good, BLUE),
    ):
        if rows.any():
            sigma = np.nan_to_num(columns["xco2_uncertainty"][rows])
            wide = np.nan_to_num(matches.scatter[rows])
            axes.errorbar(
                theirs[rows],
                mine[rows],
                sigma,
                wide,
                fmt="o",
                ms=4,
                lw=0.7,
                color=colour,
                label=label,
            )
    if beside.any():
        both = np.concatenate([mine[beside], theirs[beside]])
        ends = np.array([both.min() - 1.5, both.max() + 1.5])
        axes.plot(ends, ends, color=INK, lw=0.8, ls="--", label="equal")
        axes.set(xlim=ends, ylim=ends, aspect="equal")
        axes.legend(frameon=False, fontsize=8, loc="lower right")
    counted = beside & good if (beside & good).any() else beside
    told = _told(mine[counted] - theirs[counted], "good " if (beside & good).any() else "")
    axes.text(0.04, 0.96, told, transform=axes.transAxes, fontsize=9, va="top")
    axes.set_xlabel(f"XCO$_2$ of {matches.name} / ppm")
    axes.set_ylabel("XCO$_2$ retrieved / ppm")
    plain(axes)
    return written(figure, path)


def _told(away: Values, kind: str) -> str:
    """Say by how much soundings are off."""
    if not away.size:
        return "no sounding has any near it"
    text = (
        f"{away.size} {kind}sounding{'s' * (away.size > 1)}\nmean difference {away.mean():+.2f} ppm"
    )
    return text + (f"\nstandard deviation {away.std(ddof=1):.2f} ppm" if away.size > 1 else "")


def _cause(axes: Axes, columns: Columns, name: str, values: Values) -> None:
    """Draw all soundings over one quantity, and medians of good ones in bins of as many."""
    label = CAUSES[name]
    if not np.isfinite(columns[name]).any() and name in _OTHERS:
        name, label = _OTHERS[name], "albedo of the weak CO$_2$ band / 1"
    place = columns[name].astype(np.float64)
    known, good = np.isfinite(place) & np.isfinite(values), columns["quality_flag"] == 0
    axes.axhline(0.0, color=GREY, lw=0.8)
    for what, rows, colour in (("fails a test", ~good, GREY), ("good", good, BLUE)):
        here = known & rows
        if here.any():
            axes.plot(place[here], values[here], "o", ms=3, alpha=0.5, color=colour, label=what)
    best = known & good if (known & good).sum() >= _LEAST_BINS * _IN_A_BIN else known
    _medians(axes, place[best], values[best])
    if known.any():
        low, high = np.percentile(values[known], _OUTER)
        margin = max(0.3 * (high - low), 0.5)
        axes.set_ylim(min(low - margin, -margin), max(high + margin, margin))
    axes.set_xlabel(label)
    plain(axes)


def _medians(axes: Axes, place: Values, values: Values) -> None:
    """Draw medians of bins with the middle two thirds around them; none of few soundings."""
    bins = min(_BINS, place.size // _IN_A_BIN)
    if bins < _LEAST_BINS or np.ptp(place) == 0.0:
        return
    parts = np.array_split(np.argsort(place, kind="stable"), bins)
    middle = [float(np.median(place[part])) for part in parts]
    low, half, high = np.array([np.percentile(values[part], (16, 50, 84)) for part in parts]).T
    axes.errorbar(
        middle, half, (half - low, high - half), fmt="o-", ms=4, lw=1.3, color=RED,
        label="median, two thirds",
    )  # fmt: skip
