"""What a worker loads once: tables, sunlight and choices, from plain data that parts carry."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from casa_processes.spectroscopy.solar.source import sunlight
from casa_processes.spectroscopy.source import Absorption, absorption
from casa_processes.spectroscopy.tables import States, states
from casa_processes.xco2_retrieval import BUILTIN
from casa_processes.xco2_retrieval import model as core
from casa_processes.xco2_retrieval.choices import Options

BANDS = ("o2a", "wco2", "sco2")

FINE = states()
"""For files of spectra."""
COARSE = states(pressures=24, temperature=(180.0, 320.0), temperatures=6)
"""For simulations, which are made and retrieved with the same ones: built in seconds."""


@dataclass(frozen=True)
class Setup:
    """What physics is made of.

    Attributes
    ----------
    spectroscopy, solar
        Paths, or the word builtin; of sunlight there may be one for each band.
    bands
        That are needed.
    folder
        Where tables are kept.
    coarse
        Whether small tables do.
    """

    spectroscopy: str
    solar: tuple[str, ...]
    bands: tuple[str, ...]
    folder: str
    coarse: bool

    @property
    def states(self) -> States:
        """Pressures and temperatures of the tables."""
        return COARSE if self.coarse else FINE


@dataclass(frozen=True, eq=False)
class Loaded:
    """Physics, and the quality of its spectroscopy: built in when any part of it is."""

    physics: core.Physics
    quality: str


@lru_cache(maxsize=2)
def loaded(setup: Setup) -> Loaded:
    """Return physics; its tables are mapped, and built when they are not there."""
    return load(setup, None)


def load(setup: Setup, report: Callable[[float], None] | None) -> Loaded:
    """Return physics, telling which fraction of the tables is there."""
    found: dict[str, Absorption] = {}
    for name in setup.bands:
        before = len(found)

        def tell(done: float, before: int = before) -> None:
            if report is not None:
                report((before + done) / len(setup.bands))

        place = Path(setup.folder)
        found[name] = absorption(setup.spectroscopy, name, place, setup.states, tell)
    sun = sunlight(*setup.solar)
    qualities = {str(sun.quality), *(str(each.quality) for each in found.values())}
    told = sorted({str(each.quality) for each in found.values()})
    return Loaded(core.Physics(found, sun), BUILTIN if BUILTIN in qualities else " ".join(told))


def chosen(options: Options) -> core.Options:
    """Return choices as the retrieval takes them."""
    content = options.model_dump()
    content["bands"] = tuple(content["bands"])
    content["sigmas"] = core.Sigmas(**content["sigmas"])
    content["aerosols"] = tuple(core.Layer(**each) for each in content["aerosols"])
    return core.Options(**content)
