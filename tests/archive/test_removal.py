"""Removal of products: all of one, nothing of another."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import xarray as xr
from filelock import FileLock

from casa_ogc.archive.commits import LOCKS
from casa_ogc.archive.cubes import write_cube
from casa_ogc.archive.heads import list_products, read_head
from casa_ogc.archive.integrity import verify
from casa_ogc.archive.removal import REMOVED, remove_product


def grid(value):
    return xr.Dataset(
        {"xco2": (("latitude", "longitude"), np.full((2, 4), value, "float32"))},
        coords={"latitude": [-45.0, 45.0], "longitude": [-135.0, -45.0, 45.0, 135.0]},
        attrs={"source": "test"},
    )


@pytest.fixture
def root(tmp_path):
    for name in ("one", "two"):
        write_cube(tmp_path, name, grid(400.0), ())
    return tmp_path


def test_a_removed_product_is_gone_and_the_other_whole(root):
    assert remove_product(root, "one")
    assert list_products(root) == ("two",)
    assert read_head(root, "one") is None
    assert not verify(root, "two")
    assert {path.name for path in root.iterdir()} == {"two", LOCKS}


def test_what_is_not_there_is_not_removed(root):
    assert not remove_product(root, "three")
    assert not remove_product(root / "nowhere", "one")
    assert list_products(root) == ("one", "two")


def test_a_product_may_be_written_again(root):
    before = read_head(root, "one")
    remove_product(root, "one")
    after = write_cube(root, "one", grid(410.0), ())
    assert after.snapshot != before.snapshot
    assert read_head(root, "one").files == 0
    assert not verify(root, "one")


def test_what_a_killed_removal_left_goes_with_the_next(root):
    left = root / REMOVED / "old.1234"
    left.mkdir(parents=True)
    (left / "head.json").write_text("{}")
    assert not remove_product(root, "three")
    assert not (root / REMOVED).exists()


def test_removals_at_once_do_not_take_the_ground_from_each_other(tmp_path):
    names = [f"p{number}" for number in range(24)]
    for name in names:
        (tmp_path / name / "deep").mkdir(parents=True)
        (tmp_path / name / "deep" / "file").write_text("data")
    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(lambda name: remove_product(tmp_path, name), names))
    assert [path.name for path in tmp_path.iterdir()] == [LOCKS]


def test_a_product_that_is_being_written_is_waited_for(root):
    code = (
        "import sys; from pathlib import Path; from casa_ogc.archive.removal import remove_product;"
        "print(remove_product(Path(sys.argv[1]), 'one'))"
    )
    with FileLock(root / LOCKS / "one.lock"):
        other = subprocess.Popen(
            [sys.executable, "-c", code, str(root)], stdout=subprocess.PIPE, text=True
        )
        with pytest.raises(subprocess.TimeoutExpired):
            other.wait(3)
        assert read_head(root, "one") is not None
    assert other.communicate(timeout=60)[0].strip() == "True"
    assert read_head(root, "one") is None
