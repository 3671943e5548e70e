"""OGC API Environmental Data Retrieval: queries of collections and of their versions, two roots.

Every query is offered below a collection and below each of its instances, at the root of the site
and once more below ``/edr``, where nothing else stands and all collections answer the same queries.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from casa_ogc.web import (
    edr,
    edr_instances,
    edr_lines,
    edr_parameters,
    edr_places,
    edr_root,
    parameters,
)
from casa_ogc.web.exchange import Endpoint, Handler
from casa_ogc.web.parameters import Parameter
from casa_ogc.web.routes import features
from casa_ogc.web.routes.paths import DATA_TYPES, GEOJSON_TYPES, ONE, WHEN

ROOT = "/edr"
INSTANCE = f"{ONE}/instances/<instance_id>"
_ALL = (parameters.Z, parameters.NAMES, parameters.CRS, edr_parameters.ESTIMATE, parameters.F)
_WHERE = (*WHEN, *_ALL, *parameters.FILTERS)
_RESOLUTION = (
    edr_parameters.RESOLUTION_X,
    edr_parameters.RESOLUTION_Y,
    edr_parameters.RESOLUTION_Z,
)
_REDUCED = edr_parameters.REDUCTION
_WIDE = (
    edr_parameters.CORRIDOR_WIDTH,
    edr_parameters.WIDTH_UNITS,
    edr_parameters.CORRIDOR_HEIGHT,
    edr_parameters.HEIGHT_UNITS,
    edr_parameters.TOLERANCE,
)
_PLACES = (
    replace(parameters.BBOX, description="Box that the places must meet."),
    *WHEN,
    edr_parameters.LIMIT,
    parameters.F,
)


@dataclass(frozen=True)
class _Query:
    """A query as it is offered in several places."""

    name: str
    summary: str
    handler: Handler
    parameters: tuple[Parameter, ...]
    path: str = ""
    produces: tuple[str, ...] = DATA_TYPES


_QUERIES = (
    _Query(
        "position",
        "Values at points",
        edr.position,
        (
            parameters.COORDS,
            *_WHERE,
            edr_parameters.LIMIT,
            *_REDUCED,
            *edr_parameters.MODELLED,
        ),
    ),
    _Query(
        "radius",
        "Values within a distance of a point",
        edr.radius,
        (
            parameters.COORDS,
            parameters.WITHIN,
            parameters.WITHIN_UNITS,
            *_WHERE,
            edr_parameters.LIMIT,
            *_REDUCED,
            *edr_parameters.MODELLED,
        ),
    ),
    _Query(
        "area",
        "Values inside a polygon",
        edr.area,
        (
            parameters.COORDS,
            *_WHERE,
            edr_parameters.LIMIT,
            *_RESOLUTION,
            *_REDUCED,
            *edr_parameters.MODELLED,
        ),
    ),
    _Query(
        "cube",
        "Values inside a box",
        edr.cube,
        (parameters.CUBE_BBOX, *_WHERE, *_RESOLUTION, *_REDUCED),
    ),
    _Query(
        "trajectory",
        "Values along lines",
        edr_lines.trajectory,
        (edr_parameters.LINES, edr_parameters.TOLERANCE, *_WHERE, *edr_parameters.MODELLED),
    ),
    _Query(
        "corridor",
        "Values within a distance of lines",
        edr_lines.corridor,
        (edr_parameters.LINES, *_WIDE, *_WHERE, *_RESOLUTION, *_REDUCED),
    ),
    _Query(
        "locations",
        "Places that go by a name",
        edr_places.all_locations,
        _PLACES,
        produces=GEOJSON_TYPES,
    ),
    _Query(
        "location",
        "Values in one or several places that go by a name",
        edr_places.one_location,
        (*_WHERE, edr_parameters.LIMIT, *_RESOLUTION, *_REDUCED, *edr_parameters.MODELLED),
        path="locations/<location_id>",
    ),
)


def _offered(root: str) -> Iterator[Endpoint]:
    """Yield the queries below collections and instances of a root."""
    for base, kind in ((ONE, ""), (INSTANCE, "instance-")):
        for query in _QUERIES:
            yield Endpoint(
                f"{root[1:]}{'-' if root else ''}{kind}{query.name}",
                f"{root}{base}/{query.path or query.name}",
                query.summary,
                query.handler,
                query.parameters,
                methods=("GET", "POST"),
                tag="EDR",
                produces=query.produces,
                posts=True,
                root=root,
            )
    prefix = f"{root[1:]}-" if root else ""
    for name, rule, summary, handler in (
        ("instances", f"{ONE}/instances", "Versions", edr_instances.all_instances),
        ("instance", INSTANCE, "Description of a version", edr_instances.one_instance),
    ):
        yield Endpoint(
            f"{prefix}{name}",
            f"{root}{rule}",
            summary,
            handler,
            (parameters.F,),
            tag="EDR",
            root=root,
        )


def _root() -> Iterator[Endpoint]:
    """Yield the documents of the root ``/edr``, and the items of its collections."""
    lists = (
        ("landing", "/", "Landing page of environmental data retrieval", edr_root.landing),
        ("conformance", "/conformance", "Conformance classes", edr_root.conformance),
    )
    for name, rule, summary, handler in lists:
        yield Endpoint(
            f"edr-{name}", f"{ROOT}{rule}", summary, handler, (parameters.F,), tag="EDR", root=ROOT
        )
    filters = (
        parameters.BBOX,
        *WHEN,
        parameters.TEXT_SEARCH,
        parameters.MISSION,
        parameters.VARIABLE,
        parameters.LANG,
        parameters.F,
    )
    yield Endpoint(
        "edr-collections",
        f"{ROOT}/collections",
        "Collections with their queries",
        edr_root.all_collections,
        filters,
        tag="EDR",
        root=ROOT,
    )
    yield Endpoint(
        "edr-collection",
        f"{ROOT}{ONE}",
        "Description of a collection with its queries",
        edr_root.one_collection,
        (parameters.LANG, parameters.F),
        tag="EDR",
        root=ROOT,
    )
    for one in features.ENDPOINTS:
        if one.name in ("items", "item"):
            yield replace(one, name=f"edr-{one.name}", rule=f"{ROOT}{one.rule}", root=ROOT)


ENDPOINTS: tuple[Endpoint, ...] = (*_offered(""), *_offered(ROOT), *_root())
