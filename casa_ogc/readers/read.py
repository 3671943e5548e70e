"""Read one file into the common schema."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from casa_ogc.readers.arrange import (
    grid_dims,
    grid_encoding,
    shared_profiles,
    sounding_array,
    surface_first,
    wrapped,
)
from casa_ogc.readers.decode import decode, missing_integer
from casa_ogc.readers.files import RawFile, RawVariable, opened
from casa_ogc.readers.reader import Reader, Source
from casa_ogc.readers.registry import reader_named, reader_of
from casa_processes.common.errors import FileContentError
from casa_processes.common.vocabulary import VOCABULARY, Variable, variable

type Report = Callable[[FileContentError], None]
type Refine = Callable[[xr.Dataset], xr.Dataset]

REQUIRED = ("sounding_id", "time", "latitude", "longitude")
BOUNDS = "_bounds"
COORDINATES = ("time", "latitude", "longitude")
_POSITIVE = {"pressure": "down", "altitude": "up", "level": "up"}


def read(path: Path, reader: str | None = None) -> tuple[Reader, xr.Dataset]:
    """Read one file of any known family.

    Parameters
    ----------
    path
        The file.
    reader
        Name of the reader, whatever the file's name; without it the one that recognises both.

    Returns
    -------
    tuple
        The reader, and the data set in vocabulary names, types and units: soundings with dims
        ``sounding``, ``level`` (surface first), ``vertex``, or a grid as the file has it. All of
        it is in memory; the file is closed.

    Raises
    ------
    UnknownNameError
        When no reader has that name or meets the file's name.
    FileContentError
        When the file is not what its reader needs: it names file, variable, expected and found.
    """
    path = Path(path)
    chosen = reader_named(reader_of(path, reader))
    return chosen, read_as(chosen, path, _refuse)


def _refuse(problem: FileContentError) -> None:
    raise problem


def read_as(reader: Reader, path: Path, report: Report) -> xr.Dataset:
    """Read `path` with `reader`; what is wrong goes to `report`, which may raise it or not.

    Where `report` returns, the variable concerned is left out and reading goes on.
    """
    problems: list[FileContentError] = []

    def note(problem: FileContentError) -> None:
        problems.append(problem)
        report(problem)

    with opened(path, reader.load) as file:
        dataset = _collected(reader, file, note)
        dataset.attrs = _attributes(reader, path, file)
    refine = None if problems else reader.refine or _unchanged
    finished = _finished_grid if reader.kind == "grid" else _finished_soundings
    dataset = finished(refine, dataset, path.name, note)
    for name in map(str, dataset.variables):
        dataset[name].attrs = {**described(row_of(name)), **dataset[name].attrs}
    return dataset


def _unchanged(dataset: xr.Dataset) -> xr.Dataset:
    return dataset


def find(file: RawFile, source: Source) -> RawVariable | None:
    """Return the first alternative of `source` that the file has, or None."""
    return next((raw for path in source.paths if (raw := file.find(path)) is not None), None)


def _collected(reader: Reader, file: RawFile, report: Report) -> xr.Dataset:
    """All variables of the reader that the file has, decoded."""
    dataset = xr.Dataset()
    lengths: dict[str, int] = {}
    sources = {**_cell_bounds(reader, file), **reader.variables}
    for name, source in sources.items():
        try:
            read_one = _read_variable(reader, file, name, source, lengths)
        except FileContentError as problem:
            report(problem)
            continue
        if read_one is not None:
            dataset[name] = read_one
    return dataset


def _cell_bounds(reader: Reader, file: RawFile) -> dict[str, Source]:
    """Sources of the cell bounds that a grid's coordinates name by their ``bounds`` attribute."""
    found = {}
    for name in COORDINATES if reader.kind == "grid" else ():
        source = reader.variables.get(name)
        raw = find(file, source) if source else None
        named = raw.attributes.get("bounds") if raw else None
        if raw and source and isinstance(named, str):
            group = raw.path.rpartition("/")[0]
            path = f"{group}/{named}" if group else named
            stated = str(raw.attributes.get("units", ""))
            units = (stated, "") if stated else source.units
            found[name + BOUNDS] = Source(path, units=units, required=False, fill=source.fill)
    return found


def _read_variable(
    reader: Reader, file: RawFile, name: str, source: Source, lengths: dict[str, int]
) -> xr.Variable | None:
    raw = find(file, source)
    if raw is None:
        if source.required:
            expected = " or ".join(source.paths)
            raise FileContentError(file.name, expected, "a variable of that name", "none")
        return None
    row = row_of(name)
    values = decode(raw, source, row, file.name)
    if reader.kind == "grid":
        dims = grid_dims(values, raw, reader, name)
        encoding = grid_encoding(raw, source, row)
    else:
        dims, values = sounding_array(values, raw, reader, row, file.name)
        encoding = {}
    for dim, size in zip(dims, values.shape, strict=True):
        if lengths.setdefault(dim, size) != size:
            expected = f"length {lengths[dim]} of dimension {dim}"
            raise FileContentError(file.name, raw.path, expected, str(size))
    return xr.Variable(dims, values, described(row), encoding)


