"""Grids along paths in CoverageJSON: one Trajectory for each track.

Its tuples hold time, longitude, latitude and, where the grid has levels, the level. Where neither
path nor grid has a time the standard names no domain type; then the tuples hold the place alone.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from casa_ogc.encoders.ndarrays import json_values, nd_array
from casa_ogc.encoders.referencing import referencing, temporal, vertical
from casa_ogc.encoders.times import rfc3339
from casa_ogc.query.answer import PathAnswer
from casa_processes.common.vocabulary import Variable


def path_coverages(
    answer: PathAnswer,
) -> tuple[list[dict[str, Any]], dict[str, Variable], list[dict[str, Any]]]:
    """Return the coverages, their variables and their reference systems."""
    timed = not bool(np.isnat(answer.columns["time"]).any())
    systems = referencing({}, crs=answer.crs)
    if timed:
        systems.append(temporal())
    if answer.vertical:
        systems.append(vertical(answer.vertical, answer.units, answer.positive))
    tracks = answer.columns["track"]
    coverages = [
        _coverage(answer, np.flatnonzero(tracks == number), timed)
        for number in np.unique(tracks).tolist()
    ]
    return coverages, dict(answer.variables), systems


def _coverage(answer: PathAnswer, rows: NDArray[np.intp], timed: bool) -> dict[str, Any]:
    columns = answer.columns
    coordinates: dict[str, list[Any]] = {}
    if timed:
        coordinates["t"] = rfc3339(columns["time"][rows]).tolist()
    coordinates["x"] = json_values(columns["longitude"][rows])
    coordinates["y"] = json_values(columns["latitude"][rows])
    if answer.vertical:
        coordinates["z"] = json_values(columns[answer.vertical][rows])
    composite = {
        "dataType": "tuple",
        "coordinates": list(coordinates),
        "values": list(zip(*coordinates.values(), strict=True)),
    }
    domain: dict[str, Any] = {"type": "Domain", "axes": {"composite": composite}}
    if timed:
        domain["domainType"] = "Trajectory"
    ranges = {name: nd_array(columns[name][rows], ("composite",)) for name in answer.variables}
    return {"type": "Coverage", "domain": domain, "ranges": ranges}
