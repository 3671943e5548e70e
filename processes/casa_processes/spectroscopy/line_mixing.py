"""First-order line mixing from the relaxation matrix of a band."""

from dataclasses import dataclass, field, fields, replace

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.errors import InvalidValueError
from casa_processes.spectroscopy.cross_sections import SECOND_RADIATION
from casa_processes.spectroscopy.lines import REFERENCE_TEMPERATURE, LineList

type Values = NDArray[np.float64]

_NEAR = 0.05
"""Distance of a line in a list from that of a band below which they may be one.  [cm-1]"""

_CLOSEST = 1e-4
"""Distance of two lines below which they are taken to be that far apart.  [cm-1]"""


@dataclass(frozen=True, eq=False)
class Relaxation:
    """Lines of one band and how collisions with air transfer intensity between them, at 296 K.

    Attributes
    ----------
    position, lower_energy
        [cm-1], shape (line,)
    population
        Of the lower level.  [1], shape (line,)
    dipole, rigid
        Dipole moments, and those of a rigid molecule; signs are relative ones.  Any unit,
        shape (line,)
    width, width_exponent
        Collisional half width [cm-1 atm-1] and the exponent n of (296 K / T)^n, shape (line,)
    matrix, matrix_exponent
        Off-diagonal elements W and their exponents: [k, l] is the transfer from line l to line k.
        Those with a lower energy of k above that of l are not used; detailed balance gives them.
        [cm-1 atm-1], [1], shape (line, line)
    leak
        What the sum over k of rigid_k W_kl, which an infinitely fast rotator would have zero, is
        over rigid_l.  [cm-1 atm-1], shape (line,)
    by_strength
        Whether the sums are mended from the strongest line to the faintest, or in order of the
        rows.
    source
        Where it is from.
    """

    position: Values
    lower_energy: Values
    population: Values
    dipole: Values
    rigid: Values
    width: Values
    width_exponent: Values
    matrix: Values
    matrix_exponent: Values
    leak: Values
    by_strength: bool
    source: str

    def __post_init__(self) -> None:
        size = self.position.size
        if self.matrix.shape != (size, size) or self.matrix_exponent.shape != (size, size):
            raise InvalidValueError("relaxation matrix", self.matrix.shape, f"{size} x {size}")

    def key(self) -> bytes:
        """Return all numbers as bytes."""
        arrays = (getattr(self, each.name) for each in fields(self)[:-2])
        return b"".join(np.ascontiguousarray(array).tobytes() for array in arrays)


def populations(band: Relaxation, temperature: float) -> Values:
    """Return the populations of the lower levels up to a factor that all share.

    [1], shape (line,); `temperature` in K.
    """
    inverse = 1.0 / REFERENCE_TEMPERATURE - 1.0 / temperature
    return np.asarray(band.population * np.exp(SECOND_RADIATION * band.lower_energy * inverse))


def relaxation_matrix(band: Relaxation, temperature: float) -> Values:
    """Return the relaxation matrix of a band in air.

    Parameters
    ----------
    band
        The band.
    temperature
        [K]

    Returns
    -------
    ndarray
        [k, l] is the transfer from line l to line k, with half widths on the diagonal.
        [cm-1 atm-1], shape (line, line)

    Notes
    -----
    Niro et al. (2004): elements obey detailed balance, population_l W_kl = population_k W_lk, and
    their columns, weighted with the dipoles of a rigid molecule, add up to nothing but the leak:
    elements below the diagonal are scaled until they do, line by line.
    """
    warmth = REFERENCE_TEMPERATURE / temperature
    weight = populations(band, temperature)
    given = band.matrix * warmth**band.matrix_exponent
    found = _balanced(given, band.lower_energy, weight)
    np.fill_diagonal(found, band.width * warmth**band.width_exponent)
    order = np.arange(weight.size)
    if band.by_strength:
        strength = band.position * weight * band.dipole**2
        order = np.argsort(-strength, kind="stable")
    ordered = found[np.ix_(order, order)]
    _mend(ordered, band.rigid[order], band.leak[order], weight[order])
    found[np.ix_(order, order)] = ordered
    return found


def _balanced(given: Values, energy: Values, weight: Values) -> Values:
    """Return the matrix with elements towards higher energies from detailed balance."""
    mirrored = given.T * (weight[:, None] / weight[None, :])
    gap = energy[:, None] - energy[None, :]
    found = np.where(gap < 0.0, given, mirrored)
    return np.where(np.abs(gap) < 1e-6, 0.5 * (given + given.T), found)


