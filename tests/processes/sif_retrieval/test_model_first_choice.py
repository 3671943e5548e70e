"""Which spectra a training begins with: no vegetation, no faults, but water."""

import numpy as np
import pytest

from casa_processes.sif_retrieval.model.bare_spectra import sound
from casa_processes.sif_retrieval.model.first_choice import beginning, near
from tests.processes.sif_retrieval.vapour import WIDE, humid
from tests.processes.sif_retrieval.worlds import WINDOW, world


def begun(block, window=WINDOW, ends=(0, 72)):
    return beginning(sound(block, np.arange(len(block)), window, ends))


def test_near_is_a_matter_of_robust_deviations():
    values = np.random.default_rng(3).normal(5.0, 2.0, 20_000)
    assert near(values, 1.0).mean() == pytest.approx(0.6827, abs=0.01)
    assert near(values, 3.0).mean() == pytest.approx(0.9973, abs=0.002)
    values[:2000] = 1e6
    assert not near(values, 3.0)[:2000].any()
    assert near(values, 3.0)[2000:].mean() > 0.99


def test_two_thirds_of_bare_spectra_begin():
    assert begun(world(3000, seed=81).block).mean() == pytest.approx(0.68, abs=0.03)


def test_vegetation_does_not_begin():
    def planted(rng, count):
        return np.where(rng.uniform(size=count) < 0.05, rng.uniform(0.5, 2.5, count), 0.0)

    seen = world(4000, seed=82, sif=planted)
    keep, green = begun(seen.block), seen.sif > 0.0
    assert keep[green].sum() <= 0.02 * green.sum()
    assert keep[~green].mean() > 0.6


@pytest.mark.parametrize("share", [0.03, 0.1, 0.5])
def test_wet_scenes_begin_as_often_as_dry_ones(share):
    block, _, wet = humid(2000, 4, 0.05, share)
    keep = begun(block, WIDE, (4, 124))
    assert keep[~wet].mean() == pytest.approx(0.68, abs=0.06)
    assert keep[wet].mean() > 0.4


def test_spikes_do_not_begin():
    bare = world(800, seed=83)
    bare.block.radiance[::40, 20] += 20.0
    bare.block.radiance[5::40, 51] -= 15.0
    keep = begun(bare.block)
    assert not keep[::40].any()
    assert not keep[5::40].any()
    assert keep.mean() > 0.55


@pytest.mark.parametrize(("deviations", "least", "most"), [(8.0, 0.0, 0.05), (2.5, 0.5, 0.8)])
def test_a_spike_is_told_by_the_noise(deviations, least, most):
    bare = world(800, seed=86, structure=0.0)
    channel = np.arange(0, 800, 8) % 70
    rows = np.arange(0, 800, 8)
    bare.block.radiance[rows, channel] += deviations * bare.block.noise[rows, channel]
    assert least <= begun(bare.block)[rows].mean() <= most


def test_a_line_over_several_channels_is_no_spike():
    bare = world(800, seed=84)
    shape = np.exp(-0.5 * ((np.arange(72) - 40.0) / 2.0) ** 2)
    wet = np.arange(800) % 8 == 0
    bare.block.radiance[wet] -= (4.0 * shape).astype(np.float32)
    assert begun(bare.block)[wet].mean() > 0.3


def test_a_single_vector_that_cannot_be_fitted_keeps_all():
    bare = world(50, seed=85)
    bare.block.noise[:, 3:] = np.inf
    assert begun(bare.block).all()
