"""GRACED daily gridded CO2 emissions of 0.1 degree (Carbon Monitor GRACED), one sector a file.

The files give the mass of carbon per hour and cell. Stored is the mass of CO2 per area and time:
44/12 of the mass of carbon, which is how the producers come from CO2 to carbon, over the exact area
of the cell on the WGS 84 ellipsoid. Each sector is a product of its own. The days are stamps, or
plain numbers after the month of the file's name. Written from published descriptions and the
producers' naming; not tested on genuine files.
"""

import re
from pathlib import Path

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from casa_ogc.readers.cells import edges, with_periods, zone_areas
from casa_ogc.readers.decode import unpacked
from casa_ogc.readers.files import RawFile, opened
from casa_ogc.readers.instants import decode_time
from casa_ogc.readers.reader import Reader, Source
from casa_ogc.readers.stored import needed
from casa_processes.common.errors import FileContentError
from casa_processes.common.units import convert

_NAME = re.compile(
    r"(?:CarbonMonitor|GRACED)_(?:\d_)?(?P<sector>[A-Za-z]+)_y(?P<year>\d{4})_m(?P<month>\d{2})\.nc"
)
_SECTORS = {
    "total": "",
    "power": "power",
    "industry": "industry",
    "residential": "residential",
    "groundtransportation": "ground-transport",
    "internationalaviation": "international-aviation",
    "internationalshipping": "international-shipping",
    "domesticaviation": "domestic-aviation",
}
_UNITS = ("kgC/h", "kgC h-1", "kg C/h", "kgC/hour")
CARBON_DIOXIDE_PER_CARBON = 44.0 / 12.0
"""Mass of CO2 over mass of carbon in the producers' own conversion.  [1]"""


def _sector(path: Path) -> str:
    """Sector of the file's name, ``total`` for all of them."""
    return _named(path)[0] or "total"


def _product(path: Path) -> str:
    sector = _named(path)[0]
    return f"graced-{sector}-co2" if sector else "graced-co2"


def _named(path: Path) -> tuple[str, np.datetime64]:
    """Sector and month that the file's name tells."""
    match = _NAME.fullmatch(path.name)
    sector = _SECTORS.get(match["sector"].lower()) if match else None
    if match is None or sector is None or not 1 <= int(match["month"]) <= 12:
        expected = "a sector and a month, as in CarbonMonitor_total_y2021_m01.nc"
        raise FileContentError(path.name, "name of the file", expected, path.name)
    return sector, np.datetime64(f"{match['year']}-{match['month']}", "M")


def _load(path: Path) -> xr.Dataset:
    month = _named(path)[1]
    with opened(path) as file:
        latitude = needed(file, "latitude").values(file.name).astype(np.float64)
        longitude = needed(file, "longitude").values(file.name).astype(np.float64)
        flux = _flux(file, latitude, longitude)
        days = _days(file, flux.shape[0], month)
        attributes = dict(file.attributes)
    degrees = {"units": "degrees_north"}, {"units": "degrees_east"}
    return xr.Dataset(
        {"emission": (("time", "latitude", "longitude"), flux, {"units": "kg m-2 s-1"})},
        {
            "time": ("time", days),
            "latitude": ("latitude", latitude, degrees[0]),
            "longitude": ("longitude", longitude, degrees[1]),
        },
        attributes,
    )


def _flux(
    file: RawFile, latitude: NDArray[np.float64], longitude: NDArray[np.float64]
) -> NDArray[np.floating]:
    """Mass of CO2 per area and time from the mass of carbon per cell and hour."""
    raw = needed(file, "emission")
    units = " ".join(str(raw.attributes.get("units", "")).split())
    if units not in _UNITS:
        expected = f"units {_UNITS[0]!r} (per cell)"
        raise FileContentError(file.name, raw.path, expected, f"units {units!r}")
    if raw.shape[1:] != (latitude.size, longitude.size) or 0 in raw.shape:
        expected = f"days, {latitude.size} latitudes, {longitude.size} longitudes"
        raise FileContentError(file.name, raw.path, expected, f"shape {raw.shape}")
    steps = np.abs(np.diff(longitude))
    if latitude.size < 2 or steps.size < 1 or np.ptp(steps) > 1e-4 * steps[0]:
        raise FileContentError(file.name, "longitude", "even steps", f"{steps[:3].tolist()}")
    area = zone_areas(edges(latitude, -90.0, 90.0), float(steps.mean()))
    per_cell = convert(1.0, "kg h-1", "kg s-1") * CARBON_DIOXIDE_PER_CARBON
    values = unpacked(raw.values(file.name), raw)
    flux: NDArray[np.floating] = values.astype(np.result_type(values.dtype, np.float32))
    for name in ("_FillValue", "missing_value"):
        if name in raw.attributes:
            flux[values == raw.attributes[name]] = np.nan
    flux *= (per_cell / area)[:, np.newaxis].astype(flux.dtype)
    return flux


def _days(file: RawFile, count: int, month: np.datetime64) -> NDArray[np.datetime64]:
    """Days of the file: its stamps, or as many days as it has from the first of the month on."""
    raw = file.find("nday") or file.find("time")
    if raw is not None and "since" in str(raw.attributes.get("units", "")):
        values = raw.values(file.name)
        source = Source(raw.path, units=("days since", "hours since"))
        days = decode_time(values, np.zeros(values.shape, dtype=bool), raw, source, file.name)
    else:
        days = month.astype("datetime64[D]") + np.arange(count).astype("timedelta64[D]")
    if days.size != count or (days.astype("datetime64[M]") != month).any():
        found = f"{days.size} from {days.min()} to {days.max()}"
        raise FileContentError(file.name, "days", f"{count} days of {month}", found)
    return days.astype("datetime64[ns]")


def _refine(dataset: xr.Dataset) -> xr.Dataset:
    return with_periods(dataset, "D")


READER = Reader(
    files=(
        "CarbonMonitor_*_y[0-9][0-9][0-9][0-9]_m[0-9][0-9].nc",
        "GRACED_*_y[0-9][0-9][0-9][0-9]_m[0-9][0-9].nc",
    ),
    kind="grid",
    product=_product,
    title="Daily CO2 emissions of GRACED, 0.1 degree",
    dims={"time": "time", "latitude": "latitude", "longitude": "longitude"},
    variables={
        "time": Source("time"),
        "latitude": Source("latitude", units="degrees_north"),
        "longitude": Source("longitude", units="degrees_east"),
        "co2_emission_flux": Source("emission", units="kg m-2 s-1"),
    },
    attributes={
        "references": "https://doi.org/10.1016/j.xinn.2021.100182",
        "licence": "GRACED fair use",
        "stream": _sector,
        "time_resolution": "P1D",
    },
    load=_load,
    refine=_refine,
)
