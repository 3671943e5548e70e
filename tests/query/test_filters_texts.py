"""Texts of filters: both languages mean the same, and malformed ones are refused."""

import json
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casa_ogc.query.filters import parse_filter
from casa_processes.common.errors import CasaError, InvalidValueError, UnknownNameError
from tests.query.filter_oracle import COLUMNS, KINDS, ROWS, matched

SAME = (
    (
        "xco2 > 410 AND quality_flag = 0",
        '{"op":"and","args":[{"op":">","args":[{"property":"xco2"},'
        '410]},{"op":"=","args":[{"property":"quality_flag"},0]}]}',
    ),
    ("mode IN ('glint','nadir')", '{"op":"in","args":[{"property":"mode"},["glint","nadir"]]}'),
    ("NOT xco2 IS NULL", '{"op":"not","args":[{"op":"isNull","args":[{"property":"xco2"}]}]}'),
    ("mode LIKE 'it''_'", '{"op":"like","args":[{"property":"mode"},"it\'_"]}'),
    (
        "S_INTERSECTS(geometry, BBOX(0,-90,180,90))",
        '{"op":"s_intersects","args":[{"property":"geometry"},{"bbox":[0,-90,180,90]}]}',
    ),
    (
        "S_WITHIN(geometry, POLYGON((0 -80, 170 -80, 170 80, 0 80, 0 -80)))",
        '{"op":"s_within","args":[{"property":"geometry"},{"type":"Polygon","coordinates":'
        "[[[0,-80],[170,-80],[170,80],[0,80],[0,-80]]]}]}",
    ),
    (
        "S_CONTAINS(ENVELOPE(0,-80,170,80), geometry)",
        '{"op":"s_within","args":[{"property":"geometry"},{"bbox":[0,-80,170,80]}]}',
    ),
    (
        "S_EQUALS(geometry, POINT(10 10))",
        '{"op":"s_intersects","args":[{"property":"geometry"},{"type":"Point","coordinates":[10,10]}]}',
    ),
    (
        "T_AFTER(datetime, DATE('2022-01-10'))",
        '{"op":"t_after","args":[{"property":"time"},{"date":"2022-01-10"}]}',
    ),
    (
        "T_DURING(datetime, INTERVAL('2022-01-10','..'))",
        '{"op":"t_during","args":[{"property":"time"},{"interval":["2022-01-10",".."]}]}',
    ),
    ("datetime = '2022-01-10'", '{"op":"=","args":[{"property":"time"},{"date":"2022-01-10"}]}'),
    (
        "CASEI(mode) = CASEI('TARGET')",
        '{"op":"=","args":[{"op":"casei","args":[{"property":"mode"}]},"target"]}',
    ),
    (
        "xco2 * 2 - 1 > 819",
        '{"op":">","args":[{"op":"-","args":[{"op":"*","args":[{"property":"xco2"},2]},1]},819]}',
    ),
    (
        "-longitude < -100",
        '{"op":">","args":[{"property":"longitude"},100]}',
    ),
)


@pytest.mark.parametrize(("text", "same"), SAME)
def test_text_and_json_mean_the_same_and_something(text: str, same: str) -> None:
    found = parse_filter(text, "cql2-text", KINDS)
    held = {name: COLUMNS[name] for name in found.columns}
    rows = np.flatnonzero(found.matches(held, ROWS)).tolist()
    assert rows == matched(json.loads(same))
    assert 0 < len(rows) < ROWS


def test_coordinates_follow_the_axis_order_of_their_reference_system() -> None:
    here = parse_filter("s_intersects(geometry, BBOX(20,-40,60,10))", "cql2-text", KINDS)
    there = parse_filter(
        "s_intersects(geometry, BBOX(-40,20,10,60))", "cql2-text", KINDS, "EPSG:4326"
    )
    rows = [found.matches(COLUMNS, ROWS).tolist() for found in (here, there)]
    assert rows[0] == rows[1]
    assert any(rows[0])


def test_a_number_matches_as_it_is_printed() -> None:
    printed = float(str(COLUMNS["xco2"][1]))
    assert 1 in matched({"op": "=", "args": [{"property": "xco2"}, printed]})
    assert 1 in matched({"op": "=", "args": [printed, {"property": "xco2"}]})
    assert np.float64(COLUMNS["xco2"][1]) != printed


BAD = (
    ("", "condition|CQL2"),
    ("xco2", "condition"),
    ("1", "condition"),
    ("xco2 >", "CQL2 text"),
    ("xco2 > 1; drop", "CQL2 text"),
    ("xco2 = 'a'", "number"),
    ("mode > 3", "text"),
    ("geometry = 3", "geometry"),
    ("xco2 > 1e400", "finite"),
    ("mode like mode", "literal pattern"),
    ("mode like 3", "text"),
    ("xco2 + mode > 3", "text"),
    ("f(xco2) > 3", "casei"),
    ("s_touches(geometry, POINT(0 0))", "s_intersects"),
    ("s_intersects(geometry, geometry)", "literal shape"),
    ("s_intersects(POINT(0 0), POINT(0 0))", "literal shape"),
    ("s_intersects(mode, POINT(0 0))", "geometry"),
    ("s_intersects(geometry, POINT(0 95))", "latitude"),
    ("s_intersects(geometry, POINT(1000 0))", "longitude"),
    ("s_intersects(geometry, LINESTRING(0 0,1 1))", "POLYGON"),
    ("s_intersects(geometry, POLYGON((0 0,1 1,1 0,0 1,0 0)))", "polygon"),
    ("s_intersects(geometry, POLYGON((0 0,1 1,0 0)))", "four positions"),
    ("s_intersects(geometry, BBOX(0,10,5,0))", "south"),
    ("s_intersects(geometry)", "arguments"),
    ("datetime = DATE('2022-13-01')", "RFC 3339"),
    ("datetime = 'soon'", "RFC 3339"),
    ("datetime > 3", "time"),
    ("t_after(mode, DATE('2022-01-01'))", "time"),
    ("t_during(datetime, INTERVAL('..','..'))", ""),
    ("a" * 10_001, "10,000"),
    ("(" * 2000 + "xco2 = 1" + ")" * 2000, "nested"),
    ("(" * 9000, "nested"),
    ("not " * 2000 + "xco2 = 1", "nested"),
    ("xco2 in ()", ""),
    ("s_intersects(geometry, MULTIPOINT(" + ",".join(["1 1"] * 1001) + "))", "vertices"),
)


