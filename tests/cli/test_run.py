"""Processes run from the command line, without a server."""

import json
import os
import signal
import subprocess
import sys
import time
from functools import partial

import numpy as np
import pytest
import xarray as xr

from casa_processes.common.registry import process


@pytest.fixture
def inputs(tmp_path):
    """Write inputs into a file."""

    def write(content):
        path = tmp_path / "inputs.json"
        path.write_text(json.dumps(content))
        return path

    return write


@pytest.mark.parametrize("wrapped", [False, True])
def test_a_process_runs_and_its_values_are_written(casa, tmp_path, inputs, wrapped):
    example = dict(process("smoothed-column").example)
    file = inputs({"inputs": example} if wrapped else example)
    done = casa("run", "smoothed-column", file, "-o", tmp_path / "out")
    assert done.exit_code == 0, done.output
    (path,) = (tmp_path / "out").iterdir()
    assert path.name == "results.json"
    found = json.loads(path.read_text())
    weight, kernel = np.array([0.25, 0.5, 0.25]), np.array([0.9, 1.0, 1.1])
    prior, profile = np.array([401.0, 402.0, 403.0]), np.array([400.0, 404.0, 410.0])
    oracle = float(np.sum(weight * (prior + kernel * (profile - prior))))
    assert found["smoothed_column"] == [pytest.approx(oracle, abs=1e-9)]
    assert str(path) in done.output


def test_inputs_are_read_from_standard_input(casa, tmp_path, monkeypatch):
    from click.testing import CliRunner

    from casa_ogc.cli import main

    monkeypatch.setenv("CASA_ARCHIVE", str(tmp_path / "archive"))
    arguments = ["run", "echo", "-", "-o", str(tmp_path / "out")]
    done = CliRunner().invoke(main, arguments, input='{"stringInput": "hello"}')
    assert done.exit_code == 0, done.output
    found = json.loads((tmp_path / "out" / "results.json").read_text())
    assert found["stringInput"] == "hello"


def test_collections_are_taken_from_the_archive(casa, tmp_path, inputs, demo_archive):
    content = {"profile": "prior", "collection": "synthetic-oco2-xco2", "limit": 3}
    done = casa(
        "run", "smoothed-column", inputs(content), "-o", tmp_path / "out", archive=demo_archive
    )
    assert done.exit_code == 0, done.output
    found = json.loads((tmp_path / "out" / "results.json").read_text())
    assert found["source"]["collection"] == "synthetic-oco2-xco2"
    np.testing.assert_allclose(found["smoothed_column"], found["prior_column"], rtol=1e-6)


def test_outputs_that_are_files_are_written_under_their_names(casa, tmp_path, inputs):
    content = {"seconds": 0.0, "parts": 3, "grid": True}
    done = casa("run", "long", inputs(content), "-o", tmp_path / "out")
    assert done.exit_code == 0, done.output
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["grid.nc", "results.json"]
    with xr.open_dataset(tmp_path / "out" / "grid.nc", engine="h5netcdf") as grid:
        assert grid["xco2"].shape == (3, 18, 36)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("nonsense", {}, "no process 'nonsense'; there are: echo"),
        ("echo", {}, "/stringInput: Field required"),
        ("echo", [], "expected an object with one member per input"),
        ("smoothed-column", {"profile": "prior", "collection": "x"}, "no collection 'x'"),
        ("long", {"seconds": 0.0, "fail_at": 1}, "part 1 failed, as was asked for"),
    ],
)
def test_what_cannot_run_is_one_line_and_leaves_nothing(
    casa, tmp_path, inputs, name, content, said
):
    done = casa("run", name, inputs(content), "-o", tmp_path / "out")
    assert done.exit_code == 1
    assert said in done.output
    assert "Traceback" not in done.output
    assert not (tmp_path / "out").exists() or not list((tmp_path / "out").iterdir())


def test_a_file_that_is_no_json_is_named(casa, tmp_path):
    path = tmp_path / "wrong.json"
    path.write_text("{")
    done = casa("run", "echo", path)
    assert done.exit_code == 1
    assert "wrong.json" in done.output


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 1), (signal.SIGTERM, 143)])
def test_an_interrupted_run_ends_at_once_and_leaves_nothing(tmp_path, number, code):
    command = [sys.executable, "-m", "casa_ogc.cli", "run", "echo", "-", "-o", tmp_path / "out"]
    environment = {**os.environ, "CASA_ARCHIVE": str(tmp_path / "archive")}
    # A shell starts what runs in the background deaf to interrupts, and children inherit it.
    hearing = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
    pipes = {"stdin": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, env=environment, preexec_fn=hearing, **pipes) as run:
        run.stdin.write(b'{"stringInput": "a", "pause": 600}')
        run.stdin.close()
        while not list(tmp_path.glob("out/.casa-*")):
            assert run.poll() is None
            time.sleep(0.01)
        run.send_signal(number)
        try:
            assert run.wait(timeout=30) == code
        finally:
            run.kill()
        assert b"Traceback" not in run.stderr.read()
    assert not list((tmp_path / "out").iterdir())
