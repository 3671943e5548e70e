"""CoverageJSON read back by covjson-pydantic."""

from collections.abc import Callable
from datetime import datetime
from itertools import product
from typing import Any

import numpy as np
from covjson_pydantic.coverage import Coverage, CoverageCollection

from casa_ogc.archive.axes import ROLES
from tests.encoders.answers import (
    strict_json,
)

Validate = Callable[[Any], None]


def parsed(body: bytes) -> Coverage | CoverageCollection:
    """Read a document with an independent library."""
    model = {"Coverage": Coverage, "CoverageCollection": CoverageCollection}
    return model[strict_json(body)["type"]].model_validate_json(body)


def coverages(body: bytes) -> list[Coverage]:
    found = parsed(body)
    return found.coverages if isinstance(found, CoverageCollection) else [found]


def listed(given: Any) -> list[Any]:
    """Values of an axis, of either form."""
    if hasattr(given, "num"):
        return list(np.linspace(given.start, given.stop, given.num))
    return list(given.values)


def cells(coverage: Coverage, name: str) -> dict[tuple[Any, ...], Any]:
    """Values of a range by their coordinates t, z, y, x (None where the domain lacks one)."""
    array = coverage.ranges[name]
    axes = {role: getattr(coverage.domain.axes, role) for role in ROLES}
    given = {role: listed(a) for role, a in axes.items() if a is not None}
    assert set(array.axisNames) == set(given)
    assert array.shape == [len(given[role]) for role in array.axisNames]
    found = {}
    for place, value in zip(
        product(*(given[r] for r in array.axisNames)), array.values, strict=True
    ):
        at = dict(zip(array.axisNames, place, strict=True))
        found[tuple(at.get(role) for role in ROLES)] = value
    return found


def coordinate(value: Any) -> Any:
    """Return a coordinate as the independent library shows it (times to microseconds)."""
    if isinstance(value, np.datetime64):
        text = np.datetime_as_string(value.astype("datetime64[us]")) + "+00:00"
        return datetime.fromisoformat(text)
    return float(value)


def equal(found: Any, value: Any) -> bool:
    """Compare in the precision that was sent."""
    if value is None or found is None:
        return found is value
    return bool(value.dtype.type(found) == value)
