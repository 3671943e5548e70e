"""Answers of coverages: the plan, the data, or a part of its bytes."""

from dataclasses import replace

from flask import Response

from casa_ogc.encoders.format import Format
from casa_ogc.query.forms import estimate_as, run_as
from casa_ogc.query.products import options
from casa_ogc.query.request import Request
from casa_ogc.query.targets import Form
from casa_ogc.web.content_headers import coverage_headers
from casa_ogc.web.depiction import depicted, encoded
from casa_ogc.web.exchange import Exchange
from casa_ogc.web.offers import offering, offers
from casa_ogc.web.plans import plan_response
from casa_ogc.web.ranges import Recent, ranged
from casa_ogc.web.respond import (
    CACHE,
    asked_by,
    chosen_format,
    data_headers,
    etag,
    format_names,
    has_version,
)
from casa_processes.common.errors import InvalidValueError

RECENT = Recent(32 << 20)
"""Images of which clients read one range after the other."""


def answered(exchange: Exchange, question: Request, form: Form) -> Response:
    """Answer a question: 200, 206 for a range, 204 when nothing is there, or 304.

    With ``estimate=true`` what the answer would cost is answered instead.

    Raises
    ------
    CasaError
        As the query core; for formats as `respond.chosen_format`.
    """
    entry = exchange.entry
    output = chosen_format(exchange, entry.head.kind)
    _check_projection(exchange, output, form)
    whole = asked_by(exchange, options(exchange.catalog, entry))
    limits = replace(whole, max_cells=max(1, whole.max_cells // output.weight))
    store = exchange.catalog.open(entry)
    question = depicted(entry, store, question, output)
    if _wants_estimate(exchange):
        cost = estimate_as(store, question, limits, form)
        return plan_response(cost, limits, output, offers(exchange, question, form.stored))
    tag = etag(exchange, entry, output.name)
    if has_version(tag):
        return Response(status=304, headers={"ETag": f'"{tag}"', "Cache-Control": CACHE})
    held = RECENT.get(tag) if output.ranges else None
    if held is not None:
        return ranged(held[0], output.media_type, tag, held[1])
    with offering(exchange, question, form.stored):
        answer = run_as(store, question, limits, form)
    if answer is None:
        return Response(status=204)
    headers = data_headers(entry, output, tag) | coverage_headers(answer)
    if not output.ranges:
        body = encoded(entry, output, answer)
        return Response(body, headers=headers, content_type=output.media_type)
    image = output.encode(answer)
    RECENT.put(tag, image, headers)
    return ranged(image, output.media_type, tag, headers)


def _wants_estimate(exchange: Exchange) -> bool:
    text = (exchange.text("estimate") or "false").lower()
    if text not in ("true", "false"):
        raise InvalidValueError("estimate", text, "true or false")
    return text == "true"


def _check_projection(exchange: Exchange, output: Format, form: Form) -> None:
    """Refuse formats that hold degrees only.

    Raises
    ------
    InvalidValueError
        Naming those that hold any reference system.
    """
    if form.system.is_degrees or output.projected:
        return
    names = format_names(exchange.entry.head.kind)
    offered = ", ".join(name for name in names if name != output.name)
    raise InvalidValueError("f", output.name, f"one of {offered} where crs is {form.system.uri}")
