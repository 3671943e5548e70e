"""Files of line mixing and collision-induced absorption as the GGG software distributes them.

Data of Tran, Boulet and Hartmann (2006) and Tran and Hartmann (2008) for the A band of oxygen; of
Niro et al. (2004) and Lamouroux et al. (2010) for carbon dioxide.
"""

import gzip
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.errors import FileContentError, told
from casa_processes.spectroscopy.content import Continuum
from casa_processes.spectroscopy.line_mixing import Relaxation

type Values = NDArray[np.float64]

INCLUDED_OXYGEN = 0.209
"""Mole fraction of oxygen that the coefficients of `CIAO2.dat` include.  [mol mol-1]"""

_SLOWEST = 36.0
_LEAK = 0.04
"""The A band keeps a leak of 0.04 (1 - |m| / 36)^2, as its data were adjusted to.  [cm-1 atm-1]"""


def _rows(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the rows of a text file with their numbers, blank ones left out."""
    opener = gzip.open if path.suffix == ".gz" else open
    try:
        with opener(path, "rt", encoding="latin-1") as file:
            found = [(n, row.rstrip("\r\n")) for n, row in enumerate(file, 1) if row.strip()]
    except (OSError, EOFError) as error:
        raise FileContentError(path.name, "file", "rows of text", told(error, path)) from None
    if not found:
        raise FileContentError(path.name, "file", "rows of text", "none")
    yield from found


def _numbers(path: Path, places: tuple[slice, ...]) -> tuple[Values, list[str]]:
    """Return columns of numbers, shape (column, row), and the rows."""
    numbers, rows = [], []
    for number, row in _rows(path):
        try:
            numbers.append([float(row[place].replace("D", "E")) for place in places])
        except ValueError as error:
            raise FileContentError(path.name, f"line {number}", "numbers", str(error)) from None
        rows.append(row)
    return np.array(numbers).T, rows


def read_oxygen_continuum(path: Path) -> Continuum:
    """Read collision-induced absorption of the A band, `CIAO2.dat`.

    Parameters
    ----------
    path
        Rows of wavenumber [cm-1] and absorption coefficient [cm-1 amagat-2] of air, which the
        mole fraction of oxygen, 0.209, is part of.

    Returns
    -------
    Continuum
        Coefficient for pure oxygen among air: that of the file over 0.209. Coefficients below zero,
        at the end of the genuine file, count as zero.

    Raises
    ------
    FileContentError
        When the rows are not pairs of numbers that ascend.
    """
    pairs = []
    for number, row in _rows(path):
        try:
            wavenumber, coefficient = map(float, row.split())
        except ValueError as error:
            raise FileContentError(path.name, f"line {number}", "two numbers", str(error)) from None
        pairs.append((wavenumber, coefficient / INCLUDED_OXYGEN))
    wavenumbers, coefficients = np.array(pairs).T
    if (np.diff(wavenumbers) <= 0).any():
        raise FileContentError(path.name, "rows", "ascending wavenumbers", "others")
    return Continuum(wavenumbers.copy(), np.maximum(coefficients, 0.0), path.name)


_OXYGEN_LINE = tuple(
    slice(*place)
    for place in ((0, 12), (14, 23), (25, 34), (35, 44), (46, 56), (58, 63), (65, 69), (84, 87))
)
"""Position, population, rigid and true dipole, lower energy, width, exponent, quantum number N."""


def read_oxygen_relaxation(lines: Path, matrix: Path) -> Relaxation:
    """Read lines and relaxation matrix of the A band, `SDFO2.dat` and `RMFO2.dat`.

    Parameters
    ----------
    lines
        One row a line: position, population of the lower level at 296 K, dipoles, lower energy,
        half width, its exponent, shift and quantum numbers.
    matrix
        One row a pair of lines, all partners of the first line first: element [cm-1 atm-1], its
        exponent and the names of both lines.

    Raises
    ------
    FileContentError
        When a row is not of its form, or the pairs are not those of the lines.
    """
    columns, rows = _numbers(lines, _OXYGEN_LINE)
    position, population, rigid, dipole, energy, width, exponent, n = columns
    m = np.where(np.array([row[83] == "P" for row in rows]), -n, n + 1.0)
    pairs, names = _numbers(matrix, (slice(0, 15), slice(15, 31)))
    size = position.size
    if pairs.shape[1] != size**2:
        found = f"{pairs.shape[1]} pairs of {size} lines"
        raise FileContentError(matrix.name, "rows", f"{size**2} pairs", found)
    expected = [row[83:91] for row in rows]
    if [name[35:43] for name in names[::size]] != expected:
        raise FileContentError(matrix.name, "rows", f"lines in the order of {lines.name}", "others")
    return Relaxation(
        position=position,
        lower_energy=energy,
        population=population,
        dipole=dipole,
        rigid=rigid,
        width=width,
        width_exponent=exponent,
        matrix=pairs[0].reshape(size, size),
        matrix_exponent=pairs[1].reshape(size, size),
        leak=_LEAK * (1.0 - np.abs(m) / _SLOWEST) ** 2,
        by_strength=False,
        source=f"{lines.name}, {matrix.name}",
    )


_DIOXIDE_LINE = tuple(
    slice(*place)
    for place in (
        (3, 15),
        (15, 25),
        (35, 40),
        (45, 55),
        (55, 59),
        (118, 121),
        (170, 186),
        (186, 202),
    )
)
"""Position, intensity, width, lower energy, exponent, J, rigid dipole, population."""


def read_dioxide_relaxation(lines: Path, matrix: Path) -> Relaxation:
    """Read the relaxation of a band of carbon dioxide, `S<band>.dat` and `WTfit<l><l>.dat`.

    Parameters
    ----------
    lines
        HITRAN records, each continued by dipole and population.
    matrix
        One row a pair of lines: logarithm of the element at 296 K [cm-1 atm-1], its exponent B of
        (T / 296 K)^B, two figures about the fit, lower and upper J of both lines.

    Raises
    ------
    FileContentError
        When a row is not of its form, or the matrix has none of the lines.

    Notes
    -----
    True dipoles follow from the intensities: S = population position dipole^2 (1 - exp(-c nu / T)).
    """
    columns, rows = _numbers(lines, _DIOXIDE_LINE)
    position, intensity, width, energy, exponent, j, rigid, population = columns
    branch = np.array([{"P": -1, "Q": 0, "R": 1}.get(row[117], 9) for row in rows])
    if (branch == 9).any():
        raise FileContentError(lines.name, "column 118", "P, Q or R", "another letter")
    radiation = -np.expm1(-1.438776877 * position / 296.0)
    element, power = _elements(matrix, j.astype(int), (j + branch).astype(int))
    return Relaxation(
        position=position,
        lower_energy=energy,
        population=population,
        dipole=np.sqrt(intensity / (population * position * radiation)),
        rigid=np.abs(rigid),
        width=width,
        width_exponent=exponent,
        matrix=element,
        matrix_exponent=power,
        leak=np.zeros(position.size),
        by_strength=True,
        source=f"{lines.name}, {matrix.name}",
    )


def _elements(
    path: Path, lower: NDArray[np.int64], upper: NDArray[np.int64]
) -> tuple[Values, Values]:
    """Return elements and exponents for lines between rotational levels, zero where none is."""
    places = (
        slice(0, 20),
        slice(20, 40),
        slice(68, 72),
        slice(72, 76),
        slice(76, 80),
        slice(80, 84),
    )
    (logarithm, power, *levels), _ = _numbers(path, places)
    index = {pair: n for n, pair in enumerate(zip(lower.tolist(), upper.tolist(), strict=True))}
    element = np.zeros((lower.size, lower.size))
    exponent = np.zeros_like(element)
    for n, (a, b, c, d) in enumerate(np.array(levels, dtype=int).T.tolist()):
        start, end = index.get((a, b)), index.get((c, d))
        if start is not None and end is not None:
            element[end, start] = -np.exp(logarithm[n])
            exponent[end, start] = -power[n]
    if not element.any():
        raise FileContentError(path.name, "rows", "pairs of the lines of the band", "none")
    return element, exponent
