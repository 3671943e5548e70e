"""Columns of a model as a satellite would see them: soundings beside a gridded model."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from casa_ogc.archive.axes import Role
from casa_ogc.query.answer import SoundingsAnswer
from casa_ogc.query.cost import Options
from casa_ogc.query.gather import Places, cheapest, chunks_met, gather
from casa_ogc.query.holding import cells_holding
from casa_ogc.query.request import Request
from casa_ogc.query.sampling import columns_at, rows_at
from casa_ogc.query.soundings import rows_at_most, soundings
from casa_ogc.query.variables import chosen
from casa_ogc.query.windows import ground
from casa_processes.common.errors import InvalidValueError, TooLargeError
from casa_processes.common.vocabulary import Variable

if TYPE_CHECKING:
    from casa_ogc.archive.cubes import Cube, StoredArray
    from casa_ogc.archive.soundings import SoundingStore

MODELLED = "co2"
NEEDED = ("pressure_levels", "pressure_weight", "xco2_averaging_kernel", "co2_profile_apriori")
SEEN, PLAIN = "xco2_model", "xco2_model_plain"
_BLOCK = 1 << 20
"""Values of a model that are held at once, about 64 bytes each."""
_READ = 64
"""How many values of a model may be decoded for each that an answer may hold."""

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
        For more values than allowed, and for soundings scattered over too much of the model;
        before the model is read.
    """
    names, asked = with_sensitivity(store, request, options)
    pressure = model_pressure(model)
    cells = rows_at_most(store, asked, options) * pressure.size
    if cells > options.max_cells:
        raise TooLargeError("cells of the model", cells, options.max_cells)
    answer = soundings(store, asked, options)
    if answer is None:
        return None
    seen, plain = _in_blocks(model, answer.columns, pressure, options)
    hidden = set(NEEDED) - set(names)
    kept = {name: values for name, values in answer.columns.items() if name not in hidden}
    described = {name: one for name, one in answer.variables.items() if name not in hidden}
    return replace(
        answer,
        columns={**kept, SEEN: seen, PLAIN: plain},
        variables={**described, **_described(model.name)},
    )


def with_sensitivity(
    store: "SoundingStore", request: Request, options: Options
) -> tuple[tuple[str, ...], Request]:
    """Return the names that a request means, and the request with what smoothing needs as well.

    Raises
    ------
    UnknownNameError
        For a variable that is not stored.
    InvalidValueError
        For a collection without averaging kernels.
    """
    missing = [name for name in NEEDED if name not in store.variables]
    if missing:
        expected = f"a collection with averaging kernels; {store.product} has no {missing[0]}"
        raise InvalidValueError("ak", "apply", expected)
    wanted = chosen(store.variables, request.variables, options.defaults)
    names = tuple(variable.name for variable in wanted)
    return names, replace(request, variables=tuple(dict.fromkeys((*names, *NEEDED))))


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


def _in_blocks(
    model: Model,
    columns: Mapping[str, NDArray[Any]],
    pressure: NDArray[np.float64],
    limits: Options,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return smoothed and plain columns, shape (sounding,) each, some soundings at a time."""
    rows = columns["time"].size
    size = max(_BLOCK // pressure.size, 1)
    blocks = [slice(start, start + size) for start in range(0, rows, size)]
    places = [_places(model, columns, block) for block in blocks]
    _refuse_reading(model.cube, places, pressure.size, limits)
    seen, plain = np.empty(rows), np.empty(rows)
    for block, place in zip(blocks, places, strict=True):
        profiles = _profiles(model.cube, place, pressure.size)
        mine = {name: columns[name][block] for name in NEEDED}
        seen[block], plain[block] = _columns(mine, profiles, pressure)
    return seen, plain


def _places(model: Model, columns: Mapping[str, NDArray[Any]], block: slice) -> Places:
    """Return the cells of the model that hold some soundings, -1 along an axis where none does."""
    axes = model.cube.axes
    grid = ground(axes)
    found: dict[Role, NDArray[np.int64]] = {
        "y": rows_at(grid.rows, columns["latitude"][block].astype(np.float64)),
        "x": columns_at(grid.circle, columns["longitude"][block].astype(np.float64)),
    }
    if "t" in axes:
        seconds = columns["time"][block].astype("datetime64[ns]").astype(np.int64) / 1e9
        found["t"] = cells_holding(axes["t"], seconds, model.nearest)
    outside = np.any([cells < 0 for cells in found.values()], axis=0)
    return {role: np.where(outside, -1, cells) for role, cells in found.items()}


def _refuse_reading(cube: "Cube", places: Sequence[Places], levels: int, limits: Options) -> None:
    """Refuse soundings that are scattered over more of a model than may be decoded.

    Raises
    ------
    TooLargeError
        With the values in the chunks that would be read.
    """
    values = 0
    for place in places:
        inside = place["y"] >= 0
        if inside.any():
            flat = {role: cells[inside] for role, cells in place.items()}
            flat["z"] = np.zeros(int(inside.sum()), np.int64)
            values += min(
                _decoded(cube.layouts[name].arrays[MODELLED], flat, levels)
                for name in ("map", "series")
                if name in cube.layouts
            )
    most = limits.max_cells * _READ
    if values > most:
        raise TooLargeError("values of the model to be read", values, most)


def _decoded(array: "StoredArray", places: Places, levels: int) -> int:
    """Return how many values the chunks hold that places meet on every level."""
    deep = array.chunks[array.roles.index("z")]
    return chunks_met(array, places) * -(-levels // deep) * int(np.prod(array.chunks))


def _profiles(cube: "Cube", place: Places, levels: int) -> Matrix:
    """Return the model's profile at each sounding, shape (sounding, level); NaN outside of it."""
    inside = place["y"] >= 0
    found = np.full((inside.size, levels), np.nan)
    if inside.any():
        count = int(inside.sum())
        places = {role: np.repeat(cells[inside], levels) for role, cells in place.items()}
        places["z"] = np.tile(np.arange(levels), count)
        layout, _, _ = cheapest(cube.layouts, [MODELLED], places)
        values = gather(cube.layouts[layout].arrays[MODELLED], places)
        found[inside] = values.reshape(count, levels)
    return found


def _columns(
    columns: Mapping[str, NDArray[Any]], profiles: Matrix, pressure: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return smoothed and plain columns of the profiles, shape (sounding,) each."""
    # The compiler behind the kernels is imported when the first model is asked.
    from casa_processes.smoothed_column.checks import WEIGHT_TOLERANCE, Retrievals
    from casa_processes.smoothed_column.model import plain_columns, smoothed_columns

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
    from casa_processes.smoothed_column.checks import LEAST_COVERAGE
    from casa_processes.smoothed_column.model import on_levels

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
