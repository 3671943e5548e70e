"""What the application loads when it starts, and what only when it is asked for."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.service.sites import site_file

STARTED = """
import sys
from pathlib import Path
from casa_ogc.web.app import create_app
client = create_app(Path(sys.argv[1])).test_client()
print(client.get("/collections").status_code, "sqlalchemy" in sys.modules)
print(client.get("/processes").status_code, "sqlalchemy" in sys.modules)
print(client.get("/jobs").status_code, "sqlalchemy" in sys.modules)
"""


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """What a program says of its own modules."""
    folder: Path = tmp_path_factory.mktemp("imports")
    site_file(folder, folder / "archive")
    command = [sys.executable, "-c", STARTED, str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_data_and_descriptions_of_processes_need_no_database_library(said: list[str]) -> None:
    assert said[:2] == ["200 False", "200 False"]


def test_jobs_do(said: list[str]) -> None:
    assert said[2] == "200 True"
