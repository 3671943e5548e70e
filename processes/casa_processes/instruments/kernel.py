"""Weights of a band's channels on a grid of wavenumbers, and the sums with them."""

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.jit import kernel

type Values = NDArray[np.float64]
type Single = NDArray[np.float32]
type Places = NDArray[np.int64]

BLOCK = 16
"""Neighbouring channels that share one window of the grid."""

_PER_UM = 1e4
"""Product of wavenumber [cm-1] and wavelength [um] of the same light."""


@kernel
def _between(node: Values, place: float) -> tuple[int, float]:
    """Return the lower of two nodes and the share of the upper one; the nearest one beyond."""
    last = node.size - 1
    if last == 0 or place <= node[0]:
        return 0, 0.0
    if place >= node[last]:
        return last, 0.0
    low = int(np.searchsorted(node, place, side="right")) - 1
    return low, float((place - node[low]) / (node[low + 1] - node[low]))


@kernel
def _reach(node: Values, offset: Values, place: float) -> tuple[float, float]:
    """Return the ends of the response of a channel at a place."""
    low, share = _between(node, place)
    first, last = offset[low, 0], offset[low, -1]
    if share > 0.0:
        first, last = min(first, offset[low + 1, 0]), max(last, offset[low + 1, -1])
    return first, last


@kernel
def windows(
    wavelength: Values, by_wavelength: bool, node: Values, offset: Values,
    first: float, step: float, window: Places,
) -> None:  # fmt: skip
    """Find the points of a grid that each channel receives light from.

    Parameters
    ----------
    wavelength
        Centres of the channels.  [um], shape (channel,)
    by_wavelength
        Whether nodes and offsets are wavelengths [um], not wavenumbers [cm-1].
    node, offset
        Of a line shape.  shapes (node,), (node, sample)
    first, step
        Of the grid.  [cm-1]
    window
        Receives the first point and the one after the last, which may lie beyond the grid.
        shape (channel, 2)
    """
    for channel in range(wavelength.size):
        centre = wavelength[channel]
        if by_wavelength:
            near, far = _reach(node, offset, centre)
            low, high = _PER_UM / (centre + far), _PER_UM / (centre + near)
        else:
            near, far = _reach(node, offset, _PER_UM / centre)
            low, high = _PER_UM / centre + near, _PER_UM / centre + far
        window[channel, 0] = int(np.ceil((low - first) / step))
        window[channel, 1] = int(np.floor((high - first) / step)) + 1


@kernel
def _secant(offset: Values, response: Values, at: int) -> float:
    return float((response[at + 1] - response[at]) / (offset[at + 1] - offset[at]))


@kernel
def _tangent(offset: Values, response: Values, at: int) -> float:
    """Return the slope of a parabola through a sample and its neighbours, a chord at the ends."""
    last = offset.size - 1
    if at == 0 or at == last:
        return _secant(offset, response, min(at, last - 1))
    below, above = offset[at] - offset[at - 1], offset[at + 1] - offset[at]
    slopes = _secant(offset, response, at - 1), _secant(offset, response, at)
    return float((above * slopes[0] + below * slopes[1]) / (below + above))


@kernel
def _cubics(offset: Values, response: Values, cubic: Values) -> None:
    """Fill slope, second and third coefficient of the cubic after each sample.

    Between samples runs the cubic that has the tangents at both.
    """
    after = _tangent(offset, response, 0)
    for at in range(offset.size - 1):
        width, chord = offset[at + 1] - offset[at], _secant(offset, response, at)
        before, after = after, _tangent(offset, response, at + 1)
        cubic[at, 0] = before
        cubic[at, 1] = (3.0 * chord - 2.0 * before - after) / width
        cubic[at, 2] = (before + after - 2.0 * chord) / (width * width)


@kernel
def _add_table(
    offset: Values, response: Values, cubic: Values, share: float, place: Values, centre: float,
    row: Values,
) -> None:  # fmt: skip
    """Add a share of a tabulated response at ascending places, zero beyond its ends."""
    i = np.searchsorted(place, centre + offset[0])
    for at in range(offset.size - 1):
        begin, end = centre + offset[at], centre + offset[at + 1]
        if i == place.size or place[i] > end:
            continue
        value, first = share * response[at], share * cubic[at, 0]
        second, third = share * cubic[at, 1], share * cubic[at, 2]
        while i < place.size and place[i] <= end:
            x = place[i] - begin
            row[i] += value + x * (first + x * (second + x * third))
            i += 1


