"""Files of spectra in the plain layout: what is read is what was written, and what is refused."""

from dataclasses import replace

import h5py
import numpy as np
import pytest

from casa_processes.common.errors import FileContentError, InvalidValueError
from casa_processes.instruments.spectrometer import spectrometer
from casa_processes.spectra.block import open_blocks, readable_rows
from casa_processes.spectra.layouts.rows import Places, Rows
from casa_processes.spectra.photons import power_per_wavelength_of_photons
from casa_processes.spectra.simulated_blocks import put_frames, simulated_blocks

ALL = slice(None)
WAVELENGTH = np.array([np.linspace(0.757, 0.76, 7), np.linspace(0.7571, 0.7601, 7)])


def places(count, across=2):
    number = np.arange(count)
    start = np.datetime64("2023-07-01", "ns")
    corners = np.arange(count * 4, dtype=float).reshape(count, 4)
    return Places(
        there=np.ones(count, bool),
        sounding_id=np.char.add("s", number.astype(str)),
        time=start + number * np.timedelta64(1, "s"),
        latitude=number / 2.0,
        longitude=200.0 + number,
        solar_zenith=30.0 + number,
        sensor_zenith=5.0 + number,
        surface_class=number % 17,
        cloud=number % 2,
        land_fraction=np.full(count, 0.5),
        footprint=number % across,
        latitude_vertices=corners,
        longitude_vertices=-corners,
        approach=np.full(count, np.nan),
        recession=np.full(count, np.nan),
    )


@pytest.fixture
def plain(tmp_path):
    """A plain file of four frames of two footprints, and what is in it."""
    random = np.random.default_rng(4)
    radiance = random.uniform(20, 90, (8, 7)).astype(np.float32)
    rows = Rows(radiance, radiance, np.tile([0, 1], 4))
    path = tmp_path / "plain.nc"
    noise = np.array([[0.01], [0.04]]), np.array(0.002)
    with simulated_blocks(path, spectrometer("tropomi"), (4, 2), WAVELENGTH, noise, "t") as file:
        put_frames(file, 0, places(8), rows)
    return path, radiance


def edited(path, **arrays):
    """Replace arrays of a file; None takes one away, a text gives it other units."""
    with h5py.File(path, "r+") as file:
        for name, values in arrays.items():
            if isinstance(values, str):
                file[name].attrs["units"] = values
                continue
            units = file[name].attrs.get("units") if name in file else None
            if name in file:
                del file[name]
            if values is not None:
                file[name] = values
                if units is not None:
                    file[name].attrs["units"] = units
    return path


def test_a_plain_file_gives_back_what_was_written(plain):
    path, radiance = plain
    blocks = open_blocks(path)
    assert (blocks.frames, blocks.across, blocks.synthetic) == (4, 2, True)
    assert blocks.spectrometer.id == "tropomi"
    found = blocks.rows("", slice(1, 6), slice(1, 4), ALL)
    np.testing.assert_array_equal(found.radiance, radiance[2:, 1:6])
    variance = np.tile([[0.01], [0.04]], (3, 1)) + 0.002 * radiance[2:, 1:6]
    np.testing.assert_allclose(found.noise, np.sqrt(variance), rtol=1e-6)
    np.testing.assert_array_equal(blocks.wavelength(""), WAVELENGTH)
    there, wanted = blocks.places(slice(0, 4), ALL), places(8)
    for name in ("latitude", "solar_zenith", "sensor_zenith", "surface_class", "cloud",
                 "land_fraction", "footprint", "latitude_vertices", "time"):  # fmt: skip
        np.testing.assert_array_equal(getattr(there, name), getattr(wanted, name), err_msg=name)
    assert there.sounding_id.tolist() == [f"1{n}" for n in range(8)]
    np.testing.assert_array_equal(there.longitude, wanted.longitude - 360.0)
    assert blocks.full_scale("") == 1e6


