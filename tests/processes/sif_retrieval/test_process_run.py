"""The whole run of simulated spectra: what comes out, however it is cut, selected and failing."""

import json
from dataclasses import dataclass

import netCDF4
import numpy as np
import pytest
from PIL import Image

from casa_ogc.jobs.result_reader import read_result
from casa_processes.common.context import SerialContext, StoppedError
from casa_processes.common.errors import InvalidInputsError
from casa_processes.gridding.grid import grid_of
from casa_processes.gridding.sums import Footprints, Measured, StepSums, shares, summed
from casa_processes.sif_retrieval import parts
from casa_processes.sif_retrieval.model import daily_factor
from casa_processes.sif_retrieval.simulated import Simulation
from tests.processes.sif_retrieval.runs import COUNT, PROCESS, QUICK, run


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    inputs = {"l1b": "synthetic", "simulated": 8000}
    grid = {"resolution": 1.0, "error_correlation": 0.25}
    return run(tmp_path_factory.mktemp("sif") / "run", **inputs, grid=grid)


def columns(path):
    with netCDF4.Dataset(path) as file:
        file.set_auto_mask(False)
        return {name: each[:] for name, each in file.variables.items()}


@pytest.fixture(scope="module")
def rows(found):
    return columns(found.soundings)


def test_every_sounding_is_written_and_counted(found, rows):
    assert found.written == 8000 == rows["time"].size
    assert found.left_out == 0
    assert sum(found.outcomes.values()) == sum(found.classes.values()) == 8000
    codes = np.bincount(rows["sif_quality_class"], minlength=3).tolist()
    assert codes == [found.classes[name] for name in ("best", "good", "failed")]
    assert found.source.simulated
    assert found.source.instrument == "synthetic"


def test_errors_are_as_large_as_they_are_said_to_be(found):
    """Standard deviation of the error over the mean uncertainty; and the mean of it."""
    for each in found.statistics.values():
        assert 0.95 < each.error_deviation / each.mean_uncertainty < 1.08
        # The zero level of each of 8 footprints rests on some 250 soundings.
        assert abs(each.mean - each.true_mean) < 5 * each.mean_uncertainty / np.sqrt(8 * 250)
        assert abs(each.bare_mean) < 4 * each.mean_uncertainty / np.sqrt(each.bare_count)


def test_fluorescence_follows_what_was_simulated(rows):
    true = Simulation(8000, 0).true(slice(0, 1000)) * (rows["cloud_flag"] == 0)
    good = rows["quality_flag"] == 0
    slope, _ = np.polyfit(true[good], rows["sif_740"][good], 1)
    assert slope == pytest.approx(1.0, abs=0.06)


def test_the_truth_of_a_simulation_is_told_beside_what_was_found(rows):
    true = Simulation(8000, 0).true(slice(0, 1000)) * (rows["cloud_flag"] == 0)
    np.testing.assert_allclose(rows["sif_740_true"], true, rtol=1e-6)
    # On the short side of 740 nm fluorescence is 1.5 and 2.25 times as weak, within a per cent.
    green = true > 0
    for name, factor in (("757", 1.5), ("771", 2.25)):
        np.testing.assert_allclose(rows[f"sif_{name}_true"][green] * factor, true[green], rtol=0.01)
    for name in ("740", "757", "771"):
        good = rows["quality_flag"] == 0
        away = rows[f"sif_{name}"][good] - rows[f"sif_{name}_true"][good]
        assert np.std(away / rows[f"sif_{name}_uncertainty"][good]) == pytest.approx(1.0, abs=0.06)


def test_at_740_nm_is_the_mean_of_both_windows(rows):
    both = np.isfinite(rows["sif_757"]) & np.isfinite(rows["sif_771"])
    combined = 0.75 * (rows["sif_757"] + 1.5 * rows["sif_771"].astype(float))
    np.testing.assert_allclose(rows["sif_740"][both], combined[both], atol=2e-6)
    sigma = 0.75 * np.hypot(rows["sif_757_uncertainty"], 1.5 * rows["sif_771_uncertainty"])
    np.testing.assert_allclose(rows["sif_740_uncertainty"][both], sigma[both], rtol=1e-5)


def test_daily_and_relative_fluorescence_follow_from_it(rows):
    time = rows["time"].astype("datetime64[ns]")
    factor = daily_factor(rows["latitude"], time, rows["solar_zenith_angle"].astype(float))
    np.testing.assert_allclose(rows["daily_correction_factor"], factor, rtol=1e-5)
    for name in ("740", "757", "771"):
        whole = rows[f"sif_{name}"] * factor
        np.testing.assert_allclose(rows[f"sif_{name}_daily"], whole, rtol=1e-4, atol=1e-6)
    part = rows["sif_757"] / rows["continuum_radiance_757"]
    np.testing.assert_allclose(rows["sif_757_relative"], part, rtol=1e-4, atol=1e-7)


