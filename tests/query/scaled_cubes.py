"""Archived cubes that are scaled, and area-weighted means over their cells, one by one."""

import numpy as np
import xarray as xr

from casa_ogc.archive.cubes import Cube
from casa_ogc.query.answer import Grid, GridAnswer, Origin
from casa_ogc.query.cost import Options
from casa_ogc.query.forms import run_as
from casa_ogc.query.parse.scaling import parse_scaling
from casa_ogc.query.request import Request
from casa_ogc.query.targets import Form

OPTIONS = Options(Origin("scaled", "s1"), (), 5000.0, 10**7)
ROWS, COLUMNS, STEPS = 72, 144, 9
TIMES = np.datetime64("2022-01-29", "ns") + np.arange(STEPS) * np.timedelta64(1, "D")
EVERYTHING = Request()
TURNS = (-720.0, -360.0, 0.0, 360.0, 720.0)


def dataset(ascending: bool, zero_to_360: bool, gaps: bool) -> xr.Dataset:
    """A cube with a value, its uncertainty and a flag; a fifth of the values is missing."""
    dice = np.random.default_rng(3)
    shape = (STEPS, ROWS, COLUMNS)
    latitudes = -90 + 180 / ROWS * (np.arange(ROWS) + 0.5)
    longitudes = -180 + 360 / COLUMNS * (np.arange(COLUMNS) + 0.5)
    values = dice.normal(400, 20, shape).astype("float32")
    if gaps:
        values[dice.random(shape) < 0.2] = np.nan
        values[:, :6, :24] = np.nan
    names = ("time", "latitude", "longitude")
    data = xr.Dataset(
        {
            "xco2": (names, values),
            "xco2_uncertainty": (names, dice.uniform(0.5, 2, shape).astype("float32")),
            "surface_type": (names, dice.integers(0, 2, shape).astype("int8")),
        },
        coords={
            "time": TIMES,
            "latitude": ("latitude", latitudes, {"units": "degrees_north"}),
            "longitude": ("longitude", longitudes, {"units": "degrees_east"}),
        },
        attrs={"title": "scaled", "source": "synthetic", "licence": "CC0-1.0", "mission": "none"},
    )
    if zero_to_360:
        data = data.assign_coords(longitude=data["longitude"] % 360).sortby("longitude")
        data["longitude"].attrs["units"] = "degrees_east"
    return data if ascending else data.isel(latitude=slice(None, None, -1))


HABITS = [(True, False, True), (False, True, True), (False, False, False)]


def ask(
    cube: Cube, request: Request = EVERYTHING, options: Options = OPTIONS, **texts: str
) -> Grid:
    form = Form(parse_scaling({name.replace("_", "-"): text for name, text in texts.items()}))
    answer = run_as(cube, request, options, form)
    assert isinstance(answer, GridAnswer)
    (grid,) = answer.grids
    return grid


def shares(data: xr.Dataset, grid: Grid) -> tuple[np.ndarray, np.ndarray]:
    """Areas of the intersections: (target row, stored row) and (target column, stored column)."""
    down, across = np.asarray(grid.axes["y"].bounds), np.asarray(grid.axes["x"].bounds)
    half_y, half_x = 90 / ROWS, 180 / COLUMNS
    rows = np.array(
        [
            [
                max(
                    0.0,
                    np.sin(np.radians(min(max(edges), y + half_y)))
                    - np.sin(np.radians(max(min(edges), y - half_y))),
                )
                for y in data["latitude"].to_numpy()
            ]
            for edges in down
        ]
    )
    columns = np.array(
        [
            [
                sum(
                    max(0.0, min(edges[1], x + half_x + turn) - max(edges[0], x - half_x + turn))
                    for turn in TURNS
                )
                for x in data["longitude"].to_numpy()
            ]
            for edges in across
        ]
    )
    rows[rows < 1e-12], columns[columns < 1e-9] = 0, 0
    return rows, columns


def mean(data: xr.Dataset, grid: Grid, name: str, members: list[list[int]]) -> np.ndarray:
    """Area-weighted mean over all stored cells that touch each cell, one after the other."""
    rows, columns = shares(data, grid)
    values = data[name].to_numpy().astype(np.float64)
    if name == "xco2_uncertainty":
        values[np.isnan(data["xco2"].to_numpy())] = np.nan
    result = np.full((len(members), rows.shape[0], columns.shape[0]), np.nan)
    for t, i, j in np.ndindex(result.shape):
        ys, xs = np.flatnonzero(rows[i]), np.flatnonzero(columns[j])
        part = values[np.ix_(members[t], ys, xs)]
        weight = np.broadcast_to(np.outer(rows[i, ys], columns[j, xs]), part.shape)
        valid = ~np.isnan(part)
        if valid.any():
            result[t, i, j] = (part[valid] * weight[valid]).sum() / weight[valid].sum()
    return result
