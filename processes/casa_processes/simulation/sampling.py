"""What spectrometers of real missions look at on a day: places, footprints and angles."""

from collections.abc import Mapping
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.errors import UnknownNameError
from casa_processes.simulation.geography import COLUMNS, ROWS, geography
from casa_processes.simulation.orbits import DAY, Track, orbit, track
from casa_processes.simulation.views import (
    Place,
    bearing,
    between,
    beyond,
    glint,
    kilometres,
    sun,
    zenith,
)

type Values = NDArray[np.float64]

SUN_LIMIT = 75.0
"""Largest solar zenith angle of a sounding.  [degree]"""
_VIEW_LIMIT = 70.0
_TWILIGHT = 100.0
"""Farther from the Sun than this, nothing that a satellite sees is lit enough.  [degree]"""
NADIR, GLINT = 0, 1


@dataclass(frozen=True)
class Instrument:
    """A spectrometer and its satellite.

    Attributes
    ----------
    name
        As `casa_processes.simulation.orbits.orbit` knows it.
    title
        For people.
    step
        From one row of soundings to the next; real instruments take more.  [s]
    across
        Distances of footprints from the middle, to the right.  [km]
    numbers
        Of these footprints, from 1.
    width, length
        Of a footprint across and along the track.  [km]
    glint
        Whether it points to where water mirrors the Sun; only land is seen otherwise.
    noise
        Standard deviation of an XCO2 of a bright scene.  [ppm]
    bias
        Standard deviation of what scenes do to XCO2.  [ppm]
    """

    name: str
    title: str
    step: float
    across: tuple[float, ...]
    numbers: tuple[int, ...]
    width: float
    length: float
    glint: bool
    noise: float
    bias: float


INSTRUMENTS: Mapping[str, Instrument] = {
    one.name: one
    for one in (
        Instrument("oco2", "OCO-2", 10.0, (-1.94, 1.94), (3, 6), 1.29, 2.25, True, 0.6, 0.3),
        Instrument("oco3", "OCO-3", 10.0, (-2.4, 2.4), (3, 6), 1.6, 2.2, True, 0.7, 0.4),
        Instrument("tansat", "TanSat", 10.0, (-4.0, 4.0), (3, 7), 2.0, 2.0, True, 1.2, 0.5),
        Instrument(
            "gosat",
            "GOSAT",
            22.5,
            (-316.0, -158.0, 0.0, 158.0, 316.0),
            (1, 2, 3, 4, 5),
            10.5,
            10.5,
            True,
            1.8,
            0.6,
        ),
        Instrument(
            "tropomi",
            "TROPOMI-like",
            30.0,
            tuple(200.0 * n for n in range(-6, 7)),
            tuple(range(1, 14)),
            7.0,
            5.5,
            False,
            1.0,
            0.5,
        ),
    )
}


@dataclass(frozen=True, eq=False)
class Views:
    """What is looked at, each of shape (n,), in the order of time and footprint.

    Attributes
    ----------
    time
        UTC, to the millisecond.
    footprint
        Number across the track, from 1.
    latitude, longitude
        Of the middle.  [degree]
    heading
        Of the track, clockwise from north.  [degree]
    sun_zenith, sun_azimuth, zenith, azimuth
        Of the Sun and of the satellite; azimuths clockwise from north.  [degree]
    mode
        `NADIR` over land or `GLINT` over water.
    """

    time: NDArray[np.datetime64]
    footprint: NDArray[np.int64]
    latitude: Values
    longitude: Values
    heading: Values
    sun_zenith: Values
    sun_azimuth: Values
    zenith: Values
    azimuth: Values
    mode: NDArray[np.int64]

    def __getitem__(self, chosen: NDArray[np.bool_] | NDArray[np.intp]) -> "Views":
        """Return those that are chosen."""
        return Views(*(getattr(self, each.name)[chosen] for each in fields(self)))


def instrument(name: str) -> Instrument:
    """Return an instrument.

    Raises
    ------
    UnknownNameError
        When there is none of that name.
    """
    if name not in INSTRUMENTS:
        raise UnknownNameError("mission", name, INSTRUMENTS)
    return INSTRUMENTS[name]


def on_land(place: Place) -> NDArray[np.bool_]:
    """Tell which places are on land, by cells of one degree."""
    row = np.clip(np.floor(place[0] + 90.0), 0, ROWS - 1).astype(np.intp)
    column = np.floor(place[1] + 180.0).astype(np.intp) % COLUMNS
    return np.asarray(geography().land[row, column])


