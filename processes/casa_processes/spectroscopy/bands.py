"""The three bands of a retrieval of carbon dioxide."""

from dataclasses import dataclass

from casa_processes.common.errors import UnknownNameError
from casa_processes.spectroscopy.cross_sections import Grid


@dataclass(frozen=True)
class Band:
    """One band.

    Attributes
    ----------
    name
        Short name.
    window
        First and last wavenumber of the channels that it is for.  [cm-1]
    margin
        How far tables reach beyond them: what the responses of Fourier transform spectrometers
        need, which are tabulated to 20 cm-1, and what channels may be moved.  [cm-1]
    gases
        Gases that absorb there, the one of the band first.
    """

    name: str
    window: tuple[float, float]
    margin: float
    gases: tuple[str, ...]

    def grid(self, step: float = 0.01) -> Grid:
        """Return the monochromatic points of the band; `step` in cm-1."""
        first, last = self.window[0] - self.margin, self.window[1] + self.margin
        return Grid(first, step, round((last - first) / step) + 1)


BANDS = {
    each.name: each
    for each in (
        Band("o2a", (12950.0, 13190.0), 23.0, ("O2",)),
        Band("wco2", (6166.0, 6286.0), 23.0, ("CO2", "H2O")),
        Band("sco2", (4810.0, 4897.0), 23.0, ("CO2", "H2O")),
    )
}
"""O2 A band at 0.76, weak and strong bands of CO2 at 1.6 and 2.06 micrometres."""


def band_named(name: str) -> Band:
    """Return a band by its name.

    Raises
    ------
    UnknownNameError
        Naming the bands that there are.
    """
    try:
        return BANDS[name]
    except KeyError:
        raise UnknownNameError("band", name, BANDS) from None
