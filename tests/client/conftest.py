"""A stock server of OGC API Processes that is not ours, and clients of it."""

from collections.abc import Iterator

import pytest

from casa_ogc.client import Client
from tests.client.stock import stock_server
from tests.client.wire import Wire, wired


@pytest.fixture(scope="session")
def stock(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of stock pygeoapi."""
    with stock_server(tmp_path_factory.mktemp("stock")) as url:
        yield url


@pytest.fixture
def client(stock: str) -> Iterator[Client]:
    """Client of stock pygeoapi."""
    with Client(stock) as found:
        yield found


@pytest.fixture
def wire(stock: str) -> Iterator[Wire]:
    """Wire to stock pygeoapi."""
    with wired(stock) as found:
        yield found
