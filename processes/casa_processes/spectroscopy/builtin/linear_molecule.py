"""Vibration-rotation bands of a linear molecule from molecular constants."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from casa_processes.spectroscopy.cross_sections import SECOND_RADIATION
from casa_processes.spectroscopy.lines import REFERENCE_TEMPERATURE

type Values = NDArray[np.float64]


@dataclass(frozen=True)
class Level:
    """One parity of a vibrational level: its energies are G + B X - D X^2 + H X^3, X = J (J + 1).

    Attributes
    ----------
    origin, rotation, distortion, sextic
        G, B, D and H.  [cm-1]
    """

    origin: float
    rotation: float
    distortion: float
    sextic: float = 0.0

    def energy(self, j: Values) -> Values:
        """Return the energies of rotational levels.  [cm-1], as `j`."""
        x = j * (j + 1.0)
        return self.origin + x * (self.rotation - x * (self.distortion - x * self.sextic))


@dataclass(frozen=True)
class Band:
    """One band between levels of the same vibrational angular momentum.

    Attributes
    ----------
    upper, lower
        Levels by parity; a level without angular momentum has the parity `e` alone.
    momentum
        Vibrational angular momentum l.
    strength
        Sum of its lines at 296 K, natural abundance included.  [cm-1 / (molecule cm-2)]
    first, second
        Herman-Wallis factors (1 + first m + second m^2)^2.  [1]
    symmetric
        Whether every other rotational level is missing, as of a molecule with two atoms of
        oxygen 16.
    """

    upper: dict[str, Level]
    lower: dict[str, Level]
    momentum: int
    strength: float
    first: float = 0.0
    second: float = 0.0
    symmetric: bool = True


def lines_of(band: Band, most: int = 90) -> tuple[Values, Values, Values, Values]:
    """Return the lines of a band up to a rotational level.

    Parameters
    ----------
    band
        The band.
    most
        Greatest rotational quantum number of the lower levels.

    Returns
    -------
    tuple
        Positions [cm-1], intensities at 296 K [cm-1 / (molecule cm-2)], lower energies [cm-1] and
        the number m: -J of the P branch, J + 1 of the R branch, J of the Q branch [1]; each of
        shape (line,).

    Notes
    -----
    Hönl and London's factors of a parallel band: (m^2 - l^2) / |m|, and l^2 (2 J + 1) / (J (J + 1))
    in the Q branch, which joins levels of different parity.
    """
    rows = [
        _branch(band, parity, step, most)
        for parity in band.lower
        for step in ((-1, 1) if band.momentum == 0 else (-1, 0, 1))
    ]
    position, weight, energy, m = (np.concatenate(parts) for parts in zip(*rows, strict=True))
    return position, weight * (band.strength / weight.sum()), energy, m


def _branch(band: Band, parity: str, step: int, most: int) -> tuple[Values, Values, Values, Values]:
    """Return one branch of one parity, its intensities not normalised yet."""
    momentum = band.momentum
    j = np.arange(momentum, most + 1, dtype=np.float64)
    if band.symmetric:
        even = momentum % 2 if parity == "e" else 1 - momentum % 2
        j = j[j % 2 == even]
    j = j[(j + step >= momentum) & (j > 0 if step == 0 else j >= 0)]
    other = {"e": "f", "f": "e"}[parity] if step == 0 else parity
    energy = band.lower[parity].energy(j)
    position = band.upper[other].energy(j + step) - energy
    m = {-1: -j, 0: j, 1: j + 1.0}[step]
    if step == 0:
        factor = momentum**2 * (2.0 * j + 1.0) / (j * (j + 1.0))
    else:
        factor = (m**2 - momentum**2) / np.abs(m)
    bend = (1.0 + band.first * m + band.second * m**2) ** 2 if step else np.ones(j.size)
    boltzmann = np.exp(-SECOND_RADIATION * energy / REFERENCE_TEMPERATURE)
    weight = position * factor * bend * boltzmann
    return position, weight, energy, m
