"""OGC API Coverages: tiles of values, made like any other scaled coverage."""

from flask import Response

from casa_ogc.archive.heads import Head
from casa_ogc.archive.instants import instant
from casa_ogc.encoders.formats import FORMATS
from casa_ogc.encoders.tile_matrices import TILE, place_of_tile, tile_matrix_set
from casa_ogc.query.parse import parse_subset
from casa_ogc.query.parse.scaling import Scaling
from casa_ogc.query.request import Request, TimeSelection
from casa_ogc.query.systems import parse_system
from casa_ogc.query.targets import Form
from casa_ogc.web.coverage import selected
from casa_ogc.web.coverage_answers import answered
from casa_ogc.web.coverage_form import vertical_name
from casa_ogc.web.edr import times
from casa_ogc.web.exchange import Exchange
from casa_processes.common.errors import InvalidValueError, UnknownNameError

COVERAGE_TYPES = {
    name: FORMATS[name].media_type for name in ("GeoTIFF", "NetCDF", "CoverageJSON", "COG")
}
"""Formats of tiles that are linked, by name."""


def coverage_tile(exchange: Exchange) -> Response:
    """Answer a tile of 256 x 256 means by area, of the last time step unless times are asked.

    A tile without data is 204.

    Raises
    ------
    UnknownNameError
        For soundings, and for tiles that the set does not have.
    """
    entry, path = exchange.entry, exchange.path
    grid_collection(exchange)
    matrices = tile_matrix_set(path["tileMatrixSetId"])
    place = place_of_tile(matrices, path["tileMatrix"], path["tileRow"], path["tileCol"])
    window = matrices.window(*place)
    box = (window.left, window.bottom, window.right, window.top)
    cut = parse_subset(exchange.arguments.get("subset", []), vertical=vertical_name(entry))
    if cut.box is not None:
        raise InvalidValueError("subset", exchange.text("subset"), "time and levels of a tile")
    form = Form(Scaling(sizes={"x": TILE, "y": TILE}), parse_system(matrices.crs), box)
    question = Request(
        variables=selected(exchange),
        time=cut.time or times(exchange) or last_step(entry.head),
        vertical=cut.vertical,
    )
    return answered(exchange, question, form)


def last_step(head: Head) -> TimeSelection | None:
    """Return the time of answers that show one step when none is asked."""
    if head.time is None:
        return None
    last = instant(head.time[1])
    return TimeSelection(((last, last),))


def grid_collection(exchange: Exchange) -> None:
    """Refuse coverage tiles of soundings.

    Raises
    ------
    UnknownNameError
        When the collection has no grid.
    """
    if exchange.entry.head.kind != "grid":
        base = f"/collections/{exchange.entry.product.id}"
        raise UnknownNameError("page", f"{base}/coverage/tiles", [f"{base}/tiles"])
