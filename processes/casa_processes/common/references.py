"""References to stored inputs: plain data that travels with a job."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Box:
    """A window of longitude and latitude in degrees, closed; west > east crosses 180."""

    west: float
    south: float
    east: float
    north: float


@dataclass(frozen=True)
class InputRef:
    """One snapshot of a product, and the part of it that is asked for.

    Attributes
    ----------
    href
        Folder of the product.
    snapshot
        Version of the data.
    licence
        Licence under which the product may be used.
    intervals
        Closed intervals of time, ISO 8601 text in UTC without zone, None for an open end; empty
        means all times.
    box
        Window of centres, or None for everywhere.
    """

    href: str
    snapshot: str
    licence: str
    intervals: tuple[tuple[str | None, str | None], ...] = ()
    box: Box | None = None
