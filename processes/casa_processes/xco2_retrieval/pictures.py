"""Which pictures a run draws: of one sounding that went well, and of all."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from casa_processes.xco2.model import Physics, retrieve
from casa_processes.xco2_retrieval import Inputs
from casa_processes.xco2_retrieval.comparison import Matches
from casa_processes.xco2_retrieval.physics import chosen, fitting
from casa_processes.xco2_retrieval.plots import draw_fit, draw_map, draw_profile
from casa_processes.xco2_retrieval.plots_compared import draw_comparison, draw_dependence
from casa_processes.xco2_retrieval.sources import Source

type Columns = Mapping[str, NDArray[Any]]


def drawn(
    folder: Path,
    columns: Columns,
    source: Source,
    physics: Physics,
    inputs: Inputs,
    matches: Matches | None = None,
) -> dict[str, Path]:
    """Draw the pictures of a run; returns them by output.

    One sounding is retrieved once more for its spectra. Where none has an estimate, only the map
    is drawn, and the comparison with a collection that was named.
    """
    word = " (synthetic)" if source.simulated else ""
    count = columns["xco2"].size
    one = "sounding" if count == 1 else "soundings"
    title = f"{count} {one}{word}"
    whole = {"map": draw_map(folder / "map.png", columns, title)}
    if matches is not None:
        beside = f"{title} beside {matches.name}"
        whole["comparison"] = draw_comparison(folder / "comparison.png", columns, matches, beside)
    picked = typical(columns)
    if picked is None:
        return whole
    path = folder / "dependence.png"
    whole["dependence"] = draw_dependence(path, columns, matches, title)
    scene = source.scene(int(columns["number"][picked]), physics)
    options = fitting(chosen(inputs.options), scene.sounding, inputs.options.eofs)
    found = retrieve(scene.sounding, scene.weather, physics, options, scene.profile)
    title = f"Sounding {scene.sounding.sounding_id}{word}"
    return {
        **whole,
        "fit": draw_fit(folder / "fit.png", found, title),
        "profile": draw_profile(folder / "profile.png", found, title),
    }


def typical(columns: Columns) -> int | None:
    """Return the row whose misfit is the median of those with an estimate, best flags first."""
    known = np.isfinite(columns["xco2"])
    good = known & (columns["quality_flag"] == 0)
    rows = np.flatnonzero(good if good.any() else known)
    if not rows.size:
        return None
    misfits = [columns[name][rows] for name in columns if name.startswith("chi2_")]
    whole = np.nansum(misfits, axis=0)
    return int(rows[np.argsort(whole, kind="stable")[(rows.size - 1) // 2]])
