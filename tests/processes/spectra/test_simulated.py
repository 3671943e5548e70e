"""Files of simulated soundings: what was written is what is read."""

from dataclasses import replace

import h5py
import numpy as np
import pytest

from casa_processes.common.errors import FileContentError, InvalidValueError
from casa_processes.instruments.noise import photon_noise
from casa_processes.instruments.shapes import tabulated
from casa_processes.instruments.spectrometer import spectrometer, synthetic_optics
from casa_processes.radiative_transfer.air import Profile
from casa_processes.spectra.granule import open_granule
from casa_processes.spectra.meteorology import open_meteorology
from casa_processes.spectra.simulated import write_simulated
from casa_processes.spectra.simulated_weather import write_simulated_weather
from casa_processes.spectra.sounding import Sounding, Spectrum, Weather

SYNTHETIC = spectrometer("synthetic")


def drawn(seed, number, footprint):
    """Draw a sounding of the synthetic spectrometer."""
    rng = np.random.default_rng(seed)
    bands = {}
    for band, scale in zip(SYNTHETIC.bands, (7e20, 2.45e20, 1.25e20), strict=True):
        seen = synthetic_optics(SYNTHETIC, band)
        radiance = rng.uniform(0.0, 0.5 * scale, seen.wavelength.size).astype(np.float32)
        radiance = radiance.astype(np.float64)
        noise = photon_noise(radiance, seen.photon, seen.background, scale)
        good = np.ones(radiance.size, bool)
        stokes = tuple(rng.uniform(-0.5, 0.5, 3).tolist())
        bands[band] = Spectrum(seen.wavelength, radiance, noise, good, seen.shape, stokes)
    return Sounding(
        sounding_id=str(20200601120000000 + number),
        time=np.datetime64("2020-06-01T12:00:00", "ns") + np.timedelta64(number, "ms"),
        latitude=rng.uniform(-80, 80),
        longitude=rng.uniform(-180, 180),
        altitude=rng.uniform(0, 3000),
        footprint=footprint,
        solar_zenith=rng.uniform(0, 80),
        solar_azimuth=rng.uniform(0, 360),
        sensor_zenith=rng.uniform(0, 60),
        sensor_azimuth=rng.uniform(0, 360),
        relative_velocity=rng.uniform(-7000, 7000),
        solar_velocity=rng.uniform(-900, 900),
        solar_distance=rng.uniform(0.98, 1.02),
        land_fraction=rng.uniform(0, 1),
        bands=bands,
        latitude_vertices=rng.uniform(-80, 80, 4),
        longitude_vertices=np.full(4, np.nan),
    )


@pytest.fixture(scope="module")
def soundings():
    return [drawn(number, number, footprint) for number, footprint in enumerate((0, 3, 7, 3, 2))]


@pytest.fixture(scope="module")
def granule(soundings, tmp_path_factory):
    path = tmp_path_factory.mktemp("simulated") / "l1b.h5"
    write_simulated(path, SYNTHETIC, soundings, "drawn at random")
    return open_granule(path)


def test_the_file_says_that_it_is_synthetic(granule):
    assert granule.synthetic
    assert granule.spectrometer.id == "synthetic"
    with h5py.File(granule.path) as file:
        assert "synthetic" in file.attrs["title"]
        assert file.attrs["comment"] == "drawn at random"


def test_a_frame_begins_where_a_footprint_comes_again(granule):
    assert granule.footprint.tolist() == [0, 3, 7, 3, 2]
    with h5py.File(granule.path) as file:
        identifiers = file["SoundingGeometry/sounding_id"][()] % 1000
    assert identifiers.shape == (3, 8)
    assert identifiers[1, 3] == 3
    assert identifiers[2, 2] == 4


