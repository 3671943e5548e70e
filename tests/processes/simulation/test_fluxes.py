"""Surface fluxes: totals, seasons, light and warmth, and what half months are made of."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casa_processes.simulation import biosphere, fires, fossil, ocean
from casa_processes.simulation.biosphere import LIFE, Physiology, vegetation
from casa_processes.simulation.climate import (
    SECONDS,
    YEAR,
    cosine_of_sun,
    day_of_year,
    days,
    declination,
    insolation,
    temperature,
)
from casa_processes.simulation.fluxes import (
    NODES,
    PARTS,
    at,
    daylight,
    fluxes,
    interpolated,
)
from casa_processes.simulation.geography import areas, geography, latitudes
from casa_processes.transport.types import regular_mesh

MIDDLES = (np.arange(NODES) + 0.5) * YEAR / NODES
MESH = regular_mesh(12, 9, np.array([98_700.0, 0.0]))
AREA = np.repeat(MESH.area[:, None], 12, axis=1)

seasons = st.floats(0, YEAR)


@pytest.fixture(scope="module")
def table():
    return fluxes(MESH)


def total(field):
    """Sum over the globe.  [PgC a-1]"""
    return float((field * areas()).sum()) / 1e12


def yearly(emission):
    return np.mean([emission(day) for day in MIDDLES], axis=0)


# Sun and warmth.


def test_days_of_the_year_begin_with_it():
    assert days(np.datetime64("2000-01-01")) == 0.0
    assert days(np.datetime64("2000-03-01T12:00")) == 60.5
    assert day_of_year(np.datetime64("2023-01-01")) == pytest.approx(0.0, abs=1.0)


def test_the_sun_stands_over_the_tropics_at_solstices_and_over_the_equator_at_equinoxes():
    assert np.rad2deg(declination(80 + YEAR / 4)) == pytest.approx(23.44)
    assert np.rad2deg(declination(80 - YEAR / 4)) == pytest.approx(-23.44)
    assert declination(80.0) == pytest.approx(0.0, abs=1e-12)


@given(latitude=st.floats(-90, 90), day=seasons)
def test_insolation_is_the_mean_of_the_sun_over_a_day(latitude, day):
    # The season stands still: only the longitude, and with it the hour, is varied.
    longitude = np.arange(0.0, 360.0, 0.25)
    mean = cosine_of_sun(np.array(latitude), longitude, day).mean()
    assert insolation(np.array(latitude), day % YEAR) == pytest.approx(mean, abs=2e-5)


def test_the_pole_has_most_light_at_midsummer_and_none_in_winter():
    # Hartmann (1994): sin of the declination at the pole, 24 hours long.
    assert insolation(np.array(90.0), 80 + YEAR / 4) == pytest.approx(np.sin(np.deg2rad(23.44)))
    assert insolation(np.array(89.0), 80 - YEAR / 4) == 0.0
    assert insolation(np.array(0.0), 80.0) == pytest.approx(1 / np.pi)


def test_noon_is_at_twelve_on_the_prime_meridian_and_earlier_in_the_east():
    hours = np.arange(0, 1, 1 / 240)
    prime = [cosine_of_sun(np.array(10.0), np.array(0.0), 100 + hour) for hour in hours]
    east = [cosine_of_sun(np.array(10.0), np.array(90.0), 100 + hour) for hour in hours]
    assert hours[np.argmax(prime)] == pytest.approx(0.5, abs=0.003)
    assert hours[np.argmax(east)] == pytest.approx(0.25, abs=0.003)


def test_the_north_is_warm_in_july_and_the_south_in_january():
    warm, cold = (
        temperature(np.array([50.0, -50.0]), 207.6),
        temperature(np.array([50.0, -50.0]), 25),
    )
    assert warm[0] - cold[0] == pytest.approx(40 * (50 / 60) ** 1.2, rel=1e-3)
    assert cold[1] - warm[1] == pytest.approx(16 * 50 / 60, rel=1e-3)


# Parts.


def test_fossil_emissions_are_those_of_the_nations():
    field = fossil.yearly()
    assert total(field) == pytest.approx(fossil.TOTAL / 1000, rel=1e-12)
    for name, teragrams in fossil.COUNTRIES.items():
        assert total(field * geography().within(name)) == pytest.approx(teragrams / 1e3, rel=1e-12)
    assert total(field * ~geography().land) == pytest.approx(fossil.BUNKERS / 1000, rel=1e-12)
    assert (field >= 0).all()


def test_fossil_emissions_are_concentrated_about_cities():
    field = fossil.yearly()
    shanghai, tibet = field[121, 301], field[123, 267]
    assert shanghai > 20 * tibet > 0


def test_more_is_burned_in_winter_and_the_year_keeps_its_total():
    north = latitudes() > 30
    january, july = fossil.emission(15.0), fossil.emission(198.0)
    assert total(january * north) > 1.1 * total(july * north)
    assert total(yearly(fossil.emission)) == pytest.approx(fossil.TOTAL / 1000, rel=1e-9)


def test_oceans_take_up_what_they_should_and_land_nothing():
    field = yearly(ocean.exchange)
    assert total(field) == pytest.approx(-ocean.UPTAKE, rel=1e-9)
    assert not field[geography().land].any()
    tropics = np.abs(latitudes()) < 5
    assert total(field * tropics) > 0.2
    assert total(field * (latitudes() < -25)) < -1.0


def test_fires_burn_in_their_season_and_sum_to_their_total():
    field = yearly(fires.emission)
    assert total(field) == pytest.approx(fires.TOTAL, rel=1e-6)
    assert np.allclose(field, fires.yearly(), rtol=1e-5, atol=1e-12)
    sahel = (np.abs(latitudes() - 8) < 6) & geography().soil
    assert total(fires.emission(10) * sahel) > 10 * total(fires.emission(200) * sahel)
    assert not fires.emission(100)[~geography().soil].any()


@given(day=seasons)
def test_fires_go_on_over_the_turn_of_the_year(day):
    assert np.allclose(fires.emission(day), fires.emission(day + YEAR), rtol=1e-9)


def test_production_is_that_of_the_globe_and_its_seasons_leave_nothing_behind():
    production = yearly(lambda day: biosphere.exchange(day).production)
    net = yearly(lambda day: biosphere.exchange(day).net)
    assert total(production) == pytest.approx(LIFE.production, rel=1e-9)
    expected = -biosphere.SINK - biosphere.REGROWTH * fires.TOTAL
    assert total(net) == pytest.approx(expected, rel=1e-9)
    assert (production >= 0).all()
    assert not production[~geography().soil].any()


def test_the_north_takes_up_carbon_in_july_and_gives_it_back_in_winter():
    north = latitudes() > 30
    months = [total(biosphere.exchange(day).net * north) for day in MIDDLES]
    assert 11 <= int(np.argmin(months)) <= 13
    assert -50 < min(months) < -25
    assert min(months[:6] + months[-6:]) > 0


def test_deserts_are_bare_and_forests_are_not():
    cover = vegetation()
    sahara, congo, greenland = cover[113, 190], cover[90, 203], cover[165, 140]
    assert sahara < 0.05
    assert congo > 0.95
    assert greenland == 0


def test_a_larger_q10_makes_more_of_the_seasons_of_respiration():
    north = latitudes() > 30

    def swing(life):
        nets = [total(biosphere.exchange(day, life).net * north) for day in MIDDLES]
        return max(nets) - min(nets)

    assert swing(Physiology(q10=2.5)) != pytest.approx(swing(Physiology(q10=1.1)), rel=0.02)


# On a mesh.


def test_half_months_keep_the_totals_of_their_parts(table):
    names = {
        "fossil": fossil.emission,
        "biosphere": lambda day: biosphere.exchange(day).net,
        "ocean": ocean.exchange,
        "fire": fires.emission,
    }
    for node in (0, 7, 18):
        for number, name in enumerate(PARTS):
            carbon = (table.parts[node, number] * AREA).sum() * SECONDS * 12.011 / 44.009 / 1e12
            assert carbon == pytest.approx(total(names[name](MIDDLES[node])), rel=1e-9)


@given(time=st.floats(0, 50 * YEAR))
def test_fluxes_lie_between_their_half_months(table, time):
    found = at(table, time)
    place = time % YEAR / YEAR * NODES - 0.5
    first, second = (table.parts[int(np.floor(place) + n) % NODES] for n in (0, 1))
    assert (found <= np.maximum(first, second) + 1e-20).all()
    assert (found >= np.minimum(first, second) - 1e-20).all()


def test_interpolation_keeps_the_mean_of_the_year_and_meets_its_nodes():
    nodes = np.random.default_rng(1).normal(size=(NODES, 3))
    fine = [interpolated(nodes, (k + 0.5) * YEAR / 960) for k in range(960)]
    assert np.allclose(np.mean(fine, axis=0), nodes.mean(axis=0), atol=1e-12)
    for node in (0, 11, NODES - 1):
        assert np.allclose(interpolated(nodes, MIDDLES[node]), nodes[node], atol=1e-12)


@given(day=st.integers(0, 20_000), steps=st.integers(1, 24))
def test_daylight_has_the_mean_one(day, steps):
    light = daylight(MESH, float(day), steps)
    assert light.shape == (steps, 9, 12)
    assert (light >= 0).all()
    assert np.allclose(light.mean(axis=0), 1.0, atol=1e-12)


def test_the_day_takes_up_what_the_night_does_not(table):
    day = 2_000.0
    light = daylight(MESH, day, 6)
    times = [day + (step + 0.5) / 6 for step in range(6)]
    number = PARTS.index("biosphere")
    with_sun = [at(table, time, each)[number] for time, each in zip(times, light, strict=True)]
    without = [at(table, time)[number] for time in times]
    scale = interpolated(table.production, day).max()
    assert np.abs(np.mean(with_sun, axis=0) - np.mean(without, axis=0)).max() < 0.01 * scale
    dark = light[0] == 0
    production = interpolated(table.production, times[0])
    assert dark.any()
    assert np.allclose((with_sun[0] - without[0])[dark], production[dark], rtol=1e-12)
    others = [part for part in range(len(PARTS)) if part != number]
    assert np.array_equal(at(table, times[0], light[0])[others], at(table, times[0])[others])
