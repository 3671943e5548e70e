"""Scattering by air against other published formulas and what phase functions must be."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casa_processes.common.errors import InvalidValueError
from casa_processes.radiative_transfer.rayleigh import (
    cross_section,
    depolarisation,
    king_factor,
    phase,
    second_moment,
)

factors = st.floats(0, 0.5)


def shortwave_fit(wavelength):
    """Bodhaine et al. (1999), eq. 29, for 360 ppm and 0.25 to 0.85 um.  [cm2]."""
    inverse, square = wavelength**-2, wavelength**2
    above = 1.045_599_6 - 341.290_61 * inverse - 0.902_308_50 * square
    return 1e-28 * above / (1 + 0.002_705_988_9 * inverse - 85.968_563 * square)


def bucholtz(wavelength):
    """Bucholtz (1995), for 0.5 um and above.  [cm2]."""
    power = 3.996_68 + 1.102_98e-3 * wavelength + 2.713_93e-2 / wavelength
    return 4.010_61e-28 * wavelength**-power


def test_the_cross_section_is_the_authors_own_fit_of_it():
    wavelength = np.linspace(0.26, 0.84, 60)
    assert cross_section(wavelength, 360.0) == pytest.approx(shortwave_fit(wavelength), rel=3e-4)


def test_the_cross_section_is_that_of_another_program():
    """The colour library's `scattering_cross_section`, 300 ppm: 4.6613309e-27 cm2."""
    assert cross_section(np.array([0.555]), 300.0)[0] == pytest.approx(4.6613309e-27, rel=1e-5)


def test_another_author_agrees_in_the_bands_of_retrievals():
    wavelength = np.array([0.76, 1.61, 2.06])
    assert cross_section(wavelength) == pytest.approx(bucholtz(wavelength), rel=0.01)


def test_the_depth_of_an_atmosphere_is_the_known_one():
    """Bodhaine et al. (1999), section 4: 1013.25 hPa weigh 2.1e25 cm-2; Hansen and Travis' 0.76."""
    depth = cross_section(np.array([0.76])) * 2.152e25
    travis = 0.008_569 / 0.76**4 * (1 + 0.0113 / 0.76**2 + 0.00013 / 0.76**4)
    assert depth[0] == pytest.approx(travis, rel=0.01)


def test_more_carbon_dioxide_scatters_more():
    few, many = (cross_section(np.array([0.76]), ppm) for ppm in (300.0, 1300.0))
    assert 1.0005 < many[0] / few[0] < 1.002


@given(st.floats(0.3, 2.5))
def test_depolarisation_and_king_factor_say_the_same(wavelength):
    d, factor = depolarisation(np.array(wavelength)), king_factor(np.array(wavelength))
    assert (6 + 3 * d) / (6 - 7 * d) == pytest.approx(factor)
    assert 0.027 < d < 0.04


@given(factors)
def test_the_phase_function_averages_to_one_and_is_even(depolarised):
    cosine, weight = np.polynomial.legendre.leggauss(8)
    values = np.array([phase(each, depolarised) for each in cosine])
    assert values @ weight / 2 == pytest.approx(1)
    assert values == pytest.approx(values[::-1])


@given(st.floats(-1, 1), factors)
def test_the_phase_function_is_chandrasekhars(cosine, depolarised):
    gamma = depolarised / (2 - depolarised)
    expected = 3 / (4 * (1 + 2 * gamma)) * (1 + 3 * gamma + (1 - gamma) * cosine**2)
    assert phase(cosine, depolarised) == pytest.approx(expected)


def test_isotropic_molecules_have_the_moment_one_half():
    assert second_moment(0.0) == 0.5


@pytest.mark.parametrize("wavelength", [0.1, 3.0, np.nan])
def test_wavelengths_beyond_the_formula_are_refused(wavelength):
    with pytest.raises(InvalidValueError, match=r"0\.23 to 2\.6"):
        cross_section(np.array([0.76, wavelength]))
