"""One question, one answer: request, plan, read, sample."""

from casa_ogc.archive.cubes import Cube
from casa_ogc.archive.soundings import SoundingStore
from casa_ogc.query.along import along, path_cost
from casa_ogc.query.answer import Answer
from casa_ogc.query.corridors import corridor_cost, corridor_grid
from casa_ogc.query.cost import NOTHING, Cost, Options, refuse_excess
from casa_ogc.query.grids import grids
from casa_ogc.query.plan import plan
from casa_ogc.query.request import Corridor, Path, Request
from casa_ogc.query.soundings import sounding_cost, soundings

__all__ = ["Cost", "Options", "estimate", "run"]


def estimate(store: Cube | SoundingStore, request: Request, options: Options) -> Cost:
    """Return what a question would cost; nothing of the data is read.

    Raises
    ------
    UnknownNameError
        For a variable that is not stored.
    InvalidValueError
        For places, times or levels that do not exist.
    """
    if not isinstance(store, Cube):
        return sounding_cost(store, request, options)
    if isinstance(request.region, Path):
        return path_cost(store, request, options)
    if isinstance(request.region, Corridor):
        return corridor_cost(store, request, options)
    planned = plan(store, request, options)
    return NOTHING if planned is None else planned.cost


def run(store: Cube | SoundingStore, request: Request, options: Options) -> Answer | None:
    """Return the answer to a question; None when nothing is there.

    Raises
    ------
    UnknownNameError
        For a variable that is not stored.
    InvalidValueError
        For places, times or levels that do not exist.
    TooLargeError
        For more values than allowed, before anything is read.
    """
    if not isinstance(store, Cube):
        return soundings(store, request, options)
    if isinstance(request.region, Path):
        return along(store, request, options)
    if isinstance(request.region, Corridor):
        return corridor_grid(store, request, options)
    planned = plan(store, request, options)
    if planned is None:
        return None
    refuse_excess(planned.cost, options)
    return grids(planned, options.origin)
