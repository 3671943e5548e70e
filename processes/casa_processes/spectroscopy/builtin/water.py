"""Synthetic lines of water: as many and as strong as genuine ones, at places that nature has not.

They stand in for genuine lines in closed loops, in tests and in teaching, where a retrieval must
tell carbon dioxide from something that varies with water. They say nothing about genuine spectra.
"""

import numpy as np

from casa_processes.spectroscopy.lines import LineList

SOURCE = "synthetic lines of water (drawn, not measured)"

_SPANS = (
    # first and last wavenumber [cm-1], lines per cm-1, median intensity [cm-1 / (molecule cm-2)]
    (4700.0, 5000.0, 2.0, 4.0e-26),
    (6050.0, 6400.0, 1.5, 1.6e-27),
)


def water() -> LineList:
    """Return the synthetic lines; they are the same ones at every call.

    Returns
    -------
    LineList
        Lines over the windows of carbon dioxide at 1.6 and 2.06 micrometres, with intensities drawn
        from log-normal distributions and widths as those of water are.
    """
    rng = np.random.default_rng(18)
    position, intensity = (
        np.concatenate(parts)
        for parts in zip(*(_drawn(rng, *span) for span in _SPANS), strict=True)
    )
    size = position.size
    nothing = np.zeros(size)
    width = rng.uniform(0.05, 0.10, size)
    return LineList(
        molecule=np.ones(size, dtype=np.int64),
        isotopologue=np.ones(size, dtype=np.int64),
        position=position,
        intensity=intensity,
        lower_energy=rng.gamma(2.0, 300.0, size),
        air_width=width,
        self_width=5.0 * width,
        width_exponent=rng.uniform(0.5, 0.8, size),
        air_shift=rng.normal(-0.004, 0.005, size),
        mixing=nothing,
        mixing_exponent=nothing,
        source=SOURCE,
    )


def _drawn(
    rng: np.random.Generator, first: float, last: float, density: float, median: float
) -> tuple[np.ndarray, np.ndarray]:
    count = round((last - first) * density)
    position = np.sort(rng.uniform(first, last, count))
    return position, median * np.exp(2.5 * rng.normal(size=count))
