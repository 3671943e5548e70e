"""One index over all parts of a snapshot: search by place, time and identifier, values of hits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from casa_ogc.archive import (
    addresses,
    sounding_blocks,
    sounding_lookup,
    sounding_rows,
    sounding_search,
)
from casa_ogc.archive.addresses import Hits, Table
from casa_ogc.archive.axes import Bounds
from casa_ogc.archive.sounding_columns import BY_ID, IDENTIFIER, ORDER, ORDERS, RANK, Columns

_PLACED = {
    addresses.TIME: "time",
    addresses.LONGITUDE: "longitude",
    addresses.LATITUDE: "latitude",
    addresses.RANK: RANK,
    addresses.ORDER: ORDER,
    addresses.ID: IDENTIFIER,
    addresses.BY_ID: BY_ID,
}

_STRETCHES = 10
"""Binary logarithm of the stretches of time that are counted at once."""
_FEW = 10_000


@dataclass(frozen=True, eq=False)
class Index:
    """Columns of several parts, and the blocks of all of them.

    A hit is one number: the place of a part among `columns` in the upper 32 bits, the row in the
    lower ones. Hits stay valid for the snapshot.

    Attributes
    ----------
    columns
        In groups that follow each other in time.
    parts
        Addresses for the compiled code, one line for each part.
    block_rows, block_times, block_places
        Rows, first and last time, west to north of every block.
    """

    columns: tuple[Columns, ...]
    parts: Table
    block_rows: NDArray[np.int64]
    block_times: NDArray[np.int64]
    block_places: NDArray[np.float64]
    addresses: Mapping[str, Table]
    types: Mapping[str, np.dtype[Any]]

    def matching(
        self, boxes: Sequence[Bounds], limits: tuple[int, int], most: int | None = None
    ) -> Hits:
        """Return hits in any of the boxes and the interval [ns], by time and identifier."""
        count = np.iinfo(np.int64).max if most is None else most
        found: Hits = sounding_search.matching(
            self.parts, self.block_times, self.block_places, _edges(boxes), *limits, count
        )
        return found

    def upper_bound(self, boxes: Sequence[Bounds], limits: tuple[int, int]) -> int:
        """Return the rows of the blocks that may hold hits."""
        blocks = (self.block_rows, self.block_times, self.block_places)
        return int(sounding_blocks.upper_bound(*blocks, _edges(boxes), *limits))

    def counted(self, boxes: Sequence[Bounds], limits: tuple[int, int]) -> int:
        """Return how many hits there are."""
        blocks = (self.block_times, self.block_places)
        return int(sounding_search.counted(self.parts, *blocks, _edges(boxes), *limits))

    def leap(
        self, boxes: Sequence[Bounds], limits: tuple[int, int], rows: int
    ) -> tuple[int, int] | None:
        """Return an instant and how many hits from there on are among the first `rows`.

        Hits are counted, not listed, until few are left or all of them are at one instant. None
        where there are not more than `rows`.
        """
        low = max(limits[0], int(self.parts[:, addresses.EARLIEST].min(initial=limits[1])))
        high = min(limits[1], int(self.parts[:, addresses.LATEST].max(initial=limits[0])))
        edges, left = _edges(boxes), rows
        while low <= high:
            shift = max((high - low).bit_length() - _STRETCHES, 0)
            counts = sounding_rows.tally(
                self.parts, self.block_times, self.block_places, edges, low, high, shift
            )
            sums = np.cumsum(counts)
            stretch = int(sums.searchsorted(left, "right"))
            if stretch == sums.size:
                return None
            left -= int(sums[stretch] - counts[stretch])
            low += stretch << shift
            if left <= _FEW or shift == 0:
                return low, left
            high = min(high, low + (1 << shift) - 1)
        return None

    def find(self, identifier: str) -> int | None:
        """Return the hit of an identifier, None where there is none."""
        text = identifier.encode()
        if not text or text.endswith(b"\0"):
            return None
        hit = int(sounding_lookup.find(self.parts, np.frombuffer(text, np.uint8)))
        return None if hit < 0 else hit

    def values(self, name: str, hits: Hits, missing: NDArray[Any]) -> NDArray[Any]:
        """Return a column of numbers at hits; `missing`, shape (1,), where a part lacks it."""
        kind = self.types[name]
        values = np.empty(hits.size, kind)
        fill = missing.astype(kind)
        sounding_lookup.gather(self.parts, self.addresses[name], hits, values, fill)
        return values

    def identifiers(self, hits: Hits) -> NDArray[np.str_]:
        """Return the identifiers of hits."""
        width = int(self.parts[:, addresses.ID_WIDTH].max(initial=1))
        letters = np.empty((hits.size, width), np.uint32)
        sounding_lookup.gather_identifiers(self.parts, hits, letters)
        if letters.max(initial=0) < 128:
            return letters.view(f"<U{width}")[:, 0]
        return np.char.decode(letters.astype(np.uint8).view(f"S{width}")[:, 0], "utf-8")


def index_of(columns: Sequence[Columns]) -> Index:
    """Join the columns of all parts of a snapshot."""
    ordered = tuple(sorted(columns, key=lambda one: int(one.times[:, 0].min())))
    types: dict[str, np.dtype[Any]] = {}
    for one in ordered:
        for name, values in one.values.items():
            if name not in (*ORDERS, IDENTIFIER):
                types[name] = np.promote_types(types.get(name, values.dtype), values.dtype)
    ordered = tuple(_converted(one, types) for one in ordered)
    return Index(
        columns=ordered,
        parts=_parts(ordered),
        block_rows=_joined([one.block_rows for one in ordered], (0,), np.int64),
        block_times=_joined([one.times for one in ordered], (0, 2), np.int64),
        block_places=_joined([one.places for one in ordered], (0, 4), np.float64),
        addresses={name: _where(ordered, name) for name in types},
        types=types,
    )


def _converted(one: Columns, types: Mapping[str, np.dtype[Any]]) -> Columns:
    """Return columns of the common types; those that have them already stay where they are."""
    values = {
        name: held.astype(types.get(name, held.dtype), copy=False)
        for name, held in one.values.items()
    }
    return Columns(values, one.times, one.places)


def _parts(columns: Sequence[Columns]) -> Table:
    table = np.zeros((len(columns), addresses.FIELDS), np.int64)
    block, group, latest = 0, 0, np.iinfo(np.int64).min
    for line, one in zip(table, columns, strict=True):
        first, last = int(one.times[:, 0].min()), int(one.times[:, 1].max())
        group += first > latest
        line[addresses.ROWS], line[addresses.FIRST_BLOCK] = one.rows, block
        line[addresses.GROUP] = group
        line[addresses.EARLIEST], line[addresses.LATEST] = first, last
        line[addresses.ID_WIDTH] = one.values[IDENTIFIER].dtype.itemsize
        block += len(one.times)
        latest = max(latest, last)
    for place, name in _PLACED.items():
        table[:, place] = _where(columns, name)
    return table


def _where(columns: Sequence[Columns], name: str) -> Table:
    found = [one.values[name].ctypes.data if name in one.values else 0 for one in columns]
    return np.array(found, dtype=np.int64)


def _joined(arrays: Sequence[NDArray[Any]], empty: tuple[int, ...], kind: type) -> NDArray[Any]:
    return np.ascontiguousarray(np.concatenate([np.empty(empty, kind), *arrays]), dtype=kind)


def _edges(boxes: Sequence[Bounds]) -> NDArray[np.float64]:
    edges = [(box.west, box.south, box.east, box.north) for box in boxes]
    return np.array(edges, dtype=np.float64).reshape(-1, 4)
