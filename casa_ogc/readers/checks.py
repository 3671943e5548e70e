"""Everything that a file lacks, in one go."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from casa_ogc.readers.files import RawFile, opened
from casa_ogc.readers.read import REQUIRED, find, read_as, row_of
from casa_ogc.readers.reader import Reader
from casa_ogc.readers.registry import reader_named, reader_of
from casa_processes.common.errors import CasaError, FileContentError

type Severity = Literal["error", "warning"]

_HOPELESS = 0.9
_GLOBAL = ("Conventions", "title", "institution", "source", "history", "references")
_RESULT = ("mission", "instrument", "product_version", "references", "licence")
_KERNEL = ("xco2_averaging_kernel", "pressure_levels", "pressure_weight", "co2_profile_apriori")


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong with a file, or missing from it.

    Attributes
    ----------
    severity
        ``error``: the file is refused; ``warning``: it is read as it is.
    where
        Variable, attribute or dimension concerned.
    """

    file: str
    severity: Severity
    where: str
    text: str

    def __str__(self) -> str:
        return f"{self.severity}: {self.file}: {self.where}: {self.text}"


def check(path: Path, reader: str | None = None) -> list[Finding]:
    """Return everything that `path` lacks, errors first; an empty list means nothing.

    Looked at: what the reader needs (variables, units, shapes, codes, coordinates), the CF
    attributes of the file and of the variables, uncertainty, averaging kernel, licence, and how
    many values are missing or outside the vocabulary's valid range. Nothing is written.
    """
    path = Path(path)
    try:
        chosen = reader_named(reader_of(path, reader))
    except CasaError as error:
        return [_refusal(path, error)]
    problems: list[FileContentError] = []
    try:
        dataset = read_as(chosen, path, problems.append)
        with opened(path, chosen.load) as file:
            remarks = [*_global_attributes(file), *_variable_attributes(chosen, file)]
    except FileContentError as error:
        return [_refusal(path, error)]
    problems += impossible(chosen, dataset, path.name)
    remarks += [*_companions(dataset), *_result_attributes(dataset)]
    remarks += [*out_of_range(dataset), *_missing(dataset)]
    return [
        *(_refusal(path, problem) for problem in problems),
        *(Finding(path.name, "warning", where, text) for where, text in remarks),
    ]


def _refusal(path: Path, error: CasaError) -> Finding:
    if isinstance(error, FileContentError):
        text = f"expected {error.expected}, found {error.found}"
        return Finding(path.name, "error", error.where, text)
    return Finding(path.name, "error", "file", str(error))


def _global_attributes(file: RawFile) -> list[tuple[str, str]]:
    return [
        (f"global attribute {name}", "the file has none")
        for name in _GLOBAL
        if not str(file.attributes.get(name, "")).strip()
    ]


def _variable_attributes(reader: Reader, file: RawFile) -> list[tuple[str, str]]:
    remarks = []
    for name, source in reader.variables.items():
        raw = find(file, source)
        if raw is None:
            if not source.required:
                remarks.append((name, f"the file has no {' or '.join(source.paths)}"))
            continue
        wanted = ["long_name"]
        wanted += ["units"] if row_of(name).units else []
        wanted += ["standard_name"] if row_of(name).standard_name else []
        lacking = [one for one in wanted if one not in raw.attributes]
        if lacking:
            remarks.append((raw.path, f"without the CF attributes {', '.join(lacking)}"))
    return remarks


def _companions(dataset: xr.Dataset) -> list[tuple[str, str]]:
    """Uncertainties of what is there, and the kernel that a comparison of XCO2 needs."""
    remarks = []
    for name in map(str, dataset.data_vars):
        uncertainty = row_of(name).uncertainty
        if uncertainty and uncertainty not in dataset:
            remarks.append((name, f"no uncertainty ({uncertainty})"))
    if "xco2" in dataset and "sounding" in dataset.dims:
        lacking = [name for name in _KERNEL if name not in dataset]
        if lacking:
            remarks.append(("xco2", f"no averaging kernel: {', '.join(lacking)}"))
    return remarks


def _result_attributes(dataset: xr.Dataset) -> list[tuple[str, str]]:
    return [(name, "not known from the file") for name in _RESULT if name not in dataset.attrs]


def out_of_range(dataset: xr.Dataset) -> list[tuple[str, str]]:
    """Variables with values that the vocabulary calls impossible, and how many there are.

    Longitudes of grids may run to 360.
    """
    return [
        (name, f"{outside} of {size} values outside {_limits(name)}")
        for name, outside, _, size in _outside(dataset)
    ]


def impossible(reader: Reader, dataset: xr.Dataset, file: str) -> list[FileContentError]:
    """Return a refusal for each variable that the reader needs and that cannot be as it says.

    That is where nine tenths or more of the values that are there lie outside of the vocabulary's
    valid range: not some bad values, but another unit or another quantity.
    """
    return [
        FileContentError(
            file,
            name,
            f"values within {_limits(name)}",
            f"{outside} of {present} outside; are they in these units?",
        )
        for name, outside, present, _ in _outside(dataset)
        if outside >= _HOPELESS * present
        and name in reader.variables
        and reader.variables[name].required
    ]


def _outside(dataset: xr.Dataset) -> Iterator[tuple[str, int, int, int]]:
    """Yield name, number of impossible values, of those there, and of all, where one is."""
    for name, values, missing in _numbers(dataset):
        row = row_of(name)
        if name == "longitude" and "sounding" not in dataset.dims:
            continue
        low = values < (-np.inf if row.valid_min is None else row.valid_min)
        high = values > (np.inf if row.valid_max is None else row.valid_max)
        outside = int(((low | high) & ~missing).sum())
        if outside:
            yield name, outside, values.size - int(missing.sum()), values.size


def _limits(name: str) -> str:
    row = row_of(name)
    return f"{row.valid_min} to {row.valid_max} {row.units}".rstrip()


def _missing(dataset: xr.Dataset) -> list[tuple[str, str]]:
    return [
        (name, f"{int(missing.sum())} of {values.size} values missing")
        for name, values, missing in _numbers(dataset)
        if missing.any() and name not in REQUIRED
    ]


def _numbers(dataset: xr.Dataset) -> Iterator[tuple[str, NDArray[Any], NDArray[np.bool_]]]:
    """Yield name, values and what is missing of each numeric variable."""
    for name in map(str, dataset.variables):
        values = dataset[name].values
        if values.dtype.kind == "f":
            yield name, values, np.isnan(values)
        elif values.dtype.kind in "iu":
            yield name, values, values == _lowest(values)


def _lowest(values: np.ndarray[tuple[int, ...], np.dtype[np.integer]]) -> int:
    return int(np.iinfo(values.dtype).min)
