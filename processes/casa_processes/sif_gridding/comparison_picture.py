"""A picture of a comparison: how often which pair of means occurs, or each of them."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from casa_processes.common.drawing import GREY, INK, RED, figure_of, plain, written
from casa_processes.common.vocabulary import Variable
from casa_processes.sif_gridding import Comparison
from casa_processes.sif_gridding.against import Pairs

_MANY = 1500
"""Pairs from which on their density is drawn and not each of them."""
_MOST_DRAWN = 20_000
_CELLS = 45


@dataclass(frozen=True, eq=False)
class Sides:
    """What is on the axes: variables, and who measured them.

    Attributes
    ----------
    ours, theirs
        Rows of the vocabulary.
    our_name, their_name
        Missions or collections.
    latitude
        Of each pair.  [degree], shape (pair,)
    """

    ours: Variable
    theirs: Variable
    our_name: str
    their_name: str
    latitude: NDArray[np.float64]

    @property
    def alike(self) -> bool:
        """Whether both have one unit."""
        return self.ours.units == self.theirs.units


def draw_comparison(
    path: Path, pairs: Pairs, found: Comparison, sides: Sides, title: str
) -> Path | None:
    """Draw means of one over those of the other; None where there is none.

    Many pairs are counted in hexagons, few are dots in the colour of their latitude.
    """
    if not pairs.ours.size:
        return None
    figure = figure_of(7.4, 6.4, title)
    axes = figure.subplots()
    axes.set_xlabel(_label(sides.theirs, sides.their_name))
    axes.set_ylabel(_label(sides.ours, sides.our_name))
    across, along = _limits(pairs.theirs), _limits(pairs.ours)
    if sides.alike:
        across = along = min(across[0], along[0]), max(across[1], along[1])
    _points(figure, axes, pairs, sides, (*across, *along))
    if sides.alike:
        axes.plot(across, across, color=GREY, lw=1.0, ls="--", label="equal")
        axes.set_aspect("equal")
    if found.slope is not None and found.intercept is not None:
        ends = np.array(across)
        label = (
            f"{found.slope:.3g} x {'+' if found.intercept >= 0 else '−'} {abs(found.intercept):.2g}"
        )
        axes.plot(ends, found.slope * ends + found.intercept, color=RED, lw=1.3, label=label)
    axes.set_xlim(*across)
    axes.set_ylim(*along)
    axes.text(0.03, 0.97, _told(found), transform=axes.transAxes, va="top", fontsize=8, color=INK)
    if axes.get_legend_handles_labels()[0]:
        axes.legend(frameon=False, fontsize=8, loc="lower right")
    plain(axes)
    return written(figure, path)


def _points(
    figure: Figure,
    axes: Axes,
    pairs: Pairs,
    sides: Sides,
    limits: tuple[float, float, float, float],
) -> None:
    if pairs.ours.size >= _MANY and sides.alike:
        shown = axes.hexbin(
            pairs.theirs, pairs.ours, gridsize=_CELLS, mincnt=1, bins="log", extent=limits,
            cmap="viridis", linewidths=0.0,
        )  # fmt: skip
        figure.colorbar(shown, ax=axes, label="cells and steps", pad=0.01)
        return
    rows = np.arange(0, pairs.ours.size, max(1, -(-pairs.ours.size // _MOST_DRAWN)))
    size = float(np.clip(4000.0 / rows.size, 3.0, 18.0))
    dots = axes.scatter(
        pairs.theirs[rows], pairs.ours[rows], c=sides.latitude[rows], s=size, cmap="viridis",
        alpha=0.6, lw=0,
    )  # fmt: skip
    figure.colorbar(dots, ax=axes, label="latitude / degree", pad=0.01)


def _limits(values: NDArray[np.float64]) -> tuple[float, float]:
    """Return limits that leave out the outermost two in a thousand, with a margin."""
    low, high = (float(each) for each in np.percentile(values, (0.1, 99.9)))
    margin = 0.06 * (high - low) or 0.05 * abs(high) or 0.05
    return low - margin, high + margin


def _label(row: Variable, name: str) -> str:
    who = f"{name}: " if name else ""
    return f"{who}{row.en} / {row.units}"


def _told(found: Comparison) -> str:
    lines = [f"{found.pairs:,} cells and steps"]
    if found.correlation is not None:
        lines.append(f"correlation {found.correlation:.3f}")
    if found.mean_difference is not None and found.rms_difference is not None:
        lines.append(
            f"difference {found.mean_difference:+.3f}, root mean square {found.rms_difference:.3f}"
        )
    if found.expected_difference is not None:
        lines.append(f"expected from their errors {found.expected_difference:.3f}")
    return "\n".join(lines)
