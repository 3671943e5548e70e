"""Comparisons: pairs of means, their line and differences against other libraries, and pictures."""

import netCDF4
import numpy as np
import pandas as pd
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from scipy.optimize import minimize_scalar

from casa_processes.common.context import SerialContext
from casa_processes.common.errors import InvalidInputsError, TooLargeError
from casa_processes.common.file_inputs import InputFile
from casa_processes.common.netcdf import write_soundings
from casa_processes.common.registry import process
from casa_processes.common.vocabulary import variable
from casa_processes.sif_gridding import against, comparison_picture, simulated, sources
from casa_processes.sif_gridding.against import Kept, Pairs, compared, line, paired
from casa_processes.sif_gridding.comparison_picture import Sides, draw_comparison
from tests.processes import stored

PROCESS = process("sif-gridding")
SMALL = {"soundings": "synthetic", "resolution": 5.0, "time_step": "P8D", "plots": False}
SEEDS = st.integers(0, 10**6)


def run(folder, context=None, **inputs):
    folder.mkdir(exist_ok=True)
    return PROCESS.load()(PROCESS.validate({**SMALL, **inputs}), context or SerialContext(folder))


def file_of(path):
    return InputFile(str(path), path.name, "0" * 64, path.stat().st_size)


def drawn(seed, count=400, errors=(0.1, 0.2), slope=1.7):
    random = np.random.default_rng(seed)
    true = random.uniform(0.0, 2.0, count)
    ours = 0.3 + slope * true + errors[0] * random.normal(size=count)
    theirs = true + errors[1] * random.normal(size=count)
    sigma = (np.full(count, each) for each in errors)
    return Pairs(ours, theirs, *sigma, np.arange(count))


@given(seed=SEEDS, slope=st.sampled_from([-2.0, 0.4, 1.7]))
def test_the_line_is_that_of_the_least_distances_over_both_errors(seed, slope):
    pairs = drawn(seed, slope=slope)
    x, y = pairs.theirs - pairs.theirs.mean(), pairs.ours - pairs.ours.mean()

    def misfit(angle):
        steep = np.tan(angle)
        return ((y - steep * x) ** 2).sum() / (0.1**2 + steep**2 * 0.2**2)

    ends = (0.0, 1.55) if slope > 0 else (-1.55, 0.0)
    wanted = np.tan(minimize_scalar(misfit, bounds=ends, options={"xatol": 1e-10}).x)
    found, intercept = line(pairs)
    assert found == pytest.approx(wanted, rel=1e-5)
    assert intercept == pytest.approx(pairs.ours.mean() - found * pairs.theirs.mean())


@given(seed=SEEDS, factor=st.sampled_from([1e-9, 1e-6, 1.0, 1e9]))
def test_a_line_over_what_has_no_error_is_least_squares_in_any_unit(seed, factor):
    pairs = drawn(seed, errors=(0.3, 0.0))
    other = Pairs(pairs.ours, factor * pairs.theirs, pairs.our_error, pairs.their_error, pairs.cell)
    slope, intercept = np.polyfit(other.theirs / factor, other.ours, 1)
    assert line(other) == pytest.approx((slope / factor, intercept), rel=1e-9)


def test_noise_of_the_other_does_not_flatten_the_line():
    pairs = drawn(1, count=200_000, errors=(0.1, 0.4))
    assert line(pairs)[0] == pytest.approx(1.7, abs=0.01)
    assert np.polyfit(pairs.theirs, pairs.ours, 1)[0] < 1.3


@given(seed=SEEDS)
def test_differences_and_correlation_are_those_of_numpy(seed):
    pairs = drawn(seed)
    found = compared(pairs, alike=True)
    away = pairs.ours - pairs.theirs
    assert found.pairs == 400
    assert found.correlation == pytest.approx(np.corrcoef(pairs.ours, pairs.theirs)[0, 1])
    assert found.mean_difference == pytest.approx(away.mean())
    assert found.rms_difference**2 == pytest.approx(away.mean() ** 2 + away.var())
    assert found.expected_difference == pytest.approx(np.hypot(0.1, 0.2))
    unlike = compared(pairs, alike=False)
    assert unlike.mean_difference is unlike.rms_difference is unlike.expected_difference is None
    assert unlike.slope == found.slope


@pytest.mark.parametrize("count", [0, 1, 2])
def test_few_pairs_tell_no_line(count):
    found = compared(drawn(0, count=count), alike=True)
    assert (found.pairs, found.correlation, found.slope) == (count, None, None)
    assert (found.mean_difference is None) == (count == 0)


def test_pairs_that_are_all_equal_tell_no_line():
    same = np.ones(5)
    found = compared(Pairs(same, same, 0 * same, 0 * same, np.arange(5)), alike=True)
    assert (found.correlation, found.mean_difference, found.expected_difference) == (None, 0, None)


def fields(random, cells=30):
    count = random.integers(0, 2, cells) * random.integers(1, 5, cells)
    values = {name: random.normal(size=cells) for name in ("mean", "uncertainty")}
    return {"count": count, **{n: np.where(count > 0, v, np.nan) for n, v in values.items()}}


@settings(max_examples=15)
@given(seed=SEEDS)
def test_pairs_are_those_of_a_merge_of_pandas(seed):
    random = np.random.default_rng(seed)
    one = {step: fields(random) for step in (0, 1, 3)}
    two = {step: fields(random) for step in (1, 2, 3)}
    kept, tables = Kept(), []
    for step, each in one.items():
        kept.put(step, each)
    for every in (one, two):
        rows = [
            pd.DataFrame(each).assign(step=step, cell=np.arange(30)) for step, each in every.items()
        ]
        tables.append(pd.concat(rows).query("count > 0"))
    wanted = tables[0].merge(tables[1], on=["step", "cell"]).sort_values(["step", "cell"])
    found = paired(kept, iter(two.items()))
    assert kept.count == len(tables[0])
    for ours, theirs in (("ours", "mean_x"), ("theirs", "mean_y"), ("our_error", "uncertainty_x"),
                         ("their_error", "uncertainty_y"), ("cell", "cell")):  # fmt: skip
        assert getattr(found, ours).tolist() == wanted[theirs].tolist()


