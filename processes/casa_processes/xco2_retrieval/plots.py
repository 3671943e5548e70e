"""Pictures of a run: the fit of one sounding, its kernel and profile, and all soundings together.

They need no display: nothing but a file is drawn on.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from casa_processes.common.drawing import BLUE, GREY, INK, RED, figure_of, plain, wide, written
from casa_processes.xco2.result import Fit, Retrieval

type Columns = Mapping[str, NDArray[Any]]

TITLES = {"o2a": "O$_2$ A band", "wco2": "weak CO$_2$ band", "sco2": "strong CO$_2$ band"}
_COLOURS = {"o2a": BLUE, "wco2": "#2a8c5a", "sco2": RED}
_NANOMETRES = 1e3
_WIDEST = 6.0
_FEW = 50
_GAP = 1.6
"""Distance of channels over the usual one beyond which some are missing between them."""


def draw_fit(path: Path, found: Retrieval, title: str) -> Path:
    """Draw measured and fitted spectra of all bands, and their difference over the noise."""
    bands = [name for name in TITLES if name in found.bands]
    figure = figure_of(11.0, 1.0 + 2.9 * len(bands), title)
    heights = [3.0, 1.3] * len(bands)
    panels = figure.subplots(len(heights), 1, height_ratios=heights, squeeze=False)[:, 0]
    for number, name in enumerate(bands):
        above, below = panels[2 * number], panels[2 * number + 1]
        below.sharex(above)
        _spectrum(above, name, found.bands[name])
        _residual(below, name, found.bands[name])
    panels[-1].set_xlabel("wavelength in vacuum / nm")
    return written(figure, path)


def draw_profile(path: Path, found: Retrieval, title: str) -> Path:
    """Draw the column averaging kernel, and the profile before and after with one sigma."""
    figure = figure_of(9.0, 5.2, title)
    left, right = figure.subplots(1, 2, sharey=True)
    left.axvline(1.0, color=GREY, lw=0.8, ls="--")
    left.plot(found.averaging_kernel, found.pressure, color=BLUE, marker="o", ms=3, lw=1.4)
    left.set_xlabel("column averaging kernel / 1")
    left.set_ylabel("pressure / hPa")
    left.set_xlim(min(0.0, 1.05 * float(np.min(found.averaging_kernel))), None)
    low, high = (found.profile + sign * found.profile_uncertainty for sign in (-1.0, 1.0))
    right.fill_betweenx(
        found.pressure, low, high, color=RED, alpha=0.18, lw=0, label="one sigma after"
    )
    right.plot(found.profile_apriori, found.pressure, color=GREY, lw=1.4, ls="--", label="before")
    right.plot(found.profile, found.pressure, color=RED, marker="o", ms=3, lw=1.4, label="after")
    right.set_xlabel("CO$_2$ / ppm")
    right.legend(frameon=False)
    left.set_ylim(1.03 * float(found.pressure.max()), 0.0)
    text = (
        f"XCO$_2$ {found.xco2:.2f} ± {found.uncertainty:.2f} ppm\n"
        f"a priori {found.xco2_apriori:.2f} ppm\ndegrees of freedom {found.dof_co2:.2f}"
    )
    left.text(0.04, 0.03, text, transform=left.transAxes, fontsize=9, va="bottom")
    for axes in (left, right):
        plain(axes)
    return written(figure, path)


def draw_map(path: Path, columns: Columns, title: str) -> Path:
    """Draw where soundings are and what came out, and how often which values occur.

    Parameters
    ----------
    path
        File to write.
    columns
        Of the soundings, by name of the vocabulary.
    title
        Of the picture.
    """
    figure = figure_of(11.0, 7.2, title)
    grid = figure.add_gridspec(2, 3, height_ratios=[1.5, 1.0])
    _map(figure, figure.add_subplot(grid[0, :]), columns)
    shift = columns["surface_pressure"] - columns["surface_pressure_apriori"]
    good = columns["quality_flag"] == 0
    _histogram(
        figure.add_subplot(grid[1, 0]),
        {"fails a test": (columns["xco2"][~good], GREY), "good": (columns["xco2"][good], BLUE)},
        "XCO$_2$ / ppm",
    )
    misfits = {name: (columns[f"chi2_{name}"], colour) for name, colour in _COLOURS.items()}
    _histogram(figure.add_subplot(grid[1, 1]), misfits, "reduced chi-squared / 1")
    pressure = {"": (shift, BLUE)}
    _histogram(figure.add_subplot(grid[1, 2]), pressure, "surface pressure, after - before / hPa")
    return written(figure, path)


def _spectrum(axes: Axes, name: str, fit: Fit) -> None:
    scale = 10.0 ** np.floor(np.log10(fit.measured.max()))
    axes.plot(*_broken(fit, fit.measured / scale), color="#a9c3dd", lw=2.6, label="measured")
    axes.plot(*_broken(fit, fit.fitted / scale), color=INK, lw=0.7, label="fitted")
    axes.set_ylabel(
        f"radiance / 10$^{{{int(np.log10(scale))}}}$\nphoton s$^{{-1}}$ m$^{{-2}}$ sr$^{{-1}}$ "
        "µm$^{-1}$",
        fontsize=8,
    )
    axes.set_title(f"{TITLES[name]}, reduced chi-squared {fit.chi_squared:.2f}", fontsize=10)
    axes.legend(frameon=False, fontsize=8, ncols=2, loc="lower right")
    axes.set_ylim(0.0, None)
    axes.tick_params(labelbottom=False)
    plain(axes)


def _broken(fit: Fit, values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return wavelengths [nm] and values with gaps where channels were not fitted, shape (2, n)."""
    step = np.diff(fit.wavelength)
    gaps = np.flatnonzero(step > _GAP * np.median(step)) + 1
    rows = np.stack([fit.wavelength * _NANOMETRES, values])
    broken: NDArray[np.float64] = np.insert(rows, gaps, np.nan, axis=1)
    return broken


