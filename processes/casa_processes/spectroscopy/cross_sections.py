"""Cross-sections of a line list at one pressure and temperature."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.constants import (
    AVOGADRO,
    BOLTZMANN,
    PLANCK,
    SPEED_OF_LIGHT,
    STANDARD_ATMOSPHERE,
)
from casa_processes.common.errors import InvalidValueError
from casa_processes.spectroscopy.isotopologues import isotopologue, partition_ratio
from casa_processes.spectroscopy.kernel import voigt_sum
from casa_processes.spectroscopy.lines import REFERENCE_TEMPERATURE, LineList

type Values = NDArray[np.float64]

SECOND_RADIATION = 100.0 * PLANCK * SPEED_OF_LIGHT / BOLTZMANN
"""h c / k.  [cm K]"""

_ATMOSPHERE = STANDARD_ATMOSPHERE / 100.0


@dataclass(frozen=True)
class Grid:
    """Equidistant wavenumbers.

    Attributes
    ----------
    first, step
        First one and distance.  [cm-1]
    size
        Their number.
    """

    first: float
    step: float
    size: int

    def __post_init__(self) -> None:
        if not (self.first > 0 and self.step > 0 and self.size > 0):
            raise InvalidValueError("grid", self, "a positive first wavenumber, step and size")

    @property
    def last(self) -> float:
        """Return the last wavenumber.  [cm-1]."""
        return self.first + self.step * (self.size - 1)

    @property
    def values(self) -> Values:
        """Return all wavenumbers.  [cm-1], shape (point,)."""
        return self.first + self.step * np.arange(self.size, dtype=np.float64)


@dataclass(frozen=True)
class Wings:
    """How far lines reach, and where they are computed coarsely.

    Attributes
    ----------
    cut
        Distance from its centre at which a line ends; its value there is subtracted.  [cm-1]
    near
        Distance within which it is computed on the grid itself.  [cm-1]
    coarse
        Steps of the grid in one step of the coarse grid.
    """

    cut: float = 25.0
    near: float = 1.6
    coarse: int = 8


def cross_section(
    lines: LineList,
    grid: Grid,
    pressure: float,
    temperature: float,
    mole_fraction: float = 0.0,
    wings: Wings | None = None,
) -> Values:
    """Sum the lines of one gas.

    Parameters
    ----------
    lines
        Its line list; lines beyond the reach of the grid are left out.
    grid
        Where.
    pressure
        Total pressure.  [hPa]
    temperature
        [K]
    mole_fraction
        Of the gas itself, for broadening by itself.  [mol mol-1]
    wings
        Reach of the lines.

    Returns
    -------
    ndarray
        [cm2 / molecule], shape (point,); an error of the interpolated wings below 2e-4.

    Raises
    ------
    InvalidValueError
        When pressure or temperature is not positive, or the temperature beyond the partition sums.
    UnknownNameError
        When a line is of an isotopologue that is not known.

    Notes
    -----
    Rothman et al. (1998), eqs. A10 to A14; Voigt functions with first-order line mixing.
    """
    if not (pressure > 0 and temperature > 0 and 0 <= mole_fraction <= 1):
        asked = f"{pressure} hPa, {temperature} K, {mole_fraction}"
        raise InvalidValueError("state of the gas", asked, "positive numbers, a fraction to 1")
    wings = wings or Wings()
    near = lines.between(grid.first - wings.cut, grid.last + wings.cut)
    spectrum = np.zeros(grid.size)
    described = shapes(near, pressure, temperature, mole_fraction)
    voigt_sum(grid.first, grid.step, described, wings.cut, wings.near, wings.coarse, spectrum)
    return spectrum


def shapes(
    lines: LineList, pressure: float, temperature: float, mole_fraction: float = 0.0
) -> Values:
    """Return what `voigt_sum` takes of lines at a pressure [hPa] and a temperature [K].

    Rows of position, intensity, Doppler width at 1/e, half width and line mixing, shape (5, line).
    """
    atmospheres = pressure / _ATMOSPHERE
    warmth = REFERENCE_TEMPERATURE / temperature
    air = lines.air_width * warmth**lines.width_exponent
    own = lines.self_width * warmth**lines.width_exponent
    mass, sums = _of_isotopologues(lines, temperature)
    speed = np.sqrt(2.0 * BOLTZMANN * temperature * AVOGADRO / (mass * 1e-3))
    exponent = SECOND_RADIATION * lines.lower_energy * (1 / REFERENCE_TEMPERATURE - 1 / temperature)
    stimulated = np.expm1(-SECOND_RADIATION * lines.position / temperature) / np.expm1(
        -SECOND_RADIATION * lines.position / REFERENCE_TEMPERATURE
    )
    return np.stack(
        [
            lines.position + lines.air_shift * atmospheres,
            lines.intensity * sums * np.exp(exponent) * stimulated,
            lines.position * speed / SPEED_OF_LIGHT,
            atmospheres * ((1.0 - mole_fraction) * air + mole_fraction * own),
            atmospheres * lines.mixing * warmth**lines.mixing_exponent,
        ]
    )


def _of_isotopologues(lines: LineList, temperature: float) -> tuple[Values, Values]:
    """Return the molar mass [g mol-1] and Q(296 K) / Q(T) of each line."""
    mass, sums = np.empty(len(lines)), np.empty(len(lines))
    for molecule, number in {
        *zip(lines.molecule.tolist(), lines.isotopologue.tolist(), strict=True)
    }:
        here = (lines.molecule == molecule) & (lines.isotopologue == number)
        mass[here] = isotopologue(molecule, number).mass
        sums[here] = partition_ratio(molecule, number, temperature)
    return mass, sums
