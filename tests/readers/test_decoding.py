"""Units once, masks, times and identifiers."""

import math
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casa_ogc.readers import Reader, Source
from casa_ogc.readers.decode import missing_integer
from casa_processes.common.errors import FileContentError
from tests.readers.tiny import BASE, family, strictly, tiny


def test_units_are_converted_exactly_once(tmp_path):
    pressure = np.array([100000.0, 90000.0, 80000.0])
    path = tiny(tmp_path, p=(("n",), pressure, {"units": "Pa"}))
    found = strictly(family(surface_pressure=Source("p", units=("hPa", "Pa"))), path)
    np.testing.assert_allclose(found["surface_pressure"], [1000, 900, 800])
    assert found["surface_pressure"].attrs["units"] == "hPa"


@pytest.mark.parametrize("stated", ["Pa", "", "hpa", "furlong"])
def test_units_that_the_family_does_not_write_are_refused(tmp_path, stated):
    attributes = {"units": stated} if stated else {}
    path = tiny(tmp_path, p=(("n",), np.ones(3), attributes))
    with pytest.raises(FileContentError) as caught:
        strictly(family(surface_pressure=Source("p", units="hPa")), path)
    assert (caught.value.file, caught.value.where) == ("tiny_1.nc", "p")
    assert "'hPa'" in caught.value.expected
    assert (repr(stated) if stated else "no units") in caught.value.found


def test_an_empty_text_among_the_units_lets_a_file_leave_them_out(tmp_path):
    path = tiny(tmp_path, p=(("n",), np.array([1e5, 9e4, 8e4]), {}))
    found = strictly(family(surface_pressure=Source("p", units=("Pa", ""))), path)
    np.testing.assert_allclose(found["surface_pressure"], [1000, 900, 800])


def test_units_where_the_family_states_none_are_refused_unless_they_are_the_vocabularys(tmp_path):
    reader = family(surface_pressure=Source("p"))
    good = tiny(tmp_path, p=(("n",), np.full(3, 900.0), {"units": "hPa"}))
    assert strictly(reader, good)["surface_pressure"].values.tolist() == [900, 900, 900]
    with pytest.raises(FileContentError, match="'Pa'"):
        strictly(reader, tiny(tmp_path, p=(("n",), np.full(3, 900.0), {"units": "Pa"})))


@pytest.mark.parametrize("mark", ["_FillValue", "missing_value"])
def test_marks_of_missing_values_become_nan(tmp_path, mark):
    values = np.array([400.0, -999999.0, 401.0], dtype=np.float32)
    path = tiny(tmp_path, x=(("n",), values, {"units": "ppm", mark: np.float32(-999999)}))
    found = strictly(family(xco2=Source("x", units="ppm")), path)["xco2"].values
    np.testing.assert_array_equal(np.isnan(found), [False, True, False])


def test_a_fill_that_only_the_family_knows_becomes_nan(tmp_path):
    values = np.array([1.0, 9.96921e36, -0.5], dtype=np.float32)
    path = tiny(tmp_path, s=(("n",), values, {"units": "W m-2 sr-1 um-1"}))
    source = Source("s", units="W m-2 sr-1 um-1", fill=(9.96921e36,))
    found = strictly(family(sif_740=source), path)["sif_740"].values
    np.testing.assert_array_equal(found, np.array([1, np.nan, -0.5], dtype=np.float32))


def test_a_mark_that_the_type_cannot_hold_masks_nothing(tmp_path):
    values = np.array([0, 1, -15], dtype=np.int8)
    path = tiny(tmp_path, f=(("n",), values, {"missing_value": np.int32(-9999)}))
    found = strictly(family(orbit=Source("f")), path)["orbit"].values
    assert found.tolist() == [0, 1, -15]


def test_a_negative_mark_of_an_unsigned_type_is_taken_by_its_bits(tmp_path):
    values = np.array([0, 1, 255], dtype=np.uint8)
    path = tiny(tmp_path, f=(("n",), values, {"missing_value": np.int8(-1)}))
    found = strictly(family(quality_simple_bits=Source("f")), path)["quality_simple_bits"].values
    assert found.tolist() == [0, 1, missing_integer("int16")]


def test_missing_integers_are_marked_explicitly_and_said_so(tmp_path):
    values = np.array([0, 127, 1], dtype=np.int8)
    path = tiny(tmp_path, q=(("n",), values, {"missing_value": np.int8(127), "units": "none"}))
    found = strictly(family(quality_flag=Source("q", codes={0: 0, 1: 1})), path)["quality_flag"]
    assert found.values.tolist() == [0, -128, 1]
    assert found.attrs["missing_value"] == -128
    assert found.attrs["flag_meanings"] == "good bad"
    assert found.attrs["flag_values"].tolist() == [0, 1]


def test_an_unknown_code_is_refused_by_name(tmp_path):
    path = tiny(tmp_path, q=(("n",), np.array([0, 5, 1], dtype=np.int8), {}))
    with pytest.raises(FileContentError, match="codes 0, 1, found 5"):
        strictly(family(quality_flag=Source("q", codes={0: 0, 1: 1})), path)


@pytest.mark.parametrize("values", [np.array([0.0, 0.5, 1.0]), np.array([0.0, 300.0, 1.0])])
def test_a_flag_that_is_no_whole_number_of_its_type_is_refused(tmp_path, values):
    path = tiny(tmp_path, q=(("n",), values, {}))
    with pytest.raises(FileContentError, match="whole numbers"):
        strictly(family(quality_flag=Source("q")), path)


