"""Winds without divergence, jets and cells where they belong, and what mixes beside them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casa_processes.common.constants import EARTH_RADIUS, STANDARD_GRAVITY
from casa_processes.simulation.circulation import (
    WAVES,
    flow,
    overturning,
    wave_table,
    zonal_stream,
    zonal_wind,
)
from casa_processes.simulation.climate import YEAR
from casa_processes.simulation.mixing import Mixing, lateral, tropopause, vertical

LATITUDE_EDGES = np.linspace(-90.0, 90.0, 31)
LONGITUDE_EDGES = np.linspace(-180.0, 180.0, 49)
PRESSURE = np.array([987.0, 850.0, 700.0, 500.0, 300.0, 200.0, 100.0, 50.0, 0.0])
MIDDLES = (PRESSURE[1:] + PRESSURE[:-1]) / 2
WINTER, SUMMER = 15.0, 198.0

days = st.floats(0, 40 * YEAR)


def moved(time, seed=0):
    edges = LATITUDE_EDGES, LONGITUDE_EDGES
    return flow(
        wave_table(*edges, MIDDLES, seed),
        zonal_stream(LATITUDE_EDGES, MIDDLES, time % YEAR),
        overturning(LATITUDE_EDGES, PRESSURE, time % YEAR),
        100 * PRESSURE,
        time,
    )


def gained(air):
    """What each cell gains in a second."""
    return (
        np.roll(air.east, 1, axis=2)
        - air.east
        + air.north[:, :-1]
        - air.north[:, 1:]
        + air.up[:-1]
        - air.up[1:]
    )


@given(time=days, seed=st.integers(0, 2**31 - 1))
def test_no_cell_gains_or_loses_air(time, seed):
    air = moved(time, seed)
    most = max(np.abs(each).max() for each in (air.east, air.north, air.up))
    assert np.abs(gained(air)).max() < 1e-13 * most


@given(time=days, seed=st.integers(0, 9))
def test_nothing_crosses_poles_ground_and_top(time, seed):
    air = moved(time, seed)
    for side in (air.north[:, 0], air.north[:, -1], air.up[0], air.up[-1]):
        assert not side.any()


def test_a_zonal_wind_carries_the_air_it_should():
    air = moved(WINTER)
    wind = zonal_wind((LATITUDE_EDGES[1:] + LATITUDE_EDGES[:-1]) / 2, MIDDLES, WINTER)
    height = EARTH_RADIUS * np.deg2rad(6.0)
    depth = -np.diff(100 * PRESSURE) / STANDARD_GRAVITY
    expected = wind * height * depth[:, None]
    assert np.allclose(air.east.mean(axis=2), expected, rtol=1e-10, atol=1e-3)


def test_waves_have_the_winds_they_are_given():
    table = wave_table(LATITUDE_EDGES, LONGITUDE_EDGES, MIDDLES, 0)
    row = int(np.argmin(np.abs(LATITUDE_EDGES - 48)))
    layer = int(np.argmin(np.abs(MIDDLES - 300)))
    here = np.deg2rad(LATITUDE_EDGES[row])
    for number, wave in enumerate(WAVES[:8]):
        height = np.hypot(table.cosine[layer, row, number], table.sine[layer, row, number])
        # v = dpsi / (a cos(phi) dlambda), whose amplitude is k psi / (a cos(phi)).
        wind = wave.number * height / (EARTH_RADIUS * np.cos(here))
        depth = np.exp(-(((MIDDLES[layer] - 300) / 400) ** 2))
        assert wind == pytest.approx(wave.wind * depth * np.cos(here) ** 1.5, rel=1e-3)


def test_a_wave_moves_at_its_speed():
    one = wave_table(LATITUDE_EDGES, LONGITUDE_EDGES, MIDDLES, 0)
    fifth = WAVES.index(next(wave for wave in WAVES if wave.number == 5))
    still = np.zeros((MIDDLES.size, LATITUDE_EDGES.size))
    alone = np.zeros_like(one.cosine)
    alone[..., fifth] = 1.0
    table = type(one)(one.cosine * alone, one.sine * alone, one.east, one.frequency)
    calm = np.zeros((PRESSURE.size, LATITUDE_EDGES.size))
    days_for_a_cell = 7.5 / WAVES[fifth].speed
    first = flow(table, still, calm, 100 * PRESSURE, 3.0)
    later = flow(table, still, calm, 100 * PRESSURE, 3.0 + days_for_a_cell)
    assert np.abs(first.north).max() > 1e6
    assert np.allclose(np.roll(first.north, 1, axis=2), later.north, rtol=1e-9, atol=1.0)


def test_seeds_change_the_weather_and_not_the_means():
    first, second = moved(100.0, seed=0), moved(100.0, seed=1)
    assert np.abs(first.north - second.north).max() > 1e8
    assert np.allclose(first.east.mean(axis=2), second.east.mean(axis=2), rtol=1e-9, atol=1.0)
    assert np.array_equal(first.up, second.up)
    assert np.array_equal(moved(100.0, seed=1).north, second.north)


@pytest.mark.parametrize(("day", "strong"), [(WINTER, 1), (SUMMER, -1)])
def test_the_jet_is_strongest_in_winter(day, strong):
    latitude = np.arange(-89.0, 90.0, 2.0)
    wind = zonal_wind(latitude, np.array([200.0]), day)[0]
    jets = {side: wind[np.sign(latitude) == side].max() for side in (1, -1)}
    assert 35 < jets[strong] < 50
    assert jets[-strong] < jets[strong] - 10
    middle = latitude[np.argmax(wind)]
    assert 28 < abs(middle) < 45
    assert np.sign(middle) == strong


def test_trade_winds_blow_from_the_east_and_westerlies_from_the_west():
    wind = zonal_wind(np.array([-50.0, -15.0, 15.0, 47.0]), np.array([950.0]), 100.0)[0]
    assert (wind[[1, 2]] < -3).all()
    assert (wind[[0, 3]] > 5).all()


@pytest.mark.parametrize(("day", "sign"), [(WINTER, 1), (SUMMER, -1)])
def test_air_rises_in_the_summer_hemisphere_and_goes_to_winter_aloft(day, sign):
    cells = overturning(np.linspace(-90, 90, 91), PRESSURE, day)
    strongest = cells.flat[np.argmax(np.abs(cells))]
    assert np.sign(strongest) == sign
    assert 1.2e11 < abs(strongest) < 2.2e11


def test_the_year_has_no_seam():
    assert np.allclose(
        zonal_wind(LATITUDE_EDGES, MIDDLES, 0.0), zonal_wind(LATITUDE_EDGES, MIDDLES, YEAR)
    )


def test_the_tropopause_is_high_in_the_tropics():
    assert tropopause(np.array([0.0, 20.0])) == pytest.approx([100, 100])
    assert tropopause(np.array([90.0, -90.0])) == pytest.approx([280, 280], abs=1)


def test_vertical_exchange_is_that_of_its_diffusivity():
    latitude, land = np.array([0.0]), np.zeros((1, 1))
    only = Mixing(free=10.0, convection=0, summer=0, land=0, land_summer=0, sea=0)
    found = vertical(only, latitude, land, PRESSURE, WINTER)
    # K rho / dz with rho = p / (g H), dz = H ln(p1 / p2): between layers 2 and 3, at 500 hPa.
    height = 7500.0
    density = 50_000 / (STANDARD_GRAVITY * height)
    apart = height * np.log(MIDDLES[2] / MIDDLES[3])
    assert found[2, 0, 0] == pytest.approx(10.0 * density / apart, rel=1e-12)
    assert found[-1, 0, 0] < 0.1 * found[2, 0, 0]


def test_summer_mixes_land_and_not_the_sea():
    latitude = np.array([50.0])
    land, sea = np.ones((1, 1)), np.zeros((1, 1))
    near_ground = {
        (name, day): vertical(Mixing(), latitude, cover, PRESSURE, day)[0, 0, 0]
        for name, cover in (("land", land), ("sea", sea))
        for day in (WINTER, SUMMER)
    }
    assert near_ground["land", SUMMER] > 2 * near_ground["land", WINTER]
    gain = near_ground["sea", SUMMER] - near_ground["sea", WINTER]
    assert gain < 0.3 * (near_ground["land", SUMMER] - near_ground["land", WINTER])


def test_lateral_exchange_is_that_of_its_diffusivity():
    only = Mixing(everywhere=1e6, subtropics=0, polar=0, aloft=1e6)
    found = lateral(only, LATITUDE_EDGES, PRESSURE, 48)
    row = 15
    mass = 100 * (PRESSURE[0] - PRESSURE[1]) / STANDARD_GRAVITY
    width = EARTH_RADIUS * np.cos(np.deg2rad(LATITUDE_EDGES[row])) * 2 * np.pi / 48
    apart = EARTH_RADIUS * np.deg2rad(6.0)
    assert found[0, row] == pytest.approx(1e6 * mass * width / apart, rel=1e-12)
    assert not found[:, [0, -1]].any()
    assert np.allclose(found, found[:, ::-1])
