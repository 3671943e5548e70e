"""Training: what spectra without vegetation look like, footprint by footprint."""

import numpy as np

from casa_processes.common.errors import InvalidValueError
from casa_processes.sif_retrieval.model.bare_spectra import (
    BareSpectra,
    Description,
    described,
    fitted,
    sound,
)
from casa_processes.sif_retrieval.model.fitting import least_squares
from casa_processes.sif_retrieval.model.functionals import functionals
from casa_processes.sif_retrieval.model.trained import Training
from casa_processes.sif_retrieval.model.types import (
    Block,
    Mask,
    Options,
    Outcome,
    Scenes,
    Spectra,
    Values,
    Whole,
    Window,
)
from casa_processes.sif_retrieval.model.window import channels, checked, continuum, enough

_BEYOND = 2.0
"""By which the bins of the functional path reach beyond the radiances of the training."""

_DEVIATION = 1.4826
"""Standard deviation of a normal distribution over its median absolute deviation."""


def reference(block: Block, scenes: Scenes, window: Window, options: Options) -> Mask:
    """Tell which soundings show no vegetation, by what is known of them and their brightness.

    Returns
    -------
    ndarray
        bool, shape (sounding,): land cover of the classes, not cloudy, Sun high enough, and a mean
        radiance of the window within the limits.

    Raises
    ------
    InvalidValueError
        When wavelengths and window do not fit.
    """
    level = np.full(len(block), np.nan)
    for footprint in np.unique(block.footprint).tolist():
        part = slice(*channels(block.wavelength[footprint], window))
        rows = np.flatnonzero(block.footprint == footprint)
        level[rows] = _levels(block.radiance[rows, part], block.noise[rows, part])
    low, high = options.radiance
    bare = np.isin(scenes.surface_class, options.classes) & (scenes.cloud != 1)
    found: Mask = bare & (scenes.solar_zenith < options.solar_zenith)
    return found & (low <= level) & (level <= high)


def _levels(radiance: Spectra, noise: Spectra) -> Values:
    """Return mean radiances over the channels with a finite noise.  shape (sounding,)."""
    used = np.isfinite(noise)
    values = np.where(used, radiance, 0.0).astype(np.float64)
    found: Values = values.sum(axis=1) / np.maximum(used.sum(axis=1), 1)
    return found


def train(
    block: Block, scenes: Scenes, window: Window, options: Options | None = None
) -> tuple[Training | None, ...]:
    """Find the functions that describe spectra without fluorescence.

    Parameters
    ----------
    block, scenes
        Soundings, among them such that show no vegetation; their order does not matter.
    window
        What is trained for.

    Returns
    -------
    tuple of Training or None
        Of each footprint; None where too few spectra are left.

    Raises
    ------
    InvalidValueError
        When wavelengths and window do not fit, or no footprint has enough spectra.

    Notes
    -----
    Singular vectors of spectra over their mean, Guanter et al. (2012) and Joiner et al. (2013);
    their number by the Bayesian information criterion, Li et al. (2021).
    """
    options = options or Options()
    checked(block, window)
    bare = reference(block, scenes, window, options)
    order = np.argsort(scenes.sounding_id, kind="stable")
    offered = order[bare[order]]
    found = tuple(
        _trained(block, offered[block.footprint[offered] == footprint], window, options)
        for footprint in range(len(block.wavelength))
    )
    if all(each is None for each in found):
        asked = f"{offered.size} of {len(found)} footprints"
        expected = f"at least {options.spectra * window.vectors} sound ones of a footprint"
        raise InvalidValueError("spectra without vegetation", asked, expected)
    return found


def _trained(block: Block, offered: Whole, window: Window, options: Options) -> Training | None:
    """Train one footprint; None when too few spectra are left.

    The first training takes the middle of the spectra, ordered by the fluorescence that is found
    with one vector: vectors that hold the fluorescence of a few would hide it in all.
    """
    least = options.spectra * window.vectors
    if offered.size < least:
        return None
    ends = channels(block.wavelength[block.footprint[offered[0]]], window)
    every = sound(block, offered, window, ends)
    if every is None or every.rows.size < least:
        return None
    enough(int(every.used.sum()), window, 1)
    keep = _middle(every)
    for _ in range(options.rounds):
        if keep.sum() < least:
            return None
        known = described(every, keep)
        keep = _kept(every, known, int(np.argmin(_criterion(every, known, keep))) + 1, options)
    if keep.sum() < least:
        return None
    return _told(every, keep, offered.size, options)


