"""Filters as plain data, for those who read soundings elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from casa_ogc.query.filters import Filter, compiled
from casa_ogc.query.filters_terms import Kind
from casa_ogc.query.filters_tree import Language, parse_tree
from casa_ogc.query.parse.crs import Crs
from casa_processes.common.references import RowTest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from casa_processes.common.row_tests import Test

_FUNCTION = f"{__name__}:made"


def told(
    text: str, language: Language, kinds: Mapping[str, Kind], crs: Crs = "CRS84"
) -> tuple[Filter, RowTest]:
    """Return the filter of a text, and what makes the same filter elsewhere.

    Parameters
    ----------
    text, language, kinds, crs
        As for `casa_ogc.query.filters.parse_filter`.

    Raises
    ------
    UnknownNameError, InvalidValueError
        As `casa_ogc.query.filters.parse_filter`.
    """
    tree = parse_tree(text, language)
    found = compiled(tree, kinds, crs)
    condition = {"tree": tree, "kinds": dict(kinds), "crs": crs}
    return found, RowTest(found.columns, _FUNCTION, condition)


def made(condition: Mapping[str, Any]) -> Test:
    """Return the test of a condition that `told` gave, also after a way through JSON."""
    return compiled(condition["tree"], condition["kinds"], condition["crs"]).matches
