"""OGC API Environmental Data Retrieval."""

from casa_ogc.web import edr, parameters
from casa_ogc.web.exchange import Endpoint
from casa_ogc.web.routes.paths import DATA_TYPES, ONE, WHEN

_EDR = (*WHEN, parameters.Z, parameters.NAMES, parameters.CRS, parameters.F)

ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint(
        "position",
        f"{ONE}/position",
        "Values at points",
        edr.position,
        (parameters.COORDS, *_EDR),
        tag="EDR",
        produces=DATA_TYPES,
    ),
    Endpoint(
        "radius",
        f"{ONE}/radius",
        "Values within a distance of a point",
        edr.radius,
        (parameters.COORDS, parameters.WITHIN, parameters.WITHIN_UNITS, *_EDR),
        tag="EDR",
        produces=DATA_TYPES,
    ),
    Endpoint(
        "area",
        f"{ONE}/area",
        "Values inside a polygon",
        edr.area,
        (parameters.COORDS, *_EDR),
        tag="EDR",
        produces=DATA_TYPES,
    ),
    Endpoint(
        "cube",
        f"{ONE}/cube",
        "Values inside a box",
        edr.cube,
        (parameters.CUBE_BBOX, *_EDR),
        tag="EDR",
        produces=DATA_TYPES,
    ),
)