def test_more_cells_than_can_be_kept_are_too_many(monkeypatch):
    monkeypatch.setattr(against, "MOST_PAIRS", 40)
    kept, whole = Kept(), {name: np.ones(30) for name in ("count", "mean", "uncertainty")}
    kept.put(0, whole)
    with pytest.raises(TooLargeError, match="60"):
        kept.put(1, whole)


def test_two_simulated_missions_agree_within_their_errors(tmp_path):
    found = run(tmp_path, against="synthetic").comparison
    assert found.variable == "sif_740"
    assert found.source.simulated
    assert found.pairs > 80
    assert found.correlation > 0.9
    # Swaths lie elsewhere in cells of five degrees, so that means differ by more than by noise.
    assert abs(found.mean_difference) < 0.03
    assert found.slope == pytest.approx(1.0, abs=0.1)


def test_fluorescence_goes_with_production(tmp_path):
    asked = {"against": "synthetic", "against_variable": "gross_primary_production"}
    found = run(tmp_path, **asked, plots=True)
    assert found.comparison.correlation > 0.9
    assert found.comparison.slope == pytest.approx(1.0 / simulated._PRODUCTION, rel=0.1)
    assert found.comparison.rms_difference is None
    with Image.open(found.scatter) as image:
        assert image.format == "PNG"
        assert np.asarray(image.convert("L")).std() > 10


def test_a_source_compared_with_itself_is_equal_and_leaves_the_grid_as_it_was(tmp_path):
    path = tmp_path / "s.nc"
    write_soundings(path, simulated.simulated(0, 9000), {"title": "T", "mission": "M"})
    files = {"soundings": file_of(path), "against": file_of(path)}
    inputs = {"soundings": "s.nc", "weights": "inverse-variance"}
    alone = run(tmp_path / "1", SerialContext(tmp_path / "1", files=files), **inputs)
    both = run(tmp_path / "2", SerialContext(tmp_path / "2", files=files), **inputs, against="s.nc")
    assert alone.comparison is None
    assert both.grid.read_bytes() == alone.grid.read_bytes()
    told = both.comparison
    assert told.pairs == both.statistics["sif_740"].cells
    assert (told.rms_difference, told.mean_difference) == (0.0, 0.0)
    assert (told.slope, told.correlation) == pytest.approx((1.0, 1.0))
    assert (told.source.soundings, told.source.sha256) == ("s.nc", "0" * 64)


def test_a_collection_is_compared_with(tmp_path, monkeypatch):
    monkeypatch.setattr(sources, "COUNT", 24_000)
    reference = stored.product(
        tmp_path, latitude=np.full(6, 32.0), longitude=np.full(6, 111.0),
        time=np.datetime64("2023-07-02T04:00", "ns") + np.arange(6) * np.timedelta64(1, "h"),
        sif_757=np.float32([1, 2, 3, 4, 5, 6]), quality_flag=np.int8([0, 0, 0, 0, 0, 1]),
    )  # fmt: skip
    context = SerialContext(tmp_path, {"against_collection": reference})
    asked = {"against_collection": "demo", "against_variable": "sif_757"}
    found = run(tmp_path, context, **asked)
    assert found.comparison.pairs == 1
    assert found.comparison.source.snapshot == stored.SNAPSHOT
    with xr.open_dataset(found.grid) as grid:
        mean = float(grid["sif_740"][0].sel(latitude=32.5, longitude=112.5))
    assert found.comparison.mean_difference == pytest.approx(mean - 3.0, abs=1e-6)
    with pytest.raises(InvalidInputsError) as caught:
        run(tmp_path, context, **{**asked, "against_variable": "sif_771"})
    assert [place for place, _ in caught.value.problems] == ["/against_variable"]


def test_nothing_in_common_is_no_fault_and_no_picture(tmp_path, monkeypatch):
    monkeypatch.setattr(sources, "COUNT", 12_000)
    path = tmp_path / "s.nc"
    rows = simulated.simulated(0, 300)
    write_soundings(path, {**rows, "latitude": rows["latitude"] - 60.0}, {"title": "T"})
    with netCDF4.Dataset(path, "r+") as file:
        file["latitude_vertices"][:] = np.nan
    context = SerialContext(tmp_path, files={"against": file_of(path)})
    found = run(tmp_path, context, against="s.nc", plots=True)
    assert found.comparison.pairs == 0
    assert found.scatter is None


@pytest.mark.parametrize("many", [False, True])
def test_few_pairs_are_dots_and_many_are_hexagons(tmp_path, monkeypatch, many):
    monkeypatch.setattr(comparison_picture, "_MANY", 100 if many else 1000)
    pairs, row = drawn(3), variable("sif_740")
    sides = Sides(row, row, "TanSat", "OCO-2", np.linspace(-60, 60, 400))
    found = compared(pairs, alike=True)
    path = draw_comparison(tmp_path / "p.png", pairs, found, sides, "Two missions")
    with Image.open(path) as image:
        assert np.asarray(image.convert("L")).std() > 10
    assert draw_comparison(tmp_path / "q.png", drawn(0, count=0), found, sides, "") is None
    assert not (tmp_path / "q.png").exists()
