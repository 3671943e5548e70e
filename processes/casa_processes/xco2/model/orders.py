"""Light of a band by single scattering, or by all orders of it."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from casa_processes.radiative_transfer import kernel as single
from casa_processes.radiative_transfer import rayleigh
from casa_processes.radiative_transfer.absorption.kernel import Absorbers
from casa_processes.radiative_transfer.kernel import Directions, Paths, Scatterers
from casa_processes.radiative_transfer.paths import Geometry
from casa_processes.radiative_transfer.scattering import kernel as every
from casa_processes.radiative_transfer.scattering.correction import Fit, framed
from casa_processes.radiative_transfer.scattering.drift import drift
from casa_processes.radiative_transfer.scattering.mixture import Mixture, mixture
from casa_processes.radiative_transfer.scattering.terms.kernel import Ground
from casa_processes.xco2.model.window import Window

type Single = NDArray[np.float32]
type Frames = dict[str, tuple[Mixture, Fit]]
type Orders = Literal["single", "multiple"]


def radiance(
    band: Window,
    gases: Absorbers,
    air: Scatterers,
    ways: Paths,
    ground: Ground,
    along: Directions,
    shades: Single,
    geometry: Geometry,
    orders: Orders,
    fits: Frames,
    rows: Single,
) -> Single:
    """Compute the radiance of a band and its derivatives.

    Parameters
    ----------
    band, gases, air, ways, ground, along
        What the kernels take.
    shades
        Changes of the albedo for diffuse light.  shape (shade, point)
    geometry
        Of Sun and instrument.
    orders
        Of scattering.
    fits
        What scatters in each band, and its correction, whose points and features, chosen at the
        first state, are kept, so that light changes smoothly with the state.
    rows
        Receives the radiance, its derivative by the reflectance of the beam, and along each
        direction.  shape (2 + direction, point)

    Returns
    -------
    ndarray
        Derivatives by each shade, which single scattering does not know: zeros.
        shape (shade, point)

    Notes
    -----
    The correction of two streams is fitted anew at each state, and differentiated with it.
    """
    if orders == "single":
        single.radiance(gases, air, ways, ground.reflectance, band.irradiance, -1, along, rows)
        return np.zeros_like(shades)
    if band.name not in fits:
        kinds = _mixture(band, geometry)
        fits[band.name] = kinds, framed(kinds, gases, air, ways, ground)
    kinds, frame = fits[band.name]
    state = (kinds, gases, air, ways, ground)
    fit, drifting = drift(frame, *state, along, shades)
    fits[band.name] = kinds, fit
    whole = np.empty((rows.shape[0] + shades.shape[0], rows.shape[1]), np.float32)
    every.radiance(
        gases, air, ways, ground, band.irradiance, -1, along,
        kinds.diffusion, fit.correction, shades, drifting, whole,
    )  # fmt: skip
    rows[:] = whole[: rows.shape[0]]
    by_shade: Single = whole[rows.shape[0] :]
    return by_shade


def _mixture(band: Window, geometry: Geometry) -> Mixture:
    """Put air and aerosol together as solvers take them."""
    count = max([3, *(optics.moments.size for optics, _ in band.particles)])
    moments = np.zeros((1 + len(band.particles), count))
    depolarised = rayleigh.depolarisation(1e4 / band.grid.values[:: band.grid.size - 1])
    moments[0, [0, 2]] = 1.0, rayleigh.second_moment(float(depolarised.mean()))
    for row, (optics, _) in enumerate(band.particles, start=1):
        moments[row, : optics.moments.size] = optics.moments
    albedo = np.array([1.0, *(optics.albedo for optics, _ in band.particles)])
    return mixture(albedo, moments, geometry)
