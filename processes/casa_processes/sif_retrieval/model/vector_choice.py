"""How many singular vectors spectra without vegetation are made of."""

import numpy as np

from casa_processes.sif_retrieval.model.bare_spectra import BareSpectra, Description
from casa_processes.sif_retrieval.model.design import DEPENDENT, columns
from casa_processes.sif_retrieval.model.types import Mask, Values

_LEAST = float(np.finfo(np.float64).tiny)


def noise_scale(every: BareSpectra, known: Description) -> Values:
    """Return the noise of each spectrum over that of typical ones.  [1], shape (spectrum,)."""
    weight = known.weight[every.used]
    found: Values = np.sqrt(every.noise[:, every.used] ** 2 @ (weight / weight.size))
    return found


def criterion(every: BareSpectra, known: Description, keep: Mask) -> Values:
    """Return the Bayesian information criterion of 1, 2, ... vectors.

    Parameters
    ----------
    every, keep
        Spectra, and which of them are judged.  shape (spectrum,)
    known
        What these have in common.

    Returns
    -------
    ndarray
        Of a spectrum, shape (vector,); infinite where functions are not independent.

    Notes
    -----
    Spectra over their noise are seen as random: what the first vector and fluorescence leave, in d
    dimensions, has variances l_i along q further vectors and s in all other directions. For N
    spectra the criterion is N [sum ln l_i + (d - q) ln s] + m ln N with
    m = d q - q (q + 1) / 2 + q + 1 parameters, that of probabilistic principal components
    (Minka 2000, Neural Inf. Process. Syst. 13, 598). What few of many spectra show adds up; a
    common factor of all noise does not matter. Fluorescence is left out of what is judged: an
    offset of the detector looks the same, and is for the zero level to find.
    """
    vectors, first = every.window.vectors, every.window.order + 2
    root = np.sqrt(np.where(every.used, known.weight, 0.0))
    functions = columns(known.vectors[:vectors], every.wavelength, every.window) * root
    functions = np.insert(functions[:-1], first - 1, functions[-1], axis=0)
    count = min(functions.shape[0], int(every.used.sum()) - 1)
    found = np.full(vectors, np.inf)
    if count < first:
        return found
    basis, upper = np.linalg.qr(functions[:count].T)
    own = np.abs(np.diag(upper)) >= DEPENDENT * np.linalg.norm(functions[:count], axis=1)
    left = every.radiance[keep] * root / noise_scale(every, known)[keep, None]
    left -= (left @ basis[:, :first]) @ basis[:, :first].T
    along = np.square(left @ basis[:, first:]).mean(axis=0)
    size, spectra, number = int(every.used.sum()) - first, left.shape[0], np.arange(along.size + 1)
    rest = np.square(left).sum() / spectra - np.concatenate([[0.0], np.cumsum(along)])
    variance = np.maximum(rest / (size - number), _LEAST)
    logarithms = np.concatenate([[0.0], np.cumsum(np.log(np.maximum(along, _LEAST)))])
    parameters = size * number - number * (number + 1) / 2 + number + 1
    told = logarithms + (size - number) * np.log(variance) + parameters * np.log(spectra) / spectra
    found[: number.size] = np.where(np.logical_and.accumulate(own)[first - 1 :], told, np.inf)
    return found
