"""Soundings of a day: what instruments would have measured in the synthetic world."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from casa_processes.simulation.climate import days
from casa_processes.simulation.clouds import THIN, Scenes, cloud_depth, scenes
from casa_processes.simulation.columns import apriori, sensitivity, smoothed, weights
from casa_processes.simulation.nature import Day, co2
from casa_processes.simulation.noise import Errors, errors
from casa_processes.simulation.sampling import NADIR, Instrument, Views, views
from casa_processes.simulation.world import World

type Values = NDArray[np.float64]

HAZY = 0.3
"""Aerosol above this is flagged.  [1]"""


@dataclass(frozen=True, eq=False)
class Soundings:
    """Columns of an instrument, in the order of time and footprint.

    Attributes
    ----------
    seen
        When and where.
    scene
        What was there.
    error
        Of `xco2`.
    truth
        Column of the world, no kernel applied.  [ppm], shape (n,)
    expected
        The same as the retrieval would see it without error.  [ppm], shape (n,)
    xco2
        As measured.  [ppm], shape (n,)
    prior, kernel
        A priori profiles [ppm] and column averaging kernels [1].  shape (n, z)
    weight
        Share of the air in layers.  [1], shape (z,)
    pressure
        Middles of layers.  [Pa], shape (z,)
    good
        Whether there is little aerosol.  shape (n,)
    """

    seen: Views
    scene: Scenes
    error: Errors
    truth: Values
    expected: Values
    xco2: Values
    prior: Values
    kernel: Values
    weight: Values
    pressure: Values
    good: NDArray[np.bool_]


def clear_views(one: Instrument, date: np.datetime64, seed: int) -> Views:
    """Return what an instrument sees on a day where clouds are thin.

    Parameters
    ----------
    one
        The instrument.
    date
        Day, UTC.
    seed
        Of the clouds; all instruments see the same ones.

    Raises
    ------
    InvalidValueError
        When the day is not from 2000 to 2049.
    """
    found = views(one, date)
    depth = cloud_depth(seed, found.latitude, found.longitude, days(found.time))
    return found[depth < THIN]


def observed(one: Instrument, here: World, day: Day, seed: int) -> Soundings:
    """Return the soundings of a day; the same inputs give the same bits.

    Parameters
    ----------
    one
        The instrument.
    here
        The world's cells.
    day
        Its carbon dioxide.
    seed
        Of clouds, scenes and noise.

    Raises
    ------
    InvalidValueError
        When the day is not from 2000 to 2049.
    """
    seen = clear_views(one, day.date, seed)
    when = days(seen.time)
    scene = scenes(seed, seen.latitude, seen.longitude, when, seen.mode == NADIR)
    profile = profiles(here, co2(day), seen.latitude, seen.longitude)
    weight, interfaces = weights(here.pressure), here.pressure
    slant = 1.0 / np.cos(np.deg2rad(seen.sun_zenith)) + 1.0 / np.cos(np.deg2rad(seen.zenith))
    kernel = sensitivity(interfaces, slant)
    prior = apriori(seen.latitude, when, interfaces)
    expected = smoothed(weight, kernel, prior, profile)
    error = errors(one, seen, scene, seed)
    return Soundings(
        seen=seen,
        scene=scene,
        error=error,
        truth=(profile * weight).sum(axis=1),
        expected=expected,
        xco2=expected + error.noise + error.bias,
        prior=prior,
        kernel=kernel,
        weight=weight,
        pressure=(interfaces[1:] + interfaces[:-1]) / 2.0,
        good=scene.aerosol < HAZY,
    )


def profiles(here: World, values: Values, latitude: Values, longitude: Values) -> Values:
    """Return the profiles of the cells that places lie in.  shape (n, z).

    Parameters
    ----------
    here
        The world's cells.
    values
        shape (z, y, x)
    latitude, longitude
        [degree], shape (n,)
    """
    mesh = here.mesh
    _, rows, columns = mesh.shape
    row = np.clip(np.searchsorted(mesh.latitude_edges, latitude, side="right") - 1, 0, rows - 1)
    west = mesh.longitude_edges[0]
    east = (longitude - west) % 360.0 + west
    column = np.searchsorted(mesh.longitude_edges, east, side="right") - 1
    return np.asarray(values[:, row, np.clip(column, 0, columns - 1)].T)