def test_packed_values_are_unpacked_after_they_are_masked(tmp_path):
    values = np.array([10, -32768, 30], dtype=np.int16)
    attributes = {
        "units": "hPa",
        "scale_factor": 0.5,
        "add_offset": 900.0,
        "_FillValue": np.int16(-32768),
    }
    path = tiny(tmp_path, p=(("n",), values, attributes))
    found = strictly(family(surface_pressure=Source("p", units="hPa")), path)
    np.testing.assert_array_equal(found["surface_pressure"], [905, np.nan, 915])


def test_text_where_numbers_belong_is_refused(tmp_path):
    path = tiny(tmp_path, p=(("n",), np.array([b"a", b"b", b"c"], dtype="S1"), {"units": "hPa"}))
    with pytest.raises(FileContentError, match="numbers"):
        strictly(family(surface_pressure=Source("p", units="hPa")), path)


def test_the_first_alternative_that_exists_is_read(tmp_path):
    path = tiny(tmp_path, old=(("n",), np.full(3, 900.0), {"units": "hPa"}))
    reader = family(surface_pressure=Source(("new", "old"), units="hPa"))
    assert strictly(reader, path)["surface_pressure"].values[0] == 900
    reader = family(surface_pressure=Source(("new", "newer"), units="hPa"))
    with pytest.raises(FileContentError, match="new or newer"):
        strictly(reader, path)


@pytest.mark.parametrize(
    ("units", "first"),
    [
        ("seconds since 1990-01-01 00:00:00", "1990-01-01T00:00:01.5"),
        ("seconds since 1990-01-01 00:00:00 UTC", "1990-01-01T00:00:01.5"),
        ("seconds since 1990-01-01T00:00:00Z", "1990-01-01T00:00:01.5"),
        ("milliseconds since 1990-01-01", "1990-01-01T00:00:00.0015"),
        ("hours since 1990-01-01", "1990-01-01T01:30"),
        ("days since 1990-01-01", "1990-01-02T12:00"),
    ],
)
def test_times_are_counted_from_the_epoch_that_the_file_names(tmp_path, units, first):
    path = tiny(tmp_path, time=(("n",), np.array([1.5, 2, 3]), {"units": units}))
    unit = units.split()[0]
    reader = family()
    reader = Reader(
        **{
            **vars(reader),
            "variables": {**reader.variables, "time": Source("time", units=f"{unit} since")},
        }
    )
    assert strictly(reader, path)["time"].values[0] == np.datetime64(first, "ns")


@pytest.mark.parametrize(
    "attributes",
    [
        {"units": "seconds since 1993-01-01"},
        {"units": "days since 1990-01-01"},
        {"units": "seconds"},
        {"units": "seconds since removed date-time"},
        {},
    ],
)
def test_another_epoch_than_the_familys_is_refused(tmp_path, attributes):
    path = tiny(tmp_path, time=(("n",), np.zeros(3), attributes))
    reader = Reader(
        **{
            **vars(family()),
            "variables": {**BASE, "time": Source("time", units="seconds since 1990-01-01")},
        }
    )
    with pytest.raises(FileContentError, match="seconds since 1990-01-01"):
        strictly(reader, path)


def test_a_calendar_that_is_not_ours_is_refused(tmp_path):
    attributes = {"units": "days since 2000-01-01", "calendar": "noleap"}
    path = tiny(tmp_path, time=(("n",), np.zeros(3), attributes))
    reader = Reader(
        **{**vars(family()), "variables": {**BASE, "time": Source("time", units="days since")}}
    )
    with pytest.raises(FileContentError, match="noleap"):
        strictly(reader, path)


def test_times_as_text_are_read(tmp_path):
    text = np.array([b"2010-01-02T03:04:05.678", b"2010-01-02 03:04:06", b"2010/01/02 03:04:07Z"])
    path = tiny(tmp_path, time=(("n",), text, {}))
    expected = np.array(
        ["2010-01-02T03:04:05.678", "2010-01-02T03:04:06", "2010-01-02T03:04:07"], "datetime64[ns]"
    )
    np.testing.assert_array_equal(strictly(family(), path)["time"].values, expected)
    bad = tiny(tmp_path, time=(("n",), np.array([b"noon", b"noon", b"noon"]), {}))
    with pytest.raises(FileContentError, match="ISO 8601"):
        strictly(family(), bad)


@given(st.floats(-3e9, 4e9))
def test_a_second_of_1970_is_kept_to_the_microsecond(seconds):
    folder = Path(tempfile.mkdtemp())
    try:
        values = np.array([seconds, seconds, seconds])
        path = tiny(folder, time=(("n",), values, {"units": "seconds since 1970-01-01"}))
        found = strictly(family(), path)["time"].values[0]
        whole = math.floor(seconds)
        expected = whole * 1_000_000 + round((seconds - whole) * 1_000_000)
        assert abs(found.astype(np.int64) // 1000 - expected) <= 1
        assert found.astype(np.int64) % 1000 == 0
    finally:
        (folder / "tiny_1.nc").unlink(missing_ok=True)
        folder.rmdir()


@given(st.lists(st.integers(1, 2**64 - 1), min_size=3, max_size=3, unique=True))
def test_identifiers_of_64_bits_keep_every_digit(numbers):
    folder = Path(tempfile.mkdtemp())
    try:
        path = tiny(folder, id=(("n",), np.array(numbers, dtype=np.uint64), {}))
        assert strictly(family(), path)["sounding_id"].values.tolist() == [str(n) for n in numbers]
    finally:
        (folder / "tiny_1.nc").unlink(missing_ok=True)
        folder.rmdir()


def test_identifiers_that_occur_twice_are_refused(tmp_path):
    path = tiny(tmp_path, id=(("n",), np.array([7, 7, 8], dtype=np.uint64), {}))
    with pytest.raises(FileContentError, match="1 that occur again"):
        strictly(family(), path)
