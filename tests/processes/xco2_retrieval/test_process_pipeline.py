"""The whole run: numbers of all soundings, whatever happens to single ones, however it is cut."""

import json
import re
from dataclasses import dataclass, replace

import netCDF4
import numpy as np
import pytest
from PIL import Image

from casa_ogc.jobs.result_reader import read_result
from casa_processes.common.context import SerialContext, StoppedError
from casa_processes.common.errors import InvalidInputsError, InvalidValueError
from casa_processes.xco2 import model as core
from casa_processes.xco2.result import Outcome
from casa_processes.xco2_retrieval import MOST_SYNTHETIC, chunks, pipeline
from casa_processes.xco2_retrieval.chunks import joined, parts
from casa_processes.xco2_retrieval.quality import Bit
from casa_processes.xco2_retrieval.screening import Screened
from casa_processes.xco2_retrieval.sources import Simulation
from tests.processes.xco2_retrieval.runs import PROCESS, QUICK, run

WHOLE = {"l1b": "synthetic", "max_soundings": 6, "screening": "off", "residuals": True}


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    return run(tmp_path_factory.mktemp("whole"), **WHOLE)


@pytest.fixture(scope="module")
def columns(found):
    with netCDF4.Dataset(found.soundings) as file:
        return {name: np.ma.filled(each[:], np.nan) for name, each in file.variables.items()}


def test_every_sounding_converges_and_is_counted(found):
    assert found.matched == MOST_SYNTHETIC
    assert found.outcomes == {"converged": 6}
    assert found.failed_tests == {"builtin_spectroscopy": 6}
    assert found.messages == []
    assert found.good.count == 6


def test_what_is_retrieved_is_what_was_simulated(columns):
    """Within four of its own standard uncertainties, each of them; noise only, same physics."""
    away = (columns["xco2"] - columns["xco2_true"]) / columns["xco2_uncertainty"]
    assert np.abs(away).max() < 4.0
    assert 0.2 < columns["xco2_uncertainty"].min() <= columns["xco2_uncertainty"].max() < 1.2


def test_the_parts_of_the_error_add_up_in_squares(columns):
    parts_of = ("xco2_retrieval_noise", "xco2_smoothing_error", "xco2_interference_error")
    whole = np.sqrt(sum(columns[name].astype(float) ** 2 for name in parts_of))
    np.testing.assert_allclose(columns["xco2_uncertainty"], whole, rtol=1e-5)


def test_the_column_is_the_weighted_profile(columns):
    whole = (columns["pressure_weight"].astype(float) * columns["co2_profile"]).sum(axis=1)
    np.testing.assert_allclose(columns["xco2_raw"], whole, rtol=1e-6)
    prior = (columns["pressure_weight"].astype(float) * columns["co2_profile_apriori"]).sum(axis=1)
    np.testing.assert_allclose(columns["xco2_apriori"], prior, rtol=1e-6)


def test_levels_run_from_the_surface_upwards(columns):
    assert (np.diff(columns["pressure_levels"], axis=1) < 0).all()
    np.testing.assert_allclose(columns["pressure_levels"][:, 0], columns["surface_pressure"])


def test_without_a_correction_nothing_is_corrected(columns):
    assert columns["xco2"].tolist() == columns["xco2_raw"].tolist()


def test_the_file_says_that_it_is_no_science(found):
    dataset = read_result(found.soundings, "soundings")
    assert "synthetic" in dataset.attrs["title"]
    assert "built-in spectroscopy" in dataset.attrs["title"]
    assert dataset.attrs["mission"] == "Synthetic"
    assert dataset.attrs["science_quality"] == "no"
    assert dataset["retrieval_tests"].values.tolist() == [int(Bit.BUILTIN_SPECTROSCOPY)] * 6
    assert dataset["quality_flag"].values.tolist() == [0] * 6
    assert found.source.science_quality == "no"
    assert found.source.spectroscopy == "builtin"
    assert found.source.missing
    assert found.source.scattering == dataset.attrs["scattering"] == "multiple"
    assert found.source.warnings == []
    assert set(found.source.channels) == {"o2a", "wco2", "sco2"}
    assert all(800 < each.fitted == each.good for each in found.source.channels.values())


@pytest.mark.parametrize("name", ["fit", "profile", "map"])
def test_pictures_are_drawn(found, name):
    with Image.open(getattr(found, name)) as image:
        assert image.format == "PNG"
        assert np.asarray(image.convert("L")).std() > 5


