"""What requests of the Web Map Service say: layers, windows and times."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from casa_ogc.archive.instants import instant
from casa_ogc.catalog.entries import Entry
from casa_ogc.query.parse import parse_datetime
from casa_ogc.query.parse.numbers import number
from casa_ogc.query.request import TimeSelection, VerticalSelection
from casa_ogc.web.exchange import Exchange
from casa_ogc.web.filtering import soundings_asked
from casa_ogc.web.maps import subject_from
from casa_ogc.web.styles import DEFAULT, drawable_variables, drawn_variable, style_named
from casa_ogc.web.wms_exceptions import V130
from casa_processes.common.errors import InvalidValueError, TooLargeError, UnknownNameError

if TYPE_CHECKING:
    from casa_ogc.encoders.render import Subject
    from casa_ogc.encoders.window import Window
    from casa_ogc.query.filters import Filter

MOST_LAYERS = 8
LARGEST = 4096
_DAY = np.timedelta64(1, "D")


@dataclass(frozen=True)
class Layer:
    """One layer of a request: a variable of a collection in a style."""

    entry: Entry
    variable: str
    style: str

    @property
    def name(self) -> str:
        """Name as the capabilities list it."""
        return f"{self.entry.product.id}:{self.variable}"


def required(exchange: Exchange, name: str) -> str:
    """Return the text of a parameter.

    Raises
    ------
    InvalidValueError
        When it is missing.
    """
    text = exchange.text(name)
    if not text:
        raise InvalidValueError(name, text, "a value")
    return text


def layers_of(exchange: Exchange, parameter: str) -> tuple[Layer, ...]:
    """Read the layers of a request and their styles.

    A layer is ``collection:variable``; the name of a collection alone means its usual variable.

    Raises
    ------
    UnknownNameError
        For a layer or a style that does not exist.
    InvalidValueError
        For too many layers, or another number of styles.
    """
    names = required(exchange, parameter).split(",")
    given = exchange.text("STYLES") or exchange.text("STYLE") or ""
    styles = given.split(",") if given else [""] * len(names)
    if len(names) > MOST_LAYERS:
        raise InvalidValueError(parameter, ",".join(names), f"at most {MOST_LAYERS} layers")
    if len(styles) != len(names):
        raise InvalidValueError("STYLES", given, f"{len(names)} styles")
    return tuple(
        _layer(exchange, name.strip(), style.strip())
        for name, style in zip(names, styles, strict=True)
    )


def map_window(exchange: Exchange, version: str) -> "Window":
    """Read the window of a map; in 1.3.0 its axes are in the order of the reference system.

    Raises
    ------
    InvalidValueError
        For anything missing or malformed.
    TooLargeError
        For more than 4096 pixels a side.
    """
    from casa_ogc.encoders.projections import projection
    from casa_ogc.encoders.window import Window
    from casa_ogc.web.windows import checked

    key = "CRS" if version == V130 else "SRS"
    named = exchange.text(key) or exchange.text("SRS") or exchange.text("CRS")
    system = projection(named or required(exchange, key), "CRS")
    text = required(exchange, "BBOX")
    parts = text.split(",", 4)
    expected = "minx,miny,maxx,maxy with an area"
    if len(parts) != 4:
        raise InvalidValueError("BBOX", text, expected)
    left, bottom, right, top = (number("BBOX", part, expected) for part in parts)
    if system.northing_first and version == V130:
        left, bottom, right, top = bottom, left, top, right
    if not (left < right and bottom < top):
        raise InvalidValueError("BBOX", text, expected)
    width, height = _side(exchange, "WIDTH"), _side(exchange, "HEIGHT")
    return checked(Window(system, left, bottom, right, top, width, height))


def subject_of_layer(exchange: Exchange, layer: Layer) -> "Subject":
    """Return what a layer of a request shows.

    Raises
    ------
    InvalidValueError
        For a malformed time or level, or a level that is not stored.
    """
    return subject_from(
        exchange,
        layer.entry,
        layer.variable,
        layer.style,
        exchange.text("COLORSCALERANGE"),
        _time(exchange, layer.entry),
        _level(exchange, layer.entry),
        filters_of_layer(exchange, layer),
    )


def filters_of_layer(exchange: Exchange, layer: Layer) -> "tuple[Filter, ...]":
    """Return the filter of the layers of soundings; those of grids have none.

    Raises
    ------
    UnknownNameError
        For a property that is no queryable of the layer's collection.
    InvalidValueError
        For what is no filter.
    """
    return () if layer.entry.head.kind == "grid" else soundings_asked(exchange, layer.entry)


def shown_layers(exchange: Exchange, parameter: str) -> tuple[Layer, ...]:
    """Read the layers whose data are asked, some of which a filter must concern.

    Raises
    ------
    UnknownNameError
        As `layers_of`.
    InvalidValueError
        As `layers_of`, and for a filter where all layers are grids.
    """
    layers = layers_of(exchange, parameter)
    if all(one.entry.head.kind == "grid" for one in layers):
        soundings_asked(exchange, layers[0].entry)
    return layers


def _layer(exchange: Exchange, name: str, style: str) -> Layer:
    product, _, drawn = name.partition(":")
    try:
        entry = exchange.catalog.entry(product)
    except UnknownNameError as error:
        raise UnknownNameError("layer", name, error.known) from None
    if drawn and drawn not in drawable_variables(entry):
        known = (f"{product}:{one}" for one in drawable_variables(entry))
        raise UnknownNameError("layer", name, known)
    return Layer(entry, drawn_variable(entry, drawn or None), style_named(style or DEFAULT))


def _time(exchange: Exchange, entry: Entry) -> TimeSelection | None:
    text, head = exchange.text("TIME"), entry.head
    if not text or text.lower() == "current" or head.time is None:
        return None
    asked = parse_datetime(_without_period(text), what="TIME")
    if head.kind == "soundings":
        return TimeSelection(tuple(_whole_day(one) for one in asked.intervals))
    store = exchange.catalog.open(entry)
    return _met(asked, store.axes["t"].values, head.time)  # type: ignore[union-attr]  # a cube


def _whole_day(
    interval: tuple[np.datetime64 | None, np.datetime64 | None],
) -> tuple[np.datetime64 | None, np.datetime64 | None]:
    """Return the day of a single instant: soundings are offered day by day."""
    start, end = interval
    if start is None or start != end:
        return interval
    day = start.astype("datetime64[D]")
    return day.astype("datetime64[ns]"), (day + 1).astype("datetime64[ns]") - np.timedelta64(
        1, "ns"
    )


def _met(
    asked: TimeSelection,
    steps: "np.ndarray[tuple[int], np.dtype[np.datetime64]]",
    ends: tuple[str, str],
) -> TimeSelection:
    """Return the asked time, or the step closest to its start where none lies in it."""
    for start, end in asked.intervals:
        within = np.ones(steps.size, dtype=bool)
        within &= True if start is None else steps >= start
        within &= True if end is None else steps <= end
        if within.any():
            return asked
    start = asked.intervals[0][0]
    first, last = (instant(text) for text in ends)
    if start is None or not first <= start <= last:
        return asked
    return TimeSelection(((start, start),), nearest=True)


def _level(exchange: Exchange, entry: Entry) -> VerticalSelection | None:
    text = exchange.text("ELEVATION")
    if not text or entry.head.vertical is None:
        return None
    return VerticalSelection(levels=(number("ELEVATION", text, "one level"),))


def _without_period(text: str) -> str:
    """Return a time list without the periods of start/end/period."""
    return ",".join("/".join(item.split("/")[:2]) for item in text.split(","))


def _side(exchange: Exchange, name: str) -> int:
    required(exchange, name)
    pixels = exchange.whole(name, 1, 1, 10**12)
    if pixels > LARGEST:
        raise TooLargeError(f"pixels of {name}", pixels, LARGEST)
    return pixels
