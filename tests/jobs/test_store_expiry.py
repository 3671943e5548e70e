"""What is kept no longer: jobs whose time is over, results of what was dismissed afterwards."""

import pytest
from sqlalchemy import select

from casa_ogc.jobs import errors
from casa_ogc.jobs.record import Failure
from casa_ogc.jobs.tables import JOBS
from tests.jobs.clocks import running, submitted


def test_dismissing_what_is_over_removes_its_results(store):
    job = running(store)
    store.succeed(job.id, 1, "a" * 64, 100, 1.0, 1, "job-x")
    assert store.usage("ann").result_bytes == 100
    assert store.dismiss(job.id).status == "dismissed"
    assert store.expire() == [job.id]
    seen = store.get(job.id)
    assert (seen.status, seen.result, seen.collection) == ("dismissed", "", "")
    assert store.usage("ann").result_bytes == 0
    assert store.expire() == []


def test_jobs_expire_when_their_time_is_over_and_not_before(timed, clock):
    job = running(timed, keep_days=2.0)
    timed.succeed(job.id, 1, "a" * 64, 100, 1.0, 1)
    other = submitted(timed, 1)
    clock.turn(2 * 86_400 - 0.001)
    assert timed.expire() == []
    clock.turn(0.001)
    assert timed.expire() == [job.id]
    with pytest.raises(errors.ExpiredError, match=job.id):
        timed.get(job.id)
    with pytest.raises(errors.ExpiredError):
        timed.dismiss(job.id)
    assert timed.get(job.id, expired=True).status == "successful"
    assert timed.usage("ann").result_bytes == 0
    assert timed.get(other.id).status == "accepted"
    assert timed.expire() == []


def test_more_jobs_expire_than_one_transaction_holds(timed, clock, monkeypatch):
    monkeypatch.setattr("casa_ogc.jobs.expiry.BATCH", 3)
    ids = [submitted(timed, number).id for number in range(8)]
    for each in ids:
        timed.dismiss(each)
    clock.turn(31 * 86_400)
    assert timed.expire() == ids


def test_the_time_of_expiry_may_be_told(store):
    job = running(store)
    store.succeed(job.id, 1, "a" * 64, 1, 1.0, 1)
    assert store.expire("2020-01-01T00:00:00Z") == []
    assert store.expire("2999-01-01") == [job.id]


def test_expired_rows_stay_and_say_when(timed, clock):
    job = running(timed)
    timed.succeed(job.id, 1, "a" * 64, 7, 1.0, 1, "job-c")
    clock.turn(40 * 86_400)
    timed.expire()
    with timed.database.read() as connection:
        row = connection.execute(select(JOBS).where(JOBS.c.id == job.id)).one()
    assert row.expired == row.updated == timed.database.now()
    assert (row.result, row.collection, row.result_bytes, row.removal) == ("", "", 0, None)


@pytest.mark.parametrize("end", ["failed", "dismissed"])
def test_what_came_to_nothing_expires_too(timed, clock, end):
    job = running(timed, keep_days=1.0)
    if end == "failed":
        timed.fail(job.id, 1, Failure("E", "m"))
    else:
        timed.dismiss(job.id)
        timed.stopped(job.id, 1)
    clock.turn(86_400)
    assert timed.expire() == [job.id]


def test_an_open_job_never_expires(timed, clock):
    job = running(timed, keep_days=0.001)
    clock.turn(10**8)
    assert timed.expire() == []
    assert timed.get(job.id).status == "running"


def test_what_was_dismissed_afterwards_still_expires_at_its_time(timed, clock):
    job = running(timed, keep_days=1.0)
    timed.succeed(job.id, 1, "a" * 64, 50, 1.0, 1)
    timed.dismiss(job.id)
    assert timed.expire() == [job.id]
    clock.turn(86_400)
    assert timed.expire() == [job.id]
    assert timed.usage("ann").result_bytes == 0


def test_files_that_nobody_came_to_remove_are_removed_by_the_next_one(timed, clock):
    ids = []
    for number in range(3):
        job = running(timed, number)
        timed.succeed(job.id, 1, "a" * 64, 10, 1.0, 1)
        ids.append(job.id)
    timed.dismiss(ids[1])
    clock.turn(31 * 86_400)
    begun = []

    def killed(job_id):
        begun.append(job_id)
        if len(begun) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        timed.expire(remove=killed)
    assert timed.usage("ann").result_bytes == 0
    removed = []
    assert timed.expire(remove=removed.append) == removed == ids
    assert timed.expire(remove=removed.append) == []
    assert removed == ids
    assert timed.usage("ann").result_bytes == 0


def test_what_is_dismissed_while_files_are_removed_is_emptied_the_next_time(timed, clock):
    first = running(timed, keep_days=1.0)
    timed.succeed(first.id, 1, "a" * 64, 10, 1.0, 1)
    second = running(timed, 1)
    timed.succeed(second.id, 1, "b" * 64, 20, 1.0, 1)
    clock.turn(86_400)
    assert timed.expire(remove=lambda _: timed.dismiss(second.id)) == [first.id]
    assert timed.usage("ann").result_bytes == 20
    assert timed.expire() == [second.id]
    assert timed.usage("ann").result_bytes == 0
