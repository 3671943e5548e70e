"""Bias correction by a file: a linear form of what was retrieved, for land and ocean apart.

> XCO2 = (raw + sum of factor (clip(quantity) - offset) - bias of the footprint) / divisor

as ACOS publishes its own (OCO-2 Data Product User's Guide); nothing of it is built in.
"""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Annotated

import numpy as np
import yaml
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from casa_processes.common.errors import InvalidValueError, told
from casa_processes.common.vocabulary import VOCABULARY

type Finite = Annotated[float, Field(allow_inf_nan=False)]
type Columns = Mapping[str, NDArray[np.generic]]

OCEAN, LAND = 0, 1
_LOWEST_LOGARITHM = 1e-30
_MOST_BYTES = 1_000_000


class Term(BaseModel):
    """What one quantity adds, in ppm."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    quantity: str = Field(description="name of the vocabulary, or of a difference: see `minus`")
    minus: str | None = Field(None, description="name that is subtracted first")
    logarithm: bool = Field(False, description="whether the natural logarithm is meant")
    minimum: Finite | None = None
    maximum: Finite | None = None
    offset: Finite = 0.0
    factor: Finite = Field(description="ppm per unit of the quantity")


class Surface(BaseModel):
    """The correction over one kind of surface."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    divisor: Annotated[float, Field(gt=0.9, lt=1.1)] = 1.0
    terms: tuple[Term, ...] = ()
    footprints: tuple[Finite, ...] = Field((), description="bias of footprint 1, 2, ... [ppm]")


class Correction(BaseModel):
    """A file of a bias correction."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str = Field(min_length=1, description="what it was fitted to")
    land: Surface = Surface()
    ocean: Surface = Surface()


def read_correction(path: Path) -> Correction:
    """Read a bias correction.

    Raises
    ------
    InvalidValueError
        When it is no YAML of that form, or names a quantity that is none.
    """
    expected = "a YAML file of a bias correction"
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise InvalidValueError(path.name, path.stat().st_size, "at most 1 MB")
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        found = Correction.model_validate(content)
    except (OSError, UnicodeDecodeError, yaml.YAMLError, RecursionError) as error:
        raise InvalidValueError(path.name, told(error, path), expected) from None
    except ValidationError as error:
        wrong = "; ".join(
            f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in error.errors()
        )
        raise InvalidValueError(path.name, wrong, expected) from None
    for name in quantities(found):
        row = VOCABULARY.get(name)
        if row is None or row.shape != "scalar" or not row.dtype.startswith("float"):
            raise InvalidValueError(path.name, name, "a number of the vocabulary")
    return found


def quantities(correction: Correction) -> frozenset[str]:
    """Return the names of all quantities that a correction needs."""
    terms = (*correction.land.terms, *correction.ocean.terms)
    return frozenset(name for term in terms for name in (term.quantity, term.minus) if name)


def check(correction: Correction, names: Collection[str], footprints: NDArray[np.int64]) -> None:
    """Refuse a correction that a run could not apply, before anything is retrieved.

    Parameters
    ----------
    correction
        What `read_correction` returned.
    names
        Columns of the run.
    footprints
        Of its soundings, from 1, shape (sounding,); which of them are land is not known yet.

    Raises
    ------
    InvalidValueError
        When a quantity is not among the columns, or a footprint has no bias.
    """
    for name in sorted(quantities(correction)):
        _known(name, names)
    for surface in (correction.land, correction.ocean):
        _footprint_bias(surface, footprints)


def corrected(correction: Correction, columns: Columns) -> NDArray[np.float64]:
    """Return XCO2 after the correction.

    Parameters
    ----------
    correction
        What `read_correction` returned.
    columns
        ``xco2_raw`` [ppm], ``surface_type``, ``footprint`` and the quantities that it names, in
        the vocabulary's units; shape (sounding,).

    Returns
    -------
    numpy.ndarray
        [ppm]; NaN where a quantity is missing. shape (sounding,)

    Raises
    ------
    InvalidValueError
        When a quantity is not among the columns, or a footprint has no bias.
    """
    raw = columns["xco2_raw"].astype(np.float64)
    found = np.full(raw.shape, np.nan)
    for kind, surface in ((LAND, correction.land), (OCEAN, correction.ocean)):
        rows = np.flatnonzero(columns["surface_type"] == kind)
        here = {name: values[rows] for name, values in columns.items()}
        added = sum((_added(term, here) for term in surface.terms), np.zeros(rows.size))
        bias = _footprint_bias(surface, here["footprint"])
        found[rows] = (raw[rows] + added - bias) / surface.divisor
    return found


def _added(term: Term, columns: Columns) -> NDArray[np.float64]:
    """Return what a term adds, in ppm."""
    value = _quantity(term.quantity, columns)
    if term.minus is not None:
        value = value - _quantity(term.minus, columns)
    if term.logarithm:
        value = np.log(np.maximum(value, _LOWEST_LOGARITHM))
    low = -np.inf if term.minimum is None else term.minimum
    high = np.inf if term.maximum is None else term.maximum
    return np.asarray(term.factor * (np.clip(value, low, high) - term.offset))


def _known(name: str, names: Collection[str]) -> None:
    if name not in names:
        expected = "one that this run retrieves, or screens by"
        raise InvalidValueError("quantity of the bias correction", name, expected)


def _quantity(name: str, columns: Columns) -> NDArray[np.float64]:
    _known(name, columns)
    return columns[name].astype(np.float64)


def _footprint_bias(
    surface: Surface, footprint: NDArray[np.generic]
) -> NDArray[np.float64] | float:
    if not surface.footprints or not footprint.size:
        return 0.0
    known = len(surface.footprints)
    number = footprint.astype(np.int64)
    if number.max() > known or number.min() < 1:
        expected = f"footprints 1 to {known}"
        raise InvalidValueError("footprints of the bias correction", int(number.max()), expected)
    return np.asarray(surface.footprints, dtype=np.float64)[number - 1]