def test_spectra_of_all_soundings_are_written(found, columns):
    """Chi-squared of the soundings follows from the spectra, in every band."""
    with netCDF4.Dataset(found.spectra) as file:
        assert list(file["sounding_id"][:]) == columns["sounding_id"].tolist()
        for band in ("o2a", "wco2", "sco2"):
            group = file[band]
            measured, fitted, sigma = (
                np.ma.filled(group[name][:], np.nan)
                for name in ("measured", "fitted", "uncertainty")
            )
            misfit = np.nanmean(((measured - fitted) / sigma) ** 2, axis=1)
            np.testing.assert_allclose(misfit, columns[f"chi2_{band}"], rtol=1e-5)
            assert group["wavelength"].units == "um"


def test_footprints_lie_together_in_parts_and_in_time_order_in_the_file(columns):
    order = columns["sounding_id"].tolist()
    assert order == sorted(order)
    assert columns["footprint"].tolist() == [1, 2, 3, 4, 5, 6]


def test_parts_depend_on_the_number_of_soundings_alone():
    sizes = {1: [1], 9: [8, 1], 600: [10] * 60, 100_000: [256] * 390 + [160]}
    for count, expected in sizes.items():
        cut = parts(np.arange(count)[::-1], {"what": 1})
        assert [len(each["rows"]) for each in cut] == expected
        assert [row for each in cut for row in each["rows"]] == list(range(count))[::-1]
        assert all(each["what"] == 1 for each in cut)


class Shuffled(SerialContext):
    """Does the parts backwards, as workers may, and gives them in order."""

    def map(self, work, parts):
        done = {number: work(parts[number], self.check) for number in reversed(range(len(parts)))}
        return iter([done[number] for number in range(len(parts))])


def test_the_same_bits_come_out_however_the_work_is_cut(tmp_path, monkeypatch):
    """Three bands and aerosol; fitted spectra and their file are in double precision."""
    inputs = {**QUICK, "options": {}, "max_soundings": 3, "residuals": True}
    whole = run(tmp_path / "whole", **inputs)
    monkeypatch.setattr(chunks, "LEAST", 2)
    cut = run(tmp_path / "cut", Shuffled(tmp_path / "cut"), **inputs)
    for name in ("soundings", "spectra"):
        assert getattr(whole, name).read_bytes() == getattr(cut, name).read_bytes()
    assert whole.model_dump(exclude={"soundings", "spectra"}) == cut.model_dump(
        exclude={"soundings", "spectra"}
    )


def test_a_simulated_granule_is_selected_from_like_any_other(tmp_path):
    found = run(
        tmp_path, **QUICK, footprints=[8], datetime="2023-07-01T05:00:00.3Z/..", max_soundings=2
    )
    with netCDF4.Dataset(found.soundings) as file:
        assert file["footprint"][:].tolist() == [8, 8]
        assert list(file["sounding_id"][:]) == ["2023070105000038", "2023070105000068"]
    assert found.matched == MOST_SYNTHETIC // 8 - 1


def test_another_seed_is_another_atmosphere(tmp_path):
    one, two = (
        run(tmp_path / str(seed), **QUICK, max_soundings=1, seed=seed).good.mean_true
        for seed in (1, 2)
    )
    assert one != two


@dataclass(frozen=True, eq=False)
class Damaged(Simulation):
    """Simulated soundings of which some are damaged, each in another way."""

    def scene(self, number, physics):
        found = super().scene(number, physics)
        sounding = found.sounding
        spectrum = sounding.bands["wco2"]
        if number == 1:
            raise FileNotFoundError(2, "No such file", "/srv/secret/tables/o2.npy")
        if number == 2:
            raise InvalidValueError("sounding", number, "one that can be read")
        if number == 3:
            gone = replace(spectrum, radiance=np.full_like(spectrum.radiance, np.nan))
            sounding = replace(sounding, bands={**sounding.bands, "wco2": gone})
        if number == 4:
            sounding = replace(sounding, solar_zenith=95.0)
        if number == 5:
            sounding = replace(sounding, time=np.datetime64("NaT", "ns"))
        return replace(found, sounding=sounding)


@pytest.fixture(scope="module")
def damaged(tmp_path_factory):
    folder = tmp_path_factory.mktemp("damaged")
    with pytest.MonkeyPatch.context() as patch:
        for module in (chunks, pipeline):
            patch.setattr(module, "opened", lambda origin: Damaged(0))
        return run(folder, **QUICK, max_soundings=8)


