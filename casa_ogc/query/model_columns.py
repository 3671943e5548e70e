"""Columns of a model as a satellite would see them: soundings beside a gridded model."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from casa_ogc.query.answer import SoundingsAnswer
from casa_ogc.query.cost import Options
from casa_ogc.query.gather import Places, cheapest, gather
from casa_ogc.query.holding import cells_holding
from casa_ogc.query.request import Request
from casa_ogc.query.sampling import columns_at, rows_at
from casa_ogc.query.soundings import soundings
from casa_ogc.query.variables import chosen
from casa_ogc.query.windows import ground
from casa_processes.common.errors import InvalidValueError, TooLargeError
from casa_processes.common.vocabulary import Variable

if TYPE_CHECKING:
    from casa_ogc.archive.cubes import Cube
    from casa_ogc.archive.soundings import SoundingStore

MODELLED = "co2"
NEEDED = ("pressure_levels", "pressure_weight", "xco2_averaging_kernel", "co2_profile_apriori")
SEEN, PLAIN = "xco2_model", "xco2_model_plain"

type Matrix = NDArray[np.float64]


@dataclass(frozen=True)
class Model:
    """A gridded model and how it is asked.

    Attributes
    ----------
    cube
        Holds ``co2`` [ppm of dry air] on levels of pressure.
    name
        Collection, for errors and descriptions.
    nearest
        Whether soundings that no time step holds take the closest one.
    """

    cube: "Cube"
    name: str
    nearest: bool = False


def model_columns(
    store: "SoundingStore", request: Request, options: Options, model: Model
) -> SoundingsAnswer | None:
    """Return soundings with the columns of a model beside them; None when there is no sounding.

    ``xco2_model`` is what the retrieval would report if the atmosphere were the model,
    x_a + sum_i h_i a_i (x_i - a_i) in the notation of Rodgers and Connor (2003): the model's
    profile in the cell and at the step that hold the sounding, brought to its levels with its
    column kept. ``xco2_model_plain`` is sum_i h_i x_i. They are missing where the model does not
    hold the sounding, covers less than nine tenths of its pressures, or the sounding's own weights
    are not normalised.

    Raises
    ------
    UnknownNameError
        For a variable that is not stored.
    InvalidValueError
        For a collection without averaging kernels, a model without ``co2`` or pressure levels, and
        as `soundings`.
    TooLargeError
        For more values than allowed.
    """
    missing = [name for name in NEEDED if name not in store.variables]
    if missing:
        expected = f"a collection with averaging kernels; {store.product} has no {missing[0]}"
        raise InvalidValueError("ak", "apply", expected)
    pressure = model_pressure(model)
    wanted = chosen(store.variables, request.variables, options.defaults)
    names = tuple(variable.name for variable in wanted)
    whole = tuple(dict.fromkeys((*names, *NEEDED)))
    answer = soundings(store, replace(request, variables=whole), options)
    if answer is None:
        return None
    rows = answer.columns["time"].size
    if rows * pressure.size > options.max_cells:
        raise TooLargeError("cells of the model", rows * pressure.size, options.max_cells)
    profiles = _profiles(model, answer.columns, pressure.size)
    seen, plain = _columns(answer.columns, profiles, pressure)
    hidden = set(NEEDED) - set(names)
    kept = {name: values for name, values in answer.columns.items() if name not in hidden}
    described = {name: one for name, one in answer.variables.items() if name not in hidden}
    return replace(
        answer,
        columns={**kept, SEEN: seen, PLAIN: plain},
        variables={**described, **_described(model.name)},
    )


def model_pressure(model: Model) -> NDArray[np.float64]:
    """Return the levels of a model in hPa, as they are stored.

    Raises
    ------
    InvalidValueError
        Without ``co2`` or levels of pressure.
    """
    # Units are parsed when the first model is asked, not at the start of the server.
    from casa_processes.common.units import UnitsError, convert

    cube = model.cube
    if MODELLED not in cube.variables:
        known = ", ".join(cube.variables)
        raise InvalidValueError("model", model.name, f"a model of {MODELLED}; it holds {known}")
    axis = cube.axes.get("z")
    if axis is None or "z" not in cube.layouts["map"].arrays[MODELLED].roles:
        raise InvalidValueError("model", model.name, "a model with levels of pressure; it has none")
    try:
        found: NDArray[np.float64] = convert(axis.values.astype(np.float64), axis.units, "hPa")
    except UnitsError:
        expected = f"a model with levels of pressure, not of {axis.name} in {axis.units or '1'}"
        raise InvalidValueError("model", model.name, expected) from None
    return found


def _profiles(model: Model, columns: Mapping[str, NDArray[Any]], levels: int) -> Matrix:
    """Return the model's profile at each sounding, shape (sounding, level); NaN outside of it."""
    cube = model.cube
    grid = ground(cube.axes)
    row = rows_at(grid.rows, columns["latitude"].astype(np.float64))
    column = columns_at(grid.circle, columns["longitude"].astype(np.float64))
    inside = (row >= 0) & (column >= 0)
    step = np.zeros(row.size, dtype=np.int64)
    if "t" in cube.axes:
        seconds = columns["time"].astype("datetime64[ns]").astype(np.int64) / 1e9
        step = cells_holding(cube.axes["t"], seconds, model.nearest)
        inside &= step >= 0
    found = np.full((row.size, levels), np.nan)
    if inside.any():
        count = int(inside.sum())
        places: Places = {
            "t": np.repeat(step[inside], levels),
            "z": np.tile(np.arange(levels), count),
            "y": np.repeat(row[inside], levels),
            "x": np.repeat(column[inside], levels),
        }
        layout, _, _ = cheapest(cube.layouts, [MODELLED], places)
        values = gather(cube.layouts[layout].arrays[MODELLED], places)
        found[inside] = values.reshape(count, levels)
    return found


