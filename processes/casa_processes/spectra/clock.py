"""Times of the files of missions."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

type Times = NDArray[np.datetime64]

_EPOCH = np.datetime64("1993-01-01", "ns")
_LEAPS = np.array(
    [
        "1993-07-01",
        "1994-07-01",
        "1996-01-01",
        "1997-07-01",
        "1999-01-01",
        "2006-01-01",
        "2009-01-01",
        "2012-07-01",
        "2015-07-01",
        "2017-01-01",
    ],
    "datetime64[ns]",
)
"""Days before which a second was inserted since 1993 (IERS Bulletin C)."""

_BEFORE = (_LEAPS - _EPOCH) / np.timedelta64(1, "s") + np.arange(_LEAPS.size)
"""TAI93 at the begin of each inserted second.  [s]"""


def utc_of_tai93(seconds: ArrayLike) -> Times:
    """Convert seconds of atomic time since the begin of 1993 to UTC.

    Parameters
    ----------
    seconds
        As HDF files of NASA count them.  [s]; missing ones are NaN.

    Returns
    -------
    ndarray
        datetime64[ns] of the same shape, to the microsecond; NaT where missing. In an inserted
        second, which datetime64 does not know, the clock stands at midnight.
    """
    atomic = np.asarray(seconds, np.float64)
    known = np.isfinite(atomic) & (np.abs(np.nan_to_num(atomic)) < 4e9)
    atomic = np.where(known, atomic, 0.0)
    steady = atomic - np.clip(atomic[..., None] - _BEFORE, 0.0, 1.0).sum(axis=-1)
    utc = _EPOCH + np.round(steady * 1e6).astype("timedelta64[us]")
    return np.where(known, utc, np.datetime64("NaT", "ns"))


def tai93_of_utc(times: ArrayLike) -> NDArray[np.float64]:
    """Convert UTC to seconds of atomic time since the begin of 1993; NaN where missing.  [s]."""
    utc = np.asarray(times, "datetime64[ns]")
    seconds = (utc - _EPOCH) / np.timedelta64(1, "s")
    passed = np.searchsorted(_LEAPS, utc, side="right")
    return np.where(np.isnat(utc), np.nan, seconds + passed)
