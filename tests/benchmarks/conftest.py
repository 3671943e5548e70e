"""A tiny cube in every store, and its ceiling as a test client."""

import pytest
from flask.testing import FlaskClient

from benchmarks.services import ceiling
from benchmarks.services.field import Shape
from benchmarks.services.stores import Stores, stores


@pytest.fixture(scope="session")
def shape() -> Shape:
    return Shape(12, 18, 36)


@pytest.fixture(scope="session")
def found(tmp_path_factory: pytest.TempPathFactory, shape: Shape) -> Stores:
    return stores(tmp_path_factory.mktemp("bench"), shape)


@pytest.fixture
def client(found: Stores, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    monkeypatch.setenv(ceiling.STORES, str(found.folder))
    return ceiling.create_app().test_client()
