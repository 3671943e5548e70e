"""The forward model: its Jacobian against differences, its light against plain formulas."""

from dataclasses import replace

import numpy as np
import pytest

from casa_processes.common.constants import SPEED_OF_LIGHT
from casa_processes.common.errors import InvalidValueError
from casa_processes.xco2.model import Layer, Sigmas
from casa_processes.xco2.model.retrieval import prepared
from casa_processes.xco2.model.state import LEVELS
from tests.processes.xco2_retrieval.small import HERE, MODEST, simulated, single, small_physics

EVERY = Sigmas(aod=0.3, height=0.05, width=0.02, sif_slope=0.1, zero_level=0.01, eof=0.01)
LAYERS = (Layer("dust", 0.06, 0.85, 0.1), Layer("stratospheric", 0.05, 0.2, 0.1))
STEPS = {
    "co2": 60.0,
    "h2o_scale": 0.05,
    "temperature_offset": 0.4,
    "surface_pressure": 1.2,
    "sif_slope": 0.5,
    "sif": 0.01,
    "ln_aod": 0.06,
    "height": 0.016,
    "width": 0.014,
    "ln_glint": 0.05,
    "shift": 0.1,
    "stretch": 0.1,
}
"""Large enough that single precision leaves less than 1e-3 of a difference."""


def made(seed=5, sea=False):
    """Return a model with all elements, and a state near its prior."""
    place = replace(HERE, land_fraction=0.0 if sea else 1.0)
    known = simulated(seed, single(aerosols=LAYERS, sigmas=EVERY), EVERY, place)
    sizes = {name: each.wavelength.size for name, each in known.sounding.bands.items()}
    physics = small_physics()
    eofs = {
        name: 1e18 * np.stack([np.sin(np.arange(size) / 50), np.cos(np.arange(size) / 90)])
        for name, size in sizes.items()
    }
    options = single(aerosols=LAYERS, sigmas=EVERY, eofs=2)
    sounding = replace(known.sounding, relative_velocity=1000.0, solar_velocity=300.0)
    model, prior = prepared(sounding, known.weather, replace(physics, eofs=eofs), options)
    state = prior.mean.copy()
    dim = 0.0 if sea else 0.002
    for name, value in (("sif", dim), ("temperature_offset", 1.3), ("eof_1_o2a", 0.02)):
        state[model.known.place(name)] = value
    return model, prior, state


def step_of(name):
    return next((by for what, by in STEPS.items() if name.startswith(what)), 0.01)


@pytest.mark.parametrize("sea", [False, True])
def test_the_jacobian_is_that_of_differences(sea):
    """Over a sea without fluorescence, which would outshine it: see the notes on numerics."""
    model, _, state = made(sea=sea)
    _, jacobian = model(state)
    names = ["co2"] * LEVELS + list(model.known.names)
    assert ("ln_glint" in names) == sea
    for place, name in enumerate(names):
        change = difference(model, state, place, name)
        size = np.linalg.norm(change)
        assert size > 0 or (sea and name == "sif_slope"), name
        wrong = np.linalg.norm(change - jacobian[:, place])
        assert wrong <= (5e-3 if "width" in name else 1e-3) * size, (place, name, wrong / size)


def difference(model, state, place, name):
    """Return the derivative to fourth order; channels that move have responses made anew."""
    step, moving = step_of(name), name.startswith(("shift", "stretch"))

    def seen(by):
        if moving:
            model._responses.clear()
        there = state.copy()
        there[place] += by
        return model(there)[0]

    near, far = ((seen(by) - seen(-by)) / (2.0 * by) for by in (step, 2.0 * step))
    return (4.0 * near - far) / 3.0


def test_a_reflector_without_air_is_as_bright_as_its_albedo():
    """Windows between lines: attenuation by air and aerosol, no gas."""
    known = simulated(3)
    options = single(aerosols=(Layer("dust", 1e-6),), sigmas=replace(MODEST, aod=0.0))
    model, prior = prepared(known.sounding, known.weather, small_physics(), options)
    state = prior.mean.copy()
    state[:LEVELS] = 1e-3
    state[model.known.place("h2o_scale")] = 0.0
    seen, _ = model(state)
    first = 0
    for band in model.windows:
        part = seen[first : first + band.wavelength.size]
        first += band.wavelength.size
        if band.name == "o2a":
            continue
        albedo = np.exp(model.known.value(state, f"ln_albedo_{band.name}"))
        shine = np.interp(1e4 / band.wavelength, band.grid.values, band.irradiance)
        expected = 0.5 * shine * albedo * np.cos(np.radians(HERE.solar_zenith)) / np.pi
        assert np.median(part / expected) == pytest.approx(1.0, abs=0.01)


