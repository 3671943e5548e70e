"""OGC API Maps and Styles."""

from casa_ogc.web import maps, parameters, styles
from casa_ogc.web.exchange import Endpoint
from casa_ogc.web.routes.paths import ONE

_TYPES = ("image/png", "image/webp")
SHOWN = (
    parameters.DRAWN,
    parameters.STYLE,
    parameters.RANGE,
    parameters.MAP_TIME,
    parameters.METHOD,
    parameters.MAP_Z,
    *parameters.FILTERS,
)
_UNSTYLED = tuple(one for one in SHOWN if one is not parameters.STYLE)
_WINDOW = (
    parameters.MAP_BBOX,
    parameters.MAP_BBOX_CRS,
    parameters.CENTER,
    parameters.CENTER_CRS,
    parameters.SUBSET,
    parameters.SUBSET_CRS,
    parameters.MAP_CRS,
    parameters.WIDTH,
    parameters.HEIGHT,
    parameters.SCALE,
    parameters.TRANSPARENT,
    parameters.BGCOLOR,
    parameters.F,
)
_LEGEND = (parameters.DRAWN, parameters.RANGE, parameters.WIDTH, parameters.F)

ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint(
        "map",
        f"{ONE}/map",
        "Map of a collection",
        maps.map_image,
        (*SHOWN, *_WINDOW),
        tag="Maps",
        produces=_TYPES,
    ),
    Endpoint(
        "styled-map",
        f"{ONE}/styles/<style_id>/map",
        "Map of a collection in a style",
        maps.map_image,
        (*_UNSTYLED, *_WINDOW),
        tag="Maps",
        produces=_TYPES,
    ),
    Endpoint(
        "quicklook",
        f"{ONE}/quicklook",
        "Sheet of a map with title, coasts and colour bar",
        maps.quicklook,
        (*SHOWN, parameters.WIDTH, parameters.F),
        tag="Maps",
        produces=_TYPES,
    ),
    Endpoint(
        "styles",
        f"{ONE}/styles",
        "Styles of a collection",
        styles.styles,
        (parameters.F,),
        tag="Styles",
    ),
    Endpoint(
        "style",
        f"{ONE}/styles/<style_id>",
        "Colours and limits of a style",
        styles.style,
        (parameters.F,),
        tag="Styles",
    ),
    Endpoint(
        "style-legend",
        f"{ONE}/styles/<style_id>/legend",
        "Legend of a style",
        styles.legend,
        _LEGEND,
        tag="Styles",
        produces=_TYPES,
    ),
    Endpoint(
        "legend",
        f"{ONE}/legend",
        "Legend of a map",
        styles.legend,
        (*_LEGEND, parameters.STYLE),
        tag="Styles",
        produces=_TYPES,
    ),
)
