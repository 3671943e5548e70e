"""Fits of many soundings with what was trained: strictly, or with one product for each."""

from collections.abc import Sequence

import numpy as np

from casa_processes.common.errors import UnknownNameError
from casa_processes.sif_retrieval.kernel import weighted
from casa_processes.sif_retrieval.model.design import Design, filled, products
from casa_processes.sif_retrieval.model.functionals import by_functionals
from casa_processes.sif_retrieval.model.trained import Training
from casa_processes.sif_retrieval.model.types import (
    Block,
    Method,
    Outcome,
    Values,
    Whole,
    Window,
    WindowResult,
    result,
)

_METHODS = ("functional", "weighted")


def fit(
    block: Block,
    training: Sequence[Training | None],
    window: Window,
    method: Method = "functional",
) -> WindowResult:
    """Fit fluorescence to many soundings.

    Parameters
    ----------
    block
        Spectra.
    training
        Of each footprint, in the order of the block's wavelengths; None where there is none.
    window
        That the training is of.
    method
        "weighted": least squares with the noise of each channel of each sounding; "functional":
        one product with a function that was made for the brightness of the sounding and the noise
        that is usual there.

    Returns
    -------
    WindowResult
        NaN where the outcome is not `Outcome.FITTED`. Soundings do not touch each other: any part
        of a block, in any order, gives the same bits.

    Raises
    ------
    UnknownNameError
        When there is no such method.
    """
    if method not in _METHODS:
        raise UnknownNameError("method", method, _METHODS)
    if method == "functional":
        return by_functionals(block, training, window)
    found = np.full((4, len(block)), np.nan)
    outcome = np.full(len(block), Outcome.NO_TRAINING, np.int8)
    bright = np.ones(len(block))
    for each in training:
        if each is not None:
            rows = np.flatnonzero(block.footprint == each.footprint)
            one = Design(each.design, each.scale)
            found[:, rows], outcome[rows] = least_squares(
                block, rows, (each.first, each.last), window, one
            )
            bright[rows] = each.continuum
    return result(found[0], found[1], found[3] * bright, found[2], outcome)


def least_squares(
    block: Block,
    rows: Whole,
    channels: tuple[int, int],
    window: Window,
    functions: Design,
) -> tuple[Values, np.ndarray[tuple[int], np.dtype[np.int8]]]:
    """Fit the same functions to some soundings of a block.

    Parameters
    ----------
    rows
        The soundings.  shape (row,)
    channels
        First channel and the one after the last.
    functions
        Over these channels.

    Returns
    -------
    tuple of ndarray
        Fluorescence, its standard deviation, misfit per degree of freedom and mean radiance, shape
        (4, row); outcomes, shape (row,).
    """
    found, outcome = np.empty((4, rows.size)), np.empty(rows.size, np.int8)
    known = filled(functions.functions)
    weighted(
        block.radiance, block.noise, rows, *channels, window.full_scale, known,
        products(known), found, outcome,
    )  # fmt: skip
    found[:2] /= functions.scale
    return found, outcome