def test_the_light_falls_as_the_law_of_beer_says():
    """Twice the carbon dioxide squares the transmittance of a channel of one point."""
    known = simulated(3)
    options = single(bands=("wco2",), aerosols=(), sigmas=MODEST)
    model, prior = prepared(known.sounding, known.weather, small_physics(), options)
    from casa_processes.xco2.model.light import light

    def mono(factor):
        state = prior.mean.copy()
        state[:LEVELS] *= factor
        return light(model.windows[0], model.known, state, model.scene(state)).rows[1]

    none, once, twice = mono(1e-9), mono(1.0), mono(2.0)
    assert twice / none == pytest.approx((once / none) ** 2, rel=2e-3, abs=1e-5)


def test_the_weights_of_levels_make_a_column():
    model, _, state = made()
    air = model.scene(state).air
    assert air.weight.sum() == pytest.approx(1.0)
    assert air.share.sum(axis=1) == pytest.approx(1.0)
    column = (air.co2 / air.dry_air) @ (air.dry_air / air.dry_air.sum()) * 1e6
    assert air.weight @ state[:LEVELS] == pytest.approx(column)


def test_an_instrument_that_draws_nearer_sees_light_of_longer_waves():
    known = simulated(3)
    options = single(sigmas=MODEST)
    moving = replace(known.sounding, relative_velocity=3000.0)
    model, prior = prepared(moving, known.weather, small_physics(), options)
    shifted = {
        name: replace(each, wavelength=each.wavelength * (1 + 3000.0 / SPEED_OF_LIGHT))
        for name, each in known.sounding.bands.items()
    }
    still = replace(known.sounding, bands=shifted)
    other, _ = prepared(still, known.weather, small_physics(), options)
    assert model(prior.mean)[0] == pytest.approx(other(prior.mean)[0], rel=1e-9)


def test_responses_that_are_made_anew_leave_no_step():
    """Channels moved by 0.03 of their distance: along the tangent, and with new responses."""
    model, _, state = made()
    place = model.known.place("shift_wco2")
    near, _ = model(state)
    state[place] += 0.019
    along, _ = model(state)
    state[place] += 0.002
    anew, _ = model(state)
    assert np.abs(anew - along).max() < 0.25 * np.abs(along - near).max()


@pytest.mark.parametrize(
    ("name", "value"),
    [("surface_pressure", -5.0), ("temperature_offset", 500.0), ("ln_albedo_o2a", 50.0),
     ("shift_wco2", 99.0), ("shift_wco2", 4.9), ("stretch_o2a", -3.1), ("ln_aod_dust", 9.0),
     ("height_dust", 20.0), ("temperature_offset", 45.0), ("surface_pressure", 1300.0)],
)  # fmt: skip
def test_an_impossible_state_has_no_spectrum(name, value):
    model, _, state = made()
    state[model.known.place(name)] = value
    seen, jacobian = model(state)
    assert np.isnan(seen).all()
    assert jacobian.shape == (seen.size, state.size)


def test_fluorescence_has_the_slope_of_vegetation():
    """From 757 to 771 nm by 46 %: 0.0018 per wavenumber of what it is at 755 nm."""
    model, prior = prepared(
        simulated(3).sounding, simulated(3).weather, small_physics(), single(sigmas=MODEST)
    )
    band = model.windows[0]
    slope = model.known.value(prior.mean, "sif_slope")
    ends = band.wavelength.min(), band.wavelength.max()
    place = [(2.0 * at - sum(ends)) / (ends[1] - ends[0]) for at in (0.757, 0.771)]
    near, far = (1.0 + slope * each for each in place)
    expected = (1 + 0.0018 * (1e4 / 0.771 - 13_245)) / (1 + 0.0018 * (1e4 / 0.757 - 13_245))
    assert far / near == pytest.approx(expected, abs=0.03)


def test_no_part_of_unpolarised_light_is_no_measurement():
    known = simulated(3)
    for stokes in ((0.0, 0.0, 0.0), (float("nan"), 0.0, 0.0)):
        bands = {name: replace(each, stokes=stokes) for name, each in known.sounding.bands.items()}
        with pytest.raises(InvalidValueError, match="Stokes"):
            prepared(replace(known.sounding, bands=bands), known.weather, small_physics(), single())
