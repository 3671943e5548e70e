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
from casa_processes.sif_retrieval.model.design import Design
from casa_processes.sif_retrieval.model.first_choice import beginning, near
from casa_processes.sif_retrieval.model.functionals import functionals
from casa_processes.sif_retrieval.model.trained import Training
from casa_processes.sif_retrieval.model.types import (
    Block,
    Mask,
    Options,
    Scenes,
    Spectra,
    Values,
    Whole,
    Window,
)
from casa_processes.sif_retrieval.model.vector_choice import criterion, noise_scale
from casa_processes.sif_retrieval.model.window import channels, checked, continuum, enough

_BEYOND = 2.0
"""By which functionals reach beyond the radiances of the training."""


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

    The first training takes some that hardly hold vegetation, see `beginning`.
    """
    least = options.spectra * window.vectors
    if offered.size < least:
        return None
    ends = channels(block.wavelength[block.footprint[offered[0]]], window)
    every = sound(block, offered, window, ends)
    if every is None or every.rows.size < least:
        return None
    enough(int(every.used.sum()), window, 1)
    keep = beginning(every)
    for _ in range(options.rounds):
        if keep.sum() < least:
            return None
        known = described(every, keep)
        keep = _kept(every, known, int(np.argmin(criterion(every, known, keep))) + 1, options)
    if keep.sum() < least:
        return None
    return _told(every, keep, offered.size, options)


def _parts(every: BareSpectra, known: Description, functions: Design) -> Values:
    """Return coefficients of fits with the weights of typical spectra.

    Typical weights tell well enough what belongs to the training.  shape (spectrum, parameter)
    """
    weight = np.where(every.used, known.weight, 0.0)
    found: Values = every.radiance @ (functions.functions * weight).T
    return found


def _kept(every: BareSpectra, known: Description, number: int, options: Options) -> Mask:
    """Tell which of all spectra are described well and show no fluorescence."""
    functions = fitted(known, every, number)
    if functions is None:
        return np.zeros(every.rows.size, np.bool_)
    parts = _parts(every, known, functions)
    left = np.where(every.used, every.radiance - parts @ functions.functions, 0.0)
    fine = (np.abs(left) <= options.rejection * every.noise).all(axis=1)
    return fine & near(parts[:, -1] / noise_scale(every, known), options.vegetated)


def _told(every: BareSpectra, keep: Mask, offered: int, options: Options) -> Training | None:
    """Train with the spectra that are left; None when no functions are independent."""
    known = described(every, keep)
    judged = criterion(every, known, keep)
    number = int(np.argmin(judged)) + 1
    best = fitted(known, every, number)
    if best is None:
        return None
    low, high = options.radiance
    level = (low / _BEYOND, high * _BEYOND)
    products, moments = functionals(best.functions, level, known.noise)
    return Training(
        footprint=int(every.block.footprint[every.rows[0]]),
        first=every.ends[0],
        last=every.ends[1],
        wavelength=every.wavelength,
        used=every.used,
        mean=known.mean,
        vectors=known.vectors[:number],
        explained=known.singular[: every.window.vectors],
        criterion=judged,
        design=best.functions,
        scale=best.scale,
        continuum=continuum(known.mean[every.used]),
        typical=known.typical,
        noise=known.noise,
        functional=products / best.scale,
        moments=moments / best.scale**2,
        spectra=int(keep.sum()),
        rejected=offered - int(keep.sum()),
    )
