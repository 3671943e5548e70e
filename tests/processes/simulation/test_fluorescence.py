"""Fluorescence of the synthetic world: in proportion to production and to the Sun's height."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casa_processes.simulation import biosphere
from casa_processes.simulation.climate import YEAR, cosine_of_sun, days
from casa_processes.simulation.fluorescence import (
    SLOPE,
    WINDOWS,
    fluorescence,
    fluorescence_grid,
    production,
    soil,
)
from casa_processes.simulation.fluxes import fluxes
from casa_processes.simulation.geography import areas
from casa_processes.simulation.views import between, sun
from casa_processes.transport.types import regular_mesh

MESH = regular_mesh(36, 23, np.array([98_700.0, 0.0]))
JULY = np.datetime64("2023-07-15T12:00", "ms")
DAY = np.timedelta64(1, "D")
TO_CARBON = 365.25 * 86_400 * 12.011 / 44.009


def at(latitude, longitude, time=JULY, zenith=None):
    y, x = np.atleast_1d(latitude).astype(float), np.atleast_1d(longitude).astype(float)
    times = np.full(y.size, time)
    low = between((y, x), sun(times)) if zenith is None else np.full(y.size, float(zenith))
    return fluorescence(y, x, times, low)


def everywhere():
    y, x = np.meshgrid(np.arange(-89.5, 90), np.arange(-179.5, 180), indexing="ij")
    return y.ravel(), x.ravel()


def test_a_day_glows_in_proportion_to_what_plants_produce():
    y, x = everywhere()
    found = at(y, x).daily
    middle = biosphere.exchange(float((days(JULY)) % YEAR)).production.ravel()
    assert found == pytest.approx(SLOPE * middle, abs=0.015)
    whole = (found / SLOPE * areas().ravel()).sum() / 1e12
    assert whole == pytest.approx((middle * areas().ravel()).sum() / 1e12, rel=1e-2)


def test_the_year_glows_as_much_as_the_world_produces():
    y, x = everywhere()
    middles = (np.arange(24) + 0.5) * YEAR / 24
    times = np.datetime64("2000-01-01", "ms") + (middles * 86_400_000).astype("timedelta64[ms]")
    total = np.mean([(production(y, x, np.full(y.size, t)) * areas().ravel()).sum() for t in times])
    assert total / 1e12 == pytest.approx(biosphere.LIFE.production, rel=1e-6)


def test_the_brightest_sounding_of_early_afternoon_is_as_bright_as_real_ones():
    y, x = everywhere()
    brightest = 0.0
    for month in range(1, 13):
        noon = np.datetime64(f"2023-{month:02}-15", "ms")
        local = noon + ((13.5 - x / 15.0) * 3_600_000).astype("timedelta64[ms]")
        found = fluorescence(y, x, local, between((y, x), sun(local)))
        brightest = max(brightest, float(found.instant.max()))
    assert brightest == pytest.approx(1.8, abs=0.1)


@given(latitude=st.floats(-65, 65), longitude=st.floats(-180, 180))
def test_a_day_is_the_mean_of_its_instants(latitude, longitude):
    """The oracle is a mean over the hours of the same Sun."""
    hours = np.arange(0.0, 1.0, 1.0 / 144.0) + np.floor(days(JULY))
    height = np.array([cosine_of_sun(np.array(latitude), np.array(longitude), t) for t in hours])
    noon = float(np.rad2deg(np.arccos(height.max())))
    found = at(latitude, longitude, JULY, noon)
    mean = found.instant[0] * height.mean() / height.max()
    assert mean == pytest.approx(found.daily[0], rel=0.02, abs=1e-6)


def test_the_factor_leads_from_the_instant_to_the_day():
    found = at([10.0, 50.0, -20.0], [20.0, 10.0, 25.0])
    assert found.instant * found.factor == pytest.approx(found.daily, rel=1e-12)
    # At noon over the equator of an equinox the daily mean of the cosine is 1 / pi.
    equinox = np.datetime64("2000-01-01", "ms") + np.timedelta64(80 * 86_400_000, "ms")
    assert at(0.0, 20.0, equinox, 0.0).factor[0] == pytest.approx(1.0 / np.pi, rel=1e-9)


def test_nothing_glows_at_night_on_water_on_ice_and_in_deserts():
    assert at(-5.0, 20.0, JULY, 95.0).instant[0] == 0.0
    assert np.isnan(at(-5.0, 20.0, JULY, 95.0).factor[0])
    assert at(-5.0, 20.0, JULY, 95.0).daily[0] > 0.0
    assert not at([0.0, 75.0, -80.0], [-150.0, -40.0, 0.0], JULY, 30.0).instant.any()
    assert at(23.0, 12.0, JULY, 30.0).instant[0] < 0.05 * at(10.0, 12.0, JULY, 30.0).instant[0]


@pytest.mark.parametrize("latitude", [-90.0, 90.0])
@pytest.mark.parametrize("longitude", [-180.0, 180.0, 0.0])
def test_poles_and_edges_have_numbers(latitude, longitude):
    found = at(latitude, longitude)
    assert np.isfinite(found.daily).all()
    assert np.isfinite(found.instant).all()


def test_windows_together_give_fluorescence_at_740_nm():
    assert 0.75 * (WINDOWS["757"] + 1.5 * WINDOWS["771"]) == pytest.approx(WINDOWS["740"])


def test_means_of_days_on_cells_add_up_to_production():
    starts = np.array(["2023-07-15", "2023-07-16"], dtype="datetime64[D]")
    field = fluorescence_grid(MESH, starts, starts + DAY)
    assert field.shape == (2, 23, 36)
    known = soil(MESH) > 0.0
    assert (np.isnan(field) == ~known).all()
    area = np.repeat(MESH.area[:, None], 36, axis=1)
    total = np.nansum(field[0] * soil(MESH) * area) / SLOPE
    nodes = fluxes(MESH).production
    place = (days(np.datetime64("2023-07-15T12:00")) % YEAR) / YEAR * 24 - 0.5
    first, part = int(place), place - int(place)
    expected = ((1 - part) * nodes[first] + part * nodes[first + 1]) * area
    assert total == pytest.approx(expected.sum() * TO_CARBON, rel=1e-9)


def test_a_month_is_the_mean_of_its_days():
    starts = np.arange("2023-03-01", "2023-04-01", dtype="datetime64[D]")
    each = fluorescence_grid(MESH, starts, starts + DAY)
    month = fluorescence_grid(MESH, starts[:1], starts[-1:] + DAY)
    assert month[0] == pytest.approx(each.mean(axis=0), rel=1e-12, nan_ok=True)
