"""Tutorials are scripts that run from top to bottom."""

import os
import subprocess
import sys

import pytest

from tests.house.checkout import ROOT

TUTORIALS = sorted((ROOT / "docs" / "tutorials").glob("*.py"))
PRINTED = {
    "jobs-in-python": ("/limit", "200 of"),
    "xco2-from-spectra": (
        "'science_quality': 'no'",
        "24 of 24",
        "Synthetic: A plume 2 soundings",
    ),
    "sif-from-spectra": (
        "of 8000 soundings are good",
        "scatter of the error 0.41, told 0.40",
        "expected  0.088",
        "correlation 0.98",
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("path", TUTORIALS, ids=lambda path: path.stem)
def test_a_tutorial_runs(facility, path, tmp_path):
    done = subprocess.run(
        [sys.executable, "-W", "error", str(path)],
        env={**os.environ, "CASA_URL": facility.url, "CASA_PICTURES": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    for text in PRINTED[path.stem]:
        assert text in done.stdout
