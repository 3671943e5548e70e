"""The benchmark of fluorescence: that its peers do the same, and what it tells."""

import json

import numpy as np
import pytest

from benchmarks import bench_sif as bench
from benchmarks.sif_spectra import WIDE, WINDOW, spectra
from casa_processes.sif_retrieval.model import fit, train
from casa_processes.sif_retrieval.model.design import Design


@pytest.fixture(scope="module")
def training():
    return train(*spectra(600, 1, 72, WINDOW)[0], WINDOW)


def test_peers_fit_what_ours_fits(training):
    (seen, _), _ = spectra(50, 2, 72, WINDOW, green=True)
    known = Design(training[0].design, training[0].scale)
    ours = fit(seen, training, WINDOW, "weighted").sif
    assert bench.singly(seen, known) == pytest.approx(ours, abs=1e-10)
    assert bench.together(seen, known) == pytest.approx(ours, abs=1e-10)


@pytest.mark.parametrize(("window", "channels"), [(WINDOW, 72), (WIDE, 120)])
def test_spectra_are_drawn_anew_for_each_seed(window, channels):
    (first, _), bare = spectra(10, 1, channels, window)
    (again, _), _ = spectra(10, 1, channels, window)
    (other, _), green = spectra(10, 2, channels, window, green=True)
    assert np.array_equal(first.radiance, again.radiance)
    assert not np.array_equal(first.radiance, other.radiance)
    assert (bare == 0.0).all()
    assert (green > 0.0).all()


def test_a_loop_tells_bias_scatter_and_slope(training):
    (seen, _), true = spectra(4000, 3, 72, WINDOW, green=True)
    found = bench.loop(true, fit(seen, training, WINDOW))
    assert abs(found["bias"]) < 0.02
    assert found["scatter_over_sigma"] == pytest.approx(1.0, abs=0.05)
    assert found["slope"] == pytest.approx(1.0, abs=0.01)
    assert found["misfit"] == pytest.approx(1.0, abs=0.02)


def test_the_benchmark_writes_a_row_for_each_path_and_window(tmp_path):
    sizes = ["--soundings", "400", "--peer-soundings", "20", "--rounds", "1"]
    path = bench.main([*sizes, "--results", str(tmp_path)])
    rows = json.loads(path.read_text())["rows"]
    assert path.name == "sif.json"
    assert [row["what"].partition(",")[0] for row in rows] == [
        f"{window}: {path}"
        for window in ("757 nm", "743-758 nm")
        for path in ("weighted", "functional", "closed loop", "closed loop")
    ]
    assert all(row["largest_difference"] < 1e-9 for row in rows if "largest_difference" in row)
