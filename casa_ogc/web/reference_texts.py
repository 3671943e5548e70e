"""Well-known text of the reference systems in which coordinates are given."""

import pyproj

from casa_ogc.web.respond import CRS84, EPSG4326

_USES = ("usages", "scope", "area", "bbox")


def wkt_of(crs: str) -> str:
    """Return the well-known text of a reference system, which PROJ knows offline.

    That of 2015, without where and for what it may be used: it keeps the order of axes, and is a
    third as long as that of 2019, which lists the members of the datum. EDR wants it in each query
    of each collection, in lists as well.
    """
    name = {CRS84: "OGC:CRS84", EPSG4326: "EPSG:4326"}[crs]
    known = pyproj.CRS.from_user_input(name).to_json_dict()
    bare = {key: value for key, value in known.items() if key not in _USES}
    return str(pyproj.CRS.from_json_dict(bare).to_wkt("WKT2_2015_SIMPLIFIED"))


CRS_DETAILS = tuple({"crs": crs, "wkt": wkt_of(crs)} for crs in (CRS84, EPSG4326))
