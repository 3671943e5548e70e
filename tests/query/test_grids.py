"""Which times, levels and variables a question means, and what is refused."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import shapely

from casa_ogc.archive.axes import Bounds
from casa_ogc.query.answer import GridAnswer
from casa_ogc.query.parse import parse_datetime
from casa_ogc.query.request import (
    Area,
    Box,
    Disc,
    Points,
    Request,
    TimeSelection,
    VerticalSelection,
)
from casa_ogc.query.run import estimate, run
from casa_processes.common.errors import InvalidValueError, TooLargeError, UnknownNameError
from tests.query.asking import OPTIONS, WORLD, grid, grids, regional
from tests.synthetic import LEVELS, TIMES, World, encoded_dataset, memory_cube


def test_nearest_replaces_an_instant_without_an_equal_step_and_nothing_else() -> None:
    def asked(text: str) -> list[int]:
        request = Request(time=parse_datetime(text, nearest=True))
        found = grids(encoded_dataset(WORLD), request)
        return [] if not found else np.searchsorted(TIMES, found[0].axes["t"].values).tolist()

    assert asked("2022-01-02T10:00:00Z") == [1]
    assert asked("2022-01-02T12:15:00Z") == [1]
    assert asked("2022-01-02T12:15:01Z") == [2]
    assert asked("1990-01-01T00:00:00Z") == [0]
    assert asked("2090-01-01T00:00:00Z") == [5]
    assert asked("2022-01-02T06:30:00Z") == [1]
    assert asked("2022-01-02T10:00:00Z,2022-02-01T00:00:00Z") == [1, 3]
    assert asked("2022-01-20") == []
    assert asked("2022-01-20T00:00:00Z/2022-01-21T00:00:00Z") == []


@pytest.mark.parametrize("year", [1, 1900, 3000])
def test_instants_that_nanoseconds_cannot_hold_are_before_or_after_all(year: int) -> None:
    instant = np.datetime64(f"{year:04d}-01-01", "s")
    after = Request(time=TimeSelection(((instant, None),)))
    before = Request(time=TimeSelection(((None, instant),)))
    assert bool(grids(encoded_dataset(WORLD), after)) is (year < 2000)
    assert bool(grids(encoded_dataset(WORLD), before)) is (year > 2000)


@pytest.mark.parametrize(
    ("asked", "levels"),
    [
        (VerticalSelection((850.0,)), [850]),
        (VerticalSelection((850.0005,)), [850]),
        (VerticalSelection((500.0, 1000.0, 500.0)), [1000, 500]),
        (VerticalSelection(interval=(500.0, 850.0)), [850, 500]),
        (VerticalSelection(interval=(None, 900.0)), [850, 500]),
        (VerticalSelection((1000.0,), (400.0, 600.0)), [1000, 500]),
        (VerticalSelection(interval=(600.0, 700.0)), []),
        (None, LEVELS.tolist()),
    ],
)
def test_levels_are_answered_in_stored_order(
    asked: VerticalSelection | None, levels: list[float]
) -> None:
    found = grids(encoded_dataset(World("tzyx")), Request(vertical=asked))
    assert (found[0].axes["z"].values.tolist() if found else []) == levels


def test_the_level_of_a_point_stands_for_the_vertical_selection() -> None:
    world = World("tzyx")
    found = grid(Request(region=Points((7.5,), (7.5,), (850.0,))), world)
    assert found.axes["z"].values.tolist() == [850]


def test_variables_bring_their_uncertainty_and_defaults_answer_an_open_question() -> None:
    cube = memory_cube(encoded_dataset(WORLD))

    def fields(names: tuple[str, ...], defaults: tuple[str, ...]) -> list[str]:
        answer = run(cube, Request(variables=names), replace(OPTIONS, defaults=defaults))
        assert isinstance(answer, GridAnswer)
        return list(answer.grids[0].fields)

    both, one = ["xco2", "xco2_uncertainty"], ["xco2_uncertainty"]
    assert fields(("xco2",), ()) == both
    assert fields(("xco2", "xco2_uncertainty", "xco2"), ()) == both
    assert fields(("xco2_uncertainty",), ()) == one
    assert fields((), ()) == both
    assert fields((), ("xco2_uncertainty", "co2")) == one
    assert fields((), ("co2",)) == both


def test_variables_of_one_cube_may_have_different_axes() -> None:
    data = encoded_dataset(World("tzyx"))
    data["xco2_uncertainty"] = data.xco2_uncertainty.isel(time=0, pressure=0, drop=True)
    (found,) = grids(data, Request(region=Disc(0.0, 0.0, 3e6)))
    assert found.fields["xco2"].roles == ("t", "z", "y", "x")
    assert found.fields["xco2_uncertainty"].roles == ("y", "x")
    missing = np.isnan(found.fields["xco2"].values[0, 0])
    assert np.array_equal(np.isnan(found.fields["xco2_uncertainty"].values), missing)
    (flat,) = grids(data, Request(variables=("xco2_uncertainty",)))
    assert tuple(flat.axes) == ("y", "x")


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        (Request(region=Points((0.0,), (95.0,))), "latitude from -90 to 90"),
        (Request(region=Points((0.0,), (float("nan"),))), "latitude from -90 to 90"),
        (Request(region=Points((float("inf"),), (0.0,))), "longitude from"),
        (Request(region=Points((1000.0,), (0.0,))), "longitude from"),
        (Request(region=Points((), ())), "one point or more"),
        (Request(region=Points((0.0, 1.0), (0.0, 1.0), (1.0, 2.0))), "one common level"),
        (Request(region=Box(Bounds(0, 10, 1, 0))), "south not above north"),
        (Request(region=Disc(0.0, 0.0, float("nan"))), "0 m or more"),
        (Request(region=Area(shapely.box(0, 0, 400, 1))), "at most 360"),
        (Request(time=TimeSelection(())), "one interval"),
        (Request(time=TimeSelection(((np.datetime64("NaT", "ns"), None),))), "an instant"),
        (Request(vertical=VerticalSelection((850.0,))), "no vertical axis"),
        (Request(region=Points((0.0,), (0.0,), (850.0,))), "no vertical axis"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_words(request_: Request, message: str) -> None:
    for ask in (run, estimate):
        with pytest.raises(InvalidValueError, match=message):
            ask(memory_cube(encoded_dataset(WORLD)), request_, OPTIONS)


def test_an_unknown_level_is_refused_with_the_stored_ones() -> None:
    cube = memory_cube(encoded_dataset(World("tzyx")))
    for level in (851.0, float("nan")):
        with pytest.raises(InvalidValueError, match=r"levels 1000, 850, 500 \(hPa\)"):
            run(cube, Request(vertical=VerticalSelection((850.0, level))), OPTIONS)


def test_a_time_asked_of_a_grid_without_time_is_refused() -> None:
    with pytest.raises(InvalidValueError, match="no time axis"):
        run(memory_cube(regional(0, 20)), Request(time=parse_datetime("2022")), OPTIONS)


def test_an_unknown_variable_is_refused_with_the_known_ones() -> None:
    cube = memory_cube(encoded_dataset(WORLD))
    with pytest.raises(UnknownNameError, match="'co2'; there are: xco2, xco2_uncertainty"):
        run(cube, Request(variables=("xco2", "co2")), OPTIONS)


def test_an_answer_above_the_limit_is_refused_before_anything_is_read() -> None:
    cube = memory_cube(encoded_dataset(WORLD))
    cells = 2 * len(TIMES) * 12 * 24
    with pytest.raises(TooLargeError, match="3,456 cells; the limit is 3,455"):
        run(cube, Request(), replace(OPTIONS, max_cells=cells - 1))
    reads: Any = [a for layout in cube.layouts.values() for a in layout.arrays.values()]
    assert all(not array.reads for array in reads)
    answer = run(cube, Request(), replace(OPTIONS, max_cells=cells))
    assert isinstance(answer, GridAnswer)
    assert sum(field.values.size for field in answer.grids[0].fields.values()) == cells
