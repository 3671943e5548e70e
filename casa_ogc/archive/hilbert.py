"""Places along the Hilbert curve: neighbours on the globe lie near each other on disk."""

import numpy as np
from numpy.typing import NDArray

ORDER = 16


def hilbert_index(
    longitude: NDArray[np.float64], latitude: NDArray[np.float64]
) -> NDArray[np.uint32]:
    """Return the distance along the curve of order 16 over the whole globe, shape as given.

    Parameters
    ----------
    longitude, latitude
        Degrees in -180..180 and -90..90.
    """
    cells = 1 << ORDER
    x = np.clip((longitude + 180.0) * (cells / 360.0), 0, cells - 1).astype(np.uint32)
    y = np.clip((latitude + 90.0) * (cells / 180.0), 0, cells - 1).astype(np.uint32)
    return curve_distance(x, y, ORDER)


def curve_distance(x: NDArray[np.uint32], y: NDArray[np.uint32], order: int) -> NDArray[np.uint32]:
    """Return the distance along the Hilbert curve of cell (x, y) in a square of 2^order cells.

    Quadrant by quadrant from the coarsest, turning the frame as the curve turns (Hilbert 1891;
    Warren, Hacker's Delight, 16-1).
    """
    x, y = x.astype(np.int64), y.astype(np.int64)
    distance = np.zeros(np.broadcast(x, y).shape, np.int64)
    for bit in range(order - 1, -1, -1):
        side = np.int64(1) << bit
        right, upper = (x & side) > 0, (y & side) > 0
        distance += side * side * ((3 * right) ^ upper)
        mirrored = right & ~upper
        x, y = (
            np.where(mirrored, side - 1 - (x & (side - 1)), x & (side - 1)),
            np.where(mirrored, side - 1 - (y & (side - 1)), y & (side - 1)),
        )
        x, y = np.where(upper, x, y), np.where(upper, y, x)
    return distance.astype(np.uint32)
