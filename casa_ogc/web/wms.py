"""Web Map Service 1.3.0 and 1.1.1: a thin facade over the renderer.

Names of parameters are compared without regard to case; unknown ones are ignored. TIME: the last
step (or all soundings) within an instant, a date or an interval; where no step lies in it, the
closest one to its start, as long as that lies within the data; else the map is empty. Without TIME
the last step, or the soundings of the last days, are shown. FILTER, a condition in CQL2, chooses
soundings; layers of grids beside them are drawn whole.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from flask import Response, request

from casa_ogc.web.exchange import Exchange
from casa_ogc.web.pictures import current, pictured
from casa_ogc.web.styles import chosen_scale
from casa_ogc.web.wms_capabilities import capabilities
from casa_ogc.web.wms_exceptions import V111, V130, report
from casa_ogc.web.wms_info import feature_info
from casa_ogc.web.wms_request import (
    LARGEST,
    Layer,
    layers_of,
    map_window,
    shown_layers,
    subject_of_layer,
)
from casa_processes.common.errors import CasaError, InvalidValueError
from casa_processes.common.vocabulary import variable

if TYPE_CHECKING:
    from casa_ogc.encoders.drawing import Drawing

_JPEG = "image/jpeg"
_TYPES = ("image/png", "image/webp", _JPEG)
"""Media types of maps; JPEG is what GDAL asks when nobody names a format."""
_LEGEND_WIDTH = 300


def wms(exchange: Exchange) -> Response:
    """Answer an operation of the Web Map Service; refusals are its exception reports."""
    version = version_of(exchange)
    try:
        return _operation(exchange)(exchange, version)
    except CasaError as error:
        if (exchange.text("EXCEPTIONS") or "").upper().endswith("BLANK"):
            return _blank(exchange)
        return report(error, version)


def version_of(exchange: Exchange) -> str:
    """Return the version in which to answer: the highest that is not above the one asked."""
    asked = exchange.text("VERSION") or exchange.text("WMTVER")
    if not asked:
        return V111 if exchange.text("SRS") else V130
    return V111 if asked < V130 else V130


def _operation(exchange: Exchange) -> Callable[[Exchange, str], Response]:
    operations: Mapping[str, Callable[[Exchange, str], Response]] = {
        "GETCAPABILITIES": capabilities,
        "CAPABILITIES": capabilities,
        "GETMAP": get_map,
        "MAP": get_map,
        "GETFEATUREINFO": feature_info,
        "GETLEGENDGRAPHIC": legend_graphic,
    }
    name, service = exchange.text("REQUEST") or "", exchange.text("SERVICE") or "WMS"
    if service.upper() != "WMS" or name.upper() not in operations:
        known = "GetCapabilities, GetMap, GetFeatureInfo or GetLegendGraphic of WMS"
        asked = f"{service} {name}" if name else None
        raise InvalidValueError("REQUEST", asked, known)
    return operations[name.upper()]


def get_map(exchange: Exchange, version: str) -> Response:
    """Answer a map of one or several layers, the last one on top."""
    from casa_ogc.encoders.images import stacked
    from casa_ogc.encoders.render import drawing

    layers = shown_layers(exchange, "LAYERS")
    media = _media(exchange)
    tag = _tag(exchange, layers)
    if (same := current(tag)) is not None:
        return same
    window = map_window(exchange, version)
    drawings = (drawing(subject_of_layer(exchange, one), window) for one in layers)
    picture = stacked(drawings, window.width, window.height)
    return pictured(_grounded(exchange, picture, media), media, tag)


def legend_graphic(exchange: Exchange, _version: str) -> Response:
    """Answer the legend of a layer, with its units."""
    from casa_ogc.encoders.legend import legend_picture

    layer = layers_of(exchange, "LAYER")[0]
    media, tag = _media(exchange), _tag(exchange, (layer,))
    if (same := current(tag)) is not None:
        return same
    limits = exchange.text("COLORSCALERANGE")
    store = exchange.catalog.open(layer.entry)
    scale = chosen_scale(layer.entry, store, layer.variable, layer.style, limits)
    width = exchange.whole("WIDTH", _LEGEND_WIDTH, 1, 1000)
    return pictured(
        legend_picture(scale, variable(layer.variable), max(width, _LEGEND_WIDTH)), media, tag
    )


def _media(exchange: Exchange) -> str:
    asked = (exchange.text("FORMAT") or "image/png").partition(";")[0].strip().lower()
    if asked not in _TYPES:
        raise InvalidValueError("FORMAT", asked, " or ".join(_TYPES))
    return asked


def _grounded(exchange: Exchange, picture: "Drawing", media: str) -> "Drawing":
    """Lay a map over its background, which JPEG always has."""
    from casa_ogc.encoders.images import colour_named, grounded

    if media != _JPEG and (exchange.text("TRANSPARENT") or "FALSE").upper() == "TRUE":
        return picture
    return grounded(picture, colour_named(exchange.text("BGCOLOR") or "0xFFFFFF"))


def _blank(exchange: Exchange) -> Response:
    """Answer an empty picture instead of a refusal, as EXCEPTIONS=BLANK asks."""
    from casa_ogc.encoders.drawing import clear

    empty = clear(*(_pixels(exchange, side) for side in ("WIDTH", "HEIGHT")))
    return pictured(_grounded(exchange, empty, "image/png"), "image/png", "blank")


def _pixels(exchange: Exchange, side: str) -> int:
    """Return a side of an empty picture: one pixel where the request tells no size."""
    try:
        return exchange.whole(side, 1, 1, LARGEST)
    except InvalidValueError:
        return 1


def _tag(exchange: Exchange, layers: tuple[Layer, ...]) -> str:
    """Identify an answer by the snapshots of its layers and the request."""
    from casa_ogc.web.respond import etag

    return "-".join(etag(exchange, one.entry, request.path)[:16] for one in layers)
