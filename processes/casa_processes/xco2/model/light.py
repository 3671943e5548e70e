"""Monochromatic light of one band: a row of the radiance and one of each derivative."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from casa_processes.radiative_transfer.glint import reflectance
from casa_processes.radiative_transfer.kernel import Paths
from casa_processes.radiative_transfer.paths import Geometry
from casa_processes.radiative_transfer.scattering.terms.kernel import Ground
from casa_processes.xco2.model.air import Columns
from casa_processes.xco2.model.orders import Frames, Orders, radiance
from casa_processes.xco2.model.scattering import (
    Aerosols,
    absorbers,
    directions,
    scatterers,
)
from casa_processes.xco2.model.sea import WATER_INDEX
from casa_processes.xco2.model.state import Elements
from casa_processes.xco2.model.window import Window

type Values = NDArray[np.float64]
type Single = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Scene:
    """Air, particles and ways of light of a state.

    Attributes
    ----------
    air, change
        Columns, and their derivatives by elements of the state.
    particles
        Aerosol.
    sun, sight
        Lengths of the ways through each layer over its depth.  [1], shape (layer,)
    geometry
        Directions.
    orders
        Of scattering.
    fits
        Points and features of the corrections of multiple scattering.
    """

    air: Columns
    change: Mapping[str, Columns]
    particles: Aerosols
    sun: Values
    sight: Values
    geometry: Geometry
    orders: Orders
    fits: Frames


@dataclass(frozen=True, eq=False)
class Light:
    """Rows of a band.

    Attributes
    ----------
    names
        Elements of the state that the rows after those of the levels are derivatives by.
    levels
        Number of rows of carbon dioxide at levels; 0 in a band without it.
    rows
        Radiance [photon s-1 m-2 sr-1 um-1] and its derivatives by the logarithm of the albedo, by
        carbon dioxide at each level [ppm], and by each element.  shape (2 + levels + name, point)
    """

    names: tuple[str, ...]
    levels: int
    rows: Single


def light(band: Window, known: Elements, state: Values, scene: Scene) -> Light:
    """Compute the light of a band for a state."""
    levels, names, along = directions(band, scene.air, scene.change, scene.particles)
    extra = tuple(name for name in _of_surface(band) if known.place(name) is not None)
    inner = 2 + levels + len(names)
    rows = np.empty((inner + len(extra), band.grid.size), np.float32)
    albedo = _albedo(band, known, state).astype(np.float32)
    lambertian = albedo * np.float32(scene.geometry.sun_cosine / np.pi)
    mirrored = _mirrored(band, known, state, scene.geometry)
    shapes = np.stack([np.ones_like(band.place), band.place, band.place**2])
    by_shade = radiance(
        band,
        absorbers(band, scene.air),
        scatterers(band, scene.air, scene.particles),
        Paths(scene.sun.astype(np.float32), scene.sight.astype(np.float32)),
        Ground(lambertian + np.float32(mirrored), albedo),
        along,
        albedo * shapes,
        scene.geometry,
        scene.orders,
        scene.fits,
        rows[:inner],
    )
    beam = rows[1].copy()
    rows[1] *= lambertian
    by_shade += rows[1] * shapes
    rows[1] = by_shade[0]
    upwards = _fluorescence(band, known, state, scene, beam, rows[:inner], names)
    for row, name in enumerate(extra, start=inner):
        rows[row] = _by_surface(
            name, known, state, band, beam * np.float32(mirrored), upwards, by_shade
        )
    return Light((*names, *extra), levels, rows)


def _of_surface(band: Window) -> tuple[str, ...]:
    """Return the elements of surface and vegetation that a band knows, but the albedo itself."""
    names = (f"albedo_slope_{band.name}", f"albedo_curve_{band.name}", "ln_glint")
    return (*names, "sif", "sif_slope") if band.name == "o2a" else names


def _by_surface(
    name: str, known: Elements, state: Values, band: Window, glint: Single, upwards: Single,
    by_shade: Single,
) -> Single:  # fmt: skip
    if name == "ln_glint":
        return glint
    if name == "sif":
        return upwards * _slanted(band, known, state)
    if name == "sif_slope":
        return upwards * band.place * np.float32(known.value(state, "sif"))
    found: Single = by_shade[1 if "slope" in name else 2]
    return found


def _albedo(band: Window, known: Elements, state: Values) -> Values:
    middle, slope, curve = (
        known.value(state, f"{what}_{band.name}")
        for what in ("ln_albedo", "albedo_slope", "albedo_curve")
    )
    place = band.place
    albedo: Values = np.exp(middle + place * (slope + place * curve))
    return albedo


def _mirrored(band: Window, known: Elements, state: Values, geometry: Geometry) -> float:
    """Return the reflectance of waves, as the instrument sees it; none on land."""
    if not known.has("wind_speed"):
        return 0.0
    expected = reflectance(known.value(state, "wind_speed"), geometry, WATER_INDEX[band.name])
    return expected * band.mirror * float(np.exp(known.value(state, "ln_glint")))


def _slanted(band: Window, known: Elements, state: Values) -> Single:
    slanted: Single = np.float32(1.0) + band.place * np.float32(known.value(state, "sif_slope"))
    return slanted


def _fluorescence(
    band: Window,
    known: Elements,
    state: Values,
    scene: Scene,
    beam: Single,
    rows: Single,
    names: tuple[str, ...],
) -> Single:
    """Add fluorescence of the ground to a radiance and its derivatives by the air.

    Its light goes upwards only: what is left of it is the transmittance of both ways to the power
    of the share of one. That gases change it in proportion to the reflected light is not exact
    where air scatters: the derivative of a fluorescence of a hundredth is wrong by a fifth at most.

    Returns
    -------
    ndarray
        Radiance for a unit of the state without spectral slope.  shape (point,)
    """
    if band.name != "o2a" or not known.has("sif"):
        return beam
    share = np.float32(scene.sight[-1] / (scene.sun[-1] + scene.sight[-1]))
    upwards = np.float32(band.brightness) * (beam / band.irradiance) ** share
    strength = known.value(state, "sif")
    if strength != 0.0:
        added = upwards * _slanted(band, known, state) * np.float32(strength)
        for row, name in enumerate(names, start=rows.shape[0] - len(names)):
            if name.startswith("ln_aod_"):
                rows[row] -= added * _depth(band, scene, scene.particles.change[name])
            elif name not in scene.particles.change:
                rows[row] += rows[row] * (added / rows[0] * share)
        rows[0] += added
    return upwards


def _depth(band: Window, scene: Scene, change: Values) -> Single:
    """Return the optical depth that a change of aerosol adds to the way upwards."""
    depth = sum(
        float(scene.sight @ layers) * each.shape
        for layers, (each, _) in zip(change, band.particles, strict=True)
    )
    return np.asarray(depth, np.float32)
