"""Reversion: a product is what it was, whole, also when the reverting process dies."""

import subprocess
import sys

import pytest
from numpy.testing import assert_array_equal

from casa_ogc.archive import commits
from casa_ogc.archive.cubes import open_cube, write_cube
from casa_ogc.archive.expiry import Retention, collect_garbage
from casa_ogc.archive.heads import read_head, read_stored_head
from casa_ogc.archive.integrity import verify
from casa_ogc.archive.reversion import NothingEarlierError, revert, snapshots
from casa_ogc.archive.soundings import open_soundings, write_soundings
from casa_processes.common.errors import IntegrityError, UnknownNameError
from tests.archive.builders import grid, soundings, source, whole

PRODUCTS = pytest.mark.parametrize("product", ["cube", "soundings"])


def write(root, product, number):
    """One more file, which changes what is there and adds to it."""
    if product == "cube":
        data = grid([0, number], rows=40, columns=80, mark=number)
        return write_cube(root, product, data, [source(f"{number}.nc")])
    data = soundings(100 + 10 * number, seed=number, period=5)
    return write_soundings(root, product, data, [source(f"{number}.nc")])


def content(root, product, snapshot=None):
    """All values of a snapshot, read afresh."""
    open_soundings.__globals__["_open"].cache_clear()
    open_cube.__globals__["_open"].cache_clear()
    snapshot = snapshot or read_head(root, product).snapshot
    if product == "soundings":
        return open_soundings(root, product, snapshot).select(["sounding_id", "xco2"])["xco2"]
    cube = open_cube(root, product, snapshot)
    arrays = [cube.layouts[name].arrays["xco2"] for name in ("map", "series")]
    values = [array.read(whole(array.shape)) for array in arrays]
    assert_array_equal(*values)
    return values[0]


@PRODUCTS
def test_the_product_is_what_it_was_before_the_last_file(tmp_path, product):
    heads, contents = [], []
    for number in (1, 2, 3):
        heads.append(write(tmp_path, product, number))
        contents.append(content(tmp_path, product))
    done = revert(tmp_path, product)
    assert (done.before, done.after) == (heads[2], heads[1])
    assert [file.name for file in done.left] == ["3.nc"]
    assert done.regained == ()
    assert read_head(tmp_path, product) == heads[1]
    assert_array_equal(content(tmp_path, product), contents[1])
    assert verify(tmp_path, product) == ()


@PRODUCTS
def test_every_snapshot_stays_readable_and_can_be_made_current(tmp_path, product):
    heads, contents = [], []
    for number in (1, 2, 3):
        heads.append(write(tmp_path, product, number))
        contents.append(content(tmp_path, product))
    for target in (0, 2, 1, 0, 0, 2):
        revert(tmp_path, product, heads[target].snapshot)
        assert read_head(tmp_path, product) == heads[target]
        for head, expected in zip(heads, contents, strict=True):
            assert_array_equal(content(tmp_path, product, head.snapshot), expected)
        assert verify(tmp_path, product) == ()


@PRODUCTS
def test_reverting_twice_goes_two_steps_back_and_then_no_further(tmp_path, product):
    heads = [write(tmp_path, product, number) for number in (1, 2, 3)]
    revert(tmp_path, product)
    revert(tmp_path, product)
    assert read_head(tmp_path, product) == heads[0]
    with pytest.raises(NothingEarlierError, match=heads[2].snapshot):
        revert(tmp_path, product)
    assert read_head(tmp_path, product) == heads[0]
    listed = [head.snapshot for head in snapshots(tmp_path, product)]
    assert listed == [heads[0].snapshot, heads[2].snapshot, heads[1].snapshot]


@PRODUCTS
def test_the_next_file_continues_from_where_the_head_is(tmp_path, product):
    write(tmp_path, product, 1)
    write(tmp_path, product, 2)
    revert(tmp_path, product)
    write(tmp_path, product, 3)
    after_revert = content(tmp_path, product)
    assert read_head(tmp_path, product).files == 2
    fresh = tmp_path / "fresh"
    write(fresh, product, 1)
    write(fresh, product, 3)
    assert_array_equal(after_revert, content(fresh, product))
    assert verify(tmp_path, product) == ()


@PRODUCTS
def test_a_file_that_left_can_be_taken_in_again(tmp_path, product):
    write(tmp_path, product, 1)
    write(tmp_path, product, 2)
    expected = content(tmp_path, product)
    revert(tmp_path, product)
    head = write(tmp_path, product, 2)
    assert head.files == 2
    assert_array_equal(content(tmp_path, product), expected)


