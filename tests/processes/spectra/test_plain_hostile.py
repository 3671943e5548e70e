"""Plain files that lie: shapes, fills, packing, times and identifiers of all kinds."""

import h5py
import netCDF4
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casa_processes.common.errors import FileContentError
from casa_processes.instruments.spectrometer import spectrometer
from casa_processes.spectra import block
from casa_processes.spectra.block import open_blocks
from casa_processes.spectra.layouts.identifiers import LONGEST, identifiers
from casa_processes.spectra.layouts.meant import codes, instants
from casa_processes.spectra.layouts.rows import Rows
from casa_processes.spectra.simulated_blocks import put_frames, simulated_blocks
from tests.processes.spectra.test_plain_blocks import WAVELENGTH, edited, places

ALL = slice(None)
NANOSECONDS, SECONDS = "nanoseconds since 1970-01-01", "seconds since 1970-01-01"


@pytest.fixture
def path(tmp_path):
    """Four frames of two footprints."""
    radiance = np.random.default_rng(4).uniform(20, 90, (8, 7)).astype(np.float32)
    rows, made = Rows(radiance, radiance, np.tile([0, 1], 4)), tmp_path / "plain.nc"
    noise = np.array([[0.01], [0.04]]), np.array(0.002)
    with simulated_blocks(made, spectrometer("tropomi"), (4, 2), WAVELENGTH, noise, "t") as file:
        put_frames(file, 0, places(8), rows)
    return made


def read(path):
    return open_blocks(path).places(ALL, ALL)


def marked(path, name, **attributes):
    with h5py.File(path, "r+") as file:
        file[name].attrs.update(attributes)
    return path


@given(seconds=st.lists(st.integers(-(2**62), 2**62), min_size=1, max_size=9))
def test_whole_seconds_are_exact_or_missing(seconds):
    """Products of them with 1e9 went round the end of 64 bits, to any year."""
    found = instants(np.array(seconds, np.int64), 10**9)
    for each, second in zip(found, seconds, strict=True):
        if -2_208_988_800 <= second < 7_258_118_400:
            assert each == np.datetime64(second, "s")
        else:
            assert np.isnat(each)


@given(day=st.integers(-25_567, 84_005), part=st.floats(0, 86_399))
def test_seconds_in_double_precision_are_right_to_a_microsecond(day, part):
    (found,) = instants(np.array([day * 86_400.0 + part]), 10**9)
    wanted = np.datetime64(day, "D").astype("datetime64[ns]") + np.timedelta64(
        round(part * 1e9), "ns"
    )
    assert abs((found - wanted) / np.timedelta64(1, "ns")) < 1000


@pytest.mark.parametrize("wrong", [np.nan, np.inf, -np.inf, 1e300, 1e12, -9999e9, 8e9])
def test_what_is_no_second_is_no_time(wrong):
    assert np.isnat(instants(np.array([wrong]), 10**9)).all()


@pytest.mark.parametrize(
    ("units", "wrong"),
    [
        (SECONDS, netCDF4.default_fillvals["i8"]),
        (NANOSECONDS, netCDF4.default_fillvals["i8"]),
        (NANOSECONDS, 2**63 - 1),
        (SECONDS, 20_000_000_000),
    ],
)
def test_a_sounding_with_an_unwritten_time_is_not_there(path, units, wrong):
    time = np.full((4, 2), 1_700_000_000 * (10**9 if units == NANOSECONDS else 1))
    time[1, 1] = wrong
    edited(path, time=time)
    found = read(edited(path, time=units))
    assert found.there.tolist() == [True] * 3 + [False] + [True] * 4
    assert np.isnat(found.time).tolist() == (~found.there).tolist()


@pytest.mark.parametrize(
    ("array", "member", "wrong"),
    [
        ("solar_zenith_angle", "solar_zenith", [-9999.0, 181.0, 9.96921e36, -1e-3]),
        ("sensor_zenith_angle", "sensor_zenith", [-9999.0, 181.0, 9.96921e36, -1.0]),
        ("land_fraction", "land_fraction", [-999.0, 2.0, 100.0, -0.1]),
    ],
)
def test_numbers_that_nothing_can_be_are_missing(path, array, member, wrong):
    """A Sun at -9999 degrees stood high enough to train with."""
    values = np.full((4, 2), 0.5)
    values[:, 1] = wrong
    found = getattr(read(edited(path, **{array: values})), member)
    assert found[::2].tolist() == [0.5] * 4
    assert np.isnan(found[1::2]).all()


@pytest.mark.parametrize("wrong", [-1.0, 256.0, 70_000.0, 1e300, np.nan, np.inf, -np.inf])
def test_codes_beyond_a_byte_are_unknown(wrong):
    """70,000 became class 4464 on its way into 16 bits."""
    assert codes(np.array([0.0, 16.0, 255.0, wrong])).tolist() == [0, 16, 255, -1]


