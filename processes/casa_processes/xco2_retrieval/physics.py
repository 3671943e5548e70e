"""What a worker loads once: tables, sunlight and choices, from plain data that parts carry."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from casa_processes.common.errors import InvalidInputsError
from casa_processes.spectra.sounding import Sounding
from casa_processes.spectroscopy.sets import found_file, read_set
from casa_processes.spectroscopy.solar.source import sunlight
from casa_processes.spectroscopy.source import Absorption, absorption, bands_of
from casa_processes.spectroscopy.tables import States, states
from casa_processes.xco2 import model as core
from casa_processes.xco2_retrieval import BUILTIN, Inputs
from casa_processes.xco2_retrieval.choices import Options

BANDS = ("o2a", "wco2", "sco2")
_SCREENING = {"off": (), "o2a": ("o2a",), "full": BANDS}
_TRIAL_SUNS = ("builtin", "smoothed")

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
    sha256
        Of the files, so that others at the same places are loaded anew.
    """

    spectroscopy: str
    solar: tuple[str, ...]
    bands: tuple[str, ...]
    folder: str
    coarse: bool
    sha256: tuple[str, ...] = ()

    @property
    def states(self) -> States:
        """Pressures and temperatures of the tables."""
        return COARSE if self.coarse else FINE


@dataclass(frozen=True, eq=False)
class Loaded:
    """Physics, and what is known of its spectroscopy.

    Attributes
    ----------
    quality
        Built in when any part is, or when sunlight is none that fits genuine spectra.
    missing
        What it lacks, for people.
    """

    physics: core.Physics
    quality: str
    missing: tuple[str, ...]


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
    told = sorted({str(each.quality) for each in found.values()})
    trial = BUILTIN in told or sun.quality in _TRIAL_SUNS
    missing = dict.fromkeys(text for each in found.values() for text in each.about["missing"])
    return Loaded(core.Physics(found, sun), BUILTIN if trial else " ".join(told), tuple(missing))


def needed(inputs: Inputs, spectroscopy: str) -> tuple[str, ...]:
    """Return the bands that a run needs.

    Raises
    ------
    InvalidInputsError
        When the spectroscopy lacks one that is to be fitted or screened by.
    """
    known, screened = bands_of(spectroscopy), _SCREENING[inputs.screening]
    for pointer, wanted in (("/options/bands", inputs.options.bands), ("/screening", screened)):
        lacking = [name for name in wanted if name not in known]
        if lacking:
            reason = f"the spectroscopy has no band {lacking[0]}; it has {', '.join(known)}"
            raise InvalidInputsError([(pointer, reason)])
    return tuple(name for name in BANDS if name in {*inputs.options.bands, *screened})


def suns(spectroscopy: str) -> tuple[str, ...]:
    """Return the sunlight that a spectroscopy set names, else the built-in one."""
    if spectroscopy == BUILTIN:
        return (BUILTIN,)
    path = Path(spectroscopy)
    named = read_set(path).solar
    return tuple(str(found_file(each, path.parent)) for each in named) or (BUILTIN,)


def chosen(options: Options) -> core.Options:
    """Return choices as the retrieval takes them, without residual functions: see `fitting`."""
    content = options.model_dump(exclude={"eofs"})
    content["bands"] = tuple(content["bands"])
    content["sigmas"] = core.Sigmas(**content["sigmas"])
    content["aerosols"] = tuple(core.Layer(**each) for each in content["aerosols"])
    return core.Options(**content)


def fitting(options: core.Options, sounding: Sounding, most: int) -> core.Options:
    """Return choices with as many residual functions as the bands of a sounding have, at most."""
    known = (sounding.bands[name].functions for name in options.bands if name in sounding.bands)
    sizes = [0 if each is None else len(each) for each in known]
    return replace(options, eofs=min([most, *sizes])) if sizes else options
