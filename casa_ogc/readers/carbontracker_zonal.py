"""CarbonTracker CT2019B fluxes summed along parallels, monthly (a third party's aggregation).

The files have no global attributes and name time bounds that they lack. The stamps are the middle
of months whose edges were set a day early, hence one day before the true middle; they are kept, and
the bounds are the calendar month. The year of ``Pg C yr-1`` is 365.25 days. Masses of carbon become
masses of CO2 with the atomic weights of CIAAW. Positive into the atmosphere; land is biosphere and
fires, and the total is the sum of ocean, land and fossil fuel.
"""

from pathlib import Path

import xarray as xr

from casa_ogc.readers.cells import with_periods
from casa_ogc.readers.reader import Reader, Source
from casa_processes.common.constants import MOLAR_MASS_CARBON, MOLAR_MASS_CARBON_DIOXIDE

_CARBON = "Pg C yr$^{-1}$ degree$^{-1}$"
_RATIO = MOLAR_MASS_CARBON_DIOXIDE / MOLAR_MASS_CARBON
_UNITS = {_CARBON: f"{_RATIO:.15f} Pg yr-1 degree-1"}


def _version(path: Path) -> str:
    """Release that the file's name starts with: ``CT2019B``."""
    return path.name.split("_", 1)[0]


def _refine(dataset: xr.Dataset) -> xr.Dataset:
    return with_periods(dataset, "M")


READER = Reader(
    files=("CT*_fluxes_za_ts_monthly.nc",),
    kind="grid",
    product="carbontracker-zonal-flux",
    title="Zonal CO2 fluxes of CarbonTracker, monthly",
    dims={"time": "time", "lat": "latitude"},
    variables={
        "time": Source("time", units="hours since"),
        "latitude": Source("lat", units="degrees_north"),
        "co2_zonal_flux": Source("SFCO2", units=_UNITS),
        "co2_zonal_flux_ocean": Source("SFCO2_OCN", units=_UNITS),
        "co2_zonal_flux_land": Source("SFCO2_LND", units=_UNITS),
        "co2_zonal_flux_fossil": Source("SFCO2_FFF", units=_UNITS),
    },
    attributes={
        "product_version": _version,
        "stream": _version,
        "references": "https://doi.org/10.25925/20201008",
        "licence": "NOAA CarbonTracker usage policy",
        "time_resolution": "P1M",
    },
    refine=_refine,
    tested_on_genuine=True,
)
