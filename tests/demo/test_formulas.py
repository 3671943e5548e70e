"""The synthetic carbon cycle is plausible, and its numbers are those of its formulas."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casa_ogc.demo import fluxes, formulas, geography
from casa_processes.common.vocabulary import variable

latitudes = st.floats(-90, 90)
longitudes = st.floats(-360, 720)
days = st.floats(0, 3653)


@given(latitudes, longitudes, days)
def test_places_a_turn_apart_are_one_place(latitude, longitude, day):
    here = formulas.xco2(latitude, longitude, day)
    assert here == pytest.approx(formulas.xco2(latitude, longitude + 360, day), abs=1e-9)


@given(latitudes, longitudes, days)
def test_xco2_and_its_uncertainty_are_possible(latitude, longitude, day):
    row = variable("xco2")
    assert row.valid_min < formulas.xco2(latitude, longitude, day) < row.valid_max
    assert 0.4 < formulas.xco2_uncertainty(latitude, longitude, day) < 2


@given(latitudes, days)
def test_xco2_grows_by_the_growth_rate_from_year_to_year(latitude, day):
    later = formulas.background_xco2(latitude, day + formulas.YEAR)
    grown = later - formulas.background_xco2(latitude, day)
    assert grown == pytest.approx(formulas.GROWTH, abs=1e-9)


def test_the_northern_year_peaks_in_spring_and_falls_until_september():
    day = np.arange(366.0)
    year = formulas.background_xco2(50.0, day) - formulas.GROWTH * day / formulas.YEAR
    assert 100 < year.argmax() < 140
    assert 230 < year.argmin() < 275
    assert 6 < np.ptp(year) < 9


def test_the_south_varies_much_less_than_the_north():
    day = np.arange(366.0)
    south, north = formulas.background_xco2(np.array([[-50.0], [50.0]]), day)
    assert np.ptp(north - formulas.GROWTH * day / formulas.YEAR) > 4 * 1.2
    assert np.ptp(south - formulas.GROWTH * day / formulas.YEAR) < 1.5


def test_the_sun_stands_overhead_on_its_declination_at_noon():
    day = np.arange(0.0, 365.0)
    overhead = np.rad2deg(formulas.declination(day))
    np.testing.assert_allclose(formulas.cosine_of_sun(overhead, day, 12.0), 1, atol=1e-12)
    assert overhead.max() == pytest.approx(23.45, abs=0.01)
    assert 170 <= overhead.argmax() <= 173


@given(latitudes, longitudes, days)
def test_fluorescence_needs_plants_and_sun(latitude, longitude, day):
    signal = formulas.fluorescence(latitude, longitude, day)
    assert 0 <= signal <= 2.4
    if geography.vegetation(latitude, longitude) == 0:
        assert signal == 0


@given(latitudes, longitudes)
def test_plants_grow_on_land_only(latitude, longitude):
    if not geography.is_land(latitude, longitude):
        assert geography.vegetation(latitude, longitude) == 0


def test_each_flux_adds_up_to_its_part_of_the_budget():
    latitude, longitude = np.arange(89.0, -90, -2), np.arange(-178.75, 180, 2.5)
    middles = np.linspace(15, 350, 12)
    areas = fluxes.cell_areas(latitude, longitude)
    found = fluxes.fluxes(latitude, longitude, middles)
    assert areas.sum() == pytest.approx(5.1e14, rel=0.01)
    for name, petagrams in fluxes.BUDGET.items():
        total = (found[name].mean(axis=0) * areas).sum()
        assert total == pytest.approx(petagrams * 1e12 / 3.15576e7 * 44.009 / 12.011, rel=1e-9)


def test_the_biosphere_takes_up_carbon_in_its_own_summer():
    latitude, longitude = np.arange(89.0, -90, -2), np.arange(-178.75, 180, 2.5)
    july = fluxes.fluxes(latitude, longitude, np.linspace(15, 350, 12))["biosphere"][6]
    assert july[np.argmin(abs(latitude - 51)), np.argmin(abs(longitude - 18))] < -2e-8
    assert july[np.argmin(abs(latitude + 21)), np.argmin(abs(longitude - 25))] > 0
