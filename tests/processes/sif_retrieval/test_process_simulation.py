"""Simulated spectra: any part is that part of the whole, and another seed is another world."""

import numpy as np

from casa_processes.sif_retrieval.simulated import Simulation
from tests.processes.sif_retrieval.runs import EVERY


def test_parts_of_the_simulation_are_parts_of_the_whole():
    source = Simulation(800, 3)
    frames, channels = slice(0, 100), slice(30, 60)
    whole = source.rows("o2a", slice(0, 100), frames, EVERY)
    part = source.rows("o2a", channels, slice(7, 9), slice(2, 5))
    rows = [8 * frame + footprint for frame in (7, 8) for footprint in (2, 3, 4)]
    np.testing.assert_allclose(part.radiance, whole.radiance[rows, 30:60], rtol=1e-6)
    assert part.footprint.tolist() == [2, 3, 4, 2, 3, 4]
    places, everywhere = source.places(slice(7, 9), slice(2, 5)), source.places(frames, EVERY)
    assert places.sounding_id.tolist() == everywhere.sounding_id[rows].tolist()
    np.testing.assert_array_equal(places.cloud, everywhere.cloud[rows])
    other = Simulation(800, 4).rows("o2a", channels, slice(7, 9), slice(2, 5))
    assert (other.radiance != part.radiance).mean() > 0.99
