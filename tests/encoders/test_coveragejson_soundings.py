"""Soundings as CoverageJSON: every row is found, and both validators accept them."""

from collections.abc import Callable
from typing import Any

import numpy as np
from hypothesis import given

from casa_ogc.encoders.coveragejson import encode
from casa_ogc.query.answer import SoundingsAnswer
from tests.encoders.answers import (
    ORIGIN,
    PROFILE,
    soundings,
    strict_json,
)
from tests.encoders.coverage_reading import parsed

Validate = Callable[[Any], None]


@given(soundings())
def test_every_soundings_answer_is_valid_everywhere(
    ogc_coveragejson: Validate, answer: SoundingsAnswer
) -> None:
    body = encode(answer)
    parsed(body)
    ogc_coveragejson(strict_json(body))


@given(soundings(least=1))
def test_every_sounding_is_found_at_its_place_and_time(answer: SoundingsAnswer) -> None:
    document = strict_json(encode(answer))
    found: dict[str, list[dict[str, Any]]] = {}
    for coverage in document.get("coverages", [document]):
        positions = coverage["domain"]["axes"]["composite"]["values"]
        for name, array in coverage["ranges"].items():
            rows = np.array(array["values"], dtype=object).reshape(array["shape"])
            for (time, x, y), row in zip(positions, rows, strict=True):
                found.setdefault(name, []).append({"at": (time, x, y), "row": row})
    order = [entry["row"] for entry in found["sounding_id"]]
    assert sorted(order) == answer.columns["sounding_id"].tolist()
    for name, entries in found.items():
        assert len(entries) == answer.columns["time"].size
        for entry, identity in zip(entries, order, strict=True):
            row = answer.columns["sounding_id"].tolist().index(identity)
            check_sounding(answer, name, row, entry)
    assert {n.rpartition("_vertices")[0] or n for n in found} == {
        n.rpartition("_vertices")[0] or n
        for n in answer.columns
        if n not in ("time", "longitude", "latitude")
    }


def check_sounding(answer: SoundingsAnswer, name: str, row: int, entry: dict[str, Any]) -> None:
    """Compare one value, or one profile, with the answer's own column."""
    time, x, y = entry["at"]
    assert time.endswith("Z")
    assert np.datetime64(time.removesuffix("Z")) == answer.columns["time"][row]
    assert (x, y) == (answer.columns["longitude"][row], answer.columns["latitude"][row])
    whole, _, part = name.rpartition("_")
    column = answer.columns.get(name)
    wanted = answer.columns[whole][row, int(part) - 1] if column is None else column[row]
    if isinstance(wanted, str):
        assert entry["row"] == (wanted.strip() or None)
    else:
        rows, values = np.atleast_1d(entry["row"]), np.atleast_1d(wanted)
        assert [None if np.isnan(v) else v for v in values] == [
            None if r is None else values.dtype.type(r) for r in rows
        ]


def test_soundings_of_one_place_and_time_go_into_further_coverages() -> None:
    columns = {
        "sounding_id": np.array(["a", "b", "c", "d"], dtype=object),
        "time": np.array(["2020-01-01"] * 3 + ["2020-01-02"], dtype="datetime64[ns]"),
        "longitude": np.array([5.0, 7.0, 5.0, 5.0]),
        "latitude": np.zeros(4),
    }
    found = strict_json(encode(SoundingsAnswer(ORIGIN, columns, {}, 4)))["coverages"]
    identities = [coverage["ranges"]["sounding_id"]["values"] for coverage in found]
    assert identities == [["a", "b", "d"], ["c"]]


def test_profiles_have_a_vertical_axis_of_level_numbers() -> None:
    n = 2
    columns = {
        "sounding_id": np.array(["a", "b"], dtype=object),
        "time": np.array(["2020-01-01", "2020-01-02"], dtype="datetime64[ns]"),
        "longitude": np.zeros(n),
        "latitude": np.zeros(n),
        "pressure_levels": np.arange(6, dtype=np.float32).reshape(n, 3),
    }
    answer = SoundingsAnswer(ORIGIN, columns, {"pressure_levels": PROFILE}, n)
    scalars, profiles = strict_json(encode(answer))["coverages"]
    assert scalars["domain"]["domainType"] == "Trajectory"
    assert profiles["domain"]["axes"]["z"]["values"] == [1, 2, 3]
    assert profiles["ranges"]["pressure_levels"]["axisNames"] == ["composite", "z"]


def test_no_soundings_make_an_empty_collection(ogc_coveragejson: Validate) -> None:
    columns = {
        "sounding_id": np.array([], dtype=object),
        "time": np.array([], dtype="datetime64[ns]"),
        "longitude": np.array([]),
        "latitude": np.array([]),
    }
    document = strict_json(encode(SoundingsAnswer(ORIGIN, columns, {}, 7)))
    ogc_coveragejson(document)
    assert document["coverages"] == []
    assert (document["numberMatched"], document["numberReturned"]) == (7, 0)
