"""Which pictures a run draws: of one sounding that went well, and of all."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from casa_processes.xco2_retrieval import Inputs
from casa_processes.xco2_retrieval.model import Physics, retrieve
from casa_processes.xco2_retrieval.physics import chosen
from casa_processes.xco2_retrieval.plots import draw_fit, draw_map, draw_profile
from casa_processes.xco2_retrieval.sources import Source

type Columns = Mapping[str, NDArray[Any]]


def drawn(
    folder: Path, columns: Columns, source: Source, physics: Physics, inputs: Inputs
) -> dict[str, Path]:
    """Draw the pictures of a run; returns them by output.

    One sounding is retrieved once more for its spectra. Where none has an estimate, only the map
    is drawn.
    """
    word = " (synthetic)" if source.simulated else ""
    count = columns["xco2"].size
    one = "sounding" if count == 1 else "soundings"
    whole = draw_map(folder / "map.png", columns, f"{count} {one}{word}")
    picked = typical(columns)
    if picked is None:
        return {"map": whole}
    scene = source.scene(int(columns["number"][picked]), physics)
    found = retrieve(scene.sounding, scene.weather, physics, chosen(inputs.options), scene.profile)
    title = f"Sounding {scene.sounding.sounding_id}{word}"
    return {
        "map": whole,
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