def test_what_fails_is_missing_and_flagged_and_never_zero(rows):
    failed = rows["sif_outcome"] != 0
    assert 0 < failed.sum() < 100
    for name in ("sif_740", "sif_757", "sif_771"):
        assert not (rows[name] == 0).any()
    lost = np.isnan(rows["sif_757"]) | np.isnan(rows["sif_771"])
    assert (lost == failed).all()
    assert (rows["sif_quality_class"][failed] == 2).all()
    assert (rows["quality_flag"] == (rows["sif_quality_class"] == 2)).all()


def test_the_file_says_what_must_be_known_to_judge_it(found):
    dataset = read_result(found.soundings, "soundings")
    assert dataset.attrs["mission"] == "Synthetic"
    assert dataset.attrs["science_quality"] == "no"
    assert "synthetic" in dataset.attrs["title"]
    assert dataset.attrs["licence"] == "CC0-1.0"
    assert "coefficient of I" in dataset.attrs["radiance_scale"]
    assert "Raman" in dataset.attrs["comment"]
    assert dataset["sif_740"].attrs["units"] == "W m-2 um-1 sr-1"


def test_training_is_summed_up(found):
    for each in found.trained.values():
        assert each.footprints == 8
        assert 1000 < each.spectra < 3000
        assert 1 <= each.vectors[0] <= each.vectors[1] <= each.vectors[2] <= 8
        assert each.zero_level


def test_means_on_a_grid_are_those_of_the_good_soundings(found, rows):
    grid = read_result(found.means, "grid")
    assert "on a grid" in grid.attrs["title"]
    assert "0.25 between soundings" in grid.attrs["error_correlation"]
    assert grid["sif_740"].shape == (1, 180, 360)
    good = rows["quality_flag"] == 0
    corners = (rows[f"{axis}_vertices"][good] for axis in ("longitude", "latitude"))
    centres = rows["longitude"][good], rows["latitude"][good]
    value, sigma = (rows[name][good].astype(float) for name in ("sif_740", "sif_740_uncertainty"))
    nothing = np.zeros(value.size, np.int64)
    total = StepSums(360 * 180)
    overlap = shares(Footprints(*centres, *corners), grid_of((1.0, 1.0)), 1.0)
    total.add(summed(overlap, Measured(value, sigma, nothing, nothing), by_variance=False))
    names = {"mean": "sif_740", "uncertainty": "sif_740_uncertainty", "count": "sounding_count"}
    for statistic, values in total.fields(0.25).items():
        if statistic in names:
            there = grid[names[statistic]].values.ravel()
            np.testing.assert_allclose(there, values, rtol=1e-5, atol=1e-6, err_msg=statistic)
    assert 60 < np.isfinite(grid["sif_740"].values).sum() < 200


@pytest.mark.parametrize("name", ["fit", "vectors", "errors", "map"])
def test_pictures_are_drawn(found, name):
    with Image.open(getattr(found, name)) as image:
        assert image.format == "PNG"
        assert np.asarray(image.convert("L")).std() > 10


def test_values_are_json(found):
    values = found.model_dump(mode="json", exclude=set(PROCESS.files()))
    assert json.loads(json.dumps(values, allow_nan=False)) == values


class Shuffled(SerialContext):
    """Does the parts backwards, as workers may, and gives them in order."""

    def map(self, work, parts):
        done = {number: work(parts[number], self.check) for number in reversed(range(len(parts)))}
        return iter([done[number] for number in range(len(parts))])


class Told(SerialContext):
    """Keeps the progress."""

    def __init__(self, folder):
        super().__init__(folder, report=lambda part, _: self.told.append(part), cache=folder)
        self.told = []


@dataclass
class Quick:
    """A short run, and how its progress was told."""

    outputs: object
    told: list

    def __getattr__(self, name):
        return getattr(self.outputs, name)


@pytest.fixture(scope="module")
def quick(tmp_path_factory):
    context = Told(tmp_path_factory.mktemp("quick"))
    return Quick(run(context.folder, context, **QUICK), context.told)


def test_the_same_bits_come_out_however_the_work_is_cut(quick, tmp_path, monkeypatch):
    monkeypatch.setattr(parts, "PIECE", 700)
    monkeypatch.setattr(parts, "TOGETHER", 3)
    cut = run(tmp_path, Shuffled(tmp_path, cache=tmp_path), **QUICK)
    ours, theirs = columns(quick.soundings), columns(cut.soundings)
    assert set(ours) == set(theirs)
    for name, values in ours.items():
        np.testing.assert_array_equal(values, theirs[name], err_msg=name)
    ignored = {"soundings", "statistics"}
    assert quick.model_dump(exclude=ignored) == cut.model_dump(exclude=ignored)


