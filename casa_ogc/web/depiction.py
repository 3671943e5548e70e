"""Answers of data as pictures: the colours, the time and the level that maps have too."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain

from casa_ogc.archive.cubes import Cube
from casa_ogc.archive.soundings import SoundingStore
from casa_ogc.catalog.entries import Entry
from casa_ogc.encoders.colour import Scale
from casa_ogc.encoders.format import Format
from casa_ogc.query.answer import Answer, GridAnswer
from casa_ogc.query.overview import depth
from casa_ogc.query.request import Request, TimeSelection, VerticalSelection
from casa_ogc.web.default_times import default_time
from casa_processes.common.vocabulary import variable

PICTURE = "PNG"


LEAST_STREAMED = 20_000
"""Values from which texts are sent while they are written."""


def encoded(entry: Entry, output: Format, answer: Answer) -> bytes | Iterator[bytes]:
    """Encode an answer; a picture has the colours of the product's style.

    The first block of a large text is encoded before it is returned, so that what cannot be
    encoded is still answered with a problem document.
    """
    if output.stream is not None and _values(answer) >= LEAST_STREAMED:
        blocks = output.stream(answer)
        return chain((next(blocks),), blocks)
    if output.name != PICTURE:
        return output.encode(answer)
    from casa_ogc.encoders.png import encode

    style = entry.product.style
    if style is None:
        return encode(answer)
    colours = style.colour_map or variable(style.variable).colour_map
    return encode(answer, {style.variable: Scale(colours, style.minimum, style.maximum)})


def _values(answer: Answer) -> int:
    if isinstance(answer, GridAnswer):
        return sum(field.values.size for grid in answer.grids for field in grid.fields.values())
    return sum(values.size for values in answer.columns.values())


def depicted(
    entry: Entry, store: Cube | SoundingStore, question: Request, output: Format
) -> Request:
    """Narrow a question to the one time and level that a picture shows; see `overview.depth`.

    Without a time that is the last step, or the last days of soundings. Other formats get all that
    was asked.
    """
    if output.name != PICTURE:
        return question
    if not isinstance(store, Cube):
        return replace(question, time=question.time or default_time(entry.head))
    at = depth(store, question.time, question.vertical)
    if at is None:
        return question
    time, vertical = question.time, question.vertical
    if at.t is not None:
        step = store.axes["t"].values[at.t]
        time = TimeSelection(((step, step),))
    if at.z is not None:
        vertical = VerticalSelection(levels=(float(store.axes["z"].values[at.z]),))
    return replace(question, time=time, vertical=vertical)
