"""Pixels as PNG, WebP and JPEG."""

import struct
import zlib
from collections.abc import Iterable, Iterator
from io import BytesIO
from itertools import chain, islice

import numpy as np
from isal import isal_zlib
from numpy.typing import NDArray
from PIL import Image, ImageColor

from casa_ogc.encoders.drawing import Drawing, Pixels, bands, clear, drawn, whole
from casa_processes.common.errors import InvalidValueError, UnknownNameError

PNG, WEBP, JPEG = "image/png", "image/webp", "image/jpeg"
IMAGE_TYPES = {"png": PNG, "webp": WEBP}
"""Formats of maps and tiles by name."""
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_UP = 2
_JPEG_QUALITY = 90


def image_bytes(picture: Pixels | Drawing, media: str) -> bytes:
    """Write a picture; without loss, except as JPEG.

    PNG is written band by band; the other formats need the whole picture in memory. JPEG holds no
    transparency: the colour below it is written as it is.

    Parameters
    ----------
    picture
        RGBA pixels, shape (height, width, 4), or what draws them.

    Raises
    ------
    UnknownNameError
        For a media type that is neither JPEG nor one of `IMAGE_TYPES`.
    """
    if media == PNG:
        return png_bytes(picture)
    if media not in (WEBP, JPEG):
        raise UnknownNameError("picture format", media, (*IMAGE_TYPES.values(), JPEG))
    sink = BytesIO()
    if media == WEBP:
        pixels = whole(picture) if isinstance(picture, Drawing) else picture
        Image.fromarray(np.ascontiguousarray(pixels)).save(sink, "WEBP", lossless=True, method=0)
    else:
        Image.fromarray(_opaque(picture)).save(sink, "JPEG", quality=_JPEG_QUALITY)
    return sink.getvalue()


def png_bytes(picture: Pixels | Drawing) -> bytes:
    """Write a picture as PNG; see `image_bytes`.

    A row that equals the one above is stored as its difference from it (filter 2), which is
    nothing; others as they are: differences of colours compress worse than colours, and trying all
    filters, as imaging libraries do, takes several times as long as the compression.
    """
    drawing = picture if isinstance(picture, Drawing) else drawn(picture)
    header = struct.pack(">IIBBBBB", drawing.width, drawing.height, 8, 6, 0, 0, 0)
    compressor = isal_zlib.compressobj(1)
    parts = [_SIGNATURE, _chunk(b"IHDR", header)]
    above = np.empty(0, dtype=np.uint32)
    for band in bands(drawing):
        words = band.reshape(len(band), -1).view(np.uint32)
        if written := compressor.compress(_filtered(words, above)):
            parts.append(_chunk(b"IDAT", written))
        above = words[-1].copy()
    parts += [_chunk(b"IDAT", compressor.flush()), _chunk(b"IEND", b"")]
    return b"".join(parts)


def _filtered(words: NDArray[np.uint32], above: NDArray[np.uint32]) -> NDArray[np.uint8]:
    """Return rows of pixels behind their filters; `above` is the row before, if there is one."""
    height, width = words.shape
    rows = np.empty((height, width * 4 + 1), dtype=np.uint8)
    rows[:, 0] = 0
    rows[:, 1:] = words.view(np.uint8)
    same = np.flatnonzero((words[1:] == words[:-1]).all(axis=1)) + 1
    if np.array_equal(words[0], above):
        same = np.append(same, 0)
    rows[same] = 0
    rows[same, 0] = _UP
    return rows


def _opaque(picture: Pixels | Drawing) -> NDArray[np.uint8]:
    """Return the colours of a picture without their transparency, shape (height, width, 3)."""
    drawing = picture if isinstance(picture, Drawing) else drawn(picture)
    colours = np.empty((drawing.height, drawing.width, 3), dtype=np.uint8)
    first = 0
    for band in bands(drawing):
        colours[first : first + len(band)] = band[:, :, :3]
        first += len(band)
    return colours


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


def grounded(drawing: Drawing, ground: tuple[int, int, int, int]) -> Drawing:
    """Lay a picture over a colour when it is drawn."""

    def draw(first: int, band: Pixels) -> None:
        drawing.draw(first, band)
        band[:] = on_ground(band, ground)

    return Drawing(drawing.width, drawing.height, draw)


def stacked(layers: Iterable[Drawing | None], width: int, height: int) -> Drawing:
    """Lay pictures of one size over each other, the last one on top; None is a clear one.

    One alone is drawn when it is asked for. Of several each is drawn when those before it are
    merged, so that what they show is not held at once.
    """
    left = (one for one in layers if one is not None)
    pair = list(islice(left, 2))
    if len(pair) < 2:
        return pair[0] if pair else clear(width, height)
    return drawn(overlaid(map(whole, chain(_taken(pair), left)), height, width))


def _taken(pair: list[Drawing]) -> Iterator[Drawing]:
    """Yield what is in a list and keep nothing of it."""
    while pair:
        yield pair.pop(0)


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
