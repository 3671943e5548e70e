"""Who waits sees every change, and looks no more often than there are any."""

import threading
import time

import pytest

from casa_ogc.jobs.record import Failure
from casa_ogc.jobs.store import JobStore
from casa_ogc.jobs.waking import wait
from tests.jobs.clocks import position, running, submitted


def settled(store):
    """The counter when nothing more comes: notifications of PostgreSQL take their way."""
    seen = store.changed()
    while (now := changed_after(store, seen, 0.2)) != seen:
        seen = now
    return seen


def changed_after(store, seen, timeout):
    end = time.monotonic() + timeout
    while time.monotonic() < end:
        if (now := store.changed()) != seen:
            return now
        time.sleep(0.002)
    return seen


@pytest.fixture
def other(url):
    """Another store of the same database, as another process would have it."""
    opened = JobStore(url)
    yield opened
    opened.close()


CHANGES = {
    "submit": lambda store, job: submitted(store, 77),
    "requeue": lambda store, job: store.requeue(job.id, 1, "lost"),
    "succeed": lambda store, job: store.succeed(job.id, 1, "a" * 64, 1, 1.0, 1),
    "fail": lambda store, job: store.fail(job.id, 1, Failure("E", "m")),
    "dismiss": lambda store, job: store.dismiss(job.id),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_is_noticed_by_its_own_store_and_by_others(store, other, change):
    job = running(store)
    seen = settled(store), settled(other)
    CHANGES[change](store, job)
    assert changed_after(store, seen[0], 10) != seen[0]
    assert changed_after(other, seen[1], 10) != seen[1]


def test_reading_is_no_change(store, other):
    job = submitted(store)
    seen = settled(other)
    store.get(job.id)
    store.open_jobs()
    position(store, job)
    assert changed_after(other, seen, 0.1) == seen


def test_a_job_is_waited_for_until_it_is_over(store, other):
    job = running(store)
    done = threading.Thread(target=lambda: other.fail(job.id, 1, Failure("E", "m")))
    timer = threading.Timer(0.1, done.start)
    timer.start()
    seen = store.wait(job.id, lambda each: each.status == "failed", 30)
    assert seen.status == "failed"
    timer.join()
    done.join()


def test_a_job_that_is_over_is_not_waited_for(store):
    job = submitted(store)
    store.dismiss(job.id)
    assert store.wait(job.id, lambda each: each.status == "dismissed", 0).status == "dismissed"


def test_waiting_ends_when_the_time_is_up(store):
    job = submitted(store)
    start = time.monotonic()
    assert store.wait(job.id, lambda _: False, 0.1).status == "accepted"
    assert time.monotonic() - start >= 0.1


def test_one_looks_once_and_again_after_each_change():
    counter = iter([1, 1, 1, 2, 2, 3, 3])
    looks = iter("abc")
    assert wait(lambda: next(counter), lambda: next(looks), lambda seen: seen == "c", 30) == "c"
    assert next(counter) == 3


def test_changes_without_end_do_not_make_one_wait_without_end():
    counter = iter(range(10**9))
    assert wait(lambda: next(counter), lambda: "x", lambda _: False, 0.05) == "x"
