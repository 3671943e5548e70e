"""An archive that holds the demonstration products, and the command line on it."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from casa_ogc.cli import main
from tests.demo_archive import demo_archive_of


@pytest.fixture(scope="session")
def demo_archive(tmp_path_factory) -> Path:
    """Root of an archive with the demonstration products; only to be read."""
    return demo_archive_of(tmp_path_factory)


@pytest.fixture
def casa(monkeypatch, tmp_path):
    """Run ``casa``; on an empty archive unless another is named."""

    def run(*arguments, archive=tmp_path / "archive"):
        monkeypatch.setenv("CASA_ARCHIVE", str(archive))
        monkeypatch.setenv("CASA_JOBS", str(tmp_path / "jobs"))
        kept = {"CASA_URL": None, "CASA_CLUSTER": None}  # what commands set ends with them
        return CliRunner(env=kept).invoke(main, [str(one) for one in arguments], prog_name="casa")

    run.folder = tmp_path / "jobs"
    return run
