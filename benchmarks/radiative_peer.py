"""sasktran2's answers to the scene of the benchmark of radiative transfer."""

from collections.abc import Callable

import numpy as np
import sasktran2 as sk
from numpy.typing import NDArray

from benchmarks.radiative_scene import ALBEDO, LAYERS, Scene

type Values = NDArray[np.float64]

SOURCES = {
    "single": (sk.MultipleScatterSource.NoSource, 2),
    "two": (sk.MultipleScatterSource.TwoStream, 2),
    "many": (sk.MultipleScatterSource.DiscreteOrdinates, 16),
}


def radiance(scene: Scene, depths: Values, source: str, fine: int = 4) -> Values:
    """Return radiances at some points, layers cut into `fine` parts, shape (point,)."""
    engine, atmosphere = _prepared(scene, depths, source, False, fine)
    found: Values = engine.calculate_radiance(atmosphere)["radiance"].values[:, 0, 0]
    return found


def timed(scene: Scene, depths: Values, source: str, derivatives: bool) -> Callable[[], object]:
    """Return what is to be timed, layers whole: the call alone, without preparation."""
    engine, atmosphere = _prepared(scene, depths, source, derivatives, 1)
    return lambda: engine.calculate_radiance(atmosphere)


def _prepared(
    scene: Scene, depths: Values, source: str, derivatives: bool, fine: int
) -> tuple[sk.Engine, sk.Atmosphere]:
    points, levels = depths.shape[1], LAYERS * fine + 1
    settings = sk.Config()
    settings.multiple_scatter_source, settings.num_streams = SOURCES[source]
    settings.num_threads, settings.delta_m_scaling = 1, source == "many"
    settings.num_singlescatter_moments = scene.moments.shape[1]
    geometry = scene.geometry
    grid = sk.Geometry1D(
        cos_sza=geometry.sun_cosine,
        solar_azimuth=0,
        earth_radius_m=6_371_000.0,
        altitude_grid_m=np.arange(levels) * 1000.0 / fine,
        interpolation_method=sk.InterpolationMethod.LowerInterpolation,
        geometry_type=sk.GeometryType.PlaneParallel,
    )
    sun, sight = geometry.sun_cosine, geometry.sight_cosine
    across = np.sqrt((1 - sun**2) * (1 - sight**2))
    azimuth = float(np.arccos((geometry.scattering_cosine + sun * sight) / across))
    view = sk.ViewingGeometry()
    view.add_ray(sk.GroundViewingSolar(sun, azimuth, sight, 200_000.0))
    atmosphere = sk.Atmosphere(grid, settings, numwavel=points, calculate_derivatives=derivatives)
    depth = scene.air.depth.astype(float)
    scattered = depth * scene.albedo[:, None]
    whole = depths + depth.sum(axis=0)[:, None]
    mixed = (scene.moments.T @ scattered) / scattered.sum(axis=0)
    extinction, albedo = np.zeros((levels, points)), np.zeros((levels, points))
    moments = np.zeros((scene.moments.shape[1], levels, points))
    extinction[:-1] = np.repeat(whole[::-1], fine, axis=0) / 1000.0
    albedo[:-1] = np.repeat((scattered.sum(axis=0)[:, None] / whole)[::-1], fine, axis=0)
    moments[:, :-1], moments[0, -1] = np.repeat(mixed[:, ::-1], fine, axis=1)[:, :, None], 1.0
    atmosphere["air"] = sk.constituent.Manual(extinction, albedo, legendre_moments=moments)
    atmosphere["surface"] = sk.constituent.LambertianSurface(ALBEDO)
    return sk.Engine(settings, grid, view), atmosphere
