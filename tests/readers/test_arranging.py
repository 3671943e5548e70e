"""Places, levels, dimensions and grids in the common order."""

import math

import h5py
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casa_ogc.readers import Source
from casa_ogc.readers.arrange import wrapped
from casa_processes.common.errors import FileContentError
from tests.readers.tiny import GRID, GRID_DIMS, LEVELS, family, grid, profiles, strictly, tiny


@pytest.mark.parametrize(
    ("name", "values", "where"),
    [
        ("lat", [10.0, 91.0, 0.0], "latitude"),
        ("lat", [10.0, np.nan, 0.0], "latitude"),
        ("lon", [10.0, -181.0, 0.0], "longitude"),
        ("time", [0.0, np.nan, 0.0], "time"),
    ],
)
def test_a_sounding_without_a_possible_place_and_time_is_refused(tmp_path, name, values, where):
    units = {"lat": "degrees_north", "lon": "degrees_east", "time": "seconds since 2000-01-01"}
    path = tiny(tmp_path, **{name: (("n",), np.array(values), {"units": units[name]})})
    with pytest.raises(FileContentError, match="the first at index 1") as caught:
        strictly(family(), path)
    assert caught.value.where == where


@given(st.floats(-180, 360))
def test_longitudes_are_wrapped_to_the_same_place_within_180_degrees(longitude):
    found = float(wrapped(np.array([longitude]))[0])
    assert -180 <= found <= 180
    assert math.isclose(
        math.cos(math.radians(found)), math.cos(math.radians(longitude)), abs_tol=1e-9
    )


@pytest.mark.parametrize(
    ("pressure", "kernel"), [([10.0, 1000.0], [0.2, 1.0]), ([1000.0, 10.0], [1.0, 0.2])]
)
def test_levels_are_turned_to_run_from_the_surface_whichever_way_they_came(
    tmp_path, pressure, kernel
):
    found = strictly(family(**LEVELS), tiny(tmp_path, **profiles(pressure, kernel)))
    assert found["pressure_levels"].values[1].tolist() == [1000, 10]
    np.testing.assert_allclose(found["xco2_averaging_kernel"].values[1], [1.0, 0.2])


def test_levels_that_do_not_run_one_way_are_refused(tmp_path):
    variables = profiles([10.0, 1000.0], [0.2, 1.0])
    variables["p"][1][1] = [1000.0, 10.0]
    with pytest.raises(FileContentError, match="rise or fall") as caught:
        strictly(family(**LEVELS), tiny(tmp_path, **variables))
    assert caught.value.where == "pressure_levels"


def test_a_profile_that_all_soundings_share_is_repeated_for_each(tmp_path):
    variables = profiles([10.0, 1000.0], [0.2, 1.0])
    variables["p"] = (("z",), np.array([10.0, 1000.0]), {"units": "hPa"})
    found = strictly(family(**LEVELS), tiny(tmp_path, **variables))
    assert found["pressure_levels"].dims == ("sounding", "level")
    assert found["pressure_levels"].values.tolist() == [[1000, 10]] * 3


def test_dimensions_in_another_order_are_transposed(tmp_path):
    values = np.arange(6.0).reshape(2, 3)
    path = tiny(tmp_path, a=(("z", "n"), values, {"units": "1"}))
    found = strictly(family(xco2_averaging_kernel=Source("a", units="1")), path)
    assert found["xco2_averaging_kernel"].values.tolist() == values.T.tolist()


def test_dimensions_without_names_are_those_of_the_vocabulary(tmp_path):
    path = tmp_path / "tiny_2.h5"
    with h5py.File(path, "w") as file:
        for name, values, units in (
            ("id", np.array([1, 2, 3], dtype=np.int64), ""),
            ("time", np.zeros(3), "seconds since 2000-01-01"),
            ("lat", np.zeros(3), "degrees_north"),
            ("lon", np.zeros(3), "degrees_east"),
            ("a", np.arange(6.0).reshape(3, 2), "1"),
        ):
            file.create_dataset(name, data=values).attrs["units"] = units
    found = strictly(family(xco2_averaging_kernel=Source("a", units="1")), path)
    assert found["xco2_averaging_kernel"].dims == ("sounding", "level")


@pytest.mark.parametrize("dims", [("z",), ("n", "z"), ("n", "v")])
def test_a_scalar_with_other_dimensions_is_refused(tmp_path, dims):
    sizes = {"n": 3, "z": 2, "v": 4}
    values = np.ones([sizes[dim] for dim in dims])
    path = tiny(tmp_path, x=(dims, values, {"units": "ppm"}))
    with pytest.raises(FileContentError, match="dimensions sounding"):
        strictly(family(xco2=Source("x", units="ppm")), path)


