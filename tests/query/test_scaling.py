"""Scaled answers equal area-weighted means over the stored cells, computed one by one."""

from collections.abc import Callable

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from casa_ogc.archive.axes import Bounds
from casa_ogc.archive.cubes import Cube
from casa_ogc.query.request import Box, Request, TimeSelection
from tests.query.scaled_cubes import HABITS, TIMES, ask, mean, shares

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
