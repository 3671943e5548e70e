"""Spectrometers of the configuration, their noise and their wavelengths."""

import numpy as np
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from casa_processes.common.configuration import config_folder
from casa_processes.common.errors import InvalidValueError, UnknownNameError
from casa_processes.instruments.dispersion import places
from casa_processes.instruments.noise import joined, photon_noise
from casa_processes.instruments.spectrometer import spectrometer, spectrometers, synthetic_optics
from casa_processes.spectroscopy.bands import BANDS
from tests.nasa import case

GOOD = {
    "title": "One",
    "short_name": "ONE",
    "platform": "none",
    "source": "this test",
    "layout": "grating",
    "footprints": 2,
    "bands": {"o2a": {"name": "o2", "window": [12950, 13190], "channels": 9}},
}


@pytest.fixture
def folder(tmp_path):
    """Return a function that writes a configuration folder with one spectrometer."""
    (tmp_path / "instruments").mkdir()

    def write(**change):
        content = {name: value for name, value in {**GOOD, **change}.items() if value is not None}
        (tmp_path / "instruments/one.yml").write_text(yaml.safe_dump(content))
        return tmp_path

    return write


@pytest.mark.parametrize("name", spectrometers())
def test_every_configured_spectrometer_is_valid(name):
    found = spectrometer(name)
    assert found.id == name
    for band in found.bands.values():
        assert 4000 < band.window[0] < band.window[1] < 16_000


def test_the_short_names_of_spectrometers_differ():
    names = [spectrometer(name).short_name for name in spectrometers()]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("name", ["oco2", "oco3", "gosat", "tansat", "synthetic"])
def test_what_channels_of_a_window_receive_lies_within_the_tables(name):
    """A response of a Fourier transform spectrometer has its reach in cm-1, of a grating in um."""
    known = spectrometer(name)
    for each, band in known.bands.items():
        reach = band.reach or 0.0
        if known.layout == "grating":
            reach *= band.window[1] ** 2 / 1e4
        grid = BANDS[each].grid()
        assert grid.first < band.window[0] - reach - 1.0
        assert grid.last > band.window[1] + reach + 1.0


def test_gosat_alone_has_an_offset_and_in_the_a_band_alone():
    levels = {
        (name, each): band.zero_level
        for name in spectrometers()
        for each, band in spectrometer(name).bands.items()
        if band.zero_level
    }
    assert levels == {("gosat", "o2a"): 0.02}


@pytest.mark.realdata
@pytest.mark.parametrize("name", ["karlsruhe", "lamont", "tsukuba", "wollongong"])
def test_windows_are_those_of_nasas_retrievals(realdata, name):
    known = case(realdata, name).sounding
    for each, spectrum in known.bands.items():
        numbers = 1e4 / spectrum.wavelength
        assert min(numbers) - 1.5 < spectrum.window[0] <= min(numbers), each
        assert max(numbers) <= spectrum.window[1] < max(numbers) + 1.5, each


def test_the_synthetic_spectrometer_covers_the_windows():
    found = spectrometer("synthetic")
    for name, band in found.bands.items():
        seen = synthetic_optics(found, name)
        assert (np.diff(seen.wavelength) > 0).all()
        inside = (1e4 / seen.wavelength > band.window[0]) & (1e4 / seen.wavelength < band.window[1])
        assert inside.sum() > 600
        moment = np.trapezoid(
            seen.shape.response[0] * seen.shape.offset[0] ** 2, seen.shape.offset[0]
        )
        assert np.sqrt(moment) * 2.3548 == pytest.approx(band.width, rel=1e-3)


def test_a_spectrometer_without_noise_cannot_be_simulated():
    with pytest.raises(InvalidValueError, match=r"bands\.o2a without dispersion, width, noise"):
        synthetic_optics(spectrometer("oco2"), "o2a")


