"""What is read for a question, from which layout, and what it costs."""

import tracemalloc
from math import prod
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from casa_ogc.archive.axes import Axis, Bounds, Role, midpoint_bounds
from casa_ogc.archive.cubes import Cube, Layout
from casa_ogc.query.answer import GridAnswer, Origin
from casa_ogc.query.parse import parse_datetime
from casa_ogc.query.picks import Cells, cells_read, chunks_touched, moves
from casa_ogc.query.request import Box, Disc, Everywhere, Points, Request, TimeSelection
from casa_ogc.query.run import Cost, Options, estimate, run
from tests import strategies
from tests.synthetic import TIMES, MemoryArray, World, encoded_dataset, memory_cube

OPTIONS = Options(Origin("encoded", "s1"), (), 5000.0, 10**10)
FIELDS = 2


def arrays(cube: Cube, layout: str) -> list[MemoryArray]:
    found: list[Any] = list(cube.layouts[layout].arrays.values())
    return found


def decoded(array: MemoryArray) -> int:
    """Return how many chunks the reads so far decoded, once for each read."""
    return sum(
        prod(
            (one.stop - 1) // chunk - one.start // chunk + 1
            for one, chunk in zip(index, array.chunks, strict=True)
        )
        for index in array.reads
    )


def virtual_cube(t: int, y: int, x: int) -> Cube:
    """Return a cube of any size that holds a single number."""
    axes: dict[Role, Axis] = {
        "t": Axis("time", "t", TIMES[0] + np.arange(t).astype("timedelta64[D]"), None),
        "y": globe("latitude", "y", 90, y),
        "x": globe("longitude", "x", 180, x),
    }
    values: NDArray[Any] = np.broadcast_to(np.float32(1), (t, y, x))
    layouts = {"map": (1, y, x), "series": (min(366, t), 10, 10)}
    made: Any = {
        name: Layout(axes, {"xco2": MemoryArray(("t", "y", "x"), values, chunks)})  # type: ignore[dict-item]
        for name, chunks in layouts.items()
    }
    return Cube("virtual", "s1", made)


def globe(name: str, role: Role, half: float, size: int) -> Axis:
    values = -half + 2 * half / size * (np.arange(size, dtype=np.float64) + 0.5)
    return Axis(name, role, values, midpoint_bounds(values))


@settings(max_examples=150)
@given(
    region=st.one_of(st.just(Everywhere()), strategies.box_regions(), strategies.point_regions()),
    text=st.sampled_from([None, "2022-01-02", "2022-01-01,2022-02/..", "2022-01-01,2023"]),
    chunks=st.fixed_dictionaries(
        {role: st.sampled_from([1, 2, 3, 5, 100]) for role in ("t", "y", "x")}
    ),
    east_only=st.booleans(),
)
def test_the_cost_is_what_is_then_read(
    region: Everywhere | Box | Points, text: str | None, chunks: dict[str, int], east_only: bool
) -> None:
    cube = memory_cube(encoded_dataset(World(east_only=east_only)), map=chunks)
    request = Request(region=region, time=parse_datetime(text) if text else None)
    cost, answer = estimate(cube, request, OPTIONS), run(cube, request, OPTIONS)
    assert isinstance(answer, GridAnswer)
    values = [field.values for grid in answer.grids for field in grid.fields.values()]
    assert cost.cells == sum(one.size for one in values)
    assert cost.bytes == sum(one.nbytes for one in values)
    read = arrays(cube, "map")
    assert cost.chunks == sum(decoded(array) for array in read)
    sizes = [prod(array.chunks) * array.dtype.itemsize * decoded(array) for array in read]
    assert cost.read_bytes == sum(sizes)


def test_the_layout_with_less_to_decode_is_read() -> None:
    cube = virtual_cube(1096, 180, 360)
    series = Request(region=Points((116.4,), (39.9,)))
    one_map = Request(region=Box(Bounds(73, 18, 135, 54)), time=parse_datetime("2022-06-01"))
    assert estimate(cube, series, OPTIONS) == Cost(1096, 4384, 3 * 146_400, 3, "series")
    assert estimate(cube, one_map, OPTIONS) == Cost(36 * 62, 8928, 259_200, 1, "map")
    run(cube, series, OPTIONS)
    run(cube, one_map, OPTIONS)
    assert [len(arrays(cube, name)[0].reads) for name in ("map", "series")] == [1, 1]


def test_a_cube_with_one_layout_is_read_from_it() -> None:
    cube = memory_cube(encoded_dataset(World()), map={"t": 1})
    assert estimate(cube, Request(region=Points((0.0,), (0.0,))), OPTIONS).layout == "map"


