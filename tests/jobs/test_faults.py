"""Real processes are killed at random: no accepted job is lost, and each gives the same numbers."""

import random
import time

import psutil
import pytest

from benchmarks.jobs_site import engine_site, is_open, kill, wait_for, workers_of

pytestmark = [pytest.mark.cluster, pytest.mark.slow]

SEED = 20231121
KILLS = 8
WORK = {"seconds": 1.5, "parts": 6}


@pytest.fixture
def site(tmp_path):
    """A site whose jobs survive any number of losses, for the tests kill a lot."""
    with engine_site(tmp_path, attempts=100) as opened:
        yield opened


def supervised_broker(supervisor):
    """The broker below its supervisor, when there is one."""
    found = psutil.Process(supervisor.pid).children()
    return found[0] if found else None


def test_jobs_survive_random_kills_of_workers_and_brokers(site):
    draw = random.Random(SEED)
    supervisor = site.start_broker("--cluster", "local")
    jobs = [site.submit("long", seed=seed, **WORK) for seed in (1, 2, 3)]
    site.until(jobs[0], "running", "successful")
    for number in range(KILLS):
        time.sleep(draw.uniform(0.2, 1.5))
        workers = workers_of(supervisor)
        if workers and number % 4:
            kill(draw.choice(workers))
        elif broker := supervised_broker(supervisor):
            kill(broker)
    found = [site.until(job, seconds=120) for job in jobs]
    assert [job.status for job in found] == ["successful"] * 3
    again = site.run("long", seed=2, **WORK)
    assert site.outputs(again) == site.outputs(found[1])
    assert not [job for job in site.store.open_jobs() if is_open(job)]


def test_a_killed_worker_costs_one_attempt_and_only_the_parts_that_ran(site):
    site.start_broker()
    job = site.submit("long", seconds=4, parts=16)
    wait_for(lambda: site.store.get(job.id).progress >= 30)
    done = len(list((site.folder / "parts" / job.id).iterdir()))
    kill(site.worker_of(job))
    second = wait_for(lambda: (now := site.store.get(job.id)).attempt == 2 and now)
    assert "was lost" in site.log(job)
    assert second.status in ("accepted", "running")
    assert site.until(job).status == "successful"
    assert done >= 4
    lines = [line for line in site.log(job).splitlines() if "done before" in line]
    assert int(lines[0].split()[2]) >= done
