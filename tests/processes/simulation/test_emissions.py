"""Daily emissions of nations: sums, weeks, holidays, and what is told of errors."""

import numpy as np
import pytest

from casa_processes.common.errors import InvalidValueError
from casa_processes.simulation import fossil
from casa_processes.simulation.emissions import (
    BUNKERS,
    CODES,
    REST,
    SECTORS,
    UNCERTAINTY,
    WORLD,
    daily_rates,
    national_emissions,
    yearly_rates,
)
from casa_processes.simulation.geography import areas, geography
from casa_processes.simulation.holidays import moon_year, new_moon, resting, weekend

YEAR_SECONDS = 365.25 * 86_400
TO_CO2 = 44.009 / 12.011
CHINA, STATES = list(CODES).index("China"), list(CODES).index("United States of America")
POWER, GROUND, HOMES = (SECTORS.index(x) for x in ("Power", "Ground Transport", "Residential"))


def dates_of(year):
    return np.arange(f"{year}-01-01", f"{year + 1}-01-01", dtype="datetime64[D]")


@pytest.fixture(scope="module")
def rates():
    return daily_rates(dates_of(2023), 0)


@pytest.fixture(scope="module")
def table():
    return national_emissions(np.datetime64("2023-01-20"), np.datetime64("2023-01-29"), 0)


@pytest.mark.parametrize("year", [2023, 2024])
def test_each_nation_emits_in_a_year_what_the_world_has_it_emit(year):
    """The oracle sums the map of the world's fluxes over the cells of each nation."""
    mean = daily_rates(dates_of(year), 3).mean(axis=0).sum(axis=1)
    for number, name in enumerate(CODES):
        cells = (fossil.yearly() * areas())[geography().within(name)].sum()
        assert mean[number] == pytest.approx(cells * TO_CO2 / YEAR_SECONDS, rel=1e-12), name


def test_all_regions_together_emit_what_the_world_emits(rates):
    world = (fossil.yearly() * areas()).sum() * TO_CO2 / YEAR_SECONDS
    assert rates.mean(axis=0).sum() == pytest.approx(world, rel=1e-12)


def test_the_nations_are_those_of_the_world_with_codes_of_their_own():
    assert list(CODES) == list(fossil.COUNTRIES)
    assert len(set(CODES.values())) == len(CODES)
    assert all(len(code) == 3 and code.isupper() for code in CODES.values())


def test_sectors_share_what_a_nation_emits():
    shares = yearly_rates()[:-1] / yearly_rates()[:-1].sum(axis=1, keepdims=True)
    assert shares[:, POWER].min() > 0.25
    assert (shares.std(axis=0) > 0.0).all()
    ships = yearly_rates()[-1]
    assert ships.sum() == pytest.approx(fossil.BUNKERS * 1e9 * TO_CO2 / YEAR_SECONDS, rel=1e-12)
    assert (ships[: SECTORS.index("Aviation")] == 0.0).all()


def test_a_part_of_a_year_is_that_part_of_the_whole(rates):
    dates = dates_of(2023)
    some = daily_rates(dates[40:60], 0)
    assert some.tobytes() == rates[40:60].tobytes()
    across = daily_rates(np.arange("2022-12-25", "2023-01-05", dtype="datetime64[D]"), 0)
    assert across[7:].tobytes() == rates[:4].tobytes()


def test_another_seed_gives_other_days_and_the_same_year(rates):
    other = daily_rates(dates_of(2023), 1)
    assert np.abs(other / np.where(rates > 0, rates, 1.0) - 1.0)[:, CHINA].max() > 0.05
    assert other.mean(axis=0) == pytest.approx(rates.mean(axis=0), rel=1e-12)


def test_fewer_people_drive_at_the_end_of_the_week(rates):
    ends = np.isin((dates_of(2023) - np.datetime64("2023-01-07")).astype(int) % 7, (0, 1))
    ratio = rates[ends, STATES, GROUND].mean() / rates[~ends, STATES, GROUND].mean()
    assert ratio == pytest.approx(0.85, abs=0.01)


def test_the_week_of_some_nations_ends_with_friday():
    friday = np.array(["2023-06-02"], dtype="datetime64[D]")
    days = friday + np.arange(3)
    assert weekend("Saudi Arabia", days).tolist() == [True, True, False]
    assert weekend("China", days).tolist() == [False, True, True]


def test_homes_are_heated_in_the_winter_of_their_hemisphere(rates):
    january, july = slice(0, 31), slice(181, 212)
    north, south = CHINA, list(CODES).index("Australia")
    assert rates[january, north, HOMES].mean() > 2.0 * rates[july, north, HOMES].mean()
    assert rates[january, south, HOMES].mean() < 0.6 * rates[july, south, HOMES].mean()


