"""A site with a grid, a grid with levels and soundings, whose documents name its true address."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from casa_ogc.archive.cubes import write_cube
from casa_ogc.archive.manifests import SourceFile
from casa_ogc.archive.soundings import write_soundings
from tests.clients.known import GRID, LEVELS, ROWS, SOUNDINGS
from tests.service.cubes import Habit, cube
from tests.service.sites import free_port, product_file, serving, site_file

CLIENTS = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test of this folder."""
    for item in items:
        if item.path.is_relative_to(CLIENTS):
            item.add_marker(pytest.mark.clients)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a server of the known data."""
    folder = tmp_path_factory.mktemp("clients")
    config, archive, port = folder / "config", folder / "archive", free_port()
    site_file(config, archive, url=f"http://127.0.0.1:{port}")
    product_file(config, GRID, "grid")
    product_file(config, LEVELS, "grid")
    product_file(config, SOUNDINGS, "soundings")
    write_cube(archive, GRID, cube(Habit(False, False, "tyx", False)), ())
    write_cube(archive, LEVELS, cube(Habit(True, True, "tzyx", True)), ())
    source = SourceFile(
        "rows.nc", "0" * 64, 1, "test", "1", "2022-01-01T00:00:00Z", ROWS.sizes["sounding"]
    )
    write_soundings(archive, SOUNDINGS, ROWS, [source])
    with serving(config, port) as url:
        yield url