def _columns(
    columns: Mapping[str, NDArray[Any]], profiles: Matrix, pressure: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return smoothed and plain columns of the profiles, shape (sounding,) each."""
    # The compiler behind the kernels is imported when the first model is asked.
    from casa_processes.smoothed_column.model import (
        WEIGHT_TOLERANCE,
        Retrievals,
        plain_columns,
        smoothed_columns,
    )

    levels, weight, sensitivity, prior = (columns[name].astype(np.float64) for name in NEEDED)
    ours = Retrievals(weight, sensitivity, prior)
    on_levels = _on_levels(profiles, pressure, levels)
    sound = (weight >= 0).all(axis=1) & (np.abs(weight.sum(axis=1) - 1) <= WEIGHT_TOLERANCE)
    seen, plain = smoothed_columns(ours, on_levels), plain_columns(weight, on_levels)
    return np.where(sound, seen, np.nan), np.where(sound, plain, np.nan)


def _on_levels(profiles: Matrix, pressure: NDArray[np.float64], levels: Matrix) -> Matrix:
    """Bring profiles to the levels of soundings; NaN where they cover too little of them.

    Levels that a model has no value at, below its surface, are left out.
    """
    from casa_processes.smoothed_column.model import LEAST_COVERAGE, on_levels

    found = np.full(levels.shape, np.nan)
    if levels.shape[1] < 2:
        return found
    valid = np.isfinite(profiles)
    steps = np.diff(levels, axis=1)
    known = np.isfinite(levels).all(axis=1) & ((steps > 0).all(1) | (steps < 0).all(1))
    patterns, number = np.unique(valid, axis=0, return_inverse=True)
    for kind, pattern in enumerate(patterns):
        given = pressure[pattern]
        rows = np.flatnonzero(known & (number.ravel() == kind))
        if given.size < 2 or rows.size == 0:
            continue
        mine = levels[rows]
        high = np.minimum(mine.max(axis=1), given.max())
        low = np.maximum(mine.min(axis=1), given.min())
        rows = rows[(high - low) / np.ptp(mine, axis=1) >= LEAST_COVERAGE]
        if rows.size:
            values = profiles[rows][:, pattern]
            every = np.broadcast_to(given, values.shape)
            found[rows] = on_levels(values, every, levels[rows], "model")
    return found


def _described(model: str) -> dict[str, Variable]:
    seen = Variable(
        SEEN,
        "ppm",
        f"XCO2 of {model} as the instrument would see it (averaging kernel applied)",
        f"{model} 经平均核平滑的二氧化碳柱浓度",
        dtype="float64",
    )
    plain = Variable(
        PLAIN,
        "ppm",
        f"XCO2 of {model} weighted by pressure alone",
        f"{model} 气压加权的二氧化碳柱浓度",
        dtype="float64",
    )
    return {SEEN: seen, PLAIN: plain}
