"""Pages cover every row of an answer exactly once and in order."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casa_ogc.archive import sounding_index
from casa_ogc.archive.axes import Bounds
from casa_ogc.archive.soundings import SoundingStore
from casa_ogc.query import hits
from casa_ogc.query.filters import Filter, parse_filter
from casa_ogc.query.pages import Listing, Position, page
from casa_processes.common.errors import InvalidValueError, TooLargeError
from tests.query.conftest import Kept

KINDS = {"xco2": "number", "sounding_id": "text", "time": "time", "geometry": "geometry"}
DAY = 86_400 * 10**9
START = int(np.datetime64("2022-01-01", "ns").astype(np.int64))

spans = st.lists(st.integers(-2, 62), min_size=0, max_size=4, unique=True).map(
    lambda days: (
        tuple(
            (START + a * DAY, START + b * DAY)
            for a, b in zip(sorted(days)[::2], sorted(days)[1::2], strict=False)
        )
        or ((None, None),)
    )
)
boxes = st.one_of(
    st.none(),
    st.just((Bounds(-180, -90, 0, 90),)),
    st.just((Bounds(10, -20, 90, 60), Bounds(-60, 0, 5, 90))),
)
wordings = st.sampled_from(
    [
        "xco2 > 430",
        "xco2 < 440 or sounding_id like '%3'",
        "s_intersects(geometry, BBOX(-90,-90,90,90))",
        "t_after(datetime, DATE('2022-01-20'))",
        "xco2 < 0",
    ]
)
texts = st.lists(wordings, max_size=2)
orders = st.lists(
    st.tuples(st.sampled_from(["xco2", "sounding_id", "time", "latitude"]), st.booleans()),
    max_size=2,
    unique_by=lambda pair: pair[0],
).map(tuple)


def expected(store: SoundingStore, listing: Listing) -> list[str]:
    """Identifiers by looking at every row."""
    names = ("sounding_id", "time", "longitude", "latitude", "xco2")
    columns = store.select(names)
    masks = [one.matches(columns, store.rows) for one in listing.filters]
    rows = []
    for i in range(store.rows):
        time = int(columns["time"][i].astype(np.int64))
        x, y = columns["longitude"][i], columns["latitude"][i]
        if (
            any((a is None or a <= time) and (b is None or time <= b) for a, b in listing.spans)
            and (
                listing.boxes is None
                or any(b.west <= x <= b.east and b.south <= y <= b.north for b in listing.boxes)
            )
            and all(mask[i] for mask in masks)
        ):
            rows.append(i)
    for name, descends in reversed(listing.order):
        rows.sort(key=lambda i: columns[name][i], reverse=descends)
    return [str(columns["sounding_id"][i]) for i in rows]


def walked(
    store: SoundingStore, listing: Listing, limit: int, position: Position | None = None
) -> tuple[list[str], list[int | None]]:
    """Identifiers of page after page, and what each says to have matched."""
    names: list[str] = []
    counts: list[int | None] = []
    while position is not None or not counts:
        found = page(store, listing, position or Position(), limit)
        assert found.hits.size <= limit
        names += store.columns(["sounding_id"], found.hits)["sounding_id"].tolist()
        counts.append(found.matched)
        position = found.following
        assert position is None or position.offset == len(names)
    return names, counts


def filters_of(given_texts: list[str]) -> tuple[Filter, ...]:
    return tuple(parse_filter(text, "cql2-text", KINDS) for text in given_texts)


@settings(max_examples=150)
@given(spans, boxes, texts, orders, st.integers(1, 450), st.sampled_from(["", "P1D", "P1M"]))
def test_pages_hold_every_row_once_and_in_order(
    kept: Callable[..., Kept], spans, boxes, texts, orders, limit, resolution
) -> None:
    store, _ = kept(resolution=resolution)
    listing = Listing(boxes, spans, filters_of(texts), orders)
    names, counts = walked(store, listing, limit)
    assert names == expected(store, listing)
    assert set(counts) == {len(names)}


@settings(max_examples=80)
@given(
    spans,
    boxes,
    st.lists(wordings, min_size=1, max_size=2),
    st.integers(1, 60),
    st.sampled_from([7, 50, 399]),
)
def test_a_filter_that_may_read_few_rows_gives_the_same_rows_in_more_pages(
    kept: Callable[..., Kept], spans, boxes, texts, limit, most
) -> None:
    for resolution in ("", "P1M"):
        store, _ = kept(resolution=resolution)
        listing = Listing(boxes, spans, filters_of(texts), most_read=most)
        names, _ = walked(store, listing, limit)
        assert names == expected(store, listing)


@settings(max_examples=60)
@given(boxes, st.integers(0, 420), st.integers(1, 100))
def test_an_offset_begins_where_so_many_rows_are_left_out(
    kept: Callable[..., Kept], boxes, offset, limit
) -> None:
    store, _ = kept()
    listing = Listing(boxes)
    found = page(store, listing, Position(offset), limit)
    names = store.columns(["sounding_id"], found.hits)["sounding_id"].tolist()
    assert names == expected(store, listing)[offset : offset + limit]


@settings(max_examples=120)
@given(
    spans,
    boxes,
    st.integers(0, 420),
    st.integers(1, 450),
    st.sampled_from(["", "P1D", "P1M"]),
    st.sampled_from([0, 5]),
)
def test_pages_behind_a_far_offset_hold_every_later_row_once(
    kept: Callable[..., Kept], spans, boxes, offset, limit, resolution, near
) -> None:
    store, _ = kept(resolution=resolution)
    listing = Listing(boxes, spans)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hits, "_NEAR", near)
        patch.setattr(sounding_index, "_FEW", near)
        following: Position | None = Position(offset)
        names: list[str] = []
        while following is not None:
            found = page(store, listing, following, limit)
            assert found.hits.size == limit or found.following is None
            names += store.columns(["sounding_id"], found.hits)["sounding_id"].tolist()
            following = found.following
    whole = expected(store, listing)
    assert names == whole[offset:]
    assert found.matched == len(whole)


def test_a_position_behind_every_row_ends_the_list(kept: Callable[..., Kept]) -> None:
    store, _ = kept()
    for position in (Position(10**9), Position(5, 400, time=START, skipped=10**9)):
        found = page(store, Listing(), position, 10)
        assert (found.hits.size, found.matched, found.following) == (0, 400, None)


def test_what_would_read_too_much_is_refused(kept: Callable[..., Kept]) -> None:
    store, _ = kept()
    listing = Listing(order=(("xco2", False),), most_read=399)
    with pytest.raises(TooLargeError, match="400 rows to sort; the limit is 399"):
        page(store, listing, Position(), 5)
    listing = replace(listing, order=(), filters=filters_of(["xco2 > 0"]))
    with pytest.raises(InvalidValueError, match="cursor"):
        page(store, listing, Position(offset=3), 5)


def test_missing_values_are_sorted_to_the_end_in_both_directions() -> None:
    from casa_ogc.query.pages import _key

    for values in (np.array([2.0, np.nan, 1.0]), np.array(["b", "", "a"])):
        assert np.argsort(_key(values, False)).tolist() == [2, 0, 1]
        assert np.argsort(_key(values, True)).tolist() == [0, 2, 1]
