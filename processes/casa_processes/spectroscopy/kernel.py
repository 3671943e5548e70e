"""Sums of Voigt lines on two grids: line cores on the fine one, wings on a coarse one."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.jit import kernel

type Values = NDArray[np.float64]

_ROOT_PI = math.sqrt(math.pi)
_ASYMPTOTIC = 15.0
"""From |x| + y on the one-term asymptotic form has a relative error below 6e-5."""

_TERMS = 24
_SCALE = math.sqrt(_TERMS / math.sqrt(2.0))


def _weideman() -> Values:
    """Coefficients of Weideman's (1994) rational series, highest power first."""
    angles = np.arange(-2 * _TERMS + 1, 2 * _TERMS) * (math.pi / (2 * _TERMS))
    points = _SCALE * np.tan(angles / 2.0)
    values = np.exp(-(points**2)) * (_SCALE**2 + points**2)
    spectrum = np.fft.fft(np.fft.fftshift(np.concatenate((np.zeros(1), values))))
    return np.ascontiguousarray(spectrum.real[1 : _TERMS + 1][::-1] / (4 * _TERMS))


_SERIES = _weideman()


@kernel
def probability(x: Values, y: float, real: Values, imaginary: Values) -> None:
    """Complex probability function w(x + i y) = exp(-z^2) erfc(-i z) at several x.

    Parameters
    ----------
    x
        Distances from a line's centre over its Doppler width at 1/e.  [1], shape (point,)
    y
        Its collisional width over the Doppler width, above zero.  [1]
    real, imaginary
        Receive K and L: the Voigt function and its dispersion counterpart.  [1], shape (point,)

    Notes
    -----
    Weideman (1994), eq. 38 with 24 terms, in loops over the points so that they run in vector
    registers. Relative error of K below 4e-5 for y >= 1e-4 and |x| + y <= 15.
    """
    size = x.size
    power_real, power_imaginary = np.empty(size), np.empty(size)
    for i in range(size):
        above, below = _SCALE - y, _SCALE + y
        scale = 1.0 / (below * below + x[i] * x[i])
        power_real[i] = (above * below - x[i] * x[i]) * scale
        power_imaginary[i] = x[i] * (above + below) * scale
        real[i] = _SERIES[0]
        imaginary[i] = 0.0
    for k in range(1, _TERMS):
        term = _SERIES[k]
        for i in range(size):
            a, b = real[i], imaginary[i]
            real[i] = a * power_real[i] - b * power_imaginary[i] + term
            imaginary[i] = a * power_imaginary[i] + b * power_real[i]
    for i in range(size):
        below = _SCALE + y
        scale = 1.0 / (below * below + x[i] * x[i])
        inverse_real, inverse_imaginary = below * scale, x[i] * scale
        a = 2.0 * (real[i] * inverse_real - imaginary[i] * inverse_imaginary) + 1.0 / _ROOT_PI
        b = 2.0 * (real[i] * inverse_imaginary + imaginary[i] * inverse_real)
        real[i] = a * inverse_real - b * inverse_imaginary
        imaginary[i] = a * inverse_imaginary + b * inverse_real


class Wing(NamedTuple):
    """The smooth part of one line: asymptotic functions of the squared distance X = x^2.

    The even one is `even` (c + X) / D and the odd one `odd` x (X + c - 1) / D with c = 1/2 + y^2
    and D = (c - X)^2 + 4 X y^2. At X < `near` the quotients are continued by parabolas in X.

    Attributes
    ----------
    y
        Collisional over Doppler width.  [1]
    even, odd
        Factors.  [cm2 / molecule]
    near
        Where the continuation begins.  [1]
    even_near, odd_near
        Value, slope and half the curvature of the two quotients there.  [1]
    even_end, odd_end
        Values of the two quotients where the line ends.  [1]
    """

    y: float
    even: float
    odd: float
    near: float
    even_near: tuple[float, float, float]
    odd_near: tuple[float, float, float]
    even_end: float
    odd_end: float


@kernel
def wing_of(y: float, even: float, odd: float, near: float, end: float) -> Wing:
    """Make the wing of a line from its factors and the squared distances `near` and `end`."""
    c = 0.5 + y * y
    last = (c - end) ** 2 + 4.0 * end * y * y
    even_near, odd_near = _continuation(c, y, near, c), _continuation(c, y, near, c - 1.0)
    return Wing(y, even, odd, near, even_near, odd_near, (c + end) / last, (end + c - 1.0) / last)


@kernel
def _continuation(c: float, y: float, near: float, shift: float) -> tuple[float, float, float]:
    """Value, slope and half the curvature of (X + `shift`) / D at X = `near`."""
    below, change = (c - near) ** 2 + 4.0 * near * y * y, 4.0 * y * y - 2.0 * (c - near)
    value = (near + shift) / below
    slope = (1.0 - value * change) / below
    return value, slope, -(slope * change + value) / below


@kernel
def add_wing(x0: float, dx: float, index: Values, wing: Wing, spectrum: Values) -> None:
    """Add the asymptotic wing at x = x0 + index dx, with zero where the line ends."""
    c, y4 = 0.5 + wing.y * wing.y, 4.0 * wing.y * wing.y
    even, end = wing.even, wing.even_end
    for i in range(spectrum.size):
        x = x0 + index[i] * dx
        square = x * x
        a = c - square
        spectrum[i] += even * ((c + square) / (a * a + y4 * square) - end)
    if wing.odd != 0.0:
        odd, end = wing.odd, wing.odd_end
        for i in range(spectrum.size):
            x = x0 + index[i] * dx
            square = x * x
            a = c - square
            spectrum[i] += odd * x * ((square + c - 1.0) / (a * a + y4 * square) - end)


