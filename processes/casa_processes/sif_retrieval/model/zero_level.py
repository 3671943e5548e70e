"""The zero level: fluorescence that is found where there is none, over brightness."""

from dataclasses import replace

import numpy as np
from scipy.optimize import isotonic_regression

from casa_processes.common.errors import InvalidValueError
from casa_processes.sif_retrieval.model.trained import ZeroLevel
from casa_processes.sif_retrieval.model.types import (
    Mask,
    Options,
    Outcome,
    Values,
    Whole,
    WindowResult,
)

_NUMBERS = (1, 2, 3, 4, 6, 8)
"""Numbers of knots that are tried, beside the largest one."""

_EACH = 10
"""Least number of soundings for each knot."""


def zero_level(
    result: WindowResult,
    footprint: Whole,
    bare: Mask,
    footprints: int,
    options: Options | None = None,
) -> ZeroLevel:
    """Find the zero level of each footprint.

    Parameters
    ----------
    result
        Of soundings, before a zero level is subtracted.
    footprint
        Of each sounding.  shape (sounding,)
    bare
        Soundings without vegetation, see `reference`.  shape (sounding,)
    footprints
        Their number.

    Returns
    -------
    ZeroLevel
        NaN of footprints with fewer than ten such soundings for each knot.

    Raises
    ------
    InvalidValueError
        When no footprint has enough.

    Notes
    -----
    Straight lines between knots at quantiles of the continuum, fitted by least squares with the
    uncertainties of the soundings: their weighted mean is 0 after the subtraction. The number of
    knots is that of the least chi^2 + k ln n (Schwarz 1978, Ann. Stat. 6, 461), 1 being the same
    for all: a curve that noise draws would shift all dark soundings together. A monotone zero
    level pools the knots of that fit until they rise, or until they fall, whichever changes less.
    """
    options = options or Options()
    shape = (footprints, options.knots)
    knots, offset, spread = (np.full(shape, np.nan) for _ in range(3))
    found = ZeroLevel(knots, offset, spread, np.zeros(footprints, np.int64))
    usable = bare & (result.outcome == Outcome.FITTED)
    for row in range(footprints):
        rows = np.flatnonzero(usable & (footprint == row))
        found.soundings[row] = rows.size
        if rows.size >= _EACH * options.knots:
            parts = _curve(result, rows, options)
            found.radiance[row], found.offset[row], found.uncertainty[row] = parts
    if not np.isfinite(found.offset).any():
        asked = f"{int(found.soundings.max(initial=0))} of a footprint"
        expected = f"at least {_EACH * options.knots}"
        raise InvalidValueError("soundings for the zero level", asked, expected)
    return found


def corrected(result: WindowResult, level: ZeroLevel, footprint: Whole) -> WindowResult:
    """Subtract the zero level.

    Parameters
    ----------
    result
        Before.
    level
        Of each footprint; soundings of a footprint without one keep a zero level of 0.
    footprint
        Of each sounding.  shape (sounding,)

    Returns
    -------
    WindowResult
        With the uncertainty of the zero level in that of the fluorescence.
    """
    offset, spread = np.zeros(footprint.size), np.zeros(footprint.size)
    for row in np.flatnonzero(np.isfinite(level.offset).any(axis=1)).tolist():
        rows, known = np.flatnonzero(footprint == row), np.isfinite(level.offset[row])
        hats = _hats(result.continuum[rows], level.radiance[row, known])
        offset[rows] = hats @ level.offset[row, known]
        spread[rows] = np.sqrt(hats**2 @ level.uncertainty[row, known] ** 2)
    fitted = result.outcome == Outcome.FITTED
    sif = result.sif - offset
    return replace(
        result,
        sif=sif,
        sif_uncertainty=np.hypot(result.sif_uncertainty, spread),
        relative=sif / result.continuum,
        zero_level=np.where(fitted, offset, np.nan),
    )


def _curve(result: WindowResult, rows: Whole, options: Options) -> tuple[Values, Values, Values]:
    """Return knots, offsets and their uncertainties of one footprint; NaN where it needs fewer."""
    radiance, sigma = result.continuum[rows], result.sif_uncertainty[rows]
    numbers = [each for each in _NUMBERS if each < options.knots] + [options.knots]
    curves = [_line(radiance, result.sif[rows], sigma, number) for number in numbers]
    misfits = [
        np.square((result.sif[rows] - _hats(radiance, knots) @ offset) / sigma).sum()
        for knots, offset, _ in curves
    ]
    judged = np.array(misfits) + np.log(rows.size) * np.array(numbers)
    knots, offset, spread = curves[int(np.argmin(judged))]
    if options.monotone:
        offset = _pooled(offset, (_hats(radiance, knots) / sigma[:, None]).sum(axis=0))
    spare = (0, options.knots - knots.size)
    found = (np.pad(each, spare, constant_values=np.nan) for each in (knots, offset, spread))
    return next(found), next(found), next(found)


def _line(
    radiance: Values, sif: Values, sigma: Values, number: int
) -> tuple[Values, Values, Values]:
    """Fit straight lines between knots; returns these, their offsets and uncertainties."""
    knots = np.quantile(radiance, np.linspace(0.0, 1.0, number) if number > 1 else [0.5])
    if not (np.diff(knots) > 0.0).all():
        knots = np.linspace(radiance.min(), radiance.max() + 1e-6, number)
    hats = _hats(radiance, knots) / sigma[:, None]
    normal = hats.T @ hats + np.diag(np.full(number, 1e-9 / np.median(sigma) ** 2))
    covariance = np.linalg.inv(normal)
    return knots, covariance @ (hats.T @ (sif / sigma)), np.sqrt(np.diag(covariance))


def _pooled(offset: Values, weight: Values) -> Values:
    """Return the closest offsets that rise, or fall."""
    both = [isotonic_regression(offset, weights=weight, increasing=up).x for up in (True, False)]
    misfit = [float(weight @ (each - offset) ** 2) for each in both]
    best: Values = both[int(np.argmin(misfit))]
    return best


def _hats(radiance: Values, knots: Values) -> Values:
    """Return the weight of each knot at radiances; the outermost ones hold beyond.

    shape (sounding, knot); NaN of missing radiances.
    """
    if knots.size == 1:
        return np.where(np.isfinite(radiance), 1.0, np.nan)[:, None]
    inside = np.clip(radiance, knots[0], knots[-1])
    left = np.clip(np.searchsorted(knots, inside, "right") - 1, 0, knots.size - 2)
    share = (inside - knots[left]) / (knots[left + 1] - knots[left])
    hats = np.zeros((radiance.size, knots.size))
    every = np.arange(radiance.size)
    hats[every, left] = 1.0 - share
    hats[every, left + 1] = share
    return hats
