"""The life of a job, in both databases."""

import pytest

from casa_ogc.catalog.settings import Jobs
from casa_ogc.jobs import errors
from casa_ogc.jobs.queries import Beat
from casa_ogc.jobs.record import Execution, Failure
from casa_ogc.jobs.rows import storable
from casa_ogc.jobs.store import database_url, open_store
from casa_processes.common.process import Cost
from tests.jobs.clocks import execution, running, submitted

WHY = Failure("InvalidValueError", "no light", (("/a", "dark"), ("/b/0", "darker")))


def test_a_job_is_read_as_it_was_submitted(store):
    asked = Execution(
        process_id="echo",
        process_version="2.0.0",
        inputs={"text": "\0 \N{GREEK SMALL LETTER ALPHA} 光 \ud800", "deep": [{"a": [1.5, None]}]},
        references={"soundings": {"href": "x", "snapshot": "s"}},
        outputs={"out": {"transmissionMode": "reference"}},
        response="collection",
        title="A title",
        labels=("b", "a"),
        subscriber={"successUri": "https://example.com/done"},
    )
    cost = Cost(12.5, 2**33, 2**34)
    job, new = store.submit(asked, owner="ann", cost=cost)
    assert new
    assert store.get(job.id) == job
    assert job.execution == asked
    assert (job.owner, job.status, job.attempt, job.progress) == ("ann", "accepted", 0, 0)
    assert (job.cpu_seconds, job.memory, job.result_bytes) == (12.5, 2**33, 2**34)
    assert job.started is job.finished is job.expires is job.dismissal is job.failure is None
    assert len(job.id) == 32
    assert int(job.id, 16) >= 0


@pytest.mark.parametrize(
    "wrong", ["", "x", "0" * 32, "A" * 32, "a\0b", "\ud800", "'; --", "0" * 9999]
)
def test_what_is_no_job_is_unknown_and_no_other_is_told(store, wrong):
    known = submitted(store)
    with pytest.raises(errors.UnknownJobError) as caught:
        store.get(wrong)
    assert known.id not in str(caught.value)
    with pytest.raises(errors.UnknownJobError):
        store.dismiss(wrong)


def test_a_job_goes_through_its_life(timed, clock):
    job = submitted(timed, cost=Cost(9.0, 100, 200))
    clock.turn(1)
    (taken,) = timed.take("local", 5)
    assert (taken.id, taken.attempt, taken.status) == (job.id, 1, "accepted")
    clock.turn(1)
    assert timed.start(job.id, 1, "tcp://127.0.0.1:1")
    clock.turn(2)
    assert timed.beat(job.id, 1, 40, "half way", 1000) == Beat(alive=True, dismissed=False)
    seen = timed.get(job.id)
    assert (seen.status, seen.progress, seen.message) == ("running", 40, "half way")
    assert seen.worker == "tcp://127.0.0.1:1"
    assert seen.heartbeat == seen.updated == "2026-01-01T00:00:04.000Z"
    clock.turn(3)
    assert timed.succeed(job.id, 1, "f" * 64, 555, 2.5, 2000, "job-1")
    over = timed.get(job.id)
    assert over.created == "2026-01-01T00:00:00.000Z"
    assert over.started == "2026-01-01T00:00:02.000Z"
    assert over.finished == "2026-01-01T00:00:07.000Z"
    assert over.expires == "2026-01-31T00:00:07.000Z"
    assert (over.status, over.progress, over.result) == ("successful", 100, "f" * 64)
    assert (over.result_bytes, over.cpu_seconds, over.memory) == (555, 2.5, 2000)
    assert over.collection == "job-1"


def test_a_failure_is_kept_word_for_word(store):
    job = running(store)
    assert store.fail(job.id, 1, WHY)
    seen = store.get(job.id)
    assert (seen.status, seen.failure, seen.message) == ("failed", WHY, "no light")
    assert seen.expires
    assert store.usage("ann").result_bytes == 0


def test_the_memory_that_was_told_last_is_the_peak_and_outlives_a_failure(store):
    job = running(store)
    for memory in (5, 9, 7):
        store.beat(job.id, 1, 0, "", memory)
    store.fail(job.id, 1, WHY)
    assert store.get(job.id).memory == 9


def test_only_the_attempt_that_owns_a_job_writes(store):
    job = running(store)
    assert store.requeue(job.id, 1, "the worker was lost")
    assert not store.beat(job.id, 1, 5).alive
    (again,) = store.take("local", 1)
    assert again.attempt == 2
    assert not store.start(job.id, 1, "late")
    assert store.start(job.id, 2, "worker-2")
    for late in (
        store.beat(job.id, 1, 99, "late").alive,
        store.succeed(job.id, 1, "0" * 64, 1, 1.0, 1),
        store.fail(job.id, 1, WHY),
        store.requeue(job.id, 1, "late"),
        store.stopped(job.id, 1),
    ):
        assert late is False
    assert store.dismissed(job.id, 1)
    assert not store.dismissed(job.id, 2)
    seen = store.get(job.id)
    assert (seen.status, seen.attempt, seen.worker, seen.progress) == ("running", 2, "worker-2", 0)


