"""The core: units once, masks, order, recognition, and errors that name what is wrong."""

import gzip
import math
import tempfile
from pathlib import Path

import h5netcdf
import h5py
import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st
from scipy.io import netcdf_file

from casa_ogc.readers import (
    Reader,
    Source,
    check,
    read,
    reader_named,
    reader_names,
    reader_of,
    registry,
)
from casa_ogc.readers.arrange import wrapped
from casa_ogc.readers.decode import missing_integer
from casa_ogc.readers.read import read_as, row_of
from casa_processes.common.errors import (
    CasaError,
    FileContentError,
    InvalidValueError,
    UnknownNameError,
)
from casa_processes.common.units import convert
from casa_processes.common.vocabulary import VOCABULARY
from tests.readers.builders_a import ROWS, SYNTHETIC, oco_lite

BASE = {
    "sounding_id": Source("id"),
    "time": Source("time", units="seconds since"),
    "latitude": Source("lat", units="degrees_north"),
    "longitude": Source("lon", units="degrees_east"),
}


def family(kind="soundings", dims=None, **variables):
    chosen = variables if kind == "grid" else {**BASE, **variables}
    return Reader(
        files=("tiny_*.nc",),
        kind=kind,
        product="tiny",
        title="A tiny family",
        dims=dims or {"n": "sounding", "z": "level", "v": "vertex"},
        variables=chosen,
    )


def tiny(folder, *, dims=None, **variables):
    """Write a file; a variable is (dims, values, attributes)."""
    path = folder / "tiny_1.nc"
    base = {
        "id": (("n",), np.array([7, 8, 9], dtype=np.uint64), {}),
        "time": (("n",), np.array([0.0, 1.5, 2.0]), {"units": "seconds since 2000-01-01"}),
        "lat": (("n",), np.array([10.0, 20.0, 30.0]), {"units": "degrees_north"}),
        "lon": (("n",), np.array([-170.0, 0.0, 170.0]), {"units": "degrees_east"}),
    }
    with h5netcdf.File(path, "w") as file:
        file.dimensions = dims or {"n": 3, "z": 2, "v": 4}
        for name, (where, values, attributes) in {**base, **variables}.items():
            made = file.create_variable(name, where, values.dtype, data=values)
            made.attrs.update(attributes)
    return path


def strictly(reader, path):
    def refuse(problem):
        raise problem

    return read_as(reader, path, refuse)


# ---------------------------------------------------------------- all readers


@pytest.mark.parametrize("name", reader_names())
def test_every_reader_maps_known_variables_from_convertible_units(name):
    reader = reader_named(name)
    assert reader.variables
    assert reader.title
    assert reader.files
    for variable, source in reader.variables.items():
        row = row_of(variable)
        if np.dtype("U" if row.dtype == "str" else row.dtype).kind != "f":
            continue
        for text in filter(None, source.accepted):
            converted = convert(np.array([1.0]), source.meaning(text), row.units)
            assert np.isfinite(converted).all(), (variable, text)


@pytest.mark.parametrize("name", reader_names())
def test_every_reader_says_which_dimensions_become_which(name):
    reader = reader_named(name)
    known = {"sounding", "level", "vertex"} if reader.kind == "soundings" else None
    if known:
        assert set(reader.dims.values()) <= known


@pytest.mark.parametrize("name", reader_names())
def test_every_flag_of_a_reader_ends_in_codes_of_the_vocabulary(name):
    for variable, source in reader_named(name).variables.items():
        if source.codes is not None:
            row = row_of(variable)
            assert set(source.codes.values()) <= {code for code, _ in row.flags}


def test_readers_are_listed_without_the_modules_of_the_core():
    assert {"oco_lite", "acos", "tccon", "openghg", "oco_sif"} <= set(reader_names())
    assert not {"read", "reader", "files", "decode", "lite_xco2"} & set(reader_names())


