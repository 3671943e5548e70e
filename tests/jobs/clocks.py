"""A clock that tests turn, and a short way to a job."""

from datetime import UTC, datetime, timedelta

from casa_ogc.jobs.record import Execution
from casa_processes.common.process import Cost

START = datetime(2026, 1, 1, tzinfo=UTC)


class Clock:
    """Tells the time that it was set to."""

    def __init__(self):
        self.instant = START

    def __call__(self):
        return self.instant

    def turn(self, seconds):
        self.instant += timedelta(seconds=seconds)


def execution(number=0, **more):
    """An execution that differs by its number."""
    given = {"process_id": "echo", "process_version": "1.0.0", "inputs": {"n": number}, **more}
    return Execution(**given)


def submitted(store, number=0, owner="ann", cost=None, **more):
    """Submit a job that equals no other; returns it."""
    job, new = store.submit(execution(number), owner=owner, cost=cost or Cost(), **more)
    assert new
    return job


def running(store, number=0, **more):
    """Submit a job and start it, when nothing else waits."""
    job = submitted(store, number, **more)
    (taken,) = store.take("local", 1)
    assert taken.id == job.id
    assert store.start(job.id, taken.attempt, "worker-1")
    return store.get(job.id)


def position(store, job):
    """The place of a job in the queue; 0 when it does not wait."""
    found = store.place(job)
    return found.position if found else 0


def expected_start(store, job):
    """When a waiting job can be expected to start; None when it does not wait."""
    found = store.place(job)
    return found.expected if found else None
