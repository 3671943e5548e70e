"""Units in UCUM, against a small grammar of its own."""

import re

import pytest

from casa_ogc.encoders.units import ucum
from casa_processes.common.vocabulary import VOCABULARY

ATOMS = (
    "1|%|\\[ppm\\]|\\[ppb\\]|\\[ppt\\]|deg|rad|''|Cel|[YZEPTGMkhdcmunpf]?(?:m|g|s|mol|K|Pa|W|J|sr|bar|t|eV|L|V|N|Hz)"
    "|min|h|d|wk|mo|a|atm|\\{[!-z|~]+\\}"
)
TERM = re.compile(
    rf"^(?:(?:{ATOMS})(?:\{{\w+\}})?-?\d*)(?:\.(?:{ATOMS})(?:\{{\w+\}})?-?\d*)*$|^\d+$"
)


@pytest.mark.parametrize(
    ("units", "symbol"),
    [
        ("1", "1"),
        ("ppm", "[ppm]"),
        ("hPa", "hPa"),
        ("degrees_north", "deg"),
        ("mol mol-1", "mol.mol-1"),
        ("mW m-2 sr-1 nm-1", "mW.m-2.sr-1.nm-1"),
        ("W m^-2", "W.m-2"),
        ("kg/m2/s", "kg.m-2.s-1"),
        ("gC m-2 day-1", "g{C}.m-2.d-1"),
        ("MtCO2/day", "Mt{CO2}.d-1"),
        ("molec cm-2", "{molecule}.cm-2"),
        ("1 s-1", "s-1"),
        ("degrees_Celsius", "Cel"),
        ("m**3", "m3"),
    ],
)
def test_units_are_translated(units: str, symbol: str) -> None:
    assert ucum(units) == symbol


@pytest.mark.parametrize("units", sorted({v.units for v in VOCABULARY.values() if v.units}))
def test_all_units_of_the_vocabulary_are_ucum(units: str) -> None:
    assert TERM.match(ucum(units)), f"{units!r} became {ucum(units)!r}"
