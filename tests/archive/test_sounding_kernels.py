"""Compiled kernels of the sounding index beside brute force."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from casa_ogc.archive.sounding_blocks import near, upper_bound
from casa_ogc.archive.sounding_sorting import sort_few, sort_many

rank_sets = st.one_of(
    st.sets(st.integers(0, 5000), max_size=40),
    st.sets(st.sampled_from([0, 1, 62, 63, 64, 65, 4094, 4095, 4096, 4097, 5000])),
)
places = st.tuples(
    st.sampled_from([-180.0, -90.0, 0.0, 90.0, 180.0]), st.sampled_from([-90.0, 0.0, 45.0, 90.0])
)


@st.composite
def rectangles(draw: st.DrawFn) -> tuple[float, float, float, float]:
    """West, south, east, north that may touch, be points or lie at a pole."""
    one, other = draw(places), draw(places)
    return (
        min(one[0], other[0]),
        min(one[1], other[1]),
        max(one[0], other[0]),
        max(one[1], other[1]),
    )


@given(rank_sets, st.randoms(use_true_random=False), st.integers(0, 3), st.integers(0, 3))
def test_different_ranks_are_sorted_and_what_lies_around_them_stays(ranks, chance, before, after):
    shuffled = list(ranks)
    chance.shuffle(shuffled)
    line = [9999 - n for n in range(before)] + shuffled + [7777 + n for n in range(after)]
    start, end = before, before + len(shuffled)
    wanted = line[:start] + sorted(shuffled) + line[end:]
    many = np.array(line, np.int64)
    sort_many(many, start, end, 5001)
    assert many.tolist() == wanted
    few = np.array(line, np.int64)
    sort_few(few, start, end)
    assert few.tolist() == wanted


@given(st.integers(1, 9000))
def test_all_ranks_of_a_part_come_out_as_they_are_counted(rows):
    ranks = np.random.default_rng(rows).permutation(rows).astype(np.int64)
    sort_many(ranks, 0, rows, rows)
    assert ranks.tolist() == list(range(rows))


@given(st.lists(st.integers(-5, 5), max_size=30))
def test_equal_ranks_stay_beside_each_other(ranks):
    few = np.array(ranks, np.int64)
    sort_few(few, 0, few.size)
    assert few.tolist() == sorted(ranks)


def touching(one, other) -> bool:
    """Whether two closed rectangles share a point."""
    return max(one[0], other[0]) <= min(one[2], other[2]) and (
        max(one[1], other[1]) <= min(one[3], other[3])
    )


@given(rectangles(), st.lists(rectangles(), max_size=3))
def test_a_block_is_near_when_it_shares_a_point_with_a_box(block, boxes):
    found = near(np.array([block]), 0, np.array(boxes).reshape(-1, 4))
    assert found == (not boxes or any(touching(block, box) for box in boxes))


@given(
    st.lists(
        st.tuples(st.integers(0, 2048), st.integers(0, 9), st.integers(0, 9), rectangles()),
        max_size=6,
    ),
    st.lists(rectangles(), max_size=3),
    st.integers(0, 9),
    st.integers(0, 9),
)
def test_the_upper_bound_counts_the_rows_of_all_blocks_that_may_hold_hits(blocks, boxes, low, high):
    spans = [(rows, min(a, b), max(a, b), place) for rows, a, b, place in blocks]
    found = upper_bound(
        np.array([rows for rows, *_ in spans], np.int64),
        np.array([span[1:3] for span in spans], np.int64).reshape(-1, 2),
        np.array([span[3] for span in spans]).reshape(-1, 4),
        np.array(boxes).reshape(-1, 4),
        low,
        high,
    )
    assert found == sum(
        rows
        for rows, first, last, place in spans
        if last >= low
        and first <= high
        and (not boxes or any(touching(place, box) for box in boxes))
    )
