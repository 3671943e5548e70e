"""Fossil fuels, oceans and fires, place by place."""

import numpy as np
import pytest

from casa_processes.simulation import biosphere, fires, fossil, ocean
from casa_processes.simulation.climate import YEAR
from casa_processes.simulation.fires import _REGIONS as REGIONS
from casa_processes.simulation.fossil import _HUBS as HUBS
from casa_processes.simulation.fossil import COUNTRIES
from casa_processes.simulation.geography import areas, geography, latitudes, longitudes

DAYS = np.arange(0.0, YEAR, 5.0)


def teragrams(field):
    return float((field * areas()).sum()) / 1e9


@pytest.fixture(scope="module")
def burned():
    """Fires through the year.  [kgC m-2 a-1], shape (day, 180, 360)"""
    return np.array([fires.emission(day) for day in DAYS])


@pytest.mark.parametrize("name", COUNTRIES)
def test_a_country_emits_its_total_on_its_own_cells(name):
    cells = geography().within(name)
    assert cells.any()
    assert teragrams(fossil.yearly() * cells) == pytest.approx(COUNTRIES[name], rel=1e-12)
    assert (fossil.yearly()[cells] > 0).all()


def test_countries_are_listed_from_the_largest_on_and_leave_something_to_the_others():
    totals = list(COUNTRIES.values())
    assert totals == sorted(totals, reverse=True)
    assert 0.05 * fossil.TOTAL < fossil.TOTAL - fossil.BUNKERS - sum(totals) < 0.2 * fossil.TOTAL


@pytest.mark.parametrize("hub", HUBS)
def test_a_hub_emits_more_than_what_lies_far_from_it(hub):
    longitude, latitude, _ = hub
    row, along = int(np.floor(latitude + 90)), int(np.floor(longitude + 180))
    near = fossil.yearly()[row - 1 : row + 2, along - 1 : along + 2].max()
    away = np.hypot(longitudes() - longitude, latitudes() - latitude) > 5
    soil = geography().soil & away
    assert near > 5 * np.median(fossil.yearly()[soil])


def test_ice_emits_nothing_and_oceans_little():
    field = fossil.yearly()
    ice = geography().land & ~geography().soil
    assert not field[ice].any()
    assert field[~geography().land].max() < 0.01 * field.max()


@pytest.mark.parametrize("number", range(len(REGIONS)))
def test_a_region_burns_most_on_its_day(burned, number):
    longitude, latitude, width, height, day, total = REGIONS[number]
    east, north = (longitudes() - longitude) / width, (latitudes() - latitude) / height
    inside = (east**2 + north**2) < 1
    series = (burned * inside * areas()).sum(axis=(1, 2))
    late = (DAYS[np.argmax(series)] - day + YEAR / 2) % YEAR - YEAR / 2
    assert abs(late) <= 10
    assert series.max() > 20 * series.min()
    assert series.mean() / 1e12 == pytest.approx(total, rel=0.6)


def test_southern_africa_burns_more_than_any_other_region(burned):
    mean = burned.mean(axis=0)
    south = (latitudes() < 0) & (longitudes() > 10) & (longitudes() < 45)
    assert teragrams(mean * south) > 0.25 * fires.TOTAL * 1e3


def test_what_burns_grows_again_in_part_where_it_burned():
    quiet = (0.0, 91.0, 182.0, 273.0)
    regrowth = biosphere.REGROWTH * fires.yearly()
    bare = biosphere.vegetation() == 0
    for day in quiet:
        net = biosphere.exchange(day).net
        assert np.allclose(net[bare], -regrowth[bare], atol=1e-15)


@pytest.mark.parametrize("latitude", [42, -43])
def test_belts_of_uptake_are_where_the_ocean_is_cold_and_stirred(latitude):
    field = ocean.exchange(100.0)
    row = field[latitude + 90]
    assert row[~geography().land[latitude + 90]].max() < 0
    tropics = field[90]
    assert tropics[~geography().land[90]].min() > 0


@pytest.mark.parametrize(("latitude", "most"), [(42, 15.0), (-43, 198.0)])
def test_oceans_take_up_most_in_their_winter(latitude, most):
    uptake = [-float((ocean.exchange(day) * areas())[latitude + 90].sum()) for day in DAYS]
    late = (DAYS[int(np.argmax(uptake))] - most + YEAR / 2) % YEAR - YEAR / 2
    assert abs(late) <= 6


@pytest.mark.parametrize(
    ("emission", "total"),
    [(fossil.emission, 9900.0), (ocean.exchange, -2600.0)],
)
def test_totals_do_not_depend_on_the_days_at_which_they_are_taken(emission, total):
    for shift in (0.0, 1.7):
        mean = np.mean([emission(day + shift) for day in np.arange(0, YEAR, YEAR / 36)], axis=0)
        assert teragrams(mean) == pytest.approx(total, rel=1e-9)


def test_the_tropics_produce_a_third_and_boreal_forests_keep_most_of_it():
    nodes = (np.arange(24) + 0.5) * YEAR / 24
    exchanged = [biosphere.exchange(day) for day in nodes]
    production = np.mean([each.production for each in exchanged], axis=0)
    kept = -np.mean([each.net for each in exchanged], axis=0)
    kept -= biosphere.REGROWTH * fires.yearly()

    def share(field, south, north):
        rows = (latitudes() > south) & (latitudes() < north)
        return teragrams(field * rows)

    assert share(production, -15, 15) > 0.33 * teragrams(production)
    boreal = share(kept, 45, 65) / share(production, 45, 65)
    tropical = share(kept, -10, 10) / share(production, -10, 10)
    assert boreal > 3 * tropical > 0


def test_the_light_of_the_day_does_not_reach_the_fluxes_of_the_sea():
    assert not biosphere.exchange(200.0).production[~geography().soil].any()
    assert (biosphere.exchange(200.0).production >= 0).all()