def test_every_vocabulary_row_is_written_in_both_languages_with_a_sane_range():
    for row in VOCABULARY.values():
        assert row.en
        assert row.zh
        if row.valid_min is not None and row.valid_max is not None:
            assert row.valid_min < row.valid_max
        if row.uncertainty:
            assert row.uncertainty in VOCABULARY
            assert VOCABULARY[row.uncertainty].units == row.units
        if row.flags:
            assert np.dtype(row.dtype).kind == "i"
            assert all(" " not in meaning for _, meaning in row.flags)


# ---------------------------------------------------------------- recognition


def test_an_unknown_name_lists_the_known_patterns(tmp_path):
    path = tmp_path / "anything.xyz"
    path.write_text("x")
    with pytest.raises(UnknownNameError, match=r"oco2_LtCO2_\*\.nc4") as caught:
        read(path)
    assert caught.value.name == "anything.xyz"


def test_a_reader_asked_for_reads_a_file_of_any_name(tmp_path):
    path = oco_lite().write(tmp_path, name="renamed.h5")
    reader, dataset = read(path, reader="oco_lite")
    assert reader is reader_named("oco_lite")
    assert dataset.sizes["sounding"] == ROWS


def test_an_unknown_reader_lists_the_known_ones(tmp_path):
    with pytest.raises(UnknownNameError, match="oco_lite"):
        read(oco_lite().write(tmp_path), reader="nonsense")


def test_two_readers_for_one_file_are_an_error_that_names_both(tmp_path, monkeypatch):
    path = oco_lite().write(tmp_path)
    twin = reader_named("oco_lite")
    monkeypatch.setattr(registry, "reader_names", lambda: ("first", "second"))
    monkeypatch.setattr(registry, "reader_named", lambda name: twin)
    with pytest.raises(FileContentError, match="first and second"):
        registry.reader_of(path)


def test_a_third_party_reader_comes_by_entry_point(monkeypatch):
    found = family()

    class Entry:
        name = "guest"

        def load(self):
            return found

    def entries(group, name=None):
        return [Entry()] if group == "casa.readers" and name in (None, "guest") else []

    monkeypatch.setattr(registry, "entry_points", entries)
    registry.reader_names.cache_clear()
    registry.reader_named.cache_clear()
    try:
        assert "guest" in registry.reader_names()
        assert registry.reader_named("guest") is found
        found = "something else"
        registry.reader_named.cache_clear()
        with pytest.raises(InvalidValueError, match="guest"):
            registry.reader_named("guest")
    finally:
        registry.reader_names.cache_clear()
        registry.reader_named.cache_clear()


@pytest.mark.parametrize(
    ("name", "synthetic"), [(name, made) for name, all_ in SYNTHETIC.items() for made in all_]
)
def test_a_file_of_a_family_is_recognised_as_that_family(name, synthetic, tmp_path):
    assert reader_of(synthetic().write(tmp_path)) == name


@pytest.mark.parametrize(
    ("name", "synthetic"), [(name, made) for name, all_ in SYNTHETIC.items() for made in all_]
)
def test_a_data_set_has_the_common_schema(name, synthetic, tmp_path):
    path = synthetic().write(tmp_path)
    dataset = read(path)[1]
    assert dataset.attrs["source"] == path.name
    assert {"title", "mission", "instrument", "product", "licence"} <= set(dataset.attrs)
    assert all(isinstance(value, str) for value in dataset.attrs.values())
    for variable in map(str, dataset.variables):
        row = row_of(variable)
        found = dataset[variable]
        assert (
            found.dims
            == {
                "scalar": ("sounding",),
                "level": ("sounding", "level"),
                "vertex": ("sounding", "vertex"),
            }[row.shape]
        )
        if row.dtype == "str":
            assert found.dtype.kind == "U"
        else:
            assert found.dtype == np.dtype(row.dtype), variable
            assert found.attrs.get("units", "") == row.units or row.dtype.startswith("datetime")
    assert (
        (np.diff(dataset["pressure_levels"].values, axis=1) < 0).all()
        if ("pressure_levels" in dataset)
        else True
    )


