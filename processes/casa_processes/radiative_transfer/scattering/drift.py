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
) -> tuple[Fit, NDArray[np.float32]]:
    """Fit a correction, and the change of its coefficients along directions, by differences.

    Parameters
    ----------
    fit
        Of a state nearby, whose points and features are kept.
    mixture, gases, air, ways, ground
        The state, as in `casa_processes.radiative_transfer.scattering.correction.fitted`.
    change
        All directions.
    numbers
        Those along which scatterers change so much that it matters: aerosol, not air. Each costs as
        much as the fit itself.
    albedo
        Whether the albedo for diffuse light counts too.

    Returns
    -------
    Fit
        Of this state.
    ndarray
        The change, which the kernel takes; zero along other directions.  shape (direction + 1, 15)
    """
    whole = float(np.abs(air.depth).sum())
    states, rows, steps = [(air, ground)], [], []
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
    here, *others = coefficients(fit, mixture, gases, ways, states)
    found = np.zeros((change.temperature.shape[0] + 1, here.size), np.float32)
    for row, step, other in zip(rows, steps, others, strict=True):
        found[row] = (other - here) / step
    return fit.having(here), found
