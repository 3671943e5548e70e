"""All orders of scattering in the forward model, against single scattering and differences."""

from dataclasses import replace

import numpy as np
import pytest

from casa_processes.xco2_retrieval.model import Layer, Options, retrieve
from casa_processes.xco2_retrieval.model.retrieval import prepared
from casa_processes.xco2_retrieval.model.state import LEVELS
from casa_processes.xco2_retrieval.result import Outcome
from tests.processes.xco2_retrieval.small import MODEST, simulated, small_physics

EVERY = Options(sigmas=replace(MODEST, sif=0.0), scattering="multiple")


def modelled(options, seed=4):
    known = simulated(seed, options)
    model, prior = prepared(known.sounding, known.weather, small_physics(), options)
    return model, prior.mean.copy()


def test_light_that_is_scattered_again_brightens():
    model, state = modelled(EVERY)
    single, _ = modelled(replace(EVERY, scattering="single"))
    ratio = model(state)[0] / single(state)[0]
    assert ratio.min() > 0.999
    assert 1.005 < np.median(ratio) < 1.2


def test_without_particles_long_waves_are_scattered_once():
    """Air scatters a few ten-thousandths of the light at 2 micrometres."""
    clear = replace(EVERY, bands=("sco2",), aerosols=())
    model, state = modelled(clear)
    single, _ = modelled(replace(clear, scattering="single"))
    assert model(state)[0] == pytest.approx(single(state)[0], rel=2e-3)


@pytest.mark.parametrize(
    ("name", "step"),
    [("ln_albedo_o2a", 0.02), ("ln_albedo_sco2", 0.02), ("ln_aod_dust", 0.05),
     ("surface_pressure", 1.0), ("height_dust", 0.01), ("h2o_scale", 0.02)],
)  # fmt: skip
def test_the_jacobian_is_that_of_differences(name, step):
    model, state = modelled(EVERY)
    place = model.known.place(name)
    by = np.zeros(state.size)
    by[place] = step
    change = (model(state + by)[0] - model(state - by)[0]) / (2 * step)
    found = model(state)[1][:, place]
    wrong = np.linalg.norm(change - found) / np.linalg.norm(change)
    assert wrong < (0.05 if "dust" in name else 0.02)


def test_light_does_not_jump_where_a_layer_is_cut_into_more_parts():
    """Twice the depth cuts each layer into twice as many parts; coarse ones would show 6e-5."""
    options = replace(EVERY, bands=("o2a",), aerosols=(Layer("dust", 0.2, 0.8, 0.1),))
    model, state = modelled(options)
    place = model.known.place("ln_aod_dust")
    found = []
    for depth in np.geomspace(0.2, 0.43, 18):
        state[place] = np.log(depth)
        found.append(model(state)[0])
    assert np.abs(np.diff(found, 3, axis=0)).max() < 3e-5 * np.max(found)


def test_a_scene_of_all_orders_is_retrieved_with_them():
    known = simulated(6, replace(EVERY, aerosols=(Layer("dust", 0.05),)))
    found = retrieve(known.sounding, known.weather, small_physics(), EVERY)
    assert found.outcome == Outcome.CONVERGED
    assert abs(found.xco2 - known.xco2) < 4 * found.uncertainty
    assert found.profile.shape == (LEVELS,)