def _residual(axes: Axes, name: str, fit: Fit) -> None:
    residual = (fit.measured - fit.fitted) / fit.uncertainty
    axes.axhspan(-1.0, 1.0, color="#e8e8e8", lw=0)
    axes.axhline(0.0, color=GREY, lw=0.6)
    axes.plot(*_broken(fit, residual), color=_COLOURS[name], lw=0.6)
    limit = max(4.0, 1.1 * float(np.abs(residual).max()))
    axes.set_ylim(-limit, limit)
    axes.set_ylabel("residual\n/ noise", fontsize=8)
    plain(axes)


def _map(figure: Figure, axes: Axes, columns: Columns) -> None:
    longitude, latitude, xco2 = (columns[name] for name in ("longitude", "latitude", "xco2"))
    known = np.isfinite(xco2)
    good = known & (columns["quality_flag"] == 0)
    size = float(np.clip(6000.0 / xco2.size, 6.0, 90.0))
    if not known.all():
        x, y = longitude[~known], latitude[~known]
        axes.scatter(x, y, s=size, marker="x", color=GREY, lw=0.7, label="no estimate")
    if known.any():
        low, high = np.percentile(xco2[good] if good.any() else xco2[known], (2, 98))
        limits = {"vmin": low, "vmax": max(high, low + 0.1), "cmap": "viridis", "s": size}
        kinds = (("good", good, "o", 1.0), ("fails a test", known & ~good, "v", 0.5))
        for label, rows, marker, alpha in kinds:
            if rows.any():
                x, y, values = longitude[rows], latitude[rows], xco2[rows]
                drawn = axes.scatter(
                    x, y, c=values, marker=marker, alpha=alpha, label=label, **limits
                )
        figure.colorbar(drawn, ax=axes, label="XCO$_2$ / ppm", pad=0.01)
    axes.set_ylim(*wide(latitude))
    axes.set_xlim(*wide(longitude))
    axes.set_xlabel("longitude / degree")
    axes.set_ylabel("latitude / degree")
    axes.legend(frameon=False, fontsize=8, loc="best")
    axes.ticklabel_format(useOffset=False)
    plain(axes)


def _histogram(axes: Axes, groups: Mapping[str, tuple[NDArray[Any], str]], label: str) -> None:
    """Draw how often values occur; those beyond the widest part of all count at its ends."""
    finite = {
        name: (values[np.isfinite(values)], colour)
        for name, (values, colour) in groups.items()
        if np.isfinite(values).any()
    }
    axes.set_xlabel(label)
    axes.set_ylabel("soundings")
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    plain(axes)
    if not finite:
        return
    whole = np.concatenate([values for values, _ in finite.values()])
    middle = float(np.median(whole))
    spread = _WIDEST * max(float(np.median(np.abs(whole - middle))), 1e-3 * max(abs(middle), 1.0))
    low, high = max(float(whole.min()), middle - spread), min(float(whole.max()), middle + spread)
    if high <= low:
        low, high = middle - spread, middle + spread
    most = max(values.size for values, _ in finite.values())
    edges = np.linspace(low, high, 5 if most < _FEW else 25)
    for name, (values, colour) in finite.items():
        heights, _ = np.histogram(np.clip(values, low, high), edges)
        axes.stairs(heights, edges, color=colour, lw=1.3, label=TITLES.get(name, name))
    axes.ticklabel_format(useOffset=False)
    if len(finite) > 1:
        axes.legend(frameon=False, fontsize=8)
