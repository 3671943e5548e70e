"""How the correction of multiple scattering changes with aerosol and surface."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from casa_processes.radiative_transfer.absorption.kernel import Absorbers
from casa_processes.radiative_transfer.kernel import Directions, Paths, Scatterers
from casa_processes.radiative_transfer.scattering.correction import Fit, coefficients
from casa_processes.radiative_transfer.scattering.mixture import Mixture
from casa_processes.radiative_transfer.scattering.terms.kernel import Ground

_STEP = 0.03
"""Change of the whole scattering depth, over itself, and of the albedo."""


def drift(
    fit: Fit,
    mixture: Mixture,
    gases: Absorbers,
    air: Scatterers,
    ways: Paths,
    ground: Ground,
    change: Directions,
    numbers: Sequence[int],
    albedo: bool = True,
) -> NDArray[np.float32]:
    """Return the change of the coefficients of a correction along directions, by differences.

    Parameters
    ----------
    fit
        Of this state.
    mixture, gases, air, ways, ground
        The state, as in `casa_processes.radiative_transfer.scattering.correction.fitted`.
    change
        All directions.
    numbers
        Those along which scatterers change so much that it matters: aerosol, not air. Each costs a
        call of the accurate solver at the nodes of the fit.
    albedo
        Whether the albedo for diffuse light counts too.

    Returns
    -------
    ndarray
        What the kernel takes; zero along other directions.  shape (direction + 1, 15)
    """
    found = np.zeros((change.temperature.shape[0] + 1, fit.coefficients.size), np.float32)
    whole = float(np.abs(air.depth).sum())
    states, rows, steps = [], [], []
    for number in numbers:
        along = change.scatterer[number]
        size = float(np.abs(along).sum())
        if size > 0.0:
            step = _STEP * whole / size
            moved = air._replace(depth=np.maximum(air.depth + np.float32(step) * along, 0.0))
            states.append((moved, ground))
            rows.append(number)
            steps.append(step)
    if albedo:
        states.append((air, ground._replace(albedo=ground.albedo + np.float32(_STEP))))
        rows.append(-1)
        steps.append(_STEP)
    if states:
        other = coefficients(fit, mixture, gases, ways, states)
        found[rows] = (other - fit.coefficients) / np.array(steps)[:, None]
    return found
