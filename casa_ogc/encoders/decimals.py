"""Coordinates as short decimals in texts, where files hold them in single precision.

A file that holds 51.57 as float32 holds 51.56999969482422, and so does the archive, in double
precision. In a text the first is meant. Binary formats keep what is stored.
"""

import numpy as np
from numpy.typing import NDArray

from casa_ogc.archive.axes import Axis

type Numbers = NDArray[np.float64]

_FRACTION = 1024.0
"""Multiples of 2**-10 are short decimals as they are, such as the centres of 45/512 degrees."""
_FULL_CIRCLE = 360.0
_MOST_DECIMALS = 10


def is_single(values: Numbers) -> bool:
    """Tell whether float64 values, of any shape, are float32 ones made wider.

    >>> is_single(np.float64(np.float32([51.57, 51.58]))), is_single(np.array([51.57, 51.58]))
    (True, False)
    >>> is_single(np.array([0.25, 1000.5]))
    False
    """
    with np.errstate(over="ignore", invalid="ignore"):
        same = values == values.astype(np.float32)
        if not np.all(same | np.isnan(values)):
            return False
        scaled = values * _FRACTION
        return bool(np.any(np.isfinite(scaled) & (scaled != np.rint(scaled))))


def narrowed[Values: NDArray[np.generic]](values: Values) -> Values | NDArray[np.float32]:
    """Return float64 values that are float32 ones made wider as float32; all others as they are.

    Writers of texts print float32 in the shortest decimal that reads back the same.
    """
    if values.dtype != np.float64 or not is_single(np.asarray(values, dtype=np.float64)):
        return values
    return values.astype(np.float32)


def spelled(axis: Axis) -> tuple[Numbers, Numbers | None]:
    """Return the centres and bounds of an axis of numbers, as decimals where they are float32.

    Each decimal is the shortest within half a step of float32 at the largest value of the axis;
    longitudes may have been stored up to 360. An axis whose cells would coincide stays as it is.

    Returns
    -------
    tuple
        Centres of shape (n,) and bounds of shape (n, 2), or None where the axis has none.
    """
    values = np.ascontiguousarray(axis.values, dtype=np.float64)
    bounds = None
    if axis.bounds is not None:
        bounds = np.ascontiguousarray(axis.bounds, dtype=np.float64)
    if not is_single(values):
        return values, bounds
    largest = _FULL_CIRCLE - 1 if axis.role == "x" else float(np.abs(values).max())
    step = float(np.spacing(np.float32(largest)))
    short = _decimals(values, step / 2)
    if np.unique(short).size != values.size:
        return values, bounds
    return short, None if bounds is None else _decimals(bounds, step)


def _decimals(values: Numbers, tolerance: float) -> Numbers:
    """Return the doubles nearest to the shortest decimals that are within `tolerance`."""
    result = values.copy()
    open_ = np.ones(values.shape, dtype=bool)
    for places in range(_MOST_DECIMALS):
        rounded = np.round(values, places)
        fits = open_ & (np.abs(rounded - values) <= tolerance)
        result[fits] = rounded[fits]
        open_ &= ~fits
    return result + 0.0
