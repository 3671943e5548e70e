"""Layers of a state: columns of every gas, and how they change with the state."""

from collections.abc import Mapping
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.constants import OXYGEN_MOLE_FRACTION
from casa_processes.radiative_transfer.air import layers
from casa_processes.spectra.sounding import Sounding, Weather
from casa_processes.xco2.model.prior import FRACTIONS
from casa_processes.xco2.model.state import LEVELS, Elements

type Values = NDArray[np.float64]

_PARTS = (4, 2) + (1,) * (LEVELS - 3)
"""Layers between two levels of the state: more where pressure varies by much."""

_BETWEEN: Values = np.concatenate(
    [
        *(
            np.geomspace(top, bottom, parts, endpoint=False)
            for top, bottom, parts in zip(FRACTIONS[:-1], FRACTIONS[1:], _PARTS, strict=True)
        ),
        FRACTIONS[-1:],
    ]
)
"""Pressures between layers over that of the surface; parts have equal ratios of pressure."""

_LEVEL = np.repeat(np.arange(LEVELS - 1), _PARTS)
_HALVES: Values = (np.eye(LEVELS)[_LEVEL] + np.eye(LEVELS)[_LEVEL + 1]) / 2.0
"""Half of each level around a layer."""

_STEPS = {"surface_pressure": 0.05, "temperature_offset": 0.01, "h2o_scale": 0.001}
"""Steps of central differences in double precision; their error is below 1e-6."""


@dataclass(frozen=True, eq=False)
class Columns:
    """What light meets in each layer, from the top down; shape (layer,) but `share`.

    Attributes
    ----------
    logarithm
        Of the pressure in hPa.
    temperature
        [K]
    dry_air, co2, o2, h2o
        [molecule cm-2]
    water_fraction
        Of moist air.  [mol mol-1]
    share
        What each level of the state has in the mole fraction of a layer.  shape (layer, level)
    fraction
        Pressures between layers over that of the surface.  shape (layer + 1,)
    altitude
        Of the levels between layers.  [m], shape (layer + 1,)
    """

    logarithm: Values
    temperature: Values
    dry_air: Values
    co2: Values
    o2: Values
    h2o: Values
    water_fraction: Values
    share: Values
    fraction: Values
    altitude: Values

    @property
    def weight(self) -> Values:
        """Return the pressure weighting function of the levels.  [1], shape (level,)."""
        whole: Values = self.dry_air @ self.share / self.dry_air.sum()
        return whole


def columns(
    sounding: Sounding, weather: Weather, known: Elements, state: Values
) -> tuple[Columns, Mapping[str, Columns]]:
    """Integrate the air of a state.

    Returns
    -------
    Columns
        Of the state.
    dict
        Derivatives of all its fields by those of surface pressure [hPa-1], temperature offset
        [K-1] and scale of water that the state has.

    Raises
    ------
    InvalidValueError
        When the surface pressure is not positive.
    """
    values = {name: known.value(state, name) for name in _STEPS}
    here = _columns(sounding, weather, state[:LEVELS], values)
    change = {}
    for name, step in _STEPS.items():
        if known.place(name) is None:
            continue
        ends = [
            _columns(sounding, weather, state[:LEVELS], values | {name: values[name] + by})
            for by in (step, -step)
        ]
        change[name] = Columns(
            **{
                each.name: (getattr(ends[0], each.name) - getattr(ends[1], each.name)) / (2 * step)
                for each in fields(Columns)
            }
        )
    return here, change


def _columns(
    sounding: Sounding, weather: Weather, profile: Values, values: Mapping[str, float]
) -> Columns:
    found = layers(
        _BETWEEN * values["surface_pressure"],
        weather.profile,
        sounding.latitude,
        sounding.altitude,
        values["temperature_offset"],
        values["h2o_scale"],
    )
    share = _share(found.dry_air)
    return Columns(
        logarithm=np.log(found.pressure),
        temperature=found.temperature,
        dry_air=found.dry_air,
        co2=found.dry_air * (share @ profile) * 1e-6,
        o2=found.dry_air * OXYGEN_MOLE_FRACTION,
        h2o=found.water,
        water_fraction=found.water / (found.water + found.dry_air),
        share=share,
        fraction=_BETWEEN,
        altitude=found.altitude,
    )


def _share(dry_air: Values) -> Values:
    """Mix levels to layers: mole fractions are linear in the column of dry air between levels."""
    share = _HALVES.copy()
    first = 0
    for level, parts in enumerate(_PARTS):
        if parts > 1:
            here = dry_air[first : first + parts]
            middle = (np.cumsum(here) - here / 2.0) / here.sum()
            share[first : first + parts, level] = 1.0 - middle
            share[first : first + parts, level + 1] = middle
        first += parts
    return share
