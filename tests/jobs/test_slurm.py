"""Jobs on a real Slurm: the same bits as elsewhere, and a cancelled allocation loses nothing."""

import pytest

from benchmarks.jobs_site import engine_site, wait_for
from tests import slurm
from tests.jobs.netcdf_bits import outputs

pytestmark = [pytest.mark.slurm, pytest.mark.cluster, pytest.mark.slow]

WORK = {"seconds": 0.5, "parts": 6, "seed": 5, "grid": True}
LONG = 150.0


@pytest.fixture(scope="module")
def running_slurm():
    """Slurm on this machine."""
    slurm.require()
    with slurm.slurm() as started:
        yield started


@pytest.fixture(scope="module")
def site(running_slurm, tmp_path_factory):
    """A site whose workers are jobs of Slurm."""
    settings = {"memory": "1GiB", "interface": "lo", "maximum": 2, "walltime": "00:20:00"}
    folder = tmp_path_factory.mktemp("slurm")
    with engine_site(folder, cluster="slurm", slurm=settings) as opened:
        opened.start_broker(**running_slurm.environment)
        yield opened


@pytest.fixture(scope="module")
def local(tmp_path_factory):
    """What a local cluster of one worker gives."""
    with engine_site(tmp_path_factory.mktemp("local"), workers=1) as opened:
        opened.start_broker()
        job = opened.run("long", **WORK)
        yield outputs(opened, job)


def test_a_job_gives_the_same_bits_on_slurm_as_on_a_local_worker(site, local):
    job = site.until(site.submit("long", **WORK), seconds=LONG)
    assert job.status == "successful"
    assert outputs(site, job) == local


def test_an_allocation_cancelled_before_its_worker_came_is_replaced(site, running_slurm):
    job = site.submit("long", **WORK)
    wait_for(running_slurm.jobs, LONG)
    running_slurm.run("scancel", *running_slurm.jobs())
    assert site.until(job, seconds=LONG).status == "successful"


def test_a_job_whose_allocation_is_cancelled_is_finished_by_a_new_one(site, running_slurm):
    job = site.submit("long", seconds=8, parts=32)
    wait_for(lambda: site.store.get(job.id).progress >= 20, LONG)
    before = running_slurm.jobs()
    running_slurm.run("scancel", *before)
    found = site.until(job, seconds=LONG)
    assert found.status == "successful"
    assert found.attempt >= 2
    assert "was lost" in site.log(job)
    assert "parts done before" in site.log(job)


def test_a_dismissed_job_is_stopped_and_idle_allocations_end(site, running_slurm):
    job = site.submit("long", seconds=600, parts=2)
    site.until(job, "running", seconds=LONG)
    site.store.dismiss(job.id)
    assert site.until(job).status == "dismissed"
    wait_for(lambda: not running_slurm.jobs(), LONG)