def test_one_dimension_has_one_length(tmp_path):
    path = tiny(tmp_path, dims={"n": 3, "m": 4}, x=(("m",), np.ones(4), {"units": "ppm"}))
    reader = family(dims={"n": "sounding", "m": "sounding"}, xco2=Source("x", units="ppm"))
    with pytest.raises(FileContentError, match="length 3 of dimension sounding, found 4"):
        strictly(reader, path)


def test_a_footprint_has_four_corners(tmp_path):
    values = np.ones((3, 3))
    path = tiny(tmp_path, dims={"n": 3, "v": 3}, c=(("n", "v"), values, {"units": "degrees_north"}))
    with pytest.raises(FileContentError, match="4 vertices, found 3"):
        strictly(family(latitude_vertices=Source("c", units="degrees_north")), path)


def test_a_file_without_soundings_is_refused(tmp_path):
    empty = {
        "id": (("n",), np.array([], dtype=np.uint64), {}),
        "time": (("n",), np.array([]), {"units": "seconds since 2000-01-01"}),
        "lat": (("n",), np.array([]), {"units": "degrees_north"}),
        "lon": (("n",), np.array([]), {"units": "degrees_east"}),
    }
    path = tiny(tmp_path, dims={"n": 0}, **empty)
    with pytest.raises(FileContentError, match="at least one sounding"):
        strictly(family(), path)


def test_a_grid_keeps_its_order_its_longitudes_its_bounds_and_its_packing(tmp_path):
    found = strictly(family("grid", GRID_DIMS, **GRID), grid(tmp_path))
    assert found["xco2"].dims == ("time", "latitude", "longitude")
    assert found["latitude"].values.tolist() == [60, 0, -60]
    assert found["longitude"].values.tolist() == [0, 90, 180, 270]
    assert {"time", "latitude", "longitude", "time_bounds"} <= set(found.coords)
    assert found["time_bounds"].dims == ("time", "bound")
    assert found["time_bounds"].values[1, 0] == np.datetime64("2020-02-01")
    assert found["xco2"].values[0, 0, 1] == 400.5
    assert np.isnan(found["xco2"].values[1, 2, 3])
    assert found["xco2"].encoding["dtype"] == np.int16
    assert found["xco2"].encoding["scale_factor"] == pytest.approx(0.5)
    assert found["xco2"].encoding["add_offset"] == pytest.approx(400.0)
    assert found["xco2"].encoding["_FillValue"] == 23


def test_the_packing_of_a_grid_follows_the_conversion_of_its_units(tmp_path):
    values = np.arange(24, dtype=np.int16).reshape(2, 3, 4)
    attributes = {"units": "mol mol-1", "scale_factor": 1e-6, "add_offset": 4e-4}
    path = grid(tmp_path, x=(("time", "lat", "lon"), values, attributes))
    reader = family("grid", GRID_DIMS, **{**GRID, "xco2": Source("x", units="mol mol-1")})
    found = strictly(reader, path)["xco2"]
    encoding = found.encoding
    restored = values * encoding["scale_factor"] + encoding["add_offset"]
    np.testing.assert_allclose(found.values, restored, rtol=1e-6)


@pytest.mark.parametrize(
    ("name", "values"),
    [("lat", [60.0, 60.0, -60.0]), ("lat", [60.0, -60.0, 0.0]), ("lat", [60.0, np.nan, 0.0])],
)
def test_a_coordinate_that_is_not_monotonic_is_refused(tmp_path, name, values):
    path = grid(tmp_path, lat=(("lat",), np.array(values), {"units": "degrees_north"}))
    with pytest.raises(FileContentError, match="strictly monotonic"):
        strictly(family("grid", GRID_DIMS, **GRID), path)


def test_a_vertical_coordinate_says_which_way_it_counts(tmp_path):
    path = grid(tmp_path, lon=(("lon",), np.array([1000.0, 800, 600, 400]), {"units": "hPa"}))
    variables = {**GRID, "pressure": Source("lon", units="hPa")}
    del variables["longitude"]
    reader = family("grid", {"lat": "latitude", "lon": "pressure"}, **variables)
    found = strictly(reader, path)
    assert found["pressure"].attrs["positive"] == "down"
    assert found["pressure"].attrs["units"] == "hPa"
