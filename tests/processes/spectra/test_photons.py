"""Photons of power, against the energies of single photons."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casa_processes.spectra.photons import (
    photons_of_power_per_wavelength,
    photons_of_power_per_wavenumber,
)

ENERGY = 6.626_070_15e-34 * 299_792_458.0
"""Of a photon of 1 m.  [J]"""


def test_a_watt_at_757_nm_is_3_81e18_photons():
    found = photons_of_power_per_wavelength(np.array([1.0]), np.array([0.757]))
    assert found == pytest.approx(3.81e18, rel=1e-3)


@given(st.floats(0.3, 3.0), st.floats(1e-3, 1e3))
def test_power_per_wavelength_is_counted_by_the_energy_of_a_photon(wavelength, power):
    found = photons_of_power_per_wavelength(np.array([power]), np.array([wavelength]))
    assert found[0] * ENERGY / (wavelength * 1e-6) == pytest.approx(power, rel=1e-12)


@given(st.floats(4000, 14000), st.floats(1e-9, 1e-5))
def test_power_per_wavenumber_becomes_power_per_wavelength(wavenumber, power):
    number = np.array([wavenumber])
    found = photons_of_power_per_wavenumber(np.array([power]), number)
    # The power of a narrow band of 1e-6 cm-1, in W m-2 sr-1, by the width of the band in um.
    ends = 1e4 / (number + 5e-7), 1e4 / (number - 5e-7)
    per_um = power * 1e4 * 1e-6 / (ends[1] - ends[0])
    assert found == pytest.approx(photons_of_power_per_wavelength(per_um, 1e4 / number), rel=1e-5)
