"""Smoothed columns of genuine TCCON spectra (64 of Harwell, 51 levels)."""

from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from casa_processes.common.context import SerialContext
from casa_processes.common.registry import process
from casa_processes.common.units import convert
from casa_processes.smoothed_column import checks

pytestmark = pytest.mark.realdata
FILE = "tccon/hw20230402_20230402.public.qc.nc"


@pytest.fixture(scope="module")
def spectra(realdata):
    path = realdata / FILE
    if not path.is_file():
        pytest.skip(f"no genuine TCCON file {path}")
    names = ["integration_operator", "ak_xco2", "prior_co2", "prior_pressure", "prior_xco2"]
    with xr.open_dataset(path, decode_times=False) as file:
        return {name: file[name].values.astype(np.float64) for name in names}


@pytest.fixture(scope="module")
def observations(spectra):
    return {
        "pressure_weight": spectra["integration_operator"].tolist(),
        "averaging_kernel": spectra["ak_xco2"].tolist(),
        "prior": spectra["prior_co2"].tolist(),
        "pressure": convert(spectra["prior_pressure"], "atm", "hPa").tolist(),
    }


def run(**inputs):
    smoothed = process("smoothed-column")
    return smoothed.load()(smoothed.validate(inputs), SerialContext(Path()))


def test_a_genuine_profile_gives_the_dot_product_of_numpy(spectra, observations):
    profile = np.roll(spectra["prior_co2"], 5, axis=0) + 3.0
    h, a, prior = (spectra[n] for n in ("integration_operator", "ak_xco2", "prior_co2"))
    expected = np.array([h[i] @ (prior[i] + a[i] * (profile[i] - prior[i])) for i in range(64)])
    found = run(profile=profile.tolist(), observations=observations)
    np.testing.assert_allclose(found.smoothed_column, expected, rtol=1e-12)
    np.testing.assert_allclose(found.true_column, np.sum(h * profile, axis=1), rtol=1e-12)


def test_the_prior_gives_the_prior_column_of_the_file_on_its_scale(spectra, observations):
    found = run(profile="prior", observations=observations)
    np.testing.assert_allclose(found.smoothed_column, spectra["prior_xco2"], rtol=1e-4)
    assert found.smoothed_column == found.prior_column


def test_the_difference_to_the_file_takes_a_few_values_as_rounding_does(spectra, observations):
    found = np.array(run(profile="prior", observations=observations).prior_column)
    relative = found / spectra["prior_xco2"] - 1.0
    jumps = np.diff(np.sort(relative)) > 2e-6
    assert jumps.sum() < 10
    assert np.abs(relative).max() < 6e-5


def test_the_operator_of_tccon_sums_to_one_within_half_of_the_tolerance(spectra):
    total = spectra["integration_operator"].sum(axis=1)
    assert np.abs(total - 1.0).max() < checks.WEIGHT_TOLERANCE / 2
    assert np.abs(total - 1.0).max() > 1e-3


def test_the_prior_on_its_own_pressures_is_the_prior(spectra, observations):
    found = run(
        profile=observations["prior"],
        profile_pressure=observations["pressure"],
        observations=observations,
    )
    np.testing.assert_allclose(found.smoothed_column, found.prior_column, rtol=1e-9)
