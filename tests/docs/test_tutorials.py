"""Tutorials are scripts that run from top to bottom."""

import os
import subprocess
import sys

import pytest

from tests.house.checkout import ROOT

TUTORIALS = sorted((ROOT / "docs" / "tutorials").glob("*.py"))


@pytest.mark.slow
@pytest.mark.parametrize("path", TUTORIALS, ids=lambda path: path.stem)
def test_a_tutorial_runs(facility, path):
    done = subprocess.run(
        [sys.executable, "-W", "error", str(path)],
        env={**os.environ, "CASA_URL": facility.url},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "/limit" in done.stdout
    assert "200 of" in done.stdout
