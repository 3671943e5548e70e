"""The demonstration archive that tests share: its first month, made once in a session of tests."""

import os
from pathlib import Path

import pytest
from filelock import FileLock

from casa_ogc.demo.build import build_demo

DAYS = 31
"""Of January 2023; the same numbers as in an archive of the whole year."""


def demo_archive_of(session: pytest.TempPathFactory) -> Path:
    """Return the folder of the archive, only to be read; one for all processes of the session."""
    base = session.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    with FileLock(shared / "demo-archive.lock"):
        build_demo(shared / "demo-archive", DAYS)
    return shared / "demo-archive"