@kernel
def add_continued(
    x0: float, dx: float, index: Values, wing: Wing, sign: float, spectrum: Values
) -> None:
    """Add or take away the continued wing, ends included."""
    even = sign * wing.even
    value, slope, bend = wing.even_near
    for i in range(spectrum.size):
        x = x0 + index[i] * dx
        beyond = x * x - wing.near
        spectrum[i] += even * (value - wing.even_end + beyond * (slope + beyond * bend))
    if wing.odd != 0.0:
        odd = sign * wing.odd
        value, slope, bend = wing.odd_near
        for i in range(spectrum.size):
            x = x0 + index[i] * dx
            beyond = x * x - wing.near
            spectrum[i] += odd * x * (value - wing.odd_end + beyond * (slope + beyond * bend))


@kernel
def add_core(
    x0: float, dx: float, index: Values, wing: Wing, work: Values, spectrum: Values
) -> None:
    """Add a line near its centre, with zero where it ends; `work` has room for three spectra."""
    size = spectrum.size
    x, real, imaginary = work[0, :size], work[1, :size], work[2, :size]
    for i in range(size):
        x[i] = x0 + index[i] * dx
    probability(x, wing.y, real, imaginary)
    even, odd = wing.even * _ROOT_PI / wing.y, wing.odd * _ROOT_PI
    for i in range(size):
        ends = wing.even * wing.even_end + wing.odd * wing.odd_end * x[i]
        spectrum[i] += even * real[i] + odd * imaginary[i] - ends


@kernel
def between(first: float, step: float, low: float, high: float, size: int) -> tuple[int, int]:
    """Points of a grid from `low` to `high`, as a half-open interval of indices."""
    start = min(max(math.ceil((low - first) / step), 0), size)
    stop = min(max(math.floor((high - first) / step) + 1, start), size)
    return start, stop


@kernel
def add_interpolated(sparse: Values, coarse: int, spectrum: Values) -> None:
    """Interpolate a coarse grid, two points ahead of the fine one, by cubics (Catmull and Rom)."""
    for block in range((spectrum.size + coarse - 1) // coarse):
        a, b, c, d = sparse[block + 1], sparse[block + 2], sparse[block + 3], sparse[block + 4]
        first = block * coarse
        for k in range(min(coarse, spectrum.size - first)):
            u = k / coarse
            bent = 2.0 * a - 5.0 * b + 4.0 * c - d + u * (3.0 * (b - c) + d - a)
            spectrum[first + k] += b + 0.5 * u * (c - a + u * bent)


@kernel
def voigt_sum(
    first: float,
    step: float,
    lines: Values,
    cut: float,
    near: float,
    coarse: int,
    spectrum: Values,
) -> None:
    """Add lines to a spectrum of cross-sections.

    Parameters
    ----------
    first, step
        First wavenumber of the grid and its step.  [cm-1]
    lines
        Rows of position [cm-1], intensity [cm-1 / (molecule cm-2)], Doppler width at 1/e and
        collisional half width [cm-1] and line-mixing coefficient times pressure [1], all at the
        pressure and temperature in question.  shape (5, line)
    cut
        How far from its centre a line reaches; its value there is subtracted, so that it ends
        without a step.  [cm-1]
    near
        Within how far from its centre a line is computed on the fine grid.  [cm-1]
    coarse
        Step of the coarse grid, in steps of the fine one.
    spectrum
        Cross-sections, to which the lines are added.  [cm2 / molecule], shape (point,)

    Notes
    -----
    The wings, continued smoothly through the line's centre, are summed on the coarse grid and
    interpolated; what the true line has above its continued wing is added on the fine grid
    (multigrid method after Fomin, 1995). First-order line mixing after Rosenkranz (1975).
    """
    size = spectrum.size
    count = (size - 1) // coarse + 6
    sparse, work = np.zeros(count), np.empty((3, size))
    index = np.arange(max(size, count)).astype(np.float64)
    wide, start = step * coarse, first - 2.0 * step * coarse
    for line in range(lines.shape[1]):
        here, scale = lines[0, line], 1.0 / lines[2, line]
        y, factor = lines[3, line] * scale, lines[1, line] * scale / math.pi
        wing = wing_of(
            y, factor * y, factor * lines[4, line], (near * scale) ** 2, (cut * scale) ** 2
        )
        x0, dx = (start - here) * scale, wide * scale
        low, high = between(start, wide, here - cut, here + cut, count)
        left, right = between(start, wide, here - near, here + near, count)
        add_wing(x0, dx, index[low:left], wing, sparse[low:left])
        add_continued(x0, dx, index[left:right], wing, 1.0, sparse[left:right])
        add_wing(x0, dx, index[right:high], wing, sparse[right:high])
        x0, dx = (first - here) * scale, step * scale
        low, high = between(first, step, here - near, here + near, size)
        reach = min(max(_ASYMPTOTIC - y, 0.0) / scale, near)
        left, right = between(first, step, here - reach, here + reach, size)
        add_wing(x0, dx, index[low:left], wing, spectrum[low:left])
        add_core(x0, dx, index[left:right], wing, work, spectrum[left:right])
        add_wing(x0, dx, index[right:high], wing, spectrum[right:high])
        add_continued(x0, dx, index[low:high], wing, -1.0, spectrum[low:high])
    add_interpolated(sparse, coarse, spectrum)
