"""Packing: numbers on disk are those of the file, values those that xarray decodes."""

from decimal import Decimal

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


def decimals(low: int, high: int) -> st.SearchStrategy[Decimal]:
    """Decimals of up to six digits behind the point."""
    return st.builds(
        lambda digits, places: Decimal(digits).scaleb(-places),
        st.integers(low, high),
        st.integers(0, 6),
    )


def by_xarray(raw: np.ndarray, packing: Packing) -> np.ndarray:
    encoded = xr.Variable("x", raw, packing.attributes)
    return xr.conventions.decode_cf_variable("v", encoded).values


@given(st.data(), kinds, numbers, st.one_of(st.none(), st.floats(-500.0, 500.0)))
def test_decoding_is_that_of_xarray_within_its_rounding(data, kind, scale, offset):
    raw = data.draw(hnp.arrays(kind, 20))
    packing = Packing(np.dtype(kind), scale, offset, int(raw[3]))
    decoded = by_xarray(raw, packing)
    found = unpacked(raw, packing)
    size = np.abs(raw.astype(float)) * (scale or 1) + abs(offset or 0)
    assert_array_equal(np.isnan(found), np.isnan(decoded))
    known = ~np.isnan(found)
    assert (np.abs(found - decoded)[known] <= 4e-16 * size[known]).all()
    assert found.dtype == decoded.dtype == packing.decoded


@given(st.data(), kinds, decimals(1, 10**6), decimals(-(10**6), 10**6))
def test_decimal_packing_decodes_to_the_nearest_number_of_the_exact_decimal(
    data, kind, scale, offset
):
    raw = data.draw(hnp.arrays(kind, 20))
    packing = Packing(np.dtype(kind), float(scale), float(offset), int(raw[3]))
    wanted = [float(int(one) * scale + offset) for one in raw]
    found = unpacked(raw, packing)
    missing = raw == raw[3]
    assert np.isnan(found[missing]).all()
    assert found[~missing].tolist() == [w for w, m in zip(wanted, missing, strict=True) if not m]


def test_a_decoded_decimal_is_printed_with_the_digits_that_are_stored():
    packing = Packing(np.dtype(np.int16), 0.01, None, -1)
    raw = np.arange(2000, dtype=np.int16)
    assert max(len(repr(value)) for value in unpacked(raw, packing).tolist()) == len("12.34")
    assert max(len(repr(value)) for value in by_xarray(raw, packing).tolist()) > 15


@pytest.mark.parametrize(
    "packing",
    [
        Packing(np.dtype(np.int16), float(np.float32(0.01)), None, -1),
        Packing(np.dtype(np.int32), 0.123456789, 1e9, -1),
        Packing(np.dtype(np.int16), 2.0, -1e300, -1),
        Packing(np.dtype(np.int16), 1e-300, 3.0, -1),
        Packing(np.dtype(np.int16), float("nan"), None, -1),
    ],
)
def test_other_packing_decodes_exactly_as_xarray_does(packing):
    raw = np.array([-5, 0, 1, 77, 12345], packing.dtype)
    assert_array_equal(unpacked(raw, packing), by_xarray(raw, packing))


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


@pytest.mark.parametrize(
    ("kind", "stored", "fill"),
    [
        ("int8", "int16", -(2**15)),
        ("uint8", "uint16", 2**16 - 1),
        ("int16", "int32", -(2**31)),
        ("uint16", "uint32", 2**32 - 1),
        ("int32", "int64", -(2**63)),
        ("int64", "int64", -(2**63)),
    ],
)
def test_packed_numbers_without_a_fill_value_get_one_that_none_of_their_type_can_be(
    kind, stored, fill
):
    packing = packing_of(np.dtype(np.float64), {"dtype": kind, "scale_factor": 0.5})
    assert packing == Packing(np.dtype(stored), 0.5, None, fill)


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
