"""Packing at its limits: what cannot be a number on disk is missing or refused, never another."""

import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from casa_ogc.archive.packing import (
    Packing,
    check_range,
    packed,
    packing_from,
    packing_of,
    unpacked,
)
from casa_processes.common.errors import FileContentError

KINDS = [np.int8, np.uint8, np.int16, np.uint16, np.int32]
FREE = Packing(np.dtype(np.int16), 0.5, 10.0, -32768)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_is_stored_as_missing(value):
    stored = packed(np.array([value, 11.0], np.float32), FREE)
    assert stored.tolist() == [-32768, 2]
    assert_array_equal(unpacked(stored, FREE), [np.nan, 11.0])


@pytest.mark.parametrize("kind", KINDS)
def test_the_first_and_the_last_number_fit_and_their_neighbours_do_not(kind):
    limits = np.iinfo(kind)
    packing = Packing(np.dtype(kind), 1.0, 0.0, 7)
    ends = np.array([limits.min, limits.max], np.float64)
    check_range(ends, packing, "f.nc", "v")
    assert packed(ends, packing).tolist() == ends.tolist()
    for beyond in (limits.min - 1, limits.max + 1):
        with pytest.raises(FileContentError, match="values that fit"):
            check_range(np.array([float(beyond)]), packing, "f.nc", "v")


@given(
    st.lists(st.floats(-1000, 1000), min_size=1, max_size=8),
    st.sampled_from([1e-3, 0.1, 0.5, 3.0]),
    st.sampled_from([-250.0, 0.0, 400.0]),
)
def test_a_packed_value_is_off_by_at_most_half_a_step(values, scale, offset):
    packing = Packing(np.dtype(np.int32), scale, offset, np.iinfo(np.int32).min)
    given_values = np.array(values)
    check_range(given_values, packing, "f.nc", "v")
    found = unpacked(packed(given_values, packing), packing)
    assert np.abs(found - given_values).max() <= scale / 2 * (1 + 1e-9)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("order", ["<", ">"])
def test_the_packing_of_a_file_survives_its_attributes(kind, order):
    encoding = {
        "dtype": np.dtype(kind).newbyteorder(order),
        "scale_factor": np.float32(0.5),
        "add_offset": np.array([3.0]),
        "_FillValue": np.array([7], kind),
    }
    packing = packing_of(np.dtype(np.float32), encoding)
    assert packing == Packing(np.dtype(kind), 0.5, 3.0, 7)
    assert packing_from(packing.dtype, packing.attributes) == packing


def test_a_missing_value_stands_in_for_a_fill_value_and_never_replaces_one():
    encoding = {"dtype": "int16", "missing_value": -9}
    assert packing_of(np.dtype(np.float32), encoding).fill == -9
    assert packing_of(np.dtype(np.float32), {**encoding, "_FillValue": -5}).fill == -5
    several = {"dtype": "int16", "missing_value": np.array([-9, -8], np.int16)}
    assert packing_of(np.dtype(np.float32), several).fill == -9


@pytest.mark.parametrize(
    ("dtype", "encoding"),
    [
        (np.int8, {}),
        (np.uint16, {"dtype": "int16"}),
        (np.float64, {"dtype": "float32", "scale_factor": 2.0}),
        (np.float32, {}),
    ],
)
def test_what_was_not_decoded_from_whole_numbers_is_stored_as_it_is(dtype, encoding):
    packing = packing_of(np.dtype(dtype), encoding)
    assert packing == Packing(np.dtype(dtype))
    values = np.array([0, 1, 100], dtype)
    check_range(values, packing, "f.nc", "v")
    assert unpacked(packed(values, packing), packing) is values


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("scale", "offset"), [(None, None), (0.25, None), (None, 5.0)])
def test_the_type_after_decoding_is_known_beforehand(kind, scale, offset):
    packing = Packing(np.dtype(kind), scale, offset, 1)
    raw = np.array([0, 1, 2], kind)
    expected = xr.conventions.decode_cf_variable("v", xr.Variable("x", raw, packing.attributes))
    assert unpacked(raw, packing).dtype == packing.decoded == expected.dtype


def test_nothing_to_pack_is_packed():
    check_range(np.empty(0), FREE, "f.nc", "v")
    assert packed(np.empty((0, 3)), FREE).shape == (0, 3)
