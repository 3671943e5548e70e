"""Tracers split over workers: each computes some of them, and no number depends on how many."""

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.context import Check
from casa_processes.common.errors import InvalidValueError
from casa_processes.transport.plan import Plan, pair
from casa_processes.transport.steps import Mode, advance
from casa_processes.transport.types import LANES, MassFlux, Values


def split(q: Values, count: int) -> list[Values]:
    """Split the last dimension into at most `count` arrays of multiples of `LANES`, nearly equal.

    Parameters
    ----------
    q
        Tracers, or what is emitted of them.  shape (..., tracer)
    count
        Of workers.

    Raises
    ------
    InvalidValueError
        When the number of tracers is no such multiple, or that of workers not positive.
    """
    if q.shape[-1] % LANES or q.shape[-1] == 0:
        raise InvalidValueError("number of tracers", q.shape[-1], f"a multiple of {LANES}")
    if count < 1:
        raise InvalidValueError("number of workers", count, "1 or more")
    groups = np.array_split(np.arange(q.shape[-1] // LANES), min(count, q.shape[-1] // LANES))
    return [
        np.ascontiguousarray(q[..., group[0] * LANES : (group[-1] + 1) * LANES]) for group in groups
    ]


def parts(
    q: Values,
    forcing: MassFlux | tuple[Plan, Plan],
    count: int,
    emitted: Values | None = None,
    **more: Any,
) -> list[dict[str, Any]]:
    """Return parts of a computation for `advance_part`, such as ``Context.map`` takes them.

    Parameters
    ----------
    q, forcing, emitted
        As `advance` takes them.
    count
        Of workers.
    more
        Other arguments of `advance`.
    """
    blocks = split(q, count)
    shares: Sequence[Values | None] = [None] * len(blocks)
    if emitted is not None:
        shares = split(emitted, count)
    return [
        {"q": block, "forcing": forcing, "emitted": share, **more}
        for block, share in zip(blocks, shares, strict=True)
    ]


def advance_part(part: Mapping[str, Any], check: Check) -> dict[str, NDArray[Any]]:
    """Do one part: `advance` some tracers; a function of a module, so that workers can be sent it.

    Plans are made here where the part has a forcing, which is smaller to send.
    """
    check()
    arguments = dict(part)
    forcing = arguments.pop("forcing")
    plans = pair(forcing) if isinstance(forcing, MassFlux) else forcing
    return {"q": advance(np.array(arguments.pop("q"), order="C"), plans, **arguments)}


def joined(done: Iterable[Mapping[str, NDArray[Any]]]) -> Values:
    """Put the tracers of all parts side by side again."""
    return np.concatenate([one["q"] for one in done], axis=-1)


def advance_on_threads(
    q: Values,
    forcing: MassFlux | tuple[Plan, Plan],
    steps: int = 1,
    mode: Mode = "monotone",
    start: int = 0,
    emitted: Values | None = None,
    threads: int = 2,
) -> Values:
    """Advance on threads of this process; kernels run without the interpreter's lock.

    Parameters and errors are those of `advance`, but that `q` is left as it is.

    Returns
    -------
    ndarray
        Mole fractions after the steps.  [1], shape (z, y, x, tracer)
    """
    plans = pair(forcing) if isinstance(forcing, MassFlux) else forcing
    pieces = parts(q, plans, threads, emitted, steps=steps, mode=mode, start=start)
    with ThreadPoolExecutor(threads) as pool:
        return joined(pool.map(advance_part, pieces, [_go_on] * len(pieces)))


def _go_on() -> None:
    """Let a computation go on."""
