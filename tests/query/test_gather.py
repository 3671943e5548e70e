"""Single cells of stored arrays, and the chunks that hold them."""

from collections.abc import Mapping
from itertools import product

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from casa_ogc.archive.axes import Role
from casa_ogc.query.gather import cheapest, chunks_met, gather
from tests.synthetic import World, encoded_dataset, memory_cube

DATA = encoded_dataset(World(dims="tzyx"))
NAME = "xco2"
SIZES = st.fixed_dictionaries({role: st.integers(1, 7) for role in "tzyx"})


def some_places(count: int, seed: int, shape: Mapping[Role, int]) -> dict[Role, np.ndarray]:
    dice = np.random.default_rng(seed)
    return {role: dice.integers(0, size, count) for role, size in shape.items()}


@settings(max_examples=60)
@given(st.integers(1, 60), st.integers(0, 10**6), SIZES)
def test_gathered_cells_are_those_of_the_whole_array(count, seed, sizes):
    cube = memory_cube(DATA, map=sizes)
    array = cube.layouts["map"].arrays[NAME]
    shape = dict(zip(array.roles, array.shape, strict=True))
    places = some_places(count, seed, shape)
    whole = array.read(tuple(slice(0, size) for size in array.shape))
    found = gather(array, places)
    np.testing.assert_array_equal(found, whole[tuple(places[role] for role in array.roles)])
    numbers = (places[role] // piece for role, piece in zip(array.roles, array.chunks, strict=True))
    met = set(zip(*(one.tolist() for one in numbers), strict=True))
    assert chunks_met(array, places) == len(met)


@settings(max_examples=40)
@given(st.integers(1, 60), st.integers(0, 10**6), SIZES)
def test_no_chunk_is_read_twice_and_none_beyond_what_is_asked(count, seed, sizes):
    array = memory_cube(DATA, map=sizes).layouts["map"].arrays[NAME]
    places = some_places(count, seed, dict(zip(array.roles, array.shape, strict=True)))
    gather(array, places)
    seen: list[tuple[int, ...]] = []
    for window in array.reads:
        pieces = (
            range(part.start // piece, (part.stop - 1) // piece + 1)
            for part, piece in zip(window, array.chunks, strict=True)
        )
        seen.extend(product(*pieces))
    assert len(seen) == len(set(seen)) == chunks_met(array, places)


@settings(max_examples=60)
@given(st.integers(1, 60), st.integers(0, 10**6), SIZES, SIZES)
def test_the_cheapest_layout_reads_no_more_than_the_other(count, seed, sizes, others):
    cube = memory_cube(DATA, map=sizes, series=others)
    shape = dict(zip("tzyx", DATA["xco2"].shape, strict=True))
    places = some_places(count, seed, shape)
    name, chunks, size = cheapest(cube.layouts, [NAME], places)
    costs = {}
    for layout in ("map", "series"):
        array = cube.layouts[layout].arrays[NAME]
        met = chunks_met(array, places)
        read = met * int(np.prod(array.chunks)) * array.dtype.itemsize
        costs[layout] = (read + met * 131_072, met, read)
    assert costs[name] == (min(cost for cost, _, _ in costs.values()), chunks, size)
