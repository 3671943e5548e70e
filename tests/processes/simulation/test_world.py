"""The world on a mesh: winds and mixing in steps, air that stays, tracers that stay in bounds."""

from dataclasses import replace
from functools import cached_property

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casa_processes.simulation.climate import YEAR
from casa_processes.simulation.fluxes import NODES, PARTS
from casa_processes.simulation.nature import State, at_stations, co2, simulated
from casa_processes.simulation.start import start
from casa_processes.simulation.stations import STATIONS
from casa_processes.simulation.world import FINE, STANDARD, SURFACE, Resolution, World
from casa_processes.transport.steps import step
from casa_processes.transport.types import MassFlux

FIELDS = ("east", "north", "up", "mixing", "lateral")
TWICE = Resolution(18, 12, 20, 12)


class Still(World):
    """A world into which nothing is emitted."""

    @cached_property
    def fluxes(self):
        """Its surface fluxes, all 0."""
        made = World(self.resolution).fluxes
        return replace(made, parts=0.0 * made.parts, production=0.0 * made.production)


@pytest.fixture(scope="module")
def still(small):
    return Still(small.resolution)


@pytest.mark.parametrize("resolution", [STANDARD, FINE, TWICE])
def test_meshes_have_the_cells_they_are_asked_for(resolution):
    here = World(resolution)
    shape = resolution.layers, resolution.rows, resolution.columns
    assert here.mesh.shape == here.mass.shape == shape
    assert here.area.shape == shape[1:]
    assert here.mass.min() > 0


def test_all_meshes_hold_the_same_air():
    totals = [World(each).mass.sum() for each in (STANDARD, FINE, TWICE)]
    assert np.ptp(totals) < 1e-12 * totals[0]


def test_layers_are_thinnest_at_the_ground():
    depth = -np.diff(World(STANDARD).pressure)
    assert depth[0] < depth[5]
    assert depth[0] < 0.04 * SURFACE
    assert depth.sum() == pytest.approx(SURFACE)


@pytest.mark.parametrize("name", FIELDS)
def test_half_a_step_moves_half_as_much(small, name):
    once, twice = small.forcing(100.0), World(TWICE).forcing(100.0)
    assert np.allclose(getattr(once, name), 2.0 * getattr(twice, name), rtol=1e-12)
    assert np.abs(getattr(once, name)).max() > 0


@pytest.mark.parametrize("time", [0.0, 91.3, 200.0, 365.25 * 23 + 4])
def test_forcing_is_what_transport_takes(small, time):
    forcing = small.forcing(time)
    assert isinstance(forcing, MassFlux)
    assert (forcing.mixing >= 0).all()
    assert (forcing.exchange >= 0).all()
    assert np.array_equal(forcing.mass, small.mass)


def test_the_means_of_the_seasons_return_and_the_weather_does_not(small):
    first, later = small.forcing(50.0), small.forcing(50.0 + YEAR)
    assert np.allclose(first.mixing, later.mixing, rtol=1e-9)
    assert np.allclose(first.up, later.up, rtol=1e-9, atol=1.0)
    assert np.allclose(first.east.mean(axis=2), later.east.mean(axis=2), rtol=1e-6, atol=1e3)
    assert np.abs(first.north - later.north).max() > 0.1 * np.abs(first.north).max()


def test_the_seasons_have_no_jump_between_half_months(small):
    edge = YEAR / NODES
    around = [small.forcing(edge + shift) for shift in (-1e-4, 1e-4)]
    for name in FIELDS:
        first, second = (getattr(each, name) for each in around)
        assert np.abs(first - second).max() < 1e-3 * max(np.abs(first).max(), 1.0)


@settings(max_examples=10)
@given(time=st.floats(0, 10 * YEAR), seed=st.integers(0, 2**31 - 1))
def test_what_is_the_same_everywhere_stays_so_in_any_weather(small, time, seed):
    forcing = World(small.resolution, seed).forcing(time)
    q = np.full((*small.mass.shape, 8), 4.2e-4)
    step(q, forcing)
    assert np.abs(q / 4.2e-4 - 1).max() < 1e-13


