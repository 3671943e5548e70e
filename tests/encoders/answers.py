"""Answers of every shape, for hypothesis and by hand."""

import json
from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from casa_ogc.archive.axes import ROLES, Axis, Role, midpoint_bounds
from casa_ogc.query.answer import Grid, GridAnswer, GridField, Origin, SoundingsAnswer
from casa_processes.common.vocabulary import Variable

ORIGIN = Origin("oco2-xco2-lite", "8SNAPSHOT", "OCO-2 XCO₂", "CC-BY-4.0", "Team (2020), doi:10/x")
XCO2 = Variable(
    "xco2",
    "ppm",
    "Column CO2",
    "二氧化碳柱浓度",
    standard_name="dry_atmosphere_mole_fraction_of_carbon_dioxide",
    uncertainty="xco2_uncertainty",
)
SIGMA = Variable("xco2_uncertainty", "ppm", "Uncertainty of column CO2", "不确定度")
FLAG = Variable("quality_flag", "1", "Quality", "质量标志", dtype="int8")
FLUX = Variable("flux", "gC m-2 day-1", "Flux", "通量", colour_map="RdBu")
TEXT = Variable("target_name", "", "Target", "目标", dtype="str")
PROFILE = Variable("pressure_levels", "hPa", "Pressure levels", "气压层", shape="level")
KERNEL = Variable("averaging_kernel", "1", "Averaging kernel", "平均核", shape="level")
VERTICES = (
    Variable("latitude_vertices", "degrees_north", "Corners", "角点纬度", shape="vertex"),
    Variable("longitude_vertices", "degrees_east", "Corners", "角点经度", shape="vertex"),
)
DAY = np.datetime64("2020-01-01", "ns")

floats = st.floats(-1e6, 1e6, width=32) | st.just(float("nan"))


def strict_json(body: bytes) -> Any:
    """Parse JSON; NaN and Infinity, which Python would accept, are refused."""

    def refuse(constant: str) -> Any:
        raise AssertionError(f"{constant} is not JSON")

    return json.loads(body.decode("utf-8"), parse_constant=refuse)


def time_axis(size: int, step: np.timedelta64, bounds: bool) -> Axis:
    values = DAY + np.arange(size) * step.astype("timedelta64[ns]")
    edges = np.stack([values, values + step], axis=1).astype("datetime64[ns]")
    return Axis("time", "t", values, edges if bounds else None)


def axis(name: str, role: Role, start: float, step: float, size: int, bounds: bool = True) -> Axis:
    values = start + step * np.arange(size, dtype=np.float64)
    units = {"y": "degrees_north", "x": "degrees_east", "z": "hPa"}[role]
    edges = midpoint_bounds(values) if bounds else None
    return Axis(name, role, values, edges, units, "down" if role == "z" else None)


@st.composite
def axes(draw: st.DrawFn) -> dict[Role, Axis]:
    """Axes of a grid: either latitude order, longitudes of any origin, with and without t and z."""
    bounds = draw(st.booleans())
    found: dict[Role, Axis] = {}
    if draw(st.booleans()):
        step = draw(st.sampled_from(["1D", "90m", "1500ms", "333us", "7ns"]))
        count, unit = step.rstrip("Dmsun"), step.lstrip("0123456789")
        found["t"] = time_axis(
            draw(st.integers(1, 3)), np.timedelta64(int(count), unit), draw(st.booleans())
        )
    if draw(st.booleans()):
        found["z"] = axis("pressure", "z", 1000.0, -150.5, draw(st.integers(1, 3)), bounds)
    down = draw(st.booleans())
    rows, columns = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    found["y"] = axis("latitude", "y", 20.25, -10.5 if down else 10.5, rows, bounds)
    origin = draw(st.sampled_from([-179.5, 0.5, 171.3, 350.0]))
    found["x"] = axis("longitude", "x", origin, 2.5, columns, bounds)
    return found


@st.composite
def fields(draw: st.DrawFn, given: dict[Role, Axis]) -> dict[str, GridField]:
    """Some fields, of which the flag may lack the time axis or any other."""
    chosen = draw(st.sets(st.sampled_from([XCO2, SIGMA, FLAG, FLUX]), min_size=1))
    found = {}
    for variable in sorted(chosen, key=lambda v: v.name):
        roles = tuple(role for role in ROLES if role in given)
        if variable in (FLAG, FLUX):
            roles = tuple(role for role in roles if draw(st.integers(0, 3)))
        shape = tuple(given[role].size for role in roles)
        kinds = (np.int8, st.integers(-128, 127)) if variable is FLAG else (np.float32, floats)
        values = draw(hnp.arrays(kinds[0], shape, elements=kinds[1], fill=st.nothing()))
        found[variable.name] = GridField(variable, roles, np.asarray(values))
    return found


@st.composite
def grids(draw: st.DrawFn) -> Grid:
    given = draw(axes())
    return Grid(given, draw(fields(given)))


grid_answers = st.builds(
    GridAnswer, st.just(ORIGIN), st.lists(grids(), min_size=1, max_size=3).map(tuple)
)
single_grids = st.builds(GridAnswer, st.just(ORIGIN), st.tuples(grids()))


@st.composite
def soundings(draw: st.DrawFn, least: int = 0) -> SoundingsAnswer:
    """Soundings, some of one place and time, with scalars, text, profiles and vertices."""
    n = draw(st.integers(least, 5))
    seconds = sorted(draw(st.lists(st.integers(0, 3), min_size=n, max_size=n)))
    unit = draw(st.sampled_from([10**9, 300_000_000, 1]))
    columns: dict[str, Any] = {
        "sounding_id": np.array([f"2020{i:012d}" for i in range(n)], dtype=object),
        "time": DAY + (np.array(seconds, dtype=np.int64) * unit).astype("timedelta64[ns]"),
        "longitude": _places(draw, n, [-180.0, -0.1, 179.9]),
        "latitude": _places(draw, n, [-90.0, 0.0, 45.123]),
    }
    numbers = lambda shape: draw(hnp.arrays(np.float32, shape, elements=floats, fill=st.nothing()))  # noqa: E731
    options = {
        XCO2: lambda: numbers(n),
        SIGMA: lambda: numbers(n),
        FLAG: lambda: draw(hnp.arrays(np.int8, n)),
        TEXT: lambda: np.array(draw(_texts(n)), dtype=object),
        PROFILE: lambda: numbers((n, 3)),
        KERNEL: lambda: numbers((n, 2)),
        VERTICES[0]: lambda: numbers((n, 4)),
        VERTICES[1]: lambda: numbers((n, 4)),
    }
    chosen = draw(st.sets(st.sampled_from(list(options))))
    columns |= {variable.name: make() for variable, make in options.items() if variable in chosen}
    variables = {variable.name: variable for variable in chosen}
    resolution = draw(st.sampled_from(["", "P1D"]))
    return SoundingsAnswer(ORIGIN, columns, variables, n + draw(st.integers(0, 9)), resolution)


def _places(draw: st.DrawFn, n: int, values: list[float]) -> Any:
    return np.array(draw(st.lists(st.sampled_from(values), min_size=n, max_size=n)), np.float64)


def _texts(n: int) -> st.SearchStrategy[list[str]]:
    letters = st.text(st.sampled_from('a"b,;é碳 \n'), max_size=4)
    return st.lists(letters, min_size=n, max_size=n)
