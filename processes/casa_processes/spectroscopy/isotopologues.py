"""Isotopologues: molar masses, natural abundances and partition sums."""

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.errors import InvalidValueError, UnknownNameError

type Values = NDArray[np.float64]

MOLECULES = {"H2O": 1, "CO2": 2, "CH4": 6, "O2": 7}
"""HITRAN's numbers of the molecules that the facility knows."""


@dataclass(frozen=True)
class Isotopologue:
    """One isotopologue.

    Attributes
    ----------
    name
        Its formula, with mass numbers where they are not the most common.
    mass
        Molar mass.  [g mol-1]
    abundance
        Natural abundance that tabulated intensities include.  [1]
    """

    name: str
    mass: float
    abundance: float


@cache
def isotopologue(molecule: int, number: int) -> Isotopologue:
    """Return an isotopologue by HITRAN's numbers.

    Raises
    ------
    UnknownNameError
        When HITRAN knows no such isotopologue.
    """
    table = hitran_program().ISO
    try:
        entry = table[(molecule, number)]
    except KeyError:
        known = [f"{m}.{i}" for m, i in table if m == molecule]
        raise UnknownNameError("isotopologue", f"{molecule}.{number}", known) from None
    return Isotopologue(str(entry[1]), float(entry[3]), float(entry[2]))


def partition_ratio(molecule: int, number: int, temperature: float) -> float:
    """Return Q(296 K) / Q(T), the ratio of total internal partition sums.

    Parameters
    ----------
    molecule, number
        HITRAN's numbers of molecule and isotopologue.
    temperature
        T.  [K]

    Raises
    ------
    InvalidValueError
        When the sums are not tabulated at this temperature.

    Notes
    -----
    Gamache et al. (2021), continued, as the HITRAN application interface holds them.
    """
    sums = hitran_program().partitionSum
    try:
        ratio = float(sums(molecule, number, 296.0) / sums(molecule, number, temperature))
    except Exception as error:  # noqa: BLE001  # that library raises the base class
        raise InvalidValueError(
            "temperature", temperature, f"one that is tabulated ({error})"
        ) from None
    return ratio


@cache
def hitran_program() -> Any:
    """Import HITRAN's application interface, which greets on the standard output."""
    import contextlib
    import io

    with contextlib.redirect_stdout(io.StringIO()):
        import hapi
    return hapi
