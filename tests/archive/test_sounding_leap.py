"""Far rows are reached by counting: the same rows as in the list of all."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casa_ogc.archive import sounding_index, sounding_rows, sounding_writing
from casa_ogc.archive.axes import Bounds
from casa_ogc.archive.sounding_index import _edges
from casa_ogc.archive.soundings import SoundingStore, open_soundings, write_soundings
from tests.archive.builders import START, soundings, source

ROWS = 900
BOXES = (
    (),
    (Bounds(-180, -90, 180, 90),),
    (Bounds(-180, -90, 0, 10), Bounds(0, 0, 180, 90)),
    (Bounds(3, 3, 3, 3),),
)
DAYS = st.sampled_from([None, -1, 0, 3, 40, 41, 90, 200])


@pytest.fixture(scope="module", params=["seconds", "days", "one instant"])
def store(request, tmp_path_factory) -> SoundingStore:
    """Rows of several parts whose times overlap, of which many or all share an instant."""
    root = tmp_path_factory.mktemp("leap")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sounding_writing, "PART_ROWS", 250)
        for number in range(3):
            chance = np.random.default_rng(number)
            seconds = chance.integers(0, 86_400 * 90, ROWS // 3)
            step = {"seconds": 1, "days": 86_400, "one instant": 10**9}[request.param]
            times = START + (seconds // step * step).astype("timedelta64[s]")
            dataset = soundings(ROWS // 3, seed=number, first=number * 1000)
            dataset = dataset.assign_coords(time=("sounding", times))
            head = write_soundings(root, "p", dataset, [source(f"{number}.nc")])
    return open_soundings(root, "p", head.snapshot)


@settings(max_examples=150)
@given(
    rows=st.integers(0, ROWS + 5),
    boxes=st.sampled_from(BOXES),
    ends=st.tuples(DAYS, DAYS),
    few=st.sampled_from([0, 30, 10_000]),
)
def test_a_leap_leads_to_the_row_behind_the_first_ones(store, rows, boxes, ends, few):
    interval = tuple(None if n is None else START + np.timedelta64(n, "D") for n in ends)
    every = store.hits(boxes, interval)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sounding_index, "_FEW", few)
        place = store.leap(boxes, interval, rows)
    assert (place is None) == (every.size <= rows)
    if place is not None:
        instant, left = place
        rest = store.hits(boxes, (np.datetime64(instant, "ns"), interval[1]))
        assert rest[left:].tolist() == every[rows:].tolist()
        same = (store.columns(["time"], rest)["time"].view(np.int64) == instant).sum()
        assert left <= max(few, same)


@settings(max_examples=60)
@given(boxes=st.sampled_from(BOXES), low=st.integers(-5, 95), shift=st.integers(40, 52))
def test_a_tally_counts_the_hits_of_each_stretch(store, boxes, low, shift):
    first = int((START + np.timedelta64(low, "D")).astype(np.int64))
    last = first + 60 * 86_400 * 10**9
    index = store.index
    blocks = (index.block_times, index.block_places)
    counts = sounding_rows.tally(index.parts, *blocks, _edges(boxes), first, last, shift)
    hits = store.hits(boxes, (np.datetime64(first, "ns"), np.datetime64(last, "ns")))
    times = store.columns(["time"], hits)["time"].view(np.int64)
    edges = first + (np.arange(counts.size + 1) << shift)
    wanted = [((times >= a) & (times < b)).sum() for a, b in pairwise(edges)]
    assert counts.tolist() == wanted
    assert edges[-2] <= last < edges[-1]


def test_nothing_is_found_where_nothing_is_stored_in_the_interval(store):
    late = START + np.timedelta64(500, "D")
    assert store.leap((), (late, None), 0) is None
    assert store.leap((), (late, START), 0) is None
    assert store.leap(BOXES[3], (None, None), 0) is None
