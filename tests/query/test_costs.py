"""Costs bound answers; plans, picks and levels are what counting by brute force gives."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casa_ogc.archive.axes import Axis, midpoint_bounds
from casa_ogc.archive.manifests import SourceFile
from casa_ogc.archive.soundings import SoundingStore, open_soundings, write_soundings
from casa_ogc.query.answer import GridAnswer, SoundingsAnswer
from casa_ogc.query.latitudes import row_at, rows
from casa_ogc.query.levels import levels
from casa_ogc.query.lines import line
from casa_ogc.query.longitudes import eastwards, middle, wrapped
from casa_ogc.query.overview import fitting, horizontal
from casa_ogc.query.parse import parse_datetime
from casa_ogc.query.picks import Cells, cells_read, chunks_touched, moves
from casa_ogc.query.request import Area, Box, Disc, Points, Request, VerticalSelection
from casa_ogc.query.run import estimate, run
from casa_processes.common.errors import InvalidValueError, TooLargeError
from tests import strategies
from tests.query.asking import OPTIONS
from tests.synthetic import World, encoded_dataset, encoded_soundings, memory_cube

discs = st.builds(
    Disc,
    st.floats(-180, 180),
    st.floats(-90, 90),
    st.sampled_from([1e3, 1e5, 1e6, 5e6]),
)
regions = st.one_of(
    strategies.box_regions(), strategies.point_regions(), strategies.area_regions(), discs
)
periods = st.sampled_from([None, "2022-01-02", "2022-01-03/2022-01-20", "../2022-02-01", "2021"])


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> SoundingStore:
    root: Path = tmp_path_factory.mktemp("costs")
    source = SourceFile("e.nc", "0" * 64, 1, "encoded", "1", "2022-01-01T00:00:00Z", 1)
    head = write_soundings(root, "dots", encoded_soundings(), [source])
    return open_soundings(root, "dots", head.snapshot)


@settings(max_examples=60)
@given(regions, periods, st.booleans())
def test_a_grid_never_answers_more_than_its_estimate(
    region: Box | Points | Area | Disc, period: str | None, east: bool
) -> None:
    cube = memory_cube(encoded_dataset(World(east_only=east)))
    question = Request(region=region, time=parse_datetime(period) if period else None)
    cost, answer = estimate(cube, question, OPTIONS), run(cube, question, OPTIONS)
    if answer is None:
        return
    assert isinstance(answer, GridAnswer)
    values = [field.values for grid in answer.grids for field in grid.fields.values()]
    assert 0 < sum(one.size for one in values) <= cost.cells
    assert sum(one.nbytes for one in values) <= cost.bytes


@settings(max_examples=60)
@given(region=regions, period=periods)
def test_soundings_never_answer_more_than_their_estimate(
    store: SoundingStore, region: Box | Points | Area | Disc, period: str | None
) -> None:
    question = Request(region=region, time=parse_datetime(period) if period else None)
    cost, answer = estimate(store, question, OPTIONS), run(store, question, OPTIONS)
    if answer is None:
        return
    assert isinstance(answer, SoundingsAnswer)
    rows = answer.columns["time"].size
    asked = [name for name in answer.columns if name in ("xco2", "xco2_uncertainty")]
    assert 0 < rows * len(asked) <= cost.cells


@settings(max_examples=40)
@given(strategies.box_regions(), st.integers(1, 400))
def test_a_question_is_refused_exactly_when_its_estimate_exceeds_the_limit(
    box: Box, limit: int
) -> None:
    cube = memory_cube(encoded_dataset(World()))
    strict = type(OPTIONS)(**{**vars(OPTIONS), "max_cells": limit})
    cost = estimate(cube, Request(region=box), strict)
    if cost.cells > limit:
        with pytest.raises(TooLargeError, match=f"needs {cost.cells:,} cells"):
            run(cube, Request(region=box), strict)
    else:
        run(cube, Request(region=box), strict)


@st.composite
def picked(draw: st.DrawFn) -> tuple[Cells, int, int]:
    """Cells along an axis, the size of the axis and of its chunks."""
    size = draw(st.integers(1, 40))
    marks = draw(st.lists(st.booleans(), min_size=size, max_size=size).filter(any))
    edges = np.flatnonzero(np.diff([0, *marks, 0])).reshape(-1, 2)
    runs = draw(st.permutations([(int(a), int(b)) for a, b in edges]))
    return Cells(tuple(runs), draw(st.booleans())), size, draw(st.integers(1, 12))


@given(picked())
def test_merged_reading_decodes_each_chunk_that_holds_a_cell_and_at_most_chunks_between(
    case: tuple[Cells, int, int],
) -> None:
    cells, _, chunk = case
    wanted = {place for start, stop in cells.runs for place in range(start, stop)}
    merged = moves(cells, chunk, merged=True)
    read = [place for move in merged for place in range(*move.read)]
    decoded = [n for move in merged for n in sorted({p // chunk for p in range(*move.read)})]
    assert len(read) == len(set(read)) == cells_read(merged)
    assert wanted <= set(read)
    assert len(decoded) == len(set(decoded)) == chunks_touched(merged, chunk)
    assert set(decoded) == {place // chunk for place in wanted}


@given(picked())
def test_reading_alone_reads_no_cell_in_vain(case: tuple[Cells, int, int]) -> None:
    cells, _, chunk = case
    alone = moves(cells, chunk, merged=False)
    assert cells_read(alone) == cells.size
    assert chunks_touched(alone, chunk) == sum(
        len({place // chunk for place in range(*run)}) for run in cells.runs
    )


def ladder(values: list[float], down: bool) -> Axis:
    heights = np.array(sorted(values, reverse=down))
    return Axis("pressure", "z", heights, midpoint_bounds(heights), "hPa", "down")


ladders = st.builds(
    ladder,
    st.lists(st.integers(1, 1000).map(float), min_size=1, max_size=12, unique=True),
    st.booleans(),
)


@given(ladders, st.integers(0, 1001), st.integers(0, 1001))
def test_levels_of_an_interval_are_those_within_it_in_stored_order(
    axis: Axis, one: int, other: int
) -> None:
    low, high = sorted((float(one), float(other)))
    found = levels(axis, VerticalSelection(interval=(low, high)))
    expected = [value for value in axis.values.tolist() if low <= value <= high]
    assert ([] if found is None else found.axis.values.tolist()) == expected
    if found is not None:
        stored = [n for start, stop in found.cells.runs for n in range(start, stop)]
        assert axis.values[stored].tolist() == expected


@given(ladders, st.integers(0, 1001), st.sampled_from([0.0, 5e-7, -5e-7, 3e-6, -3e-6]))
def test_a_level_is_met_within_a_millionth_of_it(axis: Axis, level: int, off: float) -> None:
    asked = VerticalSelection(levels=(level * (1 + off),))
    if float(level) in axis.values and abs(off) < 1e-6:
        found = levels(axis, asked)
        assert found is not None
        assert found.axis.values.tolist() == [level]
    else:
        with pytest.raises(InvalidValueError, match=r"one of the levels .* \(hPa\)"):
            levels(axis, asked)


@pytest.mark.parametrize("end", [float("nan"), float("inf")])
def test_an_interval_of_levels_has_finite_ends(end: float) -> None:
    with pytest.raises(InvalidValueError, match="a finite level"):
        levels(ladder([1.0], down=True), VerticalSelection(interval=(end, None)))


@given(ladders, st.integers(-5, 1100))
def test_the_nearest_of_a_line_is_as_close_as_any(axis: Axis, value: int) -> None:
    view = line(axis)
    place = view.nearest(value)
    away = np.abs(view.values - value)
    assert view.values.tolist() == sorted(axis.values.tolist())
    assert away[place] == away.min()


@given(st.integers(-2000, 2000), st.integers(-2000, 2000))
def test_longitudes_turn_as_whole_degrees_do(west: int, east: int) -> None:
    assert wrapped(float(west)) == (west + 180) % 360 - 180
    expected = 360 if east - west >= 360 else (east - west) % 360
    assert eastwards(float(west), float(east)) == expected
    assert middle(float(west), float(east)) == west + expected / 2


@given(st.floats(-91, 91), st.booleans(), st.integers(1, 30))
def test_rows_of_a_globe_hold_each_latitude_on_earth_once(
    latitude: float, down: bool, count: int
) -> None:
    centres = -90 + 180 / count * (np.arange(count) + 0.5)
    centres = centres[::-1] if down else centres
    edges = np.linspace(90, -90, count + 1) if down else np.linspace(-90, 90, count + 1)
    bounds = np.stack([edges[:-1], edges[1:]], axis=1)
    found = row_at(rows(Axis("latitude", "y", centres.copy(), bounds, "degrees_north")), latitude)
    if abs(latitude) > 90 + 1e-8:
        assert found is None
    elif abs(latitude) <= 90:
        assert found is not None
        (low, high) = sorted(found.axis.bounds[0].tolist())
        assert low - 1e-8 <= latitude <= high + 1e-8


@given(st.floats(0.01, 200), st.floats(0.01, 200))
def test_the_layout_of_a_map_is_the_coarsest_whose_cells_are_no_larger_than_pixels(
    across: float, down: float
) -> None:
    dataset = encoded_dataset(World())
    layouts = {"map": dataset}
    for number, factor in ((1, 2), (2, 4)):
        sizes = {"latitude": factor, "longitude": factor}
        layouts[f"overview/{number}"] = dataset.coarsen(sizes, boundary="trim").mean()
    cube = memory_cube(dataset)
    made = {name: memory_cube(one).layouts["map"] for name, one in layouts.items()}
    pyramid = type(cube)("p", "s1", made)
    wide, high = max(across, down / 8), max(down, across / 8)
    fits = ["map"]
    for name in ("overview/1", "overview/2"):
        y, x = horizontal(made[name])
        step_y, step_x = (float(np.median(np.abs(np.diff(one.values)))) for one in (y, x))
        if step_y <= high * (1 + 1e-6) and step_x <= wide * (1 + 1e-6):
            fits.append(name)
    assert fitting(pyramid, across, down) == fits[-1]
