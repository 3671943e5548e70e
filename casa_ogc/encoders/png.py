"""Quick look: a map with coastlines, a title and a colour bar with units, as PNG."""

import unicodedata
from itertools import pairwise
from types import MappingProxyType
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from casa_ogc.encoders.coast import draw_coast
from casa_ogc.encoders.colour import Scale, colour_table
from casa_ogc.encoders.images import png_bytes
from casa_ogc.encoders.picture import Picture, Styles, draw
from casa_ogc.query.answer import Answer
from casa_processes.common.vocabulary import Variable

_PAPER, _INK, _SEA = (255, 255, 255, 255), (30, 30, 30, 255), (236, 240, 243, 255)
_EDGE, _HEAD, _BAR = 24, 52, 14
_FOOT = _BAR + 58
_LEAST_WIDTH = 420
_GAP = 6
_LACKING = str.maketrans({"–": "-", "—": "-", "−": "-", "‐": "-", "‑": "-", "×": "x"})
MARGIN = 2 * _EDGE
"""Pixels by which a sheet is wider than its map."""


def encode(answer: Answer, styles: Styles = MappingProxyType({})) -> bytes:
    """Draw the first numeric variable of an answer at its first time and level.

    `styles` are the colours of variables; the first of these that is there is drawn.

    Raises
    ------
    InvalidValueError
        When there is nothing that can be drawn.
    """
    return png_bytes(np.asarray(quick_look(answer, styles)))


def quick_look(answer: Answer, styles: Styles = MappingProxyType({})) -> Image.Image:
    """Draw the sheet of an answer."""
    return sheet(draw(answer, styles=styles), answer.origin.title or answer.origin.product)


def sheet(picture: Picture, title: str) -> Image.Image:
    """Draw a picture with coasts, a title and a colour bar; it begins at `MAP_CORNER`."""
    frame = picture.frame
    width = max(frame.width, _LEAST_WIDTH) + 2 * _EDGE
    paper = Image.new("RGBA", (width, frame.height + _HEAD + _FOOT), _PAPER)
    panel = Image.new("RGBA", (frame.width, frame.height), _SEA)
    panel.alpha_composite(Image.fromarray(picture.pixels))
    draw_coast(panel, frame)
    paper.paste(panel, MAP_CORNER)
    pen = ImageDraw.Draw(paper)
    right, bottom = MAP_CORNER[0] + frame.width, MAP_CORNER[1] + frame.height
    pen.rectangle((MAP_CORNER[0] - 1, MAP_CORNER[1] - 1, right, bottom), outline=_INK)
    _write_title(pen, picture, title, width)
    bar = colour_bar(picture.scale, caption(picture.variable), width - 2 * _EDGE)
    paper.paste(bar, (_EDGE, bottom + 10))
    return paper


MAP_CORNER = (_EDGE, _HEAD)
"""Column and row of the map's first pixel on the sheet of a quick look."""


def colour_bar(scale: Scale, caption: str, width: int) -> Image.Image:
    """Draw the colours of a scale with round numbers below and a caption.

    Parameters
    ----------
    caption
        Quantity and units.
    width
        Pixels, at least 200.
    """
    bar = Image.new("RGBA", (width, _FOOT - 10), _PAPER)
    colours = colour_table(scale.colour_map)[np.arange(width) * 256 // width]
    bar.paste(Image.fromarray(np.tile(colours, (_BAR, 1, 1))), (0, 0))
    pen = ImageDraw.Draw(bar)
    pen.rectangle((0, 0, width - 1, _BAR), outline=_INK)
    values = ticks(scale.low, scale.high)
    places = [(one - scale.low) / (scale.high - scale.low) * (width - 1) for one in values]
    for at in places:
        pen.line((at, _BAR, at, _BAR + 4), fill=_INK)
    for left, label in _labels(pen, values, places, width):
        pen.text((left, _BAR + 5), label, fill=_INK, font=_font(12))
    pen.text((0, _BAR + 24), _fitted(pen, _plain(caption), width), fill=_INK, font=_font(13))
    return bar


def ticks(low: float, high: float) -> list[float]:
    """Return four to eleven multiples of 1, 2 or 5 times a power of ten within an interval.

    >>> ticks(398.2, 412.9)
    [400.0, 402.0, 404.0, 406.0, 408.0, 410.0, 412.0]
    """
    raw = (high - low) / 5
    power = 10.0 ** np.floor(np.log10(raw))
    step = max(factor * power for factor in (1, 2, 5) if factor * power <= raw * (1 + 1e-9))
    first, last = int(np.ceil(low / step - 1e-9)), int(np.floor(high / step + 1e-9))
    return [float(f"{number * step:.12g}") for number in range(first, last + 1)]


def _labels(
    pen: ImageDraw.ImageDraw, values: list[float], places: list[float], width: int
) -> list[tuple[float, str]]:
    """Return left edges and texts of the numbers below a colour bar, evenly spaced.

    Where they would touch, every second, fifth or tenth is written; of several choices the one with
    zero, if it is there.
    """
    texts = [spelled_tick(value) for value in values]
    widths = [float(pen.textlength(text, font=_font(12))) for text in texts]
    lefts = [
        min(max(at - wide / 2, 0.0), width - wide) for at, wide in zip(places, widths, strict=True)
    ]
    zero = values.index(0.0) if 0.0 in values else 0
    for every in (1, 2, 5, 10):
        chosen = range(zero % every, len(values), every)
        if all(lefts[a] + widths[a] + _GAP <= lefts[b] for a, b in pairwise(chosen)):
            return [(lefts[i], texts[i]) for i in chosen]
    return [(lefts[zero], texts[zero])]


def spelled_tick(value: float) -> str:
    """Write a number of a scale; exponents without leading zeros.

    >>> spelled_tick(-6e-08), spelled_tick(412.0), spelled_tick(1e6)
    ('-6e-8', '412', '1e6')
    """
    mantissa, mark, exponent = f"{value:.6g}".partition("e")
    return f"{mantissa}e{int(exponent)}" if mark else mantissa


def _write_title(pen: ImageDraw.ImageDraw, picture: Picture, title: str, width: int) -> None:
    """Write what is shown and when."""
    font = _font(18)
    title = _plain(title)
    while title and pen.textlength(title, font=font) > width - 2 * _EDGE:
        title = title[: -2 if not title.endswith("…") else -3] + "…"
    pen.text((_EDGE, 6), title, fill=_INK, font=font)
    pen.text((_EDGE, 30), _plain(picture.when), fill=_INK, font=_font(13))


def caption(variable: Variable) -> str:
    """Name a quantity and its units."""
    name = variable.en or variable.name
    return f"{name} [{variable.units}]" if variable.units else name


def _fitted(pen: ImageDraw.ImageDraw, caption: str, width: int) -> str:
    """Shorten the quantity of a caption, never its units, until it fits."""
    name, bracket, units = caption.partition(" [")
    shown = caption
    while name and pen.textlength(shown, font=_font(13)) > width:
        name = name[:-1]
        shown = f"{name.rstrip()}...{bracket}{units}"
    return shown


def _plain(text: str) -> str:
    """Write what the font lacks, such as subscripts and dashes, in plain letters and signs."""
    return unicodedata.normalize("NFKC", text).translate(_LACKING)


def _font(size: int) -> Any:
    """Return the sans serif that comes with the imaging library."""
    return ImageFont.load_default(size)