def test_the_functional_and_the_weighted_fit_agree(quick, tmp_path):
    ours = columns(quick.soundings)
    theirs = columns(run(tmp_path, **QUICK, method="weighted").soundings)
    good = (ours["quality_flag"] == 0) & (theirs["quality_flag"] == 0)
    away = (ours["sif_757"] - theirs["sif_757"])[good]
    assert np.std(away) < 0.05 * ours["sif_757_uncertainty"][good].mean()
    assert np.abs(away.mean()) < 0.01


def test_a_solar_reference_needs_no_training(quick, tmp_path):
    """Spectra are made of the reference itself: what is left is their noise."""
    inputs = {**QUICK, "training": {"classes": [15]}, "plots": True}
    found = run(tmp_path, **inputs, method="physical")
    rows, ours = columns(found.soundings), columns(quick.soundings)
    assert found.trained["757"].footprints == 0
    assert (found.fit, found.vectors) == (None, None)
    for each in found.statistics.values():
        assert 0.95 < each.error_deviation / each.mean_uncertainty < 1.08
        assert abs(each.mean - each.true_mean) < 4 * each.mean_uncertainty / np.sqrt(each.count)
    good = (ours["quality_flag"] == 0) & (rows["quality_flag"] == 0)
    assert np.corrcoef(ours["sif_757"][good], rows["sif_757"][good])[0, 1] > 0.9


def test_a_selection_narrows_what_is_written_and_not_what_is_trained(quick, tmp_path):
    inputs = {"bbox": [-20, 40, 30, 50], "datetime": "2023-07-01T11:30:00Z/.."}
    some = run(tmp_path, **QUICK, **inputs)
    whole, part = columns(quick.soundings), columns(some.soundings)
    here = (whole["latitude"] >= 40) & (whole["latitude"] <= 50)
    assert some.written == here.sum() == COUNT - some.left_out > 100
    for name in ("sif_740", "sif_740_uncertainty", "sounding_id"):
        np.testing.assert_array_equal(part[name], whole[name][here], err_msg=name)
    assert some.trained == quick.trained


def test_a_selection_that_nothing_meets_is_one_clear_error(tmp_path):
    with pytest.raises(InvalidInputsError, match="none of the 2000 soundings"):
        run(tmp_path, **QUICK, datetime="2020-01-01")


def test_too_few_spectra_without_vegetation_are_refused_by_the_input(tmp_path):
    with pytest.raises(InvalidInputsError) as caught:
        run(tmp_path, **QUICK, training={"classes": [15]})
    assert [place for place, _ in caught.value.problems] == ["/training"]
    assert "20 spectra without vegetation" in str(caught.value)


def test_without_a_zero_level_nothing_is_subtracted(tmp_path):
    inputs = {**QUICK, "simulated": 4000}
    level, raw = (run(tmp_path / str(z), **inputs, zero_level=z) for z in (True, False))
    before, after = columns(raw.soundings), columns(level.soundings)
    assert level.trained["757"].zero_level
    assert not raw.trained["757"].zero_level
    good = before["sif_outcome"] == 0
    assert (before["zero_level_sif_757"][good] == 0).all()
    np.testing.assert_allclose(
        before["sif_757"][good] - after["zero_level_sif_757"][good], after["sif_757"][good],
        atol=1e-5,
    )  # fmt: skip
    assert np.std(after["zero_level_sif_757"][good]) > 0


def test_too_few_soundings_for_a_zero_level_are_no_fault(quick):
    assert not quick.trained["757"].zero_level


def test_a_window_of_ones_own_is_called_as_asked(tmp_path):
    own = {"name": "740", "first_nm": 758.2, "last_nm": 759.4, "vectors": 2}
    found = run(tmp_path, **{**QUICK, "windows": [own]})
    rows = columns(found.soundings)
    assert list(found.trained) == ["740"]
    assert {"sif_740", "sif_740_daily", "chi2_sif_740", "continuum_radiance_740"} <= set(rows)
    assert "sif_757" not in rows


def test_a_stopped_run_ends_in_the_next_piece(tmp_path):
    class Stopping(SerialContext):
        looks = 0

        def check(self):
            self.looks += 1
            if self.looks == 3:
                raise StoppedError

    context = Stopping(tmp_path, cache=tmp_path)
    with pytest.raises(StoppedError):
        run(tmp_path, context, **QUICK)
    assert context.looks == 3


def test_progress_is_told(quick):
    assert quick.told[0] == 0.0
    assert quick.told[-1] == 1.0
