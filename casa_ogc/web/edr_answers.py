"""Answers to queries of environmental data retrieval."""

from dataclasses import replace

from flask import Response, request

from casa_ogc.archive.cubes import Cube
from casa_ogc.archive.soundings import SoundingStore
from casa_ogc.query.answer import Answer, GridAnswer, PathAnswer
from casa_ogc.query.cost import Cost
from casa_ogc.query.model_columns import model_columns
from casa_ogc.query.model_costs import model_cost
from casa_ogc.query.products import options
from casa_ogc.query.reduce_grids import reduce_grids
from casa_ogc.query.reduce_soundings import reduce_soundings
from casa_ogc.query.request import Path, Request
from casa_ogc.query.resolution import resampled
from casa_ogc.query.run import Options, estimate, run
from casa_ogc.web.depiction import depicted, encoded
from casa_ogc.web.edr_options import Treatment, choice, treatment
from casa_ogc.web.exchange import Exchange
from casa_ogc.web.offers import offering, offers
from casa_ogc.web.plans import plan_response
from casa_ogc.web.respond import (
    CACHE,
    EPSG4326,
    asked_by,
    chosen_format,
    data_headers,
    etag,
    grid_bounds,
    has_version,
)
from casa_processes.common.errors import InvalidValueError


def answered(exchange: Exchange, question: Request, place: str = "") -> Response:
    """Answer a question: 200, 204 when nothing is there, or 304.

    With ``estimate=true`` what the answer would cost is answered instead. `place` identifies a
    region that the request gives by name only.

    Raises
    ------
    CasaError
        As the query core; for formats as `respond.chosen_format`.
    """
    entry, wanted = exchange.entry, treatment(exchange)
    store = exchange.catalog.open(entry)
    asked = _limited(question, wanted, store)
    limits = asked_by(exchange, options(exchange.catalog, entry))
    form = chosen_format(
        exchange, "soundings" if isinstance(question.region, Path) else entry.head.kind
    )
    if wanted.reduction is None:
        limits = replace(limits, max_cells=max(1, limits.max_cells // form.weight))
        if not isinstance(question.region, Path):
            asked = depicted(entry, store, asked, form)
    if choice(exchange, "estimate", ("true", "false"), "false") == "true":
        cost = _cost(store, asked, limits, wanted)
        return plan_response(cost, limits, form, offers(exchange, asked, wanted.untouched))
    tag = etag(exchange, entry, f"{form.name} {wanted.version} {place}")
    if request.method != "POST" and has_version(tag):
        return Response(status=304, headers={"ETag": f'"{tag}"', "Cache-Control": CACHE})
    with offering(exchange, asked, wanted.untouched):
        answer = _answer(store, asked, limits, wanted)
    if answer is None:
        return Response(status=204)
    response = Response(encoded(entry, form, answer), content_type=form.media_type)
    response.headers.update(data_headers(entry, form, tag))
    response.headers.update(_place_headers(answer))
    return response


def _limited(question: Request, wanted: Treatment, store: Cube | SoundingStore) -> Request:
    """Put the limit into a question to soundings; a statistic is one of all of them."""
    if wanted.limit is None or isinstance(store, Cube):
        return question
    if wanted.reduction is not None:
        raise InvalidValueError("limit", wanted.limit, "none beside reduce, which takes all")
    return replace(question, limit=wanted.limit)


def _cost(
    store: Cube | SoundingStore, question: Request, limits: Options, wanted: Treatment
) -> Cost:
    if wanted.model is not None and isinstance(store, SoundingStore):
        return model_cost(store, question, limits, wanted.model)
    return estimate(store, question, limits)


def _answer(
    store: Cube | SoundingStore, question: Request, limits: Options, wanted: Treatment
) -> Answer | None:
    answer: Answer | None
    if wanted.model is not None and isinstance(store, SoundingStore):
        answer = model_columns(store, question, limits, wanted.model)
    else:
        answer = run(store, question, limits)
    return None if answer is None else _treated(answer, wanted, limits)


def _treated(answer: Answer, wanted: Treatment, limits: Options) -> Answer:
    """Resample, reduce, cut and refer an answer as it was asked for."""
    if isinstance(answer, GridAnswer):
        if wanted.sizes:
            answer = resampled(answer, wanted.sizes, limits.max_cells)
        if wanted.reduction is not None:
            answer = reduce_grids(answer, wanted.reduction)
        return replace(answer, grids=answer.grids[: wanted.limit], crs=wanted.crs)
    if wanted.sizes and not isinstance(answer, PathAnswer):
        name = f"resolution-{next(iter(wanted.sizes))}"
        raise InvalidValueError(name, "cells", "0: soundings have no cells")
    if wanted.reduction is not None:
        answer = reduce_soundings(answer, wanted.reduction)
    return replace(answer, crs=wanted.crs)


def _place_headers(answer: Answer) -> dict[str, str]:
    """Return the reference system and the box of one grid, in the order of the system's axes."""
    headers = {"Content-Crs": f"<{answer.crs}>"}
    if isinstance(answer, GridAnswer) and len(answer.grids) == 1:
        west, south, east, north = grid_bounds(answer)
        swapped = answer.crs == EPSG4326
        box = (south, west, north, east) if swapped else (west, south, east, north)
        headers["Content-Bbox"] = ",".join(f"{value:.10g}" for value in box)
    return headers