def _fits(every: BareSpectra, known: Description, number: int, rows: Whole) -> Values | None:
    """Fit spectra with some vectors: see `least_squares`; None when this cannot be done."""
    functions = fitted(known, every, number)
    if functions is None or every.used.sum() <= functions.functions.shape[0]:
        return None
    found, outcome = least_squares(every.block, rows, every.ends, every.window, functions)
    return found if (outcome == Outcome.FITTED).all() else None


def _middle(every: BareSpectra) -> Mask:
    """Tell which spectra are among the middle two thirds by their fluorescence."""
    whole = np.ones(every.rows.size, np.bool_)
    found = _fits(every, described(every, whole), 1, every.rows)
    return whole if found is None else _near(found[0], 1.0)


def _near(values: Values, deviations: float) -> Mask:
    """Tell which values are within some deviations, found robustly, of their median."""
    away = np.abs(values - np.median(values))
    near: Mask = away <= deviations * _DEVIATION * np.median(away)
    return near


def _criterion(every: BareSpectra, known: Description, keep: Mask) -> Values:
    """Return the Bayesian information criterion of fits with 1, 2, ... vectors.

    Notes
    -----
    n ln(r / n) + k ln n with n channels, k functions of each spectrum and the mean r of the sums of
    squares of residuals over their noise: a common factor of all noise does not matter.
    shape (vector,), infinite where functions are not independent.
    """
    count = int(every.used.sum())
    found = np.full(every.window.vectors, np.inf)
    for number in range(1, found.size + 1):
        size = every.window.order + number + 1
        fits = _fits(every, known, number, every.rows[keep])
        if fits is not None:
            left = max(float(fits[2].mean()) * (count - size), np.finfo(np.float64).tiny)
            found[number - 1] = count * np.log(left / count) + size * np.log(count)
    return found


def _kept(every: BareSpectra, known: Description, number: int, options: Options) -> Mask:
    """Tell which of all spectra are described well and show no fluorescence."""
    fits = _fits(every, known, number, every.rows)
    functions = fitted(known, every, number)
    if fits is None or functions is None:
        return np.zeros(every.rows.size, np.bool_)
    weight = np.where(every.used, known.weight, 0.0)
    parts = (every.radiance * weight) @ functions.functions.T
    left = np.where(every.used, every.radiance - parts @ functions.functions, 0.0)
    fine = (np.abs(left / every.noise) <= options.rejection).all(axis=1)
    return fine & _near(fits[0] / fits[1], options.vegetated)


def _told(every: BareSpectra, keep: Mask, offered: int, options: Options) -> Training | None:
    """Train with the spectra that are left; None when no functions are independent."""
    known = described(every, keep)
    criterion = _criterion(every, known, keep)
    number = int(np.argmin(criterion)) + 1
    best = fitted(known, every, number)
    if best is None:
        return None
    low, high = options.radiance
    level = (low / _BEYOND, high * _BEYOND)
    products, variance = functionals(best.functions, level, options.bins, known.noise)
    return Training(
        footprint=int(every.block.footprint[every.rows[0]]),
        first=every.ends[0],
        last=every.ends[1],
        wavelength=every.wavelength,
        used=every.used,
        mean=known.mean,
        vectors=known.vectors[:number],
        explained=known.singular[: every.window.vectors],
        criterion=criterion,
        design=best.functions,
        scale=best.scale,
        continuum=continuum(known.mean[every.used]),
        typical=known.typical,
        noise=known.noise,
        level=level,
        functional=products / best.scale,
        variance=variance / best.scale**2,
        spectra=int(keep.sum()),
        rejected=offered - int(keep.sum()),
    )
