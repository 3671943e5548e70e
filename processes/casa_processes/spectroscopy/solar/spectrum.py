"""Irradiance of the Sun: a continuum times a transmittance, over one or more spans."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.constants import BOLTZMANN, PLANCK, SPEED_OF_LIGHT
from casa_processes.common.errors import InvalidValueError

type Values = NDArray[np.float64]
type Quality = Literal["builtin", "lines", "spectrum", "smoothed"]

SOLID_ANGLE = 6.794e-5
"""Of the Sun at 1 astronomical unit, pi (695 700 km / 149 597 870.7 km)^2.  [sr]"""

_NODES = np.array([0.70, 0.7576, 0.7728, 0.85, 1.20, 1.5903, 1.6224, 1.70, 2.0428, 2.0839, 2.40])
_TEMPERATURES = np.array(
    [5812.0, 5790.6, 5785.1, 5790.0, 6090.0, 6490.7, 6519.5, 6560.0, 6385.6, 6355.6, 6180.0]
)
"""Brightness temperatures [K] of the Sun's disk over wavelength [um]; each band lies between two
nodes, so that the continuum has no bend within it."""


class Solar(Protocol):
    """Light of the Sun as a retrieval sees it."""

    @property
    def quality(self) -> Quality:
        """Return what kind of source it is from."""

    @property
    def about(self) -> Mapping[str, Any]:
        """Return where it is from, as plain data."""

    def __hash__(self) -> int:
        """Return a number that stays the same: what was computed from it is kept."""

    def irradiance(self, wavenumber: Values) -> Values:
        """Return the irradiance at 1 astronomical unit, in the frame of the Sun.

        [photon s-1 m-2 um-1], shape (point,)
        """


def continuum(wavenumber: Values) -> Values:
    """Return the irradiance of the Sun without its lines at 1 astronomical unit.

    Parameters
    ----------
    wavenumber
        [cm-1], shape (point,)

    Returns
    -------
    ndarray
        [photon s-1 m-2 um-1], shape (point,)

    Notes
    -----
    Planck's law with brightness temperatures that increase towards 1.6 micrometres, where the
    photosphere is most transparent. Those within the three bands are of the continuum that
    retrievals of OCO-2 use, which it meets within 0.1 %; between the bands they are rough.
    """
    wavelength = 1e4 / wavenumber
    temperature = np.interp(wavelength, _NODES, _TEMPERATURES)
    metres = wavelength * 1e-6
    exponent = PLANCK * SPEED_OF_LIGHT / (metres * BOLTZMANN * temperature)
    photons = 2.0 * SPEED_OF_LIGHT / metres**4 / np.expm1(exponent) * 1e-6
    return np.asarray(SOLID_ANGLE * photons)


@dataclass(frozen=True, eq=False)
class Span:
    """A part of the spectrum that is tabulated.

    Attributes
    ----------
    wavenumber
        Ascending.  [cm-1], shape (point,)
    value
        Irradiance, or transmittance.  [photon s-1 m-2 um-1] or [1], shape (point,)
    """

    wavenumber: Values
    value: Values

    def __post_init__(self) -> None:
        shapes = (self.wavenumber.shape, self.value.shape)
        if shapes[0] != shapes[1] or len(shapes[0]) != 1 or self.wavenumber.size < 2:
            raise InvalidValueError("solar spectrum", shapes, "two arrays of one length")
        if not (np.isfinite(self.wavenumber).all() and np.isfinite(self.value).all()):
            raise InvalidValueError("solar spectrum", "missing numbers", "finite ones")
        if (np.diff(self.wavenumber) <= 0).any():
            raise InvalidValueError("solar spectrum", "wavenumbers", "ascending ones")

    def holds(self, low: float, high: float) -> bool:
        """Tell whether an interval of wavenumbers lies within the span."""
        return bool(self.wavenumber[0] <= low and high <= self.wavenumber[-1])


@dataclass(frozen=True, eq=False)
class Tabulated:
    """Sunlight from a table.

    Attributes
    ----------
    spans
        Parts of the spectrum.
    quality
        Kind of the source; "smoothed" tells that lines are smeared out.
    about
        Where it is from.
    relative
        Whether the spans hold transmittances, which are multiplied by the `continuum`.
    """

    spans: tuple[Span, ...]
    quality: Quality
    about: Mapping[str, Any]
    relative: bool = True

    def irradiance(self, wavenumber: Values) -> Values:
        """Return the irradiance at 1 astronomical unit, in the frame of the Sun.

        Parameters
        ----------
        wavenumber
            [cm-1], shape (point,)

        Returns
        -------
        ndarray
            [photon s-1 m-2 um-1], shape (point,)

        Raises
        ------
        InvalidValueError
            When no span holds all the wavenumbers.
        """
        low, high = float(np.min(wavenumber)), float(np.max(wavenumber))
        for span in self.spans:
            if span.holds(low, high):
                found = np.interp(wavenumber, span.wavenumber, span.value)
                return np.asarray(found * continuum(wavenumber) if self.relative else found)
        known = ", ".join(f"{s.wavenumber[0]:.0f} to {s.wavenumber[-1]:.0f}" for s in self.spans)
        asked = f"{low:.2f} to {high:.2f} cm-1"
        raise InvalidValueError("wavenumbers of the solar spectrum", asked, f"parts of {known}")


_OVERLAP = 10.0
"""Interval at the end of a span where what continues it is made as bright as it.  [cm-1]"""


@dataclass(frozen=True, eq=False)
class Continued:
    """Sunlight from a table, and from another source beyond its spans.

    Attributes
    ----------
    table
        What holds where it reaches.
    beyond
        What holds elsewhere; beside a span it is made as bright as the span is near its end.
    """

    table: Tabulated
    beyond: Solar
    _ratios: dict[float, float] = field(default_factory=dict, repr=False)

    @property
    def quality(self) -> Quality:
        """Return what kind of source the table is from."""
        return self.table.quality

    @property
    def about(self) -> Mapping[str, Any]:
        """Return where it is from."""
        sources = (each.about["source"] for each in (self.table, self.beyond))
        return {**self.table.about, "source": "; beyond it ".join(map(str, sources))}

    def irradiance(self, wavenumber: Values) -> Values:
        """Return the irradiance at 1 astronomical unit, in the frame of the Sun.

        Parameters
        ----------
        wavenumber
            Within one band, ascending.  [cm-1], shape (point,)

        Returns
        -------
        ndarray
            [photon s-1 m-2 um-1], shape (point,)
        """
        span = self._nearest(wavenumber)
        if span is None:
            return self.beyond.irradiance(wavenumber)
        first, last = float(span.wavenumber[0]), float(span.wavenumber[-1])
        below, above = wavenumber < first, wavenumber > last
        inside = ~(below | above)
        found = np.empty(wavenumber.shape)
        found[inside] = self.table.irradiance(wavenumber[inside])
        for part, low in ((below, first), (above, last - _OVERLAP)):
            if part.any():
                brighter = self._ratio(span, low, low + _OVERLAP)
                found[part] = brighter * self.beyond.irradiance(wavenumber[part])
        return found

    def _nearest(self, wavenumber: Values) -> Span | None:
        """Return the span that some wavenumbers lie in, if there is one."""
        for span in self.table.spans:
            first, last = span.wavenumber[[0, -1]]
            if ((wavenumber >= first) & (wavenumber <= last)).any():
                return span
        return None

    def _ratio(self, span: Span, low: float, high: float) -> float:
        """Return how much brighter the table is in an interval; computed once."""
        if low not in self._ratios:
            points = span.wavenumber[(span.wavenumber >= low) & (span.wavenumber <= high)]
            here, there = (each.irradiance(points).mean() for each in (self.table, self.beyond))
            self._ratios[low] = float(here / there)
        return self._ratios[low]
