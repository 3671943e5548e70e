"""Two streams at points whose absorption is given, and their derivatives by all depths."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.jit import kernel
from casa_processes.radiative_transfer.kernel import Paths, Scatterers
from casa_processes.radiative_transfer.scattering.adjoint.kernel import backwards
from casa_processes.radiative_transfer.scattering.diffuse.kernel import scatter, solve
from casa_processes.radiative_transfer.scattering.terms.kernel import (
    BLOCK,
    Correction,
    Diffusion,
    Ground,
    memory,
)

type Single = NDArray[np.float32]


class Low(NamedTuple):
    """Radiance of two streams and its derivatives.

    Attributes
    ----------
    radiance
        Over the irradiance.  [sr-1], shape (point,)
    absorption
        Derivatives by the depths of absorption.  shape (layer, point)
    scatterers
        By the extinction depths of kinds.  shape (kind, layer, point)
    albedo
        By the albedo for diffuse light.  shape (point,)
    """

    radiance: Single
    absorption: Single
    scatterers: Single
    albedo: Single


@kernel
def two_streams(
    absorbed: Single,
    air: Scatterers,
    ways: Paths,
    ground: Ground,
    diffusion: Diffusion,
    correction: Correction,
    found: Low,
) -> None:
    """Radiance of two streams and its derivatives, at a few points.

    Parameters
    ----------
    absorbed
        Depths of absorption.  [1], shape (layer, point)
    air, ways, ground, diffusion, correction
        As `casa_processes.radiative_transfer.scattering.kernel.radiance` takes them. Without phases
        and reflectance, what is scattered more than once is left.
    found
        Receives them.
    """
    layers, points = absorbed.shape
    work = memory(0, air.depth.shape[0], layers)
    for start in range(0, points, BLOCK):
        stop = min(start + BLOCK, points)
        size = stop - start
        for layer in range(layers):
            work.depth[layer, :size] = absorbed[layer, start:stop]
        scatter(air, diffusion, start, size, work)
        work.beam[0, :size] = 1.0
        solve(ways, ground, diffusion, correction, start, size, work)
        found.radiance[start:stop] = work.lines[0, :size]
        backwards(ways, ground, air.phase, diffusion, correction, start, size, work)
        found.absorption[:, start:stop] = work.by_gas[:, :size]
        found.scatterers[:, :, start:stop] = work.by_kind[:, :, :size]
        found.albedo[start:stop] = work.lines[2, :size]
