"""Pixels as PNG, WebP and JPEG."""

import struct
import zlib
from collections.abc import Iterable
from io import BytesIO

import numpy as np
from isal import isal_zlib
from numpy.typing import NDArray
from PIL import Image, ImageColor

from casa_processes.common.errors import InvalidValueError, UnknownNameError

PNG, WEBP, JPEG = "image/png", "image/webp", "image/jpeg"
IMAGE_TYPES = {"png": PNG, "webp": WEBP}
"""Formats of maps and tiles by name."""
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_UP = 2
_JPEG_QUALITY = 90

type Pixels = NDArray[np.uint8]


def image_bytes(pixels: Pixels, media: str) -> bytes:
    """Write RGBA pixels, shape (height, width, 4); without loss, except as JPEG.

    JPEG holds no transparency: the colour below it is written as it is.

    Raises
    ------
    UnknownNameError
        For a media type that is neither JPEG nor one of `IMAGE_TYPES`.
    """
    if media == PNG:
        return png_bytes(pixels)
    sink = BytesIO()
    if media == WEBP:
        Image.fromarray(np.ascontiguousarray(pixels)).save(sink, "WEBP", lossless=True, method=0)
    elif media == JPEG:
        Image.fromarray(pixels[..., :3].copy()).save(sink, "JPEG", quality=_JPEG_QUALITY)
    else:
        raise UnknownNameError("picture format", media, (*IMAGE_TYPES.values(), JPEG))
    return sink.getvalue()


def png_bytes(pixels: Pixels) -> bytes:
    """Write RGBA pixels, shape (height, width, 4), as PNG.

    A row that equals the one above is stored as its difference from it (filter 2), which is
    nothing; others as they are: differences of colours compress worse than colours, and trying all
    filters, as imaging libraries do, takes several times as long as the compression.
    """
    height, width, _ = pixels.shape
    flat = np.ascontiguousarray(pixels).reshape(height, width * 4)
    rows = np.empty((height, width * 4 + 1), dtype=np.uint8)
    rows[:, 0] = 0
    rows[:, 1:] = flat
    words = flat.view(np.uint32)
    same = np.flatnonzero((words[1:] == words[:-1]).all(axis=1)) + 1
    rows[same] = 0
    rows[same, 0] = _UP
    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    body = isal_zlib.compress(rows, 1)
    return _SIGNATURE + _chunk(b"IHDR", header) + _chunk(b"IDAT", body) + _chunk(b"IEND", b"")


def colour_named(text: str) -> tuple[int, int, int, int]:
    """Return the RGBA of ``0xRRGGBB``, ``0xAARRGGBB``, ``#RRGGBB`` or a colour name of CSS.

    Raises
    ------
    InvalidValueError
        For anything else.
    """
    spelled = text.strip()
    if spelled[:2].lower() == "0x":
        digits = spelled[2:]
        spelled = f"#{digits[2:]}{digits[:2]}" if len(digits) == 8 else f"#{digits}"
    try:
        colour = ImageColor.getcolor(spelled, "RGBA")
    except ValueError:
        raise InvalidValueError("bgcolor", text, "0xRRGGBB, #RRGGBB or a colour name") from None
    red, green, blue, alpha = colour  # type: ignore[misc]  # RGBA gives four numbers
    return red, green, blue, alpha


def on_ground(pixels: Pixels, ground: tuple[int, int, int, int]) -> Pixels:
    """Lay RGBA pixels over a colour."""
    below = Image.new("RGBA", (pixels.shape[1], pixels.shape[0]), ground)
    below.alpha_composite(Image.fromarray(pixels))
    return np.asarray(below)


def overlaid(layers: Iterable[Pixels | None], height: int, width: int) -> Pixels:
    """Lay RGBA pictures of one size over each other, the last one on top.

    None is a clear one. Each is taken when those before it are merged: two are held at a time.
    """
    drawn = (Image.fromarray(one) for one in layers if one is not None)
    below = next(drawn, None)
    if below is None:
        return np.zeros((height, width, 4), dtype=np.uint8)
    for above in drawn:
        below.alpha_composite(above)
    return np.asarray(below)


def _chunk(kind: bytes, content: bytes) -> bytes:
    checksum = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", checksum)
