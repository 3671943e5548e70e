"""Which spectra a training begins with: those whose fluorescence is that of bare ground."""

import numpy as np

from casa_processes.sif_retrieval.model.bare_spectra import BareSpectra, described, fitted
from casa_processes.sif_retrieval.model.types import Mask, Values
from casa_processes.sif_retrieval.model.vector_choice import noise_scale

_STRONG = 5.0
"""Standard deviations of noise beyond which one channel is a fault, if it stands alone."""
_REPEATED = 4
"""How often what fluorescence goes with is looked for again."""
_DEVIATION = 1.4826
"""Standard deviation of a normal distribution over its median absolute deviation."""


def near(values: Values, deviations: float) -> Mask:
    """Tell which values are within some deviations, found robustly, of their median."""
    away = np.abs(values - np.median(values))
    found: Mask = away <= deviations * _DEVIATION * np.median(away)
    return found


def beginning(every: BareSpectra) -> Mask:
    """Tell which spectra have no fault and are in the middle two thirds by fluorescence.

    Returns
    -------
    ndarray
        shape (spectrum,)

    Notes
    -----
    Vectors that hold the fluorescence of a few would hide it in all, so it is found with the first
    vector alone. What other vectors would describe, such as water vapour, looks like fluorescence
    then. It also leaves residuals, which fluorescence does not: what goes with these, robustly, is
    subtracted before the middle is taken.
    """
    whole = np.ones(every.rows.size, np.bool_)
    known = described(every, whole)
    functions = fitted(known, every, 1)
    if functions is None:
        return whole
    weight = np.where(every.used, known.weight, 0.0)
    parts = every.radiance @ (functions.functions * weight).T
    left = (every.radiance - parts @ functions.functions) * np.sqrt(weight)
    scale = noise_scale(every, known)
    left /= scale[:, None]
    fine = ~_faulty(left)
    components = _components(left, fine, every.window.vectors)
    return fine & near(_alone(parts[:, -1] / scale, components, fine), 1.0)


def _components(left: Values, fine: Mask, most: int) -> Values:
    """Return what the first principal components have of each.  shape (spectrum, component)."""
    _, vectors = np.linalg.eigh(left[fine].T @ left[fine])
    found: Values = left @ vectors[:, ::-1][:, :most]
    return found


def _alone(fluorescence: Values, components: Values, fine: Mask) -> Values:
    """Return fluorescence without what goes with the components.  shape (spectrum,).

    Least squares, again without what lies far from them: vegetation.
    """
    left = fluorescence
    functions = np.concatenate([components, np.ones((fluorescence.size, 1))], axis=1)
    for _ in range(_REPEATED):
        if fine.sum() <= 2 * functions.shape[1]:
            break
        found = np.linalg.lstsq(functions[fine], fluorescence[fine], rcond=None)[0]
        left = fluorescence - functions @ found
        fine = near(left, 3.0)
    return left


def _faulty(left: Values) -> Mask:
    """Tell which spectra have a fault: residuals most of which is in one channel.

    The response of a spectrometer spreads what comes with light over some.  shape (spectrum,)
    """
    square = np.square(left)
    highest, others = square.max(axis=1), np.maximum(square.sum(axis=1) - left.shape[1], 0.0)
    found: Mask = (highest > _STRONG**2) & (highest > 0.5 * others)
    return found
