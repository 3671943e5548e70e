"""Carbon Monitor summed over years by country and by sector (OpenClimate's tables).

Two forms: ``emissions_id,actor_id,year,total_emissions,datasource_id`` with the sum of all sectors,
and ``emissions_id,sector_id,emissions_value``; the identifier of both is
``carbon_monitor:<ISO 3166 alpha-2>:<year>``. Values are tonnes of CO2: the 10 493 million of China
in 2019 are its published 10.5 Gt. The last year of a table is that of its release and incomplete,
and a sum over an unknown part of a year is no rate: it keeps its mass, and its rate is missing.
"""

from pathlib import Path

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from casa_ogc.readers.cells import periods
from casa_ogc.readers.emissions import DIMS, ROW_VARIABLES, TOTAL, emission_rows
from casa_ogc.readers.reader import Reader, Source
from casa_ogc.readers.regions import BY_ALPHA2, Region
from casa_ogc.readers.tables import Table, header_of, numbers, read_table, translated
from casa_processes.common.units import convert

_SECTOR = "carbon_monitor:sector:"
_IDENTIFIER = "carbon_monitor:<ISO 3166 alpha-2 of " + ", ".join(BY_ALPHA2) + ">:<year>"


def _load(path: Path) -> xr.Dataset:
    if "sector_id" in header_of(path):
        table = read_table(path, ("emissions_id", "sector_id", "emissions_value"))
        sectors = translated(table, "sector_id", _sector, f"{_SECTOR}<name>")
        mass = numbers(table, "emissions_value")
    else:
        table = read_table(path, ("emissions_id", "total_emissions"))
        sectors = [TOTAL] * table.lines.size
        mass = numbers(table, "total_emissions")
    return _rows(table, sectors, mass)


def _rows(table: Table, sectors: list[str], mass: NDArray[np.float64]) -> xr.Dataset:
    found = translated(table, "emissions_id", _region_and_year, _IDENTIFIER)
    years = np.array([f"{year}-01-01" for _, year in found], dtype="datetime64[ns]")
    complete = years < years.max()
    first, following = periods(years, "Y")
    seconds = (following - first) / np.timedelta64(1, "s")
    rate = np.where(complete, convert(mass, "t", "kg") / seconds, np.nan)
    rows = emission_rows(table.file, [region for region, _ in found], sectors, years)
    return rows.assign(
        mass=("sounding", mass, {"units": "t"}),
        rate=("sounding", rate, {"units": "kg s-1"}),
        complete=("sounding", complete.astype(np.int8)),
    )


def _region_and_year(identifier: str) -> tuple[Region, int]:
    source, country, year = identifier.split(":")
    if source != "carbon_monitor" or not 1900 <= int(year) <= 2200:
        raise ValueError(identifier)
    return BY_ALPHA2[country], int(year)


def _sector(identifier: str) -> str:
    name = identifier.removeprefix(_SECTOR)
    if name in ("", TOTAL, identifier):
        raise ValueError(identifier)
    return name


READER = Reader(
    files=("carbon_monitor_Emissions*.csv",),
    kind="soundings",
    product="carbon-monitor-annual",
    title="Annual CO2 emissions of Carbon Monitor",
    dims=DIMS,
    variables={
        **ROW_VARIABLES,
        "co2_emission_mass": Source("mass", units="t"),
        "co2_emission_rate": Source("rate", units="kg s-1"),
        "period_complete": Source("complete"),
    },
    attributes={
        "references": "https://doi.org/10.1038/s41597-020-00708-7",
        "licence": "Carbon Monitor fair use",
        "time_resolution": "P1Y",
    },
    load=_load,
    tested_on_genuine=True,
)
