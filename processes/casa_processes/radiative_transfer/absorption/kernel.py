"""Optical depths of all gases in layers, and how they change, a block of points at a time."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.jit import kernel
from casa_processes.radiative_transfer.layers.kernel import absorb

type Single = NDArray[np.float32]


class Absorbers(NamedTuple):
    """Gases of an atmosphere in layers from the top down.

    Attributes
    ----------
    tables
        Cross-sections of each gas.  [cm2 / molecule], each (pressure, temperature, point)
    node
        Lower neighbours of a layer among the pressures and temperatures of the tables, which all
        gases share.  shape (layer, 2)
    share
        Its place between them and the next, from 0 to 1.  shape (layer, 2)
    amount
        Columns.  [molecule cm-2], shape (gas, layer)
    first
        Point of the tables where the light begins.
    """

    tables: tuple[Single, ...]
    node: NDArray[np.int64]
    share: Single
    amount: Single
    first: int = 0


@kernel
def absorption(
    gases: Absorbers,
    needed: NDArray[np.bool_],
    start: int,
    size: int,
    section: Single,
    depth: Single,
) -> None:
    """Fill cross-sections and optical depths of one block, and the changes of the latter.

    Parameters
    ----------
    gases
        In layers.
    needed
        Which gases matter in which layers; sections of others are left as they are.
        shape (gas, layer)
    start, size
        First point of the block, and its points.
    section
        Receives cross-sections [cm2 / molecule], then the changes of the optical depth a step of
        the tables, by temperature and pressure.  shape (gas + 2, layer, size or more)
    depth
        Receives optical depths of all gases.  [1], shape (layer, size or more)
    """
    count = len(gases.tables)
    for layer in range(gases.node.shape[0]):
        whole = depth[layer, :size]
        warm, pressed = section[count, layer, :size], section[count + 1, layer, :size]
        whole[:], warm[:], pressed[:] = 0.0, 0.0, 0.0
        for gas in range(count):
            if not needed[gas, layer]:
                continue
            absorb(
                gases.tables[gas], gases.first + start,
                gases.node[layer], gases.share[layer], gases.amount[gas, layer],
                section[gas, layer, :size], whole, warm, pressed,
            )  # fmt: skip
