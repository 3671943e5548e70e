"""Spectra of one footprint without vegetation, and what describes them."""

from dataclasses import dataclass

import numpy as np

from casa_processes.sif_retrieval.model.design import Design, columns, design
from casa_processes.sif_retrieval.model.types import Block, Mask, Values, Whole, Window


@dataclass(frozen=True, eq=False)
class BareSpectra:
    """Spectra that are all sound.

    Attributes
    ----------
    block, rows
        Where they are from.  shape (spectrum,)
    window, ends
        What is cut, and its first channel and the one after the last.
    wavelength, used
        Of these channels.  [um] and bool, shape (channel,)
    radiance, noise
        0 and infinite where channels are not used.  shape (spectrum, channel)
    level
        Mean radiance.  [W m-2 sr-1 um-1], shape (spectrum,)
    """

    block: Block
    rows: Whole
    window: Window
    ends: tuple[int, int]
    wavelength: Values
    used: Mask
    radiance: Values
    noise: Values
    level: Values


@dataclass(frozen=True, eq=False)
class Description:
    """What spectra have in common.

    Attributes
    ----------
    mean
        Of the spectra over their mean radiance.  [1], shape (channel,)
    singular
        Part of the variance of these that each vector explains.  [1], shape (channel,)
    vectors
        Right singular vectors, most of them.  [1], shape (channel, channel)
    typical
        Median of the mean radiances.  [W m-2 sr-1 um-1]
    noise
        As in `Training`.  shape (2, channel)
    """

    mean: Values
    singular: Values
    vectors: Values
    typical: float
    noise: Values

    @property
    def weight(self) -> Values:
        """Return the inverse of the variance of noise of typical spectra.  shape (channel,)."""
        weight: Values = 1.0 / (self.noise[0] + self.noise[1] * self.typical)
        return weight


def sound(block: Block, rows: Whole, window: Window, ends: tuple[int, int]) -> BareSpectra | None:
    """Read the spectra that can be used; None when there is none.

    Channels are used when they have a finite noise in most spectra; spectra, when they have it in
    all these channels, and radiances that are neither missing, negative nor saturated.
    """
    part = slice(*ends)
    radiance = block.radiance[rows, part].astype(np.float64)
    noise = block.noise[rows, part].astype(np.float64)
    used = np.isfinite(noise).mean(axis=0) > 0.5
    with np.errstate(invalid="ignore"):
        fine = (radiance >= 0.0) & (radiance <= window.full_scale) & (noise > 0.0)
    keep = (fine & (np.isfinite(noise) | ~used)).all(axis=1)
    radiance = np.where(used, radiance[keep], 0.0)
    level = radiance.sum(axis=1) / max(int(used.sum()), 1)
    if not (keep.any() and used.any() and (level > 0.0).all()):
        return None
    return BareSpectra(
        block=block,
        rows=rows[keep],
        window=window,
        ends=ends,
        wavelength=block.wavelength[block.footprint[rows[0]], part],
        used=used,
        radiance=radiance,
        noise=np.where(used, noise[keep], np.inf),
        level=level,
    )


def described(spectra: BareSpectra, keep: Mask) -> Description:
    """Describe some of the spectra.

    Parameters
    ----------
    keep
        Which ones.  shape (spectrum,)

    Notes
    -----
    Right singular vectors are eigenvectors of the product of the spectra with themselves, whose
    eigenvalues are the squares of the singular values. Their largest element is positive.
    """
    scaled = spectra.radiance[keep] / spectra.level[keep, None]
    values, vectors = np.linalg.eigh(scaled.T @ scaled)
    vectors = vectors.T[::-1]
    largest = np.take_along_axis(vectors, np.abs(vectors).argmax(axis=1)[:, None], axis=1)
    values = np.maximum(values[::-1], 0.0)
    return Description(
        mean=scaled.mean(axis=0),
        singular=values / values.sum(),
        vectors=vectors * np.sign(largest),
        typical=float(np.median(spectra.level[keep])),
        noise=_noise(spectra, keep),
    )


def fitted(known: Description, spectra: BareSpectra, number: int) -> Design | None:
    """Return the functions of a fit with some vectors; None when they are not independent."""
    window = spectra.window
    functions = columns(known.vectors[:number], spectra.wavelength, window)
    return design(functions, known.weight)


def _noise(spectra: BareSpectra, keep: Mask) -> Values:
    """Fit straight lines, not below 0 anywhere, to variances of noise over the mean radiance.

    Where the spectra are all as bright, or a line would fall, all is noise of the detector; where
    it would begin below 0, all is noise of photons.
    """
    level, variance = spectra.level[keep], spectra.noise[keep][:, spectra.used] ** 2
    away, middle = level - level.mean(), variance.mean(axis=0)
    square = float(away @ away)
    steep = away @ variance / square if square > 0.0 else np.zeros(middle.size)
    start = middle - steep * level.mean()
    photons = level @ variance / (level @ level)
    found = np.full((2, spectra.used.size), np.inf)
    found[0, spectra.used] = np.where(steep < 0.0, middle, np.maximum(start, 0.0))
    found[1] = 0.0
    found[1, spectra.used] = np.where(start < 0.0, photons, np.maximum(steep, 0.0))
    return found
