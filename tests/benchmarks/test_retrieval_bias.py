"""The benchmark of biases: scenes of other physics, and a correction that is fitted to some."""

import numpy as np
import pytest

from benchmarks import bench_retrieval_bias as bench
from benchmarks import retrieval_scenes
from benchmarks.retrieval_truths import DEPTHS, other_lines, truth
from casa_processes.xco2_retrieval.bias_correction import corrected
from casa_processes.xco2_retrieval.quality import Bit
from casa_processes.xco2_retrieval.rows import described, names, retrieved, stacked
from tests.processes.xco2_retrieval.made import retrieval, sounding


@pytest.fixture(scope="module")
def physics():
    return retrieval_scenes.physics(coarse=True)


@pytest.fixture(scope="module")
def lines(physics):
    return other_lines(physics)


def made(seed, count=60):
    """Columns whose error is linear in what the correction takes, but for bad ones."""
    rng = np.random.default_rng(seed)
    rows = []
    for number in range(count):
        pressure, gradient, depth = rng.normal(0, 3), rng.normal(0, 20), rng.uniform(0, 0.4)
        true, bad = rng.normal(410, 3), number % 7 == 3
        error = 0.05 * pressure - 0.02 * gradient + 4.0 * (depth - 0.2) + (30.0 if bad else 0.0)
        found = retrieval(xco2=true * 0.99 + error, surface_pressure=998.5 + pressure)
        row = described(sounding()) | retrieved(found) | {"xco2_true": true}
        row |= {"co2_gradient": gradient, "aod_total": depth}
        rows.append(row | {"retrieval_tests": int(Bit.CLOUD) if bad else 0})
    columns = stacked(rows, names(simulated=True, screened=True))
    return columns | {"depth": np.resize(DEPTHS, count)}


def test_a_correction_that_is_fitted_to_some_scenes_corrects_others():
    correction = bench.fitted(made(1))
    others = made(2)
    error = corrected(correction, others) - others["xco2_true"]
    good = bench.good(others)
    assert np.abs(error[good]).max() < 0.1
    assert error[~good].min() > 25.0
    assert correction.land.divisor == pytest.approx(0.99, abs=2e-3)
    factors = {term.quantity: term.factor for term in correction.land.terms}
    assert factors["aod_total"] == pytest.approx(-4.0, rel=0.02)


def test_rows_tell_the_bias_of_good_scenes_at_each_depth():
    columns = made(3)
    error = np.where(columns["depth"] == 0.3, 0.7, 0.2)
    error[~bench.good(columns)] = 50.0
    rows = {row["what"].rpartition(" ")[2]: row for row in bench.rows(columns, error)}
    assert {f"{depth:g}" for depth in DEPTHS} <= set(rows)
    assert (rows["0.3"]["bias_ppm"], rows["0.3"]["reached"]) == (0.7, False)
    assert (rows["0.1"]["bias_ppm"], rows["0.1"]["reached"]) == (0.2, True)
    assert rows["0.1"]["scenes"] == 12 > rows["0.1"]["passed"]
    assert rows["0.1"]["bias_error_ppm"] == 0.0


def test_other_lines_are_wider_and_of_other_strength(physics, lines):
    for name, factor in (("o2a", 1.004), ("wco2", 1.0), ("sco2", 0.996)):
        ours, others = (each.absorption[name].tables[0].values for each in (physics, lines))
        near = ours.shape[0] - 4
        before, after = (each[near, 3].astype(np.float64) for each in (ours, others))
        assert after.sum() / before.sum() == pytest.approx(factor, abs=2e-3)
        assert after.max() < (0.9985 * factor) * before.max()


def test_a_truth_has_particles_that_the_retrieval_does_not_know(lines):
    first, again, other = truth(lines, 5, 3), truth(lines, 5, 3), truth(lines, 5, 4)
    assert (first.depth, other.depth) == (DEPTHS[3], DEPTHS[4])
    assert first.scene.xco2 == again.scene.xco2 != other.scene.xco2
    depths = [first.scene.value(f"ln_aod_true-{name}") for name in first.kinds]
    assert np.exp(depths).sum() == pytest.approx(first.depth, rel=1e-3)
    assert len(set(first.kinds)) == 2


def test_errors_are_drawn_as_retrieved_and_corrected(tmp_path):
    columns = made(4)
    path = bench.draw(tmp_path / "a" / "bias.png", columns, np.zeros(60))
    assert path.read_bytes().startswith(b"\x89PNG")
