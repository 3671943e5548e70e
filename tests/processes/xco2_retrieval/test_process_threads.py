"""Runs on the command line: the same bits whatever the environment says of threads."""

import json
import os
import subprocess
import sys

import netCDF4
import pytest

INPUTS = {"l1b": "synthetic", "screening": "off", "plots": False, "residuals": True}
NAMES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")


@pytest.fixture(scope="module")
def spectra(tmp_path_factory):
    """Bytes of fitted spectra of three bands with aerosol, for one and for four threads."""
    folder = tmp_path_factory.mktemp("threads")
    (folder / "inputs.json").write_text(json.dumps({**INPUTS, "max_soundings": 1}))
    made = []
    for threads in ("1", "4"):
        line = ("run", "xco2-retrieval", "inputs.json", "-o", threads)
        environment = {**os.environ, **dict.fromkeys(NAMES, threads)}
        command = [sys.executable, "-m", "casa_ogc.cli", *line]
        subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True)
        made.append(folder / threads / "spectra.nc")
    return made


def test_threads_change_no_bit_of_a_run(spectra):
    one, four = spectra
    assert one.read_bytes() == four.read_bytes()


def test_what_is_compared_is_in_double_precision(spectra):
    with netCDF4.Dataset(spectra[0]) as file:
        assert {file[band]["fitted"].dtype.str for band in ("o2a", "wco2", "sco2")} == {"<f8"}
