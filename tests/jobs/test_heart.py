"""Signs of life, leases, and stopping: on a real store, in this process."""

import threading
import time

import pytest

from benchmarks.jobs_site import wait_for
from casa_ogc.catalog.settings import Jobs
from casa_ogc.jobs.heart import Heart
from casa_ogc.jobs.leasing import SECONDS, Lease
from casa_ogc.jobs.mending import Since, take_over
from casa_ogc.jobs.part_run import PartTask, _Stop
from casa_ogc.jobs.record import Execution
from casa_ogc.jobs.store import JobStore
from casa_processes.common.context import StoppedError
from casa_processes.common.process import Cost


@pytest.fixture
def store(tmp_path):
    """An embedded store."""
    opened = JobStore(f"sqlite:///{tmp_path / 'jobs.sqlite'}")
    yield opened
    opened.close()


@pytest.fixture
def job(store):
    """A job whose first attempt runs."""
    store.submit(Execution("echo", "1.0.0", {}), owner="", cost=Cost())
    (taken,) = store.take("engine", 1)
    assert store.start(taken.id, 1, "worker")
    return taken


def test_a_beat_tells_progress_and_memory_once_a_second(store, job):
    with Heart(store, job.id, 1) as heart:
        heart.tell(0.429, "half")
        wait_for(lambda: store.get(job.id).message == "half", 5)
        found = store.get(job.id)
    assert found.progress == 42
    assert heart.memory > 10 * 1024**2
    assert not heart.dismissed


@pytest.mark.parametrize(("fraction", "progress"), [(-1.0, 0), (0.999, 99), (1.0, 99), (7.0, 99)])
def test_progress_stays_below_one_hundred_until_the_row_says_successful(
    store, job, fraction, progress
):
    with Heart(store, job.id, 1) as heart:
        heart.tell(fraction, "told")
        wait_for(lambda: store.get(job.id).message == "told", 5)
    assert store.get(job.id).progress == progress


def test_a_dismissed_job_is_told_to_stop_before_the_next_beat_is_due(store, job):
    with Heart(store, job.id, 1) as heart:
        heart.check()
        store.dismiss(job.id)
        wait_for(lambda: heart.dismissed)
        with pytest.raises(StoppedError):
            heart.check()
        assert not heart.lost


def test_an_attempt_that_was_replaced_is_lost_and_stops(store, job):
    with Heart(store, job.id, 1) as heart:
        store.requeue(job.id, 1, "silent")
        wait_for(lambda: heart.lost, 5)
        with pytest.raises(StoppedError):
            heart.check()


def test_a_part_stops_when_its_attempt_shall(store, job):
    task = PartTask(Jobs(), job.id, 1, {})
    stop = _Stop(store, task)
    stop(now=True)
    store.dismiss(job.id)
    with pytest.raises(StoppedError):
        stop(now=True)
    stop()  # not yet due: it asks a few times a second only


def test_one_holds_the_lease_and_the_next_gets_it_when_it_is_given_back(store):
    first, second = Lease(store), Lease(store)
    assert first.take()
    assert not second.take()
    first.release()
    assert not first.held
    assert second.take()


def test_a_lease_is_prolonged_for_as_long_as_it_is_needed(store):
    first, second = Lease(store), Lease(store)
    assert first.take()
    with first.prolonged():
        end = time.monotonic() + SECONDS + 1.5
        while time.monotonic() < end:
            assert not second.take()
            time.sleep(0.3)
        assert first.held
    assert second.take()
    assert not [each for each in threading.enumerate() if each.name == "lease"]


def test_only_silent_jobs_are_taken_over_and_it_is_logged(store, job, tmp_path):
    jobs = Jobs(folder=tmp_path)
    take_over(store, jobs)
    assert store.get(job.id).status == "running"
    wait_for(lambda: store.open_jobs()[0].silence > 4.2, 20)
    take_over(store, jobs)
    assert store.get(job.id).status == "accepted"
    assert "gave no sign of life" in (tmp_path / "logs" / f"{job.id}.log").read_text()


def test_only_what_is_seen_without_a_break_grows_old():
    since = Since()
    since.seconds(["a", "b"])
    time.sleep(0.05)
    assert since.seconds(["a"])["a"] >= 0.05
    assert since.seconds(["a", "b"])["b"] < 0.05