@kernel
def _add_mixture(
    node: Values, offset: Values, response: Values, cubic: Values, place: Values, centre: float,
    row: Values,
) -> None:  # fmt: skip
    """Add the response of a channel between two nodes."""
    low, share = _between(node, centre)
    if share < 1.0:
        _add_table(offset[low], response[low], cubic[low], 1.0 - share, place, centre, row)
    if share > 0.0:
        high = low + 1
        _add_table(offset[high], response[high], cubic[high], share, place, centre, row)


@kernel
def _sum(row: Values) -> float:
    """Add numbers up in four lanes, which do not wait for each other."""
    whole = row.size - row.size % 4
    first, second, third, fourth = 0.0, 0.0, 0.0, 0.0
    for i in range(0, whole, 4):
        first += row[i]
        second += row[i + 1]
        third += row[i + 2]
        fourth += row[i + 3]
    for i in range(whole, row.size):
        first += row[i]
    return (first + second) + (third + fourth)


@kernel
def _rounded(row: Values, error: Values, weight: Single) -> None:
    """Round numbers so that their sum is kept.

    What rounding takes away, some 1e-9 of the sum, goes to the last number, where responses are
    small and the last rounding error with them.
    """
    for i in range(row.size):
        weight[i] = row[i]
        error[i] = row[i] - np.float64(weight[i])
    weight[row.size - 1] = np.float64(weight[row.size - 1]) + _sum(error)


@kernel
def _places(by_wavelength: bool, first: float, step: float, places: Values, factor: Values) -> None:
    """Fill the ascending places of a window's points, and 1 / nu^2 of each.

    Wavelengths run from the last point of the window backwards.
    """
    last = places.size - 1
    for i in range(places.size):
        number = first + step * (last - i if by_wavelength else i)
        places[i] = _PER_UM / number if by_wavelength else number
        factor[i] = 1.0 / (number * number)


@kernel
def weigh(
    wavelength: Values, by_wavelength: bool, node: Values, offset: Values, response: Values,
    first: float, step: float, start: Places, weight: Single,
) -> int:  # fmt: skip
    """Sample the responses of channels on a grid.

    Parameters
    ----------
    wavelength, by_wavelength, node, offset, first, step
        As in `windows`.
    response
        Integrating to 1.  [um-1] or [cm], shape (node, sample)
    start
        First point of the window of each block of channels.  shape (block,)
    weight
        Holds zeros; receives what each point adds to a channel's radiance per wavelength.
        [1], shape (block, BLOCK, point of the window)

    Returns
    -------
    int
        The first channel whose response has no positive sum on the grid, or -1.

    Notes
    -----
    Sums over equidistant points are the trapezoidal rule, whose error falls faster than any power
    of the step for a smooth product that vanishes at both ends. In wavelength d lambda is
    1e4 / nu^2 d nu; in wavenumber the mean of I_nu = I_lambda 1e4 / nu^2 returns to wavelength at
    the centre of the channel.
    """
    places = np.empty(weight.shape[2])
    factor, row, spare = np.empty_like(places), np.empty_like(places), np.empty_like(places)
    cubic = np.empty((node.size, offset.shape[1] - 1, 3))
    for low in range(node.size):
        _cubics(offset[low], response[low], cubic[low])
    for channel in range(wavelength.size):
        block, member = channel // BLOCK, channel % BLOCK
        centre = wavelength[channel] if by_wavelength else _PER_UM / wavelength[channel]
        if member == 0:
            _places(by_wavelength, first + step * start[block], step, places, factor)
        near, far = _reach(node, offset, centre)
        low = np.searchsorted(places, centre + near)
        high = np.searchsorted(places, centre + far, side="right")
        here, error = row[low:high], spare[low:high]
        here[:] = 0.0
        _add_mixture(node, offset, response, cubic, places[low:high], centre, here)
        error[:] = here
        for i in range(low, high):
            row[i] *= factor[i]
        total = _sum(here if by_wavelength else error)
        if not total > 0.0:
            return channel
        share = 1.0 / total if by_wavelength else centre * centre / total
        for i in range(low, high):
            row[i] *= share
        target = weight[block, member, ::-1] if by_wavelength else weight[block, member]
        _rounded(here, error, target[low:high])
    return -1