def row_of(name: str) -> Variable:
    """Return the vocabulary's row of a variable, or of the coordinate whose cell bounds it is."""
    return variable(name.removesuffix(BOUNDS) if name.endswith(BOUNDS) else name)


def described(row: Variable) -> dict[str, Any]:
    """Return the CF attributes of a vocabulary variable."""
    attributes: dict[str, Any] = {"long_name": row.en}
    if row.units:
        attributes["units"] = row.units
    if row.standard_name:
        attributes["standard_name"] = row.standard_name
    if row.flags:
        kind = row.dtype
        attributes["flag_values"] = np.array([code for code, _ in row.flags], dtype=kind)
        attributes["flag_meanings"] = " ".join(meaning for _, meaning in row.flags)
    if row.masks:
        attributes["flag_masks"] = np.array([mask for mask, _ in row.masks], dtype=row.dtype)
        attributes["flag_meanings"] = " ".join(meaning for _, meaning in row.masks)
    if np.dtype(row.dtype if row.dtype != "str" else "U1").kind in "iu":
        attributes["missing_value"] = np.array(missing_integer(row.dtype), dtype=row.dtype)[()]
    return attributes


def _attributes(reader: Reader, path: Path, file: RawFile) -> dict[str, str]:
    """Global attributes of the result; those that the file does not give are left out."""
    product = reader.product if isinstance(reader.product, str) else reader.product(path)
    wanted = {
        "title": f"@title|{reader.title}",
        "history": "@history",
        **reader.attributes,
        "source": path.name,
        "product": product,
    }
    values = {
        name: _attribute(rule if isinstance(rule, str) else rule(path), file)
        for name, rule in wanted.items()
    }
    return {name: value for name, value in values.items() if value}


def _attribute(rule: str, file: RawFile) -> str:
    for alternative in rule.split("|") if rule.startswith("@") else [rule]:
        if not alternative.startswith("@"):
            return alternative
        found = file.attributes.get(alternative[1:])
        if found is not None and str(found).strip():
            return str(found).strip()
    return ""


def _finished_soundings(
    refine: Refine | None, dataset: xr.Dataset, file: str, report: Report
) -> xr.Dataset:
    """Levels turned, longitudes wrapped, the family's last step, then the checks of the schema."""
    if not dataset.sizes.get("sounding", 0):
        report(FileContentError(file, "dimension sounding", "at least one sounding", "none"))
        return dataset
    for name in ("longitude", "longitude_vertices"):
        if name in dataset:
            dataset[name] = dataset[name].copy(data=wrapped(dataset[name].values))
    try:
        dataset = surface_first(shared_profiles(dataset), file)
        dataset = refine(dataset) if refine else dataset
    except FileContentError as problem:
        report(problem)
    for name in REQUIRED:
        if name in dataset:
            _complete(dataset, name, file, report)
        elif refine:
            report(FileContentError(file, name, "a variable of every sounding", "none"))
    return _identified(dataset, file, report)


def _complete(dataset: xr.Dataset, name: str, file: str, report: Report) -> None:
    """Every sounding must have its identifier, time and place."""
    values = dataset[name].values
    if name == "sounding_id":
        bad = values == ""
    elif name == "time":
        bad = np.isnat(values)
    else:
        row = VOCABULARY[name]
        bad = ~((values >= (row.valid_min or 0)) & (values <= (row.valid_max or 0)))
    if bad.any():
        first = int(np.argmax(bad))
        found = f"{int(bad.sum())} of {bad.size} missing or impossible, the first at index {first}"
        report(FileContentError(file, name, "a value in range for every sounding", found))


def _identified(dataset: xr.Dataset, file: str, report: Report) -> xr.Dataset:
    if "sounding_id" in dataset:
        identifiers = dataset["sounding_id"].values
        repeated = identifiers.size - np.unique(identifiers).size
        if repeated:
            found = f"{repeated} that occur again"
            report(FileContentError(file, "sounding_id", "one identifier per sounding", found))
    return dataset


def _finished_grid(
    refine: Refine | None, dataset: xr.Dataset, file: str, report: Report
) -> xr.Dataset:
    """Coordinates marked as such and checked, then the family's last step."""
    dataset = refine(dataset) if refine else dataset
    names = [
        str(name)
        for name, found in dataset.variables.items()
        if found.dims == (name,) or str(name).endswith(BOUNDS)
    ]
    dataset = dataset.set_coords(names)
    for name in names:
        if not name.endswith(BOUNDS):
            _monotonic(dataset, name, file, report)
        if name in _POSITIVE:
            dataset[name].attrs.setdefault("positive", _POSITIVE[name])
    return dataset


def _monotonic(dataset: xr.Dataset, name: str, file: str, report: Report) -> None:
    values = dataset[name].values
    numbers = values.astype(np.int64) if values.dtype.kind == "M" else values
    steps = np.diff(numbers)
    absent = np.isnat(values) if values.dtype.kind == "M" else np.isnan(values)
    if absent.any() or not (np.all(steps > 0) or np.all(steps < 0)):
        found = f"{values[:3].tolist()} ... of {values.size}"
        report(FileContentError(file, name, "a strictly monotonic coordinate", found))
