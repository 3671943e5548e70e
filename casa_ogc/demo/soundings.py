"""The demonstration soundings: one repeat cycle of an orbit like that of OCO-2."""

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from casa_ogc.demo.formulas import background_xco2, days_since_epoch, xco2, xco2_uncertainty
from casa_ogc.demo.geography import is_land
from casa_ogc.demo.grids import ATTRIBUTES
from casa_ogc.demo.orbit import ORBITS, PERIOD, Track, sun_cosine, track
from casa_ogc.demo.profiles import profiles
from casa_ogc.readers.read import described
from casa_processes.common.vocabulary import variable

FOOTPRINTS = 8
_SCENES, _FRAMES = 4, 8
_FRAME_SECONDS = 1 / 3
_LOWEST_SUN = np.cos(np.deg2rad(70))
_ACROSS, _ALONG = 1290.0, 2250.0
"""Size of a footprint [m]."""
_METRES = 111_195.0
"""Length of one degree of latitude on the sphere [m]."""


def xco2_soundings() -> xr.Dataset:
    """Make about 60 000 soundings of 16 days in July 2023, eight footprints across the track.

    Returns
    -------
    xr.Dataset
        The common schema with dims ``sounding``, ``level`` (20, surface first) and ``vertex`` (4).
    """
    random = np.random.default_rng(20230701)
    frames = _sunlit_frames(random)
    footprint = np.tile(np.arange(1, FOOTPRINTS + 1), frames.time.size)
    points = _repeated(frames)
    across = (footprint.astype(np.float64) - (FOOTPRINTS + 1) / 2) * _ACROSS
    latitude, longitude = _moved(points, np.zeros_like(across), across)
    scalars = _scalars(points, latitude, longitude, random)
    columns = {
        "sounding_id": _identifiers(points.time, footprint),
        "time": points.time,
        "latitude": latitude,
        "longitude": longitude,
        "footprint": footprint,
        "orbit": points.orbit,
        **scalars,
        **_vertices(points, across),
        **profiles(scalars["surface_pressure"], scalars["xco2_apriori"]),
    }
    attributes = {**ATTRIBUTES, "title": "Synthetic XCO2 soundings", "stream": "demo"}
    return xr.Dataset({name: _column(name, v) for name, v in columns.items()}, attrs=attributes)


def _sunlit_frames(random: np.random.Generator) -> Track:
    """Short clear scenes of consecutive frames in the sunlit part of each orbit."""
    orbit = np.repeat(np.arange(ORBITS, dtype=np.int32), _SCENES)
    start = random.uniform(0, PERIOD, (orbit.size, 64))
    tries = track(np.repeat(orbit, 64), start.ravel())
    sunlit = (sun_cosine(tries) > _LOWEST_SUN).reshape(start.shape)
    first = np.argmax(sunlit, axis=1)
    chosen = np.rint(start[np.arange(orbit.size), first] / _FRAME_SECONDS) * _FRAME_SECONDS
    elapsed = (chosen[:, None] + np.arange(_FRAMES) * _FRAME_SECONDS).ravel()
    frames = track(np.repeat(orbit, _FRAMES), elapsed)
    _, order = np.unique(frames.time, return_index=True)
    return _taken(frames, order)


def _taken(points: Track, rows: NDArray[np.intp]) -> Track:
    return Track(
        points.time[rows],
        points.latitude[rows],
        points.longitude[rows],
        points.heading[rows],
        points.orbit[rows],
    )


def _repeated(points: Track) -> Track:
    """Each frame once for each of its footprints."""
    return _taken(points, np.repeat(np.arange(points.time.size), FOOTPRINTS))


def _moved(
    points: Track, along: NDArray[np.float64], across: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Places some metres along the flight and to its right, on a plane tangent at the track."""
    north = along * np.cos(points.heading) - across * np.sin(points.heading)
    east = along * np.sin(points.heading) + across * np.cos(points.heading)
    latitude = points.latitude + north / _METRES
    longitude = points.longitude + east / (_METRES * np.cos(np.deg2rad(points.latitude)))
    return latitude, (longitude + 180) % 360 - 180


def _vertices(points: Track, across: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
    corners = [(-1, -1), (-1, 1), (1, 1), (1, -1)]
    moved = [
        _moved(points, np.full_like(across, along * _ALONG / 2), across + side * _ACROSS / 2)
        for along, side in corners
    ]
    return {
        "latitude_vertices": np.stack([latitude for latitude, _ in moved], axis=1),
        "longitude_vertices": np.stack([longitude for _, longitude in moved], axis=1),
    }


def _scalars(
    points: Track,
    latitude: NDArray[np.float64],
    longitude: NDArray[np.float64],
    random: np.random.Generator,
) -> dict[str, NDArray[np.float64]]:
    """Columns of one number a sounding; a quarter is poor, with three times the noise."""
    day = days_since_epoch(points.time)
    land = is_land(latitude, longitude)
    sun = sun_cosine(points)
    poor = random.random(day.size) < 0.25
    uncertainty = xco2_uncertainty(latitude, longitude, day)
    noise = random.standard_normal(day.size) * uncertainty * np.where(poor, 3, 1)
    retrieved = xco2(latitude, longitude, day) + noise
    height = np.where(land, 300 * (1 + np.sin(np.deg2rad(3 * longitude)) ** 2), 0)
    return {
        "mode": np.zeros(day.size),
        "xco2": retrieved,
        "xco2_uncertainty": uncertainty,
        "xco2_raw": retrieved + np.where(land, 1.2, -0.4),
        "xco2_apriori": background_xco2(latitude, day),
        "quality_flag": poor.astype(np.float64),
        "solar_zenith_angle": np.rad2deg(np.arccos(sun)),
        "sensor_zenith_angle": np.full(day.size, 0.3),
        "airmass": 1 / sun + 1,
        "surface_altitude": height,
        "surface_pressure": 1013.25 * np.exp(-height / 8000),
        "land_fraction": land.astype(np.float64),
        "surface_type": land.astype(np.float64),
    }


def _identifiers(time: NDArray[np.datetime64], footprint: NDArray[np.int64]) -> NDArray[np.str_]:
    """Date, time to a tenth of a second, and footprint, as in the identifiers of OCO-2."""
    text = np.datetime_as_string(time, unit="ms")
    digits = (f"{t[:4]}{t[5:7]}{t[8:10]}{t[11:13]}{t[14:16]}{t[17:19]}{t[20]}" for t in text)
    return np.array([f"{one}{foot}" for one, foot in zip(digits, footprint, strict=True)])


def _column(name: str, values: NDArray[np.generic]) -> xr.Variable:
    row = variable(name)
    dims = ("sounding",) if row.shape == "scalar" else ("sounding", row.shape)
    typed = values if row.dtype == "str" else values.astype(row.dtype)
    return xr.Variable(dims, typed, described(row))
