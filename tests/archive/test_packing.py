"""Packing: numbers on disk are those of the file, values those that xarray decodes."""

import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.testing import assert_array_equal

from casa_ogc.archive.packing import Packing, check_range, packed, packing_of, unpacked
from casa_processes.common.errors import FileContentError

kinds = st.sampled_from([np.int8, np.uint8, np.int16, np.uint16, np.int32])
numbers = st.one_of(st.none(), st.floats(1e-3, 50.0))


@given(st.data(), kinds, numbers, st.one_of(st.none(), st.floats(-500.0, 500.0)))
def test_decoding_is_exactly_that_of_xarray(data, kind, scale, offset):
    raw = data.draw(hnp.arrays(kind, 20))
    fill = int(raw[3])
    packing = Packing(np.dtype(kind), scale, offset, fill)
    encoded = xr.Variable("x", raw, packing.attributes)
    decoded = xr.conventions.decode_cf_variable("v", encoded)
    found = unpacked(raw, packing)
    assert_array_equal(found, decoded.values)
    assert found.dtype == decoded.dtype == packing.decoded


@given(st.data(), st.sampled_from([np.int8, np.uint8, np.int16, np.uint16]), numbers)
def test_packing_undoes_unpacking_number_by_number(data, kind, scale):
    raw = data.draw(hnp.arrays(kind, 20))
    packing = Packing(np.dtype(kind), scale, 3.5, int(raw[0]))
    assert_array_equal(packed(unpacked(raw, packing), packing), raw)


@given(hnp.arrays(np.int16, 20))
def test_numbers_survive_a_reader_that_decodes_to_float32(raw):
    packing = Packing(np.dtype(np.int16), 0.01, 400.0, -32768)
    values = unpacked(raw, packing).astype(np.float32)
    assert_array_equal(packed(values, packing), raw)


def test_floats_of_the_file_stay_floats():
    packing = packing_of(np.dtype(np.float32), {"dtype": np.dtype(">f4"), "_FillValue": -999.0})
    assert packing == Packing(np.dtype(np.float32))
    values = np.array([1, np.nan], np.float32)
    assert unpacked(values, packing) is values


def test_packed_numbers_without_a_fill_value_get_one():
    packing = packing_of(np.dtype(np.float64), {"dtype": "int16", "scale_factor": 0.5})
    assert packing == Packing(np.dtype(np.int16), 0.5, None, -32768)


def test_unsigned_numbers_in_signed_types_are_unsigned():
    encoding = {"dtype": "int8", "_Unsigned": "true", "scale_factor": 1.0, "_FillValue": -1}
    assert packing_of(np.dtype(np.float32), encoding).dtype == np.uint8
    assert packing_of(np.dtype(np.float32), encoding).fill == 255


def test_true_and_false_are_kept_as_numbers():
    assert packing_of(np.dtype(bool), {}).dtype == np.int8


@pytest.mark.parametrize("value", [400.0, -400.0])
def test_values_beyond_the_numbers_are_refused(value):
    with pytest.raises(FileContentError, match=r"f\.nc: v: expected values that fit"):
        check_range(np.array([value]), Packing(np.dtype(np.int8), 1.0, 0.0, -1), "f.nc", "v")


def test_missing_values_fit_every_packing():
    check_range(np.array([np.nan, np.inf]), Packing(np.dtype(np.int8), 1.0, 0.0, -1), "f", "v")
