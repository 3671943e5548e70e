"""Carbon Monitor: dates, units, overlapping labels, and years that are not over."""

import csv
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from casa_ogc.readers.read import read
from casa_ogc.readers.regions import BY_ALPHA2
from casa_processes.common.errors import FileContentError
from tests.readers.tables_b import (
    ANNUAL_HEADER,
    PARTITION,
    SECTOR_HEADER,
    SECTORS,
    annual_lines,
    daily_lines,
    sector_lines,
    table,
)

DAILY = "carbonmonitor-global_datas_2023-01-09.csv"
DAILY_HEADER = "country,date,sector,value,timestamp"
TOTALS, BY_SECTOR = "carbon_monitor_EmissionsAgg.csv", "carbon_monitor_EmissionsBySector.csv"
MT_PER_DAY = 1e9 / 86400


def daily(folder: Path, lines: list[str] | None = None) -> xr.Dataset:
    return read(table(folder, DAILY, DAILY_HEADER, lines or daily_lines()))[1]


def test_dates_are_day_month_year(tmp_path: Path) -> None:
    dates = np.unique(daily(tmp_path)["time"].values.astype("datetime64[D]"))
    assert dates.astype(str).tolist() == ["2020-04-03", "2020-04-04"]


@pytest.mark.parametrize("date", ["04/13/2020", "2020-04-03", "3 April 2020", ""])
def test_another_date_is_refused_with_its_line(tmp_path: Path, date: str) -> None:
    lines = daily_lines()
    lines[3] = lines[3].replace("03/04/2020", date)
    with pytest.raises(FileContentError, match=r"line 5, column date: expected a date DD/MM/YYYY"):
        daily(tmp_path, lines)


def test_megatonnes_per_day_become_kilograms_per_second(tmp_path: Path) -> None:
    dataset = daily(tmp_path)
    row = dataset["sounding_id"].values.tolist().index("CHN:Power:2020-04-03")
    assert float(dataset["co2_emission_rate"][row]) == pytest.approx(30 * MT_PER_DAY, rel=1e-6)
    assert dataset["co2_emission_rate"].attrs["units"] == "kg s-1"
    assert dataset.attrs["time_resolution"] == "P1D"
    assert dataset.attrs["product"] == "carbon-monitor-daily"


def test_the_partition_adds_up_to_the_world(tmp_path: Path) -> None:
    dataset = daily(tmp_path)
    rate = dataset["co2_emission_rate"].values.astype(np.float64)
    parts = rate[dataset["partition"].values == 1].sum()
    world = rate[dataset["region_kind"].values == "world"].sum()
    assert parts == pytest.approx(world, rel=1e-6)
    assert rate.sum() > 2 * world


def test_members_of_a_group_and_the_world_are_no_part(tmp_path: Path) -> None:
    dataset = daily(tmp_path)
    within = set(dataset["region"].values[dataset["partition"].values == 1].tolist())
    assert within == {"BRA", "CHN", "EU27&UK", "IND", "JPN", "ROW", "RUS", "USA"}
    others = set(dataset["region"].values[dataset["partition"].values == 0].tolist())
    assert others == {"FRA", "DEU", "ITA", "ESP", "GBR", "WORLD"}


def test_without_the_group_its_members_are_parts(tmp_path: Path) -> None:
    lines = [x for x in daily_lines() if not x.startswith(("EU27", "WORLD"))]
    dataset = daily(tmp_path, lines)
    assert dataset["partition"].values.tolist() == [1] * len(lines)


def test_a_world_that_is_not_the_sum_of_its_parts_is_refused(tmp_path: Path) -> None:
    lines = daily_lines(world={"WORLD": sum(PARTITION.values()) + 0.01})
    with pytest.raises(FileContentError, match=r"2020-04-0[34] (Power|Industry).*sum of its parts"):
        daily(tmp_path, lines)


def test_the_rounding_of_the_genuine_tables_is_accepted(tmp_path: Path) -> None:
    lines = daily_lines(world={"WORLD": sum(PARTITION.values()) + 1.4e-4})
    assert daily(tmp_path, lines).sizes["sounding"] == len(lines)


def test_world_and_rest_stand_where_no_country_is(tmp_path: Path) -> None:
    dataset = daily(tmp_path)
    away = np.isin(dataset["region_kind"].values, ["world", "rest"])
    assert set(dataset["latitude"].values[away].tolist()) == {-90.0}
    assert (dataset["latitude"].values[~away] > -60).all()
    assert not np.isnan(dataset["longitude"].values).any()


