"""Retrievals and soundings made by hand, of numbers that tell which they are."""

from dataclasses import replace

import numpy as np

from casa_processes.spectra.sounding import LineShape, Sounding, Spectrum
from casa_processes.xco2.result import Fit, Outcome, Retrieval

LEVELS = 20
EDGES = {"o2a": (0.7583, 0.7722), "wco2": (1.591, 1.6217), "sco2": (2.042, 2.0788)}
START = np.datetime64("2023-07-01T12:00:00", "ns")


def fit(band: str, seed: int = 0, channels: int = 300) -> Fit:
    """A band of some lines with noise; chi-squared is that of the residual."""
    random = np.random.default_rng([seed, *map(ord, band)])
    wavelength = np.linspace(*EDGES[band], channels)
    place = np.linspace(0.0, 1.0, channels)
    lines = sum(np.exp(-((place - middle) ** 2) / 1e-4) for middle in random.uniform(0, 1, 30))
    fitted = 1e20 * (1.0 + 0.1 * place) * np.exp(-lines)
    uncertainty = 2e17 * np.ones(channels)
    measured = fitted + uncertainty * random.standard_normal(channels)
    misfit = float(np.mean(((measured - fitted) / uncertainty) ** 2))
    return Fit(wavelength, measured, fitted, uncertainty, misfit)


def retrieval(number: int = 0, **changes: object) -> Retrieval:
    """A converged retrieval whose XCO2 is 400 + number ppm."""
    fraction = np.concatenate([[1e-4], np.arange(1, LEVELS) / (LEVELS - 1)])
    weight = np.full(LEVELS, 1.0 / (LEVELS - 1))
    weight[[0, -1]] /= 2.0
    found = Retrieval(
        outcome=Outcome.CONVERGED,
        message="",
        xco2=400.0 + number,
        xco2_apriori=398.0,
        uncertainty=0.5,
        noise=0.3,
        smoothing=0.32,
        interference=0.24,
        pressure=1000.0 * fraction,
        weight=weight,
        averaging_kernel=1.03 - 0.73 * np.exp(-fraction / 0.15),
        profile=np.linspace(390.0, 410.0, LEVELS),
        profile_apriori=np.linspace(391.0, 405.0, LEVELS),
        profile_uncertainty=np.linspace(2.0, 9.0, LEVELS),
        dof_co2=1.7,
        dof_all=20.0,
        information=40.0,
        surface_pressure=1000.0,
        surface_pressure_apriori=998.5,
        more={
            "albedo_o2a": 0.25,
            "albedo_wco2": 0.22,
            "albedo_sco2": 0.2,
            "aod_total": 0.08,
            "sif_757": 0.7,
            "h2o_scale": 1.02,
            "temperature_offset": -0.3,
            "shift_o2a": 0.01,
        },
        bands={band: fit(band, number) for band in EDGES},
        steps=5,
        rejected=1,
    )
    return replace(found, **changes)


def sounding(number: int = 0, **changes: object) -> Sounding:
    """A sounding over land with flat spectra at a signal of 400 times the noise."""
    width = np.linspace(-1e-4, 1e-4, 21)[None, :]
    shape = LineShape("wavelength", np.array([1.0]), width, np.full((1, 21), 5e3))
    bands = {}
    for band, edges in EDGES.items():
        wavelength = np.linspace(*edges, 300)
        random = np.random.default_rng([number, *map(ord, band)])
        radiance = 1e20 * (1.0 + random.standard_normal(300) / 400.0)
        bands[band] = Spectrum(
            wavelength,
            radiance,
            np.full(300, 2.5e17),
            np.ones(300, dtype=bool),
            shape,
            (0.5, 0.0, 0.0),
        )
    found = Sounding(
        sounding_id=f"2023070112{number:06d}",
        time=START + number * np.timedelta64(333, "ms"),
        latitude=40.0 + 0.02 * number,
        longitude=100.0 - 0.01 * number,
        altitude=300.0,
        footprint=number % 8,
        solar_zenith=35.0,
        solar_azimuth=170.0,
        sensor_zenith=3.0,
        sensor_azimuth=290.0,
        relative_velocity=2.0,
        solar_velocity=300.0,
        solar_distance=1.016,
        land_fraction=1.0,
        bands=bands,
        latitude_vertices=40.0 + 0.02 * number + np.array([-0.01, -0.01, 0.01, 0.01]),
        longitude_vertices=100.0 - 0.01 * number + np.array([-0.01, 0.01, 0.01, -0.01]),
    )
    return replace(found, **changes)
