"""Variables of an open file as a data set, for readers that must prepare them."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from casa_ogc.readers.files import RawFile, RawVariable
from casa_processes.common.errors import FileContentError

BEYOND_ALL = 1e29


def needed(file: RawFile, path: str) -> RawVariable:
    """Return the variable at `path`.

    Raises
    ------
    FileContentError
        When the file has none.
    """
    found = file.find(path)
    if found is None:
        raise FileContentError(file.name, path, "a variable of that name", "none")
    return found


def stored(file: RawFile, paths: Iterable[str], axes: tuple[str, ...]) -> xr.Dataset:
    """Return those of `paths` that the file has, neither scaled nor masked.

    Parameters
    ----------
    file
        An open file.
    paths
        Variable paths; what the file lacks is left out.
    axes
        Names that the dimensions get by position, whatever the file calls them. Variables with
        more dimensions keep none of these names and are refused later on.

    Raises
    ------
    FileContentError
        When values cannot be read, or the variables have different lengths.
    """
    dataset = xr.Dataset(attrs=dict(file.attributes))
    for path in paths:
        raw = file.find(path)
        if raw is None:
            continue
        values = raw.values(file.name)
        dims = axes[: values.ndim] if values.ndim <= len(axes) else raw.dims
        for dim, size in zip(dims, values.shape, strict=True):
            if dataset.sizes.get(dim, size) != size:
                expected = f"length {dataset.sizes[dim]} of dimension {dim}"
                raise FileContentError(file.name, path, expected, str(size))
        dataset[path] = xr.Variable(dims, values, _with_units(raw))
    return dataset


def without_huge(dataset: xr.Dataset) -> xr.Dataset:
    """Return the data set with NaN for numbers of 1e29 and beyond, which no variable reaches.

    The default fills of netCDF (9.969e36) and of GOSAT (-1e30) are not always declared.
    """
    return dataset.assign(
        {
            name: found.copy(data=_masked(found.values))
            for name, found in dataset.variables.items()
            if found.dtype.kind == "f"
        }
    )


def numbered(day: np.datetime64, count: int, prefix: str) -> NDArray[np.str_]:
    """Return `count` identifiers of a day: prefix, date and number within the file from 1.

    For families whose soundings have no identifier of their own.
    """
    date = np.datetime_as_string(day, unit="D").replace("-", "")
    width = len(str(count))
    return np.array([f"{prefix}{date}-{i:0{width}d}" for i in range(1, count + 1)], dtype=np.str_)


def _masked(values: NDArray[Any]) -> NDArray[Any]:
    return np.where(np.abs(values) >= BEYOND_ALL, values.dtype.type(np.nan), values)


def _with_units(raw: RawVariable) -> dict[str, Any]:
    """Attributes with ``units``, also where the file calls it ``unit``."""
    attributes = dict(raw.attributes)
    if "units" not in attributes and "unit" in attributes:
        attributes["units"] = attributes["unit"]
    return attributes
