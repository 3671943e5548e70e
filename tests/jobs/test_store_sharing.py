"""Sharing: what accounts get of the workers, and what a quota lets in, against plain reckoning."""

import threading
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casa_ogc.catalog.settings import Quota
from casa_ogc.jobs.errors import QuotaError
from casa_ogc.jobs.queries import JobQuery
from casa_ogc.jobs.record import Failure
from casa_ogc.jobs.store import JobStore
from casa_processes.common.errors import TooLargeError
from casa_processes.common.process import Cost
from tests.jobs.clocks import Clock, execution, position, submitted

NAMES = "abcd"


def served(store, workers, rounds):
    """Let workers take and finish jobs, one each round, the oldest first; the owners in order."""
    busy, order = [], []
    for _ in range(rounds):
        for job in store.take("local", workers - len(busy)):
            busy.append(job)
            order.append(job.owner)
        if busy:
            job = busy.pop(0)
            store.fail(job.id, job.attempt, Failure("E", "m"))
    return order


@given(
    counts=st.lists(st.integers(4, 9), min_size=2, max_size=4),
    workers=st.integers(1, 3),
)
@settings(max_examples=10)
def test_accounts_that_wait_are_served_alike(new_url, counts, workers):
    """Whoever always has jobs waiting gets as many as any other, give or take one."""
    store = JobStore(new_url("sqlite"))
    for name, count in zip(NAMES, counts, strict=False):
        for number in range(count):
            submitted(store, number, name)
    order = served(store, workers, sum(counts) + workers)
    assert Counter(order) == dict(zip(NAMES, counts, strict=False))
    waiting = min(counts) * len(counts)
    for end in range(1, waiting + 1):
        so_far = Counter(dict.fromkeys(NAMES[: len(counts)], 0))
        so_far.update(order[:end])
        assert max(so_far.values()) - min(so_far.values()) <= 1
    store.close()


def test_nobody_waits_for_more_than_one_job_of_each_other_account(store):
    for number in range(10):
        for name in "abc":
            submitted(store, number, name)
    store.take("local", 7)
    late = submitted(store, 99, "d")
    assert position(store, late) <= 3
    assert late.id in {job.id for job in store.take("local", 3)}


class Ledger:
    """What an account uses, as one reckons by hand."""

    def __init__(self, quota):
        self.quota, self.open = quota, []

    def allows(self, cost):
        if cost.cpu_seconds > self.quota.cpu_seconds:
            return "never"
        seconds = sum(each.cpu_seconds for each in self.open) + cost.cpu_seconds
        enough = len(self.open) < self.quota.open_jobs and seconds <= self.quota.cpu_seconds
        return "now" if enough else "later"


@given(
    quota=st.builds(
        Quota, open_jobs=st.integers(1, 4), cpu_seconds=st.integers(10, 100).map(float)
    ),
    steps=st.lists(st.integers(0, 120) | st.none(), max_size=15),
)
@settings(max_examples=15)
def test_a_job_is_let_in_when_the_reckoning_allows_it(new_url, quota, steps):
    """A number asks for a job of so many seconds; None ends the oldest open one."""
    store, ledger, jobs = JobStore(new_url("sqlite"), clock=Clock()), Ledger(quota), []
    for number, seconds in enumerate(steps):
        if seconds is None:
            if jobs:
                store.dismiss(jobs.pop(0).id)
                ledger.open.pop(0)
            continue
        cost = Cost(float(seconds), 1, 0)
        try:
            jobs.append(submitted(store, number, quota=quota, cost=cost))
            answer = "now"
        except QuotaError as error:
            answer = "later"
            shortest = min(each.cpu_seconds for each in ledger.open)
            assert error.retry_after == max(1, shortest)
        except TooLargeError:
            answer = "never"
        assert answer == ledger.allows(cost)
        if answer == "now":
            ledger.open.append(cost)
        assert store.usage("ann").open_jobs == len(ledger.open)
    store.close()


def test_threads_share_one_store(store):
    """Many threads at once, as the web server has them: each sees its own, nothing is lost."""
    errors, ids = [], {}

    def work(name):
        mine = []
        for number in range(10):
            job, _ = store.submit(execution(number), owner=name, cost=Cost())
            mine.append(job.id)
            if store.get(job.id) != job:
                errors.append(name)
            if len(store.find(JobQuery(owner=name)).jobs) != number + 1:
                errors.append(name)
        ids[name] = mine

    threads = [threading.Thread(target=work, args=(name,)) for name in "abcdef"]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert errors == []
    assert len({each for mine in ids.values() for each in mine}) == 60
    assert len(store.open_jobs()) == 60


@pytest.mark.parametrize("most", [1, 2])
def test_the_site_says_how_often_a_lost_job_is_tried(url, most):
    store = JobStore(url, most_attempts=most)
    job = submitted(store)
    for attempt in range(1, most + 1):
        assert store.get(job.id).status == "accepted"
        store.take("local", 1)
        store.requeue(job.id, attempt, "lost")
    assert store.get(job.id).failure.message.startswith(f"given up after {most} attempts")
    store.close()


def test_a_quota_of_bytes_counts_what_is_kept_and_not_what_is_expected(store):
    quota = Quota(result_bytes=100)
    submitted(store, 0, quota=quota, cost=Cost(result=90))
    submitted(store, 1, quota=quota, cost=Cost(result=90))
    (job,) = store.take("local", 1)
    store.start(job.id, 1, "w")
    store.succeed(job.id, 1, "a" * 64, 60, 1.0, 1)
    with pytest.raises(QuotaError, match="bytes of kept results"):
        submitted(store, 2, quota=quota, cost=Cost(result=41))
    submitted(store, 2, quota=quota, cost=Cost(result=40))
