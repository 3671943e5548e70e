"""Spectra and line shapes to try, and what channels see of them by dense quadrature in double."""

from dataclasses import dataclass

import numpy as np
from scipy.interpolate import CubicHermiteSpline

from casa_processes.instruments.shapes import tabulated

DENSE = 10_000


@dataclass(frozen=True, eq=False)
class Light:
    """A continuum with Lorentz lines, known at every wavenumber [cm-1], per wavelength."""

    centre: np.ndarray
    depth: np.ndarray
    width: np.ndarray
    slope: float = 0.02

    def __call__(self, number):
        far = (np.asarray(number)[..., None] - self.centre) / self.width
        middle = self.centre.mean()
        lines = (self.depth / (1.0 + far**2)).sum(-1)
        return (1.0 + self.slope * (number - middle)) * np.exp(-lines)


def drawn(rng, low, high, lines=12):
    """Draw lines of the widths that they have from the ground to 300 hPa."""
    return Light(
        rng.uniform(low, high, lines), rng.uniform(0.1, 3.0, lines), rng.uniform(0.03, 0.08, lines)
    )


def skewed(domain, nodes, width, samples=201, seed=0, alike=False):
    """Return different lopsided tables at some nodes, with wings that end at 5 widths.

    Nodes have the same offsets if they are `alike`.
    """
    rng = np.random.default_rng(seed)
    offset = np.sort(rng.uniform(-1, 1, (len(nodes), samples)) ** 3, axis=1) * 5 * width
    offset[:, 0], offset[:, -1] = -5 * width, 5 * width
    if alike:
        offset[:] = offset[0]
    x = offset / (width * rng.uniform(0.4, 0.6, (len(nodes), 1)))
    table = np.exp(-0.5 * x**2) * (1 + 0.3 * np.tanh(x)) + 1e-3 / (1 + x**2)
    return tabulated(domain, nodes, offset, table)


def _table(shape, place, offset):
    """Mix the tables of the neighbouring nodes at some offsets."""
    node = shape.node
    at = int(np.clip(np.searchsorted(node, place) - 1, 0, max(node.size - 2, 0)))
    upper = min(at + 1, node.size - 1)
    share = 0.0 if upper == at else np.clip((place - node[at]) / (node[upper] - node[at]), 0, 1)
    low, high = (curve(shape, i, offset) for i in (at, upper))
    return (1 - share) * low + share * high


def curve(shape, node, offset):
    """Interpolate a table by the cubics that have the differences of the second order."""
    places, table = shape.offset[node], shape.response[node]
    spline = CubicHermiteSpline(places, table, np.gradient(table, places), extrapolate=False)
    return np.nan_to_num(spline(offset))


def seen(light, shape, wavelength):
    """Return what one channel sees, by the mid-point rule on dense points of its own domain."""
    ends = shape.offset.min(), shape.offset.max()
    edges = np.linspace(*ends, DENSE + 1)
    offset = (edges[1:] + edges[:-1]) / 2
    if shape.domain == "wavelength":
        weight = _table(shape, wavelength, offset)
        return np.sum(weight * light(1e4 / (wavelength + offset))) / np.sum(weight)
    centre = 1e4 / wavelength
    weight = _table(shape, centre, offset)
    # Per wavenumber, as a Fourier transform spectrometer averages, and back.
    per_number = light(centre + offset) * 1e4 / (centre + offset) ** 2
    return np.sum(weight * per_number) / np.sum(weight) * centre**2 / 1e4
