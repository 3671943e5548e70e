"""Lines of the A band of oxygen from molecular constants.

Lower levels are those of the Hamiltonian of a triplet Sigma molecule in Hund's case (b), upper ones
of a singlet. The constants were fitted to published positions and lower energies, which they meet
within 1e-4 cm-1; those of 16O18O and 16O17O agree with what the masses make of the ones of 16O2.
Hot bands, quadrupole lines, line mixing and collision-induced absorption are left out.
"""

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from casa_processes.spectroscopy.cross_sections import SECOND_RADIATION
from casa_processes.spectroscopy.lines import REFERENCE_TEMPERATURE, LineList

type Values = NDArray[np.float64]

SOURCE = "built-in molecular constants of oxygen"

STRENGTHS = {1: 2.244e-22, 2: 8.768e-25, 3: 1.771e-25}
"""Sums of the lines of 16O2, 16O18O and 16O17O, natural abundance included; of the first Long et
al. (2010) measured 2.231e-22 times 0.995262.  [cm-1 / (molecule cm-2)]"""

_MOST = 45
"""Greatest rotational quantum number N of the lower levels."""


@dataclass(frozen=True)
class Constants:
    """Molecular constants of both states in their lowest vibration.  [cm-1].

    Attributes
    ----------
    rotation, distortion, sextic
        B, D and H of the lower state.
    spin, spin_distortion, coupling, coupling_distortion
        Its constants lambda and gamma with their centrifugal terms.
    origin, upper_rotation, upper_distortion, upper_sextic
        Term value, B, D and H of the upper state.
    """

    rotation: float
    distortion: float
    sextic: float
    spin: float
    spin_distortion: float
    coupling: float
    coupling_distortion: float
    origin: float
    upper_rotation: float
    upper_distortion: float
    upper_sextic: float


_CONSTANTS = {
    1: Constants(
        1.43767595, 4.84049e-6, 7.6e-14, 1.9847618, 1.945e-6, -8.42533e-3, -8.2e-9,
        13122.251593, 1.39124922, 5.368306e-6, -4.52e-12,
    ),
    2: Constants(
        1.35785226, 4.31660e-6, 1.14e-13, 1.9846754, 1.837e-6, -7.95612e-3, -7.3e-9,
        13124.315166, 1.31404414, 4.786867e-6, -3.77e-12,
    ),
    3: Constants(
        1.39533021, 4.55855e-6, -7.0e-14, 1.9847113, 1.888e-6, -8.17639e-3, -7.7e-9,
        13123.338926, 1.35029310, 5.055465e-6, -4.25e-12,
    ),
}  # fmt: skip

_J = np.array([0.0, 2.0, 6.0, 10.0, 14.0, 18.0, 22.0, 26.0, 30.0, 36.0, 46.0])
_WIDTH = np.array(
    [0.0615, 0.0564, 0.0507, 0.0480, 0.0460, 0.0433, 0.0399, 0.0355, 0.0312, 0.0266, 0.0228]
)
_EXPONENT = np.array([0.72, 0.71, 0.73, 0.73, 0.67, 0.64, 0.63, 0.63, 0.63, 0.63, 0.63])
_SHIFT = np.array([-52, -52, -67, -70, -73, -79, -86, -92, -95, -100, -103]) * 1e-4
"""Collisional widths [cm-1 atm-1], their exponents and the shifts [cm-1 atm-1] over the upper J."""

_SLOPE = -2.7e-4
"""Herman-Wallis factors are (1 + slope m)^2."""


@dataclass(frozen=True)
class Lower:
    """A lower level: N and J, its energy [cm-1] and its part with |Omega| = 1 as an amplitude."""

    n: int
    j: int
    energy: float
    amplitude: float


def lower_levels(constants: Constants, most: int, step: int) -> list[Lower]:
    """Return the lower levels of N = 1, 1 + `step`, ... to `most`; N = 0 too when `step` is 1.

    Notes
    -----
    Tinkham and Strandberg (1955): levels of J = N are pure, those of J = N + 1 and J = N - 1 with
    the same J mix through the spin-spin coupling lambda.
    """
    found = []
    for n in range(1, most + 1, step):
        spin = 2.0 / 3.0 * _spin(constants, n) - _coupling(constants, n)
        found.append(Lower(n, n, _rotation(constants, n) + spin, 1.0))
    for j in range(0, most + 2, step):
        found += _mixed(constants, j)
    return [level for level in found if level.n <= most]


