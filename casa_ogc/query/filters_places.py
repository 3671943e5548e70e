"""Places in filters: where the centre of a sounding lies to a point, a polygon or a box."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from casa_ogc.archive.axes import Bounds
from casa_ogc.query.filters_tree import Tree, refused
from casa_ogc.query.parse.crs import Crs, lon_lat
from casa_ogc.query.places import checked
from casa_ogc.query.regions import split
from casa_ogc.query.request import Area, Points
from casa_processes.common.polygons import inside

_KINDS = "POINT, MULTIPOINT, POLYGON, MULTIPOLYGON, BBOX or ENVELOPE"

type Mask = NDArray[np.bool_]
type Shape = Points | Area


@dataclass(frozen=True, eq=False)
class Relation:
    """How centres must lie to a shape: `test` of longitudes and latitudes, within `boxes`.

    `boxes` is None where centres may lie anywhere.
    """

    test: Callable[[NDArray[Any], NDArray[Any]], Mask]
    boxes: tuple[Bounds, ...] | None


def relation(operator: str, tree: Tree, crs: Crs, turned: bool) -> Relation:
    """Return the relation of the centre to a literal shape.

    Parameters
    ----------
    operator
        ``s_intersects`` (the edge counts), ``s_within`` (the edge does not), ``s_contains``,
        ``s_equals`` or ``s_disjoint``.
    tree
        The shape: GeoJSON, ``bbox`` or ENVELOPE.
    crs
        Reference system of its coordinates.
    turned
        Whether the shape comes first.

    Raises
    ------
    InvalidValueError
        For other operators, shapes, and coordinates that do not exist on Earth.
    """
    shape = _shape(tree, crs)
    if turned:
        operator = {"s_contains": "s_within", "s_within": "s_contains"}.get(operator, operator)
    boxes = tuple(_boxes(shape))
    if operator == "s_disjoint":
        met = _met(shape, boundary=True)
        return Relation(lambda x, y: ~met(x, y), None)
    if operator in ("s_intersects", "s_within"):
        return Relation(_met(shape, boundary=operator == "s_intersects"), boxes)
    if operator in ("s_contains", "s_equals"):
        return Relation(_same(shape), boxes)
    known = "s_intersects, s_within, s_contains, s_equals, s_disjoint"
    raise refused(operator, f"one of {known}")


def _met(shape: Shape, boundary: bool) -> Callable[[NDArray[Any], NDArray[Any]], Mask]:
    if isinstance(shape, Points):
        return lambda x, y: _on(shape, x, y)
    if boundary:
        return lambda x, y: inside(shape.geometry, x, y)
    return lambda x, y: _interior(shape.geometry, x, y)


def _same(shape: Shape) -> Callable[[NDArray[Any], NDArray[Any]], Mask]:
    """A centre holds, or equals, one point only."""
    if isinstance(shape, Points) and len(set(zip(*_coordinates(shape), strict=True))) == 1:
        return lambda x, y: _on(shape, x, y)
    return lambda x, _: np.zeros(x.size, dtype=bool)


def _coordinates(points: Points) -> tuple[tuple[float, ...], tuple[float, ...]]:
    return points.longitudes, points.latitudes


def _on(points: Points, x: NDArray[Any], y: NDArray[Any]) -> Mask:
    found = np.zeros(x.size, dtype=bool)
    for longitude, latitude in zip(*_coordinates(points), strict=True):
        found |= (np.remainder(x - longitude, 360.0) == 0) & (y == latitude)
    return found


def _interior(geometry: Any, x: NDArray[Any], y: NDArray[Any]) -> Mask:
    """Return which places lie inside a polygon and not on its boundary, at any turn."""
    shapely.prepare(geometry)
    west, _, east, _ = geometry.bounds
    found = np.zeros(x.size, dtype=bool)
    for turn in range(math.ceil((west - 180) / 360), math.floor((east + 180) / 360) + 1):
        found |= shapely.contains_xy(geometry, x + 360.0 * turn, y)
    return found


def _boxes(shape: Shape) -> list[Bounds]:
    if isinstance(shape, Area):
        return split(Bounds(*shape.geometry.bounds))
    places = set(zip(*_coordinates(shape), strict=True))
    return [box for x, y in sorted(places) for box in split(Bounds(x, y, x, y))]


def _shape(tree: Tree, crs: Crs) -> Shape:
    if not isinstance(tree, dict):
        raise refused(tree, _KINDS)
    corners = tree.get("bbox") or (tree.get("op") == "ENVELOPE" and tree.get("args"))
    if corners:
        return _checked(Area(_box(corners, crs)))
    kind, found = tree.get("type"), tree.get("coordinates")
    if kind in ("Point", "MultiPoint"):
        pairs = [_pair(one, crs) for one in ([found] if kind == "Point" else _list(found))]
        if not pairs:
            raise refused(tree, "one point or more")
        return _checked(Points(*zip(*pairs, strict=True)))
    if kind not in ("Polygon", "MultiPolygon"):
        raise refused(kind or tree, _KINDS)
    polygons = [_polygon(one, crs) for one in ([found] if kind == "Polygon" else _list(found))]
    return _checked(Area(polygons[0] if len(polygons) == 1 else shapely.MultiPolygon(polygons)))


def _checked(shape: Shape) -> Shape:
    checked(shape, "filter")
    return shape


def _box(corners: Any, crs: Crs) -> shapely.Polygon:
    numbers = [_number(one) for one in _list(corners)]
    if len(numbers) not in (4, 6):
        raise refused(corners, "a box of 4 or 6 numbers")
    half = len(numbers) // 2
    west, south = lon_lat(numbers[0], numbers[1], crs)
    east, north = lon_lat(numbers[half], numbers[half + 1], crs)
    if south > north:
        raise refused(corners, "south not above north")
    return shapely.box(west, south, east + 360.0 if east < west else east, north)


def _polygon(rings: Any, crs: Crs) -> shapely.Polygon:
    lines = [[_pair(one, crs) for one in _list(ring)] for ring in _list(rings)]
    if not lines or any(len(line) < 4 or line[0] != line[-1] for line in lines):
        raise refused(rings, "closed rings of four positions or more")
    return shapely.Polygon(lines[0], lines[1:])


def _pair(position: Any, crs: Crs) -> tuple[float, float]:
    numbers = [_number(one) for one in _list(position)]
    if len(numbers) not in (2, 3):
        raise refused(position, "positions of two or three numbers")
    return lon_lat(numbers[0], numbers[1], crs)


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise refused(value, "a list of coordinates")
    return value


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, float | int):
        raise refused(value, "a number")
    return float(value)
