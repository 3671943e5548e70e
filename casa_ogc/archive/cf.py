"""CF-1.8 attributes of what is stored, from the vocabulary and from the file."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from casa_ogc.archive.axes import Axis, Role
from casa_processes.common.vocabulary import variable

if TYPE_CHECKING:
    import xarray as xr

CONVENTIONS = "CF-1.8"
EPOCH = "seconds since 1970-01-01 00:00:00"
_STANDARD: dict[Role, str] = {"t": "time", "y": "latitude", "x": "longitude"}
_AXIS: dict[Role, str] = {"t": "T", "z": "Z", "y": "Y", "x": "X"}
_LONG: dict[Role, tuple[str, str]] = {
    "t": ("Time", "时间"),
    "z": ("Vertical coordinate", "垂直坐标"),
    "y": ("Latitude", "纬度"),
    "x": ("Longitude", "经度"),
}


def global_attributes(dataset: "xr.Dataset") -> dict[str, str]:
    """Return the attributes of a data set as text, with the conventions that are followed."""
    kept = {str(name): str(value) for name, value in dataset.attrs.items() if str(value)}
    return {**kept, "Conventions": CONVENTIONS}


def axis_attributes(axis: Axis, given: dict[str, Any]) -> dict[str, Any]:
    """Return the attributes of a coordinate variable; `given` are those of the file."""
    english, chinese = _LONG[axis.role]
    result: dict[str, Any] = {
        "long_name": str(given.get("long_name", english)),
        "long_name_zh": chinese,
        "axis": _AXIS[axis.role],
    }
    standard = _STANDARD.get(axis.role, given.get("standard_name"))
    if standard:
        result["standard_name"] = str(standard)
    result["units"] = EPOCH if axis.role == "t" else axis.units
    if axis.role == "t":
        result["calendar"] = "proleptic_gregorian"
    if axis.positive:
        result["positive"] = axis.positive
    if axis.bounds is not None:
        result["bounds"] = f"{axis.name}_bounds"
    return result


def variable_attributes(name: str, present: Iterable[str], packed: bool) -> dict[str, Any]:
    """Return the attributes of a data variable from the vocabulary.

    The valid range is left out of packed variables, where CF wants it packed as well.

    Raises
    ------
    UnknownNameError
        When the vocabulary has no such variable.
    """
    entry = variable(name)
    result: dict[str, Any] = {"long_name": entry.en, "long_name_zh": entry.zh}
    if entry.units:
        result["units"] = entry.units
    if entry.standard_name:
        result["standard_name"] = entry.standard_name
    limits = {"valid_min": entry.valid_min, "valid_max": entry.valid_max}
    if not packed:
        result |= {key: float(value) for key, value in limits.items() if value is not None}
    if entry.uncertainty in set(present):
        result["ancillary_variables"] = entry.uncertainty
    return result


def cell_methods(given: str, overview: bool, whole: bool, uncertainty: bool) -> dict[str, str]:
    """Return how a cell's value stands for the cell; ``{}`` where nothing is known.

    `whole` tells whole numbers (flags), `uncertainty` a standard uncertainty.
    """
    if not overview:
        return {"cell_methods": given} if given else {}
    if whole:
        return {"cell_methods": "area: mode"}
    result = {"cell_methods": "area: mean"}
    if uncertainty:
        result["comment"] = (
            "standard uncertainty of the area mean for fully correlated errors of the cells"
        )
    return result
