"""Solar lines: a spectrum of the Sun's disk from an empirical list of lines."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.errors import FileContentError, InvalidValueError, told
from casa_processes.spectroscopy.solar.spectrum import Quality, continuum
from casa_processes.spectroscopy.texts import text_opened

type Values = NDArray[np.float64]

_FIELDS = (slice(3, 15), slice(15, 25), slice(25, 35), slice(35, 40))
_BARE_EXPONENT = re.compile(r"(?<=\d)(?=[+-]\d)")
_ROTATION = 3.95e-6
"""Width by the rotation of the Sun over the position of a line, when the whole disk is seen."""

_BEND = 0.07
"""Distance from the centre, in addition to the width, at which wings bend.  [cm-1]"""

_FAINTEST = 1e-7
"""Optical thickness below which a line is left out."""


@dataclass(frozen=True, eq=False)
class SolarLines:
    """Lines of the Sun in ascending order; arrays have the shape (line,).

    Attributes
    ----------
    position
        In the frame of the Sun.  [cm-1]
    thickness
        Optical thickness at the centre.  [1]
    wing, core
        Distance over which wings fall by a factor e, and the Gaussian width of the core.  [cm-1]
    rotation
        Whether the list is of the disk's centre, so that rotation does not widen its lines: 0, or
        1 for the whole disk.
    about
        Where it is from.
    quality
        "lines".
    """

    position: Values
    thickness: Values
    wing: Values
    core: Values
    rotation: float
    about: Mapping[str, Any]
    quality: Quality = "lines"

    def transmittance(self, wavenumber: Values) -> Values:
        """Return the transmittance of the Sun's atmosphere.

        Parameters
        ----------
        wavenumber
            Ascending, in the frame of the Sun.  [cm-1], shape (point,)

        Returns
        -------
        ndarray
            [1], shape (point,)

        Notes
        -----
        Toon (2014), solar line lists for atmospheric spectroscopy: the optical thickness of a line
        at a distance x is s exp(-x^2 / sqrt(d^4 + x^2 y^2 (1 + |x| / (y + 0.07)))), Gaussian in the
        core and close to exponential in the wings.
        """
        thickness = np.zeros(wavenumber.size)
        for index in self._near(wavenumber):
            position, strength = self.position[index], self.thickness[index]
            core = self.core[index] ** 2 + (_ROTATION * self.rotation * position) ** 2
            wing = self.wing[index]
            reach = _reach(strength, core, wing)
            low, high = np.searchsorted(wavenumber, [position - reach, position + reach])
            x = np.abs(wavenumber[low:high] - position)
            bent = (x * wing) ** 2 * (1.0 + x / (wing + _BEND))
            thickness[low:high] += strength * np.exp(-(x**2) / np.sqrt(core**2 + bent))
        return np.asarray(np.exp(-thickness))

    def irradiance(self, wavenumber: Values) -> Values:
        """Return the irradiance at 1 astronomical unit, in the frame of the Sun.

        [photon s-1 m-2 um-1], shape (point,); wavenumbers [cm-1] ascend.
        """
        return continuum(wavenumber) * self.transmittance(wavenumber)

    def _near(self, wavenumber: Values) -> range:
        """Return the lines that may reach the wavenumbers."""
        low, high = np.searchsorted(
            self.position, [wavenumber[0] - 90.0, wavenumber[-1] + 90.0]
        ).tolist()
        return range(low, high)


def _reach(strength: float, core: float, wing: float) -> float:
    """Return the distance at which a line's thickness is the faintest one.  [cm-1]."""
    if strength <= _FAINTEST:
        return 0.0
    depth = np.log(strength / _FAINTEST)
    far = 8.0 * np.sqrt(core) + 2.0 * depth * wing
    while far**2 / np.sqrt(core**2 + (far * wing) ** 2 * (1.0 + far / (wing + _BEND))) < depth:
        far *= 1.5
    return float(far)


def read_solar_lines(path: Path) -> SolarLines:
    """Read a solar line list of 101 characters a line (G. C. Toon), compressed by gzip or not.

    Parameters
    ----------
    path
        The file; a name that holds ``_di`` is of the whole disk, ``_dc`` of its centre.

    Raises
    ------
    FileContentError
        Naming the line that is none, or when there is none.
    InvalidValueError
        When the name does not tell which part of the disk the list is of.
    """
    if not ("_di" in path.name or "_dc" in path.name):
        raise InvalidValueError(
            "name of a solar line list", path.name, "solar_di... or solar_dc..."
        )
    try:
        with text_opened(path) as file:
            rows = [row for row in file if row.strip()]
    except (OSError, EOFError) as error:
        raise FileContentError(path.name, "file", "solar lines", told(error, path)) from None
    if not rows:
        raise FileContentError(path.name, "file", "solar lines", "none")
    numbers = np.array([_numbers(row, f"line {n}", path.name) for n, row in enumerate(rows, 1)])
    position, thickness, wing, core = numbers[np.argsort(numbers[:, 0], kind="stable")].T
    disk = float("_di" in path.name)
    about = {"source": path.name, "disk": "whole" if disk else "centre", "lines": len(rows)}
    return SolarLines(position, thickness, wing, core, disk, about)


def is_solar_line(row: str) -> bool:
    """Tell whether a row has the numbers of a solar line at their places."""
    try:
        _numbers(row, "", "")
    except FileContentError:
        return False
    return True


def _numbers(row: str, where: str, file: str) -> list[float]:
    """Return position, thickness, wing and core; an exponent may lack its letter, as Fortran's."""
    try:
        return [float(_BARE_EXPONENT.sub("e", row[place].strip())) for place in _FIELDS]
    except ValueError as error:
        raise FileContentError(file, where, "numbers of a solar line", str(error)) from None
