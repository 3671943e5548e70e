"""Atmospheres for the accurate solver, and their radiance by sasktran2."""

from dataclasses import dataclass

import numpy as np

from casa_processes.radiative_transfer.paths import Geometry, scattering_cosine
from casa_processes.radiative_transfer.scattering.accurate import multiple
from casa_processes.radiative_transfer.scattering.directions import scaled, streams
from casa_processes.radiative_transfer.scattering.slab.kernel import Medium

LAYERS = 19


@dataclass(frozen=True, eq=False)
class Air:
    """Layers from the top down."""

    absorbed: np.ndarray  # layer, point
    depth: np.ndarray  # kind, layer; extinction
    albedo: np.ndarray  # kind
    moments: np.ndarray  # kind, moment


def air(thick, asymmetry, albedo, height, width, absorption=(0.0, 0.1, 1.0, 4.0)):
    """Molecules of the oxygen band and one layer of aerosol."""
    place = (np.arange(LAYERS) + 0.5) / LAYERS
    bell = np.exp(-(((place - height) / width) ** 2) / 2)
    depth = np.array([np.full(LAYERS, 0.024 / LAYERS), thick * bell / bell.sum()])
    order = np.arange(200)
    moments = np.array([0.0 * order, (2 * order + 1) * asymmetry**order])
    moments[0, 0], moments[0, 2] = 1.0, 0.48
    absorbed = np.array(absorption) / LAYERS * np.ones((LAYERS, 1)) + 1e-9
    return Air(absorbed, depth, np.array([1.0, albedo]), moments)


def seen(sun, sight, azimuth):
    """Return the geometry of angles in degree."""
    cosine = scattering_cosine(sun, sight, azimuth)
    return Geometry(np.cos(np.radians(sun)), np.cos(np.radians(sight)), cosine)


def medium_of(air, geometry, surface, count):
    """Return what the accurate solver takes, and the scaled moments."""
    peak, rest = scaled(air.moments, count)
    scattered = air.depth * air.albedo[:, None]
    extinction = air.absorbed + (air.depth - scattered * peak[:, None]).sum(0)[:, None]
    points = air.absorbed.shape[1]
    medium = Medium(
        extinction,
        np.repeat((scattered * (1 - peak)[:, None])[:, :, None], points, axis=2),
        np.full(LAYERS, 1 / geometry.sun_cosine),
        np.full(LAYERS, 1 / geometry.sight_cosine),
        np.full(points, surface),
    )
    return medium, rest


def more_than_once(air, geometry, surface, count=8, orders=8, thin=0.001):
    """Return what is scattered or reflected more than once, by our solver."""
    medium, rest = medium_of(air, geometry, surface, count)
    return multiple(medium, streams(geometry, rest, count, orders), thin)


def once(air, geometry, surface, count=8):
    """Return single scattering and the reflected beam, by plain formulas."""
    medium, _ = medium_of(air, geometry, surface, count)
    way = (medium.sun + medium.sight)[:, None]
    above = np.cumsum(way * medium.extinction, axis=0) - way * medium.extinction
    values = [np.polynomial.legendre.legval(geometry.scattering_cosine, m) for m in air.moments]
    phased = ((np.array(values) * air.albedo) @ air.depth)[:, None]
    inside = -np.expm1(-way * medium.extinction) / (way * medium.extinction)
    source = phased * medium.sight[:, None] / (4 * np.pi) * np.exp(-above) * inside
    through = np.exp(-(way * medium.extinction).sum(0))
    return source.sum(0) + surface * geometry.sun_cosine / np.pi * through


def sasktran(sk, air, geometry, surface, fine=6):
    """Radiance by 16 discrete ordinates of sasktran2, layers cut into `fine` parts."""
    settings = sk.Config()
    settings.multiple_scatter_source = sk.MultipleScatterSource.DiscreteOrdinates
    settings.num_streams, settings.num_threads = 16, 1
    settings.delta_m_scaling, settings.num_singlescatter_moments = True, air.moments.shape[1]
    grid = sk.Geometry1D(
        cos_sza=geometry.sun_cosine,
        solar_azimuth=0,
        earth_radius_m=6_371_000.0,
        altitude_grid_m=np.arange(LAYERS * fine + 1) * 1000.0 / fine,
        interpolation_method=sk.InterpolationMethod.LowerInterpolation,
        geometry_type=sk.GeometryType.PlaneParallel,
    )
    sun, sight = geometry.sun_cosine, geometry.sight_cosine
    across = max(np.sqrt((1 - sun**2) * (1 - sight**2)), 1e-9)
    azimuth = np.arccos(np.clip((geometry.scattering_cosine + sun * sight) / across, -1, 1))
    view = sk.ViewingGeometry()
    view.add_ray(sk.GroundViewingSolar(sun, float(azimuth), sight, 200_000.0))
    points, count = air.absorbed.shape[1], air.moments.shape[1]
    atmosphere = sk.Atmosphere(grid, settings, numwavel=points, calculate_derivatives=False)
    scattered = air.depth * air.albedo[:, None]
    whole = air.absorbed + air.depth.sum(0)[:, None]
    mixed = (air.moments.T @ scattered) / scattered.sum(0)
    extinction, albedo = (np.zeros((LAYERS * fine + 1, points)) for _ in range(2))
    moments = np.zeros((count, LAYERS * fine + 1, points))
    extinction[:-1] = np.repeat(whole[::-1], fine, axis=0) / 1000.0
    albedo[:-1] = np.repeat((scattered.sum(0)[:, None] / whole)[::-1], fine, axis=0)
    moments[:, :-1], moments[0, -1] = np.repeat(mixed[:, ::-1], fine, axis=1)[:, :, None], 1.0
    atmosphere["air"] = sk.constituent.Manual(extinction, albedo, legendre_moments=moments)
    atmosphere["surface"] = sk.constituent.LambertianSurface(surface)
    found = sk.Engine(settings, grid, view).calculate_radiance(atmosphere)
    return found["radiance"].values[:, 0, 0]
