"""Pictures: figures that need no display, drawn on nothing but a file, the same again each time."""

from pathlib import Path
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

INK, BLUE, RED, GREY = "#222222", "#1f6fb4", "#c8442b", "#8a8a8a"
_DPI = 110


def figure_of(width: float, height: float, title: str) -> Figure:
    """Return an empty figure of some size [inch] with a title."""
    figure = Figure(figsize=(width, height), layout="constrained", dpi=_DPI)
    figure.suptitle(title, fontsize=11, color=INK)
    return figure


def written(figure: Figure, path: Path) -> Path:
    """Write a picture that tells nothing of the program's version; returns `path`."""
    figure.savefig(path, format="png", metadata={"Software": None})
    return path


def plain(axes: Axes) -> None:
    """Take away what does not help to read: upper and right border, a strong grid."""
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(color="#dddddd", lw=0.5)
    axes.set_axisbelow(True)


def wide(values: NDArray[Any]) -> tuple[float, float]:
    """Return limits a little wider than values, and a hundredth of a degree at least."""
    low, high = float(values.min()), float(values.max())
    margin = max(0.06 * (high - low), 0.005)
    return low - margin, high + margin
