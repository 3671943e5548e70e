"""A step of transport in plain numpy, for Courant numbers below 1: peer and reference of ours."""

import numpy as np
from numpy.typing import NDArray

from casa_processes.transport.types import MassFlux

type Values = NDArray[np.float64]


def step(q: Values, forcing: MassFlux, monotone: bool) -> Values:
    """Return mole fractions after a step: zonal, meridional, vertical, each with its exchange.

    Parameters
    ----------
    q
        Mole fractions.  [1], shape (z, y, x, tracer)
    forcing
        No flux takes more than the air of the cell that it leaves; the number of columns is even.
    monotone
        Whether slopes are limited.
    """
    air = forcing.mass
    east = np.roll(q, 1, axis=2), np.roll(q, -1, axis=2)
    q, air = _moved(q, air, forcing.east, np.roll(forcing.east, 1, axis=2), 2, east, monotone)
    over = np.roll(q[:, [0, -1]], q.shape[2] // 2, axis=2)
    south, north = np.roll(q, 1, axis=1), np.roll(q, -1, axis=1)
    south[:, 0], north[:, -1] = over[:, 0], over[:, 1]
    q, air = _moved(
        q, air, forcing.north[:, 1:], forcing.north[:, :-1], 1, (south, north), monotone
    )
    mixed = np.broadcast_to(forcing.exchange[:, 1:-1, None], (q.shape[0], q.shape[1] - 1, 1))
    q = np.moveaxis(_exchanged(*(np.moveaxis(one, 1, 0) for one in (q, air, mixed))), 0, 1)
    low, high = np.roll(q, 1, axis=0), np.roll(q, -1, axis=0)
    low[0] = q[0] if monotone else 2.0 * q[0] - q[1]
    high[-1] = q[-1] if monotone else 2.0 * q[-1] - q[-2]
    q, air = _moved(q, air, forcing.up[1:], forcing.up[:-1], 0, (low, high), monotone)
    return _exchanged(q, air, forcing.mixing)


def _moved(
    q: Values, air: Values, out: Values, into: Values, axis: int, near: tuple[Values, Values],
    monotone: bool,
) -> tuple[Values, Values]:  # fmt: skip
    """Move along one axis; fluxes through the upper and the lower face of each cell."""
    low, high = q - near[0], near[1] - q
    slope = (low + high) / 4.0
    if monotone:
        least = np.minimum(np.abs(low), np.abs(high))
        slope = np.sign(slope) * np.minimum(np.abs(slope), least) * (low * high > 0.0)
    own = q + (1.0 - np.abs(out) / air)[..., None] * slope
    beyond = np.roll(air, -1, axis=axis)
    other = np.roll(q, -1, axis=axis) - (1.0 - np.abs(out) / beyond)[..., None] * np.roll(
        slope, -1, axis=axis
    )
    flux = out[..., None] * np.where((out >= 0.0)[..., None], own, other)
    after = air + into - out
    arriving = np.roll(flux, 1, axis=axis)
    return (q * air[..., None] + arriving - flux) / after[..., None], after


def _exchanged(q: Values, air: Values, mixed: Values) -> Values:
    """Exchange along the first axis, implicitly; air of shape (n, ...), `mixed` of one less."""
    q, pivot = q.copy(), np.zeros_like(air)
    below = np.zeros_like(air[0])
    for k in range(q.shape[0]):
        above = mixed[k] if k < q.shape[0] - 1 else np.zeros_like(air[0])
        gain = 1.0 / (air[k] + below + above - (below * pivot[k - 1] if k else 0.0))
        pivot[k] = above * gain
        q[k] = (gain * air[k])[..., None] * q[k]
        if k:
            q[k] += (gain * below)[..., None] * q[k - 1]
        below = above
    for k in range(q.shape[0] - 2, -1, -1):
        q[k] += pivot[k][..., None] * q[k + 1]
    return q
