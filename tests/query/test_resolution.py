"""Windows on another number of cells, against sums over small pieces."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casa_ogc.query.request import Bounds, Box, Everywhere, Request
from casa_ogc.query.resolution import resampled
from casa_ogc.query.run import run
from casa_processes.common.errors import InvalidValueError
from casa_processes.common.vocabulary import VOCABULARY
from tests.query.asking import OPTIONS
from tests.synthetic import World, encoded_dataset, memory_cube

PIECES = 400


def asked(world, box=None):
    region = Everywhere() if box is None else Box(box)
    return run(memory_cube(encoded_dataset(world)), Request(region), OPTIONS)


@settings(max_examples=30)
@given(
    st.sampled_from([World("yx"), World("tyx", packed=True, ascending=False)]),
    st.integers(1, 7),
    st.integers(1, 5),
)
def test_a_new_cell_is_the_area_weighted_mean_of_what_lies_in_it(world, columns, rows):
    answer = asked(world, Bounds(-60, -40, 60, 50))
    (old,), (new,) = answer.grids, resampled(answer, {"x": columns, "y": rows}, 10**6).grids
    values = old.fields["xco2"].values.reshape(-1, old.axes["y"].size, old.axes["x"].size)[0]
    found = new.fields["xco2"].values.reshape(-1, rows, columns)[0]
    south, north = new.axes["y"].bounds.min(axis=1), new.axes["y"].bounds.max(axis=1)
    west, east = new.axes["x"].bounds[:, 0], new.axes["x"].bounds[:, 1]
    for row in range(rows):
        for column in range(columns):
            y = south[row] + (np.arange(PIECES) + 0.5) / PIECES * (north[row] - south[row])
            x = west[column] + (np.arange(PIECES) + 0.5) / PIECES * (east[column] - west[column])
            piece = values[np.ix_(_cells(old.axes["y"], y), _cells(old.axes["x"], x))]
            weight = np.cos(np.radians(y))[:, None] * np.isfinite(piece)
            expected = (weight * np.nan_to_num(piece)).sum() / weight.sum()
            assert float(found[row, column]) == pytest.approx(expected, rel=5e-3)


def _cells(axis, places):
    low, high = axis.bounds.min(axis=1), axis.bounds.max(axis=1)
    return [int(np.flatnonzero((low <= place) & (place < high))[0]) for place in places]


def test_the_native_number_of_cells_changes_nothing():
    answer = asked(World("tyx", ascending=False))
    (old,) = answer.grids
    sizes = {"x": old.axes["x"].size, "y": old.axes["y"].size}
    (new,) = resampled(answer, sizes, 10**6).grids
    for name, field in old.fields.items():
        np.testing.assert_allclose(new.fields[name].values, field.values, rtol=1e-6)
    np.testing.assert_allclose(new.axes["y"].values, old.axes["y"].values)


def test_one_cell_is_the_mean_over_the_whole_window():
    answer = asked(World("yx"))
    (new,) = resampled(answer, {"x": 1, "y": 1}, 10**6).grids
    (old,) = answer.grids
    weights = np.cos(np.radians(old.axes["y"].values))[:, None] * np.ones(old.axes["x"].size)
    expected = np.average(old.fields["xco2"].values, weights=weights)
    assert float(new.fields["xco2"].values.item()) == pytest.approx(expected, rel=1e-6)
    assert new.axes["x"].bounds.tolist() == [[-180.0, 180.0]]


def test_levels_weigh_by_their_thickness():
    answer = asked(World("tzyx"))
    (old,), (new,) = answer.grids, resampled(answer, {"z": 1}, 10**7).grids
    edges = old.axes["z"].bounds
    thickness = np.abs(edges[:, 1] - edges[:, 0])
    expected = np.average(old.fields["xco2"].values, axis=1, weights=thickness)
    np.testing.assert_allclose(new.fields["xco2"].values[:, 0], expected, rtol=1e-6)


def test_an_uncertainty_is_that_of_fully_correlated_errors():
    answer = asked(World("yx"))
    (new,) = resampled(answer, {"x": 1}, 10**6).grids
    (old,) = answer.grids
    expected = old.fields["xco2_uncertainty"].values.mean(axis=1)
    np.testing.assert_allclose(new.fields["xco2_uncertainty"].values[:, 0], expected, rtol=1e-5)
    assert "fully correlated" in new.fields["xco2_uncertainty"].cell_methods


def test_codes_are_picked_and_not_averaged():
    answer = asked(World("yx"))
    (old,) = answer.grids
    field = old.fields["xco2"]
    codes = (np.arange(field.values.size) % 5).astype(np.int8).reshape(field.values.shape)
    flag = replace(field, variable=VOCABULARY["quality_flag"], values=codes)
    grids = (replace(old, fields={"quality_flag": flag}),)
    (new,) = resampled(replace(answer, grids=grids), {"x": 7, "y": 5}, 10**6).grids
    found = new.fields["quality_flag"].values
    assert found.dtype == np.int8
    assert set(found.ravel().tolist()) <= {0, 1, 2, 3, 4}


@pytest.mark.parametrize(("sizes", "most"), [({"z": 2}, 10**6), ({"x": 5000}, 1000)])
def test_an_axis_that_is_not_there_or_too_many_cells_are_refused(sizes, most):
    with pytest.raises(InvalidValueError):
        resampled(asked(World("yx")), sizes, most)
