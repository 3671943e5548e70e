"""Winds of the synthetic world: jets, travelling waves and overturning, without divergence.

Every part is the curl of a stream function on the edges of the cells, so that what flows into a
cell flows out of it to the last bits: the mass of air stays what it is.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.constants import EARTH_RADIUS, STANDARD_GRAVITY
from casa_processes.simulation.climate import winter

type Values = NDArray[np.float64]

_STEERING, _DEPTH = 300.0, 400.0
"""Pressure at which waves are strongest, and how deep they reach.  [hPa]"""
_SEED = 11


@dataclass(frozen=True)
class Wave:
    """A wave around the globe.

    Attributes
    ----------
    number
        Waves around a parallel.
    wind
        Largest meridional wind.  [m s-1]
    speed
        Eastward speed of its phase.  [degree d-1]
    width
        Half width of its belts.  [degree]
    north, south
        Strength of the belts about 48 north and 50 south; both 0 is one belt on the equator.
    """

    number: int
    wind: float
    speed: float
    width: float
    north: float = 1.0
    south: float = 1.0


WAVES = (
    Wave(1, 5.0, 0.0, 22.0, south=0.55),
    Wave(2, 5.0, 0.0, 20.0, south=0.55),
    Wave(3, 4.0, 0.0, 18.0, south=0.55),
    Wave(4, 7.0, 6.0, 17.0),
    Wave(5, 9.0, 7.0, 16.0),
    Wave(6, 9.0, 8.0, 15.0),
    Wave(7, 7.0, 9.0, 14.0),
    Wave(8, 5.0, 10.0, 13.0),
    Wave(3, 3.0, -7.0, 16.0, 0.0, 0.0),
    Wave(6, 3.0, -4.0, 14.0, 0.0, 0.0),
)


@dataclass(frozen=True, eq=False)
class Flow:
    """Air that crosses faces in a second.

    Attributes
    ----------
    east
        Through the east face of a cell.  [kg s-1], shape (z, y, x)
    north
        Through the edge of two rows.  [kg s-1], shape (z, y + 1, x)
    up
        Through the edge of two layers.  [kg s-1], shape (z + 1, y, x)
    """

    east: Values
    north: Values
    up: Values


@dataclass(frozen=True, eq=False)
class WaveTable:
    """Waves on the edges of a grid: their stream function is a matrix product at any time.

    Attributes
    ----------
    cosine, sine
        Amplitude times cosine and sine of the phase at time 0.  [m2 s-1], shape (z, y + 1, wave)
    east
        Cosine and sine of the longitude.  [1], shape (2 wave, x + 1)
    frequency
        [rad d-1], shape (wave,)
    """

    cosine: Values
    sine: Values
    east: Values
    frequency: Values


def zonal_wind(latitude: Values, pressure: Values, day: float) -> Values:
    """Return the mean wind from the west.  [m s-1], shape (pressure, latitude).

    Parameters
    ----------
    latitude
        [degree], shape (latitude,)
    pressure
        [hPa], shape (pressure,)
    day
        Day of the year.  [d]
    """
    s = float(winter(day))
    jets = (32 + 10 * s) * _bell(latitude, 36 - 6 * s, 13) + (32 - 10 * s) * _bell(
        latitude, -36 - 6 * s, 13
    )
    aloft = np.exp(-(((pressure - 210.0) / 190.0) ** 2))[:, None]
    ground = (
        8 * _bell(latitude, 47, 13)
        + 10 * _bell(latitude, -50, 12)
        - 6.5 * _bell(latitude, 13 - 4 * s, 11)
        - 6.5 * _bell(latitude, -13 - 4 * s, 11)
    )
    return np.asarray(
        (jets - 2.5 * _bell(latitude, 0, 9)) * aloft
        + ground * ((pressure / 1000.0) ** 0.7)[:, None]
    )


def overturning(latitude: Values, pressure: Values, day: float) -> Values:
    """Return the meridional overturning, northward aloft where positive.  [kg s-1].

    Two Hadley cells that change with the seasons, and a Ferrel cell in each hemisphere; after the
    magnitudes of Peixoto and Oort (1992), chapter 7, with round numbers.

    Parameters
    ----------
    latitude
        Of the edges of rows.  [degree], shape (y + 1,)
    pressure
        Of the edges of layers.  [hPa], shape (z + 1,)
    day
        Day of the year.  [d]
    """
    s = float(winter(day))
    cells = (
        (95 + 75 * s) * _bell(latitude, 13 - 6 * s, 11)
        - (95 - 75 * s) * _bell(latitude, -13 - 6 * s, 11)
        - (35 + 10 * s) * _bell(latitude, 50, 11)
        + (38 - 6 * s) * _bell(latitude, -50, 11)
    )
    depth = np.clip((1.0 - pressure / pressure[0]) / 0.9, 0.0, 1.0) ** 0.8
    closed = cells * np.cos(np.deg2rad(latitude))
    closed[[0, -1]] = 0.0
    shape = np.sin(np.pi * depth)
    shape[[0, -1]] = 0.0
    return np.asarray(1e9 * shape[:, None] * closed)


def wave_table(
    latitude_edges: Values, longitude_edges: Values, pressure: Values, seed: int
) -> WaveTable:
    """Return the waves of a grid.

    Parameters
    ----------
    latitude_edges, longitude_edges
        [degree], shapes (y + 1,) and (x + 1,)
    pressure
        Of the middles of layers.  [hPa], shape (z,)
    seed
        Of the phases; 0 is that of the start that comes with this package.
    """
    random = np.random.default_rng([_SEED, seed])
    here = np.deg2rad(latitude_edges)
    depth = np.exp(-(((pressure - _STEERING) / _DEPTH) ** 2))[:, None]
    tilt = 0.36 * np.log(pressure / 1000.0)[:, None]
    cosines, sines = [], []
    for wave in WAVES:
        belts = _belts(wave, latitude_edges) * np.maximum(np.cos(here), 0.0) ** 2.5
        belts[[0, -1]] = 0.0
        height = wave.wind * EARTH_RADIUS / wave.number * depth * belts
        start, slant = random.uniform(0.0, 2.0 * np.pi), random.uniform(-2.0, 2.0)
        phase = start + tilt + slant * here
        cosines.append(height * np.cos(phase))
        sines.append(height * np.sin(phase))
    numbers = np.array([wave.number for wave in WAVES], dtype=np.float64)
    turns = numbers[:, None] * np.deg2rad(longitude_edges)
    turns[:, -1] = turns[:, 0]
    speeds = np.array([wave.speed for wave in WAVES])
    return WaveTable(
        cosine=np.stack(cosines, axis=-1),
        sine=np.stack(sines, axis=-1),
        east=np.concatenate([np.cos(turns), np.sin(turns)]),
        frequency=np.deg2rad(speeds) * numbers,
    )


def flow(
    table: WaveTable, mean: Values, overturned: Values, pressure_edges: Values, time: float
) -> Flow:
    """Return what crosses the faces at a time.

    Parameters
    ----------
    table
        Waves of the grid.
    mean
        Stream function of the mean zonal wind, as `zonal_stream` gives it.  [m2 s-1], (z, y + 1)
    overturned
        Meridional overturning.  [kg s-1], shape (z + 1, y + 1)
    pressure_edges
        Of the layers, downwards from the ground up.  [Pa], shape (z + 1,)
    time
        Days since the beginning of 2000.  [d]
    """
    angle = table.frequency * time
    c, s = np.cos(angle), np.sin(angle)
    # cos(k x + phase - w t) = cos(k x) cos(phase - w t) - sin(k x) sin(phase - w t)
    turned = np.concatenate(
        [table.cosine * c + table.sine * s, table.cosine * s - table.sine * c], axis=-1
    )
    stream = mean[:, :, None] + turned @ table.east
    stream[:, :, -1] = stream[:, :, 0]
    stream *= ((pressure_edges[:-1] - pressure_edges[1:]) / STANDARD_GRAVITY)[:, None, None]
    columns = stream.shape[2] - 1
    north = np.diff(stream, axis=2) + np.diff(overturned, axis=0)[:, :, None] / columns
    up = np.repeat(-np.diff(overturned, axis=1)[:, :, None] / columns, columns, axis=2)
    return Flow(east=-np.diff(stream, axis=1)[:, :, 1:], north=north, up=up)


def zonal_stream(latitude_edges: Values, pressure: Values, day: float) -> Values:
    """Return the stream function of the mean zonal wind, 0 at the south pole.  [m2 s-1].

    Parameters
    ----------
    latitude_edges
        Edges of the rows.  [degree], shape (y + 1,)
    pressure
        Of the middles of layers.  [hPa], shape (z,)
    day
        Day of the year.  [d]
    """
    middle = 0.5 * (latitude_edges[1:] + latitude_edges[:-1])
    steps = EARTH_RADIUS * np.diff(np.deg2rad(latitude_edges))
    wind = zonal_wind(middle, pressure, day)
    found = np.zeros((pressure.size, latitude_edges.size))
    found[:, 1:] = -np.cumsum(wind * steps, axis=1)
    return found


def _belts(wave: Wave, latitude: Values) -> Values:
    if wave.north == wave.south == 0.0:
        return _bell(latitude, 0.0, wave.width)
    return wave.north * _bell(latitude, 48.0, wave.width) + wave.south * _bell(
        latitude, -50.0, wave.width
    )


def _bell(latitude: Values, centre: float, width: float) -> Values:
    return np.asarray(np.exp(-(((latitude - centre) / width) ** 2)))
