"""Filters match what a plain loop over the rows matches."""

from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from casa_ogc.query.filters import compiled
from tests.query.filter_oracle import COLUMNS, KINDS, ROWS, brute, matched

numbers = st.one_of(
    st.integers(400, 420), st.sampled_from([0, 1, 2, 410.1, 409.7, 1e39, -1, 2.5, 10])
)
numeric = st.recursive(
    st.one_of(
        numbers,
        st.sampled_from(["xco2", "quality_flag", "longitude"]).map(lambda n: {"property": n}),
    ),
    lambda inner: st.builds(
        lambda op, a, b: {"op": op, "args": [a, b]},
        st.sampled_from(["+", "-", "*", "/", "%", "div"]),
        inner,
        inner,
    ),
    max_leaves=4,
)
words = st.sampled_from(["nadir", "glint", "GLINT", "Target", "100%", "a_b", "it's", "s010"])
textual = st.one_of(words, st.sampled_from(["mode", "sounding_id"]).map(lambda n: {"property": n}))
texts = st.one_of(textual, textual.map(lambda one: {"op": "casei", "args": [one]}))
dates = st.integers(0, 32).map(lambda n: str(np.datetime64("2022-01-01") + np.timedelta64(n, "D")))
stamps = st.integers(0, 250).map(
    lambda n: str(np.datetime64("2022-01-01T00:00:00") + np.timedelta64(3 * n, "h")) + "Z"
)
intervals = st.tuples(dates, dates).map(lambda pair: {"interval": sorted(pair)})
moments = st.one_of(
    st.sampled_from(["time", "datetime"]).map(lambda n: {"property": n}),
    dates.map(lambda text: {"date": text}),
    stamps.map(lambda text: {"timestamp": text}),
    intervals,
    dates.map(lambda text: {"interval": [text, ".."]}),
    dates.map(lambda text: {"interval": ["..", text]}),
)
comparisons = st.sampled_from(["=", "<>", "<", "<=", ">", ">="])
degrees = st.integers(-18, 18).map(lambda n: n * 10)
heights = st.integers(-9, 9).map(lambda n: n * 10)
shapes = st.one_of(
    st.tuples(degrees, heights, degrees, heights)
    .filter(lambda b: b[0] != b[2] and b[1] != b[3])
    .map(lambda b: {"bbox": [b[0], min(b[1], b[3]), b[2], max(b[1], b[3])]}),
    st.tuples(degrees, heights).map(lambda p: {"type": "Point", "coordinates": list(p)}),
    st.tuples(degrees, heights, st.integers(2, 15)).map(
        lambda p: {
            "type": "Polygon",
            "coordinates": [
                [
                    [p[0], max(p[1] - p[2], -90)],
                    [p[0] + 10 * p[2], p[1]],
                    [p[0], min(p[1] + p[2], 90)],
                    [p[0], max(p[1] - p[2], -90)],
                ]
            ],
        }
    ),
)
PLACE = {"property": "geometry"}


def operation(op: Any, *args: Any) -> Any:
    return st.builds(lambda o, *found: {"op": o, "args": list(found)}, op, *args)


temporal = st.sampled_from(
    ["t_before", "t_after", "t_during", "t_intersects", "t_disjoint", "t_equals"]
)
predicates = st.one_of(
    operation(comparisons, numeric, numeric),
    operation(comparisons, texts, texts),
    operation(comparisons, moments, moments),
    operation(temporal, moments, moments),
    operation(st.just("between"), numeric, numbers, numbers),
    operation(st.just("in"), texts, st.lists(words, min_size=1, max_size=3)),
    operation(st.just("in"), numeric, st.lists(numbers, min_size=1, max_size=3)),
    operation(st.just("isNull"), st.one_of(numeric, textual)),
    operation(
        st.just("like"), texts, st.sampled_from(["%", "n%", "_lint", "1__\\%", "%_%b", "a\\_b"])
    ),
    operation(st.sampled_from(["s_intersects", "s_within", "s_disjoint"]), st.just(PLACE), shapes),
    st.booleans(),
)
filters = st.recursive(
    predicates,
    lambda inner: st.one_of(
        operation(st.sampled_from(["and", "or"]), inner, inner, inner),
        operation(st.just("not"), inner),
    ),
    max_leaves=5,
)


@settings(max_examples=1200)
@given(filters)
def test_a_filter_matches_the_rows_that_a_loop_matches(tree: Any) -> None:
    assert matched(tree) == [i for i in range(ROWS) if brute(tree, i) is True]


@settings(max_examples=300)
@given(filters)
def test_matches_lie_where_and_when_the_filter_says_that_they_can(tree: Any) -> None:
    found = compiled(tree, KINDS)
    for i in matched(tree):
        lon, lat = COLUMNS["longitude"][i], COLUMNS["latitude"][i]
        assert found.boxes is None or any(
            box.west <= lon <= box.east and box.south <= lat <= box.north for box in found.boxes
        )
        low, high = found.span or (None, None)
        time = int(COLUMNS["time"][i].astype(np.int64))
        assert low is None or low <= time
        assert high is None or time <= high
