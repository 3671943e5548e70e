"""Layouts: how the arrays of a cube are cut into chunks, for maps and for time series."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, prod

import numpy as np

from casa_ogc.archive.axes import Axis, Role

MAP_CHUNK_BYTES = 4 << 20
OVERVIEW_CHUNK_BYTES = 256 << 10
SHARD_BYTES = 32 << 20
SHARD_CELLS = 120
INNER_CELLS = 10
INNER_LEVELS = 10
_DAY = np.timedelta64(1, "D").astype("timedelta64[ns]").astype(np.int64)
_DAYS_OF_RESOLUTION = {"P1D": 1.0, "P8D": 8.0, "P1M": 30.0, "P1Y": 365.0}


@dataclass(frozen=True)
class Chunking:
    """Chunk shape and, where chunks are packed together, the shape of the shards around them."""

    chunks: tuple[int, ...]
    shards: tuple[int, ...] | None


def steps_of_year(time: Axis, resolution: str) -> int:
    """Return how many time steps a year has at most: 366 daily, 12 monthly, 1 yearly ones."""
    if time.size > 1:
        days = float(np.median(np.diff(time.values.astype(np.int64)))) / float(_DAY)
    elif time.bounds is not None:
        days = float(np.ptp(time.bounds.astype(np.int64))) / float(_DAY)
    else:
        days = _DAYS_OF_RESOLUTION.get(resolution, 1.0)
    return max(1, round(366 / days) if days > 0 else 366)


def map_chunking(roles: Sequence[Role], sizes: Mapping[Role, int], itemsize: int) -> Chunking:
    """One time step and level over the whole globe; split in y and x above 4 MiB."""
    y, x = sizes.get("y", 1), sizes.get("x", 1)
    parts = max(1, ceil(y * x * itemsize / MAP_CHUNK_BYTES))
    rows = ceil(parts**0.5)
    cut = {"t": 1, "z": 1, "y": ceil(y / rows), "x": ceil(x / ceil(parts / rows))}
    return Chunking(tuple(max(1, cut[role]) for role in roles), None)


def overview_chunking(roles: Sequence[Role], sizes: Mapping[Role, int], itemsize: int) -> Chunking:
    """As for maps, but with several steps together up to 256 KiB: small files cost most."""
    whole = map_chunking(roles, sizes, itemsize)
    steps = max(1, OVERVIEW_CHUNK_BYTES // (prod(whole.chunks) * itemsize))
    chunks = (steps, *whole.chunks[1:]) if roles[:1] == ("t",) else whole.chunks
    return Chunking(chunks, None)


def series_chunking(
    roles: Sequence[Role], sizes: Mapping[Role, int], itemsize: int, year: int
) -> Chunking:
    """A year of 10 x 10 cells, in shards of 120 x 120 cells.

    All shards of an array are equal (Zarr's regular grid), so that a year is the most steps that
    one can have, counted from the product's first step; the last shard alone grows by an append.
    Shards are narrowed where a year of 120 x 120 cells would exceed 32 MiB.
    """
    inner = {
        "t": year,
        "z": min(sizes.get("z", 1), INNER_LEVELS),
        "y": min(sizes.get("y", 1), INNER_CELLS),
        "x": min(sizes.get("x", 1), INNER_CELLS),
    }
    cells = SHARD_CELLS
    depth = year if "t" in roles else 1
    while cells > INNER_CELLS and depth * inner["z"] * cells * cells * itemsize > SHARD_BYTES:
        cells -= INNER_CELLS
    shard = dict(inner)
    for role in ("y", "x"):
        whole = ceil(sizes.get(role, 1) / inner[role]) * inner[role]
        shard[role] = min(whole, cells // inner[role] * inner[role] or inner[role])
    return Chunking(tuple(inner[r] for r in roles), tuple(shard[r] for r in roles))
