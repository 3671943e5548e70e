"""Every answer over HTTP is the one that plain numpy gives."""

import json
import os
from concurrent.futures import ThreadPoolExecutor
from itertools import product as combinations
from typing import Any

import numpy as np
import requests

from tests.service.cubes import LATITUDES, LEVELS, LONGITUDES, TIMES
from tests.service.oracle import Question, questions

COUNT = int(os.environ.get("CASA_ORACLE_REQUESTS", "600"))
SEED = int(os.environ.get("CASA_ORACLE_SEED", "20260101"))


def test_every_answer_holds_the_cells_and_values_that_numpy_chooses(matrix_server: str) -> None:
    asked = questions(COUNT, SEED)
    with ThreadPoolExecutor(2) as pool, requests.Session() as session:
        failures = [
            text
            for text in pool.map(lambda one: _failure(session, matrix_server, one), asked)
            if text
        ]
    cells = sum(len(one.expected()) for one in asked)
    print(json.dumps({"requests": COUNT, "cells": cells, "mismatches": len(failures)}))  # noqa: T201
    assert not failures, "\n".join(failures[:5])


def _failure(session: requests.Session, server: str, one: Question) -> str:
    """Tell what is wrong with the answer to one question; nothing when all is right."""
    url = f"{server}/collections/{one.habit.id}/{one.path}"
    response = session.get(url, params=list(one.parameters), timeout=60)
    if one.empty:
        return "" if response.status_code == 204 else f"{response.url}: {response.status_code}"
    if response.status_code != 200:
        return f"{response.url}: {response.status_code} {response.text[:200]}"
    found = cells_of(response.json(), "xco2")
    wrong = [key for key, value in one.expected().items() if not _same(found.get(key), value)]
    extra = {key for key in set(found) - set(one.expected()) if not _outside(one, found[key])}
    if wrong or extra:
        key = next(iter(wrong or extra))
        return (
            f"{response.url}: {len(wrong)} wrong, {len(extra)} extra cells; at {key} expected "
            f"{one.expected().get(key)}, found {found.get(key, 'nothing')}"
        )
    uncertainty = cells_of(response.json(), "xco2_uncertainty")
    if any(not _same(uncertainty.get(key), value / 4) for key, value in found.items()):
        return f"{response.url}: the uncertainty is not that of its variable"
    return ""


def _outside(one: Question, value: float) -> bool:
    """Whether a cell that was not expected is one that a polygon or a circle masks."""
    return one.path in ("area", "radius") and bool(np.isnan(value))


def _same(found: float | None, expected: float) -> bool:
    if found is None:
        return False
    return found == expected or (np.isnan(found) and np.isnan(expected))


def cells_of(document: dict[str, Any], name: str) -> dict[tuple[int, int, int, int], float]:
    """Read a CoverageJSON document by its own axes into canonical cell indices."""
    coverages = document.get("coverages", [document])
    cells: dict[tuple[int, int, int, int], float] = {}
    for coverage in coverages:
        axes = {key: _axis(axis) for key, axis in coverage["domain"]["axes"].items()}
        array = coverage["ranges"][name]
        shape, order = array.get("shape", []), array.get("axisNames", [])
        values = iter(array["values"])
        for place in combinations(*(range(size) for size in shape)):
            at = dict(zip(order, place, strict=True))
            value = next(values)
            key = tuple(_index(role, axes, at) for role in "tzyx")
            cells[key] = float("nan") if value is None else float(value)  # type: ignore[index]
    return cells


def _axis(axis: dict[str, Any]) -> list[Any]:
    if "values" in axis:
        return list(axis["values"])
    return list(np.linspace(axis["start"], axis["stop"], axis["num"]))


def _index(role: str, axes: dict[str, list[Any]], at: dict[str, int]) -> int:
    if role not in axes:
        return 0
    value = axes[role][at.get(role, 0)]
    if role == "t":
        return int(np.flatnonzero(np.datetime64(value.rstrip("Z"), "ns") == TIMES)[0])
    if role == "x":
        value = (value + 180) % 360 - 180
    centres = {"z": LEVELS, "y": LATITUDES, "x": LONGITUDES}[role]
    return int(np.flatnonzero(np.isclose(centres, value, atol=1e-6))[0])
