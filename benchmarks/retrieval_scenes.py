"""Soundings for the benchmarks of the retrieval: drawn ones, and ones of another model."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.caches import cache_folder
from casa_processes.spectroscopy.solar.source import sunlight
from casa_processes.spectroscopy.source import absorption
from casa_processes.xco2.model import Layer, Options, Physics, Sigmas
from casa_processes.xco2.model.scenes import (
    INSTRUMENT,
    Channels,
    Place,
    Simulated,
    scene,
)
from casa_processes.xco2_retrieval.physics import BANDS, COARSE, FINE

type Values = NDArray[np.float64]

TABLES = cache_folder() / "cross_sections"
QUIET = 1e5
"""Signal to noise of spectra without noise to speak of."""
_NEARLY = Sigmas(
    co2=1e-6, h2o_scale=1e-6, temperature_offset=1e-6, surface_pressure=1e-6, albedo_slope=1e-6,
    albedo_curve=1e-6, shift=1e-6, stretch=1e-6, sif=1e-9, aod=1e-6, height=1e-6,
)  # fmt: skip
"""Of a truth that is what was expected."""


@dataclass(frozen=True)
class Case:
    """A scene whose air holds other particles than are expected.

    Attributes
    ----------
    depth
        Optical depth at 755 nm.  [1]
    albedo
        Of all bands.  [1]
    solar_zenith
        [degree]
    kind, height
        Of the particles, and where: a fraction of the surface pressure.
    """

    depth: float
    albedo: float
    solar_zenith: float
    kind: str = "sea-salt"
    height: float = 0.7

    @property
    def layer(self) -> Layer:
        """Return the particles that are true."""
        return Layer(self.kind, self.depth, self.height)


def physics(tables: Path = TABLES, coarse: bool = False) -> Physics:
    """Return built-in spectroscopy and sunlight; tables that are missing are built."""
    states = COARSE if coarse else FINE
    found = {name: absorption("builtin", name, tables, states) for name in BANDS}
    return Physics(found, sunlight("builtin"))


def drawn(
    known: Physics, options: Options, seed: int, depths: float, count: int
) -> list[Simulated]:
    """Draw scenes from the prior; ln optical depths have a deviation of their own."""
    sigmas = replace(options.sigmas, aod=depths)
    return [
        scene(np.random.default_rng([seed, number]), known, options, sigmas)
        for number in range(count)
    ]


def other(known: Physics, options: Options, case: Case) -> Simulated:
    """Simulate a case with all orders of scattering, without noise but with its uncertainty."""
    truth = replace(options, scattering="multiple", aerosols=(case.layer,))
    found = scene(
        np.random.default_rng(1), known, truth, _NEARLY, _place(case), _quiet(case.albedo)
    )
    bands = {
        name: replace(each, uncertainty=INSTRUMENT[name].noise(each.radiance))
        for name, each in found.sounding.bands.items()
    }
    return replace(found, sounding=replace(found.sounding, bands=bands))


def cases(full: bool) -> Iterator[Case]:
    """Return the cases of a grid: optical depths within albedos within zenith angles."""
    depths = (0.01, 0.05, 0.1, 0.2, 0.3) if full else (0.01, 0.1, 0.3)
    albedos = (0.1, 0.2, 0.4) if full else (0.1, 0.4)
    zeniths = (25.0, 45.0, 65.0) if full else (25.0, 60.0)
    for zenith in zeniths:
        for albedo in albedos:
            for depth in depths:
                yield Case(depth, albedo, zenith)


def _place(case: Case) -> Place:
    return Place(np.datetime64("2020-06-15T04:00:00"), 35.0, 110.0, case.solar_zenith)


def _quiet(albedo: float) -> Mapping[str, Channels]:
    return {
        name: replace(each, signal_to_noise=QUIET, albedo=(albedo, albedo))
        for name, each in INSTRUMENT.items()
    }
