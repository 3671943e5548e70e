"""A broker that starts takes over what a dead one left, whatever its own engine waits for."""

import threading
from contextlib import contextmanager

import pytest

from benchmarks.jobs_site import engine_site, wait_for
from casa_ogc.jobs import broker
from casa_ogc.jobs.errors import UnavailableError


@pytest.fixture
def site(tmp_path):
    with engine_site(tmp_path) as opened:
        yield opened


@pytest.fixture
def abandoned(site):
    """A job that ran on an engine that is gone, and gave a sign of life just now."""
    job = site.submit("echo", stringInput="a")
    (taken,) = site.store.take("gone", 1)
    assert site.store.start(job.id, taken.attempt, "tcp://gone")
    return job


def start(site, engine, monkeypatch):
    monkeypatch.setattr(broker, "engine", engine)
    with broker._engine(site.settings, site.store, threading.Event()):
        pass


def test_a_job_that_fell_silent_just_now_does_not_wait_for_the_engine(site, abandoned, monkeypatch):
    @contextmanager
    def slow(_settings, _wake):
        wait_for(lambda: site.store.get(abandoned.id).status == "accepted", 30)
        yield "engine"

    start(site, slow, monkeypatch)
    assert "gave no sign of life" in site.store.get(abandoned.id).message


def test_a_job_that_lives_is_left_to_whoever_runs_it(site, abandoned, monkeypatch):
    @contextmanager
    def quick(_settings, _wake):
        yield "engine"

    start(site, quick, monkeypatch)
    assert site.store.get(abandoned.id).status == "running"


def test_nothing_is_taken_over_any_more_when_the_engine_is_up_or_failed(site, monkeypatch):
    @contextmanager
    def failing(_settings, _wake):
        raise UnavailableError("scheduler", "not there")
        yield

    @contextmanager
    def quick(_settings, _wake):
        yield "engine"

    with pytest.raises(UnavailableError):
        start(site, failing, monkeypatch)
    start(site, quick, monkeypatch)
    assert not [each for each in threading.enumerate() if each.name == "take over"]


def test_a_database_that_does_not_answer_is_asked_again(site, abandoned, monkeypatch):
    real, asked = broker.take_over, []

    def busy(store, jobs):
        asked.append(True)
        if len(asked) < 3:
            raise UnavailableError("database", "locked")
        real(store, jobs)

    @contextmanager
    def slow(_settings, _wake):
        wait_for(lambda: len(asked) > 3, 30)
        yield "engine"

    monkeypatch.setattr(broker, "take_over", busy)
    monkeypatch.setattr(broker, "STAND_BY", 0.01)
    start(site, slow, monkeypatch)
    assert site.store.get(abandoned.id).status == "running"
