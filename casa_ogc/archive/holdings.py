"""Holdings: what the archive has, product by product and in total."""

from dataclasses import dataclass
from math import prod
from pathlib import Path

from casa_ogc.archive.heads import Head, list_products, read_head
from casa_ogc.archive.instants import instant

TOTAL = "total"


@dataclass(frozen=True)
class Holding:
    """What one product, or all of them, hold.

    Attributes
    ----------
    product
        Identifier, or ``total``.
    kind
        ``soundings``, ``grid``, or ``""`` for the total.
    bytes
        Stored bytes of the current snapshot.
    granules
        Source files.
    soundings, cells
        Soundings, or values of each variable (grid): steps x levels x cells.
    start, end
        Period, RFC 3339, or None without time.
    missions
        Missions, sorted.
    updated
        Instant of the last commit, RFC 3339, or None where nothing is held.
    """

    product: str
    kind: str
    bytes: int
    granules: int
    soundings: int
    cells: int
    start: str | None
    end: str | None
    missions: tuple[str, ...]
    updated: str | None


def holdings(root: Path) -> tuple[Holding, ...]:
    """Return one row per product that holds data, sorted, and their total as the last."""
    heads = [read_head(root, product) for product in list_products(root)]
    rows = [_holding(head) for head in heads if head is not None]
    return (*rows, _total(rows))


def _holding(head: Head) -> Holding:
    start, end = head.time or (None, None)
    grid = head.kind == "grid"
    return Holding(
        product=head.product,
        kind=head.kind,
        bytes=head.size,
        granules=head.files,
        soundings=0 if grid else head.dimensions["sounding"],
        cells=prod(head.dimensions.values()) if grid else 0,
        start=start,
        end=end,
        missions=head.missions,
        updated=head.committed,
    )


def _total(rows: list[Holding]) -> Holding:
    return Holding(
        product=TOTAL,
        kind="",
        bytes=sum(row.bytes for row in rows),
        granules=sum(row.granules for row in rows),
        soundings=sum(row.soundings for row in rows),
        cells=sum(row.cells for row in rows),
        start=min((row.start for row in rows if row.start), key=instant, default=None),
        end=max((row.end for row in rows if row.end), key=instant, default=None),
        missions=tuple(sorted({mission for row in rows for mission in row.missions})),
        updated=max((row.updated for row in rows if row.updated), key=instant, default=None),
    )
