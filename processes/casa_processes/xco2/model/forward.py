"""The forward model of a sounding: from a state to all channels, with the analytic Jacobian."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.errors import CasaError, InvalidValueError
from casa_processes.instruments.response import Response
from casa_processes.radiative_transfer.paths import Geometry, scattering_cosine, ways
from casa_processes.spectra.sounding import Sounding, Weather
from casa_processes.xco2.model.air import columns
from casa_processes.xco2.model.light import Light, Scene, light
from casa_processes.xco2.model.options import Options
from casa_processes.xco2.model.orders import Frames
from casa_processes.xco2.model.responses import near
from casa_processes.xco2.model.scattering import OutsideTablesError, aerosols
from casa_processes.xco2.model.state import Elements
from casa_processes.xco2.model.window import FURTHEST, Window

type Values = NDArray[np.float64]

_MOVED = 0.02
"""Sampling distances that channels may move before their responses are made anew."""


@dataclass(frozen=True, eq=False)
class Forward:
    """A model of one sounding.

    Attributes
    ----------
    sounding, weather, options
        What it is of.
    known
        Elements of the state.
    windows
        Its bands.
    """

    sounding: Sounding
    weather: Weather
    options: Options
    known: Elements
    windows: Sequence[Window]
    _responses: dict[str, Response] = field(default_factory=dict)
    _fits: Frames = field(default_factory=dict)
    _beyond: list[str] = field(default_factory=list)

    @property
    def beyond(self) -> str:
        """Say in what a state that was tried lay beyond the tables, of several the last one.

        Empty if none did. A search may have gone on from there, and ended for another reason.
        """
        return self._beyond[-1] if self._beyond else ""

    def __call__(self, state: Values) -> tuple[Values, Values]:
        """Return what the fitted channels of all bands measure, and its derivatives.

        Parameters
        ----------
        state
            Profile [ppm] and the other elements.  shape (n,)

        Returns
        -------
        tuple of ndarray
            [photon s-1 m-2 sr-1 um-1], shape (m,), and its Jacobian, shape (m, n); not a number
            where the state is impossible.
        """
        size = sum(each.wavelength.size for each in self.windows)
        spectrum, jacobian = np.full(size, np.nan), np.full((state.size, size), np.nan)
        try:
            self._fill(state, spectrum, jacobian)
        except CasaError as error:
            spectrum[:], jacobian[:] = np.nan, np.nan
            if isinstance(error, OutsideTablesError):
                self._beyond.append(str(error))
        return spectrum, jacobian.T

    def _fill(self, state: Values, spectrum: Values, jacobian: Values) -> None:
        """Compute all bands, as far as they are finite.

        Raises
        ------
        CasaError
            When the state is impossible.
        """
        scene = self.scene(state)
        first = 0
        for band in self.windows:
            last = first + band.wavelength.size
            with np.errstate(all="ignore"):
                seen = light(band, self.known, state, scene)
                if not np.isfinite(seen.rows).all():
                    break
                jacobian[:, first:last] = 0.0
                spectrum[first:last] = self._seen(band, state, seen, jacobian[:, first:last])
            first = last

    def scene(self, state: Values) -> Scene:
        """Return air, particles and ways of light of a state.

        Raises
        ------
        InvalidValueError
            When the state is impossible.
        """
        here = self.sounding
        _check(self.known, state, [band.name for band in self.windows])
        air, change = columns(here, self.weather, self.known, state)
        levels = air.fraction * self.known.value(state, "surface_pressure")
        sun, sight = (
            ways(levels, air.altitude, zenith, here.latitude)
            for zenith in (here.solar_zenith, here.sensor_zenith)
        )
        cosines = np.cos(np.radians([here.solar_zenith, here.sensor_zenith]))
        turned = scattering_cosine(
            here.solar_zenith, here.sensor_zenith, here.sensor_azimuth - here.solar_azimuth
        )
        return Scene(
            air,
            change,
            aerosols(self.options, self.known, state, air.fraction),
            sun,
            sight,
            Geometry(float(cosines[0]), float(cosines[1]), turned),
            self.options.scattering,
            self._fits,
        )

    def _seen(self, band: Window, state: Values, found: Light, jacobian: Values) -> Values:
        """Return what the channels of a band see, and fill their derivatives."""
        known, name = self.known, band.name
        shift, stretch = (known.value(state, f"{each}_{name}") for each in ("shift", "stretch"))
        moved = band.sampling * (shift + stretch * band.channel_place)
        response = self._response(band, moved, shift, stretch)
        seen = response.apply(found.rows) * band.polarisation
        slope = response.slope(found.rows[0]) * band.polarisation
        by = {f"ln_albedo_{name}": seen[1], f"shift_{name}": slope * band.sampling}
        by |= {f"stretch_{name}": by[f"shift_{name}"] * band.channel_place}
        by |= dict(zip(found.names, seen[2 + found.levels :], strict=True))
        whole = band.brightness * band.polarisation
        by[f"zero_level_{name}"] = np.full(slope.size, whole)
        by |= {f"eof_{number}_{name}": row for number, row in enumerate(band.eofs, start=1)}
        for element, row in by.items():
            place = known.place(element)
            if place is not None:
                jacobian[place] = row
        jacobian[: found.levels] = seen[2 : 2 + found.levels]
        offset = known.value(state, f"zero_level_{name}") * whole
        for number, row in enumerate(band.eofs, start=1):
            offset = offset + known.value(state, f"eof_{number}_{name}") * row
        further = band.wavelength + moved - response.wavelength
        fitted: Values = seen[0] + slope * further + offset
        return fitted

    def _response(self, band: Window, moved: Values, shift: float, stretch: float) -> Response:
        """Return responses of channels near their places; as long as they are, the last ones."""
        known = self._responses.get(band.name)
        far = np.inf if known is None else np.abs(known.wavelength - band.wavelength - moved).max()
        if known is None or far > _MOVED * band.sampling:
            resting = self.sounding.bands[band.name].wavelength[band.used]
            known = near(band, resting, self.sounding.relative_velocity, shift, stretch)
            self._responses[band.name] = known
        return known


_LIMITS = {
    "ln_albedo": (-12.0, 2.0),
    "albedo": (-3.0, 3.0),
    "ln_aod": (-30.0, 3.0),
    "ln_glint": (-30.0, 7.0),
    "h2o": (-1.0, 20.0),
    "temperature": (-60.0, 60.0),
}


def _check(known: Elements, state: Values, bands: Sequence[str]) -> None:
    """Refuse what no formula is meant for.

    Raises
    ------
    InvalidValueError
        Naming the quantity.
    """
    for name in known.names:
        for what, (low, high) in _LIMITS.items():
            named = name == what or name.startswith(f"{what}_")
            if named and not low <= known.value(state, name) <= high:
                raise InvalidValueError(name, known.value(state, name), f"{low:g} to {high:g}")
    for band in bands:
        moved = sum(abs(known.value(state, f"{what}_{band}")) for what in ("shift", "stretch"))
        if not moved <= FURTHEST:
            raise InvalidValueError(f"shift and stretch of {band}", moved, f"at most {FURTHEST:g}")
