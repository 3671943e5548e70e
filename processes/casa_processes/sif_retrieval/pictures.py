"""Pictures of a run: a fit, singular vectors, errors over brightness, and all soundings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from casa_processes.common.drawing import BLUE, GREY, INK, RED, figure_of, plain, wide, written
from casa_processes.sif_retrieval.model import Training, ZeroLevel
from casa_processes.sif_retrieval.stored import Trainings
from casa_processes.sif_retrieval.windows import Fitted
from casa_processes.spectra.block import Blocks

type Columns = Mapping[str, NDArray[Any]]
type Values = NDArray[np.float64]

_GREEN = "#2a8c5a"
_COLOURS = (BLUE, RED, _GREEN, "#8a5fb0", "#b08a2a")
_UNIT = "W m$^{-2}$ sr$^{-1}$ µm$^{-1}$"
_NANOMETRES = 1e3
_CURVES = 8


@dataclass(frozen=True, eq=False)
class Seen:
    """What pictures show.

    Attributes
    ----------
    blocks, windows, trained, levels
        As in a run.
    sample
        Columns of some soundings, with ``cell``, frame times soundings of a frame plus place, and
        ``row`` of the wavelengths.
    """

    blocks: Blocks
    windows: tuple[Fitted, ...]
    trained: Trainings
    levels: Mapping[str, ZeroLevel | None]
    sample: Columns


@dataclass(frozen=True, eq=False)
class Spectrum:
    """One sounding in one window: measured, fitted and its noise.

    In W m-2 sr-1 um-1 over wavelengths [um], shape (channel,).
    """

    title: str
    wavelength: Values
    measured: Values
    fitted: Values
    noise: Values


def drawn(folder: Path, seen: Seen, *, simulated: bool) -> dict[str, Path]:
    """Draw the pictures of a run; returns them by output."""
    word = " (synthetic)" if simulated else ""
    column = _main(seen)
    found = {
        "errors": draw_errors(folder / "errors.png", seen, f"Errors{word}"),
        "map": draw_map(folder / "map.png", seen.sample, column, f"Fluorescence{word}"),
    }
    picked = _picked(seen)
    if picked is None:
        return found
    footprint = int(seen.sample["row"][picked])
    known = {
        each.window.name: training
        for each in seen.windows
        if (training := seen.trained[each.window.name][footprint]) is not None
    }
    title = f"Singular vectors of spectra without vegetation, footprint {footprint + 1}{word}"
    found["vectors"] = draw_vectors(folder / "vectors.png", known, title)
    title = f"Sounding {seen.sample['sounding_id'][picked]}{word}"
    found["fit"] = draw_fit(folder / "fit.png", _spectra(seen, picked), title)
    return found


def draw_fit(path: Path, spectra: Sequence[Spectrum], title: str) -> Path:
    """Draw measured and fitted spectra, and their difference over the noise."""
    figure = figure_of(4.2 + 4.2 * len(spectra), 5.4, title)
    panels = figure.subplots(2, len(spectra), height_ratios=[2.4, 1.0], squeeze=False)
    for above, below, each, colour in zip(*panels, spectra, _COLOURS, strict=False):
        place = each.wavelength * _NANOMETRES
        above.plot(place, each.measured, color="#a9c3dd", lw=3.0, label="measured")
        above.plot(place, each.fitted, color=INK, lw=0.8, label="fitted")
        above.set_title(each.title, fontsize=9)
        above.legend(frameon=False, fontsize=8)
        below.axhspan(-1.0, 1.0, color="#e8e8e8", lw=0)
        below.axhline(0.0, color=GREY, lw=0.6)
        residual = (each.measured - each.fitted) / each.noise
        below.plot(place, residual, color=colour, lw=0.9, marker=".", ms=3)
        limit = max(4.0, 1.1 * float(np.abs(residual).max()))
        below.set_ylim(-limit, limit)
        below.set_xlabel("wavelength in vacuum / nm")
        for axes in (above, below):
            axes.ticklabel_format(useOffset=False)
            plain(axes)
    panels[0, 0].set_ylabel(f"radiance / {_UNIT}")
    panels[1, 0].set_ylabel("residual / noise")
    return written(figure, path)


def draw_vectors(path: Path, trained: Mapping[str, Training], title: str) -> Path:
    """Draw singular vectors of each window, and by what their number was chosen."""
    figure = figure_of(11.0, 0.8 + 3.0 * max(len(trained), 1), title)
    panels = figure.subplots(max(len(trained), 1), 3, width_ratios=[2.2, 1.0, 1.0], squeeze=False)
    for row, (name, each) in zip(panels, trained.items(), strict=False):
        place = each.wavelength * _NANOMETRES
        for number, vector in enumerate(each.vectors[: len(_COLOURS)]):
            label = f"{number + 1}"
            row[0].plot(place, vector, color=_COLOURS[number], lw=1.1, label=label)
        row[0].legend(frameon=False, fontsize=7, ncols=5)
        row[0].set_ylabel(f"window {name}\nsingular vector / 1", fontsize=8)
        row[0].set_xlabel("wavelength in vacuum / nm", fontsize=8)
        row[0].ticklabel_format(useOffset=False)
        tried = np.arange(1, each.explained.size + 1)
        row[1].semilogy(tried, np.maximum(each.explained, 1e-16), color=BLUE, marker="o", ms=3)
        row[1].set_ylabel("part of the variance / 1", fontsize=8)
        finite = np.isfinite(each.criterion)
        row[2].plot(tried[finite], each.criterion[finite], color=RED, marker="o", ms=3)
        row[2].axvline(each.count, color=GREY, lw=0.8, ls="--")
        row[2].set_ylabel("information criterion / 1", fontsize=8)
        for axes in row[1:]:
            axes.set_xlabel("number of vectors", fontsize=8)
        for axes in row:
            plain(axes)
    return written(figure, path)


def draw_errors(path: Path, seen: Seen, title: str) -> Path:
    """Draw uncertainty and zero level over brightness, for each window."""
    figure = figure_of(10.5, 0.8 + 3.0 * len(seen.windows), title)
    panels = figure.subplots(len(seen.windows), 2, squeeze=False)
    for row, each in zip(panels, seen.windows, strict=True):
        column, level = each.column, seen.levels[each.window.name]
        bright = seen.sample[f"continuum_radiance_{column}"]
        sigma = seen.sample[f"sif_{column}_uncertainty"]
        known = np.isfinite(bright) & np.isfinite(sigma)
        row[0].scatter(bright[known], sigma[known], s=2, color=BLUE, alpha=0.35, lw=0)
        row[0].set_ylabel(f"window {each.window.name}\nuncertainty / {_UNIT}", fontsize=8)
        row[0].set_ylim(0.0, None)
        _zero_level(row[1], level)
        for axes in row:
            axes.set_xlabel(f"continuum / {_UNIT}", fontsize=8)
            plain(axes)
    return written(figure, path)


def draw_map(path: Path, sample: Columns, column: str, title: str) -> Path:
    """Draw where fluorescence is, how often which values occur, and how they lie over latitude."""
    figure = figure_of(11.0, 7.6, title)
    grid = figure.add_gridspec(2, 2, width_ratios=[1.6, 1.0])
    good = (sample["sif_quality_class"] < 2) & np.isfinite(sample[column])
    _map(figure, figure.add_subplot(grid[:, 0]), sample, column, good)
    _histogram(figure.add_subplot(grid[0, 1]), sample, column, good)
    _profile(figure.add_subplot(grid[1, 1]), sample, column, good)
    return written(figure, path)


def _zero_level(axes: Axes, level: ZeroLevel | None) -> None:
    axes.axhline(0.0, color=GREY, lw=0.6)
    axes.set_ylabel(f"zero level / {_UNIT}", fontsize=8)
    if level is None:
        axes.text(0.5, 0.6, "none was subtracted", transform=axes.transAxes, ha="center")
        return
    known = np.flatnonzero(np.isfinite(level.offset).any(axis=1))
    for number in known[:: max(1, known.size // _CURVES)].tolist():
        place, offset, spread = (
            each[number] for each in (level.radiance, level.offset, level.uncertainty)
        )
        (line,) = axes.plot(place, offset, lw=1.0, marker=".", ms=3, label=f"{number + 1}")
        colour = line.get_color()
        axes.errorbar(place[:1], offset[:1], yerr=spread[:1], color=colour, lw=0.6)
        axes.fill_between(place, offset - spread, offset + spread, color=colour, alpha=0.12, lw=0)
    axes.legend(frameon=False, fontsize=7, ncols=4, title="footprint", title_fontsize=7)


def _map(figure: Figure, axes: Axes, sample: Columns, column: str, good: NDArray[np.bool_]) -> None:
    bad = ~good
    size = float(np.clip(40_000.0 / good.size, 3.0, 30.0))
    x, y = sample["longitude"], sample["latitude"]
    axes.scatter(x[bad], y[bad], s=size, color="#cccccc", lw=0, label="failed")
    if good.any():
        values = sample[column][good]
        low, high = np.percentile(values, (2, 98))
        shown = axes.scatter(
            x[good], y[good], c=values, s=size, lw=0, cmap="YlGn",
            vmin=low, vmax=max(high, low + 0.01),
        )  # fmt: skip
        figure.colorbar(shown, ax=axes, label=f"{column} / {_UNIT}", pad=0.01)
    axes.set_facecolor("#f4f4f4")
    axes.set_xlim(*wide(x))
    axes.set_ylim(*wide(y))
    axes.set_xlabel("longitude / degree")
    axes.set_ylabel("latitude / degree")
    if bad.any():
        axes.legend(frameon=False, fontsize=8)
    plain(axes)


def _histogram(axes: Axes, sample: Columns, column: str, good: NDArray[np.bool_]) -> None:
    bare = good & np.isin(sample["igbp_class"], (15, 16))
    axes.set_xlabel(f"{column} / {_UNIT}")
    axes.set_ylabel("soundings")
    plain(axes)
    if not good.any():
        return
    low, high = np.percentile(sample[column][good], (0.5, 99.5))
    edges = np.linspace(low, max(high, low + 0.01), 40)
    kinds = (("without vegetation", bare, GREY), ("others", good & ~bare, _GREEN))
    for label, rows, colour in kinds:
        if rows.any():
            counts, _ = np.histogram(np.clip(sample[column][rows], low, high), edges)
            axes.stairs(counts, edges, color=colour, lw=1.3, label=label)
    axes.axvline(0.0, color=INK, lw=0.6)
    axes.legend(frameon=False, fontsize=8, loc="upper right")


def _profile(axes: Axes, sample: Columns, column: str, good: NDArray[np.bool_]) -> None:
    """Draw means over belts of latitude, with their standard errors."""
    axes.set_xlabel(f"{column} / {_UNIT}")
    axes.set_ylabel("latitude / degree")
    axes.axvline(0.0, color=INK, lw=0.6)
    plain(axes)
    if not good.any():
        return
    latitude, values = sample["latitude"][good], sample[column][good].astype(np.float64)
    edges = np.linspace(latitude.min(), latitude.max() + 1e-9, 31)
    belt = np.digitize(latitude, edges) - 1
    count = np.bincount(belt, minlength=30)[:30]
    total, square = (np.bincount(belt, values**power, 30)[:30] for power in (1, 2))
    seen = count > 1
    mean = total[seen] / count[seen]
    spread = np.sqrt(np.maximum(square[seen] / count[seen] - mean**2, 0.0) / count[seen])
    middle = 0.5 * (edges[1:] + edges[:-1])[seen]
    axes.errorbar(mean, middle, xerr=spread, color=_GREEN, marker="o", ms=3, lw=1.0)


def _main(seen: Seen) -> str:
    return "sif_740" if "sif_740" in seen.sample else f"sif_{seen.windows[0].column}"


def _picked(seen: Seen) -> int | None:
    """Return the sounding of the sample that is drawn: a bright one, best if there is any.

    Only such of footprints that could be trained in all windows; None where there is none.
    """
    sample = seen.sample
    trained = [
        [each.footprint for each in seen.trained.get(one.window.name, ()) if each is not None]
        for one in seen.windows
    ]
    known = set.intersection(*map(set, trained))
    whole = np.isin(sample["row"], sorted(known)) & (sample["sif_outcome"] == 0)
    best = whole & (sample["sif_quality_class"] == 0)
    rows = np.flatnonzero(best if best.any() else whole)
    if not rows.size:
        return None
    bright = sample[f"continuum_radiance_{seen.windows[0].column}"][rows]
    return int(rows[np.argsort(bright, kind="stable")[(9 * rows.size) // 10]])


def _spectra(seen: Seen, picked: int) -> list[Spectrum]:
    """Read a sounding once more, and fit it in each window."""
    frame, place = divmod(int(seen.sample["cell"][picked]), seen.blocks.across)
    found = []
    for each in seen.windows:
        training = seen.trained[each.window.name][int(seen.sample["row"][picked])]
        if training is not None:
            rows = seen.blocks.rows(
                each.band, each.channels, slice(frame, frame + 1), slice(place, place + 1)
            )
            value = float(seen.sample[f"sif_{each.column}"][picked])
            sigma = float(seen.sample[f"sif_{each.column}_uncertainty"][picked])
            title = f"window {each.window.name}: SIF {value:.2f} ± {sigma:.2f} {_UNIT}"
            found.append(_fitted(training, rows.radiance[0], rows.noise[0], title))
    return found


def _fitted(
    training: Training, radiance: NDArray[np.float32], noise: NDArray[np.float32], title: str
) -> Spectrum:
    """Fit one spectrum with what was trained, weighted by its noise."""
    part = slice(training.first, training.last)
    used = training.used
    measured, sigma = (each[part][used].astype(np.float64) for each in (radiance, noise))
    functions = training.design[:, used].T
    weights, *_ = np.linalg.lstsq(functions / sigma[:, None], measured / sigma)
    return Spectrum(title, training.wavelength[used], measured, functions @ weights, sigma)
