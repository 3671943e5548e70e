"""What the list of jobs can be asked for."""

from collections.abc import Mapping, Sequence
from typing import cast, get_args

import numpy as np

from casa_ogc.jobs.queries import JobQuery
from casa_ogc.jobs.record import Status
from casa_ogc.query.parse.times import between, period
from casa_ogc.web.exchange import Exchange
from casa_ogc.web.parameters import Parameter
from casa_processes.common.errors import InvalidValueError

STATUSES: tuple[str, ...] = get_args(Status.__value__)
DEFAULT_LIMIT, MOST = 10, 1000
_LONGEST_TEXT = 200
_MOST_VALUES = 50
_MOST_DIGITS = 9
_WHOLE = {"type": "integer", "minimum": 0, "maximum": 10**_MOST_DIGITS - 1}

TYPE = Parameter("type", "Kind of jobs; all are process.", {"type": "string"}, repeated=True)
PROCESS = Parameter("processID", "Processes whose jobs are listed.", repeated=True)
STATUS = Parameter(
    "status",
    "Statuses of the jobs that are listed.",
    {"type": "string", "enum": list(STATUSES)},
    repeated=True,
)
CREATED = Parameter(
    "datetime",
    "When the jobs were created: an instant, a date, or a closed interval start/end with .. for an "
    "open end.",
    example="2026-01-01T00:00:00Z/..",
)
SHORTEST = Parameter("minDuration", "Least seconds that a job ran or runs.", _WHOLE)
LONGEST = Parameter("maxDuration", "Most seconds that a job ran or runs.", _WHOLE)
LABEL = Parameter("label", "Labels that the jobs have, all of them.", repeated=True)
LIMIT = Parameter(
    "limit",
    f"Most jobs of a page; at most {MOST}.",
    {"type": "integer", "minimum": 1, "maximum": MOST, "default": DEFAULT_LIMIT},
)
ALL = (TYPE, PROCESS, STATUS, CREATED, SHORTEST, LONGEST, LABEL, LIMIT)


def job_query(exchange: Exchange, owner: str | None) -> JobQuery:
    """Read what is asked of the list.

    Parameters
    ----------
    owner
        Whose jobs; None means everybody's.

    Raises
    ------
    InvalidValueError
        Naming the parameter that cannot be read.
    """
    arguments = exchange.arguments
    statuses = _values(arguments, "status")
    for status in statuses:
        if status not in STATUSES:
            raise InvalidValueError("status", status, f"one of {', '.join(STATUSES)}")
    shortest, longest = _seconds(exchange, "minDuration"), _seconds(exchange, "maxDuration")
    if shortest is not None and longest is not None and shortest > longest:
        raise InvalidValueError("minDuration", shortest, f"at most maxDuration, {longest:g}")
    return JobQuery(
        owner=owner,
        types=_values(arguments, "type"),
        process_ids=_values(arguments, "processID"),
        statuses=cast("tuple[Status, ...]", statuses),
        created=_created(exchange.text("datetime")),
        min_seconds=shortest,
        max_seconds=longest,
        labels=_values(arguments, "label", split=False),
        limit=exchange.whole("limit", DEFAULT_LIMIT, 1, MOST),
        cursor=exchange.text("cursor") or "",
    )


def _values(
    arguments: Mapping[str, Sequence[str]], name: str, *, split: bool = True
) -> tuple[str, ...]:
    """Return every value of a parameter, written several times or with commas."""
    texts = arguments.get(name, ())
    found = [part for text in texts for part in (text.split(",") if split else [text])]
    if len(found) > _MOST_VALUES or any(len(each) > _LONGEST_TEXT for each in found):
        raise InvalidValueError(name, "...", f"at most {_MOST_VALUES} short values")
    return tuple(dict.fromkeys(found))


def _seconds(exchange: Exchange, name: str) -> float | None:
    text = exchange.text(name)
    if text is None:
        return None
    if not (text.isascii() and text.isdigit()) or len(text) > _MOST_DIGITS:
        raise InvalidValueError(name, text, "a whole number of seconds from 0")
    return float(text)


def _created(text: str | None) -> tuple[str | None, str | None]:
    if text is None:
        return None, None
    first, slash, last = text.partition("/")
    start, end = between(first.strip(), last.strip()) if slash else period(text.strip())
    return _written(start), _written(end)


def _written(instant: np.datetime64 | None) -> str | None:
    return None if instant is None else f"{np.datetime_as_string(instant, unit='ms')}Z"
