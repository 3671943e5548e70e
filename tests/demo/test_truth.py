"""The file of the nature run: there when it is complete, and never made twice."""

import errno
import os

import numpy as np
import pytest

from casa_ogc.demo import truth
from casa_processes.simulation.nature import co2, simulated
from casa_processes.simulation.start import start
from casa_processes.simulation.world import Resolution, World

SMALL = World(Resolution(18, 12, 20, 6))


@pytest.fixture
def small(monkeypatch):
    """Let the run have cells of 20 by 15 degrees."""
    monkeypatch.setattr(truth, "here", lambda: SMALL)


@pytest.fixture
def expected():
    """Daily means of three days, by the run alone."""
    run = simulated(SMALL, start(SMALL, 2023), np.datetime64("2023-01-04"))
    return [co2(day) for day in run]


def test_days_are_those_of_the_run(small, expected, tmp_path):
    told = []
    truth.run(tmp_path / "a.npy", 3, told.append)
    found = truth.opened(tmp_path / "a.npy")
    np.testing.assert_array_equal(found.co2, np.array(expected, dtype=np.float32))
    assert found.dates.astype(str).tolist() == ["2023-01-01", "2023-01-02", "2023-01-03"]
    assert told
    assert all(0 <= part < 1 for part in told)
    assert [path.name for path in tmp_path.iterdir()] == ["a.npy"]


def test_room_for_all_days_is_taken_before_the_first(small, tmp_path, monkeypatch):
    taken = []

    def watched(*given):
        taken.append((tmp_path / "a.part").stat().st_blocks * 512)
        yield from simulated(*given)

    monkeypatch.setattr(truth, "simulated", watched)
    truth.run(tmp_path / "a.npy", 3)
    assert taken[0] >= truth.opened(tmp_path / "a.npy").co2.nbytes


def test_a_full_disk_is_named(small, tmp_path, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "posix_fallocate", full)
    with pytest.raises(OSError, match="No space left") as caught:
        truth.run(tmp_path / "a.npy", 3)
    assert caught.value.errno == errno.ENOSPC
    assert not (tmp_path / "a.npy").exists()


def test_days_that_are_read_hold_all_of_the_carbon_dioxide(small, tmp_path):
    truth.run(tmp_path / "a.npy", 2)
    found = truth.opened(tmp_path / "a.npy")
    for day, date, values in zip(found.days(), found.dates, found.co2, strict=True):
        assert day.date == date
        np.testing.assert_array_equal(co2(day), values.astype(np.float64))


def test_a_file_that_is_there_is_not_made_again(small, tmp_path, monkeypatch):
    truth.run(tmp_path / "a.npy", 1)
    before = (tmp_path / "a.npy").stat().st_mtime_ns
    monkeypatch.setattr(truth, "simulated", pytest.fail)
    truth.run(tmp_path / "a.npy", 1)
    assert (tmp_path / "a.npy").stat().st_mtime_ns == before


def test_a_run_that_was_interrupted_leaves_no_file_and_is_begun_again(
    small, expected, tmp_path, monkeypatch
):
    def broken(*given):
        yield from list(simulated(*given))[:1]
        raise KeyboardInterrupt

    monkeypatch.setattr(truth, "simulated", broken)
    with pytest.raises(KeyboardInterrupt):
        truth.run(tmp_path / "a.npy", 3)
    assert not (tmp_path / "a.npy").exists()
    monkeypatch.setattr(truth, "simulated", simulated)
    truth.run(tmp_path / "a.npy", 3)
    np.testing.assert_array_equal(truth.opened(tmp_path / "a.npy").co2[2], np.float32(expected[2]))
