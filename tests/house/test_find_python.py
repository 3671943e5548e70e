"""The script that looks for an interpreter takes the newest that works, and says when none does."""

import os
import subprocess
import sys

import pytest

from tests.house.checkout import ROOT

SCRIPT = ROOT / ".ci" / "find-python"
TOOLS = ("sh", "cut", "sort", "head", "tr", "cat")


@pytest.fixture
def tools(tmp_path):
    """Folder with a space in its name that holds what the script needs, and no Python."""
    folder = tmp_path / "a bin"
    folder.mkdir()
    for name in TOOLS:
        (source,) = {
            path
            for place in ("/usr/bin", "/bin")
            if os.access(path := f"{place}/{name}", os.X_OK) and place == first_place(name)
        }
        (folder / name).symlink_to(source)
    return folder


def first_place(name):
    return next(place for place in ("/usr/bin", "/bin") if os.access(f"{place}/{name}", os.X_OK))


def interpreter(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


def claims(minor, micro=0):
    """Text of an interpreter that passes the probe as 3.`minor`."""
    return f'echo {minor * 1000 + micro} "$0"'


def found(tools, **environment):
    return subprocess.run(
        [str(SCRIPT)],
        env={"PATH": str(tools), "HOME": str(tools / "home"), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_newest_interpreter_of_the_path_is_taken(tools):
    interpreter(tools / "python3.12", claims(12, 11))
    interpreter(tools / "python3", claims(13, 0))
    assert found(tools).stdout.strip() == str(tools / "python3")


def test_a_shim_that_exists_and_fails_is_passed_over(tools):
    interpreter(tools / "python3.13", "exit 127")
    interpreter(tools / "python3.12", claims(12))
    assert found(tools).stdout.strip() == str(tools / "python3.12")


def test_interpreters_of_pyenv_and_uv_are_found(tools):
    pyenv = tools / "home/.pyenv/versions/3.12.1/bin/python"
    uv = tools / "home/.local/share/uv/python/cpython-3.13.2/bin/python3"
    interpreter(pyenv, claims(12, 1))
    assert found(tools).stdout.strip() == str(pyenv)
    interpreter(uv, claims(13, 2))
    assert found(tools).stdout.strip() == str(uv)


def test_without_any_the_script_says_what_to_do(tools):
    done = found(tools)
    assert done.returncode == 1
    assert "uv python install" in done.stderr
    assert "make serve PYTHON=" in done.stderr


def test_a_named_interpreter_is_the_only_candidate(tools):
    interpreter(tools / "python3.13", claims(13))
    interpreter(tools / "mine", claims(12))
    assert found(tools, PYTHON=str(tools / "mine")).stdout.strip() == str(tools / "mine")


def test_the_probe_accepts_the_interpreter_of_these_tests(tools):
    (tools / "python3").symlink_to(sys.executable)
    done = found(tools)
    assert done.returncode == 0, done.stderr
    assert os.access(done.stdout.strip(), os.X_OK)
