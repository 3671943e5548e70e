"""Steps of transport, forwards and backwards, and what is emitted between them.

Arrays of tracers are changed in place: mole fractions ``q[z, y, x, t]``, float64, C-contiguous,
their number a multiple of `LANES`. Each tracer is computed by itself, so that tracers may be split
over workers without changing a number.
"""

from typing import Literal

import numpy as np

from casa_processes.common.constants import MOLAR_MASS_CARBON_DIOXIDE, MOLAR_MASS_DRY_AIR
from casa_processes.common.errors import InvalidValueError
from casa_processes.transport.backward.kernel import horizontal_back, vertical_back
from casa_processes.transport.kernel import horizontal, vertical
from casa_processes.transport.lanes.kernel import Width
from casa_processes.transport.plan import Plan, Stage, pair, plan
from casa_processes.transport.types import LANES, MassFlux, Values

type Mode = Literal["monotone", "linear"]
"""Slopes limited so that no new extreme arises, or the whole step linear in each tracer."""

_MODES = ("monotone", "linear")
_WIDE = 32


def step(q: Values, course: Plan | MassFlux, mode: Mode = "monotone") -> Values:
    """Move tracers by one step, in place.

    Parameters
    ----------
    q
        Mole fractions.  [1], shape (z, y, x, tracer)
    course
        A plan, or a forcing whose directions come as zonal, meridional, vertical.
    mode
        Whether slopes are limited.

    Returns
    -------
    ndarray
        `q`.

    Raises
    ------
    InvalidValueError
        When the array is not of the form told above, or there is no such mode.
    CourantError
        When the step is too long; nothing has been changed then.
    """
    if mode not in _MODES:
        raise InvalidValueError("mode", mode, " or ".join(_MODES))
    ready = course if isinstance(course, Plan) else plan(course)
    check_tracers(q, ready.shape)
    width, flat = _width(q), q.reshape(-1)
    for stage in ready.stages:
        if not ready.zonal_first:
            _lift(q, stage, mode == "monotone", width)
        horizontal(
            flat, q.shape[3], stage.first, stage.zonal, stage.meridional,
            ready.zonal_first, mode == "monotone", width,
        )  # fmt: skip
        if ready.zonal_first:
            _lift(q, stage, mode == "monotone", width)
    return q


def adjoint_step(sensitivity: Values, course: Plan | MassFlux) -> Values:
    """Apply the transpose of a step in linear mode, in place.

    Parameters
    ----------
    sensitivity
        Derivatives of anything by the mole fractions after the step, which become those by the
        mole fractions before it.  shape (z, y, x, tracer)
    course
        A plan, or a forcing as `step` takes it.

    Returns
    -------
    ndarray
        `sensitivity`.

    Raises
    ------
    InvalidValueError, CourantError
        As `step` does.

    Notes
    -----
    The transpose is that of plain sums, <L q, s> = <q, L' s>. Weighted by air, it is M L' M^-1.
    """
    ready = course if isinstance(course, Plan) else plan(course)
    check_tracers(sensitivity, ready.shape)
    width, flat = _width(sensitivity), sensitivity.reshape(-1)
    for stage in reversed(ready.stages):
        if ready.zonal_first:
            _lift_back(sensitivity, stage, width)
        horizontal_back(
            flat, sensitivity.shape[3], stage.first, stage.zonal, stage.meridional,
            ready.zonal_first, width,
        )  # fmt: skip
        if not ready.zonal_first:
            _lift_back(sensitivity, stage, width)
    return sensitivity


def advance(
    q: Values,
    forcing: MassFlux | tuple[Plan, Plan],
    steps: int = 1,
    mode: Mode = "monotone",
    start: int = 0,
    emitted: Values | None = None,
) -> Values:
    """Move tracers by some steps of one forcing, whose order of directions alternates.

    Parameters
    ----------
    q
        Mole fractions, changed in place.  [1], shape (z, y, x, tracer)
    forcing
        Air and its moves, or its plans (`pair`), which are worth keeping.
    steps
        How many.
    mode
        Whether slopes are limited.
    start
        Number of the first step since the beginning; even ones begin with the zonal direction.
    emitted
        Added before each step, as `emit` takes it.  [kg], shape (y, x, tracer)

    Returns
    -------
    ndarray
        `q`.

    Raises
    ------
    InvalidValueError
        When values are missing, or as `step` does.
    CourantError
        When the step is too long.
    """
    plans = pair(forcing) if isinstance(forcing, MassFlux) else forcing
    check_tracers(q, plans[0].shape)
    if not np.isfinite(q).all():
        raise InvalidValueError("tracers", "NaN or infinity", "finite mole fractions")
    for number in range(start, start + steps):
        ready = plans[number % 2]
        if emitted is not None:
            emit(q, emitted, ready.before)
        step(q, ready, mode)
    return q


def emit(
    q: Values, emitted: Values, mass: Values, molar_mass: float = MOLAR_MASS_CARBON_DIOXIDE
) -> Values:
    """Add what is emitted into the lowest layer, in place.

    Parameters
    ----------
    q
        Mole fractions.  [1], shape (z, y, x, tracer)
    emitted
        Mass of each tracer, negative where it is taken up.  [kg], shape (y, x, tracer)
    mass
        Air.  [kg], shape (z, y, x)
    molar_mass
        Of the tracers.  [kg mol-1]

    Returns
    -------
    ndarray
        `q`.

    Raises
    ------
    InvalidValueError
        When shapes do not agree or emissions are missing.
    """
    if emitted.shape != q.shape[1:]:
        raise InvalidValueError("emitted", emitted.shape, f"shape {q.shape[1:]}")
    if not np.isfinite(emitted).all():
        raise InvalidValueError("emitted", "NaN or infinity", "finite masses [kg]")
    q[0] += emitted * (MOLAR_MASS_DRY_AIR / molar_mass / mass[0])[:, :, None]
    return q


def check_tracers(q: Values, shape: tuple[int, int, int]) -> None:
    """Raise `InvalidValueError` when an array of tracers is not of the form that kernels take."""
    if q.ndim != 4 or q.shape[:3] != shape:
        raise InvalidValueError("tracers", q.shape, f"shape {shape} and a number of tracers")
    if q.shape[3] == 0 or q.shape[3] % LANES:
        raise InvalidValueError("number of tracers", q.shape[3], f"a multiple of {LANES}")
    if q.dtype != np.float64 or not q.flags.c_contiguous:
        raise InvalidValueError("tracers", str(q.dtype), "C-contiguous float64")


def _lift(q: Values, stage: Stage, limited: bool, width: Width) -> None:
    if q.shape[0] > 1:
        vertical(q.reshape(-1), q.shape[3], stage.columns, limited, width)


def _lift_back(q: Values, stage: Stage, width: Width) -> None:
    if q.shape[0] > 1:
        vertical_back(q.reshape(-1), q.shape[3], stage.columns, width)


def _width(q: Values) -> Width:
    """Return as many numbers as tracers are moved at a time; kernels know their count."""
    return (0,) * (_WIDE if q.shape[3] % _WIDE == 0 else LANES)
