"""What a worker loads once for all soundings."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from casa_processes.radiative_transfer.aerosol import Kind
from casa_processes.spectroscopy.tables import Table

type Values = NDArray[np.float64]


class Absorption(Protocol):
    """Cross-sections of one band: gases and their tables, which share grid and states."""

    @property
    def gases(self) -> tuple[str, ...]:
        """Return the names of the gases."""

    @property
    def tables(self) -> tuple[Table, ...]:
        """Return their tables."""


class Solar(Protocol):
    """Light of the Sun."""

    def __hash__(self) -> int:
        """Return a number that stays the same: what was computed from it is kept."""

    def irradiance(self, wavenumber: Values) -> Values:
        """Return the irradiance at 1 astronomical unit.  [photon s-1 m-2 um-1], shape (point,)."""


@dataclass(frozen=True, eq=False)
class Physics:
    """Spectroscopy, sunlight and particles.

    Attributes
    ----------
    absorption
        Of each band, by its name.
    solar
        Light of the Sun.
    kinds
        Kinds of aerosol that are not built in, by name.
    eofs
        Residual functions of each band, over all channels of the instrument.
        [photon s-1 m-2 sr-1 um-1], shape (number, channel)
    """

    absorption: Mapping[str, Absorption]
    solar: Solar
    kinds: Mapping[str, Kind] = field(default_factory=dict)
    eofs: Mapping[str, Values] = field(default_factory=dict)
