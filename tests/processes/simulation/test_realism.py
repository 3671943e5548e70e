"""A year of the synthetic world looks like the Earth's: gates on seasons, gradients and growth."""

import h5netcdf
import numpy as np
import pytest

from casa_processes.simulation.nature import at_stations, co2, column, held, simulated
from casa_processes.simulation.start import growth, start
from casa_processes.simulation.stations import STATIONS
from casa_processes.simulation.world import DAY, STANDARD, World
from tests.processes.simulation.cycles import away, cycle, monthly

pytestmark = pytest.mark.slow
CODES = [each.code for each in STATIONS]
TCCON_DAY, HARWELL = np.datetime64("2023-04-02"), (51.57, -1.32)


def cell(mesh, latitude, longitude):
    """Row and column of the cell that a place is in."""
    return (
        np.searchsorted(mesh.latitude_edges, latitude) - 1,
        np.searchsorted(mesh.longitude_edges, longitude) - 1,
    )


@pytest.fixture(scope="module")
def year():
    """Daily series of stations, zonal means of XCO2, and the books of mass, of 2023."""
    here = World(STANDARD)
    state = start(here, 2023)
    before, series, zonal, emitted = held(here, state), [], [], 0.0
    weight = here.area / here.area.sum()
    means = []
    for day in simulated(here, state, np.datetime64("2024-01-01")):
        fractions = co2(day)
        series.append(at_stations(here, fractions))
        columns = column(here, fractions)
        zonal.append(columns.mean(axis=1))
        means.append((columns * weight).sum())
        if day.date == TCCON_DAY:
            harwell = columns[tuple(cell(here.mesh, *HARWELL))]
        emitted = emitted + (day.fluxes * here.area).sum(axis=(1, 2)) * DAY
        state = day.state
    return {
        "years": (np.arange(len(series)) + 0.5) / 365.25,
        "stations": np.array(series),
        "zonal": np.array(zonal),
        "means": np.array(means),
        "emitted": emitted,
        "gained": held(here, state) - before,
        "growth": growth(here),
        "latitude": here.mesh.latitude,
        "last": state.parts,
        "harwell": float(harwell),
    }


@pytest.fixture(scope="module")
def seasons(year):
    return {
        code: cycle(year["years"], year["stations"][:, number], year["growth"])
        for number, code in enumerate(CODES)
    }


def test_mauna_loa_has_the_season_of_the_genuine_one(seasons):
    found = seasons["MLO"]
    assert 6.2 <= found.amplitude <= 7.6
    assert away(found.highest, 134) <= 15
    assert away(found.lowest, 272) <= 15


def test_samoa_has_the_small_season_of_the_tropical_south(seasons):
    assert seasons["SMO"].amplitude == pytest.approx(1.2, abs=0.6)


@pytest.mark.parametrize("code", ["SPO", "CGO"])
def test_the_far_south_has_the_season_of_the_genuine_stations(seasons, code):
    found = seasons[code]
    assert 0.8 <= found.amplitude <= 1.8
    assert min(away(found.highest, 256), away(found.highest, 259)) <= 30
    assert min(away(found.lowest, 79), away(found.lowest, 92)) <= 30


def test_barrow_has_the_large_season_of_the_north(seasons):
    assert 13 <= seasons["BRW"].amplitude <= 18
    assert 210 <= seasons["BRW"].lowest <= 250


def test_mauna_loa_is_above_the_south_pole_as_it_is_on_earth(seasons):
    assert 2.0 <= seasons["MLO"].level - seasons["SPO"].level <= 4.0


def test_the_air_gains_what_the_earth_s_does(year):
    # From the first of January to the last of December the season has come round.
    found = (year["means"][-1] - year["means"][0]) / 364 * 365.25
    assert found == pytest.approx(year["growth"], abs=0.1)
    assert 2.0 <= year["growth"] <= 2.6


def test_no_carbon_is_lost_in_a_year(year):
    error = np.abs(year["gained"] - year["emitted"])
    assert (error <= 1e-12 * np.abs(year["emitted"]).sum()).all()


def test_columns_swing_less_than_the_ground_and_more_in_the_north(year):
    swings = {
        south: cycle(
            year["years"],
            year["zonal"][:, np.argmin(np.abs(year["latitude"] - south))],
            year["growth"],
        ).amplitude
        for south in (-40, 20, 48)
    }
    assert 6 < swings[48] < 12
    assert 4 < swings[20] < swings[48]
    assert swings[-40] < 2


def test_no_value_is_missing_or_impossible(year):
    assert np.isfinite(year["last"]).all()
    assert 380 < year["stations"].min() < year["stations"].max() < 480


@pytest.mark.realdata
def test_the_column_over_harwell_is_near_that_of_the_genuine_day(year, realdata):
    with h5netcdf.File(realdata / "tccon" / "hw20230402_20230402.public.qc.nc") as file:
        genuine = float(np.median(file["xco2_x2019"][:]))
    assert 415 < genuine < 430
    assert year["harwell"] == pytest.approx(genuine, abs=2.5)


@pytest.mark.realdata
def test_mauna_loa_has_the_level_of_the_genuine_one(year, realdata):
    path = realdata / "surface" / "co2_mlo_surface-insitu_1_ccgg_MonthlyData.txt"
    genuine = monthly(path, 2023)
    ours = year["stations"][:, CODES.index("MLO")]
    months = np.array([part.mean() for part in np.array_split(ours, 12)])
    # The summit could not be reached for half a year: lava had crossed the road.
    known = np.isfinite(genuine)
    assert known.size == 12
    assert known.sum() >= 5
    assert np.corrcoef(months[known], genuine[known])[0, 1] > 0.9
    assert np.abs(months - genuine)[known].max() < 3.0