def test_names_of_another_spectrometer_are_taken_over(folder):
    place = folder(names={"radiance": "a/{band}", "noise": ["b", "c"], "time": None})
    (place / "instruments/two.yml").write_text(yaml.safe_dump({**GOOD, "names_of": "one"}))
    found = spectrometer("two", place)
    assert found.names == {"radiance": "a/{band}", "noise": ("b", "c"), "time": None}


def test_an_unknown_spectrometer_is_refused(folder):
    with pytest.raises(UnknownNameError, match="there are: one"):
        spectrometer("three", folder())
    with pytest.raises(UnknownNameError, match="band of one 'nir'"):
        spectrometer("one", folder()).band("nir")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"title": None}, "title"),
        ({"footprints": 0}, "footprints"),
        ({"layout": "prism"}, "layout"),
        ({"bands": {}}, "bands"),
        ({"colour": 1}, "colour"),
        ({"bands": {"o2a": {"name": "o2", "window": [2, 1], "channels": 9}}}, "ascending"),
        ({"bands": {"o2a": {"name": "o2", "window": [1, 2], "channels": 0}}}, "channels"),
    ],
)
def test_a_wrong_file_is_refused_by_its_keys(folder, change, said):
    with pytest.raises(InvalidValueError, match=rf"one\.yml.*{said}"):
        spectrometer("one", folder(**change))


@given(st.floats(1e17, 7e20), st.floats(1e-3, 0.1), st.floats(1e-3, 0.1))
def test_the_noise_is_that_of_its_two_parts(radiance, photon, background):
    full = 7e20
    found = photon_noise(np.array([radiance]), np.array([photon]), np.array([background]), full)
    # Variances add: of photons in proportion to the signal, and of the dark detector.
    of_photons = photon**2 * radiance * full / 100
    of_background = (background * full / 100) ** 2
    assert found[0] ** 2 == pytest.approx(of_photons + of_background, rel=1e-12)


def test_the_noise_of_a_negative_signal_is_that_of_the_background():
    one = np.ones(1)
    assert photon_noise(-5 * one, one, 0.5 * one, 200.0)[0] == 1.0


def test_the_noise_of_full_scale_gives_the_signal_to_noise_ratio_of_the_coefficients():
    # Coefficients of a preflight channel of OCO: 1.4e21 / sigma is 100 / sqrt(100 a^2 + b^2).
    photon, background = 0.010034451228113186, 0.017036250081369633
    noise = photon_noise(np.array([1.4e21]), np.array([photon]), np.array([background]), 1.4e21)
    assert 1.4e21 / noise[0] == pytest.approx(982.6, rel=1e-3)


@given(st.floats(1e-3, 1e3), st.floats(1e-3, 1e3))
def test_the_noise_of_a_mean_is_that_of_independent_ones(first, second):
    found = joined(np.array([first]), np.array([second]))[0]
    assert found == pytest.approx((first**2 + second**2) ** 0.5 / 2)
    assert joined(np.array([first]), np.array([first]))[0] == pytest.approx(first / 2**0.5)


@given(st.lists(st.floats(-1, 1), min_size=1, max_size=6), st.integers(1, 50))
def test_places_are_the_polynomial_of_the_channels_number_from_one(coefficients, channels):
    found = places(np.array(coefficients), channels)
    expected = [sum(c * i**k for k, c in enumerate(coefficients)) for i in range(1, channels + 1)]
    assert found == pytest.approx(expected, rel=1e-9, abs=1e-6)


def test_a_site_without_instruments_has_those_of_the_package(tmp_path, monkeypatch):
    (tmp_path / "casa.yml").write_text("server: {url: http://127.0.0.1}\n")
    monkeypatch.setenv("CASA_CONFIG", str(tmp_path))
    usual = spectrometers()
    config_folder.cache_clear()
    try:
        assert spectrometers() == usual
        assert spectrometer("synthetic").footprints == 8
        (tmp_path / "instruments").mkdir()
        assert spectrometers() == ()
    finally:
        monkeypatch.undo()
        config_folder.cache_clear()
