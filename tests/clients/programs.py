"""Running clients that the system installs, away from the user's files."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import NoReturn

import pytest

PATIENCE = 180
"""Seconds that one run of a client may take."""
_KEPT = ("PATH", "LANG", "LC_ALL", "CI")


def missing(client: str) -> NoReturn:
    """Fail in continuous integration, where every client must be there; skip elsewhere."""
    reason = f"{client} is not installed; .ci/run tells the Debian packages"
    if os.environ.get("CI", "").lower() == "true":
        pytest.fail(reason)
    pytest.skip(reason)


def run(folder: Path, *command: str, **settings: str) -> str:
    """Run a client with its caches in a folder, and return what it says.

    Parameters
    ----------
    folder
        Home of the run.
    command
        Program and arguments.
    settings
        Further environment of the client.
    """
    program = shutil.which(command[0])
    if program is None:
        missing(command[0])
    environment = {name: os.environ[name] for name in _KEPT if name in os.environ}
    environment |= {"HOME": str(folder), "XDG_CACHE_HOME": str(folder), "NO_PROXY": "127.0.0.1"}
    done = subprocess.run(
        [program, *command[1:]],
        cwd=folder,
        env=environment | settings,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout
