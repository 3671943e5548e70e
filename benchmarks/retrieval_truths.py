"""Scenes of other physics than the retrieval's: particles, heights and lines that it does not know.

Light is scattered by all orders. Two layers of particles, of two kinds out of four, have heights of
their own and other optical properties than the built-in kinds; lines are wider, and of other
strength, than those of the retrieval. Spectra hold no noise: what is left is the model's error.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from benchmarks.retrieval_scenes import QUIET
from casa_processes.radiative_transfer.aerosol import KINDS, Kind, angstrom
from casa_processes.spectroscopy.source import Absorption
from casa_processes.spectroscopy.tables import Table
from casa_processes.xco2.model import Layer, Options, Physics, Sigmas
from casa_processes.xco2.model.scenes import INSTRUMENT, Simulated, scene, somewhere

DEPTHS = (0.02, 0.05, 0.1, 0.2, 0.3)
"""Optical depths at 755 nm, one after the other."""

_WIDER = 1.01
_STRONGER = {"o2a": 1.004, "wco2": 1.0, "sco2": 0.996}
_EXPONENT, _ALBEDO, _ASYMMETRY = 0.2, 0.02, 0.03
"""Deviations of the optical properties from those of the built-in kinds."""
_KINDS = ("fine", "dust", "sea-salt", "water")
_HEIGHTS = (0.6, 0.95)
_NATURAL = Sigmas(
    co2=0.2, h2o_scale=0.2, temperature_offset=1.0, surface_pressure=1.5, aod=1e-6, height=1e-6
)
"""How much the state of a scene differs from what is expected."""


@dataclass(frozen=True, eq=False)
class Truth:
    """A scene, and what it was made of.

    Attributes
    ----------
    scene
        What was measured, and the true column.
    depth
        Optical depth of all particles at 755 nm.  [1]
    kinds
        Of the layers.
    """

    scene: Simulated
    depth: float
    kinds: tuple[str, ...]


def other_lines(known: Physics) -> Physics:
    """Return physics whose lines are wider by a hundredth, and of other strength."""
    return replace(known, absorption={name: _other(each) for name, each in _bands(known).items()})


def _bands(known: Physics) -> Mapping[str, Absorption]:
    return {name: each for name, each in known.absorption.items() if isinstance(each, Absorption)}


def _other(band: Absorption) -> Absorption:
    return replace(
        band, tables=tuple(_wider(each, _STRONGER[band.band.name]) for each in band.tables)
    )


def _wider(table: Table, factor: float) -> Table:
    """Take cross-sections from higher pressure: lines there are as much wider."""
    pressure = np.array(table.states.pressure)
    part = np.float32(np.log(_WIDER) / np.log(pressure[1] / pressure[0]))
    values: NDArray[np.float32] = np.array(table.values)
    values[:-1] += part * (values[1:] - values[:-1])
    values *= np.float32(factor)
    values.flags.writeable = False
    return replace(table, values=values)


def truth(lines: Physics, seed: int, number: int) -> Truth:
    """Draw a scene and simulate what is measured of it, without noise but with its uncertainty.

    Parameters
    ----------
    lines
        What `other_lines` returned.
    seed, number
        Of the set of scenes, and of the scene: its optical depth follows from the latter.
    """
    rng = np.random.default_rng([seed, number])
    depth, part = DEPTHS[number % len(DEPTHS)], float(rng.uniform(0.1, 0.9))
    named = tuple(rng.choice(_KINDS, 2, replace=False).tolist())
    kinds = {f"true-{name}": _drawn(rng, name) for name in named}
    layers = tuple(
        Layer(name, depth * share, float(rng.uniform(*_HEIGHTS)), 0.08)
        for name, share in zip(kinds, (part, 1.0 - part), strict=True)
    )
    physics = replace(lines, kinds={**lines.kinds, **kinds})
    quiet = {name: replace(each, signal_to_noise=QUIET) for name, each in INSTRUMENT.items()}
    options = Options(aerosols=layers)
    found = scene(rng, physics, options, _NATURAL, somewhere(rng), quiet)
    bands = {
        name: replace(each, uncertainty=INSTRUMENT[name].noise(each.radiance))
        for name, each in found.sounding.bands.items()
    }
    return Truth(replace(found, sounding=replace(found.sounding, bands=bands)), depth, named)


def _drawn(rng: np.random.Generator, name: str) -> Kind:
    """Draw a kind near a built-in one."""
    exponent, albedo, asymmetry = KINDS[name]
    dimmer, sharper = rng.normal(0.0, _ALBEDO), rng.normal(0.0, _ASYMMETRY)
    return angstrom(
        exponent + float(rng.normal(0.0, _EXPONENT)),
        tuple(float(np.clip(each + dimmer, 0.7, 1.0)) for each in albedo),
        tuple(each + float(sharper) for each in asymmetry),
    )
