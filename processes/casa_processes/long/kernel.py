"""Work for one core, in whole numbers: the same on every machine."""

import numpy as np

from casa_processes.common.jit import kernel


@kernel
def turned(state: np.uint64, steps: int) -> np.uint64:
    """Draw `steps` random numbers, one from the other; returns the last.

    Parameters
    ----------
    state
        Any number but 0.
    steps
        How many, 0 or more.

    Returns
    -------
    uint64
        The last number, never 0.

    Notes
    -----
    Marsaglia (2003), Xorshift RNGs, section 4: x ^= x << 13, x ^= x >> 7, x ^= x << 17. No step
    can start before the one ahead of it is done.
    """
    drawn = state
    for _ in range(steps):
        drawn ^= drawn << np.uint64(13)
        drawn ^= drawn >> np.uint64(7)
        drawn ^= drawn << np.uint64(17)
    return drawn
