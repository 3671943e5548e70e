"""Statistics of windows, against loops over their cells."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
import shapely
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod

from casa_ogc.archive.axes import Axis
from casa_ogc.query.areas import cell_areas
from casa_ogc.query.correlation import Scales
from casa_ogc.query.parse import parse_datetime
from casa_ogc.query.reduce_grids import reduce_grids
from casa_ogc.query.reducing import HOWS, Reduction
from casa_ogc.query.request import Area, Bounds, Box, Everywhere, Request
from casa_ogc.query.run import run
from casa_processes.common.errors import InvalidValueError
from tests.query.asking import OPTIONS
from tests.synthetic import World, encoded_dataset, memory_cube

GEOD = Geod(ellps="WGS84")
WORLDS = (World(), World("tzyx", packed=True, ascending=False), World("yx", east_only=True))


def asked(world, region=None, **more):
    return run(
        memory_cube(encoded_dataset(world)), Request(region or Everywhere(), **more), OPTIONS
    )


@given(st.floats(-90, 89), st.floats(0.1, 40), st.floats(-180, 170), st.floats(0.1, 90))
def test_the_area_of_a_cell_is_that_of_its_polygon_on_the_ellipsoid(south, height, west, width):
    north = min(south + height, 90.0)
    y = Axis("latitude", "y", np.array([(south + north) / 2]), np.array([[south, north]]))
    x = Axis("longitude", "x", np.array([west]), np.array([[west, west + width]]))
    along = np.linspace(0, width, 400)
    ring = [(west + s, south) for s in along] + [(west + s, north) for s in along[::-1]]
    expected = abs(GEOD.polygon_area_perimeter(*zip(*ring, strict=True))[0])
    assert cell_areas(y, x)[0, 0] == pytest.approx(expected, rel=1e-4, abs=2e3)


def test_the_areas_of_all_cells_are_the_surface_of_the_earth():
    edges = np.linspace(-90, 90, 181)
    y = Axis("latitude", "y", edges[:-1] + 0.5, np.stack([edges[:-1], edges[1:]], axis=1))
    x = Axis("longitude", "x", np.array([0.0]), np.array([[-180.0, 180.0]]))
    assert cell_areas(y, x).sum() == pytest.approx(5.10065621724e14, rel=1e-9)


def loops(grid, how, over):
    """Return the statistic of each level, and step or cell, cell by cell."""
    field = grid.fields["xco2"]
    sizes = {role: grid.axes[role].size for role in grid.axes}
    areas = cell_areas(grid.axes["y"], grid.axes["x"])
    groups = {}
    for place in product(*(range(sizes[role]) for role in field.roles)):
        at = dict(zip(field.roles, place, strict=True))
        reduced = {"space": "yx", "time": "t", "all": "tyx"}[over]
        key = tuple(0 if role in reduced else at[role] for role in field.roles)
        value = float(field.values[place])
        weight = areas[at["y"], at["x"]] if over != "time" else 1.0
        if not np.isnan(value):
            groups.setdefault(key, []).append((value, weight))
    return {key: statistic(how, *zip(*pairs, strict=True)) for key, pairs in groups.items()}


def statistic(how, values, weights):
    if how == "count":
        return len(values)
    if how in ("min", "max"):
        return {"min": min, "max": max}[how](values)
    mean = sum(v * w for v, w in zip(values, weights, strict=True)) / sum(weights)
    if how == "mean":
        return mean
    spread = sum(w * (v - mean) ** 2 for v, w in zip(values, weights, strict=True))
    return (spread / sum(weights)) ** 0.5


@pytest.mark.parametrize("how", [how for how in HOWS if how != "sum"])
@pytest.mark.parametrize("over", ["space", "time", "all"])
@settings(max_examples=8)
@given(
    st.sampled_from(WORLDS),
    st.tuples(
        st.integers(-170, 100), st.integers(-80, 40), st.integers(20, 70), st.integers(20, 39)
    ),
)
def test_a_statistic_is_that_of_loops_over_the_cells(how, over, world, box):
    if over == "time" and "t" not in world.dims:
        return
    west, south, width, height = box
    answer = asked(world, Box(Bounds(west, south, west + width, south + height)))
    (grid,) = reduce_grids(answer, Reduction(how, over)).grids
    field = grid.fields["xco2"]
    expected = loops(answer.grids[0], how, over)
    for place in product(*(range(size) for size in field.values.shape)):
        if place in expected:
            assert float(field.values[place]) == pytest.approx(expected[place], rel=1e-9, abs=1e-6)
        else:
            assert how == "count" or np.isnan(field.values[place])
    for role, size in zip(field.roles, field.values.shape, strict=True):
        assert grid.axes[role].size == size


def test_a_masked_polygon_counts_its_cells_only():
    area = Area(shapely.Polygon([(0, 0), (60, 0), (0, 60)]))
    answer = asked(World("yx"), area)
    (grid,) = reduce_grids(answer, Reduction("count", "space")).grids
    meant = int(np.isfinite(answer.grids[0].fields["xco2"].values).sum())
    assert (
        0
        < int(grid.fields["xco2"].values.sum())
        == meant
        < answer.grids[0].fields["xco2"].values.size
    )


@pytest.mark.parametrize("over", ["space", "time", "all"])
@pytest.mark.parametrize("scales", [Scales(0, 0), Scales(5e5, 0), Scales(0, 1e6), Scales(2e6, 1e7)])
def test_the_uncertainty_of_a_mean_is_the_double_sum_over_cells_and_steps(over, scales):
    answer = asked(World("tyx"), Box(Bounds(0, 0, 50, 50)), time=parse_datetime("2022-01"))
    (grid,) = reduce_grids(answer, Reduction("mean", over, scales=scales)).grids
    window = answer.grids[0]
    errors = window.fields["xco2_uncertainty"].values.astype(np.float64)
    seconds = window.axes["t"].values.astype("datetime64[s]").astype(float)
    areas = cell_areas(window.axes["y"], window.axes["x"])
    cells = list(product(range(errors.shape[0]), range(errors.shape[1]), range(errors.shape[2])))
    groups = {}
    for t, y, x in cells:
        key = {"space": t, "time": (y, x), "all": 0}[over]
        groups.setdefault(key, []).append((t, y, x))
    found = grid.fields["xco2_uncertainty"].values.ravel()
    for number, members in enumerate(groups.values()):
        weights = [areas[y, x] if over != "time" else 1.0 for _, y, x in members]
        u = [w / sum(weights) * errors[c] for w, c in zip(weights, members, strict=True)]
        total = 0.0
        for a, one in zip(u, members, strict=True):
            for b, other in zip(u, members, strict=True):
                total += a * b * _rho(window, seconds, one, other, scales)
        assert found[number] == pytest.approx(total**0.5, rel=1e-6)


def _rho(window, seconds, one, other, scales):
    """Return the correlation of two cells at two steps; what is the same is fully correlated."""
    space = time = 1.0
    if one[1:] != other[1:]:
        (la, lb), (xa, xb) = (
            np.radians(window.axes[role].values[[one[i], other[i]]])
            for role, i in (("y", 1), ("x", 2))
        )
        cosine = np.sin(la) * np.sin(lb) + np.cos(la) * np.cos(lb) * np.cos(xa - xb)
        away = 6_371_008.7714 * np.arccos(np.clip(cosine, -1, 1))
        space = np.exp(-away / scales.length) if scales.length else 0.0
    if one[0] != other[0]:
        apart = abs(seconds[one[0]] - seconds[other[0]])
        time = np.exp(-apart / scales.time) if scales.time else 0.0
    return space * time


def flux(units="kg m-2 s-1", bounds=True):
    lat, lon = np.array([-45.0, 45.0]), np.array([-90.0, 90.0])
    times = np.array(["2022-01-16", "2022-02-15"], dtype="datetime64[ns]")
    edges = np.array(["2022-01-01", "2022-02-01", "2022-03-01"], dtype="datetime64[ns]")
    name = {"kg m-2 s-1": "co2_flux", "kg s-1": "co2_emission_rate"}[units]
    data = xr.Dataset(
        {name: (("time", "latitude", "longitude"), np.full((2, 2, 2), 1e-9, np.float32))},
        coords={"time": times, "latitude": lat, "longitude": lon},
    )
    cube = memory_cube(data)
    if bounds:
        axes = dict(cube.axes)
        axes["t"] = Axis("time", "t", times, np.stack([edges[:-1], edges[1:]], axis=1))
        for layout in cube.layouts.values():
            layout.axes.update(axes)
    return cube, name


@pytest.mark.parametrize(
    ("over", "units", "factor"),
    [
        ("space", "kg s-1", 5.10065621724e14),
        ("time", "kg m-2", 59 * 86_400.0),
        ("all", "kg", 5.10065621724e14 * 59 * 86_400),
    ],
)
def test_a_sum_of_fluxes_is_their_integral_over_area_and_time(over, units, factor):
    cube, name = flux()
    answer = run(cube, Request(Everywhere()), OPTIONS)
    (grid,) = reduce_grids(answer, Reduction("sum", over)).grids
    field = grid.fields[name]
    assert field.variable.units == units
    np.testing.assert_allclose(field.values, 1e-9 * factor, rtol=1e-6)


def test_what_is_given_for_a_region_adds_up_as_it_is():
    cube, name = flux("kg s-1")
    answer = run(cube, Request(Everywhere()), OPTIONS)
    (grid,) = reduce_grids(answer, Reduction("sum", "space")).grids
    np.testing.assert_allclose(grid.fields[name].values.ravel(), 4e-9, rtol=1e-6)
    assert grid.fields[name].variable.units == "kg s-1"


@pytest.mark.parametrize("over", ["space", "time", "all"])
def test_a_mole_fraction_does_not_add_up(over):
    with pytest.raises(InvalidValueError, match="no amount"):
        reduce_grids(asked(World()), Reduction("sum", over))


def test_a_sum_over_one_step_of_unknown_length_is_refused():
    cube, _ = flux(bounds=False)
    answer = run(cube, Request(Everywhere(), time=parse_datetime("2022-01")), OPTIONS)
    with pytest.raises(InvalidValueError, match="known length"):
        reduce_grids(answer, Reduction("sum", "time"))


def test_months_weigh_by_their_length_in_a_mean_over_time():
    cube, name = flux()
    array = cube.layouts["map"].arrays[name]
    array.values[1] = 3e-9
    for layout in cube.layouts.values():
        layout.arrays[name].values[1] = 3e-9
    answer = run(cube, Request(Everywhere()), OPTIONS)
    (grid,) = reduce_grids(answer, Reduction("mean", "time")).grids
    np.testing.assert_allclose(grid.fields[name].values, (31 + 3 * 28) / 59 * 1e-9, rtol=1e-6)


def test_statistics_without_meaning_for_an_uncertainty_leave_it_out():
    (grid,) = reduce_grids(asked(World("yx")), Reduction("max", "space")).grids
    assert set(grid.fields) == {"xco2"}
    assert "uncertainty" not in grid.fields["xco2"].cell_methods


def test_a_reduction_says_so_in_the_words_of_cf():
    (grid,) = reduce_grids(asked(World()), Reduction("mean", "all")).grids
    assert grid.fields["xco2"].cell_methods == "area: mean time: mean"
    assert "300 km and 24 h" in grid.fields["xco2_uncertainty"].cell_methods


def test_time_cannot_be_reduced_where_there_is_none():
    with pytest.raises(InvalidValueError, match="no time"):
        reduce_grids(asked(World("yx")), Reduction("mean", "time"))


def test_codes_can_be_counted_and_nothing_else():
    answer = asked(World("tyx"), Box(Bounds(0, 0, 50, 50)))
    (grid,) = answer.grids
    field = grid.fields["xco2"]
    coded = replace(field, variable=replace(field.variable, dtype="int8"))
    only = replace(answer, grids=(replace(grid, fields={"xco2": coded}),))
    (counted,) = reduce_grids(only, Reduction("count", "all")).grids
    assert counted.fields["xco2"].values.tolist() == [[[np.isfinite(field.values).sum()]]]
    with pytest.raises(InvalidValueError, match="count, for variables that hold codes"):
        reduce_grids(only, Reduction("mean", "all"))
    both = replace(answer, grids=(replace(grid, fields={"codes": coded, "xco2": field}),))
    (left,) = reduce_grids(both, Reduction("max", "all")).grids
    assert set(left.fields) == {"xco2"}
