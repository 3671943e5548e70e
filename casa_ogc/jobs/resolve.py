"""From the collections that inputs name to references that a worker can open."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from casa_ogc.jobs.selectors import selected
from casa_ogc.query.parse.bbox import parse_bbox
from casa_ogc.query.parse.times import parse_datetime
from casa_processes.common.errors import CasaError, InvalidInputsError
from casa_processes.common.references import Box, InputRef

if TYPE_CHECKING:
    from collections.abc import Mapping

    from casa_ogc.catalog.entries import Catalog
    from casa_processes.common.process import Asked


def resolve(asked: Mapping[str, Asked], catalog: Catalog) -> dict[str, InputRef]:
    """Return a reference for each collection, by input.

    Parameters
    ----------
    asked
        What ``Process.collections`` found.
    catalog
        Products of this site.

    Raises
    ------
    InvalidInputsError
        Naming every input at fault: no such collection, one of the wrong kind, or a time or box
        that cannot be read.
    """
    problems: list[tuple[str, str]] = []
    found = {name: _reference(name, each, catalog, problems) for name, each in asked.items()}
    if problems:
        raise InvalidInputsError(problems)
    return {name: reference for name, reference in found.items() if reference is not None}


def _reference(
    name: str, asked: Asked, catalog: Catalog, problems: list[tuple[str, str]]
) -> InputRef | None:
    """Return one reference, or None after noting what is wrong."""
    place = name
    try:
        entry = catalog.entry(asked.id)
        if asked.mark.kind not in (None, entry.head.kind):
            problems.append((f"/{name}", f"{asked.id!r} holds no {asked.mark.kind}"))
        if asked.mark.further:
            return selected(asked, catalog, problems)
        place = asked.mark.datetime
        intervals = _intervals(asked.datetime)
        place = asked.mark.bbox
        box = _box(asked.bbox)
    except CasaError as error:
        problems.append((f"/{place}", str(error)))
        return None
    folder = (catalog.root / entry.product.id).resolve()
    return InputRef(str(folder), entry.head.snapshot, entry.product.licence, intervals, box)


def _intervals(text: str | None) -> tuple[tuple[str | None, str | None], ...]:
    if text is None:
        return ()
    return tuple((_text(start), _text(end)) for start, end in parse_datetime(text).intervals)


def _text(instant: np.datetime64 | None) -> str | None:
    return None if instant is None else str(np.datetime_as_string(instant))


def _box(numbers: tuple[float, ...] | None) -> Box | None:
    if numbers is None:
        return None
    bounds = parse_bbox(",".join(map(repr, numbers)))[0].bounds
    return Box(bounds.west, bounds.south, bounds.east, bounds.north)