@pytest.mark.parametrize("number", range(5))
def test_soundings_are_read_as_they_were_written(granule, soundings, number):
    found, expected = granule.sounding(number), soundings[number]
    for name, value in vars(expected).items():
        if name in ("sounding_id", "time", "footprint", "gain"):
            assert getattr(found, name) == value, name
        elif name != "bands":
            assert getattr(found, name) == pytest.approx(value, rel=1e-12, nan_ok=True), name
    for band, spectrum in expected.bands.items():
        read = found.bands[band]
        assert np.array_equal(read.radiance, spectrum.radiance)
        assert np.array_equal(read.good, spectrum.good)
        assert read.wavelength == pytest.approx(spectrum.wavelength, rel=1e-14)
        assert read.uncertainty == pytest.approx(spectrum.uncertainty, rel=1e-12)
        assert read.stokes == spectrum.stokes


def test_line_shapes_are_read_as_they_were_written_within_their_reach(granule, soundings):
    for band, spectrum in soundings[0].bands.items():
        read = granule.sounding(0).bands[band].shape
        expected = np.interp(read.offset[9], spectrum.shape.offset[0], spectrum.shape.response[0])
        assert read.response[9] == pytest.approx(expected, abs=1e-6 * expected.max())
        assert np.abs(read.offset).max() < 1.02 * SYNTHETIC.bands[band].reach


def test_what_does_not_fit_is_refused_and_leaves_no_file(soundings, tmp_path):
    one = soundings[0]
    short = replace(one.bands["wco2"], radiance=np.ones(5))
    for wrong, said in (
        ([], "soundings"),
        ([replace(one, footprint=8)], "footprint"),
        ([replace(one, sounding_id="A1")], "digits"),
        ([replace(one, bands={"o2a": one.bands["o2a"]})], "without wco2"),
        ([replace(one, bands={**one.bands, "wco2": short})], "1016 of them"),
    ):
        with pytest.raises(InvalidValueError, match=said):
            write_simulated(tmp_path / "l1b.h5", SYNTHETIC, wrong, "")
        assert not (tmp_path / "l1b.h5").exists()
    with pytest.raises(InvalidValueError, match="dispersion, width, noise"):
        write_simulated(tmp_path / "l1b.h5", spectrometer("oco2"), soundings, "")


def test_weather_is_read_as_it_was_written(soundings, tmp_path):
    rng = np.random.default_rng(5)
    weathers = [
        Weather(
            Profile(
                np.sort(rng.uniform(1, 1000, 9)), rng.uniform(200, 300, 9), rng.uniform(0, 0.02, 9)
            ),
            *rng.uniform(900, 1000, 3).tolist(),
        )
        for _ in soundings
    ]
    path = tmp_path / "met.h5"
    write_simulated_weather(path, soundings, weathers, "drawn at random")
    read = open_meteorology(path)
    for sounding, expected in zip(soundings, weathers, strict=True):
        found = read.weather(sounding)
        assert found.surface_pressure == pytest.approx(expected.surface_pressure, rel=1e-12)
        assert (found.wind_east, found.wind_north) == (expected.wind_east, expected.wind_north)
        for name in ("pressure", "temperature", "humidity"):
            pair = (getattr(each.profile, name) for each in (found, expected))
            assert next(pair) == pytest.approx(next(pair), rel=1e-12)
    with pytest.raises(InvalidValueError, match="one for each sounding"):
        write_simulated_weather(path, soundings, weathers[:2], "")


def oco2_optics(bands=("o2a", "wco2", "sco2"), channels=1016, samples=41):
    """Optics of OCO-2 with a lopsided response of its own for each channel."""
    rng = np.random.default_rng(3)
    spec, found = spectrometer("oco2"), {}
    for band in bands:
        like = synthetic_optics(SYNTHETIC, band)
        wavelength = like.wavelength[:channels]
        width = SYNTHETIC.bands[band].width * np.linspace(0.9, 1.1, channels)[:, None]
        offset = 2.5 * width * np.linspace(-1.0, 1.0, samples)
        skew = np.linspace(0.1, 0.38, channels)[:, None]
        response = np.exp(-0.5 * (2.35 * offset / width) ** 2) * (1.0 + skew * offset / width)
        found[band] = replace(
            like,
            wavelength=wavelength,
            shape=tabulated("wavelength", wavelength, offset, response),
            photon=rng.uniform(0.005, 0.01, channels),
            background=rng.uniform(0.01, 0.03, channels),
            full_scale=spec.bands[band].full_scale,
            usable=rng.uniform(size=channels) > 0.01,
        )
    return found


