"""The genuine soundings that tests share: NASA's own numbers follow from them."""

import numpy as np
import pytest

from tests.nasa import BANDS, CASES, NASA_BANDS, case, gosat_shapes

pytestmark = pytest.mark.realdata


@pytest.fixture(scope="module", params=CASES)
def nasa(request, realdata):
    return case(realdata, request.param)


@pytest.mark.parametrize("number", range(3))
def test_the_misfit_of_each_band_is_nasas(nasa, number):
    spectrum, modelled = nasa.sounding.bands[BANDS[number]], nasa.modelled[BANDS[number]]
    misfit = np.mean(((spectrum.radiance - modelled) / spectrum.uncertainty) ** 2)
    theirs = nasa.spectral[f"reduced_chi_squared_{NASA_BANDS[number]}_fph"]
    assert misfit == pytest.approx(float(theirs), rel=5e-3)


@pytest.mark.parametrize("number", range(3))
def test_the_residual_of_each_band_is_nasas(nasa, number):
    spectrum, modelled = nasa.sounding.bands[BANDS[number]], nasa.modelled[BANDS[number]]
    residual = np.sqrt(np.mean((spectrum.radiance - modelled) ** 2))
    # NASA's signal is the mean of the ten brightest channels; its units are per wavenumber for
    # GOSAT, where photons weigh channels otherwise by some per cent.
    signal = np.sort(spectrum.radiance)[-10:].mean()
    theirs = nasa.spectral[f"relative_residual_mean_square_{NASA_BANDS[number]}"]
    assert residual / signal == pytest.approx(float(theirs), rel=2e-2)


def test_wavelengths_ascend_and_lie_in_the_windows(nasa):
    for band, (low, high) in zip(BANDS, ((12950, 13190), (6166, 6286), (4810, 4897)), strict=True):
        spectrum = nasa.sounding.bands[band]
        assert (np.diff(spectrum.wavelength) > 0).all()
        assert low - 2 < 1e4 / spectrum.wavelength[-1] < 1e4 / spectrum.wavelength[0] < high + 1
        assert spectrum.good.all()


def test_the_state_is_that_of_its_names(nasa):
    assert len(nasa.names) == nasa.state.size == nasa.prior.size == nasa.prior_uncertainty.size
    assert nasa.names[0] == "CO2 VMR for Press Lvl 1"
    assert nasa.state[:20] == pytest.approx(nasa.results["co2_profile"])
    pressure = nasa.names.index("Surface Pressure (Pascals)")
    assert nasa.state[pressure] == pytest.approx(nasa.results["surface_pressure_fph"])


def test_the_column_is_its_profile_weighted(nasa):
    weight = nasa.results["xco2_pressure_weighting_function"]
    assert weight @ nasa.results["co2_profile"] == pytest.approx(nasa.results["xco2"], rel=1e-9)


def test_the_brightness_of_the_continuum_is_that_of_sunlight(nasa):
    # A Lambertian surface of albedo 1 reflects E mu / pi; E is the solar continuum in photons.
    for band, sunlight in zip(BANDS, (4.9e21, 2.1e21, 1.2e21), strict=True):
        spectrum = nasa.sounding.bands[band]
        share = spectrum.stokes[0] * np.cos(np.radians(nasa.sounding.solar_zenith)) / np.pi
        albedo = np.sort(spectrum.radiance)[-10:].mean() / (sunlight * share)
        assert 0.03 < albedo < 0.6, band


def test_shapes_of_gosat_are_higher_on_one_side(realdata, nasa):
    for shape in gosat_shapes(realdata).values():
        assert shape.domain == "wavenumber"
        assert np.trapezoid(shape.response, shape.offset) == pytest.approx(1.0)
        assert (shape.offset[:, shape.response.argmax(axis=1)] < 0).all()
