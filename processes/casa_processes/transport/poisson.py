"""Fluxes between the columns of a mesh that bring a given mass to each of them."""

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.errors import InvalidValueError
from casa_processes.transport.types import Mesh, Values

_ROUNDING = 1e-9


def bringing(mesh: Mesh, wanted: Values) -> tuple[Values, Values]:
    """Return the smallest fluxes that bring what is wanted: gradients of a potential.

    Parameters
    ----------
    mesh
        The columns.
    wanted
        What each column shall gain; gains and losses cancel over the globe.  [kg], shape (y, x)

    Returns
    -------
    tuple of ndarray
        Through the east face of each column, and northwards through the faces of rows.  [kg],
        shape (y, x) and (y + 1, x)

    Raises
    ------
    InvalidValueError
        When gains and losses do not cancel.

    Notes
    -----
    Poisson's equation in finite volumes: a Fourier transform along circles of latitude leaves a
    tridiagonal system for each wave, whose mean is free.
    """
    total, size = float(wanted.sum()), float(np.abs(wanted).sum())
    if abs(total) > _ROUNDING * size:
        raise InvalidValueError("total gain of the columns [kg]", total, "gains that cancel")
    across, along = _lengths(mesh)
    waves = np.arange(wanted.shape[1] // 2 + 1)
    curve = 2.0 * np.cos(2.0 * np.pi * waves / wanted.shape[1]) - 2.0
    potential = np.fft.irfft(
        _tridiagonal(across[:, None] * curve, along, np.fft.rfft(wanted, axis=1)),
        n=wanted.shape[1],
        axis=1,
    )
    east = across[:, None] * (potential - np.roll(potential, -1, axis=1))
    north = np.zeros((wanted.shape[0] + 1, wanted.shape[1]))
    north[1:-1] = along[1:-1, None] * (potential[:-1] - potential[1:])
    return east, north


def _lengths(mesh: Mesh) -> tuple[Values, Values]:
    """Return lengths of faces over distances of the columns that they part; 0 at the poles."""
    middle, edges = np.deg2rad(mesh.latitude), np.deg2rad(mesh.latitude_edges)
    step = np.deg2rad(np.diff(mesh.longitude_edges)[0])
    across = np.diff(edges) / (np.cos(middle) * step)
    along = np.zeros(edges.size)
    along[1:-1] = np.cos(edges[1:-1]) * step / np.diff(middle)
    return across, along


def _tridiagonal(
    curve: Values, along: Values, wanted: NDArray[np.complex128]
) -> NDArray[np.complex128]:
    """Solve for all waves; that of no wave is 0 in the first row."""
    rows = wanted.shape[0]
    pivot = np.zeros_like(curve)
    found = wanted.astype(np.complex128)
    for j in range(rows):
        below = along[j] * pivot[j - 1] if j else np.zeros(curve.shape[1])
        centre = curve[j] - along[j] - along[j + 1] - below
        pivot[j] = along[j + 1] / centre
        found[j] = (wanted[j] - (along[j] * found[j - 1] if j else 0.0)) / centre
        if j == 0:
            pivot[0, 0] = found[0, 0] = 0.0
    for j in range(rows - 2, -1, -1):
        found[j] -= pivot[j] * found[j + 1]
    return found
