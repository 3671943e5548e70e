"""What a run says of itself: attributes of its file, sources, statistics."""

from collections.abc import Mapping, Sequence

from casa_processes.common.file_inputs import InputFile
from casa_processes.common.references import InputRef
from casa_processes.common.vocabulary import variable
from casa_processes.sif_gridding import SYNTHETIC, Inputs, Statistics
from casa_processes.sif_gridding import Source as SourceModel
from casa_processes.sif_gridding.sources import Source

_KEPT = ("mission", "instrument")


def attributes(inputs: Inputs, source: Source, said: SourceModel) -> dict[str, str]:
    """Return the global attributes of a grid: what must be known to judge it."""
    simulated = _simulated(inputs, source)
    title = f"Means on a grid: {variable(inputs.variables[0]).en}"
    found = {
        "title": f"{title} (synthetic: the soundings were simulated)" if simulated else title,
        "main_variables": " ".join(inputs.variables),
        "time_resolution": inputs.time_step,
        "weights": inputs.weights,
        "error_correlation": f"{inputs.error_correlation:g} between soundings of a cell within "
        f"{inputs.overpass:g} h, none beyond",
        "comment": "edges of footprints are straight in longitude and sine of latitude",
        **{name: source.attributes[name] for name in _KEPT if name in source.attributes},
        "input_soundings": said.soundings,
        "input_snapshot": said.snapshot,
        "input_sha256": said.sha256,
        "licence": said.licence,
    }
    return {name: text for name, text in found.items() if text}


def source_of(
    inputs: Inputs, source: Source, reference: InputRef | None, file: InputFile | None
) -> SourceModel:
    """Say what went in."""
    simulated = _simulated(inputs, source)
    if reference is not None:
        return SourceModel(
            soundings=inputs.collection or "",
            snapshot=reference.snapshot,
            licence=reference.licence,
            simulated=simulated,
        )
    if file is None:
        return SourceModel(soundings=SYNTHETIC, licence="CC0-1.0", simulated=True)
    return SourceModel(
        soundings=file.name,
        licence=source.attributes.get("licence", ""),
        simulated=simulated,
        sha256=file.sha256,
    )


def statistics(totals: Mapping[str, Sequence[float]]) -> dict[str, Statistics]:
    """Return statistics by variable, from sums over the cells that hold soundings.

    Parameters
    ----------
    totals
        Number of cells, sum of area times mean, of area, of uncertainty, and of count.
    """
    found = {}
    for name, (cells, product, area, sigma, count) in totals.items():
        uncertain = variable(name).uncertainty is not None and sigma > 0.0
        found[name] = Statistics(
            cells=round(cells),
            mean=product / area if cells else None,
            mean_uncertainty=sigma / cells if cells and uncertain else None,
            mean_count=count / cells if cells else None,
        )
    return found


def _simulated(inputs: Inputs, source: Source) -> bool:
    return inputs.soundings == SYNTHETIC or source.attributes.get("mission") == "Synthetic"
