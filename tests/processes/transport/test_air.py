"""Air between the directions of a step, counted cell by cell, and the fewest parts that suffice."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casa_processes.transport.air.kernel import between, fewest
from casa_processes.transport.plan import LEAST, LIMIT, plan
from tests.processes.transport.forcings import drawn

SEEDS = st.integers(0, 2**32 - 1)
SHAPE = (3, 5, 6)


def gains(forcing):
    """What the circles and the meridians add to each cell.  [kg]"""
    zonal, meridional = np.zeros(SHAPE), np.zeros(SHAPE)
    for z, y, x in np.ndindex(*SHAPE):
        zonal[z, y, x] = forcing.east[z, y, x - 1] - forcing.east[z, y, x]
        meridional[z, y, x] = forcing.north[z, y, x] - forcing.north[z, y + 1, x]
    return zonal, meridional


@settings(max_examples=30)
@given(SEEDS, st.floats(0.0, 1.2), st.booleans())
def test_parts_that_are_found_leave_air_after_each_move(seed, turning, zonal_first):
    forcing = drawn(seed, SHAPE, courant=0.3, turning=turning)
    parts = np.empty(SHAPE[0], np.int32)
    fits = fewest(
        forcing.mass, forcing.east, forcing.north, 1, zonal_first, LEAST, parts, LIMIT
    )  # fmt: skip
    first, second = gains(forcing) if zonal_first else gains(forcing)[::-1]
    for layer, count in enumerate(parts):
        if not fits and count == 0:
            break
        one = forcing.mass[layer], first[layer]
        # The first direction and both together; the second one takes from what the first left.
        assert (one[0] + one[1] / count >= LEAST * one[0] * (1.0 - 1e-12)).all()
        assert ((one[0] + first[layer] + second[layer]) > 0.0).all()


def test_a_layer_at_rest_needs_one_part_and_one_that_empties_none_suffices():
    still = drawn(0, SHAPE, courant=0.0)
    calm = np.zeros_like(still.east), np.zeros_like(still.north)
    parts = np.empty(SHAPE[0], np.int32)
    assert fewest(still.mass, *calm, 1, True, LEAST, parts, LIMIT)
    assert parts.tolist() == [1, 1, 1]
    calm[0][1, 2, 3] = 20.0
    assert not fewest(still.mass, *calm, 1, True, LEAST, parts, LIMIT)
    assert parts[:2].tolist() == [1, 0]


@pytest.mark.parametrize("zonal_first", [True, False])
@pytest.mark.parametrize("count", [1, 2])
@pytest.mark.parametrize("parts", [(1, 1, 1), (2, 1, 3)])
def test_air_between_the_moves_is_that_of_cells_counted_one_by_one(zonal_first, count, parts):
    forcing = drawn(3, SHAPE)
    cuts = np.array(parts, np.int32)
    along = np.full((3, cuts.sum(), *SHAPE[1:]), np.nan)
    across = np.full((3, cuts.sum(), SHAPE[2], SHAPE[1]), np.nan)
    between(forcing.mass, forcing.east, forcing.north, count, zonal_first, cuts, along, across)
    zonal, meridional = gains(forcing)
    number = 0
    for layer, cut in enumerate(parts):
        air = forcing.mass[layer]
        for _ in range(cut):
            share = 1.0 / (cut * count)
            middle = air + (zonal if zonal_first else meridional)[layer] * share
            after = air + (zonal + meridional)[layer] * share
            pairs = ((air, middle), (middle, after))
            round_, over = pairs if zonal_first else pairs[::-1]
            assert np.allclose(along[:2, number], round_, rtol=1e-13)
            assert np.allclose(across[:2, number], [one.T for one in over], rtol=1e-13)
            assert np.allclose(along[2, number], forcing.east[layer] * share, rtol=1e-14)
            assert np.allclose(across[2, number], forcing.north[layer, 1:].T * share, rtol=1e-14)
            air, number = after, number + 1


@given(SEEDS, st.booleans())
def test_a_plan_in_the_memory_of_another_is_the_same_plan(seed, zonal_first):
    one, other = drawn(seed, SHAPE, turning=0.5), drawn(seed + 1, SHAPE, turning=0.5)
    fresh = plan(one, zonal_first)
    again = plan(one, zonal_first, plan(other, not zonal_first))
    assert len(again.stages) == len(fresh.stages)
    for mine, theirs in zip(again.stages, fresh.stages, strict=True):
        assert np.array_equal(mine.first, theirs.first)
        for name in ("zonal", "meridional", "columns"):
            place, near, part, mixed = getattr(mine, name)
            known = getattr(theirs, name)
            assert np.array_equal(place, known[0])
            assert np.array_equal(near, known[1])
            assert mixed == known[3]
            used = slice(None) if mixed else slice(6)
            assert np.array_equal(part[..., used], known[2][..., used])


def test_memory_of_an_old_plan_is_used_where_it_fits_and_left_alone_where_not():
    old, small = plan(drawn(1, SHAPE, courant=0.2)), plan(drawn(1, (2, 4, 6), courant=0.2))
    kept = small.stages[0].columns[2].copy()
    again = plan(drawn(2, SHAPE, courant=0.2), True, old)
    assert again.stages[0].zonal[2] is old.stages[0].zonal[2]
    plan(drawn(2, SHAPE, courant=0.2), True, small)
    assert np.array_equal(small.stages[0].columns[2], kept, equal_nan=True)
