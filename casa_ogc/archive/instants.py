"""Instants as text: RFC 3339 in UTC, to and from numpy."""

from typing import Any

import numpy as np
from numpy.typing import NDArray


def rfc3339(instant: np.datetime64) -> str:
    """Return an instant as text with ``Z``, with a fraction of seconds only where there is one."""
    text = str(np.datetime_as_string(np.datetime64(instant, "ns")))
    whole, _, fraction = text.partition(".")
    digits = fraction.rstrip("0")
    return f"{whole}.{digits}Z" if digits else f"{whole}Z"


def instant(text: str) -> np.datetime64:
    """Return the instant of such a text, datetime64[ns]."""
    return np.datetime64(text.removesuffix("Z"), "ns")


def time_extent(values: NDArray[Any]) -> tuple[str, str] | None:
    """Return first and last instant of `values`, any shape; None when there is none."""
    if values.size == 0:
        return None
    return rfc3339(values.min()), rfc3339(values.max())
