"""Air in layers: hydrostatic columns of dry air and water between pressure levels."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.constants import (
    AVOGADRO,
    GAS_CONSTANT,
    MOLAR_MASS_DRY_AIR,
    MOLAR_MASS_WATER,
)
from casa_processes.common.errors import InvalidValueError
from casa_processes.radiative_transfer.hydrostatics.kernel import heights

type Values = NDArray[np.float64]

_STEPS = 16
"""Parts of a layer for the integrals; twice as many change a column by less than 1e-5."""

_SEMI_MAJOR, _FLATTENING = 6_378_137.0, 1.0 / 298.257_223_563
_SQUARED_ECCENTRICITY = _FLATTENING * (2.0 - _FLATTENING)
_EQUATOR_GRAVITY, _SOMIGLIANA, _ROTATION = (
    9.780_325_3359,
    0.001_931_852_652_41,
    0.003_449_786_506_84,
)


@dataclass(frozen=True, eq=False)
class Profile:
    """Temperature and moisture as a weather model gives them, from the top down.

    Attributes
    ----------
    pressure
        Ascending.  [hPa], shape (node,)
    temperature
        [K], shape (node,)
    humidity
        Specific humidity.  [kg kg-1], shape (node,)
    """

    pressure: Values
    temperature: Values
    humidity: Values

    def __post_init__(self) -> None:
        arrays = (self.pressure, self.temperature, self.humidity)
        if len({array.shape for array in arrays}) != 1 or self.pressure.ndim != 1:
            raise InvalidValueError("profile", [a.shape for a in arrays], "arrays of one length")
        if not all(np.isfinite(array).all() for array in arrays):
            raise InvalidValueError("profile", "missing numbers", "finite ones")
        rising = self.pressure.size > 1 and (np.diff(self.pressure) > 0).all()
        if not rising or self.pressure[0] <= 0:
            raise InvalidValueError("profile: pressure", self.pressure, "ascending, above zero")
        if self.temperature.min() < 100 or self.temperature.max() > 400:
            raise InvalidValueError("profile: temperature", self.temperature, "100 to 400 K")
        if self.humidity.min() < 0 or self.humidity.max() > 0.1:
            raise InvalidValueError("profile: humidity", self.humidity, "0 to 0.1 kg kg-1")


@dataclass(frozen=True, eq=False)
class Layers:
    """Layers between levels, from the top down.

    Attributes
    ----------
    levels
        Pressures between and around the layers.  [hPa], shape (layer + 1,)
    altitude
        Of the levels above the geoid.  [m], shape (layer + 1,)
    pressure, temperature
        Means over the mass of a layer.  [hPa], [K], shape (layer,)
    dry_air, water
        Columns.  [molecule cm-2], shape (layer,)
    """

    levels: Values
    altitude: Values
    pressure: Values
    temperature: Values
    dry_air: Values
    water: Values

    @property
    def weights(self) -> Values:
        """Pressure weighting function of the levels, summing to 1.  [1], shape (layer + 1,).

        A mole fraction is linear in the column of dry air between levels, so that each level has
        half of the layers beside it (Connor et al., 2008).
        """
        share = self.dry_air / self.dry_air.sum() / 2.0
        weights = np.zeros(self.levels.size)
        weights[:-1] += share
        weights[1:] += share
        return weights


def gravity[Height: (float, Values)](latitude: float, altitude: Height) -> Height:
    """Return the acceleration of free fall.

    Parameters
    ----------
    latitude
        Geodetic.  [degree]
    altitude
        Above the ellipsoid.  [m]

    Returns
    -------
    float or ndarray
        [m s-2], shape of `altitude`

    Notes
    -----
    Somigliana's closed formula for the ellipsoid WGS 84, and its expansion to the second order in
    the altitude (NIMA TR8350.2, eqs. 4-1 and 4-3); error below 2e-6 up to 100 km.
    """
    surface, slope, curve = _gravity(latitude)
    return surface * (1.0 - slope * altitude + curve * altitude**2)


def _gravity(latitude: float) -> tuple[float, float, float]:
    """Return gravity at the ellipsoid, and how it falls: linear and quadratic coefficient."""
    sine = float(np.sin(np.radians(latitude))) ** 2
    surface = _EQUATOR_GRAVITY * (1.0 + _SOMIGLIANA * sine)
    surface = float(surface / np.sqrt(1.0 - _SQUARED_ECCENTRICITY * sine))
    slope = 1.0 + _FLATTENING + _ROTATION - 2.0 * _FLATTENING * sine
    return surface, 2.0 * slope / _SEMI_MAJOR, 3.0 / _SEMI_MAJOR**2


def layers(
    levels: Values,
    profile: Profile,
    latitude: float,
    altitude: float,
    temperature_offset: float = 0.0,
    humidity_factor: float = 1.0,
) -> Layers:
    """Integrate a profile between pressure levels.

    Parameters
    ----------
    levels
        Ascending pressures, the last one that of the surface.  [hPa], shape (layer + 1,)
    profile
        Linear in the logarithm of pressure between its nodes, constant beyond them.
    latitude
        [degree]
    altitude
        Of the surface.  [m]
    temperature_offset
        Added to all temperatures.  [K]
    humidity_factor
        Multiplies all humidities.  [1]

    Raises
    ------
    InvalidValueError
        When the levels do not ascend.

    Notes
    -----
    Hydrostatic balance of moist air, dz = -R T (1 + q (M_d / M_w - 1)) / (g M_d) d ln p, from the
    surface upwards; columns (1 - q) / (g M_d) dp and q / (g M_w) dp by the trapezoidal rule.
    """
    if levels.size < 2 or levels[0] <= 0 or not (np.diff(levels) > 0).all():
        raise InvalidValueError("pressure levels", levels, "two or more, ascending, above zero")
    logarithm = _refined(np.log(levels))
    nodes = np.log(profile.pressure)
    warmth = np.interp(logarithm, nodes, profile.temperature) + temperature_offset
    humidity = np.interp(logarithm, nodes, profile.humidity) * humidity_factor
    virtual = warmth * (1.0 + humidity * (MOLAR_MASS_DRY_AIR / MOLAR_MASS_WATER - 1.0))
    height = _heights(logarithm, virtual, latitude, altitude)
    pressure = np.exp(logarithm)
    per_area = 100.0 / gravity(latitude, height)
    parts = per_area * np.stack([np.ones_like(warmth), pressure, warmth, 1.0 - humidity, humidity])
    column, pressed, warm, dry, moist = _integrals(parts, pressure)
    molecules = AVOGADRO * 1e-4
    return Layers(
        levels=levels,
        altitude=height[::_STEPS],
        pressure=pressed / column,
        temperature=warm / column,
        dry_air=dry * molecules / MOLAR_MASS_DRY_AIR,
        water=moist * molecules / MOLAR_MASS_WATER,
    )


def _refined(logarithm: Values) -> Values:
    """Cut each interval into `_STEPS` parts."""
    whole = np.arange(logarithm.size, dtype=np.float64)
    places = np.arange((logarithm.size - 1) * _STEPS + 1) / _STEPS
    return np.interp(places, whole, logarithm)


def _heights(logarithm: Values, virtual: Values, latitude: float, surface: float) -> Values:
    """Integrate the hydrostatic equation upwards, with gravity at the heights that it gives."""
    mean = (virtual[1:] + virtual[:-1]) / 2.0
    work = GAS_CONSTANT / MOLAR_MASS_DRY_AIR * mean * np.diff(logarithm)
    height = np.full(logarithm.size, surface)
    heights(work, *_gravity(latitude), height)
    return height


def _integrals(values: Values, pressure: Values) -> Values:
    """Integrate rows over pressure within each layer, shape (row, layer)."""
    parts = (values[:, 1:] + values[:, :-1]) / 2.0 * np.diff(pressure)
    sums: Values = parts.reshape(len(values), -1, _STEPS).sum(axis=2)
    return sums
