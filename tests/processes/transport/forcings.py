"""Random forcings, and sums over cells that know nothing of kernels."""

import numpy as np

from casa_processes.transport.types import MassFlux


def drawn(
    seed: int = 0,
    shape: tuple[int, int, int] = (4, 8, 12),
    courant: float = 2.5,
    turning: float = 0.0,
    lateral: bool = True,
) -> MassFlux:
    """Air that moves round by up to `courant` cells and by some of one to all sides.

    `turning` adds what goes in by two sides of a cell and out by the others.
    """
    rng = np.random.default_rng(seed)
    z, y, x = shape
    mass = rng.uniform(1.0, 1.5, shape)
    east = rng.uniform(-courant, courant, (z, y, 1)) + rng.uniform(-0.2, 0.2, shape)
    north = rng.uniform(-0.2, 0.2, (z, y + 1, x))
    stream = rng.uniform(-turning, turning, (z, y + 1, x))
    stream[:, 0] = stream[:, -1] = 0.0
    east -= np.diff(stream, axis=1)
    north += stream - np.roll(stream, 1, axis=2)
    north[:, 0] = north[:, -1] = 0.0
    up = rng.uniform(-0.15, 0.15, (z + 1, y, x))
    up[0] = up[-1] = 0.0
    mixing = rng.uniform(0.0, 3.0, (z - 1, y, x))
    return MassFlux(
        mass, east, north, up, mixing, rng.uniform(0.0, 0.4, (z, y + 1)) if lateral else None
    )


def moved(forcing: MassFlux) -> np.ndarray:
    """Air after a step, from what passes the six faces of each cell."""
    mass = forcing.mass.copy()
    for z, y, x in np.ndindex(*mass.shape):
        mass[z, y, x] += forcing.east[z, y, x - 1] - forcing.east[z, y, x]
        mass[z, y, x] += forcing.north[z, y, x] - forcing.north[z, y + 1, x]
        mass[z, y, x] += forcing.up[z, y, x] - forcing.up[z + 1, y, x]
    return mass


def fields(forcing: MassFlux, seed: int = 0, count: int = 8) -> np.ndarray:
    """Random mole fractions from 0 to 1."""
    return np.random.default_rng(seed).uniform(size=(*forcing.shape, count))


def amounts(q: np.ndarray, mass: np.ndarray) -> np.ndarray:
    """What there is of each tracer in all cells, exactly rounded."""
    return np.array([np.sum(one) for one in np.moveaxis(q * mass[..., None], -1, 0)])
