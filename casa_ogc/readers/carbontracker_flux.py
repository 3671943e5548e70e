"""CarbonTracker surface fluxes of one degree, 3-hourly (NOAA GML, ``flux1x1``).

Releases to CT2016 name the coordinates ``lat``, ``lon`` and ``date``, those from CT2017 on
``latitude``, ``longitude`` and ``time``; fossil fuel was ``fossil_imp`` before ``fossil_flux_imp``.
Each stamp is the middle of its three hours. Amounts of CO2 become masses with the atomic
weights of CIAAW. Positive into the atmosphere. Written from published
descriptions of both layouts; not tested on genuine files.
"""

from pathlib import Path

import numpy as np
import xarray as xr

from casa_ogc.readers.reader import Reader, Source
from casa_processes.common.constants import MOLAR_MASS_CARBON_DIOXIDE
from casa_processes.common.errors import FileContentError

_CARBON_DIOXIDE = f"{MOLAR_MASS_CARBON_DIOXIDE} kg m-2 s-1"
_UNITS = {"mol m-2 s-1": _CARBON_DIOXIDE, "mol m^-2 s^-1": _CARBON_DIOXIDE}
_HALF = np.timedelta64(90, "m")
_STEP = np.timedelta64(180, "m")


def _version(path: Path) -> str:
    """Release that the file's name starts with: ``CT2019B``, ``CT-NRT.v2023-1``."""
    return path.name.split(".flux1x1.", 1)[0]


def _refine(dataset: xr.Dataset) -> xr.Dataset:
    """Put stamps on the second and bound each by its three hours.

    Raises
    ------
    FileContentError
        When a stamp is not the middle of three hours counted from midnight.
    """
    stamps = dataset["time"].values + np.timedelta64(500, "ms")
    middle = stamps.astype("datetime64[s]").astype("datetime64[ns]")
    start = middle - _HALF
    off = (start - start.astype("datetime64[D]")) % _STEP != np.timedelta64(0, "s")
    if off.any():
        found = np.datetime_as_string(middle[off][0], unit="s")
        expected = "stamps in the middle of three hours"
        raise FileContentError(dataset.attrs["source"], "time", expected, str(found))
    bounds = np.stack([start, middle + _HALF], axis=1)
    return dataset.assign_coords(
        time=("time", middle, dataset["time"].attrs), time_bounds=(("time", "bound"), bounds)
    )


READER = Reader(
    files=("CT*.flux1x1.*.nc",),
    kind="grid",
    product="carbontracker-flux",
    title="Surface CO2 fluxes of CarbonTracker, 3-hourly, 1 degree",
    dims={
        "time": "time",
        "date": "time",
        "latitude": "latitude",
        "lat": "latitude",
        "longitude": "longitude",
        "lon": "longitude",
    },
    variables={
        "time": Source(("time", "date"), units="days since"),
        "latitude": Source(("latitude", "lat"), units="degrees_north"),
        "longitude": Source(("longitude", "lon"), units="degrees_east"),
        "co2_flux_biosphere": Source("bio_flux_opt", units=_UNITS),
        "co2_flux_ocean": Source("ocn_flux_opt", units=_UNITS),
        "co2_flux_fossil": Source(("fossil_flux_imp", "fossil_imp"), units=_UNITS),
        "co2_flux_fire": Source("fire_flux_imp", units=_UNITS),
    },
    attributes={
        "product_version": _version,
        "stream": _version,
        "references": "https://doi.org/10.1073/pnas.0708986104",
        "licence": "NOAA CarbonTracker usage policy",
        "time_resolution": "PT3H",
    },
    refine=_refine,
)
