"""Texts, times and numbers on their way into CSV and JSON."""

import csv
from io import StringIO

import numpy as np
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from casa_ogc.encoders.columns import occurrence
from casa_ogc.encoders.csv import encode
from casa_ogc.encoders.geojson import feature_collection
from casa_ogc.encoders.ndarrays import flat_values, json_values, nd_array
from casa_ogc.encoders.times import exact_unit, rfc3339
from casa_ogc.query.answer import SoundingsAnswer
from casa_processes.common.vocabulary import Variable
from tests.encoders.answers import DAY, ORIGIN, TEXT, XCO2, strict_json

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)
nasty = st.sampled_from(['"', '""', ",", "a\nb", "a\r\nb", "=1+1", "NaN", "null", "碳,星", "é"])


def answer(names, variable=TEXT, resolution="") -> SoundingsAnswer:
    """Soundings that carry texts."""
    count = len(names)
    columns = {
        "sounding_id": np.array([str(n) for n in range(count)], dtype=object),
        "time": DAY + np.arange(count) * np.timedelta64(1, "s"),
        "longitude": np.zeros(count),
        "latitude": np.zeros(count),
        variable.name: np.asarray(names, dtype=None if variable is XCO2 else object),
    }
    return SoundingsAnswer(ORIGIN, columns, {variable.name: variable}, count, resolution)


def lines(body: bytes) -> list[list[str]]:
    """Cells of a CSV file as the standard library reads them."""
    return list(csv.reader(StringIO(body.decode("utf-8"), newline="")))


@given(st.lists(texts | nasty, min_size=1, max_size=5))
def test_any_text_comes_back_from_csv_without_its_outer_blanks(names) -> None:
    header, *rows = lines(encode(answer(names)))
    at = header.index("target_name")
    assert [row[at] for row in rows] == [name.strip() for name in names]
    assert {len(row) for row in rows} == {len(header)}


@given(st.lists(texts | nasty, min_size=1, max_size=5))
def test_any_text_comes_back_from_geojson_and_an_empty_one_is_null(names) -> None:
    features = strict_json(orjson.dumps(feature_collection(answer(names))))["features"]
    found = [feature["properties"]["target_name"] for feature in features]
    assert found == [name.strip() or None for name in names]


@pytest.mark.parametrize("units", ["m, s", 'a "unit"', "a\nb"])
def test_a_heading_with_a_comma_a_quote_or_a_line_break_stays_one_cell(units: str) -> None:
    variable = Variable("target_name", units, "Target", "目标", dtype="str")
    header, row = lines(encode(answer(["x"], variable)))
    assert f"target_name [{units}]" in header
    assert len(row) == len(header)


@given(hnp.arrays(np.float32, st.integers(1, 6)))
def test_numbers_in_csv_are_read_back_bit_by_bit_and_missing_ones_are_empty(values) -> None:
    header, *rows = lines(encode(answer(values, XCO2)))
    for row, value in zip(rows, values, strict=True):
        sent = row[header.index("xco2 [ppm]")]
        assert (sent == "") == bool(np.isnan(value))
        assert not sent or np.float32(sent) == value


@pytest.mark.parametrize(
    ("step", "unit"),
    [(86_400 * 10**9, "s"), (10**9, "s"), (5 * 10**6, "ms"), (7000, "us"), (1, "ns")],
)
def test_times_have_as_many_decimals_as_they_need(step: int, unit: str) -> None:
    values = DAY + np.arange(3) * np.timedelta64(step, "ns")
    assert exact_unit(values) == unit
    digits = {"s": 0, "ms": 3, "us": 6, "ns": 9}[unit]
    for text, value in zip(rfc3339(values), values, strict=True):
        assert len(text.partition(".")[2].removesuffix("Z")) == digits
        assert np.datetime64(text.removesuffix("Z"), "ns") == value


@given(st.lists(st.none() | st.integers(-(2**61), 2**61), max_size=5), st.sampled_from(["", "P1D"]))
def test_a_time_that_is_none_has_no_text(stamps, resolution: str) -> None:
    values = np.array(["NaT" if n is None else n for n in stamps], "datetime64[ns]")
    found = rfc3339(values, resolution)
    assert [text is None for text in found] == [n is None for n in stamps]
    for text, value in zip(found, values, strict=True):
        if text is not None and resolution:
            assert np.datetime64(text, "D") == value.astype("datetime64[D]")


@pytest.mark.parametrize(
    ("values", "kind", "flat"),
    [
        (np.array([[1.5, np.nan], [np.inf, -np.inf]], ">f4"), "float", [1.5, None, None, None]),
        (np.array([1, -2], ">i2"), "integer", [1, -2]),
        (np.array([2**63], np.uint64), "integer", [2**63]),
        (np.array([True, False]), "integer", [1, 0]),
        (np.array([b"a\xc3\xa9 ", b" "]), "string", ["aé", None]),
        (np.array(["x", None, np.nan, " y "], object), "string", ["x", None, None, "y"]),
        (np.array(["2020-01-01", "NaT"], "M8[ns]"), "string", ["2020-01-01T00:00:00Z", None]),
        (np.array([0.1, 0.2], np.float32)[::-1], "float", [0.2, 0.1]),
        (np.zeros((0, 3)), "float", []),
    ],
)
def test_an_array_of_every_type_is_written_as_json_holds_it(values, kind, flat) -> None:
    names = [f"axis{n}" for n in range(values.ndim)]
    found = nd_array(values, names)
    text = orjson.dumps(found, option=orjson.OPT_SERIALIZE_NUMPY)
    assert strict_json(text) == {
        "type": "NdArray",
        "dataType": kind,
        "axisNames": names,
        "shape": list(values.shape),
        "values": flat,
    }
    nested = np.array(json_values(values), dtype=object)
    assert nested.reshape(-1).tolist() == flat


def test_dates_are_written_where_no_more_is_known() -> None:
    values = np.array(["2020-01-31T12:00", "NaT"], "M8[ns]")
    assert flat_values(values, "P1D") == ("string", ["2020-01-31", None])


@given(
    st.lists(st.tuples(st.integers(0, 2), st.integers(0, 1), st.integers(0, 1)), max_size=12),
)
def test_soundings_of_one_place_and_time_are_counted_in_their_order(rows) -> None:
    time, longitude, latitude = np.array(rows, dtype=np.int64).reshape(-1, 3).T
    columns = {
        "time": DAY + time * np.timedelta64(1, "s"),
        "longitude": longitude.astype(float),
        "latitude": latitude.astype(float),
    }
    found = occurrence(SoundingsAnswer(ORIGIN, columns, {}, len(rows)))
    assert found.tolist() == [rows[:n].count(row) for n, row in enumerate(rows)]
