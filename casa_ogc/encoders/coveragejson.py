"""CoverageJSON 1.0 (OGC 21-069r2).

Every answer is valid in the OGC JSON schema, in covjson-pydantic and for a JSON parser that
refuses NaN. Fields that lack an axis of several cells form a coverage of their own, since all
ranges of one coverage share its domain.
"""

from typing import Any

import numpy as np
import orjson

from casa_ogc.archive.axes import Axis, Role
from casa_ogc.encoders.decimals import spelled
from casa_ogc.encoders.domains import by_domain, spread
from casa_ogc.encoders.ndarrays import nd_array
from casa_ogc.encoders.parameters import parameter, uncertainty_groups
from casa_ogc.encoders.paths import path_coverages
from casa_ogc.encoders.referencing import referencing
from casa_ogc.encoders.times import rfc3339
from casa_ogc.encoders.trajectories import sounding_coverages
from casa_ogc.query.answer import Answer, Grid, GridAnswer, GridField, Origin, PathAnswer
from casa_processes.common.vocabulary import Variable

_CONTEXT = ["https://covjson.org/context.jsonld", {"dct": "http://purl.org/dc/terms/"}]


def encode(answer: Answer) -> bytes:
    """Encode an answer as UTF-8 text of one Coverage, or of a CoverageCollection."""
    return orjson.dumps(coverage_json(answer), option=orjson.OPT_SERIALIZE_NUMPY)


def coverage_json(answer: Answer) -> dict[str, Any]:
    """Build the document of an answer; its ranges still hold numpy arrays."""
    if isinstance(answer, GridAnswer):
        variables = _variables(answer.grids)
        axes = {role: axis for grid in answer.grids for role, axis in grid.axes.items()}
        systems = referencing(axes, crs=answer.crs)
        coverages = [
            _coverage(grid, roles, fields)
            for grid in answer.grids
            for roles, fields in by_domain(grid).items()
        ]
        return _document(coverages, variables, systems) | _provenance(answer.origin)
    coverages, variables, systems = (
        path_coverages(answer) if isinstance(answer, PathAnswer) else sounding_coverages(answer)
    )
    rows = int(answer.columns["time"].size)
    counted = {"numberMatched": answer.matched, "numberReturned": rows}
    return _document(coverages, variables, systems) | counted | _provenance(answer.origin)


def axis_json(axis: Axis) -> dict[str, Any]:
    """Describe an axis by the data that is sent.

    Times are always listed. Numbers are given as start, stop and num only where these mean exactly
    the same values and the axis has no bounds.
    """
    if axis.role == "t":
        listed: dict[str, Any] = {"values": rfc3339(axis.values).tolist()}
        if axis.bounds is not None:
            listed["bounds"] = rfc3339(axis.bounds).ravel().tolist()
        return listed
    values, bounds = spelled(axis)
    if bounds is not None:
        return {"values": values, "bounds": bounds.reshape(-1)}
    if values.size > 2 and np.array_equal(values, np.linspace(values[0], values[-1], values.size)):
        return {"start": float(values[0]), "stop": float(values[-1]), "num": int(values.size)}
    return {"values": values}


def domain_type(axes: dict[Role, Axis]) -> str:
    """Name the domain: a single place is a point, a series or a profile; all else is a Grid."""
    several = {role for role, axis in axes.items() if axis.size > 1}
    names = {frozenset(): "Point", frozenset("t"): "PointSeries", frozenset("z"): "VerticalProfile"}
    return names.get(frozenset(several), "Grid")


def _coverage(grid: Grid, roles: tuple[Role, ...], fields: dict[str, GridField]) -> dict[str, Any]:
    """Build one coverage of the fields that are given on `roles`."""
    axes = {role: grid.axes[role] for role in roles}
    ranges = {name: nd_array(spread(grid, field, roles), roles) for name, field in fields.items()}
    domain = {
        "type": "Domain",
        "domainType": domain_type(axes),
        "axes": {role: axis_json(axes[role]) for role in reversed(roles)},
    }
    return {"type": "Coverage", "domain": domain, "ranges": ranges}


def _document(
    coverages: list[dict[str, Any]], variables: dict[str, Variable], systems: list[dict[str, Any]]
) -> dict[str, Any]:
    """Join coverages with what they share: parameters and reference systems."""
    described: dict[str, Any] = {"parameters": {n: parameter(v) for n, v in variables.items()}}
    groups = uncertainty_groups(variables.values())
    if groups:
        described["parameterGroups"] = groups
    if len(coverages) == 1:
        only = coverages[0]
        domain = only["domain"] | {"referencing": systems}
        return {"type": "Coverage", "domain": domain, **described, "ranges": only["ranges"]}
    shared: dict[str, Any] = {"type": "CoverageCollection"}
    types = {coverage["domain"].get("domainType") for coverage in coverages}
    if len(types) == 1 and None not in types:
        shared["domainType"] = types.pop()
    return shared | described | {"referencing": systems, "coverages": coverages}


def _variables(grids: tuple[Grid, ...]) -> dict[str, Variable]:
    """Collect the variables of all grids."""
    return {name: field.variable for grid in grids for name, field in grid.fields.items()}


def _provenance(origin: Origin) -> dict[str, Any]:
    """Say where the data comes from, in Dublin Core terms as members of the document."""
    terms = {
        "dct:title": origin.title,
        "dct:source": origin.product,
        "dct:hasVersion": origin.snapshot,
        "dct:license": origin.licence,
        "dct:bibliographicCitation": origin.citation,
    }
    return {"@context": _CONTEXT} | {term: text for term, text in terms.items() if text}
