"""Well-known text of the reference systems in which coordinates are given."""

import pyproj

from casa_ogc.web.respond import CRS84, EPSG4326


def wkt_of(crs: str) -> str:
    """Return the well-known text of a reference system, which PROJ knows offline."""
    name = {CRS84: "OGC:CRS84", EPSG4326: "EPSG:4326"}[crs]
    return str(pyproj.CRS.from_user_input(name).to_wkt())


CRS_DETAILS = tuple({"crs": crs, "wkt": wkt_of(crs)} for crs in (CRS84, EPSG4326))
