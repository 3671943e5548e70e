"""A small world that tests share, and ten days of it."""

import numpy as np
import pytest

from casa_processes.simulation.nature import simulated
from casa_processes.simulation.start import start
from casa_processes.simulation.world import Resolution, World

SMALL = Resolution(18, 12, 20, 6)


@pytest.fixture(scope="session")
def small():
    """Cells of 20 by 15 degrees."""
    return World(SMALL)


@pytest.fixture(scope="session")
def begun(small):
    """Its first of January 2023."""
    return start(small, 2023)


@pytest.fixture(scope="session")
def ten_days(small, begun):
    """Its first ten days; the last one holds the state."""
    return list(simulated(small, begun, np.datetime64("2023-01-11")))