def _mend(matrix: Values, rigid: Values, leak: Values, weight: Values) -> None:
    """Scale elements below the diagonal so that the columns add up to the leak."""
    for line in range(rigid.size - 1):
        above = rigid[: line + 1] @ matrix[: line + 1, line]
        below = rigid[line + 1 :] @ matrix[line + 1 :, line]
        factor = (rigid[line] * leak[line] - above) / below if below else 0.0
        matrix[line + 1 :, line] *= factor
        matrix[line, line + 1 :] = matrix[line + 1 :, line] * weight[line] / weight[line + 1 :]


def first_order(band: Relaxation, temperature: float) -> Values:
    """Return the first-order mixing coefficients of the lines of a band in air.

    Parameters
    ----------
    band
        The band.
    temperature
        [K]

    Returns
    -------
    ndarray
        Y of Rosenkranz (1975): 2 sum_k (d_k / d_l) W_kl / (nu_l - nu_k).  [atm-1], shape (line,)
    """
    matrix = relaxation_matrix(band, temperature)
    gap = band.position[None, :] - band.position[:, None]
    gap = np.where(np.abs(gap) < _CLOSEST, np.copysign(_CLOSEST, gap), gap)
    terms = 2.0 * band.dipole[:, None] / band.dipole[None, :] * matrix / gap
    np.fill_diagonal(terms, 0.0)
    return np.asarray(terms.sum(axis=0))


@dataclass(frozen=True, eq=False)
class Mixing:
    """Bands whose lines mix, and which lines of a list they are.

    Attributes
    ----------
    bands
        Relaxation of each band.
    lines
        Of each line of a band, its index in the list, or -1 where the list lacks it.
        One array of shape (line,) for each band
    size
        How many lines the list has.
    """

    bands: tuple[Relaxation, ...]
    lines: tuple[NDArray[np.int64], ...]
    size: int
    _known: dict[float, Values] = field(default_factory=dict, repr=False)

    def at(self, temperature: float) -> Values:
        """Return the coefficients of all lines of the list.

        [atm-1], shape (line,); zero for lines that do not mix.
        """
        if temperature not in self._known:
            found = np.zeros(self.size)
            for band, index in zip(self.bands, self.lines, strict=True):
                there = index >= 0
                found[index[there]] = first_order(band, temperature)[there]
            self._known[temperature] = found
        return self._known[temperature]

    def key(self) -> bytes:
        """Return all numbers as bytes."""
        return b"".join(band.key() for band in self.bands) + b"".join(
            index.tobytes() for index in self.lines
        )


def mixing_of(lines: LineList, isotopologue: int, *bands: Relaxation) -> Mixing:
    """Find the lines of bands in a list: nearest in position and lower energy.

    Parameters
    ----------
    lines
        The list.
    isotopologue
        Which one the bands are of.
    bands
        Relaxation of each.

    Raises
    ------
    InvalidValueError
        When the list has less than half of a band's strength where it has lines at all.
    """
    return Mixing(bands, tuple(_found(lines, isotopologue, band) for band in bands), len(lines))


def consistent(lines: LineList, mixing: Mixing) -> LineList:
    """Give the lines that mix the widths that their relaxation was made with.

    Parameters
    ----------
    lines
        The list that the mixing was found in.
    mixing
        Its bands.

    Returns
    -------
    LineList
        With `air_width` and `width_exponent` of the bands where they have the line.

    Notes
    -----
    Widths are the diagonal of the relaxation matrix and were adjusted to measured spectra together
    with the rest of it (Tran and Hartmann, 2008): others, as those of a line list, do not go with
    that rest.
    """
    width, exponent = lines.air_width.copy(), lines.width_exponent.copy()
    for band, index in zip(mixing.bands, mixing.lines, strict=True):
        there = index >= 0
        width[index[there]] = band.width[there]
        exponent[index[there]] = band.width_exponent[there]
    return replace(lines, air_width=width, width_exponent=exponent)


def _found(lines: LineList, isotopologue: int, band: Relaxation) -> NDArray[np.int64]:
    index = np.full(band.position.size, -1)
    own = np.flatnonzero(lines.isotopologue == isotopologue)
    for line, (position, energy) in enumerate(zip(band.position, band.lower_energy, strict=True)):
        near = own[np.searchsorted(lines.position[own], position - _NEAR) :]
        near = near[: np.searchsorted(lines.position[near], position + _NEAR)]
        near = near[np.abs(lines.lower_energy[near] - energy) < 0.5]
        if near.size:
            index[line] = near[np.argmin(np.abs(lines.position[near] - position))]
    inside = band.position > lines.position[0] - _NEAR
    inside &= band.position < lines.position[-1] + _NEAR
    strength = band.population * band.dipole**2 * inside
    share = strength[index >= 0].sum() / max(strength.sum(), 1e-300)
    if share < 0.5:
        raise InvalidValueError(
            f"line mixing of {band.source}",
            f"{share:.0%} of its strength",
            "half of it in the list",
        )
    return index
