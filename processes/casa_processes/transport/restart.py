"""Restart files: a state of tracers as netCDF, bit by bit, written whole or not at all."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import h5netcdf
import h5py
import numpy as np

from casa_processes.common.errors import FileContentError, InvalidValueError
from casa_processes.common.hdf5 import own_file
from casa_processes.transport.types import Mesh, Values, padded

VERSION: Final = "1"
_MESH: Final = ("longitude_edges", "latitude_edges", "a", "b")
_MEANT: Final = "a restart file of transport"
_NEEDED: Final = (*_MESH, "mass", "mole_fraction")
_EPOCH: Final = "nanoseconds since 1970-01-01"


@dataclass(frozen=True, eq=False)
class Restart:
    """A state from which transport goes on.

    Attributes
    ----------
    mesh
        The cells.
    mass
        Air.  [kg], shape (z, y, x)
    q
        Mole fractions, of more tracers than there are names so that kernels can take them; those
        without a name are zero.  [1], shape (z, y, x, tracer)
    names
        Of the tracers.
    time
        Of the state, UTC.
    step
        How many steps were made, which says whose turn the order of directions is.
    """

    mesh: Mesh
    mass: Values
    q: Values
    names: tuple[str, ...]
    time: np.datetime64
    step: int


def write_restart(path: Path, state: Restart) -> Path:
    """Write a state; returns `path`, which is there as a whole or as it was.

    Raises
    ------
    InvalidValueError
        When the parts of the state do not agree or values are missing.
    """
    _check(state)
    beside = path.with_name(f".{path.name}.part")
    try:
        with h5netcdf.File(beside, "w") as file:
            _put(file, state)
        with beside.open("rb+") as whole:
            os.fsync(whole.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    return path


def read_restart(path: Path, mesh: Mesh | None = None) -> Restart:
    """Read a state.

    Parameters
    ----------
    path
        What `write_restart` wrote.
    mesh
        The cells that are expected; None for any.

    Raises
    ------
    FileContentError
        When the file is no such state, is damaged, or is of other cells.
    """
    with own_file(path) as file:
        version = file.attrs.get("restart_version")
        version = version.decode() if isinstance(version, bytes) else version
        if version != VERSION:
            raise FileContentError(path.name, "/", f"{_MEANT}, version {VERSION}", str(version))
        for name in _NEEDED:
            if not isinstance(file.get(name), h5py.Dataset):
                raise FileContentError(path.name, name, "a variable", "nothing")
        try:
            state = _taken(file)
            _check(state)
        except (InvalidValueError, KeyError, ValueError, TypeError) as error:
            raise FileContentError(path.name, "/", _MEANT, str(error)) from None
    if mesh is not None:
        for name in _MESH:
            ours, theirs = getattr(mesh, name), getattr(state.mesh, name)
            if ours.shape != theirs.shape or not np.allclose(ours, theirs, rtol=1e-12, atol=1e-9):
                expected = f"{ours.size} values from {ours[0]:g} to {ours[-1]:g}"
                found = f"{theirs.size} from {theirs[0]:g} to {theirs[-1]:g}, or others between"
                raise FileContentError(path.name, name, expected, found)
    return state


def _put(file: Any, state: Restart) -> None:
    """Write all of a state."""
    z, y, x = state.mesh.shape
    edges = {"longitude_edge": x + 1, "latitude_edge": y + 1, "interface": z + 1}
    file.dimensions = {"tracer": len(state.names), "layer": z, "row": y, "column": x, **edges}
    file.attrs.update(
        Conventions="CF-1.8",
        title="State of tracer transport",
        restart_version=VERSION,
        tracers=" ".join(state.names),
        step=np.int64(state.step),
        time=np.int64(state.time.astype("datetime64[ns]").astype(np.int64)),
        time_units=_EPOCH,
    )
    units = ("degrees_east", "degrees_north", "Pa", "1")
    dims = (*edges, "interface")
    for name, dim, unit in zip(_MESH, dims, units, strict=True):
        file.create_variable(name, (dim,), data=getattr(state.mesh, name)).attrs["units"] = unit
    cells = ("layer", "row", "column")
    file.create_variable("mass", cells, data=state.mass).attrs["units"] = "kg"
    named = np.ascontiguousarray(np.moveaxis(state.q[..., : len(state.names)], -1, 0))
    field = file.create_variable("mole_fraction", ("tracer", *cells), data=named, fletcher32=True)
    field.attrs["units"] = "1"


def _taken(file: h5py.File) -> Restart:
    """Take a state out of a file."""
    mesh = Mesh(*(np.asarray(file[name][()], np.float64) for name in _MESH))
    named = np.asarray(file["mole_fraction"][()], np.float64)
    text = file.attrs["tracers"]
    names = tuple((text.decode() if isinstance(text, bytes) else str(text)).split())
    q = np.zeros((*mesh.shape, padded(len(names))))
    q[..., : len(names)] = np.moveaxis(named, 0, -1)
    time, step = (int(np.asarray(file.attrs[name]).item()) for name in ("time", "step"))
    mass = np.asarray(file["mass"][()], np.float64)
    return Restart(mesh, mass, q, names, np.datetime64(time, "ns"), step)


def _check(state: Restart) -> None:
    """Raise `InvalidValueError` when the parts of a state do not agree."""
    count, known = state.q.shape[-1], len(state.names)
    if state.q.shape[:-1] != state.mesh.shape or state.mass.shape != state.mesh.shape:
        raise InvalidValueError("tracers", state.q.shape, f"cells of shape {state.mesh.shape}")
    if not known or padded(known) != count or len(set(state.names)) != known:
        raise InvalidValueError("names of tracers", state.names, f"other names, for {count}")
    if any(not name or name.split() != [name] for name in state.names):
        raise InvalidValueError("names of tracers", state.names, "words without spaces")
    if not np.isfinite(state.q).all() or not (state.mass > 0.0).all():
        raise InvalidValueError("state", "NaN, infinity or no air", "finite values and air")
    if state.step < 0:
        raise InvalidValueError("step", state.step, "0 or more")
