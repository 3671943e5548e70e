"""OGC API Maps."""

from casa_ogc.web import maps, parameters
from casa_ogc.web.exchange import Endpoint
from casa_ogc.web.routes.paths import ONE, WHEN

ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint(
        "map",
        f"{ONE}/map",
        "Quick-look map",
        maps.overview_map,
        (parameters.BBOX, *WHEN, parameters.Z, parameters.VARIABLE, parameters.WIDTH, parameters.F),
        tag="Maps",
        produces=("image/png",),
    ),
)
