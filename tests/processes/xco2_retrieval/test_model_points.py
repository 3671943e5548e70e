"""Light is computed only where channels receive any: what they see is that of all points."""

import pytest

from casa_processes.instruments.response import covered
from casa_processes.xco2.model import Options, scattering
from casa_processes.xco2.model import window as bands
from casa_processes.xco2.model.retrieval import prepared


@pytest.mark.parametrize("orders", ["single", "multiple"])
def test_points_that_no_channel_sees_are_left_out(physics, scene, orders, monkeypatch):
    options = Options(scattering=orders)
    model, before = prepared(scene.sounding, scene.weather, physics, options)
    state = before.mean
    state[model.known.place("shift_wco2")] = 2.5
    found = model(state)
    monkeypatch.setattr(bands, "_needed", lambda grid, *_: (0, grid))
    whole, _ = prepared(scene.sounding, scene.weather, physics, options)
    assert all(
        a.grid.size < 0.99 * b.grid.size for a, b in zip(model.windows, whole.windows, strict=True)
    )
    bound = 2e-3 if orders == "multiple" else 2e-6
    for part, every in zip(found, whole(state), strict=True):
        assert part == pytest.approx(every, rel=bound, abs=bound * abs(every).max())


def test_channels_may_move_as_far_as_they_are_let(physics, scene):
    for band in prepared(scene.sounding, scene.weather, physics, Options())[0].windows:
        for moved in (-bands.FURTHEST, bands.FURTHEST):
            wavelength = band.wavelength + moved * band.sampling
            assert covered(band.shape, wavelength, band.grid).all()


def test_water_does_not_widen_lines_of_dry_air(physics, scene, monkeypatch):
    model, before = prepared(scene.sounding, scene.weather, physics, Options())
    air = model.scene(before.mean).air
    dry = air.water_fraction < 1e-4
    band = model.windows[1]
    amount = scattering.absorbers(band, air).amount
    of_water = ["in water" in gas for gas in band.gases]
    assert 3 < dry.sum() < 20
    assert any(of_water)
    assert (amount[of_water][:, dry] == 0.0).all()
    assert (amount[:, ~dry] > 0.0).all()
    found = model(before.mean)[0]
    monkeypatch.setattr(scattering, "_LEAST_WATER", 0.0)
    every = model(before.mean)[0]
    assert 0.0 < abs(found / every - 1.0).max() < 1e-5
