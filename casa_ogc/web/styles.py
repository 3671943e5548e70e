"""Styles: how variables are drawn, and what their colours mean."""

from typing import Any

from flask import Response, request

from casa_ogc.archive.cubes import Cube
from casa_ogc.archive.soundings import SoundingStore
from casa_ogc.catalog.entries import Entry
from casa_ogc.encoders.colour import COLOUR_MAPS, Scale
from casa_ogc.query.parse.numbers import number
from casa_ogc.web.describe import link
from casa_ogc.web.exchange import Exchange
from casa_ogc.web.pictures import current, pictured, spelled_type
from casa_ogc.web.respond import document, etag
from casa_processes.common.errors import InvalidValueError, UnknownNameError
from casa_processes.common.vocabulary import variable

DEFAULT = "default"
STYLES = (DEFAULT, *(f"{name}{order}" for name in COLOUR_MAPS for order in ("", "_r")))
"""Identifiers of the styles of every collection."""
_PLACES = {"latitude", "longitude", "time", "sounding_id"}
_LEGEND_WIDTHS = (200, 2000)


def drawable_variables(entry: Entry) -> tuple[str, ...]:
    """Return the variables of a collection that a map can show: one number for each place."""
    return tuple(
        name
        for name in entry.head.variables
        if name not in _PLACES
        and variable(name).shape == "scalar"
        and variable(name).dtype.startswith(("float", "int", "uint"))
    )


def drawn_variable(entry: Entry, asked: str | None) -> str:
    """Return the variable that a map shows: the one asked, else that of the product's style.

    Raises
    ------
    UnknownNameError
        When it is not stored.
    InvalidValueError
        When it cannot be drawn.
    """
    offered = drawable_variables(entry)
    if asked is None:
        style = entry.product.style
        styled = (style.variable,) if style else ()
        wanted = [n for n in (*styled, *entry.product.default_variables) if n in offered]
        floats = [name for name in offered if variable(name).dtype.startswith("float")]
        if not offered:
            raise InvalidValueError("variable", None, "a product with numbers to draw")
        first: str = (*wanted, *floats, *offered)[0]
        return first
    if asked not in entry.head.variables:
        raise UnknownNameError("variable", asked, offered)
    if asked not in offered:
        raise InvalidValueError("variable", asked, f"one of {', '.join(offered)}")
    return asked


def chosen_scale(
    entry: Entry, store: Cube | SoundingStore, name: str, style: str | None, limits: str | None
) -> Scale:
    """Return the colours of a variable.

    The limits are those asked; else those of the product's style when the variable is its own;
    else they come from a sample of all values.

    Parameters
    ----------
    style
        ``default``, or a colour map without regard to case; None is the default.
    limits
        ``low,high``, or None.

    Raises
    ------
    UnknownNameError
        For an unknown style.
    InvalidValueError
        For malformed limits.
    """
    # The compiler behind the renderer is imported by the first map.
    from casa_ogc.encoders.render import scale_of

    given = entry.product.style
    own = given if given is not None and given.variable == name else None
    colour_map = style_named(style or DEFAULT)
    if colour_map == DEFAULT:
        colour_map = own.colour_map if own and own.colour_map else variable(name).colour_map
    if limits is not None:
        return Scale(colour_map, *_limits(limits))
    if own is not None:
        return Scale(colour_map, own.minimum, own.maximum)
    return scale_of(store, name, colour_map)


def style_named(name: str) -> str:
    """Return a style's identifier as it is listed.

    Raises
    ------
    UnknownNameError
        When there is no such style.
    """
    for known in STYLES:
        if known.lower() == name.lower():
            return known
    raise UnknownNameError("style", name, STYLES)


def styles(exchange: Exchange) -> Response:
    """Answer the styles of a collection."""
    base = f"{exchange.url}/collections/{exchange.entry.product.id}"
    content = {
        "default": DEFAULT,
        "styles": [_style(base, name) for name in STYLES],
        "links": [link(f"{base}/styles", "self", "application/json", "This document")],
    }
    return document(exchange, content, "styles.html")


def style(exchange: Exchange) -> Response:
    """Answer one style: its colour map, and the limits of each variable."""
    entry = exchange.entry
    name = _of_path(exchange)
    store = exchange.catalog.open(entry)
    base = f"{exchange.url}/collections/{entry.product.id}"
    scales = {one: chosen_scale(entry, store, one, name, None) for one in drawable_variables(entry)}
    content = _style(base, name) | {
        "variables": {
            one: {
                "colour_map": scale.colour_map,
                "range": [scale.low, scale.high],
                "units": variable(one).units,
            }
            for one, scale in scales.items()
        }
    }
    return document(exchange, content, "styles.html")


def legend(exchange: Exchange) -> Response:
    """Answer a picture of the colours of a variable with numbers and units."""
    from casa_ogc.encoders.legend import legend_picture

    entry = exchange.entry
    media = spelled_type(exchange)
    tag = etag(exchange, entry, media)
    if (same := current(tag)) is not None:
        return same
    name = drawn_variable(entry, exchange.text("variable"))
    style = _of_path(exchange) if "style_id" in exchange.path else exchange.text("style")
    store = exchange.catalog.open(entry)
    scale = chosen_scale(entry, store, name, style, exchange.text("range"))
    width = exchange.whole("width", 360, *_LEGEND_WIDTHS)
    return pictured(legend_picture(scale, variable(name), width), media, tag)


def _of_path(exchange: Exchange) -> str:
    """Return the style that the path names; one that does not exist is a missing page."""
    try:
        return style_named(exchange.path["style_id"])
    except UnknownNameError:
        raise UnknownNameError("page", request.path, STYLES) from None


def _style(base: str, name: str) -> dict[str, Any]:
    address = f"{base}/styles/{name}"
    title = "Colours and limits of the product" if name == DEFAULT else f"Colour map {name}"
    return {
        "id": name,
        "title": title,
        "links": [
            link(address, "self", "application/json", title),
            link(
                f"{address}/map", "http://www.opengis.net/def/rel/ogc/1.0/map", "image/png", "Map"
            ),
            link(
                f"{address}/legend",
                "http://www.opengis.net/def/rel/ogc/1.0/legend",
                "image/png",
                "Legend",
            ),
        ],
    }


def _limits(text: str) -> tuple[float, float]:
    parts = text.split(",")
    expected = "two numbers low,high with low below high"
    if len(parts) != 2:
        raise InvalidValueError("range", text, expected)
    low, high = (number("range", part, expected) for part in parts)
    if not low < high:
        raise InvalidValueError("range", text, expected)
    return low, high
