"""Several processes on one store: nothing is done twice, nothing is lost when one is killed."""

import os
import signal
import subprocess
import sys
from collections import Counter
from contextlib import contextmanager

import pytest

from casa_ogc.jobs.queries import JobQuery
from casa_ogc.jobs.store import JobStore
from tests.house.checkout import ROOT
from tests.jobs.clocks import submitted


@contextmanager
def workers(what, url, names):
    """Processes that wait for each other before they begin; those that live are ended after."""
    started = []
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'processes'}"}
    try:
        for name in names:
            command = [sys.executable, ROOT / "tests/jobs/run_writer.py", what, url, name]
            started.append(
                subprocess.Popen(
                    command,
                    cwd=ROOT,
                    env=environment,
                    text=True,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                )
            )
        for each in started:
            assert each.stdout.readline() == "ready\n"
        for each in started:
            each.stdin.write("\n")
            each.stdin.flush()
        yield started
    finally:
        for each in started:
            each.kill()
            each.communicate()


def lines(process):
    text, _ = process.communicate(timeout=120)
    assert process.returncode == 0
    return [line.split() for line in text.splitlines()]


def test_no_job_is_taken_by_two(store, url):
    jobs = {submitted(store, number, f"o{number % 3}").id for number in range(60)}
    with workers("take", url, ["a", "b", "c"]) as processes:
        taken = [lines(each) for each in processes]
    ids = Counter(job for found in taken for job, _, _ in found)
    assert set(ids) == jobs
    assert set(ids.values()) == {1}
    assert {(attempt, began) for found in taken for _, attempt, began in found} == {("1", "True")}
    assert {job.attempt for job in store.find(JobQuery(limit=100)).jobs} == {1}


def test_one_key_is_one_job_whoever_is_first(store, url):
    with workers("same", url, ["a", "b", "c"]) as processes:
        told = [lines(each) for each in processes]
    for number in range(20):
        answers = [found[number] for found in told]
        assert len({job for job, _ in answers}) == 1
        assert sorted(new for _, new in answers) == ["False", "False", "True"]
    assert len(store.find(JobQuery(limit=100)).jobs) == 20


def test_only_one_process_gets_the_lease(store, url):
    with workers("lease", url, ["a", "b", "c"]) as processes:
        for each in processes:
            each.stdin.write("\n")
            each.stdin.flush()
        answers = [each.stdout.readline() for each in processes]
    assert sorted(answers) == ["False\n", "False\n", "True\n"]


@pytest.mark.parametrize("steps", [3, 11])
def test_what_was_answered_outlives_kill_9_of_its_writers(url, steps):
    """Each process is killed while it writes; every job that it told of is in the store as told."""
    first = JobStore(url)  # makes the tables
    told = []
    with workers("write", url, ["a", "b"]) as processes:
        for _ in range(steps):
            told += [each.stdout.readline().split() for each in processes]
        for each in processes:
            os.kill(each.pid, signal.SIGKILL)
        for each in processes:
            rest = each.communicate()[0].splitlines(keepends=True)
            told += [line.split() for line in rest if line.endswith("\n")]
    first.close()
    store = JobStore(url)
    try:
        check_consistent(store, told)
    finally:
        store.close()


def check_consistent(store, told):
    jobs = {job.id: job for job in store.find(JobQuery(limit=1000)).jobs}
    assert len(told) >= 6
    for what, name in told:
        assert name in jobs
        if what == "succeeded":
            assert jobs[name].status == "successful"
            assert jobs[name].result == "a" * 64
    for owner in ("a", "b"):
        mine = [job for job in jobs.values() if job.owner == owner]
        done = [job for job in mine if job.status == "successful"]
        usage = store.usage(owner)
        assert usage.result_bytes == 10 * len(done)
        assert usage.open_jobs == len(mine) - len(done)
        labelled = store.find(JobQuery(labels=(owner,), limit=1000)).jobs
        assert {job.id for job in labelled} == {job.id for job in mine}
    if store.database.embedded:
        with store.database.read() as connection:
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
            assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []


def told(process, line):
    """What a process answers to a line."""
    process.stdin.write(f"{line}\n")
    process.stdin.flush()
    return process.stdout.readline().split()


def test_a_writer_that_was_given_up_and_comes_back_overwrites_nothing(store, url):
    job = submitted(store)
    with workers("attempt", url, ["old"]) as (old,):
        assert old.stdout.readline().split() == [job.id, "1", "True"]
        assert told(old, "beat") == ["True"]
        os.kill(old.pid, signal.SIGSTOP)  # a worker that hangs, as one that swaps does
        old.stdin.write("beat\nsucceed\n")
        old.stdin.flush()
        assert store.requeue(job.id, 1, "nothing was heard of it")
        with workers("attempt", url, ["new"]) as (new,):
            assert new.stdout.readline().split() == [job.id, "2", "True"]
            os.kill(old.pid, signal.SIGCONT)
            assert [old.stdout.readline() for _ in "bs"] == ["False\n", "False\n"]
            assert store.get(job.id).worker == "new"
            assert told(new, "beat") == ["True"]
            assert told(new, "succeed") == ["True"]
        assert told(old, "succeed") == ["False"]
    seen = store.get(job.id)
    assert (seen.status, seen.attempt, seen.result) == ("successful", 2, "2" * 64)
    assert seen.message == ""