@pytest.mark.parametrize("name", sorted(SYNTHETIC))
def test_all_values_of_a_good_file_are_in_range_and_nothing_is_dropped(name, tmp_path):
    path = SYNTHETIC[name][0]().write(tmp_path)
    assert read(path)[1].sizes["sounding"] == ROWS
    assert not [one for one in check(path) if "outside" in one.text or one.severity == "error"]


# ---------------------------------------------------------------- units and masks


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


# ---------------------------------------------------------------- times and identifiers


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


# ---------------------------------------------------------------- places, levels, dimensions


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


LEVELS = {
    "pressure_levels": Source("p", units="hPa"),
    "xco2_averaging_kernel": Source("a", units="1"),
}


def profiles(pressure, kernel):
    return {
        "p": (("n", "z"), np.tile(pressure, (3, 1)), {"units": "hPa"}),
        "a": (("n", "z"), np.tile(kernel, (3, 1)), {"units": "1"}),
    }


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


# ---------------------------------------------------------------- damaged and foreign files


def test_a_file_that_is_not_there_is_said_so(tmp_path):
    with pytest.raises(FileContentError, match="nothing at"):
        read(tmp_path / oco_lite().name)


@pytest.mark.parametrize(
    "content", [b"", b"lat,lon,xco2\n1,2,3\n", b"\x89HDF\r\n\x1a\n", b"CDF\x01", b"\x00" * 4096]
)
def test_a_file_with_the_right_name_and_other_content_is_refused(tmp_path, content):
    path = tmp_path / oco_lite().name
    path.write_bytes(content)
    with pytest.raises(FileContentError) as caught:
        read(path)
    assert caught.value.file == path.name


@pytest.mark.parametrize("part", [0.1, 0.5, 0.9, 0.999])
def test_a_truncated_file_is_refused(tmp_path, part):
    path = oco_lite().write(tmp_path)
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * part)])
    with pytest.raises(FileContentError, match=path.name):
        read(path)


@pytest.mark.slow
def test_no_flipped_byte_raises_anything_but_our_own_errors(tmp_path):
    path = oco_lite().write(tmp_path)
    content = bytearray(path.read_bytes())
    generator = np.random.default_rng(7)
    for position in generator.integers(0, len(content), 300):
        changed = bytearray(content)
        changed[position] ^= 0xFF
        path.write_bytes(changed)
        try:
            read(path)
        except CasaError as error:
            assert path.name in str(error)


def test_a_compressed_text_under_the_name_of_a_netcdf_file_is_refused(tmp_path):
    path = tmp_path / oco_lite().name
    path.write_bytes(gzip.compress(b"x" * 100))
    with pytest.raises(FileContentError, match="netCDF or HDF5"):
        read(path)


def test_a_load_of_a_family_that_fails_is_said_in_our_words(tmp_path):
    def broken(path):
        raise ValueError("line 3 has 4 fields")

    path = tmp_path / "tiny.csv"
    path.write_text("x")
    reader = Reader(**{**vars(family()), "load": broken})
    with pytest.raises(FileContentError, match="line 3 has 4 fields"):
        strictly(reader, path)


def test_a_netcdf3_file_is_read(tmp_path):
    path = tmp_path / "tiny_3.nc"
    with netcdf_file(path, "w") as file:
        file.createDimension("n", 3)
        for name, values, units in (
            ("id", np.array([1, 2, 3], dtype=np.int32), "none"),
            ("time", np.array([0.0, 1.0, 2.0]), "seconds since 2000-01-01"),
            ("lat", np.array([1.0, 2.0, 3.0]), "degrees_north"),
            ("lon", np.array([350.0, 2.0, 3.0]), "degrees_east"),
        ):
            made = file.createVariable(name, values.dtype, ("n",))
            made[:] = values
            made.units = units
    found = strictly(family(), path)
    assert found["longitude"].values.tolist() == [-10, 2, 3]
    assert found["sounding_id"].values.tolist() == ["1", "2", "3"]


# ---------------------------------------------------------------- grids