def test_a_file_of_oco2_has_the_responses_noise_and_bad_channels_that_are_given(
    soundings, tmp_path
):
    """Wavelengths of no configured polynomial are fitted by one, to a thousandth of a channel."""
    seen = oco2_optics()
    write_simulated(tmp_path / "l1b.h5", spectrometer("oco2"), soundings, "drawn", seen)
    granule = open_granule(tmp_path / "l1b.h5")
    assert (granule.spectrometer.id, granule.synthetic) == ("oco2", True)
    for band, spectrum in granule.sounding(1).bands.items():
        expected = seen[band]
        assert spectrum.wavelength == pytest.approx(expected.wavelength, rel=1e-11)
        assert np.array_equal(spectrum.good, expected.usable)
        radiance = soundings[1].bands[band].radiance
        noise = photon_noise(radiance, expected.photon, expected.background, expected.full_scale)
        assert spectrum.uncertainty == pytest.approx(noise, rel=1e-12)
        assert spectrum.shape.node == pytest.approx(expected.wavelength, rel=1e-11)
        for row in (0, 500, 900):
            kept = np.isin(expected.shape.offset[row], spectrum.shape.offset[row])
            scale = spectrum.shape.response[row] / expected.shape.response[row, kept]
            assert scale == pytest.approx(scale[0])
        centre = np.sum(spectrum.shape.offset * spectrum.shape.response, axis=1)
        assert (centre > 0).all()


def test_responses_that_do_not_go_into_one_array_are_refused(soundings, tmp_path):
    seen = oco2_optics()
    three = tabulated("wavelength", [1.0, 2.0], np.array([[-1, 0, 1]] * 2), np.ones((2, 3)))
    for wrong, said in (
        (oco2_optics(samples=31)["o2a"], "as many samples"),
        (oco2_optics(channels=500)["o2a"], "as many channels"),
        (replace(seen["o2a"], shape=three), "as many samples"),
    ):
        with pytest.raises(InvalidValueError, match=said):
            write_simulated(tmp_path / "l1b.h5", SYNTHETIC, soundings, "", {**seen, "o2a": wrong})
    two = {band: replace(each, shape=three) for band, each in seen.items()}
    with pytest.raises(InvalidValueError, match="2 tables"):
        write_simulated(tmp_path / "l1b.h5", SYNTHETIC, soundings, "", two)


def with_truth(soundings, path, names, values, **attributes):
    write_simulated(path, SYNTHETIC, soundings, "drawn")
    with h5py.File(path, "r+") as file:
        file["Truth/sounding_id"], file["Truth/xco2"] = names, values
        file.attrs.update(attributes)
    return path


def test_true_columns_that_a_file_tells_are_those_of_its_soundings(soundings, tmp_path):
    """They may stand in any order; of a sounding that is not named nothing is known."""
    names = np.array([int(each.sounding_id) for each in soundings])[[3, 0, 2]]
    path = with_truth(soundings, tmp_path / "l1b.h5", names, [403.0, 400.0, 402.0])
    found = open_granule(path).true
    assert found == pytest.approx([400.0, np.nan, 402.0, 403.0, np.nan], nan_ok=True)


def test_of_spectra_that_were_measured_no_truth_is_known(granule, soundings, tmp_path):
    names = np.array([int(each.sounding_id) for each in soundings])
    path = with_truth(soundings, tmp_path / "a.h5", names, np.full(5, 400.0), synthetic="false")
    for found in (granule, open_granule(path)):
        assert found.true.shape == (5,)
        assert np.isnan(found.true).all()


@pytest.mark.parametrize(("names", "values"), [([1, 2], [400.0]), ([1], ["a"]), (["a"], [400.0])])
def test_a_truth_that_is_no_such_list_is_refused(soundings, tmp_path, names, values):
    path = with_truth(soundings, tmp_path / "l1b.h5", names, values)
    with pytest.raises(FileContentError, match="Truth/"):
        open_granule(path)
