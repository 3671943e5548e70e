"""Scaled answers equal area-weighted means over the stored cells, computed one by one."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from casa_ogc.archive.axes import Bounds
from casa_ogc.archive.cubes import Cube, open_cube, write_cube
from casa_ogc.archive.manifests import SourceFile
from casa_ogc.query.answer import Grid, GridAnswer, Origin
from casa_ogc.query.cost import Options
from casa_ogc.query.forms import AS_STORED, estimate_as, run_as
from casa_ogc.query.parse.scaling import parse_scaling
from casa_ogc.query.request import Box, Disc, Request, TimeSelection
from casa_ogc.query.scaled import READ_FACTOR
from casa_ogc.query.targets import Form
from casa_processes.common.errors import InvalidValueError, TooLargeError

OPTIONS = Options(Origin("scaled", "s1"), (), 5000.0, 10**7)
ROWS, COLUMNS, STEPS = 72, 144, 9
TIMES = np.datetime64("2022-01-29", "ns") + np.arange(STEPS) * np.timedelta64(1, "D")
EVERYTHING = Request()
TURNS = (-720.0, -360.0, 0.0, 360.0, 720.0)


def dataset(ascending: bool, zero_to_360: bool, gaps: bool) -> xr.Dataset:
    """A cube with a value, its uncertainty and a flag; a fifth of the values is missing."""
    dice = np.random.default_rng(3)
    shape = (STEPS, ROWS, COLUMNS)
    latitudes = -90 + 180 / ROWS * (np.arange(ROWS) + 0.5)
    longitudes = -180 + 360 / COLUMNS * (np.arange(COLUMNS) + 0.5)
    values = dice.normal(400, 20, shape).astype("float32")
    if gaps:
        values[dice.random(shape) < 0.2] = np.nan
        values[:, :6, :24] = np.nan
    names = ("time", "latitude", "longitude")
    data = xr.Dataset(
        {
            "xco2": (names, values),
            "xco2_uncertainty": (names, dice.uniform(0.5, 2, shape).astype("float32")),
            "surface_type": (names, dice.integers(0, 2, shape).astype("int8")),
        },
        coords={
            "time": TIMES,
            "latitude": ("latitude", latitudes, {"units": "degrees_north"}),
            "longitude": ("longitude", longitudes, {"units": "degrees_east"}),
        },
        attrs={"title": "scaled", "source": "synthetic", "licence": "CC0-1.0", "mission": "none"},
    )
    if zero_to_360:
        data = data.assign_coords(longitude=data["longitude"] % 360).sortby("longitude")
        data["longitude"].attrs["units"] = "degrees_east"
    return data if ascending else data.isel(latitude=slice(None, None, -1))


HABITS = [(True, False, True), (False, True, True), (False, False, False)]


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., tuple[Cube, xr.Dataset]]:
    """Return a function that archives a cube of some habit once and opens it."""
    root = tmp_path_factory.mktemp("scaled")
    known: dict[Any, tuple[Cube, xr.Dataset]] = {}

    def build(habit: tuple[bool, bool, bool] = HABITS[0]) -> tuple[Cube, xr.Dataset]:
        if habit not in known:
            product = f"scaled-{len(known)}"
            source = SourceFile("e.nc", "0" * 64, 1, "encoded", "1", "2022-01-01T00:00:00Z", 1)
            head = write_cube(root, product, dataset(*habit), [source])
            cube = open_cube(Path(root), product, head.snapshot)
            known[habit] = cube, dataset(*habit).sortby("latitude")
        return known[habit]

    return build


def ask(
    cube: Cube, request: Request = EVERYTHING, options: Options = OPTIONS, **texts: str
) -> Grid:
    form = Form(parse_scaling({name.replace("_", "-"): text for name, text in texts.items()}))
    answer = run_as(cube, request, options, form)
    assert isinstance(answer, GridAnswer)
    (grid,) = answer.grids
    return grid


def shares(data: xr.Dataset, grid: Grid) -> tuple[np.ndarray, np.ndarray]:
    """Areas of the intersections: (target row, stored row) and (target column, stored column)."""
    down, across = np.asarray(grid.axes["y"].bounds), np.asarray(grid.axes["x"].bounds)
    half_y, half_x = 90 / ROWS, 180 / COLUMNS
    rows = np.array(
        [
            [
                max(
                    0.0,
                    np.sin(np.radians(min(max(edges), y + half_y)))
                    - np.sin(np.radians(max(min(edges), y - half_y))),
                )
                for y in data["latitude"].to_numpy()
            ]
            for edges in down
        ]
    )
    columns = np.array(
        [
            [
                sum(
                    max(0.0, min(edges[1], x + half_x + turn) - max(edges[0], x - half_x + turn))
                    for turn in TURNS
                )
                for x in data["longitude"].to_numpy()
            ]
            for edges in across
        ]
    )
    rows[rows < 1e-12], columns[columns < 1e-9] = 0, 0
    return rows, columns


def mean(data: xr.Dataset, grid: Grid, name: str, members: list[list[int]]) -> np.ndarray:
    """Area-weighted mean over all stored cells that touch each cell, one after the other."""
    rows, columns = shares(data, grid)
    values = data[name].to_numpy().astype(np.float64)
    if name == "xco2_uncertainty":
        values[np.isnan(data["xco2"].to_numpy())] = np.nan
    result = np.full((len(members), rows.shape[0], columns.shape[0]), np.nan)
    for t, i, j in np.ndindex(result.shape):
        ys, xs = np.flatnonzero(rows[i]), np.flatnonzero(columns[j])
        part = values[np.ix_(members[t], ys, xs)]
        weight = np.broadcast_to(np.outer(rows[i, ys], columns[j, xs]), part.shape)
        valid = ~np.isnan(part)
        if valid.any():
            result[t, i, j] = (part[valid] * weight[valid]).sum() / weight[valid].sum()
    return result


ALONE = [[step] for step in range(STEPS)]
BOX = Box(Bounds(150, -37, -170, 22))


@pytest.mark.parametrize("habit", HABITS, ids=str)
@pytest.mark.parametrize(
    ("box", "texts"),
    [
        (None, {"scale_factor": "2"}),
        (None, {"scale_factor": "4.5"}),
        (None, {"scale_axes": "Lat(8),Lon(8)"}),
        (None, {"scale_size": "Lon(7),Lat(5)"}),
        (None, {"width": "11", "height": "3"}),
        (BOX, {"scale_factor": "3"}),
        (BOX, {"scale_size": "Long(9),Lat(4)"}),
        (BOX, {"resolution": "Lat(0.7),Lon(0.9)"}),
        (Box(Bounds(-200, -90, 160, 90)), {"scale_size": "Lon(6),Lat(2)"}),
        (Box(Bounds(10.1, 20.2, 10.3, 20.3)), {"scale_size": "Lon(2),Lat(2)"}),
    ],
    ids=str,
)
def test_a_scaled_answer_is_the_area_mean_of_the_stored_cells(
    stored: Callable[..., tuple[Cube, xr.Dataset]],
    habit: tuple[bool, bool, bool],
    box: Box | None,
    texts: dict[str, str],
) -> None:
    cube, data = stored(habit)
    time = TimeSelection(((TIMES[2], TIMES[3]),))
    request = Request(time=time) if box is None else Request(region=box, time=time)
    grid = ask(cube, request, **texts)
    for name in ("xco2", "xco2_uncertainty"):
        wanted = mean(data, grid, name, [[2], [3]])
        found = grid.fields[name].values
        assert found.dtype == np.float32
        np.testing.assert_allclose(found, wanted, rtol=3e-7)


@settings(max_examples=25)
@given(
    west=st.floats(-180, 180),
    south=st.floats(-90, 80),
    width=st.floats(0.2, 360),
    height=st.floats(0.2, 100),
    columns=st.integers(1, 6),
    rows=st.integers(1, 6),
)
def test_any_box_of_any_size_is_the_area_mean_of_the_stored_cells(
    stored: Callable[..., tuple[Cube, xr.Dataset]],
    west: float,
    south: float,
    width: float,
    height: float,
    columns: int,
    rows: int,
) -> None:
    cube, data = stored()
    bounds = Bounds(west, south, west + width, min(90.0, south + height))
    request = Request(
        region=Box(bounds), time=TimeSelection(((TIMES[0], TIMES[0]),)), variables=("xco2",)
    )
    grid = ask(cube, request, scale_size=f"Lon({columns}),Lat({rows})")
    assert grid.axes["x"].size == columns
    assert grid.axes["y"].size == rows
    edges_x, edges_y = np.asarray(grid.axes["x"].bounds), np.asarray(grid.axes["y"].bounds)
    assert (edges_x.max() - edges_x.min()) == pytest.approx(width, abs=1e-6)
    assert (edges_y.min(), edges_y.max()) == pytest.approx((bounds.south, bounds.north))
    wanted = mean(data, grid, "xco2", [[0]])
    np.testing.assert_allclose(grid.fields["xco2"].values, wanted, rtol=1e-6)


@pytest.mark.parametrize(
    ("texts", "members"),
    [
        ({"scale_axes": "time(4)"}, [[0, 1, 2, 3], [4, 5, 6, 7], [8]]),
        ({"scale_size": "time(2)"}, [[0, 1, 2, 3], [4, 5, 6, 7, 8]]),
        ({"resolution": "time(P1M)"}, [[0, 1, 2], [3, 4, 5, 6, 7, 8]]),
        ({"resolution": 'time("P2D")'}, [[0, 1], [2, 3], [4, 5], [6, 7], [8]]),
        ({"scale_axes": "Lat(6),Lon(6),time(9)"}, [list(range(9))]),
    ],
    ids=str,
)
def test_joined_time_steps_are_means_over_all_their_cells(
    stored: Callable[..., tuple[Cube, xr.Dataset]],
    texts: dict[str, str],
    members: list[list[int]],
) -> None:
    cube, data = stored()
    request = Request(region=Box(Bounds(-60, -40, 60, 40)), variables=("xco2",))
    grid = ask(cube, request, **texts)
    ends = np.array([[TIMES[steps[0]], TIMES[steps[-1]]] for steps in members])
    np.testing.assert_array_equal(grid.axes["t"].bounds, ends)
    np.testing.assert_allclose(
        grid.fields["xco2"].values, mean(data, grid, "xco2", members), rtol=3e-7
    )
    assert "time: mean" in grid.fields["xco2"].cell_methods


def test_a_flag_takes_the_code_of_the_largest_area(
    stored: Callable[..., tuple[Cube, xr.Dataset]],
) -> None:
    cube, data = stored()
    request = Request(variables=("surface_type",), time=TimeSelection(((TIMES[1], TIMES[1]),)))
    grid = ask(cube, request, scale_size="Lon(10),Lat(7)")
    rows, columns = shares(data, grid)
    values = data["surface_type"].to_numpy()[1]
    found = grid.fields["surface_type"].values[0]
    assert found.dtype == np.int8
    for i, j in np.ndindex(found.shape):
        area = np.outer(rows[i], columns[j])
        areas = [area[values == code].sum() for code in (0, 1)]
        assert found[i, j] == int(areas[1] > areas[0])
    assert grid.fields["surface_type"].cell_methods == "area: mode"


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
    plain = run_as(cube, request, OPTIONS, AS_STORED)
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
