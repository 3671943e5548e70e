"""Carbon Monitor daily CO2 emissions: ``country,date,sector,value[,timestamp]``.

Dates are DD/MM/YYYY and values Mt of CO2 per day. Labels overlap: WORLD holds all others, EU27&UK
holds five countries that have rows of their own. ``partition`` marks the rows that add up to the
world; the reader refuses a table in which they do not. Written from published descriptions; not
tested on genuine files.
"""

from pathlib import Path

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from casa_ogc.readers.emissions import DIMS, ROW_VARIABLES, emission_rows
from casa_ogc.readers.reader import Reader, Source
from casa_ogc.readers.regions import BY_LABEL
from casa_ogc.readers.tables import dates, numbers, read_table, translated
from casa_processes.common.errors import FileContentError

_UNITS = "Mt d-1"
_TOLERANCE = 2e-3
"""Largest accepted difference of a world's value from the sum of its parts.  [Mt d-1]"""


def _load(path: Path) -> xr.Dataset:
    table = read_table(path, ("country", "date", "sector", "value"))
    expected = "one of the labels " + ", ".join(BY_LABEL)
    regions = translated(table, "country", BY_LABEL.__getitem__, expected)
    sectors = table.columns["sector"].tolist()
    values = numbers(table, "value")
    rows = emission_rows(
        path.name, regions, sectors, dates(table, "date", "%d/%m/%Y", "a date DD/MM/YYYY")
    )
    _check_world(path.name, rows, values)
    return rows.assign(value=("sounding", values, {"units": _UNITS}))


def _check_world(file: str, rows: xr.Dataset, values: NDArray[np.float64]) -> None:
    """Refuse a table whose world, where it has one, is not the sum of the partition."""
    world = rows["region_kind"].values == "world"
    if not world.any():
        return
    keys = np.char.add(
        np.datetime_as_string(rows["time"].values, unit="D"),
        np.char.add(" ", rows["sector"].values),
    )
    groups, inverse = np.unique(keys, return_inverse=True)
    within = rows["partition"].values == 1
    total = np.bincount(inverse[world], values[world], minlength=groups.size)
    parts = np.bincount(inverse[within], values[within], minlength=groups.size)
    stated = np.bincount(inverse[world], minlength=groups.size) > 0
    difference = np.where(stated, np.abs(total - parts), 0.0)
    worst = int(np.argmax(difference))
    if difference[worst] > _TOLERANCE:
        expected = f"the world's {total[worst]:.6g} Mt as the sum of its parts"
        raise FileContentError(file, str(groups[worst]), expected, f"{parts[worst]:.6g} Mt")


READER = Reader(
    files=("carbonmonitor*.csv", "carbon_global*.csv", "carbonmonitor*.csv.gz"),
    kind="soundings",
    product="carbon-monitor-daily",
    title="Daily CO2 emissions of Carbon Monitor",
    dims=DIMS,
    variables={**ROW_VARIABLES, "co2_emission_rate": Source("value", units=_UNITS)},
    attributes={
        "references": "https://doi.org/10.1038/s41597-020-00708-7",
        "licence": "Carbon Monitor fair use",
        "time_resolution": "P1D",
    },
    load=_load,
)
