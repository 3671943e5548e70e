"""Layouts: chunk shapes are bounded and follow the calendar's years."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casa_ogc.archive.axes import Axis
from casa_ogc.archive.layouts import (
    MAP_CHUNK_BYTES,
    OVERVIEW_CHUNK_BYTES,
    SHARD_BYTES,
    map_chunking,
    overview_chunking,
    series_chunking,
    steps_of_year,
)

sizes = st.fixed_dictionaries(
    {
        "t": st.integers(1, 5000),
        "z": st.integers(1, 70),
        "y": st.integers(1, 4000),
        "x": st.integers(1, 8000),
    }
)
ROLES = ("t", "z", "y", "x")


def times(step, count):
    return Axis("time", "t", np.datetime64("2020-01-01", "ns") + np.arange(count) * step, None)


@given(sizes, st.sampled_from([1, 2, 4, 8]))
def test_a_map_chunk_is_one_step_and_level_of_at_most_four_mebibytes(shape, itemsize):
    chunks = map_chunking(ROLES, shape, itemsize).chunks
    assert chunks[:2] == (1, 1)
    assert chunks[2] * chunks[3] * itemsize <= MAP_CHUNK_BYTES * 1.02
    if shape["y"] * shape["x"] * itemsize <= MAP_CHUNK_BYTES:
        assert chunks[2:] == (shape["y"], shape["x"])


@given(sizes, st.sampled_from([2, 4, 8]), st.sampled_from([1, 12, 366, 8784]))
def test_shards_are_whole_numbers_of_bounded_chunks(shape, itemsize, year):
    chunking = series_chunking(ROLES, shape, itemsize, year)
    assert chunking.chunks[0] == chunking.shards[0] == year
    assert all(s % c == 0 for s, c in zip(chunking.shards, chunking.chunks, strict=True))
    assert max(chunking.chunks[2:]) <= 10
    assert max(chunking.shards[2:]) <= 120
    inner = np.prod(chunking.chunks) * itemsize
    assert np.prod(chunking.shards) * itemsize <= max(SHARD_BYTES, inner)


def test_a_daily_year_of_a_globe_is_sharded_by_120_cells():
    shape = {"t": 1096, "y": 360, "x": 720}
    chunking = series_chunking(("t", "y", "x"), shape, 4, 366)
    assert chunking.chunks == (366, 10, 10)
    assert chunking.shards == (366, 120, 120)


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        (np.timedelta64(1, "D"), 366),
        (np.timedelta64(8, "D"), 46),
        (np.timedelta64(30, "D"), 12),
        (np.timedelta64(365, "D"), 1),
        (np.timedelta64(1, "h"), 8784),
    ],
)
def test_a_year_has_as_many_steps_as_fit(step, expected):
    assert steps_of_year(times(step, 40), "") == expected


def test_a_single_step_says_its_length_by_bounds_or_resolution():
    one = times(np.timedelta64(1, "D"), 1)
    assert steps_of_year(one, "P1D") == 366
    assert steps_of_year(one, "P1M") == 12
    pair = np.array([["2020-01-01", "2020-01-31"]], dtype="datetime64[ns]")
    assert steps_of_year(Axis("time", "t", one.values, pair), "") == 12


@given(sizes, st.sampled_from([1, 2, 4, 8]))
def test_coarse_maps_share_chunks_of_bounded_size(shape, itemsize):
    chunks = overview_chunking(ROLES, shape, itemsize).chunks
    assert chunks[1:] == map_chunking(ROLES, shape, itemsize).chunks[1:]
    assert chunks[0] == 1 or np.prod(chunks) * itemsize <= OVERVIEW_CHUNK_BYTES
    assert overview_chunking(ROLES[2:], shape, itemsize) == map_chunking(ROLES[2:], shape, itemsize)
