"""Aerosol and thin cloud: what a kind of particles does to light, and where it is."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import erf

from casa_processes.common.errors import InvalidValueError, UnknownNameError

type Values = NDArray[np.float64]

REFERENCE = 0.755
"""Wavelength at which depths are told.  [um]"""

MOMENTS = 32
"""Coefficients of phase functions that are kept."""


@dataclass(frozen=True, eq=False)
class Kind:
    """Particles of one kind, tabulated over wavelengths and linear between them.

    Attributes
    ----------
    wavelength
        Ascending.  [um], shape (node,)
    extinction
        Over that at `REFERENCE`.  [1], shape (node,)
    albedo
        Of single scattering.  [1], shape (node,)
    moments
        Coefficients b of the phase function sum_l b_l P_l, b_0 = 1.  shape (node, moment)
    """

    wavelength: Values
    extinction: Values
    albedo: Values
    moments: Values

    def __post_init__(self) -> None:
        nodes = self.wavelength.size
        if {self.extinction.shape, self.albedo.shape, self.moments.shape[:1]} != {(nodes,)}:
            raise InvalidValueError("kind of aerosol", nodes, "tables of one length")
        if not (np.diff(self.wavelength) > 0).all() or not (self.extinction > 0).all():
            raise InvalidValueError("kind of aerosol", self.wavelength, "ascending, extinction > 0")
        if self.albedo.min() < 0 or self.albedo.max() > 1:
            raise InvalidValueError("single-scattering albedo", self.albedo, "0 to 1")
        if self.moments.ndim != 2 or not np.allclose(self.moments[:, 0], 1.0):
            raise InvalidValueError("phase function", self.moments, "moments that start with 1")


@dataclass(frozen=True, eq=False)
class Optics:
    """A kind in one band.

    Attributes
    ----------
    shape
        Extinction over that at `REFERENCE`.  [1], shape (point,)
    albedo
        Of single scattering, at the centre of the band.  [1]
    moments
        Of the phase function there.  shape (moment,)
    """

    shape: Values
    albedo: float
    moments: Values

    def phase(self, cosine: float) -> float:
        """Return the phase function at a scattering angle, averaging to 1 over the sphere."""
        return float(np.polynomial.legendre.legval(cosine, self.moments))


def optics(kind: Kind, wavelength: Values, centre: float) -> Optics:
    """Return what a kind does in a band.

    Parameters
    ----------
    kind
        Of particles.
    wavelength
        Of the points.  [um], shape (point,)
    centre
        Where albedo and phase function are taken.  [um]

    Raises
    ------
    InvalidValueError
        When the tables do not reach the band.
    """
    low, high = kind.wavelength[[0, -1]]
    if wavelength.min() < low or wavelength.max() > high or not low <= centre <= high:
        asked = [float(wavelength.min()), float(wavelength.max())]
        raise InvalidValueError("wavelength [um] of aerosol", asked, f"{low:g} to {high:g}")
    above = min(max(int(np.searchsorted(kind.wavelength, centre)), 1), kind.wavelength.size - 1)
    below, next_one = kind.wavelength[above - 1 : above + 1]
    share = (centre - below) / (next_one - below)
    moments = (1.0 - share) * kind.moments[above - 1] + share * kind.moments[above]
    logarithm = np.interp(np.log(wavelength), np.log(kind.wavelength), np.log(kind.extinction))
    albedo = float(np.interp(centre, kind.wavelength, kind.albedo))
    return Optics(np.exp(logarithm), albedo, moments)


def henyey_greenstein(asymmetry: Values, count: int = MOMENTS) -> Values:
    """Return coefficients (2 l + 1) g^l of Henyey and Greenstein's (1941) phase function.

    Parameters
    ----------
    asymmetry
        Mean cosine g.  [1], shape (node,)
    count
        How many coefficients.

    Returns
    -------
    ndarray
        shape (node, count)
    """
    order = np.arange(count)
    powers: Values = (2 * order + 1) * asymmetry[:, None] ** order
    return powers


def angstrom(exponent: float, albedo: tuple[float, ...], asymmetry: tuple[float, ...]) -> Kind:
    """Return a kind whose extinction is a power of the wavelength.

    Parameters
    ----------
    exponent
        Of Angstrom: extinction is (wavelength / REFERENCE)^-exponent.
    albedo, asymmetry
        At 0.755, 1.61 and 2.06 um.
    """
    node = np.array([0.6, 0.755, 1.61, 2.06, 2.4])
    table = [np.interp(node, node[1:4], np.array(each)) for each in (albedo, asymmetry)]
    return Kind(node, (node / REFERENCE) ** -exponent, table[0], henyey_greenstein(table[1]))


KINDS = {
    "fine": (1.6, (0.95, 0.90, 0.86), (0.62, 0.50, 0.45)),
    "dust": (0.2, (0.97, 0.98, 0.98), (0.70, 0.68, 0.66)),
    "sea-salt": (0.1, (1.00, 0.99, 0.98), (0.78, 0.76, 0.75)),
    "stratospheric": (1.2, (1.00, 1.00, 0.99), (0.70, 0.55, 0.45)),
    "water": (-0.05, (1.00, 0.995, 0.97), (0.85, 0.83, 0.83)),
    "ice": (0.0, (1.00, 0.95, 0.85), (0.76, 0.79, 0.82)),
}
"""Built-in kinds: exponent, albedo and asymmetry. Round figures of the order of published ones,
no product of scattering calculations: for simulations and as first guesses."""


def kind_named(name: str) -> Kind:
    """Return a built-in kind.

    Raises
    ------
    UnknownNameError
        When there is none of this name.
    """
    if name not in KINDS:
        raise UnknownNameError("kind of aerosol", name, KINDS)
    return angstrom(*KINDS[name])


@dataclass(frozen=True, eq=False)
class Spread:
    """Optical depth of one kind in layers, and its derivatives.

    Attributes
    ----------
    depth
        Which is also the derivative by the logarithm of the whole depth.  [1], shape (layer,)
    by_height, by_width
        Derivatives by centre and width.  [1], shape (layer,)
    """

    depth: Values
    by_height: Values
    by_width: Values


def gaussian(levels: Values, whole: float, height: float, width: float) -> Spread:
    """Spread an optical depth over the atmosphere as a Gaussian of relative pressure.

    Parameters
    ----------
    levels
        Ascending pressures, the last one that of the surface.  [hPa], shape (layer + 1,)
    whole
        Optical depth at `REFERENCE`, all of it between the levels.  [1]
    height, width
        Centre and standard deviation.  [pressure over that of the surface]

    Raises
    ------
    InvalidValueError
        When depth or width is not positive, or the centre so far off that nothing is left.

    Notes
    -----
    Layers hold integrals of the Gaussian (differences of the error function).
    """
    if not (whole >= 0 and np.isfinite(whole) and width > 0 and np.isfinite(height + width)):
        asked = f"depth {whole}, height {height}, width {width}"
        raise InvalidValueError("aerosol profile", asked, "a depth from 0, a width above 0")
    place = (levels / levels[-1] - height) / width
    integral = np.diff(erf(place / np.sqrt(2.0)) / 2.0)
    total = integral.sum()
    if not total > 1e-6:
        raise InvalidValueError("aerosol height", height, "a centre near the atmosphere")
    density = np.exp(-(place**2) / 2.0) / np.sqrt(2.0 * np.pi) / width
    share = integral / total
    by_height = -np.diff(density)
    by_width = -np.diff(place * density)
    slopes = [(each - share * each.sum()) / total * whole for each in (by_height, by_width)]
    return Spread(whole * share, *slopes)
