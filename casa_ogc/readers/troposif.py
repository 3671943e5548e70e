"""TROPOSIF L2B daily: fluorescence from TROPOMI on Sentinel-5 Precursor (S5P-PAL, L2B_SIF___).

Fluorescence at 740 nm is retrieved in two windows: 743-758 nm, the product's baseline, and
735-758 nm. The time of a sounding is ``delta_time``, whose units differ from file to file: an epoch
of their own, or none, and then ``time`` is it. A file spans midnight. The default fill of netCDF
stands undeclared in some values. Soundings have no identifier: theirs is the date of the first one
and the number within the file. Written from published descriptions; not tested on genuine files.
"""

from pathlib import Path

import numpy as np
import xarray as xr

from casa_ogc.readers.files import RawFile, opened
from casa_ogc.readers.instants import decode_time
from casa_ogc.readers.reader import Reader, Source
from casa_ogc.readers.stored import needed, numbered, stored, without_huge

_TIME, _DELTA = "PRODUCT/time", "PRODUCT/delta_time"
_SUPPORT = "PRODUCT/SUPPORT_DATA"
_PLACE = f"{_SUPPORT}/GEOLOCATIONS"
_SIF = ("mW m-2 sr-1 nm-1", "mW/m2/sr/nm", "mW/m^2/sr/nm", "mW.m-2.sr-1.nm-1")
_NORTH = ("degrees_north", "degree_north", "degrees", "")
_EAST = ("degrees_east", "degree_east", "degrees", "")
_ANGLE = ("degree", "degrees", "deg", "")

_VARIABLES = {
    "time": Source(_DELTA, units=("milliseconds since", "seconds since")),
    "latitude": Source("PRODUCT/latitude", units=_NORTH),
    "longitude": Source("PRODUCT/longitude", units=_EAST),
    "latitude_vertices": Source(f"{_PLACE}/latitude_bounds", units=_NORTH, required=False),
    "longitude_vertices": Source(f"{_PLACE}/longitude_bounds", units=_EAST, required=False),
    "sif_740": Source("PRODUCT/SIF_743", units=_SIF),
    "sif_740_uncertainty": Source("PRODUCT/SIF_ERROR_743", units=_SIF),
    "sif_740_daily": Source("PRODUCT/SIF_Corr_743", units=_SIF, required=False),
    "sif_740_wide_window": Source("PRODUCT/SIF_735", units=_SIF, required=False),
    "sif_740_wide_window_uncertainty": Source("PRODUCT/SIF_ERROR_735", units=_SIF, required=False),
    "ndvi": Source("PRODUCT/NDVI", units=("1", ""), required=False),
    "solar_zenith_angle": Source(f"{_PLACE}/solar_zenith_angle", units=_ANGLE, required=False),
    "sensor_zenith_angle": Source(f"{_PLACE}/viewing_zenith_angle", units=_ANGLE, required=False),
    "phase_angle": Source(f"{_PLACE}/phase_angle", units=_ANGLE, required=False),
    "cloud_fraction": Source(
        f"{_SUPPORT}/INPUT_DATA/cloud_fraction_L2", units=("1", ""), required=False
    ),
}


def _load(path: Path) -> xr.Dataset:
    """Everything of the file that the reader takes, with an epoch in the units of the time."""
    paths = [source.paths[0] for source in _VARIABLES.values()]
    with opened(path) as file:
        needed(file, _DELTA)
        dataset = without_huge(stored(file, paths, ("sounding", "vertex")))
        units = str(dataset[_DELTA].attrs.get("units", ""))
        if units in ("milliseconds", "ms"):
            dataset[_DELTA].attrs["units"] = f"milliseconds since {_reference(file)}"
    return dataset


def _reference(file: RawFile) -> np.datetime64:
    """Instant from which a ``delta_time`` without an epoch counts."""
    raw = needed(file, _TIME)
    values = raw.values(file.name).reshape(-1)[:1]
    source = Source(_TIME, units="seconds since")
    absent = np.zeros(values.shape, dtype=bool)
    instant: np.datetime64 = decode_time(values, absent, raw, source, file.name)[0]
    return instant


def _refine(dataset: xr.Dataset) -> xr.Dataset:
    """Leave out soundings without a place or time, and number the others."""
    times = dataset["time"].values
    placed = np.isfinite(dataset["latitude"].values) & np.isfinite(dataset["longitude"].values)
    kept = placed & ~np.isnat(times)
    if not kept.any():
        return dataset
    names = numbered(times[kept].min(), times.size, "S5P-")
    dataset = dataset.assign(sounding_id=("sounding", names))
    return dataset if kept.all() else dataset.isel(sounding=np.flatnonzero(kept))


READER = Reader(
    files=("S5P_PAL__L2B_SIF____*.nc", "TROPOSIF_L2B_*.nc"),
    kind="soundings",
    product="troposif",
    title="Solar-induced fluorescence from TROPOMI (TROPOSIF L2B)",
    dims={"sounding": "sounding", "vertex": "vertex"},
    variables=_VARIABLES,
    attributes={
        "mission": "Sentinel-5P",
        "instrument": "TROPOMI",
        "product_version": "@processor_version",
        "references": "https://doi.org/10.5194/essd-13-5423-2021",
        "licence": "Copernicus Sentinel data terms",
    },
    load=_load,
    refine=_refine,
)