def grid(folder, **changes):
    base = {
        "time": (
            ("time",),
            np.array([15.0, 45.0]),
            {"units": "days since 2020-01-01", "bounds": "time_bnds"},
        ),
        "time_bnds": (("time", "nv"), np.array([[0.0, 31.0], [31.0, 60.0]]), {}),
        "lat": (("lat",), np.array([60.0, 0.0, -60.0]), {"units": "degrees_north"}),
        "lon": (("lon",), np.array([0.0, 90.0, 180.0, 270.0]), {"units": "degrees_east"}),
        "x": (
            ("time", "lat", "lon"),
            np.arange(24, dtype=np.int16).reshape(2, 3, 4),
            {
                "units": "1e-6",
                "scale_factor": 0.5,
                "add_offset": 400.0,
                "missing_value": np.int16(23),
            },
        ),
    }
    return tiny(
        folder, dims={"n": 3, "time": 2, "lat": 3, "lon": 4, "nv": 2}, **{**base, **changes}
    )


GRID = {
    "time": Source("time", units="days since"),
    "latitude": Source("lat", units="degrees_north"),
    "longitude": Source("lon", units="degrees_east"),
    "xco2": Source("x", units="1e-6"),
}
GRID_DIMS = {"lat": "latitude", "lon": "longitude"}


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


# ---------------------------------------------------------------- check


def test_check_lists_all_that_is_wrong_in_one_go(tmp_path):
    synthetic = oco_lite()
    path = synthetic.write(
        tmp_path,
        without=("pressure_weight", "xco2_uncertainty"),
        units={"xco2_apriori": "furlong"},
        values={"latitude": [95.0, 1, 2, 3, 4], "xco2": [405, 1000, -5, 402, -999999.0]},
    )
    before = path.read_bytes()
    found = check(path)
    errors = {one.where: one.text for one in found if one.severity == "error"}
    warnings = {(one.where, one.text) for one in found if one.severity == "warning"}
    assert set(errors) == {"pressure_weight", "xco2_uncertainty", "xco2_apriori", "latitude"}
    assert "furlong" in errors["xco2_apriori"]
    assert ("xco2", "2 of 5 values outside 300 to 550 ppm") in warnings
    assert ("xco2", "1 of 5 values missing") in warnings
    assert ("xco2", "no uncertainty (xco2_uncertainty)") in warnings
    assert ("xco2", "no averaging kernel: pressure_weight") in warnings
    assert ("global attribute Conventions", "the file has none") in warnings
    assert any("standard_name" in text for _, text in warnings)
    assert path.read_bytes() == before
    severities = [one.severity for one in found]
    assert severities == sorted(severities)
    with pytest.raises(FileContentError):
        read(path)


def test_check_says_what_is_not_known_of_mission_and_licence(tmp_path):
    synthetic = oco_lite()
    path = tmp_path / synthetic.name
    bare = type(synthetic)(synthetic.name, synthetic.columns, synthetic.sizes, synthetic.values)
    bare.write(tmp_path)
    where = {one.where for one in check(path)}
    assert {"mission", "instrument", "references"} <= where


def test_check_of_a_file_that_no_reader_knows_is_one_finding(tmp_path):
    path = tmp_path / "x.dat"
    path.write_text("x")
    found = check(path)
    assert [one.severity for one in found] == ["error"]
    assert "no reader" in str(found[0])


def test_check_of_a_truncated_file_is_one_finding(tmp_path):
    path = oco_lite().write(tmp_path)
    path.write_bytes(path.read_bytes()[:3000])
    assert [one.severity for one in check(path)] == ["error"]


def test_values_out_of_range_stay_in_the_data(tmp_path):
    path = oco_lite().write(tmp_path, values={"xco2": [405, 1000, -5, 402, 403]})
    assert read(path)[1]["xco2"].values.tolist() == [405, 1000, -5, 402, 403]


def test_a_reading_leaves_the_file_closed_and_the_data_in_memory(tmp_path):
    path = oco_lite().write(tmp_path)
    dataset = read(path)[1]
    path.unlink()
    assert isinstance(dataset, xr.Dataset)
    assert float(dataset["xco2"].mean()) == 407