def test_the_overviews_are_not_read() -> None:
    cube = memory_cube(encoded_dataset(World()), **{"map": {}, "overview/1": {"y": 1, "x": 1}})
    assert estimate(cube, Request(region=Points((0.0,), (0.0,))), OPTIONS).layout == "map"


def test_nothing_there_costs_nothing() -> None:
    request = Request(time=parse_datetime("1999"))
    cost = estimate(memory_cube(encoded_dataset(World())), request, OPTIONS)
    assert cost == Cost(0, 0, 0, 0, "")


def test_a_disc_costs_its_window_at_most() -> None:
    cube = memory_cube(encoded_dataset(World()))
    request = Request(region=Disc(100.0, 40.0, 2e6))
    answer = run(cube, request, OPTIONS)
    assert isinstance(answer, GridAnswer)
    cells = sum(field.values.size for field in answer.grids[0].fields.values())
    assert 0 < cells <= estimate(cube, request, OPTIONS).cells


def test_no_chunk_is_decoded_twice_where_a_window_leaves_a_stored_row_at_both_ends() -> None:
    cube = memory_cube(encoded_dataset(World(east_only=True)), map={"t": 1, "z": 1})
    request = Request(region=Box(Bounds(-30, -30, 30, 30)), time=parse_datetime("2022-01-01"))
    run(cube, request, OPTIONS)
    assert [len(array.reads) for array in arrays(cube, "map")] == [1, 1]
    assert [decoded(array) for array in arrays(cube, "map")] == [1, 1]


def test_points_of_one_chunk_are_read_together() -> None:
    cube = memory_cube(encoded_dataset(World()), series={"y": 4, "x": 4}, map={"t": 1})
    near = Points((0.0, 20.0, 40.0, 40.0), (0.0, 10.0, 29.0, 29.0))
    cost = estimate(cube, Request(region=near), OPTIONS)
    assert (cost.layout, cost.chunks) == ("series", FIELDS)
    run(cube, Request(region=near), OPTIONS)
    assert [len(array.reads) for array in arrays(cube, "series")] == [1, 1]


def test_distant_steps_of_one_chunk_do_not_bring_all_between_into_memory() -> None:
    cube = virtual_cube(366, 200, 400)
    series = arrays(cube, "series")[0]
    series_only = Cube("virtual", "s1", {"map": cube.layouts["series"]})
    days = [TIMES[0], TIMES[0] + np.timedelta64(365, "D")]
    answer = run(series_only, Request(time=TimeSelection(tuple((d, d) for d in days))), OPTIONS)
    assert isinstance(answer, GridAnswer)
    assert answer.grids[0].fields["xco2"].values.shape == (2, 200, 400)
    assert sum(prod(one.stop - one.start for one in index) for index in series.reads) == 160_000


@given(
    cuts=st.lists(st.integers(0, 60), unique=True, min_size=2, max_size=12).map(sorted),
    chunk=st.integers(1, 20),
    merged=st.booleans(),
    reverse=st.booleans(),
    random=st.randoms(use_true_random=False),
)
def test_moves_fill_every_cell_of_the_answer_once(
    cuts: list[int], chunk: int, merged: bool, reverse: bool, random: Any
) -> None:
    runs = list(zip(cuts[::2], cuts[1::2], strict=False))
    random.shuffle(runs)
    cells = Cells(tuple(runs), reverse)
    wanted = [i for a, b in runs for i in (range(b - 1, a - 1, -1) if reverse else range(a, b))]
    stored, found = np.arange(60), np.full(cells.size, -1)
    for move in moves(cells, chunk, merged):
        read = stored[slice(*move.read)]
        for source, target in move.parts:
            assert (found[target] == -1).all()
            found[target] = read[source]
    assert found.tolist() == wanted
    touched = {i // chunk for i in wanted}
    if merged:
        assert chunks_touched(moves(cells, chunk, True), chunk) == len(touched)
    else:
        assert cells_read(moves(cells, chunk, False)) == len(wanted)


@pytest.mark.parametrize(
    "request_",
    [
        Request(),
        Request(region=Points((116.4,), (39.9,))),
        Request(region=Disc(0.0, 0.0, 1e7)),
        Request(time=parse_datetime("2022-01,2022-05,2023-01,2023-05")),
    ],
)
def test_a_cost_is_known_without_looking_at_cells_however_much_is_asked(request_: Request) -> None:
    cube = virtual_cube(3000, 1800, 3600)
    tracemalloc.start()
    estimate(cube, request_, OPTIONS)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 3000 * 1800 * 3600 / 1000
