"""Conversion between the units that missions write, whatever their spelling.

Everything inside the facility has the vocabulary's units; the readers call ``convert`` once. The
units are a closed list of our own on top of pint, so that a spelling means one thing only: an angle
is no pure number, photons are not energy, and a mass of carbon (``kgC``) is an amount of substance
while a mass without a species (``kg``) is not.
"""

import re
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pint import DimensionalityError, UndefinedUnitError, Unit, UnitRegistry

from casa_processes.common.errors import CasaError

_PREFIXES = """
femto- = 1e-15 = f-; pico- = 1e-12 = p-; nano- = 1e-9 = n-; micro- = 1e-6 = u- = µ- = μ-
milli- = 1e-3 = m-; centi- = 1e-2 = c-; deci- = 1e-1 = d-; hecto- = 1e2 = h-; kilo- = 1e3 = k-
mega- = 1e6 = M-; giga- = 1e9 = G-; tera- = 1e12 = T-; peta- = 1e15 = P-; exa- = 1e18 = E-
"""

# Molar masses of the species: CIAAW standard atomic weights. A year is 365.25 days. One Dobson unit
# is 10 um of an ideal gas at 273.15 K and 101325 Pa.
_UNITS = """
meter = [length] = m = metre; second = [time] = s = sec; gram = [mass] = g
kelvin = [temperature] = K = Kelvin = degree_Kelvin = degrees_Kelvin = degree_kelvin = degK = deg_K
degree_Celsius = kelvin; offset: 273.15 = degC = degrees_Celsius = celsius = Celsius = deg_C
mole = [substance] = mol = moles; photon = [photons] = Ph = photons = ph
radian = [angle] = rad; steradian = radian ** 2 = sr = str = ster
degree = 0.017453292519943295 * radian = deg = ° = degree_north = degrees_north = degree_N \
 = degrees_N = degreeN = degreesN = degree_east = degrees_east = degree_E = degrees_E = degreeE \
 = degreesE = arc_degree = angular_degree
minute = 60 * second = min; hour = 3600 * second = h = hr; day = 86400 * second = d
year = 365.25 * day = yr = a; month = year / 12 = mon
molecule = mole / 6.02214076e23 = molec = molecules
gram_carbon = mole / 12.011 = gC; gram_carbon_dioxide = mole / 44.009 = gCO2
dobson = 4.4615033e-4 * mole / meter ** 2 = DU = Dobson
tonne = 1e6 * gram = t = metric_ton; tonne_carbon = 1e6 * gram_carbon = tC
tonne_carbon_dioxide = 1e6 * gram_carbon_dioxide = tCO2
hertz = 1 / second = Hz; newton = 1000 * gram * meter / second ** 2 = N
pascal = newton / meter ** 2 = Pa; bar = 1e5 * pascal; millibar = 100 * pascal = mb
atmosphere = 101325 * pascal = atm; joule = newton * meter = J
watt = joule / second = W = Watt = Watts
micron = 1e-6 * meter; hectare = 1e4 * meter ** 2 = ha; liter = 1e-3 * meter ** 3 = l = L = litre
percent = 0.01 = pct; permil = 0.001 = ‰ = permille
ppm = 1e-6 = ppmv; ppb = 1e-9 = ppbv; ppt = 1e-12 = pptv
"""

_PURE_NUMBER = frozenset({"", "1", "none", "n/a", "unitless", "dimensionless", "fraction"})
_TERM = re.compile(
    r"(?P<over>/|\bper\b)"
    r"|(?P<number>\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)(?!\w)"
    r"|(?P<name>[^\W\d]*(?:CO2)|[^\W\d]+|°)(?:\^?(?P<power>[-+]?\d{1,2})(?!\w))?"
    r"|(?P<gap>[\s.*·⋅]+)"
)


