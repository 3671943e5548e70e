"""A line list: one record a transition, whatever its source."""

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.errors import InvalidValueError

type Values = NDArray[np.float64]

REFERENCE_TEMPERATURE = 296.0
"""Temperature of tabulated intensities and widths.  [K]"""


@dataclass(frozen=True, eq=False)
class LineList:
    """Transitions in ascending order of wavenumber; arrays have the shape (line,).

    Attributes
    ----------
    molecule, isotopologue
        Numbers of HITRAN; isotopologues count from 1 in order of abundance.
    position
        Vacuum wavenumber without pressure.  [cm-1]
    intensity
        At 296 K, natural abundance included.  [cm-1 / (molecule cm-2)]
    lower_energy
        Energy of the lower state.  [cm-1]
    air_width, self_width
        Collisional half widths at 296 K.  [cm-1 atm-1]
    width_exponent
        Of the temperature dependence of `air_width`: (296 K / T)^n.  [1]
    air_shift
        Shift of the position by pressure.  [cm-1 atm-1]
    mixing
        First-order line-mixing coefficient in air at 296 K.  [atm-1]
    mixing_exponent
        Of its temperature dependence, as that of the width.  [1]
    source
        Where the list is from.
    """

    molecule: NDArray[np.int64]
    isotopologue: NDArray[np.int64]
    position: Values
    intensity: Values
    lower_energy: Values
    air_width: Values
    self_width: Values
    width_exponent: Values
    air_shift: Values
    mixing: Values
    mixing_exponent: Values
    source: str

    def __post_init__(self) -> None:
        arrays = {each.name: getattr(self, each.name) for each in fields(self)[:-1]}
        shapes = {array.shape for array in arrays.values()}
        if shapes != {self.position.shape} or self.position.ndim != 1:
            raise InvalidValueError("line list", shapes, "arrays of one length")
        for name, array in arrays.items():
            if not np.isfinite(array).all():
                raise InvalidValueError(f"line list: {name}", "missing numbers", "finite ones")
        if (self.intensity < 0).any() or (self.air_width < 0).any():
            raise InvalidValueError("line list", "negative numbers", "intensities and widths >= 0")
        if (np.diff(self.position) < 0).any():
            raise InvalidValueError("line list", "positions", "ascending ones")

    def __len__(self) -> int:
        return int(self.position.size)

    def chosen(self, keep: NDArray[np.bool_] | NDArray[np.int64]) -> "LineList":
        """Return some of the lines: those of a mask, or at indices that ascend."""
        arrays = {each.name: getattr(self, each.name)[keep] for each in fields(self)[:-1]}
        return LineList(**arrays, source=self.source)

    def between(self, low: float, high: float) -> "LineList":
        """Return the lines from `low` to `high`.  [cm-1]."""
        first, last = np.searchsorted(self.position, [low, high])
        return self.chosen(np.arange(first, last))


def merged(*lists: LineList) -> LineList:
    """Put line lists together; the caller answers for no line being in two of them.

    Raises
    ------
    InvalidValueError
        When there is none.
    """
    if not lists:
        raise InvalidValueError("line lists", "none", "at least one")
    names = [each.name for each in fields(LineList)[:-1]]
    order = np.argsort(np.concatenate([each.position for each in lists]), kind="stable")
    arrays = {
        name: np.concatenate([getattr(each, name) for each in lists])[order] for name in names
    }
    return LineList(**arrays, source="; ".join(dict.fromkeys(each.source for each in lists)))
