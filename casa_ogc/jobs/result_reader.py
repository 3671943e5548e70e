"""Reading of a job's file as every reader reads: checked, in vocabulary names, units and types."""

from pathlib import Path

import h5netcdf
import xarray as xr

from casa_ogc.readers.read import BOUNDS, COORDINATES, REQUIRED, read_as
from casa_ogc.readers.reader import Kind, Reader, Source
from casa_processes.common.errors import FileContentError
from casa_processes.common.vocabulary import VOCABULARY

_OWN = frozenset({"Conventions", "featureType", "title", "history", "_NCProperties"})
_DIMENSIONS = frozenset({"sounding", "level", "vertex", "bound"})


def read_result(path: Path, kind: Kind) -> xr.Dataset:
    """Read a netCDF file that a process wrote to be published.

    Parameters
    ----------
    path
        The file.
    kind
        What it has to hold.

    Returns
    -------
    xarray.Dataset
        As `casa_ogc.readers.read` returns it, in memory.

    Raises
    ------
    FileContentError
        When it is no netCDF file, a variable is not in the vocabulary or has other units, or
        coordinates are missing or impossible.
    """
    try:
        with h5netcdf.File(path, "r") as file:
            names, attributes = list(file.variables), list(file.attrs)
            found: Kind = "soundings" if "sounding" in file.dimensions else "grid"
    except OSError as error:
        raise FileContentError(path.name, "file", "a netCDF-4 file", str(error)) from None
    if found != kind:
        raise FileContentError(path.name, "dimensions", f"those of {kind}", f"those of {found}")
    reader = Reader(
        files=(path.name,),
        kind=kind,
        product="",
        title=path.stem,
        dims={},
        variables={name: _source(path, name) for name in _needed(names, kind)},
        attributes={name: f"@{name}" for name in attributes if name not in _OWN},
        load=_opened,
    )
    return read_as(reader, path, _refuse)


def _needed(names: list[str], kind: Kind) -> list[str]:
    """Return the variables of the file and those that it must have."""
    needed = REQUIRED if kind == "soundings" else COORDINATES
    return [*dict.fromkeys((*needed, *(name for name in names if name not in _DIMENSIONS)))]


def _source(path: Path, name: str) -> Source:
    row = VOCABULARY.get(name.removesuffix(BOUNDS))
    if row is None:
        raise FileContentError(path.name, name, "a variable of the vocabulary", "none")
    return Source(name, units=(row.units, "") if row.units else None)


def _opened(path: Path) -> xr.Dataset:
    # Packed numbers are unpacked by the reader, which passes the packing on to the archive.
    return xr.open_dataset(path, engine="h5netcdf", mask_and_scale=False, decode_timedelta=False)


def _refuse(problem: FileContentError) -> None:
    raise problem