@pytest.mark.parametrize(("text", "word"), BAD, ids=[text[:40] for text, _ in BAD])
def test_a_malformed_text_is_refused(text: str, word: str) -> None:
    if word == "" and "INTERVAL" in text:
        assert parse_filter(text, "cql2-text", KINDS).span is not None
        return
    with pytest.raises(InvalidValueError) as caught:
        parse_filter(text, "cql2-text", KINDS)
    assert re.search(word, str(caught.value))


@pytest.mark.parametrize(
    ("text", "asked", "expected"),
    [
        (
            "quality_flag = 'good'",
            "'good'",
            "a number to compare with quality_flag: 0 (good), 1 (bad)",
        ),
        ("xco2 in (1, 'a')", "'a'", "a number to compare with xco2"),
        ("mode > 3", "'3'", "a text to compare with mode"),
        ("0 = mode", "'mode (text)'", "a number there"),
    ],
)
def test_a_literal_of_the_wrong_kind_is_named_with_what_it_is_compared_with(
    text: str, asked: str, expected: str
) -> None:
    with pytest.raises(InvalidValueError) as caught:
        parse_filter(text, "cql2-text", KINDS)
    assert str(caught.value) == f"filter = {asked} cannot be used; expected {expected}"


@pytest.mark.parametrize(
    "text",
    [
        "", "{", "[]", "1", "null", '"x"', "{}", '{"op":1,"args":[]}', '{"op":"and","args":[]}',
        '{"op":"and"}', '{"op":"=","args":[1]}', '{"op":"=","args":{"a":1}}',
        '{"op":"=","args":[{"property":"xco2"},NaN]}', '{"op":"=","args":[{"property":[]},1]}',
        '{"op":"=","args":[{"property":"xco2"},1e999]}', '{"op":"nope","args":[1,2]}',
        '{"op":"=","args":[{"property":"xco2"},1' + "0" * 400 + "]}",
        '{"op":"in","args":[{"property":"mode"},"glint"]}', '{"op":["="],"args":[1,2]}',
        '{"op":"=","args":[{"op":["+"],"args":[1,2]},3]}', '{"op":"not","args":[3]}',
        '{"op":"=","args":[{"interval":[1,2]},{"property":"time"}]}',
        '{"op":"=","args":[{"date":5},{"property":"time"}]}',
        '{"op":"s_within","args":[{"property":"geometry"},{"bbox":"1,2,3,4"}]}',
        '{"op":"s_within","args":[{"property":"geometry"},{"bbox":[1,2,3]}]}',
        '{"op":"s_within","args":[{"property":"geometry"},{"type":"Polygon","coordinates":[[1]]}]}',
        '{"op":"s_within","args":[{"property":"geometry"},{"type":"MultiPoint","coordinates":[]}]}',
        '{"op":"s_within","args":[{"property":"geometry"},{"type":["Point"],"coordinates":[1]}]}',
        "[" * 5000, '{"op":"not","args":[' * 400 + "true" + "]}" * 400,
    ],
)  # fmt: skip
def test_malformed_json_is_refused(text: str) -> None:
    with pytest.raises(CasaError):
        parse_filter(text, "cql2-json", KINDS)


def test_an_unknown_property_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UnknownNameError, match="quality_flag"):
        parse_filter("co2 > 3", "cql2-text", KINDS)


@settings(max_examples=300)
@given(st.text(st.sampled_from("xco2 ()'\"=<>-andorti.%_,{}[]:0123^"), max_size=60))
def test_any_text_is_a_filter_or_is_refused(text: str) -> None:
    for language in ("cql2-text", "cql2-json"):
        try:
            parse_filter(text, language, KINDS).matches(COLUMNS, ROWS)
        except CasaError as error:
            assert str(error)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("quality_flag", "filter = 'quality_flag' cannot be used; expected a condition"),
        ("xco2 + 1", "filter = '+' cannot be used; expected one of and, or"),
        ('{"op":"=","args":[{"property":"xco2"},[1,2]]}', "filter = '[1, 2]' cannot be used"),
        ('{"op":"<","args":[{"property":"time"},{"a":"b"}]}', """filter = '{"a": "b"}' cannot"""),
        ("xco2 IN (1) AND xco2 LIKE 'a'", "filter = 'xco2 (number)' cannot be used"),
    ],
)
def test_what_is_refused_is_told_in_the_words_of_the_language(text: str, told: str) -> None:
    with pytest.raises(InvalidValueError) as refusal:
        parse_filter(text, "cql2-json" if text.startswith("{") else "cql2-text", KINDS)
    assert str(refusal.value).startswith(told)
    assert "{'" not in str(refusal.value)
