"""Which step or level holds a value, by looking at every cell."""

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from casa_ogc.archive.axes import Axis
from casa_ogc.query.holding import cells_holding, edges

whole = st.integers(-50, 50)
centres = st.lists(whole, min_size=1, max_size=8, unique=True).map(sorted)
values = st.lists(st.integers(-110, 110).map(lambda n: n / 2), min_size=1, max_size=12)


def axis(numbers, bounds=None, timed=False, descending=False):
    """A vertical axis, or one of times in seconds, either way."""
    order = slice(None, None, -1) if descending else slice(None)
    found = np.array(numbers, dtype=np.float64)[order]
    pairs = None if bounds is None else np.array(bounds, dtype=np.float64)[order]
    if timed:
        found = found.astype("datetime64[s]").astype("datetime64[ns]")
        pairs = None if pairs is None else pairs.astype("datetime64[s]").astype("datetime64[ns]")
    return Axis("time" if timed else "level", "t" if timed else "z", found, pairs)


@settings(max_examples=150)
@given(centres, values, st.booleans(), st.booleans(), st.data())
def test_a_cell_with_bounds_holds_what_lies_within_them(numbers, asked, timed, descending, data):
    """Gaps between cells hold nothing; of two cells that share an edge the upper one holds it."""
    gaps = data.draw(st.lists(st.integers(0, 3), min_size=len(numbers), max_size=len(numbers)))
    low = np.cumsum([2 + gap for gap in gaps]) - 20
    bounds = np.stack([low, low + 2], axis=1)
    held = axis(low + 1, bounds, timed, descending)
    found = cells_holding(held, np.array(asked))
    for value, cell in zip(asked, found.tolist(), strict=True):
        within = [k for k, (a, b) in enumerate(bounds.tolist()) if a <= value <= b]
        wanted = within[-1] if within else -1
        assert cell == (len(low) - 1 - wanted if descending and within else wanted)


@settings(max_examples=150)
@given(centres, values, st.booleans(), st.booleans())
def test_a_step_without_bounds_holds_what_is_closest_to_it(numbers, asked, timed, descending):
    held = axis(numbers, None, timed, descending)
    found = cells_holding(held, np.array(asked))
    size = len(numbers)
    for value, cell in zip(asked, found.tolist(), strict=True):
        away = [abs(value - number) for number in numbers]
        first = numbers[0] - (numbers[1] - numbers[0]) / 2 if size > 1 else numbers[0]
        last = numbers[-1] + (numbers[-1] - numbers[-2]) / 2 if size > 1 else numbers[0]
        if not first <= value <= last:
            assert cell == -1
            continue
        closest = max(k for k in range(size) if away[k] == min(away))
        assert cell == (size - 1 - closest if descending else closest)


@settings(max_examples=100)
@given(centres, values, st.booleans(), st.booleans())
def test_the_nearest_cell_is_the_one_whose_centre_is_closest(numbers, asked, timed, descending):
    held = axis(numbers, None, timed, descending)
    found = cells_holding(held, np.array(asked), nearest=True)
    for value, cell in zip(asked, found.tolist(), strict=True):
        ascending = len(numbers) - 1 - cell if descending else cell
        away = [abs(value - number) for number in numbers]
        assert away[ascending] == min(away)
        assert ascending == away.index(min(away))


@given(centres, st.booleans(), st.booleans())
def test_edges_lie_half_way_and_touch(numbers, timed, descending):
    assume(len(numbers) > 1)
    low, high = edges(axis(numbers, None, timed, descending))
    assert low[1:].tolist() == high[:-1].tolist()
    np.testing.assert_allclose(high[:-1], (np.array(numbers[:-1]) + numbers[1:]) / 2)
    np.testing.assert_allclose(numbers[0] - low[0], high[0] - numbers[0])
    np.testing.assert_allclose(high[-1] - numbers[-1], numbers[-1] - low[-1])
