"""The script that keeps ``.venv`` does nothing twice, and rebuilds what is broken."""

import shutil
import subprocess

import pytest

from tests.house.checkout import ROOT

FAKE = """#!/bin/sh
case "$*" in
"-I -c"*) echo "13000 $0" ;;
"-c import sys; print"*) echo "$(cat version)" ;;
"-m venv .venv")
    mkdir -p .venv/bin && cp "$0" .venv/bin/python && : >.venv/pyvenv.cfg
    echo venv >>log
    ;;
"-m pip"*) echo pip >>log ;;
esac
"""


@pytest.fixture
def checkout(tmp_path):
    """Checkout with a space in its path and an interpreter that only writes down what it does."""
    root = tmp_path / "a checkout"
    shutil.copytree(ROOT / ".ci", root / ".ci")
    for name in ("pyproject.toml", "constraints.txt"):
        shutil.copy(ROOT / name, root / name)
    (root / "version").write_text("3.13.0")
    (root / "fake").write_text(FAKE)
    (root / "fake").chmod(0o755)
    return root


def done(root):
    """Install; returns what the interpreter did."""
    (root / "log").unlink(missing_ok=True)
    subprocess.run(
        [str(root / ".ci/install")],
        env={"PATH": "/usr/bin:/bin", "HOME": str(root), "PYTHON": str(root / "fake")},
        check=True,
        capture_output=True,
    )
    return (root / "log").read_text().split() if (root / "log").exists() else []


def test_the_first_time_makes_and_fills_the_environment(checkout):
    assert done(checkout) == ["venv", "pip", "pip"]


def test_the_second_time_does_nothing(checkout):
    done(checkout)
    assert done(checkout) == []


def test_changed_constraints_are_installed_into_the_same_environment(checkout):
    done(checkout)
    with (checkout / "constraints.txt").open("a") as file:
        file.write("something==1\n")
    assert done(checkout) == ["pip", "pip"]


def test_a_broken_environment_is_made_anew(checkout):
    done(checkout)
    (checkout / ".venv/bin/python").unlink()
    assert done(checkout) == ["venv", "pip", "pip"]


def test_an_environment_of_another_python_is_made_anew(checkout):
    done(checkout)
    (checkout / "version").write_text("3.14.0")
    (checkout / ".venv/installed").unlink()
    assert done(checkout) == ["venv", "pip", "pip"]


def test_an_environment_of_a_checkout_that_moved_is_made_anew(checkout):
    done(checkout)
    moved = checkout.rename(checkout.parent / "elsewhere")
    assert done(moved) == ["venv", "pip", "pip"]
