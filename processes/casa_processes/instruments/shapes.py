"""Line shapes from a few numbers or from tables."""

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from casa_processes.common.errors import InvalidValueError
from casa_processes.spectra.sounding import LineShape

type Values = NDArray[np.float64]

_SIGMAS = 2.0 * np.sqrt(2.0 * np.log(2.0))
"""Full width at half maximum of a Gaussian over its standard deviation."""


def gaussian(
    width: float,
    domain: Literal["wavelength", "wavenumber"] = "wavelength",
    reach: float = 3.0,
    samples: int = 601,
) -> LineShape:
    """Return a Gaussian that is the same for all channels.

    Parameters
    ----------
    width
        Full width at half maximum.  [um] or [cm-1]
    domain
        What it is Gaussian in.
    reach
        Where it is cut, in widths; at 3 of them it has fallen to 1.5e-11.
    samples
        Of the table.

    Raises
    ------
    InvalidValueError
        When width or reach is not positive, or there are less than three samples.
    """
    if not (width > 0 and reach > 0 and samples >= 3):
        asked = (width, reach, samples)
        raise InvalidValueError("Gaussian", asked, "positive width and reach, three samples")
    offset = np.linspace(-reach * width, reach * width, samples)
    return tabulated(domain, [0.0], offset[None], np.exp(-0.5 * (offset / width * _SIGMAS) ** 2))


def tabulated(
    domain: Literal["wavelength", "wavenumber"],
    node: ArrayLike,
    offset: ArrayLike,
    response: ArrayLike,
) -> LineShape:
    """Return a shape that a table gives in any unit of response.

    Parameters
    ----------
    domain
        What offsets and nodes are.
    node
        Places of the tables.  [um] or [cm-1], shape (node,)
    offset
        Light's place less the channel's centre, ascending.  shape (node, sample)
    response
        shape (node, sample)

    Raises
    ------
    InvalidValueError
        When shapes do not fit, numbers are missing, offsets or nodes do not ascend, or a response
        has no positive integral.

    Notes
    -----
    Responses are divided by their integrals by the trapezoidal rule.
    """
    places = np.atleast_2d(np.asarray(offset, np.float64))
    values = np.atleast_2d(np.asarray(response, np.float64))
    fits = values.shape == places.shape
    whole = np.asarray(np.trapezoid(values, places) if fits else [1.0])
    if not (whole > 0).all():
        raise InvalidValueError("line shape", whole, "responses with positive integrals")
    nodes = np.atleast_1d(np.asarray(node, np.float64))
    return LineShape(domain, nodes, places, values / whole[:, None])