def test_fills_are_missing(path):
    with h5py.File(path, "r+") as file:
        before = file["radiance"][:].reshape(8, 7)
        file["radiance"][0, 1, 3] = file["solar_zenith_angle"][2, 0] = 7.5
        file["igbp_class"][0, 0] = 9
    for name, fill in (("radiance", np.float32(7.5)), ("solar_zenith_angle", 7.5)):
        marked(path, name, _FillValue=fill)
    marked(path, "igbp_class", _FillValue=9.0)
    blocks = open_blocks(path)
    found = blocks.rows("o2a", slice(0, 7), ALL, ALL).radiance
    assert np.argwhere(np.isnan(found)).tolist() == [[1, 3]]
    known = np.isfinite(found)
    assert (found[known] == before[known]).all()
    assert np.flatnonzero(np.isnan(read(path).solar_zenith)).tolist() == [4]
    assert read(path).surface_class[0] == -1


@pytest.mark.parametrize("name", ["radiance", "wavelength", "time", "latitude"])
@pytest.mark.parametrize("attribute", ["scale_factor", "add_offset"])
def test_packed_numbers_are_refused_by_their_array(path, name, attribute):
    marked(path, name, **{attribute: 0.1})
    told = f"plain.nc: {name}: expected numbers that are not packed, found {attribute}"
    with pytest.raises(FileContentError, match=told):
        open_blocks(path)


@pytest.mark.parametrize(
    ("name", "shape"),
    [
        ("sounding_id", (4,)),
        ("sounding_id", (3, 2)),
        ("sounding_id", (4, 2, 2)),
        ("latitude_vertices", (4, 2, 3)),
        ("longitude_vertices", (2, 4)),
        ("longitude_vertices", ()),
        ("igbp_class", (5, 2)),
        ("time", (8,)),
    ],
)
def test_columns_of_another_shape_are_refused_by_their_array(path, name, shape):
    edited(path, **{name: np.zeros(shape, np.int64)})
    with pytest.raises(FileContentError, match=f"plain.nc: {name}: expected shape"):
        open_blocks(path)


@pytest.mark.parametrize(
    "values",
    [
        2.0230701e15 + np.arange(8.0),
        (20230701123456789 + np.arange(8)),
        np.char.add("s", np.arange(8).astype(str)).astype("S"),
    ],
)
def test_identifiers_of_all_types_differ_as_they_are_written(path, values):
    edited(path, sounding_id=values.reshape(4, 2))
    found = read(path).sounding_id
    whole = values.astype(np.int64) if values.dtype.kind == "f" else values
    assert found.tolist() == whole.astype(str).tolist()
    assert len(set(found.tolist())) == 8


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ((2.0230701e15 + np.arange(8)).astype(np.float32), "float32"),
        (np.full(8, np.nan), "others"),
        (np.arange(8) + 0.5, "others"),
        (2.0**60 + np.zeros(8), "others"),
        (np.full(8, b"x" * (LONGEST + 1)), "S257"),
        (np.array([b"\xff\xfe"] * 8), "other characters"),
        (np.array([b"a\0b"] * 8), "NUL"),
        (np.full(8, True), "bool"),
    ],
)
def test_identifiers_that_are_none_are_refused(path, values, told):
    """Single precision made one identifier of hundreds of neighbours."""
    edited(path, sounding_id=values.reshape(4, 2))
    with pytest.raises(FileContentError, match=rf"plain.nc: sounding_id: expected .*{told}"):
        read(path)


def test_one_long_text_does_not_take_its_length_for_each_sounding(path):
    kind = h5py.string_dtype()
    with h5py.File(path, "r+") as file:
        del file["sounding_id"]
        made = file.create_dataset("sounding_id", (4, 2), kind)
        made[...] = "fine"
        assert identifiers(made).tolist() == ["fine"] * 8
        made[0, 0] = "x" * 10**6
    with pytest.raises(FileContentError, match="found longer ones"):
        read(path)


def test_more_soundings_than_fit_are_refused_unread(path, monkeypatch):
    monkeypatch.setattr(block, "MOST_SOUNDINGS", 7)
    with pytest.raises(FileContentError, match="expected at most 7 soundings, found 8"):
        open_blocks(path)


def test_more_channels_than_fit_are_refused_unread(path):
    """Chunks that nobody wrote: 32 GB of radiances in a file of some kB."""
    with h5py.File(path, "r+") as file:
        del file["radiance"]
        made = file.create_dataset("radiance", (4, 2, 10**9), "f4", chunks=(1, 1, 1 << 16))
        made.attrs["units"] = "W m-2 sr-1 um-1"
    assert path.stat().st_size < 5e6
    with pytest.raises(FileContentError, match=r"radiance: expected .* at most 16384"):
        open_blocks(path)
