"""Query parameters, declared once: what a request may say, and what the OpenAPI document says."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from casa_processes.common.errors import InvalidValueError, UnknownNameError


@dataclass(frozen=True)
class Parameter:
    """One query parameter of an endpoint.

    Attributes
    ----------
    name
        Name in the query string.
    description
        One sentence for the OpenAPI document.
    schema
        JSON schema of the text.
    aliases
        Other spellings that clients send.
    repeated
        Whether it may stand several times in one request.
    required
        Whether a request without it is refused.
    """

    name: str
    description: str
    schema: Mapping[str, Any] = field(default_factory=lambda: {"type": "string"})
    aliases: tuple[str, ...] = ()
    repeated: bool = False
    required: bool = False
    example: str | None = None


_CRS = "CRS84 (longitude, latitude) or EPSG:4326 (latitude, longitude)"
_WHOLE = {"type": "integer", "minimum": 0}

F = Parameter("f", "Format of the answer; without it the Accept header decides.")
BBOX = Parameter(
    "bbox",
    "Box west,south,east,north, or with lower and upper level after south and north; west > east "
    "crosses the antimeridian.",
    example="73,18,135,54",
)
CUBE_BBOX = replace(BBOX, required=True)
BBOX_CRS = Parameter("bbox-crs", f"Reference system of bbox: {_CRS}.")
CRS = Parameter("crs", f"Reference system of the coordinates in and out: {_CRS}.")
SUBSET_CRS = Parameter("subset-crs", f"Reference system of subset: {_CRS}.")
DATETIME = Parameter(
    "datetime",
    "Instant, date, or closed interval start/end with .. for an open end; a date matches every "
    "instant within it, an instant matches an equal time step.",
    example="2023-01-01/2023-01-31",
)
METHOD = Parameter(
    "method",
    "How an instant meets the time steps: equal to one (exact, the default) or the closest one.",
    schema={"type": "string", "enum": ["exact", "nearest"]},
)
Z = Parameter(
    "z", "Levels: one, a list a,b,c, an interval a/b, or R<n>/<start>/<step>.", example="850"
)
COORDS = Parameter(
    "coords",
    "Geometry as well-known text: POINT or MULTIPOINT for a position, POINT for a radius, POLYGON "
    "or MULTIPOLYGON for an area.",
    required=True,
    example="POINT(116.4 39.9)",
)
WITHIN = Parameter("within", "Distance around the point.", {"type": "number"}, required=True)
WITHIN_UNITS = Parameter(
    "within-units", "Unit of within: m, km, mi, ft or nmi.", required=True, example="km"
)
NAMES = Parameter(
    "parameter-name",
    "Variables to answer, separated by commas; the uncertainty of each comes along.",
    aliases=("parameter_names", "parameter-names"),
)
PROPERTIES = Parameter(
    "properties",
    "Variables to answer, separated by commas, by name or by index from 0.",
    aliases=("parameter-name", "parameter_names"),
)
EXCLUDE = Parameter("exclude-properties", "Variables to leave out, separated by commas.")
SUBSET = Parameter(
    "subset",
    'Axis cuts such as Lat(18:54),Lon(73:135),time("2023-01-01":"2023-01-31").',
    repeated=True,
    example="Lat(18:54),Lon(73:135)",
)
LIMIT = Parameter("limit", "Most items of the answer.", {"type": "integer", "minimum": 1})
OFFSET = Parameter("offset", "Items to skip.", _WHOLE)
TEXT_SEARCH = Parameter("q", "Words that title, description or keywords must hold.")
MISSION = Parameter("mission", "Mission whose products are listed.")
VARIABLE = Parameter("variable", "Variable whose products are listed, or that is drawn.")
WIDTH = Parameter("width", "Pixels of the picture from west to east.", {"type": "integer"})
HEIGHT = Parameter("height", "Pixels of the picture from north to south.", {"type": "integer"})
MAP_CRS = Parameter("crs", "Reference system of the map: CRS84, EPSG:4326, EPSG:3857 or another.")
MAP_BBOX = replace(
    BBOX, description="Box in the order of bbox-crs; west > east crosses the antimeridian."
)
MAP_BBOX_CRS = Parameter("bbox-crs", "Reference system of bbox; CRS84 without it.")
MAP_Z = Parameter(
    "z", "Level that is shown; the first one without it.", aliases=("elevation",), example="850"
)
MAP_TIME = Parameter(
    "datetime",
    "Instant, date, or interval start/end: the last time step that it means is shown, and all "
    "soundings; without it the last step, or the soundings of the last days.",
    example="2023-01-01",
)
DRAWN = Parameter(
    "variable", "Variable that is drawn.", aliases=("properties", "parameter-name"), example="xco2"
)
STYLE = Parameter("style", "Style of the collection: default, or the name of a colour map.")
RANGE = Parameter("range", "Values of the first and last colour, low,high.", example="400,420")
TRANSPARENT = Parameter(
    "transparent", "Whether what is missing is clear.", {"type": "boolean", "default": True}
)
BGCOLOR = Parameter(
    "bgcolor", "Colour of what is missing: 0xRRGGBB or a name of CSS.", example="0xFFFFFF"
)
CENTER = Parameter("center", "Middle of the map in the order of center-crs.", example="116.4,39.9")
CENTER_CRS = Parameter("center-crs", "Reference system of center; CRS84 without it.")
SCALE = Parameter(
    "scale-denominator", "Scale 1:n at pixels of 0.28 mm.", {"type": "number"}, example="50000000"
)
CURSOR = Parameter(
    "cursor", "Where a page begins: taken from the links next and prev of another, never made."
)
SORTBY = Parameter(
    "sortby",
    "Properties to sort by, separated by commas, each with + (the default) or - before it; what is "
    "missing comes last.",
    example="-xco2",
)
FILTER = Parameter(
    "filter",
    "Condition in CQL2 on the queryables: comparison, between, in, like, isNull, and, or, not, "
    "arithmetic, s_intersects, s_within, t_after and their like. What is missing matches isNull "
    "only.",
    example="xco2 > 410 AND quality_flag = 0",
)
FILTER_LANG = Parameter(
    "filter-lang",
    "Language of filter.",
    {"type": "string", "enum": ["cql2-text", "cql2-json"], "default": "cql2-text"},
)
FILTER_CRS = Parameter("filter-crs", f"Reference system of coordinates in filter: {_CRS}.")
SOUNDINGS_FILTER = replace(
    FILTER,
    description="Soundings only: condition in CQL2 on the queryables of the collection, as for "
    "items; what it does not match is left out of answer, statistic and map. quality_flag = 0 "
    "leaves the soundings that are good.",
    example="quality_flag = 0",
)
FILTERS = (SOUNDINGS_FILTER, FILTER_LANG, FILTER_CRS)
QUERYABLES = Parameter(
    "queryables",
    "Any scalar queryable of the collection by its own name, such as quality_flag=0: items whose "
    "property equals the value. /collections/{collectionId}/queryables lists them.",
    {"type": "object", "additionalProperties": {"type": "string"}},
)
LANG = Parameter("lang", "Language of titles.", {"type": "string", "enum": ["en", "zh"]})


def read_arguments(
    given: Mapping[str, Sequence[str]], declared: Iterable[Parameter]
) -> dict[str, list[str]]:
    """Check the query string against the declaration.

    Parameters
    ----------
    given
        Every value of every name in the query string.
    declared
        What the endpoint takes.

    Returns
    -------
    dict
        Declared name to its values; names that were not given are absent.

    Raises
    ------
    UnknownNameError
        For a name that the endpoint does not take.
    InvalidValueError
        For a name given twice that may stand once, or a required one that is missing.
    """
    declared = tuple(declared)
    spelling = {name: p for p in declared for name in (p.name, *p.aliases)}
    result: dict[str, list[str]] = {}
    for name, values in given.items():
        if name not in spelling:
            raise UnknownNameError("query parameter", name, (p.name for p in declared))
        result.setdefault(spelling[name].name, []).extend(values)
    for parameter in declared:
        _check_count(parameter, result.get(parameter.name, []))
    return result


def known_only(
    given: Mapping[str, Sequence[str]], declared: Iterable[Parameter]
) -> dict[str, list[str]]:
    """Return the first value of each declared name, compared without regard to case."""
    spelling = {name.upper(): name for p in declared for name in (p.name, *p.aliases)}
    result: dict[str, list[str]] = {}
    for name, values in given.items():
        if name.upper() in spelling:
            result.setdefault(spelling[name.upper()], [values[0]])
    return result


def _expected(description: str) -> str:
    """Return a description as it goes on in a sentence: abbreviations keep their letters."""
    first, _, rest = description.rstrip(".").partition(" ")
    return f"{first if first.isupper() and len(first) > 1 else first.lower()} {rest}".strip()


def _check_count(parameter: Parameter, values: Sequence[str]) -> None:
    if parameter.required and not values:
        raise InvalidValueError(parameter.name, None, _expected(parameter.description))
    if len(values) > 1 and not parameter.repeated:
        raise InvalidValueError(parameter.name, list(values), "one value")