def _rotation(c: Constants, n: int) -> float:
    x = n * (n + 1.0)
    return x * (c.rotation - x * (c.distortion - x * c.sextic))


def _spin(c: Constants, n: int) -> float:
    return c.spin + c.spin_distortion * n * (n + 1.0)


def _coupling(c: Constants, n: int) -> float:
    return c.coupling + c.coupling_distortion * n * (n + 1.0)


def _mixed(c: Constants, j: int) -> list[Lower]:
    """Return the levels of N = J - 1 and N = J + 1."""
    up, down = j + 1, j - 1
    above = _rotation(c, up) - _coupling(c, up) * (up + 1)
    above += _spin(c, up) * (2.0 / 3.0 - 2.0 * (j + 1) / (2 * j + 1))
    if j == 0:
        return [Lower(1, 0, above, 0.0)]
    below = _rotation(c, down) + _coupling(c, down) * down
    below += _spin(c, down) * (2.0 / 3.0 - 2.0 * j / (2 * j + 1))
    between = (_spin(c, down) + _spin(c, up)) * sqrt(j * (j + 1.0)) / (2 * j + 1)
    energies, vectors = np.linalg.eigh(np.array([[below, between], [between, above]]))
    one, other = sqrt((j + 1.0) / (2 * j + 1)), sqrt(j / (2 * j + 1.0))
    return [
        Lower(
            down if abs(vector[0]) > abs(vector[1]) else up,
            j,
            float(energy),
            float(vector[0] * one + vector[1] * other),
        )
        for energy, vector in zip(energies, vectors.T, strict=True)
    ]


def lines_of(constants: Constants, step: int) -> Values:
    """Return the lines of an isotopologue.

    Parameters
    ----------
    constants
        Its constants.
    step
        Distance of the rotational quantum numbers N that nuclear spins allow: 2 for two atoms of
        oxygen 16, 1 for different atoms.

    Returns
    -------
    ndarray
        Rows of position [cm-1], share in the strength of the band at 296 K [1], lower energy
        [cm-1] and upper J [1], shape (4, line).
    """
    levels = lower_levels(constants, _MOST, step)
    lowest = min(level.energy for level in levels)
    rows = []
    for level in levels:
        for upper, factor in _transitions(level):
            x = upper * (upper + 1.0)
            energy = constants.origin + x * (
                constants.upper_rotation
                - x * (constants.upper_distortion - x * constants.upper_sextic)
            )
            m = level.n + 1 if upper > level.n else -level.n
            factor *= (1.0 + _SLOPE * m) ** 2
            rows.append((energy - level.energy, factor, level.energy - lowest, upper))
    lines = np.array(rows).T
    lines[1] *= lines[0] * np.exp(-SECOND_RADIATION * lines[2] / REFERENCE_TEMPERATURE)
    lines[1] /= lines[1].sum()
    return lines


def _transitions(level: Lower) -> list[tuple[int, float]]:
    """Return upper J and line factors of the branches RR, PP, RQ and PQ."""
    j = level.j
    if level.n != j:
        return [(j, (2 * j + 1) / 2.0 * level.amplitude**2)] if j else []
    return [(j + 1, j / 2.0), (j - 1, (j + 1) / 2.0)]


def oxygen() -> LineList:
    """Return the lines of 16O2, 16O18O and 16O17O.

    Returns
    -------
    LineList
        Natural abundances; half widths, exponents and shifts are interpolated over the upper J.
    """
    parts = []
    for number, constants in _CONSTANTS.items():
        lines = lines_of(constants, 2 if number == 1 else 1)
        lines[1] *= STRENGTHS[number]
        parts.append(np.vstack([lines, np.full(lines.shape[1], float(number))]))
    rows = np.concatenate(parts, axis=1)
    position, intensity, energy, j, number = rows[:, np.argsort(rows[0], kind="stable")]
    width = np.interp(j, _J, _WIDTH)
    nothing = np.zeros(position.size)
    return LineList(
        molecule=np.full(position.size, 7),
        isotopologue=number.astype(np.int64),
        position=position,
        intensity=intensity,
        lower_energy=energy,
        air_width=width,
        self_width=1.03 * width,
        width_exponent=np.interp(j, _J, _EXPONENT),
        air_shift=np.interp(j, _J, _SHIFT),
        mixing=nothing,
        mixing_exponent=nothing,
        source=SOURCE,
    )
