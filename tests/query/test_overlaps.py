"""Shares of cells, interval by interval."""

from itertools import accumulate

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casa_ogc.query.overlaps import grouped, identity, overlap, overlap_around, sums


@st.composite
def cells(draw, least=-40, widest=9):
    """Edges of cells that touch or leave gaps, either way, either edge first; shape (n, 2)."""
    widths = draw(st.lists(st.integers(1, widest), min_size=1, max_size=7))
    gaps = draw(st.lists(st.integers(0, 2), min_size=len(widths), max_size=len(widths)))
    stops = list(accumulate(a + b for a, b in zip(widths, gaps, strict=True)))
    start = draw(st.integers(least, -least))
    pairs = [
        (start + stop - width, start + stop) for stop, width in zip(stops, widths, strict=True)
    ]
    found = np.array(pairs, dtype=np.float64)
    if draw(st.booleans()):
        found = found[::-1]
    return found[:, ::-1].copy() if draw(st.booleans()) else found.copy()


def shared(one, other) -> float:
    """Length that two intervals share."""
    return max(min(max(one), max(other)) - max(min(one), min(other)), 0.0)


def dense(shares, count) -> np.ndarray:
    """Weight of each source in each target, shape (target, source)."""
    found = np.zeros((shares.size, count))
    for target, (start, stop) in enumerate(zip(shares.starts, shares.stops, strict=True)):
        assert stop > start
        np.add.at(found[target], shares.sources[start:stop], shares.weights[start:stop])
    return found


@settings(max_examples=150)
@given(cells(), cells())
def test_shares_are_the_lengths_of_the_intersections(sources, targets):
    found = dense(overlap(sources, targets), len(sources))
    wanted = [[shared(source, target) for source in sources] for target in targets]
    np.testing.assert_allclose(found, wanted)


@settings(max_examples=100)
@given(cells(widest=40), cells(-300, 40), st.sampled_from([-360, 0, 360]))
def test_longitudes_share_what_they_share_on_the_circle(sources, targets, turn):
    found = dense(overlap_around(sources + turn, targets), len(sources))
    wanted = [
        [sum(shared(source + t, target) for t in range(-1440, 1441, 360)) for source in sources]
        for target in targets
    ]
    np.testing.assert_allclose(found, wanted)


@settings(max_examples=100)
@given(cells(), cells(), st.data())
def test_weighted_sums_are_products_with_the_dense_weights(sources, targets, data):
    shares = overlap(sources, targets)
    values = np.random.default_rng(len(sources)).normal(size=(3, len(sources), 2))
    weights = dense(shares, len(sources))
    np.testing.assert_allclose(
        sums(values, shares, 1), np.einsum("ts,asb->atb", weights, values), atol=1e-12
    )
    first = data.draw(st.integers(0, shares.size - 1))
    stop = data.draw(st.integers(first + 1, shares.size))
    part = dense(shares.part(first, stop), len(sources))
    np.testing.assert_array_equal(part, weights[first:stop])


@given(st.lists(st.integers(1, 5), min_size=1, max_size=6))
def test_groups_hold_each_of_their_members_once(sizes):
    weights = np.arange(1.0, sum(sizes) + 1)
    starts = np.cumsum([0, *sizes[:-1]])
    found = dense(grouped(weights, starts), weights.size)
    assert found.sum(axis=0).tolist() == weights.tolist()
    assert (found > 0).sum(axis=1).tolist() == sizes
    assert dense(identity(3), 3).tolist() == np.eye(3).tolist()


def test_an_intersection_of_rounding_errors_is_none():
    sources = np.array([[0.0, 1.0], [1.0, 2.0]])
    shares = overlap(sources, np.array([[1.0 - 1e-12, 2.0]]))
    assert shares.sources.tolist() == [1]
    assert shares.weights.tolist() == pytest.approx([1.0])


@pytest.mark.parametrize("turns", [-2, -1, 0, 1, 2])
def test_two_turns_either_way_are_followed(turns):
    sources, target = np.array([[10.0, 20.0], [20.0, 40.0]]), np.array([[15.0, 30.0]])
    shares = overlap_around(sources + 360 * turns, target)
    assert shares.sources.tolist() == [0, 1]
    assert shares.weights.tolist() == [5.0, 10.0]
