"""From which layout a scaled answer is made, what it keeps, and what is refused."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import xarray as xr

from casa_ogc.archive.axes import Bounds
from casa_ogc.archive.cubes import Cube
from casa_ogc.query.answer import GridAnswer
from casa_ogc.query.forms import estimate_as, run_as
from casa_ogc.query.parse.scaling import parse_scaling
from casa_ogc.query.request import Box, Disc, Request
from casa_ogc.query.scaled import READ_FACTOR
from casa_ogc.query.targets import Form
from casa_processes.common.errors import InvalidValueError, TooLargeError
from tests.query.scaled_cubes import COLUMNS, HABITS, OPTIONS, ROWS, STEPS, ask, mean

ALONE = [[step] for step in range(STEPS)]
BOX = Box(Bounds(150, -37, -170, 22))


@pytest.mark.parametrize("factor", [2, 4])
def test_cells_that_are_those_of_an_overview_are_read_from_it(
    stored: Callable[..., tuple[Cube, xr.Dataset]], factor: int
) -> None:
    cube, data = stored()
    request = Request(variables=("xco2",))
    form = Form(parse_scaling({"scale-factor": str(factor)}))
    cost = estimate_as(cube, request, OPTIONS, form)
    overviews = [name for name in cube.layouts if name.startswith("overview")]
    if f"overview/{factor // 2}" in overviews:
        assert cost.layout == f"overview/{factor // 2}"
    grid = ask(cube, request, scale_factor=str(factor))
    np.testing.assert_allclose(
        grid.fields["xco2"].values, mean(data, grid, "xco2", ALONE), rtol=3e-7
    )


def test_reading_more_stored_cells_than_allowed_takes_an_overview(
    stored: Callable[..., tuple[Cube, xr.Dataset]],
) -> None:
    habit = HABITS[2]
    cube, data = stored(habit)
    request = Request(variables=("xco2",))
    limited = replace(OPTIONS, max_cells=ROWS * COLUMNS * STEPS // 2 // READ_FACTOR)
    size = {"scale_size": "Lon(9),Lat(6)"}
    cost = estimate_as(cube, request, OPTIONS, Form(parse_scaling({"scale-size": "Lon(9),Lat(6)"})))
    assert cost.layout == "map"
    grid = ask(cube, request, limited, **size)
    np.testing.assert_allclose(
        grid.fields["xco2"].values, mean(data, grid, "xco2", ALONE), rtol=1e-6
    )
    tiny = replace(OPTIONS, max_cells=20)
    with pytest.raises(TooLargeError, match="stored cells to read"):
        ask(cube, Request(variables=("xco2",)), tiny, scale_size="Lon(1),Lat(1)")


def test_a_larger_answer_than_allowed_is_refused_before_it_is_made(
    stored: Callable[..., tuple[Cube, xr.Dataset]],
) -> None:
    cube, _ = stored()
    with pytest.raises(TooLargeError, match="cells"):
        ask(cube, scale_size="Lon(100000),Lat(100000)")


def test_a_factor_of_one_changes_nothing(
    stored: Callable[..., tuple[Cube, xr.Dataset]],
) -> None:
    cube, _ = stored()
    request = Request(region=BOX)
    scaled = ask(cube, request, scale_factor="1")
    plain = run_as(cube, request, OPTIONS, Form())
    assert isinstance(plain, GridAnswer)
    for name, field in plain.grids[0].fields.items():
        if name != "xco2_uncertainty":
            np.testing.assert_array_equal(scaled.fields[name].values, field.values)
    for role, axis in plain.grids[0].axes.items():
        np.testing.assert_allclose(
            scaled.axes[role].values.astype(float), axis.values.astype(float)
        )


def test_a_finer_answer_repeats_the_cells(
    stored: Callable[..., tuple[Cube, xr.Dataset]],
) -> None:
    cube, _ = stored()
    request = Request(region=Box(Bounds(0, 0, 10, 10)), variables=("xco2",))
    fine = ask(cube, request, scale_factor="0.5").fields["xco2"].values
    plain = ask(cube, request, scale_factor="1").fields["xco2"].values
    np.testing.assert_array_equal(fine, plain.repeat(2, axis=1).repeat(2, axis=2))


def test_a_width_alone_keeps_the_shape_of_the_cells(
    stored: Callable[..., tuple[Cube, xr.Dataset]],
) -> None:
    cube, _ = stored()
    grid = ask(cube, Request(region=Box(Bounds(0, 0, 40, 20))), width="10")
    assert (grid.axes["x"].size, grid.axes["y"].size) == (10, 5)


@pytest.mark.parametrize(
    "texts",
    [
        {"scale_axes": "Lat(0)"},
        {"scale_axes": "Lat(-2)"},
        {"scale_axes": "Lat(nan)"},
        {"scale_axes": "Lat(2"},
        {"scale_axes": "Lat(2),lat(3)"},
        {"scale_factor": "two"},
        {"scale_factor": "2", "scale_size": "Lat(4)"},
        {"scale_size": "Lat(1.5)"},
        {"scale_size": "time(99)"},
        {"scale_axes": "time(0.5)"},
        {"scale_axes": "pressure(2)"},
        {"resolution": "time(P1M2D)"},
        {"resolution": "Lat(1)", "height": "3"},
        {"width": "0"},
    ],
    ids=str,
)
def test_scaling_that_makes_no_sense_is_refused(
    stored: Callable[..., tuple[Cube, xr.Dataset]], texts: dict[str, str]
) -> None:
    cube, _ = stored()
    with pytest.raises(InvalidValueError):
        ask(cube, **texts)


def test_only_boxes_are_scaled(stored: Callable[..., tuple[Cube, xr.Dataset]]) -> None:
    cube, _ = stored()
    with pytest.raises(InvalidValueError, match="a box"):
        ask(cube, Request(region=Disc(0, 0, 1e5)), scale_factor="2")
