"""Classes of quality, at their limits."""

from dataclasses import replace

import numpy as np
import pytest

from casa_processes.sif_retrieval.model import Outcome, Quality, quality
from tests.processes.sif_retrieval.test_model_zero_level import results
from tests.processes.sif_retrieval.worlds import scenes

ONE = results(np.array([80.0]), np.array([1.0]))


def classed(result=ONE, known=None, **changes):
    changed = {name: np.array([value]) for name, value in changes.items()}
    (found,) = quality(replace(result, **changed), known or scenes(1)).tolist()
    return found


def test_an_ordinary_sounding_is_best():
    assert classed() == Quality.BEST == 0


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"chi_squared": 0.70}, Quality.BEST),
        ({"chi_squared": 0.69}, Quality.GOOD),
        ({"chi_squared": 0.50}, Quality.GOOD),
        ({"chi_squared": 0.49}, Quality.FAILED),
        ({"chi_squared": 1.50}, Quality.BEST),
        ({"chi_squared": 1.51}, Quality.GOOD),
        ({"chi_squared": 2.50}, Quality.GOOD),
        ({"chi_squared": 2.51}, Quality.FAILED),
        ({"continuum": 28.0}, Quality.BEST),
        ({"continuum": 27.9}, Quality.GOOD),
        ({"continuum": 195.0}, Quality.BEST),
        ({"continuum": 195.1}, Quality.GOOD),
        ({"sif": 5.99}, Quality.BEST),
        ({"sif": 6.0}, Quality.FAILED),
        ({"sif": -5.99}, Quality.BEST),
        ({"sif": -6.0}, Quality.FAILED),
        ({"outcome": np.int8(Outcome.BAD_SPECTRUM)}, Quality.FAILED),
        ({"outcome": np.int8(Outcome.NO_TRAINING)}, Quality.FAILED),
        ({"outcome": np.int8(Outcome.SINGULAR)}, Quality.FAILED),
        ({"sif": np.nan}, Quality.FAILED),
        ({"chi_squared": np.nan}, Quality.FAILED),
        ({"continuum": np.nan}, Quality.GOOD),
    ],
)
def test_limits_of_a_fit(changes, expected):
    assert classed(**changes) == expected


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        (scenes(1, cloud=0), Quality.BEST),
        (scenes(1, cloud=1), Quality.GOOD),
        (scenes(1, cloud=-1), Quality.GOOD),
        (scenes(1, solar_zenith=69.9), Quality.BEST),
        (scenes(1, solar_zenith=70.0), Quality.FAILED),
        (scenes(1, solar_zenith=np.nan), Quality.FAILED),
    ],
)
def test_limits_of_a_scene(known, expected):
    assert classed(known=known) == expected


def test_each_sounding_has_its_own_class():
    many = results(np.array([80.0, 10.0, 80.0]), np.array([1.0, 1.0, 7.0]))
    found = quality(many, scenes(3))
    assert found.tolist() == [0, 1, 2]
    assert found.dtype == np.int8
