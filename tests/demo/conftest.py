"""The demonstration archive of a month, which is read alone."""

import pytest

from casa_ogc.archive.cubes import open_cube
from casa_ogc.archive.heads import read_head
from casa_ogc.archive.soundings import open_soundings
from tests.demo_archive import demo_archive_of


@pytest.fixture(scope="session")
def month(tmp_path_factory):
    """Folder of the archive."""
    return demo_archive_of(tmp_path_factory)


@pytest.fixture(scope="session")
def grid(month):
    """Return a variable of a gridded product, as stored for maps."""

    def read(product, name, root=month):
        cube = open_cube(root, product, read_head(root, product).snapshot)
        array = cube.layouts["map"].arrays[name]
        return array.read(tuple(slice(0, size) for size in array.shape))

    return read


@pytest.fixture(scope="session")
def rows(month):
    """Return columns of a product of soundings."""

    def read(product, *names, root=month):
        store = open_soundings(root, product, read_head(root, product).snapshot)
        return store.select(names)

    return read
