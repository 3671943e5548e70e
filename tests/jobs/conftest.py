"""Stores of jobs for the tests: each test that asks for one runs on both databases."""

import pytest

from casa_ogc.jobs.store import JobStore
from tests import postgres

DATABASES = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]


@pytest.fixture(scope="session")
def postgres_server():
    """A PostgreSQL server for the session; called, it makes a database."""
    postgres.require()
    with postgres.server() as databases:
        yield databases


@pytest.fixture
def new_url(request, tmp_path):
    """A function that returns the address of an empty database of the kind it is told."""
    count = iter(range(1000))

    def make(kind):
        if kind == "sqlite":
            return f"sqlite:///{tmp_path / f'jobs-{next(count)}.sqlite'}"
        return request.getfixturevalue("postgres_server")()

    return make


@pytest.fixture(params=DATABASES)
def url(request, new_url):
    """The address of an empty database, of either kind."""
    return new_url(request.param)


@pytest.fixture
def store(url):
    """An empty store, in either kind of database."""
    opened = JobStore(url)
    yield opened
    opened.close()
