"""The broker: stopping, standing by, living on without its parent, and what needs force."""

import time

import psutil
import pytest

from benchmarks.jobs_site import engine_site, kill, wait_for, workers_of
from casa_ogc.jobs.record import Execution
from casa_processes.common.process import Cost
from tests.jobs import stubborn

pytestmark = pytest.mark.cluster

WAITS = {"seconds": 60, "parts": 100}


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """A running site of two workers, with a process that does not stop when asked."""
    folder = tmp_path_factory.mktemp("broker")
    path = stubborn.install(folder / "installed")
    with engine_site(folder) as opened:
        opened.start_broker(PYTHONPATH=path)
        yield opened


@pytest.fixture
def site(tmp_path):
    """A site of its own whose broker is yet to be started."""
    with engine_site(tmp_path) as opened:
        yield opened


def stubborn_job(site, **inputs):
    execution = Execution("stubborn", "1.0.0", inputs)
    return site.store.submit(execution, owner="", cost=Cost(), key=str(time.time()))[0]


def ends(site, job):
    """Dismiss a job; the status it has when it is over."""
    site.store.dismiss(job.id)
    return site.until(job).status


def test_a_dismissed_job_stops_by_itself_and_its_worker_goes_on(shared):
    job = shared.submit("echo", stringInput="a", pause=10)
    worker = shared.worker_of(job)
    assert ends(shared, job) == "dismissed"
    assert worker.is_running()
    wait_for(lambda: shared.log(job).splitlines()[-1].endswith("dismissed"))


def test_the_parts_of_a_dismissed_job_stop_too(shared):
    job = shared.submit("long", seconds=120, parts=2)
    wait_for(lambda: shared.store.get(job.id).status == "running")
    assert ends(shared, job) == "dismissed"
    assert shared.run("long", seconds=0.0, parts=4).status == "successful"


def test_a_job_that_does_not_stop_is_ended_after_the_grace_and_its_neighbour_is_not(shared):
    neighbour = shared.submit("echo", stringInput="a", pause=10)
    shared.until(neighbour, "running")
    job = stubborn_job(shared, seconds=300)
    worker = shared.worker_of(job)
    assert ends(shared, job) == "dismissed"
    wait_for(lambda: not worker.is_running() or worker.status() == psutil.STATUS_ZOMBIE, 10)
    found = shared.until(neighbour)
    assert (found.status, found.attempt) == ("successful", 1)


def test_parts_that_do_not_stop_are_ended_though_their_job_is_over(shared):
    job = stubborn_job(shared, seconds=300, parts=2)
    wait_for(lambda: shared.store.get(job.id).status == "running")
    time.sleep(1)
    assert ends(shared, job) == "dismissed"
    found = [shared.submit("echo", stringInput=text) for text in "ab"]
    assert [shared.until(each).status for each in found] == ["successful"] * 2


def test_a_job_that_uses_too_much_memory_fails_at_once_and_says_what_to_lower(tmp_path):
    with engine_site(tmp_path, memory="700MiB") as site:
        site.start_broker()
        job = site.run("long", seconds=30, parts=2, memory=900)
        assert (job.status, job.attempt) == ("failed", 1)
        assert job.failure.error == "MemoryLimitError"
        assert "lower memory or grid, or let the operator raise jobs.memory" in job.failure.message
        assert site.run("echo", stringInput="a").status == "successful"


def test_an_exit_of_the_worker_is_tried_again_until_the_limit_and_then_explained(tmp_path):
    with engine_site(tmp_path, attempts=2) as site:
        site.start_broker()
        job = site.run("long", seconds=0.1, parts=1, fail_at=1, failure="exit")
        assert job.status == "failed"
        assert job.failure.error == "LostWorkerError"
        assert job.failure.message.startswith("given up after 2 attempts: ")


def test_a_stopped_broker_puts_its_jobs_back_without_a_loss_and_the_next_finishes_them(site):
    broker = site.start_broker()
    job = site.submit("long", **WAITS)
    wait_for(lambda: site.store.get(job.id).progress > 0)
    broker.terminate()
    assert broker.wait(30) == 0
    waiting = site.store.get(job.id)
    assert (waiting.status, waiting.message) == ("accepted", "the service was stopped")
    # Dask's libraries would call the end of its workers a failure, which it is not.
    assert "distributed" not in site.said()
    assert "the service was stopped" in site.said()
    site.start_broker()
    assert site.until(job, "running").attempt == 2
    site.store.dismiss(job.id)
    site.until(job)


def test_another_broker_stands_by_and_takes_over_when_the_first_is_killed(site):
    first = site.start_broker()
    job = site.submit("long", seconds=8, parts=16)
    wait_for(lambda: site.store.get(job.id).progress > 0)
    second = site.start_broker()
    time.sleep(2)
    assert not workers_of(second)
    kill(first)
    wait_for(lambda: site.store.get(job.id).attempt == 2)
    assert site.until(job).status == "successful"


def lifeline_broker(site):
    """A broker that lives as long as the pipe to it, or its jobs."""
    broker = site.start_broker("--once", "--lifeline")
    broker.stdin.write(b"1")
    broker.stdin.flush()
    return broker


def test_a_broker_without_its_server_finishes_all_open_jobs_and_ends(site):
    broker = lifeline_broker(site)
    jobs = [site.submit("echo", pause=1.5, stringInput=text) for text in "abcd"]
    site.until(jobs[0], "running")
    broker.stdin.close()
    assert [site.until(job).status for job in jobs] == ["successful"] * 4
    assert broker.wait(30) == 0


def test_a_broker_without_its_server_gives_way_to_one_that_has_one(site):
    orphan = lifeline_broker(site)
    job = site.submit("echo", stringInput="a", pause=10)
    site.until(job, "running")
    orphan.stdin.close()
    site.start_broker()
    after = site.submit("echo", stringInput="later")
    assert site.until(after).status == "successful"
    found = site.until(job)
    assert (found.status, found.attempt) == ("successful", 1)
    assert orphan.wait(30) == 0


def test_a_supervisor_begins_a_killed_broker_again_and_ends_with_it(site):
    supervisor = site.start_broker("--cluster", "local")
    assert site.run("echo", stringInput="a").status == "successful"
    (broker,) = psutil.Process(supervisor.pid).children()
    kill(broker)
    assert site.run("echo", stringInput="b").status == "successful"
    supervisor.terminate()
    assert supervisor.wait(30) == 0
