"""Directions of the accurate solver, and how kinds of particles turn light between them."""

from math import factorial

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.errors import InvalidValueError
from casa_processes.radiative_transfer.paths import Geometry
from casa_processes.radiative_transfer.scattering.slab.kernel import Streams

type Values = NDArray[np.float64]


def streams(geometry: Geometry, moments: Values, count: int, orders: int) -> Streams:
    """Return directions and phase functions between them.

    Parameters
    ----------
    geometry
        Of Sun and instrument.
    moments
        Coefficients b of the phase functions sum_l b_l P_l of all kinds, scaled for the forward
        peak.  shape (kind, moment)
    count
        Streams of a hemisphere; moments from 2 `count` on are not used.
    orders
        Of azimuth, up to 2 `count`.

    Raises
    ------
    InvalidValueError
        When there are no streams, or more orders than these resolve.

    Notes
    -----
    Gauss's quadrature on each hemisphere. Addition theorem of spherical harmonics: Hovenier et al.
    (2004), appendix B.
    """
    if count < 1 or not 1 <= orders <= 2 * count:
        asked = f"{count} streams, {orders} orders"
        raise InvalidValueError("directions", asked, "streams and at most twice as many orders")
    node, share = np.polynomial.legendre.leggauss(count)
    cosine, weight = (node + 1.0) / 2.0, share / 2.0
    used = moments[:, : 2 * count]
    rows = np.append(cosine, geometry.sight_cosine)
    columns = np.append(cosine, geometry.sun_cosine)
    back, forth = [], []
    for order in range(orders):
        factor = np.append(weight / 2.0, (1.0 if order == 0 else 2.0) / (4.0 * np.pi))
        out, into = (_harmonics(each, order, used.shape[1]) for each in (rows, columns))
        sign = (-1.0) ** (np.arange(used.shape[1]) - order)
        forth.append([(out.T * each) @ into * factor for each in used])
        back.append([(out.T * each * sign) @ into * factor for each in used])
    sun, sight = geometry.sun_cosine, geometry.sight_cosine
    across = np.sqrt((1.0 - sun**2) * (1.0 - sight**2))
    turned = (geometry.scattering_cosine + sun * sight) / across if across > 1e-9 else 1.0
    azimuth = np.cos(np.arange(orders) * np.arccos(np.clip(turned, -1.0, 1.0)))
    return Streams(cosine, weight, np.array(back), np.array(forth), sun, azimuth)


def scaled(moments: Values, count: int) -> tuple[Values, Values]:
    """Take the forward peak out of phase functions.

    Parameters
    ----------
    moments
        shape (kind, moment)
    count
        Streams of a hemisphere.

    Returns
    -------
    tuple of ndarray
        Part of the scattered light in the peak, shape (kind,), and the coefficients of what is
        left, shape (kind, 2 count).

    Notes
    -----
    Delta-M (Wiscombe, 1977): the peak is b_2N / (4 N + 1).
    """
    kept = np.zeros((moments.shape[0], 2 * count + 1))
    most = min(kept.shape[1], moments.shape[1])
    kept[:, :most] = moments[:, :most]
    order = 2 * np.arange(2 * count) + 1
    peak = kept[:, -1] / (4 * count + 1)
    rest = (kept[:, :-1] - order * peak[:, None]) / (1.0 - peak[:, None])
    return peak, rest


def _harmonics(cosine: Values, order: int, count: int) -> Values:
    """Return Legendre functions P_l^m times sqrt((l - m)! / (l + m)!), shape (l, direction)."""
    values = np.zeros((count, cosine.size))
    if order < count:
        start = np.sqrt(float(factorial(2 * order))) / (2.0**order * factorial(order))
        values[order] = start * (1.0 - cosine**2) ** (order / 2.0)
    for degree in range(order + 1, count):
        before = values[degree - 2] if degree > order + 1 else 0.0
        gap = np.sqrt((degree - 1.0) ** 2 - order**2)
        now = (2 * degree - 1) * cosine * values[degree - 1] - gap * before
        values[degree] = now / np.sqrt(float(degree**2 - order**2))
    return values
