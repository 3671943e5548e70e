"""The synthetic world beside genuine records: CarbonTracker, nations, NOAA stations, TCCON."""

import csv

import h5netcdf
import numpy as np
import pytest

from casa_processes.simulation import biosphere, fires, fossil, ocean
from casa_processes.simulation.climate import YEAR
from casa_processes.simulation.geography import areas
from casa_processes.simulation.start import LEVEL, LEVEL_YEAR, NET
from tests.processes.simulation.cycles import away, cycle, record

pytestmark = pytest.mark.realdata
MONTHS = (np.arange(12) + 0.5) * YEAR / 12
CODES = {
    "CHN": "China",
    "USA": "United States of America",
    "IND": "India",
    "RUS": "Russia",
    "JPN": "Japan",
    "DEU": "Germany",
    "BRA": "Brazil",
    "ZAF": "South Africa",
    "AUS": "Australia",
    "GBR": "United Kingdom",
    "TWN": "Taiwan",
    "UZB": "Uzbekistan",
}


@pytest.fixture(scope="module")
def tracker(realdata):
    """Zonal fluxes of CarbonTracker 2019B, mean months of ten years.  [PgC a-1 degree-1]"""
    with h5netcdf.File(realdata / "flux" / "CT2019B_fluxes_za_ts_monthly.nc") as file:
        return {
            name: file[f"SFCO2_{name}"][:].reshape(-1, 12, 180)[-10:].mean(axis=0)
            for name in ("LND", "OCN", "FFF")
        }


def zonal(emission):
    """Sum along parallels in each month.  [PgC a-1 degree-1], shape (12, 180)"""
    return np.array([(emission(day) * areas()).sum(axis=1) for day in MONTHS]) / 1e12


def band(field, south, north):
    return field[:, 90 + south : 90 + north].sum(axis=1)


def test_totals_are_those_of_carbontracker(tracker):
    ours = {
        "FFF": zonal(fossil.emission).mean(axis=0).sum(),
        "OCN": zonal(ocean.exchange).mean(axis=0).sum(),
    }
    theirs = {name: tracker[name].mean(axis=0).sum() for name in tracker}
    assert ours["FFF"] == pytest.approx(theirs["FFF"], rel=0.05)
    assert ours["OCN"] == pytest.approx(theirs["OCN"], abs=0.8)
    assert sum(theirs.values()) == pytest.approx(NET, abs=0.5)


def test_fossil_emissions_have_the_latitudes_of_carbontracker(tracker):
    ours, theirs = zonal(fossil.emission), tracker["FFF"]
    for south, north in ((-90, 0), (0, 30), (30, 45), (45, 90)):
        expected = band(theirs, south, north).mean()
        assert band(ours, south, north).mean() == pytest.approx(expected, abs=0.45)


@pytest.mark.parametrize(
    ("south", "north", "most"), [(30, 40, 2.8), (40, 50, 1.6), (50, 60, 1.25), (60, 90, 1.35)]
)
def test_northern_land_has_the_seasons_of_carbontracker_made_larger(tracker, south, north, most):
    """The swing is larger, by up to `most`: these winds weaken what reaches Mauna Loa."""
    ours = band(zonal(lambda day: biosphere.exchange(day).net + fires.emission(day)), south, north)
    theirs = band(tracker["LND"], south, north)
    assert np.corrcoef(ours, theirs)[0, 1] > 0.9
    assert 1.0 < np.ptp(ours) / np.ptp(theirs) < most
    assert abs(int(np.argmin(ours)) - int(np.argmin(theirs))) <= 1


def test_southern_land_has_the_small_season_of_carbontracker(tracker):
    ours = band(zonal(lambda day: biosphere.exchange(day).net + fires.emission(day)), -60, -30)
    theirs = band(tracker["LND"], -60, -30)
    assert np.corrcoef(ours, theirs)[0, 1] > 0.9
    assert np.ptp(ours) == pytest.approx(np.ptp(theirs), rel=0.2)


def test_the_southern_tropics_take_up_carbon_early_in_the_year_as_in_carbontracker(tracker):
    ours = band(zonal(lambda day: biosphere.exchange(day).net + fires.emission(day)), -30, -10)
    theirs = band(tracker["LND"], -30, -10)
    assert np.corrcoef(ours, theirs)[0, 1] > 0.5


def test_nations_emit_what_the_carbon_budget_says(realdata):
    with (realdata / "flux" / "territorial-emissions.csv").open(encoding="utf-8") as file:
        rows = {
            row["Code"]: float(row["Emissions"])
            for row in csv.DictReader(file)
            if row["Year"] == "2018"
        }
    for code, name in CODES.items():
        assert fossil.COUNTRIES[name] == pytest.approx(rows[code], rel=0.015)
    assert pytest.approx(rows["Bunkers"], rel=0.01) == fossil.BUNKERS
    assert pytest.approx(rows["World"], rel=0.01) == fossil.TOTAL


@pytest.mark.parametrize(
    ("code", "amplitude", "highest", "lowest"),
    [("mlo", 6.9, 134, 272), ("smo", 1.2, None, 277)],
)
def test_genuine_stations_have_the_seasons_that_the_gates_ask_for(
    realdata, code, amplitude, highest, lowest
):
    t, v = record(realdata / "surface" / f"co2_{code}_surface-insitu_1_ccgg_MonthlyData.txt")
    found = cycle(t[t >= 2005], v[t >= 2005])
    assert found.amplitude == pytest.approx(amplitude, abs=0.1)
    assert away(found.lowest, lowest) <= 2
    assert highest is None or away(found.highest, highest) <= 2


def test_the_far_south_has_the_seasons_that_the_gates_ask_for(realdata):
    lines = (realdata / "flux" / "SO_CO2_monthly.txt").read_text().splitlines()
    names, rows = lines[0].split(), [line.split() for line in lines[1:]]
    t = np.array([float(row[0]) + (float(row[1]) - 0.5) / 12 for row in rows])
    for name, amplitude, lowest in (("SPO_NOAA_insitu", 1.23, 79), ("CGO_NOAA_flask", 1.13, 92)):
        column = names.index(name)
        v = np.array([float(row[column]) if row[column] != "NA" else np.nan for row in rows])
        found = cycle(t, v)
        assert found.amplitude == pytest.approx(amplitude, abs=0.05)
        assert min(away(found.highest, 256), away(found.highest, 259)) <= 6
        assert away(found.lowest, lowest) <= 2


def test_the_level_of_the_world_is_that_of_mauna_loa(realdata):
    t, v = record(realdata / "surface" / "co2_mlo_surface-insitu_1_ccgg_MonthlyData.txt")
    year = np.nanmean(v[(t >= LEVEL_YEAR - 0.5) & (t < LEVEL_YEAR + 0.5)])
    # The globe lies below the summit in the northern tropics.
    assert pytest.approx(year, abs=3.0) == LEVEL
