"""The numbers of NASA's retrieval of a genuine OCO-2 spectrum, from its own matrices."""

from types import SimpleNamespace

import h5py
import numpy as np
import pytest

from casa_processes.estimation.column import column
from casa_processes.estimation.posterior import posterior
from casa_processes.estimation.problem import prior

pytestmark = pytest.mark.realdata
FILE = "oco2_case/oco2_L2_01576a_2014101812360378_expected.h5"


@pytest.fixture(scope="module")
def nasa(realdata):
    path = realdata / FILE
    if not path.is_file():
        pytest.skip(f"no genuine OCO-2 retrieval {path}")
    with h5py.File(path) as file:
        results, state = file["RetrievalResults"], file["RetrievedStateVector"]
        names = {name: results[name][0] for name in results if name.startswith(("xco2", "dof"))}
        return SimpleNamespace(
            **names,
            state=state["state_vector_result"][0],
            known=prior(state["state_vector_apriori"][0], results["apriori_covariance_matrix"][0]),
            covariance=results["aposteriori_covariance_matrix"][0],
            kernel=results["averaging_kernel_matrix"][0],
        )


@pytest.fixture(scope="module")
def summed(nasa):
    noise = nasa.kernel @ nasa.covariance
    found = SimpleNamespace(
        averaging_kernel=nasa.kernel, covariance=nasa.covariance, noise=(noise + noise.T) / 2
    )
    return column(nasa.state, found, nasa.known, nasa.xco2_pressure_weighting_function)


def test_the_column_and_its_error_budget_are_nasas(nasa, summed):
    assert summed.value == pytest.approx(nasa.xco2, rel=1e-6)
    assert summed.uncertainty == pytest.approx(nasa.xco2_uncert, rel=1e-6)
    assert summed.noise == pytest.approx(nasa.xco2_uncert_noise, rel=1e-6)
    assert summed.smoothing == pytest.approx(nasa.xco2_uncert_smooth, rel=1e-6)
    assert summed.interference == pytest.approx(nasa.xco2_uncert_interf, rel=1e-6)


def test_the_averaging_kernel_and_degrees_of_freedom_are_nasas(nasa, summed):
    assert summed.averaging_kernel == pytest.approx(nasa.xco2_avg_kernel_norm, rel=1e-6)
    assert summed.degrees_of_freedom == pytest.approx(nasa.dof_co2_profile, rel=1e-6)


def test_a_measurement_of_nasas_information_gives_nasas_matrices(nasa):
    """The Hessian of the whitened state is (1 + H)^-1 = L^-1 S L^-T; any root of H measures it."""
    factor = nasa.known.factor
    left = np.linalg.solve(factor, np.linalg.solve(factor, nasa.covariance).T).T
    hessian = np.linalg.inv((left + left.T) / 2) - np.eye(64)
    values, vectors = np.linalg.eigh((hessian + hessian.T) / 2)
    root = (vectors * np.sqrt(np.maximum(values, 0))).T
    found = posterior(np.linalg.solve(factor.T, root.T).T, np.ones(64), nasa.known)
    sigma = np.sqrt(np.diag(nasa.covariance))
    scaled = np.abs(found.covariance - nasa.covariance) / np.outer(sigma, sigma)
    assert scaled.max() < 1e-4
    assert found.degrees_of_freedom == pytest.approx(nasa.dof_full_vector, rel=1e-4)
