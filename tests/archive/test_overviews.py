"""Overviews: means by exact area, whatever is missing, however many levels lie between."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.testing import assert_allclose, assert_array_equal

from casa_ogc.archive.axes import Axis, midpoint_bounds
from casa_ogc.archive.cubes import open_cube, write_cube
from casa_ogc.archive.overviews import cell_areas, coarser, majorities, means, pyramid_axes
from tests.archive.builders import grid, source, whole

fields = hnp.arrays(
    np.float64,
    st.tuples(st.integers(1, 13), st.integers(1, 13)),
    elements=st.one_of(st.just(np.nan), st.floats(-1e6, 1e6)),
)


def axis(role, values):
    values = np.asarray(values, dtype=np.float64)
    return Axis(role, role, values, midpoint_bounds(values))


def globe(rows, columns):
    y = np.linspace(-90, 90, 2 * rows + 1)[1::2]
    x = np.linspace(-180, 180, 2 * columns + 1)[1::2]
    return {"y": axis("y", y), "x": axis("x", x)}


def brute(values, areas, step):
    """Means of blocks of step x step cells, one by one."""
    rows, columns = -(-values.shape[0] // step), -(-values.shape[1] // step)
    result = np.full((rows, columns), np.nan)
    for i, j in np.ndindex(rows, columns):
        part = np.s_[i * step : (i + 1) * step, j * step : (j + 1) * step]
        valid = ~np.isnan(values[part])
        if valid.any():
            weight = areas[part][valid]
            result[i, j] = (values[part][valid] * weight).sum() / weight.sum()
    return result


@given(fields)
def test_each_level_is_the_area_mean_of_the_finest_cells(values):
    areas = cell_areas(globe(*values.shape))
    for level, mean in enumerate(means(values, areas, 3), start=1):
        assert_allclose(mean, brute(values, areas, 2**level), rtol=1e-9, atol=1e-6)


@given(fields)
def test_a_mean_lies_between_the_values_that_it_stands_for(values):
    (mean,) = means(values, cell_areas(globe(*values.shape)), 1)
    assert np.isnan(mean).all() == np.isnan(values).all()
    if not np.isnan(values).all():
        assert np.nanmin(mean) >= np.nanmin(values) - 1e-6
        assert np.nanmax(mean) <= np.nanmax(values) + 1e-6


def test_areas_add_up_to_the_sphere():
    assert cell_areas(globe(17, 31)).sum() == pytest.approx(2 * 360)


def test_the_area_of_a_band_is_that_of_archimedes():
    areas = cell_areas({"y": axis("y", [15.0, 45.0, 75.0])})
    assert_allclose(areas[:, 0], np.diff(np.sin(np.deg2rad([0, 30, 60, 90]))))


@pytest.mark.parametrize("turn", [1, -1])
@pytest.mark.parametrize("size", [1, 2, 5, 8])
def test_coarser_cells_cover_what_the_fine_ones_cover(size, turn):
    fine = axis("y", np.linspace(-80, 80, size)[::turn] if size > 1 else [3.0])
    coarse = coarser(fine)
    assert coarse.size == -(-size // 2)
    assert coarse.bounds.min() == fine.bounds.min()
    assert coarse.bounds.max() == fine.bounds.max()
    assert (coarse.bounds[:, 0] < coarse.bounds[:, 1]).all()
    assert_allclose(coarse.values, coarse.bounds.mean(axis=1))
    if coarse.size > 1:
        assert (np.sign(np.diff(coarse.values)) == turn).all()


def test_a_pyramid_ends_at_about_sixty_four_cells():
    sizes = [(level["y"].size, level["x"].size) for level in pyramid_axes(globe(180, 360))]
    assert sizes == [(90, 180), (45, 90), (23, 45)]
    assert pyramid_axes(globe(32, 64)) == []


def test_flags_keep_the_value_of_the_largest_area():
    flags = np.array([[1, 1, 5, 6], [1, 2, 5, 6], [3, 3, 7, 8]], dtype=np.int8)
    areas = np.array([[1, 1, 1, 1], [1, 2.5, 1, 2], [1, 1, 1, 3]], dtype=float)
    (found,) = majorities(flags, areas, 1)
    assert_array_equal(found, [[1, 6], [3, 8]])
    assert found.dtype == np.int8


def test_stored_overviews_are_the_means_of_the_stored_map(tmp_path):
    dataset = grid(range(2), rows=90, columns=180)
    head = write_cube(tmp_path, "p", dataset, [source("a.nc")])
    cube = open_cube(tmp_path, "p", head.snapshot)
    areas = cell_areas(cube.axes)
    for level in (1, 2):
        array = cube.layouts[f"overview/{level}"].arrays["xco2"]
        found = array.read(whole(array.shape))
        for t in range(2):
            expected = brute(dataset["xco2"].values[t].astype(float), areas, 2**level)
            assert_allclose(found[t], expected, rtol=1e-6)


def test_the_uncertainty_of_a_mean_is_that_of_correlated_errors_where_there_are_values(tmp_path):
    dataset = grid(range(1), rows=72, columns=144)
    dataset["xco2_uncertainty"][:] = 2.0
    head = write_cube(tmp_path, "p", dataset, [source("a.nc")])
    cube = open_cube(tmp_path, "p", head.snapshot)
    arrays = cube.layouts["overview/1"].arrays
    values, errors = (
        arrays[name].read(whole(arrays[name].shape)) for name in ("xco2", "xco2_uncertainty")
    )
    assert_array_equal(np.isnan(values), np.isnan(errors))
    assert_allclose(errors[~np.isnan(errors)], 2.0)


def test_overviews_of_packed_values_are_decoded_means(tmp_path):
    dataset = grid(range(1), rows=72, columns=144, uncertainty=False)
    dataset["xco2"].encoding = {"dtype": "int16", "scale_factor": 0.01, "_FillValue": -1}
    head = write_cube(tmp_path, "p", dataset, [source("a.nc")])
    cube = open_cube(tmp_path, "p", head.snapshot)
    fine = cube.layouts["map"].arrays["xco2"].read(whole((1, 72, 144)))[0]
    coarse = cube.layouts["overview/1"].arrays["xco2"].read(whole((1, 36, 72)))[0]
    assert_allclose(coarse, brute(fine, cell_areas(cube.axes), 2), rtol=1e-6)