class UnitsError(CasaError):
    """A units text that nothing is known of, or two units that do not measure the same."""

    def __init__(self, units: str, wanted: str | None = None) -> None:
        self.units, self.wanted = units, wanted
        super().__init__(units, wanted)

    def __str__(self) -> str:
        if self.wanted is None:
            return f"units {self.units!r} are not known"
        return f"units {self.units!r} cannot be converted to {self.wanted!r}"


def convert(values: ArrayLike, from_units: str, to_units: str) -> NDArray[Any]:
    """Return `values` in other units.

    Parameters
    ----------
    values
        Numbers in `from_units`, any shape.
    from_units, to_units
        Units as missions write them: ``mol m-2 s-1``, ``W/m^2/sr/um``, ``molecules.cm-3``,
        ``Ph sec^{-1} m^{-2}``, ``Pg C yr$^{-1}$``, ``degrees_Celsius``, ``ppm``, ``none``.

    Returns
    -------
    ndarray
        Same shape. A floating type is kept, integers become float64; equal units give the values
        as they came, without a copy.

    Raises
    ------
    UnitsError
        When a spelling is unknown or the units do not measure the same quantity.
    """
    array = np.asarray(values)
    if from_units == to_units:
        _parse(from_units)
        return array
    scale, offset = _line(from_units, to_units)
    if offset:
        return array * scale + offset
    return array if scale == 1.0 else array * scale


def factor(from_units: str, to_units: str) -> float:
    """Return the number that takes values in `from_units` to `to_units`.

    Raises
    ------
    UnitsError
        As ``convert``; also for temperatures whose zeros differ, where no factor exists.
    """
    scale, offset = _line(from_units, to_units)
    if offset:
        raise UnitsError(from_units, to_units)
    return scale


@lru_cache(maxsize=1024)
def _line(from_units: str, to_units: str) -> tuple[float, float]:
    """Scale and offset of the conversion."""
    (have, source), (want, target) = _parse(from_units), _parse(to_units)
    registry = _registry()
    try:
        zero = float(registry.Quantity(0.0, source).to(target).magnitude)
        one = float(registry.Quantity(1.0, source).to(target).magnitude)
    except DimensionalityError:
        raise UnitsError(from_units, to_units) from None
    slope = round(one - zero, 9) if zero else one
    return slope * have / want, zero / want


@lru_cache(maxsize=1024)
def _parse(text: str) -> tuple[float, Unit]:
    """Number and pint unit that a units text stands for."""
    registry = _registry()
    number, unit = 1.0, registry.Unit("")
    if text.strip().lower() in _PURE_NUMBER:
        return number, unit
    sign = 1
    for term in _terms(text):
        if term["gap"]:
            continue
        if term["over"]:
            sign = -1
            continue
        if term["number"]:
            number *= float(term["number"]) ** sign
        else:
            unit = unit * _named(term["name"], text) ** (sign * int(term["power"] or 1))
        sign = 1
    if not 0.0 < number < float("inf"):
        raise UnitsError(text)
    return number, unit


def _terms(text: str) -> list[re.Match[str]]:
    """Split a units text; LaTeX marks and the blank before a species are dropped."""
    plain = re.sub(r"[${}]", "", text.strip()).replace("**", "^").replace("%", "percent")
    plain = re.sub(r"(?<=g)[ _]?(C|CO2)(?=$|[\s/.*])", r"\1", plain)
    terms, position = [], 0
    while position < len(plain):
        term = _TERM.match(plain, position)
        if term is None or len(plain) > 100:
            raise UnitsError(text)
        terms.append(term)
        position = term.end()
    return terms


def _named(name: str, text: str) -> Unit:
    try:
        return _registry().Unit(name)
    except UndefinedUnitError:
        raise UnitsError(text) from None


@lru_cache(maxsize=1)
def _registry() -> UnitRegistry[Any]:
    registry: UnitRegistry[Any] = UnitRegistry(None)
    for line in (_PREFIXES + _UNITS).splitlines():
        for definition in re.split(r";(?! offset)", line):
            if definition.strip():
                registry.define(definition.strip())
    return registry
