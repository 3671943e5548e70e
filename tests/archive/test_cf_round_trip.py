"""What the archive stores is CF that xarray decodes, in every layout."""

import icechunk
import numpy as np
import pytest
import xarray as xr
from numpy.testing import assert_allclose, assert_array_equal

from casa_ogc.archive.cf import cell_methods, global_attributes, variable_attributes
from casa_ogc.archive.cubes import open_cube, write_cube
from casa_processes.common.errors import UnknownNameError
from casa_processes.common.vocabulary import VOCABULARY
from tests.archive.builders import grid, source, whole

LAYOUTS = ["map", "series", "overview/1"]


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    """A packed cube of one overview, its data set and its repository."""
    root = tmp_path_factory.mktemp("cf")
    data = grid(range(3), rows=40, columns=80, title="Made up")
    packing = {"scale_factor": 0.01, "add_offset": 300.0, "_FillValue": -32768}
    data["xco2"].encoding = {"dtype": "int16", **packing}
    head = write_cube(root, "p", data, [source("a.nc")])
    return data, root, head


def opened(stored, layout) -> xr.Dataset:
    """A layout as xarray decodes it."""
    _, root, _ = stored
    storage = icechunk.local_filesystem_storage(str(root / "p" / "cube"))
    session = icechunk.Repository.open(storage).readonly_session("main")
    return xr.open_zarr(session.store, group=layout, consolidated=False, chunks=None)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_xarray_reads_the_values_that_the_archive_reads(stored, layout):
    _, root, head = stored
    held = open_cube(root, "p", head.snapshot).layouts[layout]
    found = opened(stored, layout)
    names = {"t": "time", "y": "latitude", "x": "longitude"}
    for name, array in held.arrays.items():
        values = found[name].transpose(*(names[role] for role in array.roles)).values
        assert_allclose(array.read(whole(array.shape)), values, rtol=1e-6)
    for role, axis in held.axes.items():
        assert_array_equal(found[names[role]].values, axis.values)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_coordinates_and_variables_say_what_they_are(stored, layout):
    found = opened(stored, layout)
    assert found.attrs["Conventions"] == "CF-1.8"
    assert found.attrs["title"] == "Made up"
    for name, letter in (("time", "T"), ("latitude", "Y"), ("longitude", "X")):
        assert found[name].attrs["axis"] == letter
        assert found[name].attrs["standard_name"] == name
    assert found["xco2"].attrs["units"] == "ppm"
    named = found["xco2"].attrs.get("ancillary_variables")
    named = named or found["xco2"].encoding.get("ancillary_variables")
    assert named == "xco2_uncertainty"
    for name in ("latitude", "longitude"):
        bounds = found[found[name].attrs.get("bounds") or found[name].encoding["bounds"]]
        assert_allclose(bounds.values.mean(axis=1), found[name].values, atol=1e-9)


@pytest.mark.parametrize("layout", ["map", "series"])
def test_packed_values_stay_packed_and_come_back_within_half_a_step(stored, layout):
    data, _, _ = stored
    found = opened(stored, layout)["xco2"].transpose("time", "latitude", "longitude")
    assert found.encoding["dtype"] == np.int16
    assert "valid_min" not in found.attrs
    assert_array_equal(np.isnan(found.values), np.isnan(data["xco2"].values))
    assert np.nanmax(np.abs(found.values - data["xco2"].values)) <= 0.005 + 1e-4


@pytest.mark.parametrize("name", sorted(VOCABULARY))
def test_attributes_of_each_variable_are_those_of_the_vocabulary(name):
    entry = VOCABULARY[name]
    found = variable_attributes(name, [name], packed=False)
    assert found["long_name"] == entry.en
    assert found.get("units", "") == entry.units
    assert found.get("standard_name", "") == (entry.standard_name or "")
    assert found.get("valid_min") == entry.valid_min
    assert found.get("valid_max") == entry.valid_max
    assert not {"valid_min", "valid_max"} & set(variable_attributes(name, [], packed=True))


def test_an_unknown_variable_has_no_attributes():
    with pytest.raises(UnknownNameError, match="no_such"):
        variable_attributes("no_such", [], packed=False)


@pytest.mark.parametrize(
    ("given", "overview", "whole_numbers", "expected"),
    [
        ("", False, False, {}),
        ("time: mean", False, False, {"cell_methods": "time: mean"}),
        ("time: mean", True, True, {"cell_methods": "area: mode"}),
        ("", True, False, {"cell_methods": "area: mean"}),
    ],
)
def test_cells_tell_how_their_values_were_made(given, overview, whole_numbers, expected):
    assert cell_methods(given, overview, whole_numbers, False) == expected


def test_the_uncertainty_of_an_overview_says_how_it_was_combined():
    assert "fully correlated" in cell_methods("", True, False, True)["comment"]


def test_attributes_without_text_are_left_out():
    data = xr.Dataset(attrs={"title": "", "orbit": 7, "Conventions": "CF-1.0"})
    assert global_attributes(data) == {"orbit": "7", "Conventions": "CF-1.8"}
