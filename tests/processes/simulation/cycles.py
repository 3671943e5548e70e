"""Mean seasonal cycle of a series, after Thoning et al. (1989): a trend and four harmonics."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Cycle:
    """Amplitude from lowest to highest, days of the year of both, and the mean of the series."""

    amplitude: float
    highest: int
    lowest: int
    level: float


def cycle(years, values, growth=None):
    """Fit four harmonics, and a parabola unless the growth [per year] is given."""
    good = np.isfinite(values)
    t, v = years[good], values[good]
    middle = t - t.mean()
    trend = [np.ones_like(t)] if growth is not None else [np.ones_like(t), middle, middle**2]
    turns = 2 * np.pi * np.arange(1, 5)[:, None] * t
    design = np.stack([*trend, *np.cos(turns), *np.sin(turns)], axis=1)
    wanted = v - growth * middle if growth is not None else v
    found = np.linalg.lstsq(design, wanted, rcond=None)[0]
    day = np.arange(365)
    angle = 2 * np.pi * np.arange(1, 5)[:, None] * day / 365.0
    season = found[len(trend) :] @ np.concatenate([np.cos(angle), np.sin(angle)])
    return Cycle(
        amplitude=float(np.ptp(season)),
        highest=int(season.argmax()) + 1,
        lowest=int(season.argmin()) + 1,
        level=float(v.mean()),
    )


def away(day, expected):
    """Days between two days of the year, the short way round."""
    late = abs(day - expected) % 365
    return min(late, 365 - late)


def record(path):
    """Read a monthly record of NOAA: decimal years, and mole fractions [ppm] or NaN."""
    rows = [line.split() for line in path.read_text().splitlines() if not line.startswith("#")]
    names, rows = rows[0], rows[1:]
    year, month, value = (names.index(name) for name in ("year", "month", "value"))
    t = np.array([float(row[year]) + (float(row[month]) - 0.5) / 12 for row in rows])
    v = np.array([float(row[value]) for row in rows])
    return t, np.where(v > 0, v, np.nan)


def monthly(path, year):
    """Return the mole fractions of the months of one year.  [ppm]"""
    t, v = record(path)
    return v[(t > year) & (t < year + 1)]
