"""The benchmarks of the retrieval: what they compare, count and draw."""

from dataclasses import replace

import numpy as np
import pytest

from benchmarks import bench_retrieval as bench
from benchmarks import bench_retrieval_errors as errors
from benchmarks import retrieval_limit, retrieval_scenes
from casa_processes.xco2.model import Options, retrieve
from casa_processes.xco2.model.report import failed
from casa_processes.xco2.model.retrieval import prepared
from casa_processes.xco2.model.scenes import INSTRUMENT
from casa_processes.xco2.result import Outcome

OPTIONS = Options(bands=("wco2",), scattering="single")


@pytest.fixture(scope="module")
def physics():
    return retrieval_scenes.physics(coarse=True)


@pytest.fixture(scope="module")
def other(physics):
    return retrieval_scenes.other(physics, OPTIONS, retrieval_scenes.Case(0.1, 0.25, 30.0))


def retrieved(xco2, outcome=Outcome.CONVERGED):
    whole = failed(outcome, "")
    return replace(whole, xco2=xco2, uncertainty=0.5, dof_co2=1.5, steps=3, rejected=1)


def test_scatter_is_that_of_soundings_that_converged():
    found = [retrieved(401.0), retrieved(400.0), retrieved(500.0, Outcome.TOO_MANY_STEPS)]
    assert bench.agreement([400.0, 400.5, 400.0], found) == {
        "converged": 2,
        "evaluations": 5,
        "bias_ppm": 0.25,
        "bias_error_ppm": 0.53,
        "scatter_ppm": 0.75,
        "scatter_over_sigma": 1.581,
        "degrees": 1.5,
    }


def test_without_any_that_converged_there_is_no_bias():
    found = bench.agreement([400.0], [retrieved(500.0, Outcome.TOO_MANY_STEPS)])
    assert found == {"converged": 0, "evaluations": 5}


def test_scenes_are_drawn_anew_for_each_seed_and_number(physics):
    first, second = retrieval_scenes.drawn(physics, OPTIONS, 3, 0.7, 2)
    again, other = (retrieval_scenes.drawn(physics, OPTIONS, seed, 0.7, 1)[0] for seed in (3, 4))
    assert np.array_equal(first.state, again.state)
    assert len({first.xco2, second.xco2, other.xco2}) == 3


def test_a_loop_tells_how_many_soundings_a_second(physics):
    scenes = retrieval_scenes.drawn(physics, OPTIONS, 3, 0.7, 2)
    row = bench.loop(physics, OPTIONS, scenes, 0.7)
    assert row["scenes"] == row["converged"] == 2
    assert row["per_second"] == pytest.approx(1e3 / row["cpu_ms"], rel=0.02)
    assert abs(row["bias_ppm"]) < 6.0


def test_bent_steps_need_fewer_evaluations_than_plain_ones(physics):
    scenes = retrieval_scenes.drawn(physics, OPTIONS, 5, 0.7, 2)
    plain, bent = (bench.steps(physics, OPTIONS, scenes, each) for each in (False, True))
    assert bent["converged"] == bent["scenes"] == plain["scenes"] == 2
    assert bent["evaluations"] < plain["evaluations"]


def test_a_truth_of_another_model_has_no_noise_but_its_uncertainty(physics, other):
    truth = replace(OPTIONS, scattering="multiple", aerosols=(errors.Case(0.1, 0.25, 30.0).layer,))
    model, _ = prepared(other.sounding, other.weather, physics, truth)
    assert model(other.state)[0] == pytest.approx(
        other.sounding.bands["wco2"].radiance[model.windows[0].used], rel=1e-4
    )
    spectrum = other.sounding.bands["wco2"]
    expected = INSTRUMENT["wco2"].noise(spectrum.radiance)
    assert np.array_equal(spectrum.uncertainty, expected, equal_nan=True)
    assert other.value("ln_aod_sea-salt") == pytest.approx(np.log(0.1), abs=1e-4)
    assert other.value("height_sea-salt") == pytest.approx(0.7, abs=1e-4)
    same = retrieve(other.sounding, other.weather, physics, truth)
    assert same.xco2 == pytest.approx(other.xco2, abs=0.05 * same.uncertainty)  # one band: 3.6 ppm


def test_the_limit_counts_rows_of_tables_and_of_the_answer(physics, other, monkeypatch):
    model, before = prepared(other.sounding, other.weather, physics, OPTIONS)
    band = model.windows[0]
    monkeypatch.setattr(retrieval_limit, "_copies", lambda: 1.0)
    for fast in ("_arithmetic", "_products"):
        monkeypatch.setattr(retrieval_limit, fast, lambda: np.inf)
    layers, levels, others = 23, 20, 7
    rows = 4 * layers * len(band.gases) + 2 * (2 + levels + others)
    assert retrieval_limit.limit(model, before.mean) == 4 * band.grid.size * rows


def test_errors_are_drawn_with_a_panel_for_each_angle_and_model(tmp_path, monkeypatch):
    rows = [
        {
            "solar_zenith": zenith, "albedo": 0.1, "depth": depth,
            "single_ppm": 1.0, "single_chi2": 0.0, "single_converged": True,
            "multiple_ppm": 0.1, "multiple_chi2": 0.0, "multiple_converged": False,
        }
        for zenith in (25.0, 60.0)
        for depth in (0.1, 0.3)
    ]  # fmt: skip
    seen = []
    panel = errors._panel
    monkeypatch.setattr(errors, "_panel", lambda *given: (seen.append(given[1:]), panel(*given)))
    path = errors.draw(tmp_path / "a" / "error.png", rows)
    assert path.read_bytes().startswith(b"\x89PNG")
    assert [(orders, len(part)) for orders, part in seen] == [
        ("single", 2), ("single", 2), ("multiple", 2), ("multiple", 2)
    ]  # fmt: skip
