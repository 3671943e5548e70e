"""What happens in one layer: attenuation, absorption from tables, and sums over what absorbs."""

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.jit import kernel

type Single = NDArray[np.float32]


@kernel
def attenuation(x: Single, whole: Single, mean: Single, bend: Single) -> None:
    """Exponential of -x and its means, for optical depths x >= 0.

    Parameters
    ----------
    x
        Optical depths; above 87 they count as 87.  [1], shape (point,)
    whole, mean, bend
        Receive exp(-x), (1 - exp(-x)) / x and (1 - (1 + x) exp(-x)) / x^2; relative error below
        4e-6.  [1], shape (point,)

    Notes
    -----
    Cody and Waite's (1980) reduction to |r| <= ln(2) / 2 and a polynomial; power of two by the
    exponent's bits. The means are series where the quotients would cancel.
    """
    one = np.float32(1.0)
    for i in range(x.size):
        v = min(x[i], np.float32(87.0))
        n = np.int32(v * np.float32(1.4426950408889634) + np.float32(0.5))
        r = np.float32(n) * np.float32(0.693359375) - v
        r += np.float32(n) * np.float32(-2.12194440e-4)
        p = np.float32(1.98756915e-4)
        p = p * r + np.float32(1.3981999507e-3)
        p = p * r + np.float32(8.3334519073e-3)
        p = p * r + np.float32(4.1665795894e-2)
        p = p * r + np.float32(1.6666665459e-1)
        p = p * r + np.float32(0.5)
        whole[i] = (p * r * r + r + one) * (np.int32((127 - n) << 23)).view(np.float32)
    for i in range(x.size):
        v, e = min(x[i], np.float32(87.0)), whole[i]
        s = min(v, np.float32(0.35))
        phi = np.float32(1 / 120) - s * (np.float32(1 / 720) - s * np.float32(1 / 5040))
        phi = one - s * (
            np.float32(0.5) - s * (np.float32(1 / 6) - s * (np.float32(1 / 24) - s * phi))
        )
        psi = np.float32(1 / 144) - s * (np.float32(1 / 840) - s * np.float32(1 / 5760))
        psi = np.float32(1 / 8) - s * (np.float32(1 / 30) - s * psi)
        psi = np.float32(0.5) - s * (np.float32(1 / 3) - s * psi)
        small = v < np.float32(0.35)
        d = max(v, np.float32(0.35))
        inverse = one / d
        mean[i] = phi if small else (one - e) * inverse
        bend[i] = psi if small else (one - e * (one + d)) * inverse * inverse


@kernel
def absorb(
    table: Single,
    start: int,
    node: NDArray[np.int64],
    share: Single,
    amount: float,
    section: Single,
    depth: Single,
    by_temperature: Single,
    by_pressure: Single,
) -> None:
    """Interpolate the cross-sections of one gas in one layer and add its optical depth.

    Bilinear between the four neighbours; the derivatives are per step of the table.
    """
    p, t, stop = node[0], node[1], start + section.size
    a, b = table[p, t, start:stop], table[p, t + 1, start:stop]
    c, d = table[p + 1, t, start:stop], table[p + 1, t + 1, start:stop]
    u, v, n, one = share[0], share[1], np.float32(amount), np.float32(1.0)
    for i in range(section.size):
        low = a[i] + v * (b[i] - a[i])
        high = c[i] + v * (d[i] - c[i])
        section[i] = low + u * (high - low)
        depth[i] += n * section[i]
        by_pressure[i] += n * (high - low)
    for i in range(section.size):
        by_temperature[i] += n * ((one - u) * (b[i] - a[i]) + u * (d[i] - c[i]))


@kernel
def asked(amount: Single, change: Single) -> NDArray[np.bool_]:
    """Tell which gases matter in which layers: those that are there, or that may change.

    Parameters
    ----------
    amount
        Columns.  shape (gas, layer)
    change
        Their changes.  shape (direction, gas, layer)

    Returns
    -------
    ndarray
        bool, shape (gas, layer)
    """
    found: NDArray[np.bool_] = amount != 0.0
    for number in range(change.shape[0]):
        for gas in range(change.shape[1]):
            for layer in range(change.shape[2]):
                found[gas, layer] |= change[number, gas, layer] != 0.0
    return found


@kernel
def factors(gas: Single, temperature: Single, pressure: Single) -> Single:
    """Put changes of gases, temperature and pressure side by side.

    Parameters
    ----------
    gas
        shape (direction, gas, layer)
    temperature, pressure
        shape (direction, layer)

    Returns
    -------
    ndarray
        shape (direction, layer, gas + 2)
    """
    count, gases, layers = gas.shape
    found = np.empty((count, layers, gases + 2), np.float32)
    for number in range(count):
        for layer in range(layers):
            for one in range(gases):
                found[number, layer, one] = gas[number, one, layer]
            found[number, layer, gases] = temperature[number, layer]
            found[number, layer, gases + 1] = pressure[number, layer]
    return found


@kernel
def _next(factor: Single, at: int) -> int:
    """Return the place of the next factor that is not zero, or their number."""
    while at < factor.size and factor[at] == 0.0:
        at += 1
    return min(at, factor.size)


@kernel
def blend(factor: Single, values: Single, layer: int, weight: Single, row: Single) -> None:
    """Add a sum of terms of a layer to a row, up to four of them at a time.

    Parameters
    ----------
    factor
        Of the terms; values of those that are zero are not looked at.  shape (term,)
    values
        Contiguous in points.  shape (term, layer, point or more)
    layer
        Whose terms they are.
    weight
        Multiplies the sum.  shape (point,)
    row
        Receives it.  shape (point,)
    """
    first, terms = _next(factor, 0), factor.size
    while first < terms:
        second = _next(factor, first + 1)
        third = _next(factor, second + 1)
        fourth = _next(factor, third + 1)
        if fourth < terms:
            _add_pairs(factor, values, layer, first, second, third, fourth, weight, row)
            first = _next(factor, fourth + 1)
        elif second < terms:
            _add_pair(factor, values, layer, first, second, weight, row)
            first = third
        else:
            f, a = factor[first], values[first, layer, : row.size]
            for i in range(row.size):
                row[i] += f * a[i] * weight[i]
            first = terms


@kernel
def _add_pair(
    factor: Single, values: Single, layer: int, first: int, second: int, weight: Single,
    row: Single,
) -> None:  # fmt: skip
    f, a = factor[first], values[first, layer, : row.size]
    g, b = factor[second], values[second, layer, : row.size]
    for i in range(row.size):
        row[i] += (f * a[i] + g * b[i]) * weight[i]


@kernel
def _add_pairs(
    factor: Single, values: Single, layer: int, first: int, second: int, third: int, fourth: int,
    weight: Single, row: Single,
) -> None:  # fmt: skip
    f, a = factor[first], values[first, layer, : row.size]
    g, b = factor[second], values[second, layer, : row.size]
    h, c = factor[third], values[third, layer, : row.size]
    k, d = factor[fourth], values[fourth, layer, : row.size]
    for i in range(row.size):
        row[i] += ((f * a[i] + g * b[i]) + (h * c[i] + k * d[i])) * weight[i]
