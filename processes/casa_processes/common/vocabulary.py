"""Every variable of the facility, declared once.

Readers convert to the units given here; stores, services and processes use these names. The table
itself is in ``vocabulary_table``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from casa_processes.common.errors import UnknownNameError
from casa_processes.common.vocabulary_table import ROWS

type Shape = Literal["scalar", "level", "vertex"]


@dataclass(frozen=True)
class Variable:
    """One variable of the common vocabulary.

    Attributes
    ----------
    name
        Name in stores, requests and answers.
    units
        UDUNITS text of the values, ``"1"`` when dimensionless, ``""`` for text.
    en, zh
        Long name in English and Chinese.
    standard_name
        CF standard name, or None where the CF table has none.
    valid_min, valid_max
        Physically possible range in ``units``; None when unbounded.
    colour_map
        Name of the colour map that draws it.
    uncertainty
        Name of the variable that holds its standard uncertainty, or None.
    shape
        ``scalar`` per sounding or cell, or an array over ``level`` or ``vertex`` of a sounding.
    dtype
        numpy type of stored values; text is ``"str"``.
    flags
        Codes of a flag with their meanings, as (code, meaning in CF spelling).
    masks
        Bits of a flag that holds several with their meanings, as (mask, meaning in CF spelling).
    """

    name: str
    units: str
    en: str
    zh: str
    standard_name: str | None = None
    valid_min: float | None = None
    valid_max: float | None = None
    colour_map: str = "viridis"
    uncertainty: str | None = None
    shape: Shape = "scalar"
    dtype: str = "float32"
    flags: tuple[tuple[int, str], ...] = ()
    masks: tuple[tuple[int, str], ...] = ()


VOCABULARY: Mapping[str, Variable] = MappingProxyType(
    {row["name"]: Variable(**row) for row in ROWS}
)


def variable(name: str) -> Variable:
    """Return the variable called `name`.

    Raises
    ------
    UnknownNameError
        When the vocabulary has no such variable.
    """
    try:
        return VOCABULARY[name]
    except KeyError:
        raise UnknownNameError("variable", name, VOCABULARY) from None
