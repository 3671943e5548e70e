"""TanSat XCO2, L2 lite of IAPCAS: a flat file whose names and units are probed.

No genuine file could be had: the names are those that third parties read, the epoch of the time and
the units are not proven. The reader takes names in any case and from any group, states which it
took, and refuses a file that does not say clearly what it holds, listing what it found. Without an
epoch in the units the time comes from identifiers that start with YYYYMMDDhhmmss; without units
``xco2`` is ppm or mol mol-1 if its median can be only one of them. Not tested on genuine files.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import xarray as xr
from numpy.typing import NDArray
from scipy.io import netcdf_file

from casa_ogc.readers.files import RawFile, opened
from casa_ogc.readers.reader import Reader, Source
from casa_ogc.readers.stored import stored
from casa_processes.common.errors import FileContentError

_PPM = ("ppm", "ppmv", "1e-6", "mol mol-1", "mol/mol")
_NORTH = ("degrees_north", "degree_north", "degrees", "degree", "deg", "")
_EAST = ("degrees_east", "degree_east", "degrees", "degree", "deg", "")
_ANGLE = ("degrees", "degree", "deg", "")
_PRESSURE = ("hPa", "Pa", "mbar")
_FILL = (-999999.0, -9999.0, -999.0)
_DATE = re.compile(r"_(20\d{6})(?=[_.])")

_NAMES: Mapping[str, tuple[str, ...]] = {
    "sounding_id": ("sounding_id", "soundingid"),
    "time": ("time",),
    "latitude": ("latitude", "lat", "sounding_latitude"),
    "longitude": ("longitude", "lon", "sounding_longitude"),
    "xco2": ("xco2",),
    "xco2_uncertainty": ("xco2_uncertainty", "xco2_uncert"),
    "xco2_apriori": ("xco2_apriori",),
    "surface_pressure": ("surface_pressure", "psurf"),
    "solar_zenith_angle": ("solar_zenith_angle", "sounding_solar_zenith"),
    "sensor_zenith_angle": ("sensor_zenith_angle", "sounding_zenith"),
}
"""Vocabulary name to the names under which a file may keep it, in lower case."""

_VARIABLES = {
    "sounding_id": Source("sounding_id"),
    "time": Source("time", units=("seconds since", "days since", "hours since")),
    "latitude": Source("latitude", units=_NORTH, fill=_FILL),
    "longitude": Source("longitude", units=_EAST, fill=_FILL),
    "xco2": Source("xco2", units=_PPM, fill=_FILL),
    "xco2_uncertainty": Source("xco2_uncertainty", units=_PPM, required=False, fill=_FILL),
    "xco2_apriori": Source("xco2_apriori", units=_PPM, required=False, fill=_FILL),
    "surface_pressure": Source("surface_pressure", units=_PRESSURE, required=False, fill=_FILL),
    "solar_zenith_angle": Source("solar_zenith_angle", units=_ANGLE, required=False, fill=_FILL),
    "sensor_zenith_angle": Source("sensor_zenith_angle", units=_ANGLE, required=False, fill=_FILL),
}
_NEEDED = ("sounding_id", "latitude", "longitude", "xco2")


def _load(path: Path) -> xr.Dataset:
    with opened(path) as file:
        present = _inventory(path)
        taken = _taken(file, present)
        dataset = stored(file, taken.values(), ("sounding",))
    dataset = dataset.rename({found: name for name, found in taken.items()})
    _state_ratio_units(dataset, file.name)
    stated = str(dataset["time"].attrs.get("units", "")) if "time" in dataset else ""
    if "since" not in stated:
        stamps = _from_identifiers(dataset["sounding_id"].values, path.name, _shown(present))
        dataset = dataset.assign(time=("sounding", stamps))
    taken_names = ", ".join(f"{name} from {found}" for name, found in taken.items())
    return dataset.assign_attrs(probed=taken_names)


def _inventory(path: Path) -> dict[str, str]:
    """Path of every variable with its shape and units in words."""
    if h5py.is_hdf5(path):
        found: dict[str, str] = {}
        with h5py.File(path) as handle:
            handle.visititems(lambda name, item: _note(found, name, item))
        return found
    with netcdf_file(path, "r", mmap=False) as handle:
        return {name: str(item.shape) for name, item in handle.variables.items()}


def _note(found: dict[str, str], name: str, item: Any) -> None:
    if isinstance(item, h5py.Dataset):
        units = item.attrs.get("units", b"")
        text = units.decode("utf-8", "replace") if isinstance(units, bytes) else str(units)
        found[name] = f"{item.shape} {text}".strip()


def _taken(file: RawFile, present: Mapping[str, str]) -> dict[str, str]:
    """Vocabulary name to the path in the file.

    Raises
    ------
    FileContentError
        When a needed variable has no or several candidates, listing all that the file has.
    """
    taken: dict[str, str] = {}
    for name, candidates in _NAMES.items():
        paths = [path for path in present if path.rsplit("/", 1)[-1].lower() in candidates]
        if len(paths) > 1 or (not paths and name in _NEEDED):
            expected = f"one variable for {name}, called {' or '.join(candidates)}"
            found = f"{', '.join(paths) or 'none'} among {_shown(present)}"
            raise FileContentError(file.name, "variables", expected, found)
        if paths:
            taken[name] = paths[0]
    return taken


def _shown(present: Mapping[str, str]) -> str:
    return "; ".join(f"{name} {what}" for name, what in present.items())[:1500] or "no variables"


def _state_ratio_units(dataset: xr.Dataset, file: str) -> None:
    """State the units of mixing ratios that have none, if the size of xco2 leaves one choice."""
    if str(dataset["xco2"].attrs.get("units", "")).strip():
        return
    values = dataset["xco2"].values.astype(np.float64)
    values = values[np.isfinite(values) & ~np.isin(values, _FILL)]
    median = float(np.median(values)) if values.size else float("nan")
    units = {300 < median < 550: "ppm", 300e-6 < median < 550e-6: "mol mol-1"}.get(True)
    if units is None:
        expected = "units, or values around 400 ppm or 4e-4 mol mol-1"
        raise FileContentError(file, "xco2", expected, f"no units and a median of {median:.6g}")
    for name in ("xco2", "xco2_uncertainty", "xco2_apriori"):
        if name in dataset and not str(dataset[name].attrs.get("units", "")).strip():
            dataset[name].attrs["units"] = units


def _from_identifiers(values: NDArray[Any], file: str, present: str) -> NDArray[np.datetime64]:
    """Times that identifiers start with, which must be around the date of the file's name."""
    texts = [str(value)[:14] for value in values.tolist()]
    expected = "a time with an epoch, or identifiers that start with YYYYMMDDhhmmss"
    try:
        stamps = np.array(
            [f"{t[:4]}-{t[4:6]}-{t[6:8]}T{t[8:10]}:{t[10:12]}:{t[12:14]}" for t in texts],
            dtype="datetime64[ns]",
        )
    except ValueError:
        found = f"identifiers such as {texts[0]!r}; {present}"
        raise FileContentError(file, "time", expected, found) from None
    named = _DATE.search(file)
    day = np.datetime64(f"{named[1][:4]}-{named[1][4:6]}-{named[1][6:]}") if named else stamps[0]
    if (np.abs(stamps - day.astype("datetime64[ns]")) > np.timedelta64(2, "D")).any():
        found = f"identifiers of {stamps.min()} to {stamps.max()}"
        raise FileContentError(file, "time", f"times around {day}", found)
    return stamps


READER = Reader(
    files=("TanSat_ACGS_SCI_*_L2_XCO2_lite_*.nc",),
    kind="soundings",
    product="tansat-xco2",
    title="XCO2 from TanSat (IAPCAS L2 lite)",
    dims={"sounding": "sounding"},
    variables=_VARIABLES,
    attributes={
        "mission": "TanSat",
        "instrument": "ACGS",
        "references": "Yang et al. (2021), Advances in Atmospheric Sciences, 38, 8-11",
        "licence": "TanSat data policy",
        "comment": "@probed",
    },
    load=_load,
)
