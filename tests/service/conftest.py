"""Real HTTP servers over archives that the tests make."""

from collections.abc import Iterator

import pytest

from casa_ogc.archive.cubes import write_cube
from tests.service.cubes import HABITS, cube
from tests.service.grids import served
from tests.service.job_sites import JobSite, job_site
from tests.service.published_site import Published, published_site
from tests.service.sites import product_file, serving, site_file


@pytest.fixture(scope="session")
def matrix_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Server of the encoded cube in every storage habit."""
    folder = tmp_path_factory.mktemp("matrix")
    config, archive = folder / "config", folder / "archive"
    site_file(config, archive)
    for habit in HABITS:
        product_file(config, habit.id, "grid")
        write_cube(archive, habit.id, cube(habit), ())
    with serving(config) as url:
        yield url


@pytest.fixture(scope="session")
def coverage_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Server of a grid fine enough to be scaled, and of soundings."""
    with served(tmp_path_factory.mktemp("coverages")) as url:
        yield url


@pytest.fixture(scope="session")
def job_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JobSite]:
    """Server whose jobs run; this machine may be told of them, and hold inputs."""
    folder = tmp_path_factory.mktemp("jobs")
    with job_site(folder, hosts=["127.0.0.1"], callbacks=["127.0.0.1"]) as site:
        yield site


@pytest.fixture(scope="session")
def published_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Published]:
    """Server of two processes whose jobs publish their results."""
    with published_site(tmp_path_factory.mktemp("published")) as site:
        yield site
