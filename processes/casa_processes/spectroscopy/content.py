"""What a table of cross-sections is made of: lines and what belongs to them, or other tables."""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.constants import STANDARD_ATMOSPHERE
from casa_processes.spectroscopy.cross_sections import Grid, Wings, cross_section
from casa_processes.spectroscopy.line_mixing import Mixing
from casa_processes.spectroscopy.lines import LineList

type Values = NDArray[np.float64]

LOSCHMIDT = 2.686_780_111e19
"""Number density of an ideal gas at 273.15 K and 1013.25 hPa.  [cm-3]"""

WATER_FRACTION = 0.02
"""Water at which its effect on the lines of other gases is evaluated.  [mol mol-1]"""


class Content(Protocol):
    """What a table can be made of."""

    def cross_section(self, grid: Grid, pressure: float, temperature: float) -> Values:
        """Return cross-sections at a state.  [cm2 / molecule], shape (point,)."""
        ...

    def key(self) -> str:
        """Name all that the numbers depend on."""
        ...

    def about(self) -> Mapping[str, Any]:
        """Tell where the numbers are from, as plain data."""
        ...


@dataclass(frozen=True, eq=False)
class Continuum:
    """Absorption by colliding pairs of the gas and any molecule of air.

    Attributes
    ----------
    wavenumber
        Ascending nodes; between them coefficients are linear, beyond them zero.  [cm-1]
    coefficient
        Absorption coefficient over the product of the densities of the gas and of air.
        [cm-1 amagat-2], as `wavenumber`
    source
        Where it is from.
    """

    wavenumber: Values
    coefficient: Values
    source: str

    def cross_section(self, wavenumber: Values, pressure: float, temperature: float) -> Values:
        """Return what a molecule of the gas absorbs in air.  [cm2 / molecule].

        The coefficient times the density of air in amagat, over Loschmidt's number.
        """
        amagat = pressure * 100.0 / STANDARD_ATMOSPHERE * 273.15 / temperature
        found = np.interp(wavenumber, self.wavenumber, self.coefficient, 0.0, 0.0)
        return np.asarray(found * (amagat / LOSCHMIDT))


@dataclass(frozen=True, eq=False)
class Lines:
    """Lines of one gas, and its continuum.

    Attributes
    ----------
    lines
        Line list.
    wings
        Reach of the lines.
    scale
        Factor that all cross-sections are multiplied by.  [1]
    continuum
        Collision-induced absorption, not scaled.
    mixing
        Line mixing at any temperature, in place of the coefficients of the list.
    water
        When given, the content is not the cross-section but its change with the mole fraction of
        water: the number is the width of lines in water over that in air, or zero for water itself,
        whose own widths are then used.  [1]
    """

    lines: LineList
    wings: Wings = field(default_factory=Wings)
    scale: float = 1.0
    continuum: Continuum | None = None
    mixing: Mixing | None = None
    water: float | None = None

    def cross_section(self, grid: Grid, pressure: float, temperature: float) -> Values:
        """Return cross-sections, or their change with water, at a state.

        [cm2 / molecule], shape (point,). Line mixing makes no cross-section negative.
        """
        lines = self._mixed(temperature)
        dry = self._sum(lines, grid, pressure, temperature)
        if self.water is not None:
            return (self._moist(lines, grid, pressure, temperature) - dry) / WATER_FRACTION
        if self.continuum is not None:
            dry += self.continuum.cross_section(grid.values, pressure, temperature)
        return np.maximum(dry, 0.0)

    def _mixed(self, temperature: float) -> LineList:
        if self.mixing is None:
            return self.lines
        nothing = np.zeros(len(self.lines))
        return replace(self.lines, mixing=self.mixing.at(temperature), mixing_exponent=nothing)

    def _moist(self, lines: LineList, grid: Grid, pressure: float, temperature: float) -> Values:
        if not self.water:
            return self._sum(lines, grid, pressure, temperature, WATER_FRACTION)
        wider = lines.air_width * (1.0 + WATER_FRACTION * (self.water - 1.0))
        return self._sum(replace(lines, air_width=wider), grid, pressure, temperature)

    def _sum(
        self, lines: LineList, grid: Grid, pressure: float, temperature: float, own: float = 0.0
    ) -> Values:
        return self.scale * cross_section(lines, grid, pressure, temperature, own, self.wings)

    def key(self) -> str:
        """Name lines, reach, scale, continuum and what is asked of them."""
        known = hashlib.sha256(repr((self.wings, self.scale, self.water)).encode())
        for each in fields(self.lines)[:-1]:
            known.update(np.ascontiguousarray(getattr(self.lines, each.name)).tobytes())
        if self.continuum is not None:
            known.update(self.continuum.wavenumber.tobytes())
            known.update(self.continuum.coefficient.tobytes())
        if self.mixing is not None:
            known.update(self.mixing.key())
        return known.hexdigest()

    def about(self) -> Mapping[str, Any]:
        """Tell source and number of lines, reach, scale and continuum."""
        found: dict[str, Any] = {
            "source": self.lines.source,
            "lines": len(self.lines),
            "wings": asdict(self.wings),
            "scale": self.scale,
            "line_mixing": "of the list" if np.any(self.lines.mixing) else "none",
        }
        if self.mixing is not None:
            found["line_mixing"] = [band.source for band in self.mixing.bands]
        if self.continuum is not None:
            found["continuum"] = self.continuum.source
        if self.water is not None:
            found["change_with_water"] = self.water or "own widths"
        return found
