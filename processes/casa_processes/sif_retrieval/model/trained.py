"""What soundings without vegetation tell: the functions of a fit, and its zero level."""

from dataclasses import dataclass

from casa_processes.sif_retrieval.model.types import Mask, Values, Whole


@dataclass(frozen=True, eq=False)
class Training:
    """What spectra without vegetation tell of one footprint and window.

    Attributes
    ----------
    footprint
        Row of the block's wavelengths.
    first, last
        Channels of the block that lie in the window.
    wavelength
        Of them.  [um], shape (channel,)
    used
        Those that are fitted.  shape (channel,)
    mean
        Mean of the spectra over their mean radiance.  [1], shape (channel,)
    vectors
        Right singular vectors of the spectra over their mean radiance, as many as chosen.
        [1], shape (vector, channel)
    explained
        Part of the variance of these spectra that each of the vectors that were tried explains.
        [1], shape (tried,)
    criterion
        Bayesian information criterion of 1, 2, ... vectors, of a spectrum.  shape (tried,)
    design
        Orthonormal functions of the fit, fluorescence last.  [1], shape (parameter, channel)
    scale
        Of fluorescence in the last of them: it is the last coefficient over the scale.
    continuum
        Brightness without lines over the mean radiance.  [1]
    typical
        Mean radiance for whose noise the design is orthonormal.  [W m-2 sr-1 um-1]
    noise
        Variance of the noise of each channel over mean radiance m: noise[0] + noise[1] m; infinite
        where channels are not used.  shape (2, channel)
    functional
        What gives fluorescence when it is multiplied by a dark spectrum, and how much that for a
        bright one differs; 0 where channels are not used.  [1], shape (2, channel)
    moments
        Variance of the first product, covariance of both and variance of the second over mean
        radiance m: moments[:, 0] + moments[:, 1] m.  shape (3, 2)
    spectra, rejected
        How many were used, and how many of them were rejected.
    """

    footprint: int
    first: int
    last: int
    wavelength: Values
    used: Mask
    mean: Values
    vectors: Values
    explained: Values
    criterion: Values
    design: Values
    scale: float
    continuum: float
    typical: float
    noise: Values
    functional: Values
    moments: Values
    spectra: int
    rejected: int

    @property
    def count(self) -> int:
        """Return the number of singular vectors."""
        return int(self.vectors.shape[0])


@dataclass(frozen=True, eq=False)
class ZeroLevel:
    """Fluorescence that is found where there is none, over the continuum, for each footprint.

    Attributes
    ----------
    radiance, offset, uncertainty
        Straight lines run between these knots, and beyond the outermost ones it stays.
        [W m-2 sr-1 um-1], shape (footprint, knot); NaN of footprints without enough soundings, and
        behind the last knot of those that need fewer.
    soundings
        How many it was found from.  shape (footprint,)
    """

    radiance: Values
    offset: Values
    uncertainty: Values
    soundings: Whole
