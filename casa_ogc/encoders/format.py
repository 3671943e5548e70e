"""What an encoder is, and what it gives."""

from collections.abc import Callable
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
    """

    name: str
    media_type: str
    extension: str
    grids: bool
    soundings: bool
    encode: Callable[[Answer], bytes]
    aliases: tuple[str, ...] = ()
    media_aliases: tuple[str, ...] = ()

    def holds(self, kind: str) -> bool:
        """Tell whether it can hold answers of a product of this kind (``grid``, ``soundings``)."""
        return self.grids if kind == "grid" else self.soundings
