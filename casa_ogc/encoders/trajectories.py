"""Soundings in CoverageJSON: tuples of time, longitude and latitude along the track.

Scalars form a Trajectory. Profiles add an axis ``z`` of level numbers and form a coverage of their
own without a domain type, because the standard names none for them. Vertices become numbered
parameters. Soundings of one and the same time and place cannot share an axis: all but the first go
into further coverages.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from casa_ogc.encoders.columns import Columns, data_columns, described, dimension, numbered
from casa_ogc.encoders.columns import occurrence as occurrences
from casa_ogc.encoders.ndarrays import json_values, nd_array
from casa_ogc.encoders.referencing import referencing, temporal, vertical
from casa_ogc.encoders.times import rfc3339
from casa_ogc.query.answer import SoundingsAnswer
from casa_processes.common.vocabulary import Variable

_LEVEL = "level number, from the surface upward"


def sounding_coverages(
    answer: SoundingsAnswer,
) -> tuple[list[dict[str, Any]], dict[str, Variable], list[dict[str, Any]]]:
    """Return the coverages, their variables and their reference systems."""
    scalars: Columns = {}
    profiles: dict[int, Columns] = {}
    variables: dict[str, Variable] = {}
    for name, values in data_columns(answer).items():
        variable, kind = described(answer, name), dimension(answer, name)
        if kind == "level":
            profiles.setdefault(values.shape[1], {})[name] = values
            variables[name] = variable
            continue
        parts = numbered(name, values) if kind == "vertex" else {name: values}
        scalars |= parts
        variables |= {part: _renamed(variable, part) for part in parts}
    systems = [*referencing({}, crs=answer.crs), temporal(answer.time_resolution)]
    if profiles:
        systems.append(vertical(_LEVEL, "", "up"))
    return list(_coverages(answer, scalars, profiles)), variables, systems


def _coverages(
    answer: SoundingsAnswer, scalars: Columns, profiles: dict[int, Columns]
) -> Iterator[dict[str, Any]]:
    """Yield one coverage for scalars and one for each number of levels."""
    passes = occurrences(answer)
    for number in range(int(passes.max(initial=-1)) + 1):
        rows = np.flatnonzero(passes == number)
        composite = _composite(answer, rows)
        if scalars or not profiles:
            domain = {"type": "Domain", "domainType": "Trajectory", "axes": composite}
            yield _coverage(domain, scalars, rows, ("composite",), answer.time_resolution)
        for levels, columns in profiles.items():
            heights = {"z": {"values": list(range(1, levels + 1))}}
            domain = {"type": "Domain", "axes": composite | heights}
            yield _coverage(domain, columns, rows, ("composite", "z"), answer.time_resolution)


def _coverage(
    domain: dict[str, Any],
    columns: Columns,
    rows: NDArray[np.intp],
    axes: tuple[str, ...],
    resolution: str,
) -> dict[str, Any]:
    """Build one coverage of the chosen rows of some columns."""
    ranges = {name: nd_array(values[rows], axes, resolution) for name, values in columns.items()}
    return {"type": "Coverage", "domain": domain, "ranges": ranges}


def _composite(answer: SoundingsAnswer, rows: NDArray[np.intp]) -> dict[str, Any]:
    """Describe the axis of (time, longitude, latitude) tuples."""
    times = rfc3339(answer.columns["time"][rows]).tolist()
    longitudes = json_values(answer.columns["longitude"][rows])
    latitudes = json_values(answer.columns["latitude"][rows])
    values = list(zip(times, longitudes, latitudes, strict=True))
    axis = {"dataType": "tuple", "coordinates": ["t", "x", "y"], "values": values}
    return {"composite": axis}


def _renamed(variable: Variable, name: str) -> Variable:
    """Describe one numbered part of a variable; the whole keeps its description."""
    if name == variable.name:
        return variable
    number = name.rpartition("_")[2]
    return replace(variable, name=name, en=f"{variable.en} {number}", zh=f"{variable.zh} {number}")
