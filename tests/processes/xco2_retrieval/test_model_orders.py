"""All orders of scattering in the forward model, against single scattering and differences."""

from dataclasses import replace

import numpy as np
import pytest

from casa_processes.xco2.model import Layer, Options, retrieve
from casa_processes.xco2.model.retrieval import prepared
from casa_processes.xco2.model.state import LEVELS
from casa_processes.xco2.result import Outcome
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


HAZY = (Layer("fine", 0.15, 0.85, 0.1), Layer("dust", 0.05, 0.6, 0.12))
STEPS = {
    "ln_albedo": 0.02, "albedo": 0.02, "ln_aod": 0.05, "height": 0.016, "surface_pressure": 1.0,
    "h2o_scale": 0.05, "co2": 60.0,
}  # fmt: skip


@pytest.fixture(scope="module")
def hazy():
    """Two layers of particles over a ground whose brightness varies along the bands."""
    model, state = modelled(replace(EVERY, aerosols=HAZY))
    for band in ("o2a", "wco2", "sco2"):
        state[model.known.place(f"albedo_slope_{band}")] = 0.03
    return model, state, model(state)[1]


@pytest.mark.parametrize(
    "name",
    ["co2 4", "co2 19", "surface_pressure", "h2o_scale", "ln_albedo_o2a", "albedo_slope_wco2",
     "albedo_curve_sco2", "ln_aod_fine", "ln_aod_dust", "height_fine", "height_dust"],
)  # fmt: skip
def test_the_jacobian_is_that_of_differences(hazy, name):
    """To fourth order; the correction that counts as constant would miss by up to a quarter."""
    model, state, jacobian = hazy
    gas, _, level = name.partition(" ")
    place = int(level) if level else model.known.place(name)
    step = next(by for what, by in STEPS.items() if gas.startswith(what))

    def seen(by):
        there = state.copy()
        there[place] += by
        return model(there)[0]

    near, far = ((seen(by) - seen(-by)) / (2 * by) for by in (step, 2 * step))
    change = (4 * near - far) / 3
    wrong = np.linalg.norm(change - jacobian[:, place]) / np.linalg.norm(change)
    assert wrong < (2e-3 if "height" in name else 1e-3)


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
