"""Regions that a site configures: one file a region, or GeoJSON with many, in ``config/regions/``.

A YAML file gives a title and one of ``bbox`` (west, south, east, north), ``polygon`` (well-known
text in longitude and latitude) or ``point`` (longitude, latitude) with ``radius_km``; its name is
the region's id. A GeoJSON file holds a Feature or a FeatureCollection of polygons or points; the id
of a feature is its ``id``, else the property ``id``, else the file's name.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Self

import shapely
from pydantic import Field, ValidationError, model_validator
from shapely.geometry import MultiPolygon, Point, Polygon, shape

from casa_ogc.catalog.product import Model, Text
from casa_processes.common.configuration import config_folder, read_mapping, wrong_keys
from casa_processes.common.errors import InvalidValueError

FOLDER = "regions"
_ID = re.compile(r"[a-z0-9][a-z0-9_-]*")
_KINDS = "a polygon, a multipolygon or a point in longitude and latitude"

type Degrees = Annotated[float, Field(ge=-360, le=540, allow_inf_nan=False)]


@dataclass(frozen=True, eq=False)
class SiteRegion:
    """A region that the site configures.

    Attributes
    ----------
    id, title
        Identifier, and title in English.
    geometry
        Polygons that may run past 180, or a point; longitude and latitude.
    radius
        Around a point [m]; 0 is the point itself.
    """

    id: str
    title: str
    geometry: Polygon | MultiPolygon | Point
    radius: float = 0.0


class RegionFile(Model):
    """The content of ``config/regions/<id>.yml``."""

    title: Text
    bbox: tuple[Degrees, Degrees, Degrees, Degrees] | None = None
    polygon: str | None = Field(None, description="well-known text, longitude and latitude")
    point: tuple[Degrees, Degrees] | None = None
    radius_km: float = Field(0.0, ge=0, le=20_000, description="around the point")

    @model_validator(mode="after")
    def _one_shape(self) -> Self:
        given = [self.bbox, self.polygon, self.point]
        if sum(one is not None for one in given) != 1:
            raise ValueError("expected one of bbox, polygon, point")
        if self.radius_km and self.point is None:
            raise ValueError("radius_km belongs to a point")
        return self


def load_regions(folder: Path | None = None) -> tuple[SiteRegion, ...]:
    """Read all regions of a configuration folder, sorted by id; none where it has no such folder.

    Raises
    ------
    InvalidValueError
        Naming the file that does not describe a region, or an id that two regions have.
    """
    place = (folder or config_folder()) / FOLDER
    found: dict[str, SiteRegion] = {}
    for path in sorted(place.glob("*")):
        read = {".yml": _yaml, ".geojson": _geojson, ".json": _geojson}.get(path.suffix)
        for region in read(path) if read else ():
            if region.id in found:
                raise InvalidValueError(path.name, region.id, "an id that no other region has")
            found[region.id] = region
    return tuple(found[name] for name in sorted(found))


def _yaml(path: Path) -> Iterator[SiteRegion]:
    try:
        content = RegionFile.model_validate(read_mapping(path))
    except ValidationError as error:
        raise InvalidValueError(path.name, wrong_keys(error), "the keys of a region") from None
    if content.bbox is not None:
        west, south, east, north = content.bbox
        geometry: Any = shapely.box(west, south, east if east > west else east + 360, north)
    elif content.polygon is not None:
        geometry = _from_wkt(content.polygon, path)
    else:
        geometry = Point(content.point)
    radius = content.radius_km * 1000
    yield _checked(SiteRegion(path.stem, content.title.en, geometry, radius), path)


def _geojson(path: Path) -> Iterator[SiteRegion]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        features = content.get("features", [content])
        for feature in features:
            properties = feature.get("properties") or {}
            name = str(feature.get("id") or properties.get("id") or path.stem)
            title = str(properties.get("title") or properties.get("name") or name)
            yield _checked(SiteRegion(name, title, shape(feature["geometry"])), path)
    except (ValueError, KeyError, TypeError, AttributeError, shapely.errors.ShapelyError) as error:
        raise InvalidValueError(path.name, str(error), "GeoJSON features") from None


def _from_wkt(text: str, path: Path) -> Any:
    try:
        return shapely.from_wkt(text)
    except shapely.errors.ShapelyError as error:
        raise InvalidValueError(path.name, str(error), "well-known text of a polygon") from None


def _checked(region: SiteRegion, path: Path) -> SiteRegion:
    geometry = region.geometry
    if not _ID.fullmatch(region.id):
        raise InvalidValueError(path.name, region.id, "an id of lower-case letters and digits")
    if not isinstance(geometry, Polygon | MultiPolygon | Point) or geometry.is_empty:
        raise InvalidValueError(path.name, geometry.geom_type, _KINDS)
    west, south, east, north = geometry.bounds
    on_earth = -360 <= west <= east <= 540 and -90 <= south <= north <= 90
    if not (on_earth and geometry.is_valid):
        raise InvalidValueError(path.name, region.id, f"{_KINDS}, whose rings do not cross")
    return region