def test_one_bad_sounding_never_ends_the_others(damaged):
    assert damaged.outcomes == {"converged": 3, "bad_input": 4, "failed": 1}
    assert damaged.good.count == 3
    told = {each.sounding_id[-1]: each for each in damaged.messages}
    assert sorted(told) == ["2", "3", "4", "5", "6"]
    assert told["2"].outcome == "failed"
    assert re.fullmatch("fault [0-9a-f]{8}: FileNotFoundError", told["2"].message)
    assert "one that can be read" in told["3"].message
    assert "no good channel" in told["4"].message
    assert "solar zenith is 95" in told["5"].message
    assert damaged.failed_tests["failed"] == 1
    assert damaged.failed_tests["bad_geometry"] == 1
    assert damaged.failed_tests["not_converged"] == 5


def test_damaged_soundings_are_in_the_file_with_their_outcome(damaged):
    dataset = read_result(damaged.soundings, "soundings")
    assert dataset.sizes["sounding"] == 8
    codes = [1, 7, 6, 6, 6, 6, 1, 1]
    assert dataset["outcome_flag"].values.tolist() == codes
    assert dataset["quality_flag"].values.tolist() == [int(code != 1) for code in codes]
    assert (np.isfinite(dataset["xco2"]) == [code == Outcome.CONVERGED for code in codes]).all()


def fault(physics, what, monkeypatch, **before):
    """Return the row of a sounding whose retrieval raises what nobody foresaw."""

    def broken(*_):
        raise ZeroDivisionError(what)

    passed = Screened(None, "", **{"bits": 0, "values": {}, **before})
    monkeypatch.setattr(chunks, "screened", lambda *_: passed)
    monkeypatch.setattr(chunks, "retrieve", broken)
    inputs = PROCESS.validate(QUICK)
    row, found = chunks.done(Simulation(0), 1, physics, core.Options(), inputs)
    assert found is None
    return row


def test_a_fault_is_named_by_the_same_letters_again_and_others_by_others(physics, monkeypatch):
    told = [fault(physics, what, monkeypatch)["message"] for what in ("one", "one", "other")]
    first, again, other = (text.removeprefix("fault ").partition(":")[0] for text in told)
    assert first == again != other
    assert len(first) == 8
    int(first, 16)


def test_a_fault_keeps_the_tests_that_failed_before_it(physics, monkeypatch):
    row = fault(physics, "late", monkeypatch, bits=int(Bit.RATIO), values={"co2_ratio": 0.9})
    assert row["retrieval_tests"] == Bit.RATIO | Bit.FAILED
    assert row["co2_ratio"] == 0.9
    assert row["outcome_flag"] == Outcome.FAILED


def test_shorter_spectra_are_padded_when_parts_are_put_together():
    one = {"fit_o2a_fitted": np.ones((2, 3)), "xco2_raw": np.ones(2)}
    two = {"fit_o2a_fitted": np.zeros((1, 5)), "xco2_raw": np.zeros(1)}
    found = joined([one, two])
    assert found["fit_o2a_fitted"].shape == (3, 5)
    assert np.isnan(found["fit_o2a_fitted"][:2, 3:]).all()
    assert found["xco2_raw"].tolist() == [1.0, 1.0, 0.0]


def test_a_stopped_run_ends_between_two_soundings(tmp_path):
    class Stopping(SerialContext):
        looks = 0

        def check(self):
            self.looks += 1
            if self.looks == 3:
                raise StoppedError

    context = Stopping(tmp_path)
    with pytest.raises(StoppedError):
        run(tmp_path, context, **QUICK, max_soundings=50)
    assert context.looks == 3


def test_a_selection_that_nothing_meets_is_one_clear_error(tmp_path):
    with pytest.raises(InvalidInputsError, match="none of the 2000 soundings meets"):
        run(tmp_path, **QUICK, max_soundings=3, bbox=[0, 0, 1, 1])


def test_progress_is_told_up_to_the_end(tmp_path):
    told = []
    context = SerialContext(tmp_path, report=lambda part, _: told.append(part))
    run(tmp_path, context, **QUICK, max_soundings=1)
    assert told[0] == 0.0
    assert told[-1] == 1.0


def test_values_are_json(found):
    values = found.model_dump(mode="json", exclude=set(PROCESS.files()))
    assert json.loads(json.dumps(values, allow_nan=False)) == values
