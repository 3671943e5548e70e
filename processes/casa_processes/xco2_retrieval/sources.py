"""Where soundings come from: a file with its weather, or a simulation."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.errors import InvalidInputsError
from casa_processes.xco2_retrieval.model import Physics
from casa_processes.xco2_retrieval.synthetic import Scene, simulated, spot

type Values = NDArray[np.float64]


@dataclass(frozen=True)
class Origin:
    """Which source: plain data that parts carry.

    Attributes
    ----------
    spectra, meteorology, line_shapes
        Paths; empty for none. Without spectra they are simulated.
    sha256
        Of the spectra.
    seed
        Of simulated ones.
    """

    spectra: str = ""
    meteorology: str = ""
    line_shapes: str = ""
    sha256: str = ""
    seed: int = 0


@dataclass(frozen=True, eq=False)
class Places:
    """What soundings are selected by, shape (sounding,): places in degrees, footprints from 1."""

    time: NDArray[np.datetime64]
    latitude: Values
    longitude: Values
    footprint: NDArray[np.int64]


class Source(Protocol):
    """Soundings by their number."""

    @property
    def simulated(self) -> bool:
        """Whether nothing was measured."""

    @property
    def mission(self) -> str:
        """Return the name of the mission."""

    @property
    def instrument(self) -> str:
        """Return the name of the instrument."""

    def places(self, most: int) -> Places:
        """Return where all soundings are; of a simulation the first `most`."""

    def place(self, number: int) -> Mapping[str, Any]:
        """Return what names a sounding even when nothing else of it can be read."""

    def scene(self, number: int) -> Scene:
        """Read or simulate a sounding with its weather."""


@dataclass(frozen=True, eq=False)
class Simulation:
    """Soundings that are made when they are asked for."""

    seed: int
    physics: Physics
    simulated: bool = True
    mission: str = "Synthetic"
    instrument: str = "simulated spectrometer"

    def places(self, most: int) -> Places:
        """Return where the first soundings are."""
        found = [spot(number) for number in range(most)]
        return Places(
            np.array([each.time for each in found]),
            np.array([each.latitude for each in found]),
            np.array([each.longitude for each in found]),
            np.array([each.footprint + 1 for each in found]),
        )

    def place(self, number: int) -> Mapping[str, Any]:
        """Return name, time and place."""
        found = spot(number)
        names = ("sounding_id", "time", "latitude", "longitude")
        return {name: getattr(found, name) for name in names}

    def scene(self, number: int) -> Scene:
        """Simulate a sounding."""
        return simulated(number, self.seed, self.physics)


@lru_cache(maxsize=4)
def opened(origin: Origin, physics: Physics) -> Source:
    """Open a source; a worker keeps the last few."""
    if origin.spectra:
        raise InvalidInputsError([("/l1b", "only the word synthetic is understood so far")])
    return Simulation(origin.seed, physics)
