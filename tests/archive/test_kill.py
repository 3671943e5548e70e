"""A writer that is killed leaves the last commit as it was, and the next one goes on."""

import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from casa_ogc.archive import commits, cube_writing
from casa_ogc.archive.cubes import open_cube
from casa_ogc.archive.heads import Head, read_head
from casa_ogc.archive.integrity import verify
from casa_ogc.archive.soundings import open_soundings
from tests.archive.builders import day_values, days, soundings, whole
from tests.archive.victim import PER_PART, write_part

PROJECT = Path(__file__).parents[2]
KINDS = pytest.mark.parametrize("kind", ["grid", "soundings"])
KILLS = 4
# An installed package named `tests` would hide this folder, which is none.
LAUNCH = f"""
import sys, types
tests = types.ModuleType("tests")
tests.__path__ = [{str(PROJECT / "tests")!r}]
sys.modules["tests"] = tests
from tests.archive.victim import main
main()
"""
READERS = 2


def start(root: Path, kind: str) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-c", LAUNCH, str(root), kind], stdout=subprocess.PIPE, cwd=PROJECT
    )


def expect_parts(root: Path, kind: str, head: Head) -> int:
    """The head's snapshot holds parts 0..n-1 and nothing else; returns n."""
    if kind == "grid":
        count = head.dimensions["time"]
        cube = open_cube(root, "p", head.snapshot)
        assert_array_equal(cube.axes["t"].values, days(range(count)))
        for layout in ("map", "series"):
            array = cube.layouts[layout].arrays["xco2"]
            expected = day_values(np.arange(count), 40, 80)
            assert_array_equal(array.read(whole(array.shape)), expected)
        return count
    count = head.dimensions["sounding"] // PER_PART
    found = open_soundings(root, "p", head.snapshot).select(["sounding_id", "xco2"])
    order = np.argsort(found["sounding_id"])
    parts = [soundings(PER_PART, seed=n)["xco2"].values for n in range(count)]
    assert_array_equal(found["xco2"][order], np.concatenate(parts))
    return count


@KINDS
def test_a_killed_writer_leaves_the_last_commit_intact(tmp_path, kind):
    chance = random.Random(f"kill {kind}")
    committed = 0
    for _ in range(KILLS):
        with start(tmp_path, kind) as victim:
            told = int(victim.stdout.readline())
            time.sleep(chance.uniform(0.0, 0.6))
            victim.send_signal(signal.SIGKILL)
        head = read_head(tmp_path, "p")
        count = expect_parts(tmp_path, kind, head)
        assert count > told
        assert count >= committed
        assert verify(tmp_path, "p") == ()
        committed = count
    write_part(tmp_path, kind, committed)
    assert expect_parts(tmp_path, kind, read_head(tmp_path, "p")) == committed + 1
    assert verify(tmp_path, "p") == ()


@KINDS
def test_a_writer_killed_before_its_first_commit_leaves_nothing_in_the_way(tmp_path, kind):
    with start(tmp_path, kind) as victim:
        while not (tmp_path / "p").exists():
            assert victim.poll() is None
            time.sleep(0.005)
        victim.send_signal(signal.SIGKILL)
    head = read_head(tmp_path, "p")
    assert head is None or expect_parts(tmp_path, kind, head)
    assert verify(tmp_path, "p") == ()
    write_part(tmp_path, kind, 0)
    assert verify(tmp_path, "p") == ()
    expect_parts(tmp_path, kind, read_head(tmp_path, "p"))


@KINDS
def test_readers_always_see_a_whole_commit_while_a_writer_appends(tmp_path, kind):
    write_part(tmp_path, kind, 0)
    seen: list[int] = []
    failures: list[Exception] = []
    finished = threading.Event()

    def look() -> None:
        try:
            while not finished.is_set():
                seen.append(expect_parts(tmp_path, kind, read_head(tmp_path, "p")))
        except Exception as error:  # noqa: BLE001  # told by the test itself
            failures.append(error)

    readers = [threading.Thread(target=look) for _ in range(READERS)]
    with start(tmp_path, kind) as victim:
        for reader in readers:
            reader.start()
        for _ in range(3):
            victim.stdout.readline()
        finished.set()
        victim.send_signal(signal.SIGKILL)
    for reader in readers:
        reader.join()
    assert failures == []
    assert len(set(seen)) > 1
    assert seen[-1] >= 2


@KINDS
def test_two_writers_wait_for_each_other(tmp_path, kind):
    threads = [
        threading.Thread(target=write_part, args=(tmp_path, kind, number)) for number in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    head = read_head(tmp_path, "p")
    assert head.files == 4
    assert expect_parts(tmp_path, kind, head) == 4
    assert verify(tmp_path, "p") == ()


@pytest.mark.parametrize("step", ["commit_cube", "write_durably"])
def test_a_writer_that_dies_between_icechunks_commit_and_ours_is_undone(
    tmp_path, monkeypatch, step
):
    class Death(BaseException):
        """The end of the process: nothing is tidied after it."""

    def die(*_, **__):
        monkeypatch.setattr(commits, "recover", lambda root, product: None)
        raise Death

    write_part(tmp_path, "grid", 0)
    before = read_head(tmp_path, "p")
    place = cube_writing if step == "commit_cube" else commits
    with monkeypatch.context():
        monkeypatch.setattr(place, step, die)
        with pytest.raises(Death):
            write_part(tmp_path, "grid", 1)
        monkeypatch.undo()
    assert (tmp_path / "p" / commits.JOURNAL).exists()
    assert read_head(tmp_path, "p") == before
    assert expect_parts(tmp_path, "grid", before) == 1
    assert verify(tmp_path, "p") == ()
    write_part(tmp_path, "grid", 1)
    assert expect_parts(tmp_path, "grid", read_head(tmp_path, "p")) == 2
    assert verify(tmp_path, "p") == ()
