"""Orders of scattering: what single scattering misses, and that a result says so."""

import netCDF4
import numpy as np
import pytest

from casa_ogc.jobs.result_reader import read_result
from casa_processes.xco2_retrieval import chunks, pipeline
from casa_processes.xco2_retrieval.sources import Simulation
from tests.processes.xco2_retrieval.runs import QUICK, run


def test_single_scattering_misses_what_was_simulated(tmp_path):
    """Light is scattered by all orders, whatever is retrieved with: columns are ppm low."""
    inputs = {"l1b": "synthetic", "max_soundings": 4, "screening": "off", "plots": False}
    missed = {}
    for orders in ("multiple", "single"):
        found = run(tmp_path / orders, **inputs, options={"scattering": orders})
        with netCDF4.Dataset(found.soundings) as file:
            missed[orders] = np.asarray(file["xco2"][:] - file["xco2_true"][:])
            assert file.scattering == orders
    assert abs(missed["multiple"].mean()) < 1.0
    assert -5.0 < (missed["single"] - missed["multiple"]).mean() < -1.0


@pytest.mark.parametrize(("orders", "told"), [("single", 1), ("multiple", 0)])
def test_single_scattering_of_spectra_that_were_measured_is_warned_of(
    tmp_path, monkeypatch, orders, told
):
    for module in (chunks, pipeline):
        monkeypatch.setattr(module, "opened", lambda origin: Simulation(0, simulated=False))
    options = {**QUICK["options"], "scattering": orders}
    found = run(tmp_path, **{**QUICK, "options": options}, max_soundings=1)
    dataset = read_result(found.soundings, "soundings")
    assert len(found.source.warnings) == told
    assert dataset.attrs.get("comment", "") == "".join(found.source.warnings)
    assert ("single scattering" in dataset.attrs["title"]) == bool(told)
    assert found.source.science_quality == "no"