@PRODUCTS
def test_what_was_reverted_goes_with_the_garbage(tmp_path, product):
    heads = [write(tmp_path, product, number) for number in (1, 2)]
    expected = content(tmp_path, product, heads[0].snapshot)
    revert(tmp_path, product)
    assert collect_garbage(tmp_path, product, Retention(snapshots=1, days=0)) > 0
    assert list(read_stored_head(tmp_path, product).manifests) == [heads[0].snapshot]
    assert_array_equal(content(tmp_path, product), expected)
    assert verify(tmp_path, product) == ()
    with pytest.raises(UnknownNameError):
        revert(tmp_path, product, heads[1].snapshot)
    write(tmp_path, product, 3)
    assert verify(tmp_path, product) == ()


@PRODUCTS
def test_garbage_that_is_younger_stays_after_a_reversion(tmp_path, product):
    heads = [write(tmp_path, product, number) for number in (1, 2, 3)]
    expected = content(tmp_path, product)
    revert(tmp_path, product, heads[0].snapshot)
    collect_garbage(tmp_path, product, Retention(snapshots=1, days=0, named=(heads[2].snapshot,)))
    assert_array_equal(content(tmp_path, product, heads[2].snapshot), expected)
    assert verify(tmp_path, product) == ()
    revert(tmp_path, product, heads[2].snapshot)
    assert_array_equal(content(tmp_path, product), expected)
    assert verify(tmp_path, product) == ()


@PRODUCTS
def test_the_current_snapshot_stays_as_it_is(tmp_path, product):
    head = write(tmp_path, product, 1)
    before = read_stored_head(tmp_path, product)
    done = revert(tmp_path, product, head.snapshot)
    assert done.before == done.after == head
    assert read_stored_head(tmp_path, product) == before


@PRODUCTS
def test_an_unknown_snapshot_changes_nothing_and_names_those_that_there_are(tmp_path, product):
    head = write(tmp_path, product, 1)
    before = read_stored_head(tmp_path, product)
    with pytest.raises(UnknownNameError, match=head.snapshot):
        revert(tmp_path, product, "NOTHING")
    assert read_stored_head(tmp_path, product) == before
    assert verify(tmp_path, product) == ()


def test_a_product_that_holds_nothing_is_not_made_by_reverting_it(tmp_path):
    with pytest.raises(UnknownNameError, match="'nope'"):
        revert(tmp_path, "nope")
    assert not (tmp_path / "nope").exists()


@PRODUCTS
def test_a_damaged_snapshot_is_not_made_current(tmp_path, product):
    first, second = (write(tmp_path, product, number) for number in (1, 2))
    (manifest,) = (tmp_path / product / "manifests").glob(f"{first.snapshot}.*.json")
    manifest.write_bytes(manifest.read_bytes().replace(b"1.nc", b"7.nc"))
    with pytest.raises(IntegrityError):
        revert(tmp_path, product, first.snapshot)
    assert read_head(tmp_path, product) == second


DYING = """
import os, sys
from pathlib import Path
from casa_ogc.archive import commits, reversion

root, product, place, step, snapshot = sys.argv[1:]
setattr(getattr(sys.modules["casa_ogc.archive"], place), step, lambda *_, **__: os._exit(7))
reversion.revert(Path(root), product, snapshot)
"""
"""Reverts until a step, at which the process is gone without tidying."""


@pytest.mark.parametrize(
    ("product", "place", "step", "reverted"),
    [
        ("cube", "reversion", "cube_objects", False),
        ("cube", "reversion", "commit", False),
        ("cube", "commits", "write_durably", False),
        ("cube", "reversion", "sweep", True),
        ("soundings", "reversion", "commit", False),
        ("soundings", "commits", "write_durably", False),
        ("soundings", "reversion", "sweep", True),
    ],
)
def test_a_reversion_that_dies_has_happened_or_has_not(tmp_path, product, place, step, reverted):
    heads = [write(tmp_path, product, number) for number in (1, 2)]
    contents = [content(tmp_path, product, head.snapshot) for head in heads]
    arguments = [str(tmp_path), product, place, step, heads[0].snapshot]
    assert subprocess.run([sys.executable, "-c", DYING, *arguments], check=False).returncode == 7
    assert (tmp_path / product / commits.JOURNAL).exists()
    current = 0 if reverted else 1
    assert read_head(tmp_path, product) == heads[current]
    assert_array_equal(content(tmp_path, product), contents[current])
    assert verify(tmp_path, product) == ()
    write(tmp_path, product, 3)
    assert verify(tmp_path, product) == ()
    for head, expected in zip(heads, contents, strict=True):
        assert_array_equal(content(tmp_path, product, head.snapshot), expected)
    if product == "cube":
        assert read_head(tmp_path, product).dimensions["time"] == (3 if reverted else 4)
