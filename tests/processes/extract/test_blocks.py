"""Blocks of a grid: all cells once, in order, in pieces that fit, along chunks."""

from dataclasses import asdict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casa_processes.common.io_grids import _eastwards, _stretches, block_lengths, blocks
from casa_processes.common.netcdf_blocks import chunk_lengths
from casa_processes.common.references import Along, Box, InputRef, Selection

lengths = st.integers(1, 9)


@given(st.lists(st.tuples(lengths, lengths), min_size=1, max_size=4), st.integers(1, 400))
def test_blocks_hold_every_cell_once_in_the_order_of_the_file(pairs, most):
    sizes = {role: size for role, (size, _) in zip("tzyx", pairs, strict=False)}
    chunks = {role: chunk for role, (_, chunk) in zip("tzyx", pairs, strict=False)}
    numbers = np.zeros(tuple(sizes.values()), int)
    for block in blocks(sizes, chunks, most):
        numbers[tuple(block.values())] += 1
    assert (numbers == 1).all()


@given(st.lists(st.tuples(lengths, lengths), min_size=1, max_size=4), st.integers(1, 400))
def test_blocks_are_small_or_one_chunk_and_cut_along_chunks(pairs, most):
    sizes = {role: size for role, (size, _) in zip("tzyx", pairs, strict=False)}
    chunks = {role: chunk for role, (_, chunk) in zip("tzyx", pairs, strict=False)}
    found = block_lengths(sizes, chunks, most)
    cells = np.prod(list(found.values()))
    narrow = all(found[role] <= chunks[role] for role in sizes)
    assert cells <= most or narrow
    for role, length in found.items():
        assert length == sizes[role] or length % chunks[role] == 0


def test_maps_are_cut_in_time_and_series_in_rows():
    assert block_lengths({"t": 1000, "y": 100, "x": 200}, {"t": 1, "y": 100, "x": 200}, 10**5) == {
        "t": 5,
        "y": 100,
        "x": 200,
    }
    found = block_lengths({"t": 366, "y": 100, "x": 200}, {"t": 366, "y": 10, "x": 10}, 10**6)
    assert found == {"t": 366, "y": 10, "x": 200}


@given(st.lists(st.integers(1, 40), min_size=1, max_size=4), st.integers(1, 3000))
def test_compressed_parts_divide_their_block(block, most):
    found = chunk_lengths(block, most)
    assert all(length % part == 0 for length, part in zip(block, found, strict=True))
    assert np.prod(found) <= most or all(one == 1 for one in found)


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ([4], [(4, 5, 1)]),
        ([2, 3, 4], [(2, 5, 1)]),
        ([4, 3, 2], [(2, 5, -1)]),
        ([7, 8, 0, 1], [(7, 9, 1), (0, 2, 1)]),
        ([1, 0, 8, 7], [(0, 2, -1), (7, 9, -1)]),
        ([3, 5, 9], [(3, 4, 1), (5, 6, 1), (9, 10, 1)]),
    ],
)
def test_cells_are_read_in_stretches_of_neighbours(cells, expected):
    stored = np.arange(100, 120)
    found = _stretches(np.array(cells))
    assert [(one.start, one.stop, step) for one, _, step in found] == expected
    filled = np.zeros(len(cells), int)
    for one, target, step in found:
        filled[target] = stored[one][::step]
    np.testing.assert_array_equal(filled, stored[cells])


@given(st.floats(-180, 179), st.integers(1, 36), st.sampled_from([-360, 0, 360]))
def test_longitudes_go_on_eastwards_from_their_first(first, count, turn):
    values = (first + np.arange(count) * 10.0 + 180) % 360 - 180 + turn
    edges = np.stack([values - 5, values + 5], axis=1)
    moved, bounds = _eastwards(values, edges)
    assert -180 <= moved[0] < 180
    np.testing.assert_allclose(np.diff(moved), 10.0, atol=1e-6)
    np.testing.assert_allclose(bounds.mean(axis=1), moved, atol=1e-6)


def test_longitudes_that_need_no_turn_keep_their_bits():
    values = np.array([0.1, 0.30000000000000004, 179.9])
    assert np.array_equal(_eastwards(values, None)[0], values)


def test_a_selection_comes_back_from_a_dictionary_as_it_was():
    found = Selection(
        variables=("xco2", "xco2_uncertainty"),
        layout="map",
        cells=(Along("t", ((0, 3), (7, 9))), Along("x", ((0, 4),), True)),
        boxes=(Box(-1.0, -2.0, 3.0, 4.0),),
        area="POLYGON EMPTY",
        values=12,
        size=48,
        read_size=96,
    )
    reference = InputRef("folder", "1", "CC0-1.0", (("2022-01-01", None),), selection=found)
    assert InputRef.restored(asdict(reference)) == reference
    assert [one.size for one in found.cells] == [5, 4]
