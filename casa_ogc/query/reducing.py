"""What a reduction is asked to do, and how variables say what became of them."""

from dataclasses import dataclass, field, replace
from typing import Literal

from casa_ogc.query.correlation import Scales
from casa_processes.common.errors import InvalidValueError
from casa_processes.common.vocabulary import VOCABULARY, Variable

type How = Literal["mean", "sum", "min", "max", "std", "count"]
type Over = Literal["space", "time", "all"]
type Weights = Literal["equal", "inverse-variance"]

HOWS: tuple[How, ...] = ("mean", "sum", "min", "max", "std", "count")
OVERS: tuple[Over, ...] = ("space", "time", "all")
WEIGHTS: tuple[Weights, ...] = ("equal", "inverse-variance")
DEFAULT_SCALES = Scales(length=300_000.0, time=86_400.0)
"""Correlation of errors that is assumed where a request states none: 300 km and one day."""

OWNERS = {one.uncertainty: one.name for one in VOCABULARY.values() if one.uncertainty}
_CELL_METHODS = {
    "mean": "mean",
    "sum": "sum",
    "min": "minimum",
    "max": "maximum",
    "std": "standard_deviation",
    "count": "sum",
}
_CHINESE = {
    "mean": "平均",
    "sum": "总和",
    "min": "最小值",
    "max": "最大值",
    "std": "标准差",
    "count": "有效值个数",
}


@dataclass(frozen=True)
class Reduction:
    """One number out of many.

    Attributes
    ----------
    how
        Statistic.
    over
        Cells of one step and level (``space``), steps of one cell (``time``), or both (``all``).
    weights
        Of soundings in a mean: all the same, or the inverse of their variances.
    scales
        Over what errors are correlated, for the uncertainty of means and sums.
    """

    how: How
    over: Over = "all"
    weights: Weights = "equal"
    scales: Scales = field(default=DEFAULT_SCALES)


def reduced_variable(
    one: Variable, reduction: Reduction, space: bool, time: bool, amounts: bool = True
) -> Variable:
    """Describe a variable after its reduction.

    Parameters
    ----------
    space, time
        Over what it is reduced.
    amounts
        Whether sums are integrals, over area and time, of what is given per area and time.

    Raises
    ------
    InvalidValueError
        For a sum of what cannot be summed.
    """
    units = one.units
    if reduction.how == "count":
        units = "1"
    if reduction.how == "sum":
        units = summed_units(one, space, time) if amounts else _amount(one)
    named = f"{reduction.how.capitalize()} over {reduction.over}: {one.en or one.name}"
    if one.name in OWNERS and reduction.how in ("mean", "sum"):
        named += f" (errors correlated over {_scales(reduction.scales)})"
    standard = one.standard_name if reduction.how in ("mean", "min", "max") else None
    return replace(
        one,
        units=units,
        en=named,
        zh=f"{one.zh or one.name}{_CHINESE[reduction.how]}",
        standard_name=standard,
        valid_min=None,
        valid_max=None,
        flags=(),
        dtype="int64" if reduction.how == "count" else "float64",
    )


def cell_methods(reduction: Reduction, space: bool, time: bool, uncertain: bool) -> str:
    """Tell a reduction in the words of CF."""
    how = _CELL_METHODS[reduction.how]
    parts = ["area"] * space + ["time"] * time
    text = " ".join(f"{part}: {how}" for part in parts)
    if uncertain and reduction.how in ("mean", "sum"):
        return f"{text} (standard uncertainty, errors correlated over {_scales(reduction.scales)})"
    return text


def summed_units(one: Variable, space: bool, time: bool) -> str:
    """Return the units of an integral over area [m2], over time [s], or over both.

    ``kg m-2 s-1`` over space is ``kg s-1``, over time ``kg m-2``, over both ``kg``. What is given
    for a whole region (``kg s-1``) sums over space as it is.

    Raises
    ------
    InvalidValueError
        For what is no amount, such as a mole fraction.
    """
    terms = one.units.split()
    if not terms or terms[0] not in ("kg", "mol", "g") or "m-1" in terms:
        raise InvalidValueError("reduce", "sum", _NO_AMOUNT.format(one.name, one.units))
    if space and "m-2" in terms:
        terms.remove("m-2")
    if time:
        if "s-1" not in terms:
            raise InvalidValueError("reduce", "sum", _NO_AMOUNT.format(one.name, one.units))
        terms.remove("s-1")
    return " ".join(terms)


_NO_AMOUNT = (
    "what adds up: {} in {!r} is no amount (over space: amounts, per area or of a region; over "
    "time: amounts per second)"
)


def _amount(one: Variable) -> str:
    if one.units.split()[:1] not in (["kg"], ["mol"], ["g"]):
        raise InvalidValueError("reduce", "sum", _NO_AMOUNT.format(one.name, one.units))
    return one.units


def _scales(scales: Scales) -> str:
    return f"{scales.length / 1e3:g} km and {scales.time / 3600:g} h"
