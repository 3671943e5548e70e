"""The whole run against a group-by of pandas: midnights, ends of months, errors, columns."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from casa_processes.common.context import SerialContext
from casa_processes.common.file_inputs import InputFile
from casa_processes.common.netcdf import write_soundings
from casa_processes.common.registry import process
from casa_processes.sif_gridding import sources

PROCESS = process("sif-gridding")
COUNT = 900
START = np.datetime64("2024-02-28T21:00:00", "ns")
NAMES = ["sif_740", "sif_757"]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Footprints of half a degree within cells of two, for 52 hours around a leap day."""
    random = np.random.default_rng(29)
    line, column = random.integers(20, 30, COUNT), random.integers(85, 95, COUNT)
    latitude, longitude = 2.0 * line - 89.0, (2.0 * column + 1.0) % 360.0 - 180.0
    rows = {
        "sounding_id": np.arange(COUNT).astype(str),
        "time": START + np.sort(random.integers(0, 52 * 60, COUNT)) * np.timedelta64(1, "m"),
        "latitude": latitude,
        "longitude": longitude,
        "latitude_vertices": latitude[:, None] + 0.25 * np.array([-1.0, -1.0, 1.0, 1.0]),
        "longitude_vertices": longitude[:, None] + 0.25 * np.array([-1.0, 1.0, 1.0, -1.0]),
        "quality_flag": (random.uniform(size=COUNT) < 0.1).astype(np.int8),
    }
    for name in NAMES:
        rows[name] = random.normal(1.0, 0.4, COUNT)
        rows[f"{name}_uncertainty"] = random.uniform(0.2, 0.6, COUNT)
        rows[name][random.integers(0, COUNT, 40)] = np.nan
        rows[f"{name}_uncertainty"][random.integers(0, COUNT, 40)] = np.nan
        rows[f"{name}_uncertainty"][random.integers(0, COUNT, 40)] = 0.0
    folder = tmp_path_factory.mktemp("rows")
    path = write_soundings(folder / "s.nc", rows, {"title": "T", "mission": "M"})
    flat = {name: values for name, values in rows.items() if np.ndim(values) == 1}
    return path, pd.DataFrame(flat).assign(line=line, column=column % 180)


def run(path, folder, **inputs):
    folder.mkdir(exist_ok=True)
    file = InputFile(str(path), path.name, "0" * 64, 1)
    asked = {"soundings": "s.nc", "variables": NAMES, "resolution": 2.0, "plots": False, **inputs}
    found = PROCESS.load()(
        PROCESS.validate(asked), SerialContext(folder, files={"soundings": file})
    )
    with xr.open_dataset(found.grid) as grid:
        return found, grid.load()


def wanted(table, name, step, inputs):
    """Mean, uncertainty and number of each step and cell, by hand."""
    sigma = table[f"{name}_uncertainty"]
    inverse = inputs.get("weights") == "inverse-variance"
    used = table[(table.quality_flag == 0) & table[name].notna() & sigma.notna()]
    if inverse:
        used = used[used[f"{name}_uncertainty"] > 0]
    sigma, rho = used[f"{name}_uncertainty"], inputs.get("error_correlation", 0.0)
    # On the sphere a footprint of a parallel is the cosine of its latitude wide.
    weight = np.cos(np.radians(used.latitude)) / (sigma**2 if inverse else 1.0)
    hours = (used.time - pd.Timestamp(0)) // pd.Timedelta(hours=inputs.get("overpass", 24.0))
    used = used.assign(
        w=weight, wx=weight * used[name], u=weight * sigma, uu=(weight * sigma) ** 2, o=hours,
        step=step(used.time),
    )  # fmt: skip
    keys = ["step", "line", "column"]
    sums = used.groupby(keys)[["w", "wx", "uu"]].sum()
    common = (used.groupby([*keys, "o"])["u"].sum() ** 2).groupby(keys).sum()
    error = np.sqrt((1 - rho) * sums.uu + rho * common) / sums.w
    return pd.DataFrame(
        {"mean": sums.wx / sums.w, "error": error, "count": used.groupby(keys).size()}
    )


def days(time):
    return (time.dt.normalize() - pd.Timestamp("2024-02-28")) // pd.Timedelta(days=1)


def months(time):
    return time.dt.month - 2


@pytest.mark.parametrize(
    ("inputs", "step", "steps"),
    [
        ({"time_step": "P1D"}, days, 4),
        ({"time_step": "P1M"}, months, 2),
        ({"time_step": "P1M", "weights": "inverse-variance"}, months, 2),
        ({"time_step": "P2D", "error_correlation": 0.4}, lambda time: days(time) // 2, 2),
        ({"time_step": "P1M", "error_correlation": 1.0, "overpass": 1.5}, months, 2),
        ({"time_step": "P1D", "error_correlation": 0.7, "overpass": 48.0}, days, 4),
        (
            {"time_step": "P1Y", "error_correlation": 0.7, "weights": "inverse-variance"},
            lambda time: 0 * time.dt.year,
            1,
        ),
    ],
)
def test_a_run_gives_what_a_group_by_gives(made, tmp_path, monkeypatch, inputs, step, steps):
    monkeypatch.setattr(sources, "PIECE_ROWS", 101)
    path, table = made
    found, grid = run(path, tmp_path, **inputs)
    assert found.steps == grid.sizes["time"] == steps
    assert found.matched == (table.quality_flag == 0).sum()
    for name in NAMES:
        expected = wanted(table, name, step, inputs)
        places = tuple(expected.index.get_level_values(key) for key in expected.index.names)
        for column, other in (("mean", name), ("error", f"{name}_uncertainty")):
            values = grid[other].values
            np.testing.assert_allclose(values[places], expected[column], rtol=2e-6, err_msg=other)
            assert np.isfinite(values).sum() == len(expected)
    first = wanted(table, NAMES[0], step, inputs)
    assert grid["sounding_count"].values.sum() == first["count"].sum()


def test_an_overpass_across_midnight_is_two_where_days_begin_overpasses(made, tmp_path):
    """Fully correlated errors of a longer interval are less certain, cell by cell."""
    path, _ = made
    whole = {"time_step": "P1M", "error_correlation": 1.0}
    errors = [
        run(path, tmp_path / str(hours), **whole, overpass=hours)[1]["sif_740_uncertainty"].values
        for hours in (1.0, 24.0, 24.0 * 366)
    ]
    seen = np.isfinite(errors[0])
    for short, long in pairwise(errors):
        assert (short[seen] <= long[seen] * (1 + 1e-6)).all()
        assert (short[seen] < 0.999 * long[seen]).any()


def test_the_bits_do_not_depend_on_workers_or_the_second_variable(made, tmp_path):
    path, _ = made
    _, both = run(path, tmp_path / "both", time_step="P1D")
    _, one = run(path, tmp_path / "one", time_step="P1D", variables=["sif_757"])
    for name in ("sif_757", "sif_757_uncertainty"):
        assert both[name].values.tobytes() == one[name].values.tobytes()
