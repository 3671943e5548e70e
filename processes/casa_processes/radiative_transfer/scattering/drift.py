"""How the correction of multiple scattering changes with the state."""

import numpy as np
from numpy.typing import NDArray

from casa_processes.radiative_transfer.absorption.kernel import Absorbers
from casa_processes.radiative_transfer.kernel import Directions, Paths, Scatterers
from casa_processes.radiative_transfer.scattering.accurate import (
    doublings,
    medium,
    sections,
    with_derivatives,
)
from casa_processes.radiative_transfer.scattering.correction import Fit, low_order, solved
from casa_processes.radiative_transfer.scattering.features import (
    by_depths,
    by_features,
    columns,
    features,
    terms,
)
from casa_processes.radiative_transfer.scattering.low.kernel import Low
from casa_processes.radiative_transfer.scattering.mixture import Mixture
from casa_processes.radiative_transfer.scattering.sensitivity.kernel import Sensitivity
from casa_processes.radiative_transfer.scattering.terms.kernel import Ground

type Values = NDArray[np.float64]


def drift(
    fit: Fit,
    mixture: Mixture,
    gases: Absorbers,
    air: Scatterers,
    ways: Paths,
    ground: Ground,
    change: Directions,
    shades: NDArray[np.float32],
) -> tuple[Fit, NDArray[np.float32]]:
    """Fit a correction, and differentiate its coefficients along directions.

    Parameters
    ----------
    fit
        Of a state nearby, whose points and features are kept.
    mixture, gases, air, ways, ground
        The state, as in `casa_processes.radiative_transfer.scattering.correction.fitted`.
    change, shades
        Directions, and changes of the albedo for diffuse light, shape (shade, point), as
        `casa_processes.radiative_transfer.scattering.kernel.radiance` takes them.

    Returns
    -------
    Fit
        Of this state.
    ndarray
        Derivatives of its coefficients, which the kernel takes.
        shape (direction + shade, coefficient)

    Notes
    -----
    The coefficients c of a damped fit of M c to y, N c = M' y, change by N dc = dM' (y - M c) + M'
    (dy - dM c). All that M and y are of has its derivatives from adjoint solutions at the points
    of the fit: no direction costs another solution.
    """
    section = sections(gases, fit.nodes)
    absorbed = np.einsum("gl,glp->lp", gases.amount, section[: len(gases.tables)])
    there = fit.shaded(ground)
    state = absorbed, air, ways, there, fit.nodes
    layers = medium(mixture, *state)
    fit = fit.doubling(doublings(mixture, layers))
    exact, by = with_derivatives(mixture, layers, fit.doubled)
    multiple, from_ground, *low = low_order(mixture, *state)
    share, rate = fit.correction.share.astype(float), fit.correction.rate
    feature = features(share @ absorbed, rate)
    light, term = np.array([multiple, from_ground]), terms(feature)
    brighter = fit.brighter(there.albedo[fit.nodes].astype(float))
    shade: Values = shades[:, fit.nodes].astype(float) * fit.shade
    steps = np.concatenate(
        [
            _along(change, section, share, by, low)
            + _of_scatterers(change, mixture, air, fit, by, low),
            _of_ground(shade, share, by, low),
        ],
        axis=1,
    )
    moved = by_features(feature, by_depths(feature, rate, steps[3:].transpose(1, 0, 2)))
    matrix = columns(steps[1], steps[2], term, brighter)
    still = np.broadcast_to(light[:, None], (2, *moved.shape[:2]))
    matrix += columns(still[0], still[1], moved, np.zeros_like(brighter))
    for number in (0, 1):
        matrix[-shade.shape[0] :, :, number - 2] += shade / fit.correction.albedo * light[number]
    solution = columns(multiple, from_ground, term, brighter), exact - multiple
    here, found = _differentiated(fit, *solution, matrix, steps[0] - steps[1])
    return fit.having(here), found.astype(np.float32)


def _differentiated(
    fit: Fit, matrix: Values, values: Values, by_matrix: Values, by_values: Values
) -> tuple[Values, Values]:
    """Return the coefficients of a fit, and how they change with matrix and values."""
    here, scaled, normal = solved(fit, matrix, values)
    sized, change = here * fit.size, by_matrix * fit.weight[:, None] / fit.size
    right = change.transpose(0, 2, 1) @ (fit.weight * values - scaled @ sized)
    right += (fit.weight * by_values - change @ sized) @ scaled
    found: Values = np.linalg.solve(normal, right.T).T / fit.size
    return here, found


def _along(
    change: Directions, section: Values, share: Values, by: Sensitivity, low: list[Low]
) -> Values:
    """Sum derivatives by absorption in layers along directions.

    Returns
    -------
    ndarray
        Of the accurate solution, of two streams, of their part from the ground, and of the depths
        of the features.  shape (3 + depth, direction, node)
    """
    factor = np.concatenate(
        [change.gas, change.temperature[:, None], change.pressure[:, None]], axis=1
    ).astype(float)
    depths = np.broadcast_to(share[:, :, None], (*share.shape, section.shape[-1]))
    each = np.concatenate([[by.extinction], *([one.absorption] for one in low), depths])
    count, sources, layers = factor.shape
    spread = (section * each[:, None]).reshape(each.shape[0], sources * layers, -1)
    found: Values = factor.reshape(count, sources * layers) @ spread
    return found


def _of_scatterers(
    change: Directions, mixture: Mixture, air: Scatterers, fit: Fit, by: Sensitivity, low: list[Low]
) -> Values:
    """Sum derivatives by the depths of scatterers along directions, of the same."""
    peak = mixture.scattered * mixture.peak
    kept = (mixture.scattered - peak)[:, None, None]
    exact = (1.0 - peak)[:, None, None] * by.extinction + kept * by.scattering
    every = np.array([exact, *(each.scatterers for each in low)])
    every *= air.shape[:, None, fit.nodes]
    count, kinds, layers = change.scatterer.shape
    found = np.zeros((3 + fit.correction.share.shape[0], count, fit.nodes.size))
    spread = every.reshape(3, kinds * layers, -1)
    found[:3] = change.scatterer.astype(float).reshape(count, kinds * layers) @ spread
    return found


def _of_ground(shade: Values, share: Values, by: Sensitivity, low: list[Low]) -> Values:
    """Return derivatives by changes of the albedo, shape (shade, node), of the same."""
    found = np.zeros((3 + share.shape[0], *shade.shape))
    albedos: list[Values] = [by.albedo, *(each.albedo.astype(float) for each in low)]
    for row, albedo in zip(found, albedos, strict=False):
        row[:] = shade * albedo
    return found