def test_soundings_without_frames_are_read_like_those_with(plain, tmp_path):
    path, radiance = plain
    blocks = open_blocks(path)
    flat = tmp_path / "flat.nc"
    whole = places(8)
    with h5py.File(flat, "w") as file:
        file.attrs["instrument"] = "tropomi"
        file["radiance"], file["wavelength"] = radiance, WAVELENGTH * 1e3
        file["radiance"].attrs["units"], file["wavelength"].attrs["units"] = (
            "mW m-2 sr-1 nm-1",
            "nm",
        )
        file["radiance_noise"] = radiance / 100
        file["footprint"] = whole.footprint + 1
        file["time"] = whole.time.astype(np.int64) / 1e9
        file["time"].attrs["units"] = "seconds since 1970-01-01"
        file["latitude"], file["longitude"] = whole.latitude, whole.longitude
        file["solar_zenith_angle"] = whole.solar_zenith
    found = open_blocks(flat)
    assert (found.frames, found.across, found.synthetic) == (8, 1, False)
    rows = found.rows("", slice(0, 7), slice(2, 7), slice(0, 1))
    np.testing.assert_array_equal(rows.radiance, radiance[2:7])
    np.testing.assert_allclose(rows.noise, radiance[2:7] / 100, rtol=1e-6)
    assert rows.footprint.tolist() == [0, 1, 0, 1, 0]
    np.testing.assert_allclose(found.wavelength(""), WAVELENGTH, rtol=1e-12)
    there = found.places(slice(2, 7), slice(0, 1))
    wanted = blocks.places(slice(1, 4), ALL)
    np.testing.assert_array_equal(there.time, wanted.time[:5])
    assert there.sounding_id.tolist() == ["000000002", "000000003", "000000004", "000000005",
                                          "000000006"]  # fmt: skip
    assert (there.surface_class == -1).all()
    assert np.isnan(there.sensor_zenith).all()
    assert np.isnan(there.latitude_vertices).all()


def test_photons_of_a_plain_file_become_power(plain):
    path, radiance = plain
    blocks = open_blocks(edited(path, radiance="photon s-1 m-2 sr-1 um-1"))
    found = blocks.rows("", slice(0, 7), slice(0, 4), ALL)
    power = power_per_wavelength_of_photons(radiance, WAVELENGTH[found.footprint])
    np.testing.assert_allclose(found.radiance, power, rtol=1e-6)


def test_missing_numbers_of_a_plain_file_stay_missing(plain):
    path, radiance = plain
    gone = radiance.reshape(4, 2, 7).copy()
    gone[0, 0, 2] = np.nan
    late = places(8).time.astype(np.int64).reshape(4, 2) / 1e9
    late[3, 1] = np.nan
    cover = np.arange(8, dtype=float).reshape(4, 2)
    cover[1, 1] = np.nan
    cloud = np.array([[0, 1], [2, 3], [0, 1], [-1, 0]])
    edited(path, radiance=gone, time=late, igbp_class=cover, cloud_flag=cloud)
    blocks = open_blocks(edited(path, time="seconds since 1970-01-01"))
    rows = blocks.rows("", slice(0, 7), slice(0, 1), ALL)
    assert np.isnan(rows.radiance[0, 2])
    assert np.isnan(rows.noise[0, 2])
    there = blocks.places(slice(0, 4), ALL)
    assert there.there.tolist() == [True] * 7 + [False]
    assert there.surface_class[3] == -1
    assert there.cloud.tolist() == [0, 1, -1, -1, 0, 1, -1, 0]


