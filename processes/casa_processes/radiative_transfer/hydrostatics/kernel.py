"""Heights that the hydrostatic equation gives, with gravity at these heights."""

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.jit import kernel

type Values = NDArray[np.float64]

ROUNDS = 3
"""Of the fixed point of height and gravity of an interval; each makes its error 1000 times less."""


@kernel
def heights(work: Values, surface: float, slope: float, curve: float, height: Values) -> None:
    """Climb from the surface.

    Parameters
    ----------
    work
        Of lifting air through each interval, from the top down.  [J kg-1], shape (interval,)
    surface, slope, curve
        Gravity at a height h is surface (1 - slope h + curve h^2).  [m s-2], [m-1], [m-2]
    height
        Holds the height of the surface at its end; receives the others.  [m], shape (interval + 1,)
    """
    for i in range(work.size - 1, -1, -1):
        below = height[i + 1]
        above = below
        for _ in range(ROUNDS):
            middle = (above + below) / 2.0
            gravity = surface * (1.0 - slope * middle + curve * middle * middle)
            above = below + work[i] / gravity
        height[i] = above
