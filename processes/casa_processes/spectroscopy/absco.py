"""Tables of absorption coefficients: those of the OCO missions (ABSCO) and those of AER."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from casa_processes.common.errors import FileContentError, InvalidValueError
from casa_processes.common.hdf5 import own_file
from casa_processes.spectroscopy.cross_sections import Grid

type Values = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Absco:
    """A table of cross-sections whose temperatures depend on pressure.

    Attributes
    ----------
    path
        The file; numbers are read when they are asked for.
    dataset
        Its data set of cross-sections.
    transposed
        Whether it is ordered by wavenumber, temperature and pressure, as those of AER, and not by
        pressure, temperature, water and wavenumber.
    order
        Rows of the file from the lowest pressure to the highest.  shape (pressure,)
    pressure
        Ascending.  [hPa], shape (pressure,)
    temperature
        Ascending in each row; NaN where there is none.  [K], shape (pressure, temperature)
    water
        Mole fractions of water, ascending, or empty.  [mol mol-1], shape (fraction,)
    wavenumber
        Ascending.  [cm-1], shape (point,)
    scale
        Factor that all cross-sections are multiplied by.  [1]
    change
        Whether the content is the change with the mole fraction of water.
    """

    path: Path
    dataset: str
    transposed: bool
    order: NDArray[np.int64]
    pressure: Values
    temperature: Values
    water: Values
    wavenumber: Values
    scale: float = 1.0
    change: bool = False

    def cross_section(self, grid: Grid, pressure: float, temperature: float) -> Values:
        """Return cross-sections, or their change with water, at a state.

        Parameters
        ----------
        grid
            Wavenumbers within those of the file; between its points cross-sections are linear.
        pressure, temperature
            [hPa], [K]; beyond the states of the table its nearest ones stand in.

        Returns
        -------
        ndarray
            [cm2 / molecule], shape (point,); linear in ln p and T between the table's states.

        Raises
        ------
        InvalidValueError
            When the file does not reach over the grid.
        """
        at = np.clip(np.log(pressure), np.log(self.pressure[0]), np.log(self.pressure[-1]))
        row = min(int(np.searchsorted(np.log(self.pressure), at)), self.pressure.size - 1)
        below = max(row - 1, 0)
        span = np.log(self.pressure[row] / self.pressure[below])
        share = float((at - np.log(self.pressure[below])) / span) if row > below else 0.0
        parts = []
        for weight, level in ((1.0 - share, below), (share, row)):
            if weight > 0.0:
                parts.append(weight * self._at_level(grid, level, temperature))
        return np.asarray(self.scale * np.sum(parts, axis=0))

    def _at_level(self, grid: Grid, level: int, temperature: float) -> Values:
        """Interpolate between the temperatures of one pressure."""
        known = np.flatnonzero(np.isfinite(self.temperature[level]))
        values = self.temperature[level, known]
        above = min(max(int(np.searchsorted(values, temperature)), 1), values.size - 1)
        low, high = values[above - 1], values[above]
        share = float(np.clip((temperature - low) / (high - low), 0.0, 1.0))
        one, other = (self._column(grid, level, int(known[n])) for n in (above - 1, above))
        return (1.0 - share) * one + share * other

    def _column(self, grid: Grid, level: int, column: int) -> Values:
        """Read one spectrum: dry, or its change with water."""
        first, last = np.searchsorted(self.wavenumber, [grid.first, grid.last])
        first, last = max(int(first) - 1, 0), min(int(last) + 1, self.wavenumber.size - 1)
        near = self.wavenumber[first : last + 1]
        if near[0] > grid.first + 1e-6 or near[-1] < grid.last - 1e-6:
            asked = f"{grid.first} to {grid.last} cm-1"
            known = (
                f"part of {self.wavenumber[0]} to {self.wavenumber[-1]} cm-1 of {self.path.name}"
            )
            raise InvalidValueError("grid", asked, known)
        spectrum = self._read(level, column, slice(first, last + 1))
        if self.change:
            found = (spectrum[-1] - spectrum[0]) / (self.water[-1] - self.water[0])
        elif self.water.size > 1:
            slope = (spectrum[1] - spectrum[0]) / (self.water[1] - self.water[0])
            found = spectrum[0] - self.water[0] * slope
        else:
            found = spectrum[0]
        return np.asarray(np.interp(grid.values, near, found))

    def _read(self, level: int, column: int, points: slice) -> Values:
        """Read the spectra of all mole fractions of water.  shape (fraction, point)."""
        with own_file(self.path) as file:
            data, row = file[self.dataset], int(self.order[level])
            if self.transposed:
                found = np.asarray(data[points, column, row], dtype=np.float64)
                return found.reshape(found.shape[0], -1).T
            found = np.asarray(data[row, column, ..., points], dtype=np.float64)
            return found.reshape(-1, found.shape[-1])

    def key(self) -> str:
        """Name the file by its content, and what is made of it."""
        with self.path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        return hashlib.sha256(f"{digest} {self.scale} {self.change}".encode()).hexdigest()

    def about(self) -> Mapping[str, Any]:
        """Tell the file, its kind and scale."""
        kind = "AER" if self.transposed else "ABSCO"
        about: dict[str, Any] = {"source": self.path.name, "kind": kind, "scale": self.scale}
        if self.change:
            about["change_with_water"] = "of the table"
        return about


def read_absco(path: Path, scale: float = 1.0, change: bool = False) -> Absco:
    """Open a table of the OCO missions (HDF5) or of AER (netCDF-4), told by what it holds.

    Parameters
    ----------
    path
        The file. ABSCO: `Pressure` [Pa], `Temperature` [K] (pressure, temperature), `Wavenumber`
        [cm-1], `Gas_Index`, `Gas_<nn>_Absorption` [cm2 / molecule] (pressure, temperature, water,
        wavenumber) and `Broadener_<nn>_VMR`, the dimension of water being optional. AER: `P_layer`
        [mbar] and `T_layer` [K] (layer, temperature), `Spectral_Grid` [cm-1], `Cross_Section`
        [cm2 / molecule] (wavenumber, temperature, layer, water) and `H2O_VMR` [ppmv].
    scale
        Factor that all cross-sections are multiplied by.
    change
        Whether the change with the mole fraction of water is asked for.

    Raises
    ------
    FileContentError
        When the file is neither, or has no dimension of water and its change is asked for.
    """
    try:
        with own_file(path) as file:
            found = _oco(path, file) if "Gas_Index" in file else _aer(path, file)
    except FileContentError as error:
        raise FileContentError(
            path.name, error.where, "an ABSCO or AER table", error.found
        ) from None
    if change and found.water.size < 2:
        raise FileContentError(path.name, "water", "two mole fractions or more", "none")
    return Absco(**{**vars(found), "scale": scale, "change": change})


def _oco(path: Path, file: h5py.File) -> Absco:
    raw = file["Gas_Index"][...]
    index = np.asarray(raw).reshape(-1)[0]
    gas = (index.decode() if isinstance(index, bytes) else str(index)).strip("\0 ")
    broadeners = [name for name in file if name.startswith("Broadener_") and name.endswith("_VMR")]
    if broadeners not in ([], ["Broadener_01_VMR"]):
        raise ValueError(f"broadener {broadeners}, not water (01)")
    states = (np.asarray(file[name], dtype=np.float64) for name in ("Pressure", "Temperature"))
    pressure, temperature = states
    water = np.asarray(file[broadeners[0]], dtype=np.float64) if broadeners else np.empty(0)
    name = f"Gas_{gas}_Absorption"
    fractions = water.shape if water.size else ()
    shape = (*temperature.shape, *fractions, file["Wavenumber"].size)
    return _checked(path, file, name, shape, (pressure / 100.0, temperature, water))


def _aer(path: Path, file: h5py.File) -> Absco:
    pressure = np.nanmax(np.asarray(file["P_layer"], dtype=np.float64), axis=1)
    temperature = np.asarray(file["T_layer"], dtype=np.float64)
    water = np.asarray(file["H2O_VMR"] if "H2O_VMR" in file else np.empty(0), dtype=np.float64)
    fractions = water.shape if water.size else ()
    shape = (file["Spectral_Grid"].size, *temperature.shape[::-1], *fractions)
    return _checked(path, file, "Cross_Section", shape, (pressure, temperature, water * 1e-6))


def _checked(
    path: Path,
    file: h5py.File,
    name: str,
    shape: tuple[int, ...],
    states: tuple[Values, Values, Values],
) -> Absco:
    """Sort the pressures and compare the shape of the cross-sections with those of their axes."""
    transposed = "Spectral_Grid" in file
    axis = file["Spectral_Grid" if transposed else "Wavenumber"]
    units = axis.attrs.get("units", b"cm-1")
    if (units.decode() if isinstance(units, bytes) else str(units)) not in ("cm-1", "cm^-1"):
        raise ValueError(f"wavenumbers in {units}, not in cm-1")
    if file[name].shape != shape:
        raise ValueError(f"{name} of the shape {file[name].shape}, not {shape}")
    pressure, temperature, water = states
    order = np.argsort(pressure)
    wavenumber = np.asarray(axis, dtype=np.float64)
    if (np.diff(wavenumber) <= 0).any() or not np.isfinite(pressure).all():
        raise ValueError("wavenumbers that do not ascend, or missing pressures")
    if (np.isfinite(temperature).sum(axis=1) < 2).any():
        raise ValueError("a pressure with fewer than two temperatures")
    return Absco(
        path, name, transposed, order, pressure[order], temperature[order], water, wavenumber
    )
