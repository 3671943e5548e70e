"""Inputs that select as a request for data does: the same words, read by the same rules."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from casa_ogc.query.filters_tree import parse_language
from casa_ogc.query.parse import parse_bbox, parse_crs, parse_datetime, parse_wkt, parse_z
from casa_ogc.query.products import options
from casa_ogc.query.queryables import kinds
from casa_ogc.query.request import Area, Everywhere, Request, TimeSelection, VerticalSelection
from casa_ogc.query.row_tests import told
from casa_ogc.query.selecting import selection
from casa_processes.common.errors import CasaError, InvalidValueError, UnknownNameError
from casa_processes.common.references import InputRef

if TYPE_CHECKING:
    from collections.abc import Callable

    from casa_ogc.catalog.entries import Catalog, Entry
    from casa_ogc.query.filters import Filter
    from casa_ogc.query.request import Region
    from casa_processes.common.process import Asked
    from casa_processes.common.references import RowTest

type Problems = list[tuple[str, str]]


def selected(asked: Asked, catalog: Catalog, problems: Problems) -> InputRef | None:
    """Return a reference that tells which stored cells or soundings are meant.

    Parameters
    ----------
    asked
        A collection and what is selected of it.
    catalog
        Products of this site.
    problems
        Receives each input at fault, by its JSON pointer, with the reason; None is returned then.

    Raises
    ------
    UnknownNameError
        When there is no such collection.
    """
    before = len(problems)
    entry = _part("instance", problems, lambda: _entry(asked, catalog))
    time = _part(asked.mark.datetime, problems, lambda: _time(asked))
    levels = _part("z", problems, lambda: _levels(asked))
    region = _part(
        "coords" if asked.further.get("coords") else asked.mark.bbox,
        problems,
        lambda: _region(asked),
    )
    condition = _part("filter", problems, lambda: _condition(asked, entry)) if entry else None
    if len(problems) > before or entry is None or region is None or condition is None:
        return None
    filters, test = condition
    question = Request(region, _names(asked), time, levels, filters=filters)
    try:
        found, intervals = selection(catalog.open(entry), question, options(catalog, entry))
    except CasaError as error:
        problems.append((f"/{_at_fault(error, asked)}", str(error)))
        return None
    folder = str((catalog.root / entry.product.id).resolve())
    licence = entry.product.licence
    return InputRef(
        folder, entry.head.snapshot, licence, intervals, selection=replace(found, test=test)
    )


def _part[T](place: str, problems: Problems, read: Callable[[], T]) -> T | None:
    """Read one input; note what is wrong with it."""
    try:
        return read()
    except CasaError as error:
        problems.append((f"/{place}", str(error)))
        return None


def _entry(asked: Asked, catalog: Catalog) -> Entry:
    instance = asked.further.get("instance")
    return catalog.version(asked.id, instance) if instance else catalog.entry(asked.id)


def _time(asked: Asked) -> TimeSelection | None:
    if asked.datetime is None:
        return None
    return parse_datetime(asked.datetime, nearest=asked.further.get("method") == "nearest")


def _levels(asked: Asked) -> VerticalSelection | None:
    text = asked.further.get("z")
    return None if text is None else parse_z(text)


def _region(asked: Asked) -> Region:
    text = asked.further.get("coords")
    if text is not None and asked.bbox is not None:
        raise InvalidValueError("coords", text, "either coords or bbox")
    if text is not None:
        region = parse_wkt(text)
        if not isinstance(region, Area):
            raise InvalidValueError("coords", text, "a POLYGON or a MULTIPOLYGON")
        return region
    if asked.bbox is None:
        return Everywhere()
    return parse_bbox(",".join(map(repr, asked.bbox)))[0]


def _condition(asked: Asked, entry: Entry) -> tuple[tuple[Filter, ...], RowTest | None]:
    """Return the filter of soundings: for the plan, and for those who read them."""
    text = asked.further.get("filter")
    if text is None:
        return (), None
    if entry.head.kind == "grid":
        raise InvalidValueError("filter", text, "none: it chooses soundings, this is a grid")
    language = parse_language(asked.further.get("filter_lang"))
    crs = parse_crs(asked.further.get("filter_crs"), "filter_crs")
    found, test = told(text, language, kinds(entry), crs)
    return (found,), test


def _names(asked: Asked) -> tuple[str, ...]:
    names: Any = asked.further.get("variables") or ()
    return tuple(names)


def _at_fault(error: CasaError, asked: Asked) -> str:
    """Return the input that an error of the query core speaks of."""
    if isinstance(error, UnknownNameError):
        return "variables"
    what = error.what if isinstance(error, InvalidValueError) else ""
    if what == "datetime":
        return asked.mark.datetime
    return what if what in asked.further else "collection"
