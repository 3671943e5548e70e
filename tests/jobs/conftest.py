"""Stores of jobs for the tests: each test that asks for one runs on both databases."""

import itertools
import os
import tempfile
from pathlib import Path

import pytest

from casa_ogc.jobs.store import JobStore
from tests import postgres
from tests.jobs.clocks import Clock

DATABASES = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]


@pytest.fixture(scope="session")
def postgres_server():
    """A PostgreSQL server for the session; called, it makes a database."""
    postgres.require()
    with postgres.server() as databases:
        yield databases


@pytest.fixture(scope="session")
def quick_folder():
    """A folder in memory, where there is one, so that tests need not wait for the disk."""
    memory = Path("/dev/shm")
    place = memory if os.access(memory, os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="casa-jobs-", dir=place) as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def new_url(request, quick_folder):
    """A function that returns the address of an empty database of the kind it is told."""
    count = itertools.count()

    def make(kind):
        if kind == "sqlite":
            return f"sqlite:///{quick_folder / f'jobs-{next(count)}.sqlite'}"
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


@pytest.fixture
def clock():
    """A clock that stands until it is set."""
    return Clock()


@pytest.fixture
def timed(url, clock):
    """A store that lives by the clock of the test."""
    opened = JobStore(url, clock=clock)
    yield opened
    opened.close()
