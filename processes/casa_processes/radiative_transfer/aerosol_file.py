"""Kinds of aerosol and cloud from files of properties in the layout of NASA's full-physics code."""

from collections.abc import Mapping
from pathlib import Path

import h5py
import numpy as np
from numpy.typing import NDArray

from casa_processes.common.errors import FileContentError, InvalidValueError
from casa_processes.common.hdf5 import own_file
from casa_processes.radiative_transfer.aerosol import REFERENCE, Kind

type Values = NDArray[np.float64]

_NEEDED = (
    "wave_number",
    "extinction_coefficient",
    "scattering_coefficient",
    "phase_function_moment",
)


def read_kinds(path: Path, humidity: float = 50.0) -> Mapping[str, Kind]:
    """Read all kinds of a file.

    Parameters
    ----------
    path
        HDF5 with a group of each kind, in which `Properties` holds `wave_number` [cm-1],
        `extinction_coefficient` and `scattering_coefficient` in one unit, and
        `phase_function_moment`, whose first element of the scattering matrix counts, with
        coefficients that contain 2 l + 1.
    humidity
        Relative humidity, for kinds that swell.  [%]

    Returns
    -------
    mapping
        Kinds by the names of their groups.

    Raises
    ------
    FileContentError
        When the file is not of this layout, or says what cannot be.
    InvalidValueError
        When the humidity is none.
    """
    if not 0.0 <= humidity <= 100.0:
        raise InvalidValueError("relative humidity [%]", humidity, "0 to 100")
    with own_file(path) as file:
        found = {name: _kind(path, name, file[name], humidity) for name in file}
    if not found:
        raise FileContentError(path.name, "groups", "one of each kind", "none")
    return found


def _kind(path: Path, name: str, group: h5py.Group, humidity: float) -> Kind:
    properties = group.get("Properties") if isinstance(group, h5py.Group) else None
    present = list(properties) if isinstance(properties, h5py.Group) else []
    if properties is None or not set(_NEEDED) <= set(present):
        expected = f"Properties with {', '.join(_NEEDED)}"
        raise FileContentError(path.name, name, expected, ", ".join(present) or "nothing")
    tables = {each: np.asarray(properties[each][()], dtype=np.float64) for each in _NEEDED}
    if "relative_humidity" in present:
        nodes = np.asarray(properties["relative_humidity"][()], dtype=np.float64)
        for each in _NEEDED[1:]:
            tables[each] = _between(nodes, tables[each], humidity)
    try:
        return _made(tables)
    except (InvalidValueError, IndexError, ValueError) as error:
        raise FileContentError(path.name, name, "properties of particles", str(error)) from None


def _between(nodes: Values, table: Values, humidity: float) -> Values:
    """Interpolate over the second dimension."""
    place = float(np.interp(humidity, nodes, np.arange(nodes.size)))
    low = min(int(place), nodes.size - 2)
    share = place - low
    between: Values = (1.0 - share) * table[:, low] + share * table[:, low + 1]
    return between


def _made(tables: Mapping[str, Values]) -> Kind:
    """Sort by wavelength and tell extinction over that at the reference."""
    number, extinction, scattering, moments = (tables[each] for each in _NEEDED)
    if len({len(each) for each in tables.values()}) != 1:
        raise InvalidValueError(
            "properties", [each.shape for each in tables.values()], "one length"
        )
    if not (np.isfinite(extinction).all() and (extinction > 0).all() and (number > 0).all()):
        raise InvalidValueError("extinction and wave number", extinction, "above zero")
    order = np.argsort(-number)
    wavelength, whole = 1e4 / number[order], extinction[order]
    here = np.exp(np.interp(np.log(REFERENCE), np.log(wavelength), np.log(whole)))
    albedo = scattering[order] / whole
    return Kind(wavelength, whole / here, albedo, moments[order, :, 0])
