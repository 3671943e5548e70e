"""AIRS mid-tropospheric CO2 as a table of text: one retrieval a line, with its date only.

The columns are ``year, month, day, lon, lat, co2avgret, co2std``; the file may be compressed with
gzip. ``co2avgret`` is the average of 2 x 2 adjacent retrievals, sensitive at 6 to 10 km, and no
column average. The stamp is the start of the day.
"""

from collections import Counter
from pathlib import Path

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from casa_ogc.readers.reader import Reader, Source
from casa_ogc.readers.tables import Table, numbers, read_table
from casa_processes.common.errors import FileContentError

_COLUMNS = ("year", "month", "day", "lon", "lat", "co2avgret", "co2std")
_FILL = (-9999.0,)


def _load(path: Path) -> xr.Dataset:
    table = read_table(path, _COLUMNS)
    days = _days(table)
    co2 = {"units": "ppm"}
    return xr.Dataset(
        {
            "sounding_id": ("sounding", _identifiers(days, table)),
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


def _identifiers(days: NDArray[np.datetime64], table: Table) -> NDArray[np.str_]:
    """Date and place of each row, as retrievals have no name of their own.

    Rows of one day and place are numbered from 2 in the order of their values, so that any other
    table with the same rows gives them the same identifiers.
    """
    latitude, longitude, co2 = (numbers(table, name) for name in ("lat", "lon", "co2avgret"))
    dates = np.char.replace(np.datetime_as_string(days, unit="D"), "-", "")
    places = zip(dates.tolist(), latitude.tolist(), longitude.tolist(), strict=True)
    names = [f"{date}{y:+07.3f}{x:+08.3f}" for date, y, x in places]
    order = np.lexsort((co2, np.array(names)))
    seen: Counter[str] = Counter()
    for row in order.tolist():
        name = names[row]
        seen[name] += 1
        if seen[name] > 1:
            names[row] = f"{name}-{seen[name]}"
    return np.array(names)


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
        "co2_mid_troposphere": Source("co2avgret", units="ppm", fill=_FILL),
        "co2_mid_troposphere_uncertainty": Source("co2std", units="ppm", fill=_FILL),
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
