"""Errors of XCO2 when the truth is of another model: all orders of scattering, other particles.

Spectra hold no noise, but weigh as if they had it: what is left is the error of the model. The true
particles are sea salt, higher up than the fine ones and the dust that are expected; the column that
is true is also the a priori one, which hides a part of the error. The truth is retrieved with
single scattering and with all orders. Fits that did not converge, or whose misfit with noise would
exceed 1.4: hollow.
"""

import argparse
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("NUMBA_NUM_THREADS", "1")

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from benchmarks.retrieval_scenes import TABLES, Case, cases, other, physics
from benchmarks.services import report
from casa_processes.xco2.model import Options, Physics, retrieve
from casa_processes.xco2.result import Outcome

PICTURE = Path(__file__).parents[1] / "docs/science/img/xco2-model-error.png"
HIGHEST = Options().highest_chi_squared
ORDERS: tuple[Literal["single", "multiple"], ...] = ("single", "multiple")
_TITLES = {"single": "retrieved with single scattering", "multiple": "retrieved with all orders"}
_COLOURS = ("#1f6fb4", "#2a8c5a", "#c8442b")


def main(arguments: Sequence[str] | None = None) -> Path:
    """Run the benchmark; returns the file of results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", action="store_true", help="more depths, albedos and angles")
    parser.add_argument("--tables", type=Path, default=TABLES)
    parser.add_argument("--coarse", action="store_true", help="small tables")
    parser.add_argument("--picture", type=Path, default=PICTURE)
    parser.add_argument("--results", type=Path, default=report.RESULTS, help="folder of the JSON")
    given = parser.parse_args(arguments)
    known = physics(given.tables, given.coarse)
    rows = [row(known, case) for case in cases(given.full)]
    draw(given.picture, rows)
    content = {
        "benchmark": "XCO2 of scenes of another model: sea salt at 0.7 of the surface's"
        " pressure, all orders of scattering; fine particles and dust at 0.8 expected",
        "rows": rows,
    }
    return report.write("retrieval-errors", content, given.results)


def row(known: Physics, case: Case) -> dict[str, Any]:
    """Retrieve one case with each of both models."""
    scene = other(known, Options(), case)
    found: dict[str, Any] = {
        "solar_zenith": case.solar_zenith, "albedo": case.albedo, "depth": case.depth
    }  # fmt: skip
    for orders in ORDERS:
        one = retrieve(scene.sounding, scene.weather, known, Options(scattering=orders))
        fitted = one.outcome in (Outcome.CONVERGED, Outcome.CONVERGED_HIGH_CHI2)
        found[f"{orders}_ppm"] = round(one.xco2 - scene.xco2, 2)
        found[f"{orders}_converged"] = fitted
        misfit = max((each.chi_squared for each in one.bands.values()), default=float("nan"))
        found[f"{orders}_chi2"] = round(misfit, 2)
        found[f"{orders}_outcome"] = one.outcome.name
        found[f"{orders}_sigma_ppm"] = round(one.uncertainty, 2)
    return found


def draw(path: Path, rows: Sequence[Mapping[str, Any]]) -> Path:
    """Draw errors over optical depths: a panel for each zenith angle and model."""
    zeniths = sorted({each["solar_zenith"] for each in rows})
    figure = Figure((3.3 * len(zeniths) + 1.0, 6.4), layout="constrained")
    panels = figure.subplots(2, len(zeniths), sharex=True, sharey="row", squeeze=False)
    for line, orders in zip(panels, ORDERS, strict=True):
        for panel, zenith in zip(line, zeniths, strict=True):
            _panel(panel, orders, [each for each in rows if each["solar_zenith"] == zenith])
            panel.set_title(f"Sun at {zenith:g}°, {_TITLES[orders]}", fontsize=9)
        line[0].set_ylabel("error of XCO$_2$ / ppm")
    for panel in panels[-1]:
        panel.set_xlabel("true optical depth at 755 nm")
    panels[0, 0].legend(frameon=False, fontsize=8)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=110)
    return path


def _panel(panel: Axes, orders: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Draw a line for each albedo; hollow where the fit is none."""
    panel.axhline(0.0, color="#8a8a8a", lw=0.8)
    albedos = sorted({each["albedo"] for each in rows})
    for albedo, colour in zip(albedos, _COLOURS, strict=False):
        here = [each for each in rows if each["albedo"] == albedo]
        depths, errors = ([each[key] for each in here] for key in ("depth", f"{orders}_ppm"))
        panel.plot(depths, errors, color=colour, lw=1.2, label=f"albedo {albedo:g}")
        for each, depth, error in zip(here, depths, errors, strict=True):
            good = each[f"{orders}_converged"] and 1.0 + each[f"{orders}_chi2"] <= HIGHEST
            panel.plot(depth, error, "o", ms=5, color=colour, mfc=colour if good else "white")


if __name__ == "__main__":
    print(main().read_text())
