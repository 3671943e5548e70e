"""The Web Map Service."""

from dataclasses import replace

from casa_ogc.web import parameters, wms
from casa_ogc.web.exchange import Endpoint
from casa_ogc.web.parameters import Parameter

_PARAMETERS = (
    Parameter("SERVICE", "WMS."),
    Parameter("VERSION", "1.3.0 or 1.1.1.", example="1.3.0"),
    Parameter("WMTVER", "Version, as old clients spell it."),
    Parameter(
        "REQUEST",
        "GetCapabilities, GetMap, GetFeatureInfo or GetLegendGraphic.",
        example="GetCapabilities",
    ),
    Parameter("LAYERS", "Layers collection:variable, separated by commas."),
    Parameter("STYLES", "Style of each layer."),
    Parameter("CRS", "Reference system (1.3.0)."),
    Parameter("SRS", "Reference system (1.1.1)."),
    Parameter("BBOX", "Box in the axis order of the version."),
    Parameter("WIDTH", "Pixels from left to right."),
    Parameter("HEIGHT", "Pixels from top to bottom."),
    Parameter("FORMAT", "image/png, image/webp or image/jpeg."),
    Parameter("TRANSPARENT", "TRUE or FALSE."),
    Parameter("BGCOLOR", "Background as 0xRRGGBB."),
    Parameter("EXCEPTIONS", "XML or BLANK."),
    Parameter("TIME", "Instant, date or interval; the last step within it, else the closest."),
    Parameter("ELEVATION", "Level."),
    Parameter("COLORSCALERANGE", "Values of the first and last colour, low,high."),
    replace(
        parameters.SOUNDINGS_FILTER,
        description="Condition in CQL2 on the queryables of the layers of soundings; layers of "
        "grids beside them are drawn whole. quality_flag = 0 leaves the soundings that are good.",
        aliases=("CQL_FILTER",),
    ),
    parameters.FILTER_LANG,
    parameters.FILTER_CRS,
    Parameter("QUERY_LAYERS", "Layers of which values are asked."),
    Parameter("INFO_FORMAT", "text/plain or application/json."),
    Parameter("FEATURE_COUNT", "Most soundings of a layer."),
    Parameter("I", "Column of the pixel (1.3.0)."),
    Parameter("J", "Row of the pixel (1.3.0)."),
    Parameter("X", "Column of the pixel (1.1.1)."),
    Parameter("Y", "Row of the pixel (1.1.1)."),
    Parameter("LAYER", "Layer of a legend."),
    Parameter("STYLE", "Style of a legend."),
    Parameter("UPDATESEQUENCE", "State of the capabilities that the client has."),
)

ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint(
        "wms",
        "/wms",
        "Web Map Service 1.3.0 and 1.1.1",
        wms.wms,
        _PARAMETERS,
        tag="WMS",
        produces=(
            "text/xml",
            "image/png",
            "image/webp",
            "image/jpeg",
            "text/plain",
            "application/vnd.ogc.wms_xml",
            "application/vnd.ogc.se_xml",
            "application/json",
        ),
        lenient=True,
    ),
)