def test_china_rests_at_the_new_year_of_the_moon(rates):
    """Days of rest compared with the same days of the week two and three weeks before."""
    rest, before = rates[21:28, CHINA, GROUND].mean(), rates[0:14, CHINA, GROUND].mean()
    assert rest / before == pytest.approx(0.70, abs=0.03)
    states = rates[21:28, STATES, GROUND].mean() / rates[1:15, STATES, GROUND].mean()
    assert states == pytest.approx(1.0, abs=0.05)


@pytest.mark.parametrize(
    "date",
    [
        "2000-02-05",
        "2004-01-22",
        "2007-02-18",
        "2015-02-19",
        "2019-02-05",
        "2021-02-12",
        "2022-02-01",
        "2023-01-22",
        "2024-02-10",
        "2025-01-29",
        "2026-02-17",
    ],
)
def test_the_new_year_of_the_moon_is_that_of_the_calendar(date):
    assert str(moon_year(int(date[:4]))) == date


@pytest.mark.parametrize(
    ("number", "instant"),
    [
        # Total or annular eclipses of the Sun, whose greatest phase is near the new moon.
        (195, "2015-10-13T00:06"),
        (218, "2017-08-21T18:30"),
        (300, "2024-04-08T18:21"),
    ],
)
def test_new_moons_are_at_their_time(number, instant):
    wrong = (new_moon(number) - np.datetime64(instant)) / np.timedelta64(1, "m")
    assert abs(wrong) < 30.0


def test_holidays_fade_and_others_have_none():
    dates = np.arange("2023-01-19", "2023-02-10", dtype="datetime64[D]")
    free = resting("China", dates)
    assert free[:2].tolist() == [0.0, 0.0]
    assert free[2:10] == pytest.approx(np.ones(8))
    assert (np.diff(free[9:]) <= 0.0).all()
    assert free[-1] == 0.0
    assert not resting("India", dates).any()
    assert resting("Germany", np.array(["2023-12-24", "2024-01-01", "2024-01-02"], "M8[D]")).tolist(
    ) == [1.0, 1.0, 0.0]  # fmt: skip


def test_rows_are_those_of_days_regions_and_sectors(table):
    regions, sectors = len(CODES) + 3, len(SECTORS)
    none = sectors - 2  # ships and aircraft burn nothing in homes, streets, plants and factories
    assert table.sizes["sounding"] == 10 * (regions * sectors - none)
    assert np.unique(table["sounding_id"].values).size == table.sizes["sounding"]
    assert all(str(each).startswith("synthetic-") for each in table["sounding_id"].values)
    assert set(table["region"].values) == {*CODES.values(), REST, BUNKERS, WORLD}
    assert table.attrs["synthetic"] == "true"
    assert table.attrs["title"].startswith("Synthetic ")
    assert (table["co2_emission_rate"].values > 0.0).all()


def test_rows_of_the_partition_add_up_to_the_world(table):
    for sector in SECTORS:
        rows = table["sector"].values == sector
        part = table["partition"].values == 1
        assert set(table["region"].values[~part]) == {WORLD}
        for date in np.unique(table["time"].values):
            here = rows & (table["time"].values == date)
            emission = table["co2_emission_rate"].values.astype(np.float64)
            assert emission[here & part].sum() == pytest.approx(emission[here & ~part][0], rel=1e-6)


def test_uncertainties_are_those_of_sectors_and_smaller_for_the_world(table):
    share = (table["co2_emission_rate_uncertainty"] / table["co2_emission_rate"]).values
    for sector, expected in zip(SECTORS, UNCERTAINTY, strict=True):
        rows = table["sector"].values == sector
        world = table["region"].values == WORLD
        assert share[rows & ~world] == pytest.approx(expected, rel=1e-5)
        assert 0.15 * expected < share[rows & world].max() < expected


def test_a_nation_stands_where_it_emits_most(table):
    y, x = table["latitude"].values, table["longitude"].values
    for name, code in CODES.items():
        rows = table["region"].values == code
        row, column = int(np.floor(y[rows][0] + 90)), int(np.floor(x[rows][0] + 180))
        within = geography().within(name)
        assert within[row, column], name
        assert fossil.yearly()[row, column] == fossil.yearly()[within].max()


def test_days_in_the_wrong_order_are_refused():
    with pytest.raises(InvalidValueError, match="2023-01-02"):
        national_emissions(np.datetime64("2023-01-02"), np.datetime64("2023-01-01"))
