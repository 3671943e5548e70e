"""What is too large to be answered at once is offered as a job: the same question, to be posted."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from casa_ogc.archive.axes import Bounds
from casa_ogc.query.request import Area, Box, Everywhere, Request, TimeSelection, VerticalSelection
from casa_ogc.web.errors import OfferedError
from casa_ogc.web.exchange import Exchange
from casa_processes.common.errors import TooLargeError

PROCESS = "extract"
EXECUTE = "http://www.opengis.net/def/rel/ogc/1.0/execute"

type Offer = dict[str, Any]


@contextmanager
def offering(exchange: Exchange, question: Request, whole: bool = True) -> Iterator[None]:
    """Add the job that does a question to the refusal of it.

    Parameters
    ----------
    exchange
        The request.
    question
        What it asks of the data.
    whole
        Whether the answer is the stored data that are asked and nothing is made of them.

    Raises
    ------
    OfferedError
        In place of a `TooLargeError`, where a job can do it.
    """
    try:
        yield
    except TooLargeError as error:
        links = offers(exchange, question, whole)
        if not links:
            raise
        raise OfferedError(error.what, error.asked, error.limit, links) from None


def offers(exchange: Exchange, question: Request, whole: bool = True) -> tuple[Offer, ...]:
    """Return links that run a question as a job; none where no job of this site can.

    Parameters
    ----------
    whole
        As for `offering`.
    """
    inputs = inputs_of(exchange, question) if whole else None
    if inputs is None or PROCESS in exchange.catalog.settings.jobs.hidden:
        return ()
    process = f"{exchange.url}/processes/{PROCESS}"
    execution = {
        "rel": EXECUTE,
        "href": f"{process}/execution",
        "type": "application/json",
        "title": "Run this request as a job; its result is a netCDF file",
        "method": "POST",
        "headers": {"Prefer": "respond-async"},
        "body": {"inputs": inputs},
    }
    about = {
        "rel": "http://www.opengis.net/def/rel/ogc/1.0/processes",
        "href": process,
        "type": "application/json",
        "title": "The process that does so",
    }
    return execution, about


def inputs_of(exchange: Exchange, question: Request) -> dict[str, Any] | None:
    """Return the inputs that select what a question asks; None where no inputs can."""
    place = _place(question)
    paged = question.limit is not None or question.offset or question.sounding_id
    if place is None or paged:
        return None
    inputs: dict[str, Any] = {"collection": exchange.entry.product.id, **place}
    if question.variables:
        inputs["variables"] = list(question.variables)
    if question.time is not None:
        inputs |= _time(question.time)
    if question.vertical is not None:
        inputs["z"] = _levels(question.vertical)
    if question.filters:
        inputs |= _filter(exchange)
    if "instance_id" in exchange.path:
        inputs["instance"] = exchange.path["instance_id"]
    return inputs


def _filter(exchange: Exchange) -> dict[str, str]:
    """Return the filter as it was written; whatever a question was made of, it was read."""
    names = {"filter": "filter", "filter_lang": "filter-lang", "filter_crs": "filter-crs"}
    given = {name: exchange.text(parameter) for name, parameter in names.items()}
    return {name: text for name, text in given.items() if text is not None}


def _place(question: Request) -> dict[str, Any] | None:
    match question.region:
        case Everywhere():
            return {}
        case Box(Bounds(west, south, east, north)):
            return {"bbox": [float(each) for each in (west, south, east, north)]}
        case Area(geometry):
            return {"coords": geometry.wkt}
    return None


def _time(time: TimeSelection) -> dict[str, str]:
    text = ",".join(map(_interval, time.intervals))
    return {"datetime": text} | ({"method": "nearest"} if time.nearest else {})


def _interval(ends: tuple[np.datetime64 | None, np.datetime64 | None]) -> str:
    start, end = map(_instant, ends)
    return start if start == end != ".." else f"{start}/{end}"


def _instant(instant: np.datetime64 | None) -> str:
    """Write an instant to its last digit; an open end as two dots."""
    return ".." if instant is None else f"{np.datetime_as_string(instant.astype('M8[ns]'))}Z"


def _levels(levels: VerticalSelection) -> str:
    """Write levels to their last digit."""
    if levels.interval is None:
        return ",".join(repr(float(one)) for one in levels.levels)
    return "/".join(".." if end is None else repr(float(end)) for end in levels.interval)
