"""Every way to store a grid, every kind of place and time, against loops over all cells."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casa_ogc.query.answer import GridAnswer, Origin
from casa_ogc.query.parse import parse_datetime
from casa_ogc.query.request import Everywhere, Region, Request, VerticalSelection
from casa_ogc.query.run import Options, run
from tests import strategies
from tests.query.oracle import expected, same, told
from tests.synthetic import World, encoded_dataset, memory_cube

OPTIONS = Options(Origin("encoded", "s1"), (), 5000.0, 10**9)
BOTH = (True, False)
DIMS = ("tyx", "yxt", "tzyx", "xyzt", "ty", "yx")
WORLDS = [
    World(dims, ascending, east_only, packed)
    for dims, ascending, east_only, packed in product(DIMS, BOTH, BOTH, BOTH)
    if "x" in dims or not east_only
]
EDGES = [
    World("tyx", ascending, east_only, centred=True, repeated=repeated, rows=13)
    for ascending, east_only, repeated in product(BOTH, BOTH, BOTH)
]
TIMES = {
    "instant": "2022-01-02T06:30:00Z",
    "instant without zone": "2022-01-02T18:00:00",
    "instant with offset": "2022-01-02T14:30:00+08:00",
    "interval": "2022-01-02T06:30:00Z/2022-02-01T00:00:00Z",
    "interval of dates": "2022-01-02/2022-03-05",
    "open interval": "2022-02-01T00:00:00Z/..",
    "interval open at its start": "../2022-01-02",
    "date": "2022-01-02",
    "month": "2022-01",
    "year": "2022",
    "several": "2022-01-01,2023,2022-02-01T00:00:00Z/2022-03-06",
    "between two steps": "2022-01-02T12:00:00Z",
}
ZS = [None, (850.0,), (500.0, 1000.0), (400.0, 900.0), (None, 850.0), (600.0, 700.0)]
_CUBES = {world: memory_cube(encoded_dataset(world)) for world in [*WORLDS, *EDGES]}


def name(world: World) -> str:
    parts = [world.dims, "up" if world.ascending else "down", "360" if world.east_only else "180"]
    parts += [word for word in ("packed", "centred", "repeated") if getattr(world, word)]
    return "-".join(parts)


def check(world: World, request: Request) -> None:
    answer, wanted = run(_CUBES[world], request, OPTIONS), expected(world, request)
    if wanted is None:
        assert answer is None
        return
    assert isinstance(answer, GridAnswer)
    found = told(world, answer)
    assert same(found, wanted)
    for grid in answer.grids:
        check_axes(world, grid.axes["y"].values.tolist(), grid.axes["x"].values.tolist())


def check_axes(world: World, y: list[float], x: list[float]) -> None:
    assert y == sorted(y, reverse=not world.ascending)
    assert x == sorted(x)
    assert -180 <= x[0] <= 180
    assert x[-1] - x[0] < 360


def vertical(world: World, asked: tuple[float | None, ...] | None) -> VerticalSelection | None:
    if "z" not in world.dims or asked is None:
        return None
    if len(asked) == 1:
        return VerticalSelection(levels=asked)  # type: ignore[arg-type]
    return VerticalSelection(interval=asked)  # type: ignore[arg-type]


@pytest.mark.parametrize("world", [*WORLDS, *EDGES], ids=name)
@settings(max_examples=40)
@given(data=st.data())
def test_every_way_to_store_a_grid_gives_the_cells_that_are_asked(
    world: World, data: st.DataObject
) -> None:
    region: Region = data.draw(st.one_of(st.just(Everywhere()), strategies.regions))
    text = data.draw(st.sampled_from([None, *TIMES.values()])) if "t" in world.dims else None
    time = None if text is None else parse_datetime(text)
    levels = vertical(world, data.draw(st.sampled_from(ZS)))
    check(world, Request(region=region, time=time, vertical=levels))


@pytest.mark.parametrize("text", TIMES.values(), ids=TIMES)
@pytest.mark.parametrize("world", [w for w in WORLDS if "t" in w.dims], ids=name)
def test_every_form_of_time_gives_its_steps(world: World, text: str) -> None:
    check(world, Request(time=parse_datetime(text)))
