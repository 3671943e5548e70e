"""Times as text."""

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

type TimeUnit = Literal["s", "ms", "us", "ns"]

_NANOSECONDS: dict[TimeUnit, int] = {"s": 10**9, "ms": 10**6, "us": 10**3, "ns": 1}


def exact_unit(values: NDArray[Any]) -> TimeUnit:
    """Return the coarsest unit, from seconds down, that holds all times without a remainder.

    Parameters
    ----------
    values
        Times as datetime64; NaT fits any unit.
    """
    stamps = values[~np.isnat(values)].astype("datetime64[ns]").astype(np.int64)
    return next(unit for unit, size in _NANOSECONDS.items() if not np.any(stamps % size))


def rfc3339(values: NDArray[Any], resolution: str = "") -> NDArray[np.object_]:
    """Write UTC times in RFC 3339, all with the same number of decimals; NaT becomes None.

    Parameters
    ----------
    values
        Times as datetime64[ns], any shape.
    resolution
        ``P1D`` writes dates only, for data of which no more is known.

    Returns
    -------
    Texts such as ``2020-01-31T12:00:00Z``, in the shape of `values`.
    """
    if resolution == "P1D":
        texts = _written(values, "D")
    else:
        texts = _written(values, exact_unit(values)) + "Z"
    texts[np.isnat(values)] = None
    return texts


def _written(values: NDArray[Any], unit: Literal["D"] | TimeUnit) -> NDArray[np.object_]:
    """Write times to a unit, without a zone."""
    stamps: NDArray[np.datetime64] = values.astype("datetime64[ns]")
    return np.asarray(np.datetime_as_string(stamps, unit=unit)).astype(object)
