"""Distances to lines, by brute force along many small steps."""

from itertools import pairwise

import numpy as np
from pyproj import Geod

GEOD = Geod(ellps="WGS84")
STEPS = 1500


def dense(vertices):
    """Return places close together on a line, shape (n, 2), and the fraction of legs passed."""
    parts = []
    for number, ((x0, y0), (x1, y1)) in enumerate(pairwise(vertices)):
        s = np.linspace(0, 1, STEPS)
        aside = (x1 - x0 + 180) % 360 - 180
        parts.append(np.column_stack([x0 + s * aside, y0 + s * (y1 - y0), number + s]))
    return np.concatenate(parts)


def distance(vertices, longitude, latitude):
    """Return the least geodesic distance [m] of a place from a line, and where on the line."""
    along = dense(vertices)
    start = np.full(along.shape[0], longitude), np.full(along.shape[0], latitude)
    metres = GEOD.inv(*start, along[:, 0], along[:, 1])[2]
    closest = int(np.argmin(metres))
    return float(metres[closest]), float(along[closest, 2])