def test_identifiers_name_region_sector_and_date(tmp_path: Path) -> None:
    dataset = daily(tmp_path)
    assert dataset["sounding_id"].values[0] == "BRA:Power:2020-04-03"
    assert set(dataset["sector"].values.tolist()) == set(SECTORS)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("China,", "Middle-earth,", "line 3, column country.*labels Brazil.*'Middle-earth'"),
        (",30.0,", ",thirty,", "line 3, column value.*'thirty'"),
        (",30.0,", ",,", "line 3, column value.*''"),
        ("Power,30.0,1585872000", "Power,30.0", "line 3: expected 5 values, found 4"),
    ],
)
def test_rows_that_cannot_be_read_are_named(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    lines = daily_lines()
    lines[1] = lines[1].replace(old, new)
    with pytest.raises(FileContentError, match=message):
        daily(tmp_path, lines)


def test_a_row_that_occurs_twice_is_refused(tmp_path: Path) -> None:
    lines = daily_lines()
    with pytest.raises(FileContentError, match=r"one row per.*two BRA:Power:2020-04-03"):
        daily(tmp_path, [*lines, lines[0]])


def test_annual_sums_are_tonnes(tmp_path: Path) -> None:
    reader, dataset = read(table(tmp_path, TOTALS, ANNUAL_HEADER, annual_lines()))
    assert reader.product == "carbon-monitor-annual"
    row = dataset["sounding_id"].values.tolist().index("CHN:Total:2020-01-01")
    assert float(dataset["co2_emission_mass"][row]) == pytest.approx(10_000_002_020e3, rel=1e-6)
    assert dataset.attrs["time_resolution"] == "P1Y"


def test_a_rate_is_the_sum_over_the_length_of_its_own_year(tmp_path: Path) -> None:
    _, dataset = read(table(tmp_path, TOTALS, ANNUAL_HEADER, annual_lines()))
    seconds = dataset["co2_emission_mass"].values / dataset["co2_emission_rate"].values
    np.testing.assert_allclose(seconds[:2] / 86400, [365, 366], rtol=1e-6)


def test_the_last_year_is_incomplete_and_has_no_rate(tmp_path: Path) -> None:
    _, dataset = read(table(tmp_path, TOTALS, ANNUAL_HEADER, annual_lines()))
    assert dataset["period_complete"].values.tolist() == [1, 1, 0, 1, 1, 0]
    assert np.isnan(dataset["co2_emission_rate"].values).tolist() == [False, False, True] * 2
    assert not np.isnan(dataset["co2_emission_mass"].values).any()


def test_sums_over_sectors_are_no_part_and_sectors_are(tmp_path: Path) -> None:
    _, totals = read(table(tmp_path, TOTALS, ANNUAL_HEADER, annual_lines()))
    _, sectors = read(table(tmp_path, BY_SECTOR, SECTOR_HEADER, sector_lines()))
    assert set(totals["partition"].values.tolist()) == {0}
    assert set(sectors["partition"].values.tolist()) == {1}
    both = set(totals["sounding_id"].values) & set(sectors["sounding_id"].values)
    assert not both


@pytest.mark.parametrize(
    "identifier", ["carbon_monitor:XX:2019", "other:CN:2019", "carbon_monitor:CN:soon", "CN"]
)
def test_an_identifier_that_is_not_known_is_refused(tmp_path: Path, identifier: str) -> None:
    lines = annual_lines()
    lines[2] = lines[2].replace("carbon_monitor:CN:2021", identifier, 1)
    with pytest.raises(FileContentError, match=f"line 4, column emissions_id.*'{identifier}'"):
        read(table(tmp_path, TOTALS, ANNUAL_HEADER, lines))


def test_a_sector_without_its_namespace_is_refused(tmp_path: Path) -> None:
    lines = [line.replace("carbon_monitor:sector:Power", "Power") for line in sector_lines()]
    with pytest.raises(FileContentError, match=r"line 2, column sector_id.*'Power'"):
        read(table(tmp_path, BY_SECTOR, SECTOR_HEADER, lines))


@pytest.mark.realdata
def test_genuine_sectors_add_up_to_the_genuine_totals(realdata: Path) -> None:
    _, totals = read(realdata / "flux" / TOTALS)
    _, sectors = read(realdata / "flux" / BY_SECTOR)
    assert (totals.sizes["sounding"], sectors.sizes["sounding"]) == (44, 264)
    years = sectors["time"].values
    for region, time, mass in zip(
        totals["region"].values,
        totals["time"].values,
        totals["co2_emission_mass"].values.astype(np.float64),
        strict=True,
    ):
        rows = (sectors["region"].values == region) & (years == time)
        assert rows.sum() == 6
        parts = sectors["co2_emission_mass"].values[rows].astype(np.float64).sum()
        assert parts == pytest.approx(mass, rel=1e-6)


@pytest.mark.realdata
def test_genuine_values_are_tonnes_of_carbon_dioxide(realdata: Path) -> None:
    """National totals of 2019 are those of the Global Carbon Budget for 2018 within 12 percent.

    Bunkers are in Carbon Monitor and not in the budget; a factor of 3.664 (carbon) or 1000 (units)
    would not fit any country.
    """
    _, dataset = read(realdata / "flux" / TOTALS)
    with (realdata / "flux" / "territorial-emissions.csv").open() as stream:
        budget = {
            row["Code"]: float(row["Emissions"]) * 1e9 * 44.009 / 12.011
            for row in csv.DictReader(stream)
            if row["Year"] == "2018" and row["Emissions"]
        }
    year = dataset["time"].values == np.datetime64("2019-01-01")
    masses = dict(
        zip(
            dataset["region"].values[year].tolist(),
            dataset["co2_emission_mass"].values[year].tolist(),
            strict=True,
        )
    )
    assert set(masses) == {region.code for region in BY_ALPHA2.values()}
    for code, mass in masses.items():
        assert mass == pytest.approx(budget[code], rel=0.12), code
    assert masses["CHN"] == pytest.approx(10_492_997_819e3, rel=1e-6)


@pytest.mark.realdata
def test_the_genuine_release_of_december_2022_leaves_2022_incomplete(realdata: Path) -> None:
    _, dataset = read(realdata / "flux" / TOTALS)
    incomplete = dataset["time"].values[dataset["period_complete"].values == 0]
    assert set(incomplete.astype("datetime64[Y]").astype(str).tolist()) == {"2022"}
