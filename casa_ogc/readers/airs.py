"""AIRS mid-tropospheric CO2 as a table of text: one retrieval a line, with its date only.

The columns are ``year, month, day, lon, lat, co2avgret, co2std``; the file may be compressed with
gzip. ``co2avgret`` is the average of 2 x 2 adjacent retrievals, sensitive at 6 to 10 km, and no
column average. The stamp is the start of the day.
"""

from pathlib import Path

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from casa_ogc.readers.reader import Reader, Source
from casa_ogc.readers.tables import Table, numbers, read_table
from casa_processes.common.errors import FileContentError

_COLUMNS = ("year", "month", "day", "lon", "lat", "co2avgret", "co2std")


def _load(path: Path) -> xr.Dataset:
    table = read_table(path, _COLUMNS)
    days = _days(table)
    co2 = {"units": "ppm"}
    return xr.Dataset(
        {
            "sounding_id": ("sounding", _identifiers(days)),
            "time": ("sounding", days.astype("datetime64[ns]")),
            "lat": ("sounding", numbers(table, "lat"), {"units": "degrees_north"}),
            "lon": ("sounding", numbers(table, "lon"), {"units": "degrees_east"}),
            "co2avgret": ("sounding", numbers(table, "co2avgret"), co2),
            "co2std": ("sounding", numbers(table, "co2std"), co2),
        }
    )


def _days(table: Table) -> NDArray[np.datetime64]:
    """Dates of all rows; year, month and day must be a day of the calendar."""
    year, month, day = (numbers(table, name) for name in ("year", "month", "day"))
    first = _months(year, month)
    days: NDArray[np.datetime64] = first.astype("datetime64[D]") + (day - 1).astype(
        "timedelta64[D]"
    )
    fits = (month == np.rint(month)) & (month >= 1) & (month <= 12) & (day == np.rint(day))
    fits &= (year == np.rint(year)) & (days.astype("datetime64[M]") == first) & (day >= 1)
    if not fits.all():
        row = int(np.argmin(fits))
        found = "-".join(str(table.columns[name][row]) for name in ("year", "month", "day"))
        where = f"line {table.lines[row]}"
        raise FileContentError(table.file, where, "a day of the calendar", found)
    return days


def _months(year: NDArray[np.float64], month: NDArray[np.float64]) -> NDArray[np.datetime64]:
    count = np.clip((year - 1970) * 12 + month - 1, -12_000, 12_000)
    return count.astype(np.int64).astype("datetime64[M]")


def _identifiers(days: NDArray[np.datetime64]) -> NDArray[np.str_]:
    """Date and number of each row within its day, from 1: retrievals have no name of their own."""
    order = np.argsort(days, kind="stable")
    first = np.searchsorted(days[order], days[order], side="left")
    number = np.empty(days.size, dtype=np.int64)
    number[order] = np.arange(days.size) - first + 1
    dates = np.datetime_as_string(days, unit="D").tolist()
    return np.array(
        [f"{date.replace('-', '')}-{i:05d}" for date, i in zip(dates, number.tolist(), strict=True)]
    )


READER = Reader(
    files=("AIRS_*.csv", "AIRS_*.csv.gz"),
    kind="soundings",
    product="airs-co2",
    title="AIRS mid-tropospheric CO2 (table)",
    dims={"sounding": "sounding"},
    variables={
        "sounding_id": Source("sounding_id"),
        "time": Source("time"),
        "latitude": Source("lat", units="degrees_north"),
        "longitude": Source("lon", units="degrees_east"),
        "co2_mid_troposphere": Source("co2avgret", units="ppm"),
        "co2_mid_troposphere_uncertainty": Source("co2std", units="ppm"),
    },
    attributes={
        "mission": "Aqua",
        "instrument": "AIRS",
        "product_version": "V005",
        "references": "https://doi.org/10.1029/2008GL035022",
        "licence": "NASA open data",
        "time_resolution": "P1D",
    },
    load=_load,
    tested_on_genuine=True,
)
