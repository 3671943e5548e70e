"""Subscribers are told of every end, whoever was the broker when it came."""

import threading

import pytest

from benchmarks.jobs_site import wait_for
from casa_ogc.catalog.settings import Settings
from casa_ogc.jobs import callbacks, telling
from casa_ogc.jobs.record import Execution, Failure
from casa_ogc.jobs.telling import Telling
from casa_ogc.jobs.untold import told, untold
from casa_processes.common.process import Cost

WORDS = {"en": "Test", "zh": "测试"}
ALL = {name: f"https://example.org/{name}" for name in set(callbacks.EVENTS.values())}


@pytest.fixture
def settings(tmp_path):
    site = {"title": WORDS, "description": WORDS, "licence": "CC0-1.0"}
    return Settings(**site, provider={"name": "Tests"}, jobs={"folder": tmp_path})


@pytest.fixture
def sent(monkeypatch):
    """What is told, by status and id, in place of what would be sent."""
    found = []

    def tell(job, _settings, *, sleep):
        sleep(0.0)
        found.append((job.status, job.id))
        return True

    monkeypatch.setattr(callbacks, "tell", tell)
    return found


def accepted(store, number=0, subscriber=ALL):
    execution = Execution("echo", "1.0.0", {"n": number}, subscriber=subscriber)
    return store.submit(execution, owner="ann", cost=Cost())[0]


def look(store, settings):
    """A broker that begins, tells whom it has to, and dies."""
    broker = Telling(store, settings)
    broker.look()
    wait_for(lambda: not broker._going, 20)
    broker.close()


def failed(store, job):
    (taken,) = store.take("local", 1)
    assert taken.id == job.id
    store.start(job.id, taken.attempt, "w")
    store.fail(job.id, taken.attempt, Failure("E", "m"))


def test_the_end_of_a_job_while_no_broker_ran_is_told_by_the_next_one(store, settings, sent):
    dismissed, lost = accepted(store, 1), accepted(store, 2)
    store.dismiss(dismissed.id)
    failed(store, lost)
    look(store, settings)
    assert sorted(sent) == sorted([("dismissed", dismissed.id), ("failed", lost.id)])
    look(store, settings)
    assert len(sent) == 2
    assert untold(store.database) == []


def test_each_status_is_told_once_by_whoever_is_the_broker(store, settings, sent):
    job = accepted(store)
    look(store, settings)
    assert sent == []
    (taken,) = store.take("local", 1)
    store.start(job.id, taken.attempt, "w")
    for _ in range(2):
        look(store, settings)
        assert sent == [("running", job.id)]
    store.fail(job.id, taken.attempt, Failure("E", "m"))
    for _ in range(2):
        look(store, settings)
        assert sent == [("running", job.id), ("failed", job.id)]


def test_a_status_that_nobody_asked_for_is_settled_without_a_word(store, settings, sent):
    job = accepted(store, subscriber={"successUri": ALL["successUri"]})
    store.dismiss(job.id)
    look(store, settings)
    assert sent == []
    assert untold(store.database) == []


def test_jobs_without_subscribers_are_not_kept_in_mind(store):
    job = accepted(store, subscriber={})
    store.dismiss(job.id)
    assert untold(store.database) == []


def test_who_does_not_answer_when_the_broker_ends_is_told_by_the_next_one(
    store, settings, monkeypatch
):
    waiting = threading.Event()

    def tell(_job, _settings, *, sleep):
        waiting.set()
        sleep(60.0)

    monkeypatch.setattr(callbacks, "tell", tell)
    job = accepted(store)
    store.dismiss(job.id)
    broker = Telling(store, settings)
    broker.look()
    broker.look()  # it is being told: nobody else begins
    assert waiting.wait(20)
    broker.close()
    assert untold(store.database) == [job.id]


def test_what_is_told_at_a_time_is_not_told_twice(store, settings, monkeypatch):
    calls, go = [], threading.Event()

    def tell(job, _settings, *, sleep):
        calls.append(job.status)
        go.wait(20)

    monkeypatch.setattr(callbacks, "tell", tell)
    job = accepted(store)
    (taken,) = store.take("local", 1)
    store.start(job.id, taken.attempt, "w")
    broker = Telling(store, settings)
    broker.look()
    store.fail(job.id, taken.attempt, Failure("E", "m"))
    broker.look()
    go.set()
    wait_for(lambda: not broker._going, 20)
    assert calls == ["running"]
    broker.look()
    wait_for(lambda: untold(store.database) == [], 20)
    broker.close()
    assert calls == ["running", "failed"]


def test_a_database_that_fails_meanwhile_lets_the_status_be_told_again(
    store, settings, sent, monkeypatch
):
    def broken(*_):
        raise telling.UnavailableError("database", "gone")

    job = accepted(store)
    store.dismiss(job.id)
    with monkeypatch.context() as patch:
        patch.setattr(telling, "told", broken)
        look(store, settings)
    look(store, settings)
    assert sent == [("dismissed", job.id)] * 2


def test_the_last_status_leaves_no_row(store):
    job = accepted(store)
    told(store.database, job.id, "running")
    store.dismiss(job.id)
    assert untold(store.database) == [job.id]
    told(store.database, job.id, "dismissed")
    assert untold(store.database) == []