@pytest.mark.parametrize(
    ("arrays", "told"),
    [
        ({"radiance": np.zeros(3)}, "radiance: expected .frame, footprint, channel"),
        ({"radiance": np.zeros((4, 2, 0))}, "radiance: expected .frame, footprint, channel"),
        ({"wavelength": None}, "wavelength: expected an array"),
        ({"wavelength": np.zeros((3, 7))}, r"wavelength: expected shape \(2, 7\)"),
        ({"wavelength": np.zeros((2, 6))}, r"wavelength: expected shape \(2, 7\)"),
        ({"noise_slope": None}, "noise_slope: expected an array"),
        ({"noise_slope": np.zeros(3)}, "noise_slope: expected shape"),
        ({"radiance_noise": np.zeros((4, 2, 6))}, "radiance_noise: expected shape"),
        ({"latitude": None}, "latitude: expected an array"),
        ({"solar_zenith_angle": np.zeros((2, 4))}, "solar_zenith_angle: expected shape"),
        ({"igbp_class": np.zeros((4, 3))}, "igbp_class: expected shape"),
        ({"cloud_flag": np.array([[b"a"] * 2] * 4)}, "cloud_flag: expected numbers"),
        ({"time": "days since 1970-01-01"}, "time: expected units"),
        ({"radiance": "W"}, "radiance: expected units"),
        ({"wavelength": "m"}, "wavelength: expected units um or nm, found m"),
    ],
)
def test_a_plain_file_of_another_form_is_refused_by_its_array(plain, arrays, told):
    with pytest.raises(FileContentError, match=told):
        open_blocks(edited(plain[0], **arrays))


def test_a_file_that_names_no_instrument_is_refused(plain):
    with h5py.File(plain[0], "r+") as file:
        del file.attrs["instrument"]
    with pytest.raises(FileContentError, match="InstrumentShortName"):
        open_blocks(plain[0])
    assert open_blocks(plain[0], "oco2").spectrometer.id == "oco2"


def test_footprints_beyond_the_wavelengths_are_refused(plain, tmp_path):
    path, radiance = plain
    edited(path, radiance=radiance, noise_constant=np.array(0.01), footprint=np.full(8, 3),
           sounding_id=None, latitude_vertices=None, longitude_vertices=None,
           **{name: np.ones(8) for name in ("time", "latitude", "longitude", "solar_zenith_angle",
                                            "sensor_zenith_angle", "igbp_class", "cloud_flag",
                                            "land_fraction")})  # fmt: skip
    with pytest.raises(FileContentError, match="footprint: expected 1 to 2"):
        open_blocks(path).rows("", slice(0, 7), slice(0, 8), ALL)


def test_wavelengths_of_other_footprints_cannot_be_written(tmp_path):
    noise = np.zeros(()), np.zeros(())
    made = simulated_blocks(tmp_path / "a", spectrometer("oco2"), (4, 3), WAVELENGTH, noise, "")
    with pytest.raises(InvalidValueError, match="wavelength"), made:
        pass
    assert not list(tmp_path.iterdir())


class Damaged:
    """Spectra of which one frame cannot be read."""

    def __init__(self, blocks):
        self.blocks, self.across = blocks, blocks.across

    def rows(self, band, channels, frames, across):
        if frames.start <= 2 < frames.stop:
            raise FileContentError("l1b.h5", "/", "a readable file", "a damaged one")
        return self.blocks.rows(band, channels, frames, across)

    def places(self, frames, across):
        return self.blocks.places(frames, across)


def test_of_a_damaged_file_only_what_is_damaged_is_missing(plain):
    blocks = open_blocks(plain[0])
    whole, nothing = readable_rows(blocks, "", slice(0, 7), slice(0, 4))
    assert nothing == ""
    found, told = readable_rows(Damaged(blocks), "", slice(0, 7), slice(0, 4))
    assert "damaged" in told
    assert np.isnan(found.radiance[4:6]).all()
    for kept in (slice(0, 4), slice(6, 8)):
        np.testing.assert_array_equal(found.radiance[kept], whole.radiance[kept])
        np.testing.assert_array_equal(found.noise[kept], whole.noise[kept])
    assert found.footprint.tolist() == whole.footprint.tolist()


def test_places_are_taken_row_by_row():
    one = places(8).taken(np.arange(8) > 5)
    assert one.latitude.tolist() == [3.0, 3.5]
    assert one.latitude_vertices.shape == (2, 4)
    assert replace(one, cloud=one.cloud).time.size == 2
