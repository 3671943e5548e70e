"""What an encoder is, and what it gives."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from casa_ogc.query.answer import Answer


@dataclass(frozen=True)
class Format:
    """One output format.

    Attributes
    ----------
    name
        Value of the ``f`` parameter; matched without regard to case.
    media_type
        Content-Type of the answer.
    extension
        File name extension, without the dot.
    grids, soundings
        Which kinds of answer it can hold.
    encode
        Turns an answer into bytes.
    aliases
        Further values of ``f``, in lower case.
    media_aliases
        Further media types by which an ``Accept`` header may name it.
    weight
        Memory that a cell takes while it is encoded, in units of that of a plain array: the limit
        of cells of an answer is divided by it.
    projected
        Whether it can hold a grid in any reference system.
    ranges
        Whether clients read parts of it by byte ranges.
    stream
        Yields the same bytes one block after the other, where the format has them so.
    """

    name: str
    media_type: str
    extension: str
    grids: bool
    soundings: bool
    encode: Callable[[Answer], bytes]
    aliases: tuple[str, ...] = ()
    media_aliases: tuple[str, ...] = ()
    weight: int = 1
    projected: bool = True
    ranges: bool = False
    stream: Callable[[Answer], Iterator[bytes]] | None = None

    def holds(self, kind: str) -> bool:
        """Tell whether it can hold answers of a product of this kind (``grid``, ``soundings``)."""
        return self.grids if kind == "grid" else self.soundings
