"""Packed files without a fill value: each number of their type is a value, and stays one."""

import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.testing import assert_array_equal

from casa_ogc.archive.cubes import open_cube, write_cube
from casa_ogc.archive.packing import Packing, check_range, packed, packing_of, unpacked
from casa_processes.common.errors import FileContentError
from tests.archive.builders import days, source

KINDS = ["int8", "uint8", "int16", "uint16"]


@given(st.data(), st.sampled_from([*KINDS, "int32"]), st.sampled_from([0.5, 0.01, 3.0]))
def test_every_number_of_a_type_without_fill_comes_back(data, kind, scale):
    limits = np.iinfo(kind)
    raw = data.draw(hnp.arrays(kind, 20))
    raw[:3] = limits.min, limits.max, 0
    encoding = {"dtype": kind, "scale_factor": scale, "add_offset": -7.0}
    values = raw.astype(np.float64) * scale - 7
    values[5] = np.nan
    packing = packing_of(values.dtype, encoding)
    check_range(values, packing, "f.nc", "v")
    found = unpacked(packed(values, packing), packing)
    assert_array_equal(np.isnan(found), np.isnan(values))
    np.testing.assert_allclose(found, values, rtol=1e-12, atol=1e-9)


@given(st.lists(st.integers(-128, 127), min_size=1, max_size=30), st.integers(-128, 127))
def test_a_value_that_would_be_missing_is_refused_and_no_other(raw, fill):
    packing = Packing(np.dtype(np.int8), 0.5, 1.0, fill)
    values = np.array([*(np.array(raw) * 0.5 + 1), np.nan])
    if fill in raw:
        with pytest.raises(FileContentError, match=f"stored as {fill}, which means missing"):
            check_range(values, packing, "f.nc", "v")
    else:
        check_range(values, packing, "f.nc", "v")
        assert_array_equal(unpacked(packed(values, packing), packing), values)


def test_the_last_of_very_many_values_is_looked_at():
    values = np.full((1 << 20) + 5, 3.0)
    values[0], values[-1] = 2.0, 2.5
    check_range(values[:-1], Packing(np.dtype(np.int8), 0.5, 0.0, 5), "f.nc", "v")
    with pytest.raises(FileContentError, match=r"found 2\.5"):
        check_range(values, Packing(np.dtype(np.int8), 0.5, 0.0, 5), "f.nc", "v")


def written(path, kind, numbers, first):
    """A CF file of packed numbers without a fill value, and what xarray decodes from it."""
    raw = xr.Variable(
        ("time", "latitude", "longitude"), numbers, {"scale_factor": 0.25, "add_offset": 300.0}
    )
    coords = {
        "time": days(range(first, first + numbers.shape[0])),
        "latitude": np.arange(numbers.shape[1]) * 2.0,
        "longitude": np.arange(numbers.shape[2]) * 2.0,
    }
    xr.Dataset({"xco2": raw}, coords).to_netcdf(path)
    dataset = xr.open_dataset(path, engine="h5netcdf").load()
    assert dataset["xco2"].encoding["dtype"] == kind
    assert "_FillValue" not in dataset["xco2"].encoding
    assert np.isfinite(dataset["xco2"]).all()
    attrs = {"title": "t", "source": path.name, "mission": "m"}
    return dataset.assign_attrs(attrs)


@pytest.mark.parametrize("kind", KINDS)
def test_a_cube_holds_the_extremes_of_a_packed_file_without_fill_and_of_the_next(tmp_path, kind):
    limits = np.iinfo(kind)
    dice = np.random.default_rng(3)
    numbers = dice.integers(limits.min, limits.max, (4, 6, 8), dtype=kind, endpoint=True)
    numbers[0, 0, :2], numbers[3, 5, 6:] = (limits.min, limits.max), (limits.max, limits.min)
    files = [
        written(tmp_path / "a.nc", kind, numbers[:2], 0),
        written(tmp_path / "b.nc", kind, numbers[2:], 2),
    ]
    for name, dataset in zip("ab", files, strict=True):
        head = write_cube(tmp_path, "p", dataset, [source(f"{name}.nc")])
    cube = open_cube(tmp_path, "p", head.snapshot)
    for layout in ("map", "series"):
        array = cube.layouts[layout].arrays["xco2"]
        found = array.read(tuple(slice(0, size) for size in array.shape))
        assert_array_equal(found, numbers * 0.25 + 300.0)
