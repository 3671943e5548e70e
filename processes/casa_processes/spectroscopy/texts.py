"""Text files that may be compressed, whatever their names."""

import gzip
from pathlib import Path
from typing import TextIO

_COMPRESSED = b"\x1f\x8b"


def text_opened(path: Path, encoding: str = "latin-1") -> TextIO:
    """Open a text; one that begins as gzip does is uncompressed.

    Raises
    ------
    OSError
        When there is no such file; reading it may raise EOFError where it is cut off.
    """
    with path.open("rb") as file:
        compressed = file.read(2) == _COMPRESSED
    return gzip.open(path, "rt", encoding=encoding) if compressed else path.open(encoding=encoding)
