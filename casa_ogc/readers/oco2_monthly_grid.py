"""Monthly XCO2 maps of 0.5 degree over Indonesia, interpolated from OCO-2 soundings.

Two layouts are published, netCDF3 of R and netCDF4 of xarray, whose stamp of the first day of the
month is written with different epochs. The values are inverse-distance weighted interpolations of
version 11.2 soundings; the variable's name ``co2`` stands for xco2 in ppm.
"""

import re

import numpy as np
import xarray as xr

from casa_ogc.readers.cells import with_periods
from casa_ogc.readers.reader import Reader, Source
from casa_processes.common.errors import FileContentError

_NAME = re.compile(r"CO2_mx_monthly_(?P<month>\d{2})_(?P<year>\d{4})\.nc")


def _refine(dataset: xr.Dataset) -> xr.Dataset:
    """Bound the stamp by its month, which must be that of the file's name."""
    file = dataset.attrs["source"]
    months = dataset["time"].values.astype("datetime64[M]")
    named = _NAME.fullmatch(file)
    expected = np.datetime64(f"{named['year']}-{named['month']}") if named else None
    if months.size != 1 or months[0] != expected:
        found = ", ".join(str(month) for month in months)
        raise FileContentError(file, "time", f"the month of the file's name, {expected}", found)
    return with_periods(dataset, "M")


READER = Reader(
    files=("CO2_mx_monthly_[0-9][0-9]_[0-9][0-9][0-9][0-9].nc",),
    kind="grid",
    product="oco2-xco2-monthly",
    title="Monthly XCO2 over Indonesia, interpolated from OCO-2",
    dims={"time": "time", "lat": "latitude", "lon": "longitude"},
    variables={
        "time": Source("time", units="days since"),
        "latitude": Source("lat", units="degrees_north"),
        "longitude": Source("lon", units="degrees_east"),
        "xco2": Source("co2", units="ppm"),
    },
    attributes={
        "mission": "OCO-2",
        "instrument": "OCO-2",
        "product_version": "11.2",
        "references": "https://github.com/alberthnahas/oco-2",
        "licence": "GPL-3.0-only",
        "time_resolution": "P1M",
    },
    refine=_refine,
    tested_on_genuine=True,
)
