"""What the providers share: a product of the catalogue as pygeoapi sees it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any

import orjson
from pygeoapi.provider.base import ProviderInvalidQueryError, ProviderNoDataError

from casa_ogc.catalog.entries import Catalog, Entry, load_catalog
from casa_ogc.query import products
from casa_ogc.query.answer import Answer
from casa_ogc.query.parse import parse_datetime
from casa_ogc.query.request import Everywhere, Region, Request, VerticalSelection
from casa_processes.common.errors import CasaError
from casa_processes.common.vocabulary import variable

_TYPES = {"f": "number", "i": "integer", "u": "integer", "s": "string", "d": "string"}


@cache
def site_catalog() -> Catalog:
    """Return the catalogue of the environment's configuration folder."""
    return load_catalog()


def entry_of(product: str) -> Entry:
    """Return a product with its newest data."""
    return site_catalog().entry(product)


def fields_of(entry: Entry) -> dict[str, dict[str, Any]]:
    """Describe the variables as pygeoapi's fields."""
    found = ((name, variable(name)) for name in entry.head.variables)
    return {
        name: {"type": _TYPES[one.dtype[0]], "title": one.en, "x-ogc-unit": one.units}
        for name, one in found
    }


def ask(
    entry: Entry,
    region: Region | None = None,
    names: Sequence[str] = (),
    datetime_: str | None = None,
    levels: VerticalSelection | None = None,
    **page: Any,
) -> Answer:
    """Answer a question of pygeoapi.

    Raises
    ------
    ProviderNoDataError
        When nothing is there.
    ProviderInvalidQueryError
        With the text of our error, when the question cannot be answered.
    """
    with refusals():
        question = Request(
            region=region or Everywhere(),
            variables=tuple(names),
            time=parse_datetime(datetime_) if datetime_ else None,
            vertical=levels,
            **page,
        )
        answer = products.ask(site_catalog(), entry, question)
    if answer is None:
        raise ProviderNoDataError(user_msg="nothing is there")
    return answer


@contextmanager
def refusals() -> Iterator[None]:
    """Turn our errors into pygeoapi's, with their texts.

    Raises
    ------
    ProviderInvalidQueryError
        When a question cannot be answered.
    """
    try:
        yield
    except CasaError as error:
        raise ProviderInvalidQueryError(user_msg=str(error)) from error


def plain(content: Any) -> dict[str, Any]:
    """Return a document whose arrays are lists, as pygeoapi's own JSON encoder takes it."""
    text = orjson.dumps(content, option=orjson.OPT_SERIALIZE_NUMPY)
    found: dict[str, Any] = orjson.loads(text)
    return found


def box_text(bounds: Sequence[float]) -> str:
    """Write a box as the text that our parser reads."""
    return ",".join(str(number) for number in bounds)
