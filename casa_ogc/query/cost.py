"""What an answer costs, and what the core needs to know of a product beside its data."""

from dataclasses import dataclass

from casa_ogc.query.answer import Origin
from casa_processes.common.errors import TooLargeError

CHUNK_OVERHEAD = 1 << 17
"""Bytes that could be decoded in the time that opening one more chunk takes."""


@dataclass(frozen=True)
class Cost:
    """What an answer costs at most; discs, areas and soundings may turn out smaller.

    Attributes
    ----------
    cells
        Values in the answer, over all variables.
    bytes
        Size of these values in memory.
    read_bytes
        Size of the chunks that are decoded for them.
    chunks
        Number of these chunks.
    layout
        Which layout of a cube is read, ``soundings``, or nothing where nothing is.
    """

    cells: int
    bytes: int
    read_bytes: int
    chunks: int
    layout: str


NOTHING = Cost(0, 0, 0, 0, "")


@dataclass(frozen=True)
class Options:
    """What the core needs to know of a product.

    Attributes
    ----------
    origin
        Goes into the answer.
    defaults
        Variables answered when none is asked; empty means all scalar ones.
    footprint_radius
        Distance within which a place meets a sounding without vertices.  [m]
    max_cells
        Most values of an answer.
    """

    origin: Origin
    defaults: tuple[str, ...]
    footprint_radius: float
    max_cells: int


def refuse_excess(cost: Cost, options: Options) -> None:
    """Refuse an answer above the limit.

    Raises
    ------
    TooLargeError
        When it has more cells than allowed.
    """
    if cost.cells > options.max_cells:
        raise TooLargeError("cells", cost.cells, options.max_cells)
