"""Places that go by a name: countries, continents, stations, and what a site configures."""

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

import numpy as np
from shapely import union_all
from shapely.geometry import MultiPolygon, Point, Polygon

from casa_ogc.archive.soundings import SoundingStore
from casa_ogc.catalog.entries import Catalog
from casa_ogc.catalog.regions import SiteRegion
from casa_ogc.query.request import Area, Disc, Points, Region
from casa_processes.common.errors import InvalidValueError, UnknownNameError

_SITE = "site"
"""Column that names stations."""
_MOST = 50


@dataclass(frozen=True, eq=False)
class Location:
    """A place that goes by a name.

    Attributes
    ----------
    id, name
        Identifier in requests, and name in English.
    kind
        ``country``, ``continent``, ``station`` or ``region``.
    geometry
        Polygons, or a point; longitude and latitude, polygons may run past 180.
    radius
        Around a point [m]; 0 is the point itself.
    code
        Numeric code of ISO 3166-1 of a country, by which it goes as well, and by its letters.
    """

    id: str
    name: str
    kind: str
    geometry: Polygon | MultiPolygon | Point
    radius: float = 0.0
    code: str = ""


def locations(catalog: Catalog) -> Mapping[str, Location]:
    """Return the places that a site knows, by id.

    A configured region takes the place of a bundled one of the same id.
    """
    found = {**bundled(), **{one.id: one for one in stations(catalog)}}
    return found | {one.id: _configured(one) for one in catalog.regions}


def region_of(known: Mapping[str, Location], text: str) -> Region:
    """Return the region that one id, or several separated by commas, mean together.

    Ids and names are read in either case; countries go by their codes of ISO 3166-1 as well.

    Raises
    ------
    UnknownNameError
        For an id that is not known (kind ``location``).
    InvalidValueError
        For places that cannot be joined, and for more than 50.
    """
    names = [name.strip() for name in text.split(",", _MOST)]
    if len(names) > _MOST:
        raise InvalidValueError("locationId", text, f"at most {_MOST} locations")
    found = [_named(known, name) for name in names]
    if len(found) == 1 and found[0].radius:
        place = found[0].geometry
        return Disc(place.x, place.y, found[0].radius)
    shapes = [one.geometry for one in found]
    if all(isinstance(one, Point) for one in shapes) and not any(one.radius for one in found):
        return Points(tuple(one.x for one in shapes), tuple(one.y for one in shapes))
    if any(isinstance(one, Point) for one in shapes):
        raise InvalidValueError("locationId", text, "only polygons, or only points without radius")
    return Area(shapes[0] if len(shapes) == 1 else _polygons(union_all(shapes)))


@cache
def bundled() -> Mapping[str, Location]:
    """Return countries and continents (Natural Earth), by id."""
    text = (files("casa_ogc") / "query" / "countries.json").read_text("utf-8")
    return {one.id: one for one in _read(json.loads(text)["locations"])}


@cache
def country_codes() -> Mapping[str, str]:
    """Return the numeric code of ISO 3166-1 by the codes of two and of three letters."""
    text = (files("casa_ogc") / "query" / "country_codes.json").read_text("utf-8")
    return {code: number for number, codes in json.loads(text).items() for code in codes.split()}


@cache
def source() -> str:
    """Tell where countries and continents come from."""
    text = (files("casa_ogc") / "query" / "countries.json").read_text("utf-8")
    return str(json.loads(text)["source"])


def stations(catalog: Catalog) -> tuple[Location, ...]:
    """Return the stations of all configured soundings with sites; none without them."""
    found: list[Location] = []
    for name, entry in catalog.entries().items():
        sited = entry.head.kind == "soundings" and _SITE in entry.head.variables
        store = catalog.open(entry) if sited and name in catalog.products else None
        if isinstance(store, SoundingStore):
            found += _stations(store, name)
    return tuple(found)


@lru_cache(maxsize=16)
def _stations(store: SoundingStore, product: str) -> tuple[Location, ...]:
    """Return the sites of a store, each at the mean of its places."""
    columns = store.select((_SITE, "longitude", "latitude"))
    sites, number = np.unique(columns[_SITE].astype(str), return_inverse=True)
    found = []
    for index, site in enumerate(sites.tolist()):
        mine = number == index
        place = Point(*(float(columns[n][mine].mean()) for n in ("longitude", "latitude")))
        found.append(Location(f"{product}-{slug(site)}", site, "station", place))
    return tuple(found)


def slug(name: str) -> str:
    """Return a name in lower-case ASCII letters, digits and hyphens.

    >>> slug("Rikubetsu (Japan)")
    'rikubetsu-japan'
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return "-".join(re.findall(r"[a-z0-9]+", plain))


def _read(listed: Iterable[Mapping[str, object]]) -> Iterator[Location]:
    for one in listed:
        polygons = _polygons(_rings(one["polygons"]))
        yield Location(
            str(one["id"]), str(one["name"]), str(one["kind"]), polygons, code=str(one["code"])
        )


def _rings(polygons: object) -> MultiPolygon:
    assert isinstance(polygons, list)
    return MultiPolygon([Polygon(shell, holes) for shell, *holes in polygons])


def _polygons(geometry: Polygon | MultiPolygon) -> Polygon | MultiPolygon:
    """Return a single polygon as such."""
    alone = isinstance(geometry, MultiPolygon) and len(geometry.geoms) == 1
    return geometry.geoms[0] if alone else geometry


def _configured(one: SiteRegion) -> Location:
    return Location(one.id, one.title, "region", one.geometry, one.radius)


def _named(known: Mapping[str, Location], name: str) -> Location:
    for spelled in (name, name.lower()):
        if spelled in known:
            return known[spelled]
    named = [one for one in known.values() if one.name.casefold() == name.casefold()]
    if named:
        return named[0]
    code = country_codes().get(name.upper(), name)
    coded: Sequence[Location] = [one for one in known.values() if one.code and one.code == code]
    if not coded:
        raise UnknownNameError("location", name, known)
    return max(coded, key=lambda one: float(one.geometry.area))
