"""A picture of a grid: means, their uncertainty, and how many soundings, of the fullest step."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from casa_processes.common.drawing import figure_of, plain, written
from casa_processes.common.vocabulary import variable
from casa_processes.gridding.grid import Grid

type Floats = NDArray[np.float64]

_MOST_DRAWN = 2000
"""Most cells along an axis of the picture; of more, some are left out."""


@dataclass(eq=False)
class Fullest:
    """The step with the most cells that hold soundings, of the first variable."""

    name: str = ""
    start: np.datetime64 = field(default_factory=lambda: np.datetime64("NaT", "ns"))
    seen: int = 0
    fields: Mapping[str, Floats] = field(default_factory=dict)

    def offer(self, name: str, start: np.datetime64, fields: Mapping[str, Floats]) -> None:
        """Keep a step when it has more such cells than all before."""
        seen = int((fields["count"] > 0).sum())
        if seen > self.seen:
            self.name, self.start, self.seen, self.fields = name, start, seen, fields


def drawn(path: Path, grid: Grid, fullest: Fullest, title: str) -> Path | None:
    """Draw the fullest step; None where no step holds a sounding."""
    if not fullest.seen:
        return None
    row = variable(fullest.name)
    rows, columns = _window(grid, fullest.fields["count"])
    share = (rows.stop - rows.start) / max(columns.stop - columns.start, 1)
    height = float(np.clip(9.0 * share * grid.step[1] / grid.step[0], 2.2, 7.0))
    day = np.datetime_as_string(fullest.start, unit="D")
    uncertain = bool(np.nansum(fullest.fields["uncertainty"]) > 0.0)
    panels = [("mean", f"{row.en} / {row.units}", row.colour_map)]
    panels += [("uncertainty", f"standard uncertainty / {row.units}", "magma")] * uncertain
    panels += [("count", "number of soundings", "cividis")]
    figure = figure_of(9.5, len(panels) * height + 0.8, f"{title}\nstep from {day} on")
    for axes, (name, label, colours) in zip(
        figure.subplots(len(panels), 1, squeeze=False)[:, 0], panels, strict=True
    ):
        values = np.where(fullest.fields["count"] > 0, fullest.fields[name], np.nan)
        _panel(figure, axes, grid, values, (rows, columns), label, colours)
    return written(figure, path)


def _window(grid: Grid, count: Floats) -> tuple[slice, slice]:
    """Return rows and columns around the cells that hold soundings, with a margin of one."""
    seen = (count > 0).reshape(grid.size[1], grid.size[0])
    found = []
    for axis in (1, 0):
        places = np.flatnonzero(seen.any(axis=axis))
        found.append(slice(max(int(places[0]) - 1, 0), int(places[-1]) + 2))
    rows, columns = found
    return slice(rows.start, min(rows.stop, grid.size[1])), slice(
        columns.start, min(columns.stop, grid.size[0])
    )


def _panel(
    figure: Figure,
    axes: Axes,
    grid: Grid,
    values: Floats,
    window: tuple[slice, slice],
    label: str,
    colours: str,
) -> None:
    rows, columns = window
    here = values.reshape(grid.size[1], grid.size[0])[rows, columns]
    thin = tuple(max(1, -(-size // _MOST_DRAWN)) for size in here.shape)
    low, high = np.nanpercentile(here, (2, 98))
    west, south = (
        grid.longitude[columns][0] - grid.step[0] / 2,
        grid.latitude[rows][0] - grid.step[1] / 2,
    )
    extent = (
        west,
        west + here.shape[1] * grid.step[0],
        south,
        south + here.shape[0] * grid.step[1],
    )
    image = axes.imshow(
        here[:: thin[0], :: thin[1]],
        origin="lower",
        extent=extent,
        cmap=colours,
        vmin=low,
        vmax=max(high, low + 1e-6),
        interpolation="nearest",
        aspect="auto",
    )
    figure.colorbar(image, ax=axes, label=label, pad=0.01)
    axes.set_xlabel("longitude / degree")
    axes.set_ylabel("latitude / degree")
    plain(axes)
    axes.grid(visible=False)
    axes.set_facecolor("#d9d9d9")
