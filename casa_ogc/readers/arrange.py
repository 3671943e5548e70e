"""Order of things in the common schema: dimensions, levels, longitudes, the encoding of grids."""

from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from casa_ogc.readers.files import RawVariable
from casa_ogc.readers.reader import Reader, Source
from casa_processes.common.errors import FileContentError
from casa_processes.common.units import convert
from casa_processes.common.vocabulary import Variable

SHAPES = {
    "scalar": ("sounding",),
    "level": ("sounding", "level"),
    "vertex": ("sounding", "vertex"),
}
VERTICES = 4


def sounding_array(
    values: NDArray[Any], raw: RawVariable, reader: Reader, row: Variable, file: str
) -> tuple[tuple[str, ...], NDArray[Any]]:
    """Return dimensions and values in the order of the vocabulary.

    A profile that all soundings share keeps ``("level",)`` alone; ``shared_profiles`` repeats it.

    Raises
    ------
    FileContentError
        When the variable has other dimensions than its family gives it.
    """
    wanted = SHAPES[row.shape]
    found = tuple(
        reader.dims.get(dim, dim) if dim else wanted[axis] if axis < len(wanted) else dim
        for axis, dim in enumerate(raw.dims[: values.ndim])
    )
    if found == ("level",) and row.shape == "level":
        return found, values
    if len(found) != len(wanted) or set(found) != set(wanted):
        shown = ", ".join(raw.dims) or "none"
        raise FileContentError(file, raw.path, f"dimensions {', '.join(wanted)}", shown)
    ordered = np.transpose(values, [found.index(dim) for dim in wanted])
    if row.shape == "vertex" and ordered.shape[1] != VERTICES:
        raise FileContentError(file, raw.path, f"{VERTICES} vertices", str(ordered.shape[1]))
    return wanted, ordered


def grid_dims(values: NDArray[Any], raw: RawVariable, reader: Reader, name: str) -> tuple[str, ...]:
    """Return the common names of a grid variable's dimensions, in the order of the file."""
    dims = tuple(reader.dims.get(dim, dim) for dim in raw.dims[: values.ndim])
    is_bounds = name.endswith("_bounds") and len(dims) == 2
    return (dims[0], "bound") if is_bounds else dims


def grid_encoding(raw: RawVariable, source: Source, row: Variable) -> dict[str, Any]:
    """Return the CF packing of a grid variable, restated in the vocabulary's units.

    Empty when the file does not pack: a plain type is the archive's own choice.
    """
    if "scale_factor" not in raw.attributes and "add_offset" not in raw.attributes:
        return {}
    found = str(raw.attributes.get("units", "")).strip() or (*source.accepted, row.units)[0]
    found = source.meaning(found)
    zero, one = (float(value) for value in convert(np.array([0.0, 1.0]), found, row.units))
    scale = float(raw.attributes.get("scale_factor", 1.0))
    offset = float(raw.attributes.get("add_offset", 0.0))
    packing = {"scale_factor": scale * (one - zero), "add_offset": offset * (one - zero) + zero}
    fill = raw.attributes.get("_FillValue", raw.attributes.get("missing_value"))
    marks = {} if fill is None else {"_FillValue": fill}
    return {"dtype": raw.dtype, **packing, **marks}


def shared_profiles(dataset: xr.Dataset) -> xr.Dataset:
    """Repeat profiles that all soundings share for each sounding."""
    shared = [name for name, found in dataset.variables.items() if found.dims == ("level",)]
    for name in shared:
        found = dataset.variables[name]
        shape = (dataset.sizes["sounding"], dataset.sizes["level"])
        repeated = np.broadcast_to(found.values, shape).copy()
        dataset = dataset.assign({name: (("sounding", "level"), repeated, found.attrs)})
    return dataset


def surface_first(dataset: xr.Dataset, file: str) -> xr.Dataset:
    """Turn the levels so that they run from the surface to the top, by the pressure levels.

    Raises
    ------
    FileContentError
        When the pressures of a sounding are not strictly monotonic, or do not all run one way.
    """
    if "pressure_levels" not in dataset or dataset.sizes.get("level", 0) < 2:
        return dataset
    steps = np.diff(dataset["pressure_levels"].values, axis=1)
    steps = steps[~np.isnan(steps)]
    if np.all(steps < 0):
        return dataset
    if np.all(steps > 0):
        return dataset.isel(level=slice(None, None, -1))
    found = f"{int((steps >= 0).sum())} of {steps.size} steps that do not fall"
    expected = "pressures that rise or fall along all levels"
    raise FileContentError(file, "pressure_levels", expected, found)


def wrapped(longitude: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return longitudes of 0..360 as -180..180; others as they are."""
    return np.where((longitude > 180) & (longitude <= 360), longitude - 360, longitude)
