"""The radiance kernel against sasktran2, another code's discrete layers."""

import numpy as np
import pytest

from tests.processes.radiative_transfer.scenes import drawn, extinction
from tests.processes.radiative_transfer.test_kernel import computed

sk = pytest.importorskip("sasktran2", reason="sasktran2 is not installed")

ALBEDO, MU0, MU = 0.25, 0.7, 0.9
COSINE = -MU0 * MU + np.sqrt((1 - MU0**2) * (1 - MU**2))
RAYLEIGH = 0.75 * (1 + COSINE**2)


def sasktran(absorbed, scattered, fine):
    """Radiance of single scattering by air, layers of 1 km cut into `fine` parts."""
    absorbed, scattered = (np.repeat(each / fine, fine, axis=0) for each in (absorbed, scattered))
    layers, points = absorbed.shape
    settings = sk.Config()
    settings.multiple_scatter_source = sk.MultipleScatterSource.NoSource
    settings.num_threads = 1
    geometry = sk.Geometry1D(
        cos_sza=MU0,
        solar_azimuth=0,
        earth_radius_m=6_371_000,
        altitude_grid_m=np.arange(layers + 1) * 1000.0 / fine,
        interpolation_method=sk.InterpolationMethod.LowerInterpolation,
        geometry_type=sk.GeometryType.PlaneParallel,
    )
    sight = sk.ViewingGeometry()
    sight.add_ray(sk.GroundViewingSolar(MU0, 0.0, MU, 200_000))
    atmosphere = sk.Atmosphere(geometry, settings, numwavel=points, calculate_derivatives=False)
    whole, albedo = np.zeros((layers + 1, points)), np.zeros((layers + 1, points))
    depth = (absorbed + scattered)[::-1]
    whole[:layers], albedo[:layers] = depth * fine / 1000.0, scattered[::-1] / depth
    moments = np.zeros((16, layers + 1, points))
    moments[0], moments[2] = 1.0, 0.5
    atmosphere["air"] = sk.constituent.Manual(whole, albedo, legendre_moments=moments)
    atmosphere["surface"] = sk.constituent.LambertianSurface(ALBEDO)
    engine = sk.Engine(settings, geometry, sight)
    return engine.calculate_radiance(atmosphere)["radiance"].values[:, 0, 0]


def scene_of_air(scattering):
    scene = drawn(5, layers=19, points=100, gases=1, scatterers=1, thick=0.1)
    return type(scene)(
        **{
            **vars(scene),
            "depth": np.full((1, 19), scattering),
            "shape": np.ones((1, 100)),
            "phase": np.array([RAYLEIGH]),
            "sun": np.full(19, 1 / MU0),
            "sight": np.full(19, 1 / MU),
            "reflectance": np.full(100, ALBEDO * MU0 / np.pi),
            "irradiance": np.ones(100),
        }
    )


def test_absorption_agrees_to_a_millionth():
    scene = scene_of_air(1e-12)
    absorbed, scattered, _ = extinction(scene)
    expected = sasktran(absorbed, scattered, 1)
    assert np.abs(computed(scene)[0] - expected).max() < 1e-6 * expected.max()


def test_single_scattering_agrees_the_better_the_finer_the_other_code_cuts():
    scene = scene_of_air(0.004)
    absorbed, scattered, _ = extinction(scene)
    found = computed(scene)[0]
    coarse, fine = (sasktran(absorbed, scattered, parts) for parts in (1, 4))
    assert np.abs(found / coarse - 1).max() < 1e-3
    assert np.abs(found / fine - 1).max() < 1e-4