def test_an_attempt_starts_once(store):
    job = running(store)
    assert not store.start(job.id, 1, "worker-2")
    assert store.get(job.id).worker == "worker-1"


def test_a_job_is_given_up_after_the_third_loss(store):
    job = submitted(store)
    for attempt in (1, 2, 3):
        assert store.take("local", 1)[0].attempt == attempt
        assert store.start(job.id, attempt, "w")
        assert store.requeue(job.id, attempt, "the worker was killed")
        expected = "accepted" if attempt < 3 else "failed"
        assert store.get(job.id).status == expected
    failure = store.get(job.id).failure
    assert failure.message == "given up after 3 attempts: the worker was killed"
    assert store.take("local", 1) == []


def test_a_loss_that_does_not_count_is_free(store):
    job = submitted(store)
    for _ in range(5):
        (taken,) = store.take("local", 1)
        assert store.requeue(job.id, taken.attempt, "the scheduler was lost", count=False)
    assert store.get(job.id).status == "accepted"


def test_a_waiting_job_is_dismissed_at_once_and_a_running_one_is_asked(store):
    waiting = submitted(store, 1)
    assert store.dismiss(waiting.id).status == "dismissed"
    assert store.take("local", 1) == []
    job = running(store, 2)
    asked = store.dismiss(job.id)
    assert asked.status == "running"
    assert asked.dismissal
    assert store.dismissed(job.id, 1)
    assert store.beat(job.id, 1, 10).dismissed
    assert not store.succeed(job.id, 1, "0" * 64, 1, 1.0, 1)
    assert store.stopped(job.id, 1)
    over = store.get(job.id)
    assert (over.status, over.dismissal) == ("dismissed", asked.dismissal)
    assert over.finished


def test_a_taken_job_that_is_dismissed_never_starts(store):
    job = submitted(store)
    store.take("local", 1)
    assert store.dismiss(job.id).status == "dismissed"
    assert not store.start(job.id, 1, "w")


@pytest.mark.parametrize("end", ["fail", "requeue"])
def test_a_dismissed_job_whose_attempt_ends_otherwise_is_dismissed(store, end):
    job = running(store)
    store.dismiss(job.id)
    assert store.fail(job.id, 1, WHY) if end == "fail" else store.requeue(job.id, 1, "lost")
    assert store.get(job.id).status == "dismissed"


def test_a_job_that_stops_without_being_asked_is_not_dismissed(store):
    job = running(store)
    assert not store.stopped(job.id, 1)
    assert store.get(job.id).status == "running"


def test_open_jobs_tell_how_long_nothing_was_heard(timed, clock):
    waiting, taken = submitted(timed, 1), submitted(timed, 2)
    timed.dismiss(waiting.id)
    timed.take("slurm", 1)
    waiting = submitted(timed, 3)
    clock.turn(4)
    told = {each.id: each for each in timed.open_jobs()}
    assert list(told) == [taken.id, waiting.id]
    assert (told[taken.id].silence, told[waiting.id].silence) == (4.0, 0.0)
    assert told[taken.id].engine == "slurm"
    assert told[waiting.id].dispatched is None
    timed.start(taken.id, 1, "w")
    clock.turn(2)
    timed.beat(taken.id, 1, 1)
    clock.turn(1)
    (beaten, _) = timed.open_jobs()
    assert (beaten.silence, beaten.status, beaten.worker) == (1.0, "running", "w")


def test_one_holds_the_lease_until_it_ends_or_is_given_back(timed, clock):
    assert timed.lease("a", 10)
    assert not timed.lease("b", 10)
    clock.turn(9)
    assert timed.lease("a", 10)
    clock.turn(9)
    assert not timed.lease("b", 10)
    timed.release("b")
    assert not timed.lease("b", 10)
    clock.turn(1)
    assert timed.lease("b", 10)
    assert not timed.lease("a", 10)
    timed.release("b")
    assert timed.lease("a", 10)


def test_labels_and_messages_of_any_characters_are_stored(store):
    odd = "a\0b\ud800"
    job, _ = store.submit(execution(labels=(odd, odd, "plain")), owner="ann", cost=Cost(), key=odd)
    store.take("local", 1)
    store.start(job.id, 1, odd)
    assert store.beat(job.id, 1, 500, odd).alive
    seen = store.get(job.id)
    assert (seen.progress, seen.message) == (100, storable(odd))


def test_a_site_has_one_store_a_process(tmp_path):
    jobs = Jobs(folder=tmp_path / "jobs")
    first = open_store(jobs)
    assert open_store(Jobs(folder=tmp_path / "jobs")) is first
    assert (tmp_path / "jobs/jobs.sqlite").is_file()
    first.close()
    assert database_url(Jobs(database="postgresql://x/y")) == "postgresql://x/y"
