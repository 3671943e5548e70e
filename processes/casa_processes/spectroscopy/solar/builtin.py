"""Sunlight without files: the continuum, and drawn lines at places that nature has not."""

from functools import cache

import numpy as np

from casa_processes.spectroscopy.solar.lines import SolarLines

SOURCE = "synthetic solar lines (drawn, not measured) on a continuum of Planck's law"

_SPANS = (
    # first and last wavenumber [cm-1], lines per cm-1, median thickness, width over position
    (12700.0, 13400.0, 0.25, 0.08, 8.0e-6),
    (6000.0, 6450.0, 0.50, 0.07, 1.2e-5),
    (4650.0, 5050.0, 0.30, 0.04, 1.2e-5),
)


@cache
def synthetic_sun() -> SolarLines:
    """Return sunlight with synthetic Fraunhofer lines; they are the same ones at every call.

    Returns
    -------
    SolarLines
        As dense, deep and wide as genuine ones, but drawn. On genuine spectra they are worse than
        none: their quality is "builtin", and what is retrieved with them is never called science.
    """
    rng = np.random.default_rng(5772)
    parts = []
    for first, last, density, median, width in _SPANS:
        count = round((last - first) * density)
        position = np.sort(rng.uniform(first, last, count))
        thickness = median * np.exp(1.3 * rng.normal(size=count))
        core = position * width * rng.uniform(0.7, 1.3, count)
        wing = core * rng.uniform(0.0, 0.8, count)
        parts.append(np.stack([position, thickness, wing, core]))
    rows = np.concatenate(parts, axis=1)
    position, thickness, wing, core = rows[:, np.argsort(rows[0], kind="stable")]
    about = {"source": SOURCE, "lines": position.size}
    return SolarLines(position, thickness, wing, core, 1.0, about, "builtin")
