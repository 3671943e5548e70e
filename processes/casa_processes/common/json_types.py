"""Kinds of JSON values that inputs and outputs of processes have in common.

They are echoed as they came: a check passes or names what is wrong, it never rewrites.
"""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal, NotRequired, TypedDict

from pydantic import AfterValidator, ConfigDict, Field, GetJsonSchemaHandler, Strict, with_config
from pydantic_core import CoreSchema

TIFF = "image/tiff; application=geotiff"
_TIFF_STARTS = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")


@dataclass(frozen=True)
class Formatted:
    """Marks a schema with a format of OGC API Processes, such as ``ogc-bbox``.

    The format stands first within ``allOf``, where the official test suite looks for it. `chosen`
    puts that as the only one of ``oneOf``, as the standard writes geometries.
    """

    name: str
    chosen: bool = False

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Write the schema together with the format."""
        both = {"allOf": [{"format": self.name}, handler(schema)]}
        return {"oneOf": [both]} if self.chosen else both


@dataclass(frozen=True)
class Encoded:
    """Marks text as the base64 of bytes of a media type."""

    media_type: str

    def __get_pydantic_json_schema__(
        self, _schema: CoreSchema, _handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Write the schema of the text."""
        return binary_text(self.media_type)


def binary_text(media_type: str) -> dict[str, Any]:
    """Return the schema of bytes as text, in the words of OGC API Processes."""
    return {"type": "string", "contentEncoding": "binary", "contentMediaType": media_type}


def decoded(text: str) -> bytes:
    """Return the bytes of base64 text; white space within it is ignored.

    Raises
    ------
    ValueError
        When the text is no base64.
    """
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("expected base64") from None


def _tiff(text: str) -> str:
    if not decoded(text).startswith(_TIFF_STARTS):
        raise ValueError("expected base64 of a TIFF image")
    return text


def _instant(text: str) -> str:
    try:
        zoned = datetime.fromisoformat(text).tzinfo is not None and text[10] in "Tt"
    except ValueError:
        zoned = False
    if not zoned:
        raise ValueError("expected an instant with its zone, RFC 3339")
    return text


def _corners(box: "BoundingBox") -> "BoundingBox":
    if len(box["bbox"]) not in (4, 6):
        raise ValueError("expected 4 or 6 numbers")
    return box


def _geometry(value: Mapping[str, Any]) -> Mapping[str, Any]:
    member = "geometries" if value["type"] == "GeometryCollection" else "coordinates"
    if member not in value:
        raise ValueError(f"a {value['type']} has {member}")
    return value


type Number = Annotated[float, Strict(), Field(allow_inf_nan=False)]
type DateTime = Annotated[
    str, AfterValidator(_instant), Field(json_schema_extra={"format": "date-time"})
]
type TiffImage = Annotated[str, AfterValidator(_tiff), Encoded(TIFF)]


@with_config(ConfigDict(extra="forbid"))
class BoxMembers(TypedDict):
    """West, south(, lowest), east, north(, highest), and their reference system."""

    bbox: Annotated[list[Number], Field(min_length=4, max_length=6)]
    crs: NotRequired[
        Literal[
            "http://www.opengis.net/def/crs/OGC/1.3/CRS84",
            "http://www.opengis.net/def/crs/OGC/0/CRS84h",
        ]
    ]


type BoundingBox = Annotated[BoxMembers, AfterValidator(_corners), Formatted("ogc-bbox")]


@with_config(ConfigDict(extra="allow"))
class GeometryMembers(TypedDict):
    """A geometry of RFC 7946."""

    type: Literal[
        "Point",
        "MultiPoint",
        "LineString",
        "MultiLineString",
        "Polygon",
        "MultiPolygon",
        "GeometryCollection",
    ]
    coordinates: NotRequired[list[Any]]
    geometries: NotRequired[list[dict[str, Any]]]


type GeometryObject = Annotated[GeometryMembers, AfterValidator(_geometry)]
type Geometry = Annotated[GeometryObject, Formatted("geojson-geometry", chosen=True)]


@with_config(ConfigDict(extra="allow"))
class Feature(TypedDict):
    """A feature of RFC 7946; other members pass."""

    type: Literal["Feature"]
    geometry: GeometryObject | None
    properties: dict[str, Any] | None


@with_config(ConfigDict(extra="allow"))
class FeatureMembers(TypedDict):
    """A feature collection of RFC 7946; other members pass."""

    type: Literal["FeatureCollection"]
    features: list[Feature]


type FeatureCollection = Annotated[
    FeatureMembers, Formatted("geojson-feature-collection", chosen=True)
]