def test_a_blob_spreads_without_new_extremes_or_losses(still):
    q = np.zeros((*still.mass.shape, 8))
    q[3, 8, 4, 0], q[2, 3, 10, 1], q[8, 6, 2, 2] = 1e-5, 2e-5, 3e-5
    state = State(np.datetime64("2023-03-01"), 0.0, q)
    before = np.einsum("zyxt,zyx->t", q, still.mass)
    *_, day = simulated(still, state, np.datetime64("2023-03-08"))
    after = np.einsum("zyxt,zyx->t", day.state.parts, still.mass)
    assert np.allclose(after[:3], before[:3], rtol=1e-12)
    assert day.state.parts.min() > -1e-20
    for tracer, most in enumerate((1e-5, 2e-5, 3e-5)):
        assert day.state.parts[..., tracer].max() < 0.5 * most
    assert not day.state.parts[..., 3:].any()


def test_air_of_a_hemisphere_is_exchanged_within_about_a_year(still):
    q = np.zeros((*still.mass.shape, 8))
    north = still.mesh.latitude > 0
    q[:, north, :, 0] = 1e-6
    state = State(np.datetime64("2023-01-01"), 0.0, q)
    *_, day = simulated(still, state, np.datetime64("2023-03-02"))
    mass = still.mass
    means = [
        (day.state.parts[..., 0] * mass)[:, rows].sum() / mass[:, rows].sum()
        for rows in (north, ~north)
    ]
    left = (means[0] - means[1]) / 1e-6
    # exp(-2 t / tau), after 60 days; the Earth's tau is about 1.0-1.4 years (two boxes).
    tau = -2 * 60 / 365.25 / np.log(left)
    assert 0.2 < tau < 2.5


def test_the_stratosphere_is_older_than_the_air_below(small, begun):
    fossil = begun.parts[..., PARTS.index("fossil")]
    profile = np.average(fossil.mean(axis=2), axis=1, weights=small.mesh.area)
    assert (np.diff(profile[:8]) < 1e-9).all()
    assert profile[-1] < profile[0] - 2e-6


@pytest.mark.parametrize("code", ["MHD", "BRW", "LEF"])
def test_weather_is_seen_at_stations_of_the_north(small, ten_days, code):
    number = [each.code for each in STATIONS].index(code)
    series = [at_stations(small, co2(day))[number] for day in ten_days]
    assert np.std(np.diff(series)) > 0.01


def test_land_of_the_north_is_above_the_far_south_in_january(small, ten_days):
    mean = np.mean([at_stations(small, co2(day)) for day in ten_days], axis=0)
    codes = [each.code for each in STATIONS]
    assert mean[codes.index("LEF")] > mean[codes.index("SPO")] + 3


def test_seeds_leave_the_year_s_means_nearly_alone(small, begun, ten_days):
    other = list(simulated(World(small.resolution, 7), begun, np.datetime64("2023-01-11")))
    here, there = (np.mean([co2(day) for day in days], axis=0) for days in (ten_days, other))
    assert np.abs(here - there).max() > 0.05
    weight = small.mass / small.mass.sum()
    assert (here * weight).sum() == pytest.approx((there * weight).sum(), abs=1e-9)


def test_each_day_has_the_date_after_the_one_before(ten_days, begun):
    dates = [day.date for day in ten_days]
    assert dates[0] == begun.date
    assert (np.diff(dates) == np.timedelta64(1, "D")).all()
    assert ten_days[-1].state.date == np.datetime64("2023-01-11")
    assert all(day.background == begun.background for day in ten_days)


def test_a_leap_year_has_its_day(small):
    begun = replace(start(small, 2024), date=np.datetime64("2024-02-28"))
    days = list(simulated(small, begun, np.datetime64("2024-03-02")))
    assert [str(day.date) for day in days] == ["2024-02-28", "2024-02-29", "2024-03-01"]
