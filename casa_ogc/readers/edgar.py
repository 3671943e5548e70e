"""EDGAR v6.0 annual mean CO2 emissions (European Commission, Joint Research Centre).

The files have no time: the year is in their name and bounds the value. Longitudes run from 0 to 360
and stay so. The full grid of 0.1 degree tiles the globe. Degraded copies sample it at points from
0.05 to 359.95, so that the first and the last column are neighbours of 0.1 degree that do not
repeat each other; both are kept, and their cells end at the meridian of 0 where they meet, so that
the cells tile the globe as well. Such samples do not add up to the total that the file states.
"""

import re

import numpy as np
import xarray as xr

from casa_ogc.readers.cells import edges, periods
from casa_ogc.readers.reader import Reader, Source
from casa_processes.common.errors import FileContentError

_YEAR = re.compile(r"_((?:19|20)\d{2})(?=[_.])")


def _refine(dataset: xr.Dataset) -> xr.Dataset:
    """Give the emissions their year and every cell its edges."""
    file = dataset.attrs["source"]
    years = _YEAR.findall(file)
    if len(set(years)) != 1:
        found = ", ".join(years) or "none"
        raise FileContentError(file, "name of the file", "one year, as in _2015_TOTALS", found)
    start = np.array([f"{years[0]}-01-01"], dtype="datetime64[ns]")
    first, following = periods(start, "Y")
    latitude, longitude = (dataset[name].values for name in ("latitude", "longitude"))
    if latitude.size < 2 or longitude.size < 2:
        raise FileContentError(file, "grid", "several cells either way", f"{dict(dataset.sizes)}")
    west = 0.0 if longitude.min() >= 0 else -180.0
    return dataset.expand_dims(time=start).assign_coords(
        time_bounds=(("time", "bound"), np.stack([first, following], axis=1)),
        latitude_bounds=(("latitude", "bound"), edges(latitude, -90.0, 90.0)),
        longitude_bounds=(("longitude", "bound"), edges(longitude, west, west + 360.0)),
    )


READER = Reader(
    files=("v6.0_CO2_*.nc",),
    kind="grid",
    product="edgar-co2",
    title="CO2 emissions of EDGAR v6.0",
    dims={"lat": "latitude", "lon": "longitude"},
    variables={
        "latitude": Source("lat", units="degrees_north"),
        "longitude": Source("lon", units="degrees_east"),
        "co2_emission_flux": Source("emi_co2", units="kg m-2 s-1"),
    },
    attributes={
        "product_version": "v6.0",
        "references": "https://doi.org/10.2904/JRC_DATASET_EDGAR",
        "licence": "CC-BY-4.0",
        "time_resolution": "P1Y",
    },
    refine=_refine,
    tested_on_genuine=True,
)
