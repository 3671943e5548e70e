"""What tests of the process share: physics of small tables, loaded once."""

import pytest

from casa_processes.common.caches import cache_folder
from casa_processes.xco2_retrieval.physics import BANDS, Setup, loaded
from casa_processes.xco2_retrieval.synthetic import simulated


@pytest.fixture(scope="session")
def setup():
    return Setup("builtin", ("builtin",), BANDS, str(cache_folder() / "cross_sections"), True)


@pytest.fixture(scope="session")
def physics(setup):
    return loaded(setup).physics


@pytest.fixture(scope="session")
def scene(physics):
    """A simulated sounding with its weather."""
    return simulated(3, 11, physics)
