"""HITRAN records and line lists of our own making."""

import numpy as np
import pytest

from casa_processes.spectroscopy.lines import LineList


def record(
    molecule=2, isotopologue=1, position=6227.9, intensity=1.7e-23, air=0.07, own=0.09,
    energy=100.1237, exponent=0.7, shift=-0.006,
):  # fmt: skip
    """Write one record of 160 characters."""
    row = f"{molecule:2d}{isotopologue:1d}{position:12.6f}{intensity:10.3e}{1.0:10.3e}"
    row += f"{air:5.4f}"[-5:] + f"{own:5.3f}" + f"{energy:10.4f}{exponent:4.2f}{shift:8.6f}"
    return row.ljust(160)


def drawn(seed, count, low, high, mixing=0.0, molecule=2):
    """Draw lines of carbon dioxide."""
    rng = np.random.default_rng(seed)
    return LineList(
        molecule=np.full(count, molecule),
        isotopologue=np.ones(count, dtype=np.int64),
        position=np.sort(rng.uniform(low, high, count)),
        intensity=10 ** rng.uniform(-26, -22, count),
        lower_energy=rng.uniform(0, 1500, count),
        air_width=rng.uniform(0.05, 0.1, count),
        self_width=rng.uniform(0.06, 0.12, count),
        width_exponent=rng.uniform(0.6, 0.8, count),
        air_shift=rng.uniform(-0.01, 0.0, count),
        mixing=rng.normal(size=count) * mixing,
        mixing_exponent=np.full(count, 0.7),
        source="drawn",
    )


def approx(expected, rel=1e-6, abs=0.0):  # noqa: A002  # named as pytest's
    """Compare like pytest's, but nothing is near to a cross-section only because both are small."""
    return pytest.approx(expected, rel=rel, abs=abs)
