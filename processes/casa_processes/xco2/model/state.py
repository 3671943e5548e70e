"""The elements of a state: the profile of carbon dioxide first, then what else is retrieved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

type Values = NDArray[np.float64]

LEVELS = 20


@dataclass(frozen=True)
class Element:
    """One quantity besides the profile.

    Attributes
    ----------
    name
        Of the quantity; those of a band or an aerosol end on its name.
    mean, sigma
        A priori value and standard deviation, in a unit that `Sigmas` names; an element of no
        deviation is fixed.
    """

    name: str
    mean: float
    sigma: float


@dataclass(frozen=True, eq=False)
class Elements:
    """Where quantities are in a state, and what those are that are in none.

    Attributes
    ----------
    names
        Of the elements after the profile, which has the first `LEVELS` places.
    fixed
        Values of the quantities that are not retrieved.
    """

    names: tuple[str, ...]
    fixed: Mapping[str, float]

    @property
    def size(self) -> int:
        """Return the number of elements, the profile included."""
        return LEVELS + len(self.names)

    def place(self, name: str) -> int | None:
        """Return the place of a quantity in a state, or None when it is fixed."""
        return LEVELS + self.names.index(name) if name in self.names else None

    def has(self, name: str) -> bool:
        """Tell whether there is such a quantity, retrieved or fixed."""
        return name in self.names or name in self.fixed

    def value(self, state: Values, name: str) -> float:
        """Return a quantity, retrieved or fixed."""
        place = self.place(name)
        return self.fixed[name] if place is None else float(state[place])


def elements(known: Sequence[Element]) -> Elements:
    """Sort what is retrieved from what is fixed."""
    return Elements(
        names=tuple(each.name for each in known if each.sigma > 0.0),
        fixed={each.name: each.mean for each in known if each.sigma <= 0.0},
    )
