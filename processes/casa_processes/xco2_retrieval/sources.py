"""Where soundings come from: a file with its weather, or a simulation."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from casa_processes.spectra.granule import Granule, open_granule
from casa_processes.spectra.meteorology import Meteorology, open_meteorology
from casa_processes.spectra.residual_functions import (
    ResidualFunctions,
    read_residual_functions,
)
from casa_processes.xco2.model import Physics
from casa_processes.xco2_retrieval import MOST_SYNTHETIC
from casa_processes.xco2_retrieval.prior_profiles import PriorProfiles, read_prior
from casa_processes.xco2_retrieval.synthetic import Scene, simulated, spot

type Values = NDArray[np.float64]


@dataclass(frozen=True)
class Origin:
    """Which source: plain data that parts carry.

    Attributes
    ----------
    spectra, meteorology, line_shapes, prior, functions
        Paths; empty for none. Without spectra they are simulated.
    sha256
        Of these files, so that parts of other bytes are other parts.
    instrument, polarisation
        As `open_granule` takes them; empty for what the file says.
    seed
        Of simulated spectra.
    """

    spectra: str = ""
    meteorology: str = ""
    line_shapes: str = ""
    prior: str = ""
    functions: str = ""
    sha256: tuple[str, ...] = ()
    instrument: str = ""
    polarisation: Literal["mean", "P", "S"] = "mean"
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

    def places(self) -> Places:
        """Return where all soundings are."""

    def place(self, number: int) -> Mapping[str, Any]:
        """Return what names a sounding even when nothing else of it can be read."""

    def scene(self, number: int, physics: Physics) -> Scene:
        """Read a sounding with its weather, or simulate it with the tables of the retrieval."""


@dataclass(frozen=True, eq=False)
class Simulation:
    """Soundings that are made when they are asked for."""

    seed: int
    simulated: bool = True
    mission: str = "Synthetic"
    instrument: str = "simulated spectrometer"

    def places(self) -> Places:
        """Return where all soundings are."""
        found = [spot(number) for number in range(MOST_SYNTHETIC)]
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

    def scene(self, number: int, physics: Physics) -> Scene:
        """Simulate a sounding."""
        return simulated(number, self.seed, physics)


@dataclass(frozen=True, eq=False)
class Files:
    """Soundings of a file of spectra and one of weather, perhaps of priors and of residuals."""

    granule: Granule
    meteorology: Meteorology
    prior: PriorProfiles | None = None
    functions: ResidualFunctions | None = None

    @property
    def simulated(self) -> bool:
        """Whether the file says that nothing was measured."""
        return self.granule.synthetic

    @property
    def mission(self) -> str:
        """Return the name of the platform."""
        return self.granule.spectrometer.platform

    @property
    def instrument(self) -> str:
        """Return the name of the instrument."""
        return self.granule.spectrometer.title

    def places(self) -> Places:
        """Return where all soundings are."""
        found = self.granule
        return Places(
            found.time.astype("datetime64[ns]"),
            found.latitude,
            found.longitude,
            found.footprint + 1,
        )

    def place(self, number: int) -> Mapping[str, Any]:
        """Return name, time and place."""
        found = self.granule
        return {
            "sounding_id": str(found.sounding_id[number]),
            "time": found.time[number].astype("datetime64[ns]"),
            "latitude": float(found.latitude[number]),
            "longitude": float(found.longitude[number]),
        }

    def scene(self, number: int, _physics: Physics) -> Scene:
        """Read a sounding and its weather."""
        sounding = self.granule.sounding(number)
        profile = None
        if self.prior is not None:
            profile = self.prior.profile(sounding.latitude, sounding.time)
        if self.functions is not None:
            sounding = self.functions.added(sounding)
        weather = self.meteorology.weather(sounding, number)
        return Scene(sounding, weather, float(self.granule.true[number]), profile)


@lru_cache(maxsize=4)
def opened(origin: Origin) -> Source:
    """Open a source; a worker keeps the last few.

    Raises
    ------
    FileContentError, UnknownNameError, InvalidValueError
        When a file as a whole cannot be used.
    """
    if not origin.spectra:
        return Simulation(origin.seed)
    shapes = Path(origin.line_shapes) if origin.line_shapes else None
    granule = open_granule(
        Path(origin.spectra), origin.instrument or None, shapes, origin.polarisation
    )
    prior = read_prior(Path(origin.prior)) if origin.prior else None
    functions = read_residual_functions(Path(origin.functions)) if origin.functions else None
    return Files(granule, open_meteorology(Path(origin.meteorology)), prior, functions)