def views(one: Instrument, date: np.datetime64) -> Views:
    """Return all that an instrument looks at on a day, clouds or not.

    Parameters
    ----------
    one
        The instrument.
    date
        Day, UTC.

    Raises
    ------
    InvalidValueError
        When the day is not from 2000 to 2049.
    """
    begin = np.datetime64(date, "D").astype("datetime64[ms]")
    every = np.timedelta64(round(one.step * 1_000.0), "ms")
    times = begin + np.arange(0, DAY, every.astype(int)).astype("timedelta64[ms]")
    path = track(orbit(one.name), times)
    below = path.latitude, path.longitude
    sunny = sun(times)
    land, lit = on_land(below), between(below, sunny) < _TWILIGHT
    rows = np.flatnonzero(lit & (land | (len(one.across) > 2)))
    found = [_nadir(one, path, rows, sunny)]
    if one.glint:
        found.append(_mirrored(one, path, np.flatnonzero(lit & ~land), sunny))
    together = Views(
        *(np.concatenate([getattr(each, one.name) for each in found]) for one in fields(Views))
    )
    return together[np.lexsort((together.footprint, together.time))]


def corners(one: Instrument, seen: Views) -> Place:
    """Return the corners of footprints, against the clock.  [degree], shape (n, 4) each.

    Notes
    -----
    Rectangles on the ground; the round footprints of GOSAT are within theirs, and those at the
    edge of a swath are as small as those in its middle.
    """
    along = np.array([1.0, 1.0, -1.0, -1.0]) * one.length / 2.0
    across = np.array([1.0, -1.0, -1.0, 1.0]) * one.width / 2.0
    turn = np.rad2deg(np.arctan2(across, along))
    away = kilometres(np.hypot(along, across))
    middle = seen.latitude[:, None], seen.longitude[:, None]
    return beyond(middle, seen.heading[:, None] + turn, np.broadcast_to(away, (1, 4)))


def _nadir(one: Instrument, path: Track, rows: NDArray[np.intp], sunny: Place) -> Views:
    """Return what lies on land beside the points below."""
    below = path.latitude[rows, None], path.longitude[rows, None]
    side = path.heading[rows, None] + 90.0
    return _kept(one, path, rows, sunny, below, side, np.array(one.across), NADIR)


def _mirrored(one: Instrument, path: Track, rows: NDArray[np.intp], sunny: Place) -> Views:
    """Return what lies on water about the points of glint; a wide grid has its middle there."""
    below = path.latitude[rows], path.longitude[rows]
    y, x = glint(below, path.altitude[rows], (sunny[0][rows], sunny[1][rows]))
    across = np.array(one.across)
    wide = np.abs(across).max() > 100.0
    across = np.where(across == 0.0, across, np.nan) if wide else across
    side = path.heading[rows, None] + 90.0
    return _kept(one, path, rows, sunny, (y[:, None], x[:, None]), side, across, GLINT)


def _kept(
    one: Instrument,
    path: Track,
    rows: NDArray[np.intp],
    sunny: Place,
    middle: Place,
    side: Values,
    across: Values,
    mode: int,
) -> Views:
    """Place footprints beside the middles and keep those in light, in view, on land or water."""
    used = np.flatnonzero(np.isfinite(across))
    y, x = beyond(middle, side, kilometres(across[used])[None, :])
    which = np.broadcast_to(rows[:, None], y.shape).ravel()
    number = np.broadcast_to(np.array(one.numbers)[used], y.shape).ravel()
    place, star = (y.ravel(), x.ravel()), (sunny[0][which], sunny[1][which])
    below = path.latitude[which], path.longitude[which]
    light = between(place, star)
    sight = zenith(between(place, below), path.altitude[which])
    there = (light < SUN_LIMIT) & (sight < _VIEW_LIMIT) & (on_land(place) == (mode == NADIR))
    found = Views(
        time=path.time[which],
        footprint=number.astype(np.int64),
        latitude=place[0],
        longitude=place[1],
        heading=path.heading[which],
        sun_zenith=light,
        sun_azimuth=bearing(place, star),
        zenith=sight,
        azimuth=bearing(place, below),
        mode=np.full(which.size, mode, dtype=np.int64),
    )
    return found[there]
