"""Query parameters of environmental data retrieval alone."""

from dataclasses import replace

from casa_ogc.query.reducing import DEFAULT_SCALES, HOWS, OVERS, WEIGHTS
from casa_ogc.web.parameters import COORDS, Parameter

_CELLS = {"type": "integer", "minimum": 0, "default": 0}
_SIZE = {"type": "number", "minimum": 0}

LINES = replace(
    COORDS,
    description=(
        "Well-known text of LINESTRING or MULTILINESTRING, also with Z (level), M (seconds since "
        "1970) or ZM. Legs are straight in longitude and latitude and take the short way round; "
        "heights and times between vertices are linear."
    ),
    example="LINESTRING(110 30,120 40)",
)
CORRIDOR_WIDTH = Parameter(
    "corridor-width", "Whole width of the corridor.", _SIZE, required=True, example="500"
)
WIDTH_UNITS = Parameter(
    "width-units", "Unit of corridor-width: m, km, mi, ft or nmi.", required=True, example="km"
)
CORRIDOR_HEIGHT = Parameter(
    "corridor-height",
    "Whole height around the levels of the line; a line without levels has all of them.",
    _SIZE,
)
HEIGHT_UNITS = Parameter("height-units", "Unit of corridor-height, one of the collection's.")
TOLERANCE = Parameter(
    "time-tolerance",
    "Soundings on a line with times: hours before or after it passes.",
    {"type": "number", "minimum": 0, "default": 12},
)
RESOLUTION_X = Parameter(
    "resolution-x", "Cells of the answer from west to east, area-weighted means; 0 native.", _CELLS
)
RESOLUTION_Y = Parameter(
    "resolution-y", "Cells of the answer from south to north, area-weighted; 0 native.", _CELLS
)
RESOLUTION_Z = Parameter(
    "resolution-z", "Levels of the answer, means weighted by thickness; 0 native.", _CELLS
)
LIMIT = Parameter(
    "limit", "Most soundings, or places of a grid, of the answer.", {"type": "integer"}
)
REDUCE = Parameter(
    "reduce",
    "Statistic of the answer. Cells weigh by exact area; a sum integrates what is given per area "
    "over area (kg m-2 s-1 becomes kg s-1), and per second over time.",
    {"type": "string", "enum": list(HOWS)},
)
REDUCE_OVER = Parameter(
    "reduce-over",
    "Over what: cells (space), steps (time) or both (all); of soundings space gives daily values.",
    {"type": "string", "enum": list(OVERS), "default": "all"},
)
WEIGHTING = Parameter(
    "weights",
    "Weights of soundings in a mean: equal, or the inverse of their variances.",
    {"type": "string", "enum": list(WEIGHTS), "default": "equal"},
)
CORRELATION_LENGTH = Parameter(
    "correlation-length",
    "Kilometres over which the correlation of errors falls to 1/e, for the uncertainty of means "
    "and sums; 0 is none.",
    {**_SIZE, "default": DEFAULT_SCALES.length / 1e3},
)
CORRELATION_TIME = Parameter(
    "correlation-time",
    "Hours over which the correlation of errors falls to 1/e; 0 is none.",
    {**_SIZE, "default": DEFAULT_SCALES.time / 3600},
)
AK = Parameter(
    "ak",
    "apply: the columns of a model beside the soundings, as the instrument would see them.",
    {"type": "string", "enum": ["apply"]},
)
MODEL = Parameter("model", "Collection of the model: a grid with co2 on levels of pressure.")
ESTIMATE = Parameter(
    "estimate", "true: what the answer would cost, instead of it.", {"type": "boolean"}
)

REDUCTION = (REDUCE, REDUCE_OVER, WEIGHTING, CORRELATION_LENGTH, CORRELATION_TIME)
MODELLED = (AK, MODEL)
