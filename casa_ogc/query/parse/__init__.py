"""Parsers of request texts: pure functions that raise InvalidValueError and nothing else."""

from casa_ogc.query.parse.bbox import parse_bbox
from casa_ogc.query.parse.crs import Crs, parse_crs
from casa_ogc.query.parse.distance import parse_distance
from casa_ogc.query.parse.subset import Cut, parse_subset
from casa_ogc.query.parse.times import parse_datetime
from casa_ogc.query.parse.vertical import parse_z
from casa_ogc.query.parse.wkt import parse_wkt

__all__ = [
    "Crs",
    "Cut",
    "parse_bbox",
    "parse_crs",
    "parse_datetime",
    "parse_distance",
    "parse_subset",
    "parse_wkt",
    "parse_z",
]
