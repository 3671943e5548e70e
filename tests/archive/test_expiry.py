"""Expiry: old snapshots go by the policy, the current data stays."""

import pytest

from casa_ogc.archive.commits import EXPIRING, JOURNAL
from casa_ogc.archive.cubes import open_cube, write_cube
from casa_ogc.archive.expiry import Retention, collect_garbage
from casa_ogc.archive.heads import read_head, read_stored_head
from casa_ogc.archive.integrity import verify
from casa_ogc.archive.soundings import open_soundings, write_soundings
from casa_processes.common.errors import UnknownNameError
from tests.archive.builders import files_below, grid, soundings, source, whole


def fill(root, product):
    """Five snapshots, each replacing the values before; their names, oldest first."""
    names = []
    for number in range(5):
        if product == "cube":
            data = grid([0], rows=40, columns=80, mark=number)
            head = write_cube(root, product, data, [source(f"{number}.nc")])
        else:
            data = soundings(200, seed=number, period=5)
            head = write_soundings(root, product, data, [source(f"{number}.nc")])
        names.append(head.snapshot)
    return names


def value(root, product, snapshot):
    """One value of a snapshot, read afresh."""
    open_soundings.__globals__["_open"].cache_clear()
    open_cube.__globals__["_open"].cache_clear()
    if product == "cube":
        array = open_cube(root, product, snapshot).layouts["map"].arrays["xco2"]
        return float(array.read(whole(array.shape))[0, 0, 0])
    return float(open_soundings(root, product, snapshot).select(["xco2"])["xco2"][0])


PRODUCTS = pytest.mark.parametrize("product", ["cube", "soundings"])


@PRODUCTS
def test_snapshots_beyond_the_policy_go_and_the_others_stay(tmp_path, product):
    names = fill(tmp_path, product)
    before = {name: value(tmp_path, product, name) for name in names}
    size = sum(path.stat().st_size for path in files_below(tmp_path / product))
    freed = collect_garbage(tmp_path, product, Retention(snapshots=2, days=0, named=(names[1],)))
    assert freed > 0
    assert sum(path.stat().st_size for path in files_below(tmp_path / product)) == size - freed
    assert list(read_stored_head(tmp_path, product).manifests) == [names[4], names[3], names[1]]
    for name in (names[4], names[3], names[1]):
        assert value(tmp_path, product, name) == before[name]
    assert verify(tmp_path, product) == ()


def test_a_snapshot_that_was_given_up_is_not_known_any_more(tmp_path):
    names = fill(tmp_path, "soundings")
    collect_garbage(tmp_path, "soundings", Retention(snapshots=1, days=0))
    with pytest.raises(UnknownNameError, match=names[4]):
        value(tmp_path, "soundings", names[0])


@PRODUCTS
def test_young_snapshots_stay(tmp_path, product):
    names = fill(tmp_path, product)
    collect_garbage(tmp_path, product, Retention(snapshots=1, days=1))
    assert len(read_stored_head(tmp_path, product).manifests) == 5
    assert value(tmp_path, product, names[0]) == value(tmp_path, product, names[0])
    assert verify(tmp_path, product) == ()


@PRODUCTS
def test_the_current_snapshot_is_the_same_before_and_after(tmp_path, product):
    fill(tmp_path, product)
    before = read_head(tmp_path, product)
    collect_garbage(tmp_path, product, Retention(snapshots=0, days=0))
    assert read_head(tmp_path, product) == before


@PRODUCTS
def test_writing_goes_on_after_an_expiry(tmp_path, product):
    fill(tmp_path, product)
    collect_garbage(tmp_path, product, Retention(snapshots=1, days=0))
    if product == "cube":
        write_cube(tmp_path, product, grid([1], rows=40, columns=80), [source("x.nc")])
    else:
        write_soundings(tmp_path, product, soundings(9, first=500), [source("x.nc")])
    assert verify(tmp_path, product) == ()
    assert len(read_stored_head(tmp_path, product).manifests) == 2


def test_an_expiry_that_died_after_icechunk_removed_objects_is_completed(tmp_path):
    from casa_ogc.archive.cube_store import keep_snapshots

    fill(tmp_path, "cube")
    head = read_head(tmp_path, "cube")
    (tmp_path / "cube" / JOURNAL).write_bytes(EXPIRING)
    keep_snapshots(tmp_path / "cube", (head.snapshot,))
    assert verify(tmp_path, "cube") == ()
    assert read_head(tmp_path, "cube") == head
    value(tmp_path, "cube", head.snapshot)


def test_an_empty_product_has_nothing_to_free(tmp_path):
    assert collect_garbage(tmp_path, "p") == 0
