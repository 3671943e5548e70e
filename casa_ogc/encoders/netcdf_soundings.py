"""Soundings in netCDF: a discrete sampling geometry of CF, chapter 9."""

import h5netcdf
import numpy as np

from casa_ogc.encoders.columns import POSITION, data_columns, described, dimension
from casa_ogc.encoders.netcdf_parts import Attributes, described_by, put
from casa_ogc.query.answer import SoundingsAnswer

_COORDINATES = ("time", "latitude", "longitude")
_FEATURE: dict[bool, tuple[str, Attributes]] = {
    False: ("point", {}),
    True: ("profile", {"cf_role": "profile_id"}),
}
_LEVEL: Attributes = {
    "long_name": "level number, from the surface upward",
    "units": "1",
    "positive": "up",
    "axis": "Z",
}


def write_soundings(file: h5netcdf.File, answer: SoundingsAnswer) -> None:
    """Write points, or profiles where a column has levels; vertices are the bounds of a place."""
    dims = _dimensions(file, answer)
    profiles = any("level" in name for dim in dims.values() for name in dim[1:])
    feature, role = _FEATURE[profiles]
    file.attrs["featureType"] = feature
    if answer.time_resolution:
        file.attrs["time_coverage_resolution"] = answer.time_resolution
    given = answer.columns
    for name in POSITION:
        attributes = described_by(described(answer, name), given)
        if f"{name}_vertices" in given:
            attributes["bounds"] = f"{name}_vertices"
        put(file, name, dims[name], given[name], attributes)
    for name, values in data_columns(answer).items():
        attributes = described_by(described(answer, name), given)
        attributes["coordinates"] = " ".join(_COORDINATES)
        if name == "sounding_id":
            attributes |= role
        put(file, name, dims[name], values, attributes)


def _dimensions(file: h5netcdf.File, answer: SoundingsAnswer) -> dict[str, tuple[str, ...]]:
    """Create the dimensions; return those of each column."""
    file.dimensions["sounding"] = int(answer.columns["time"].size)
    found: dict[str, tuple[str, ...]] = {}
    for name, values in answer.columns.items():
        kind = dimension(answer, name)
        if kind == "scalar":
            found[name] = ("sounding",)
            continue
        found[name] = ("sounding", _sized(file, kind, values.shape[1]))
    return found


def _sized(file: h5netcdf.File, kind: str, size: int) -> str:
    """Return the dimension of a kind and size; a second size of a kind has its size in its name."""
    name = kind
    if kind in file.dimensions and file.dimensions[kind].size != size:
        name = f"{kind}_{size}"
    if name not in file.dimensions:
        file.dimensions[name] = size
        if kind == "level":
            put(file, name, (name,), np.arange(1, size + 1, dtype=np.int32), _LEVEL)
    return name
