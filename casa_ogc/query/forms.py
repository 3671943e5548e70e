"""Answers in the form that is asked: stored cells, or a grid of another size or system."""

from dataclasses import replace

from casa_ogc.archive.cubes import Cube
from casa_ogc.archive.soundings import SoundingStore
from casa_ogc.query.answer import Answer, GridAnswer
from casa_ogc.query.cost import NOTHING, Cost, Options
from casa_ogc.query.request import Request
from casa_ogc.query.run import estimate, run
from casa_ogc.query.scaled import plan_scaled
from casa_ogc.query.scaling import scale
from casa_ogc.query.targets import Form
from casa_processes.common.errors import InvalidValueError, TooLargeError

_CELL_BYTES = 4

type Store = Cube | SoundingStore


def estimate_as(store: Store, request: Request, options: Options, form: Form) -> Cost:
    """Return what a question would cost in some form; nothing of the data is read.

    Raises
    ------
    UnknownNameError, InvalidValueError
        As `run_as`.
    """
    if form.stored or not isinstance(store, Cube):
        _check(store, form)
        return estimate(store, request, options)
    try:
        planned = plan_scaled(store, request, form, options)
    except TooLargeError as error:
        return Cost(error.asked, error.asked * _CELL_BYTES, 0, 0, "")
    return NOTHING if planned is None else planned.cost


def run_as(store: Store, request: Request, options: Options, form: Form) -> Answer | None:
    """Return the answer to a question in some form; None when nothing is there.

    Raises
    ------
    UnknownNameError
        For a variable that is not stored.
    InvalidValueError
        For places, times or levels that do not exist; for soundings, which are neither scaled nor
        projected.
    TooLargeError
        For more values than allowed, before anything is read.
    """
    if not form.stored and isinstance(store, Cube):
        planned = plan_scaled(store, request, form, options)
        return None if planned is None else scale(planned, options.origin)
    _check(store, form)
    answer = run(store, request, options)
    if isinstance(answer, GridAnswer) and form.system.uri != answer.crs:
        return replace(answer, crs=form.system.uri)
    return answer


def _check(store: Store, form: Form) -> None:
    """Refuse to scale or to project soundings, which have no grid."""
    if isinstance(store, Cube):
        return
    if form.scaling.asked:
        raise InvalidValueError("scale-size", "a grid", "none: soundings are not scaled")
    if form.system.code != 0:
        raise InvalidValueError("crs", form.system.uri, "CRS84: soundings are not projected")
