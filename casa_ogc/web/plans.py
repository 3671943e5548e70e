"""What an answer would cost, told instead of the answer."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import orjson
from flask import Response, request

from casa_ogc.encoders.format import Format
from casa_ogc.query.cost import Cost, Options

_CHUNK_SECONDS = 2e-4
_READ_BYTES_A_SECOND = 1e9
_CELLS_A_SECOND = 2e7
_FIXED_SECONDS = 2e-3


def seconds(cost: Cost, weight: int = 1) -> float:
    """Estimate the time of an answer from what is read and what is encoded.

    Parameters
    ----------
    weight
        That of the format.
    """
    reading = cost.chunks * _CHUNK_SECONDS + cost.read_bytes / _READ_BYTES_A_SECOND
    return _FIXED_SECONDS + reading + cost.cells * weight / _CELLS_A_SECOND


def plan_response(
    cost: Cost,
    limits: Options,
    form: Format | None = None,
    links: Sequence[Mapping[str, Any]] = (),
) -> Response:
    """Answer a plan: cells, bytes, chunks, where they are read, about how long, and the limit.

    Parameters
    ----------
    limits
        With the limit of cells that holds for the format.
    form
        Format in which the answer would be.
    links
        What does the request as a job; told of those that are too large.
    """
    weight = 1 if form is None else form.weight
    content: dict[str, Any] = asdict(cost) | {
        "seconds": round(seconds(cost, weight), 4),
        "limit": limits.max_cells,
        "allowed": cost.cells <= limits.max_cells,
    }
    if links and not content["allowed"]:
        content["links"] = links
    if form is not None:
        content["format"] = form.name
    pairs = [(name, value) for name, value in request.args.items(True) if name != "estimate"]
    query = "&".join(f"{name}={value}" for name, value in pairs)
    content["request"] = f"{request.path}?{query}" if query else request.path
    return Response(orjson.dumps(content), content_type="application/json")
