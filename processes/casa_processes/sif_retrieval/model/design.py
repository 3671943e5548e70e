"""Functions that are fitted to a spectrum, fluorescence last, in a well-conditioned form."""

from dataclasses import dataclass

import numpy as np

from casa_processes.sif_retrieval.kernel import STEPS
from casa_processes.sif_retrieval.model.types import Mask, Values, Window
from casa_processes.sif_retrieval.model.window import emission, place

DEPENDENT = 1e-6
"""Least part of a function that does not lie in the others."""


@dataclass(frozen=True, eq=False)
class Design:
    """Functions of one fit.

    Attributes
    ----------
    functions
        Orthonormal under the weights that they were made for.  shape (parameter, channel)
    scale
        Fluorescence is the last coefficient over it.
    """

    functions: Values
    scale: float


def columns(vectors: Values, wavelength: Values, window: Window) -> Values:
    """Return polynomials times the first vector, the other vectors, and fluorescence.

    Parameters
    ----------
    vectors
        [1], shape (vector, channel)
    wavelength
        [um], shape (channel,)

    Returns
    -------
    ndarray
        shape (order + vector + 1, channel)
    """
    powers = place(wavelength, window) ** np.arange(window.order + 1)[:, None]
    return np.concatenate(
        [vectors[0] * powers, vectors[1:], emission(wavelength, window)[None]], axis=0
    )


def design(functions: Values, weight: Values) -> Design | None:
    """Turn functions into orthonormal ones that span the same.

    Parameters
    ----------
    functions
        Fluorescence last.  shape (parameter, channel)
    weight
        Of the channels.  shape (channel,)

    Returns
    -------
    Design or None
        None when they are not independent in the channels of positive weight.

    Notes
    -----
    K' W^(1/2) = Q R: with K = D R the coefficients of D are R s, and the last of them is R_pp
    times the fluorescence. Normal equations of functions that are nearly orthonormal keep the
    digits that those of the first ones would lose.
    """
    root = np.sqrt(weight)
    size = np.linalg.norm(functions * root, axis=1)
    if not (size > 0.0).all():
        return None
    _, upper = np.linalg.qr((functions * root / size[:, None]).T)
    diagonal = np.abs(np.diag(upper))
    if functions.shape[0] > (weight > 0.0).sum() or diagonal.min() < DEPENDENT:
        return None
    signed = upper * np.sign(np.diag(upper))[:, None]
    orthonormal = np.linalg.solve(signed.T, functions / size[:, None])
    return Design(orthonormal, float(signed[-1, -1] * size[-1]))


def filled(rows: Values) -> Values:
    """Append zeros until the number of channels is a multiple of what the kernel adds at once."""
    spare = -rows.shape[-1] % STEPS
    widths = [(0, 0)] * (rows.ndim - 1) + [(0, spare)]
    return np.ascontiguousarray(np.pad(rows, widths))


def products(functions: Values) -> Values:
    """Return products of each two functions, those of the lower triangle row by row.

    Parameters
    ----------
    functions
        shape (parameter, channel)

    Returns
    -------
    ndarray
        shape (parameter (parameter + 1) / 2, channel)
    """
    i, j = np.tril_indices(functions.shape[0])
    return np.ascontiguousarray(functions[i] * functions[j])


def shares(used: Mask) -> Values:
    """Return the weights of channels in the mean radiance, which sum to 1.  shape (channel,)."""
    found: Values = used / used.sum()
    return found
