"""Engines: a scheduler that others run, workers of other versions, findings for operators."""

import os
import time

import pytest

import casa_ogc
from benchmarks.jobs_site import PRELOAD, dask_cluster, engine_site, free_port, kill, wait_for
from casa_ogc.catalog.settings import Jobs
from casa_ogc.jobs import diagnosis
from casa_ogc.jobs.engine_states import TaskState
from casa_ogc.jobs.preload import PINNED, compiled_folder, environment, resources
from tests.jobs.netcdf_bits import outputs

WORK = {"seconds": 0.3, "parts": 5, "seed": 9, "grid": True}
OLDER = "import casa_ogc\ncasa_ogc.__version__ = '0.0.1'\n"


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    """A scheduler with one worker that takes jobs."""
    with dask_cluster(tmp_path_factory.mktemp("dask")) as started:
        started.scheduler()
        started.worker()
        yield started


@pytest.mark.cluster
def test_a_job_gives_the_same_bits_on_any_engine_and_any_number_of_workers(
    cluster, tmp_path_factory
):
    found = {}
    for name, settings in {
        "one": {"workers": 1},
        "two": {"workers": 2},
        "scheduler": {"cluster": cluster.address},
    }.items():
        with engine_site(tmp_path_factory.mktemp(name), **settings) as site:
            site.start_broker()
            found[name] = outputs(site, site.run("long", **WORK))
    assert found["two"] == found["one"]
    assert found["scheduler"] == found["one"]


@pytest.mark.cluster
def test_a_job_goes_on_while_no_broker_is_there_and_the_next_one_finds_it(cluster, tmp_path):
    with engine_site(tmp_path, cluster=cluster.address) as site:
        first = site.start_broker()
        job = site.submit("echo", stringInput="a", pause=12)
        site.until(job, "running")
        kill(first)
        time.sleep(1)
        site.start_broker()
        found = site.until(job)
        assert (found.status, found.attempt) == ("successful", 1)


@pytest.mark.cluster
@pytest.mark.slow
def test_a_job_whose_scheduler_is_killed_is_done_by_the_next_scheduler(tmp_path):
    with dask_cluster(tmp_path) as cluster:
        scheduler = cluster.scheduler()
        cluster.worker()
        with engine_site(tmp_path / "site", cluster=cluster.address) as site:
            site.start_broker()
            job = site.submit("long", seconds=6, parts=12)
            wait_for(lambda: site.store.get(job.id).progress > 0)
            kill(scheduler)
            time.sleep(1)
            cluster.scheduler()
            cluster.worker()
            found = site.until(job, seconds=120)
            assert (found.status, found.attempt) == ("successful", 2)


@pytest.mark.cluster
def test_workers_of_another_version_or_kind_get_no_jobs_and_the_broker_says_so(tmp_path):
    older = tmp_path / "older.py"
    older.write_text(OLDER)
    with dask_cluster(tmp_path) as cluster:
        cluster.scheduler()
        cluster.worker("--preload", PRELOAD, preload=str(older))
        cluster.worker(threads="2")
        cluster.worker(preload="")
        with engine_site(tmp_path / "site", cluster=cluster.address) as site:
            site.start_broker()
            job = site.submit("echo", stringInput="a")
            wait_for(lambda: site.said().count("is given no jobs") >= 3)
            assert f"does not announce casa-ogc-{casa_ogc.__version__}" in site.said()
            assert site.store.get(job.id).status == "accepted"
            findings = list(diagnosis.diagnose(site.settings))
            assert (False, f"jobs: {cluster.address} has 0 workers that take jobs") in findings
            assert len(findings) == 4
            cluster.worker()
            assert site.until(job).status == "successful"
            assert diagnosis_of(site)[0] == (
                True,
                f"jobs: {cluster.address} has 1 workers that take jobs",
            )


def diagnosis_of(site):
    return list(diagnosis.diagnose(site.settings))


def settings_of(**jobs):
    class Site:
        """As much of the settings as is looked at."""

    Site.jobs = Jobs(**jobs)
    return Site


def test_a_scheduler_that_is_not_there_is_a_finding(monkeypatch):
    monkeypatch.setattr("casa_ogc.jobs.clusters.CONNECT", 1.0)
    address = f"tcp://127.0.0.1:{free_port()}"
    ((good, text),) = diagnosis.diagnose(settings_of(cluster=address))
    assert not good
    assert address in text


def test_more_local_workers_than_cores_are_a_finding():
    cores = os.cpu_count()
    assert list(diagnosis.diagnose(settings_of())) == [
        (True, f"jobs: {cores} local workers on {cores} cores")
    ]
    ((good, _),) = diagnosis.diagnose(settings_of(workers=cores + 1))
    assert not good


def test_missing_commands_of_slurm_are_named(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    found = list(diagnosis.diagnose(settings_of(cluster="slurm")))
    assert (
        False,
        "Slurm: sbatch, squeue, scancel, sinfo not found; install Slurm's commands here",
    ) in found


@pytest.fixture
def fake_slurm(tmp_path, monkeypatch):
    """Commands of Slurm that say what they are told to."""

    def make(sinfo):
        for name in diagnosis.COMMANDS:
            (tmp_path / name).write_text(f"#!/bin/sh\n{sinfo if name == 'sinfo' else 'exit 0'}\n")
            (tmp_path / name).chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}/bin")

    return make


@pytest.mark.parametrize(
    ("asked", "good", "text"),
    [
        (None, True, "partition 'main' of those that are up: main (4 nodes), gpu (1 nodes)"),
        ("gpu", True, "partition 'gpu' of those"),
        ("zork", False, "partition 'zork' of those that are up: main (4 nodes)"),
        ("old", False, "partition 'old'"),
    ],
)
def test_the_partition_must_be_up(fake_slurm, asked, good, text):
    fake_slurm("echo 'main* up 4'; echo 'gpu up 1'; echo 'old down 9'")
    settings = settings_of(cluster="slurm", slurm={"partition": asked})
    (found,) = [each for each in diagnosis.diagnose(settings) if "partition" in each[1]]
    assert found[0] is good
    assert text in found[1]


def test_a_controller_that_does_not_answer_is_a_finding(fake_slurm):
    fake_slurm("echo 'slurm_load_partitions: Unable to contact' >&2; exit 1")
    found = list(diagnosis.diagnose(settings_of(cluster="slurm")))
    reason = "slurm_load_partitions: Unable to contact"
    assert (False, f"Slurm: the controller does not answer ({reason})") in found


def test_sqlite_for_workers_of_other_machines_is_a_finding_and_postgresql_is_not(fake_slurm):
    fake_slurm("echo 'main* up 4'")
    told = [text for good, text in diagnosis.diagnose(settings_of(cluster="slurm")) if not good]
    assert any("name a PostgreSQL database" in text for text in told)
    settings = settings_of(cluster="slurm", database="postgresql://db/casa")
    assert not any("PostgreSQL" in text for _, text in diagnosis.diagnose(settings))


def test_a_task_tells_its_job_by_its_name():
    assert TaskState("job-abc-12", "running", "w").job == ("abc", 12)
    assert TaskState("part-abc-3-1-17-0", "running", "w").job == ("abc", 3)


def test_a_version_is_announced_by_name():
    assert resources("1.2.3") == {"casa-ogc-1.2.3": 1.0}
    assert list(resources()) == [f"casa-ogc-{casa_ogc.__version__}"]


def test_every_library_gets_one_thread():
    found = environment()
    assert {found[name] for name in PINNED} == {"1"}


def test_compiled_code_lies_in_a_folder_of_user_and_version(tmp_path, monkeypatch):
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "numba"))
    found = compiled_folder()
    assert found.parent == tmp_path / "numba"
    assert found.name.startswith(casa_ogc.__version__)
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(found))
    assert compiled_folder() == found


@pytest.mark.parametrize("mode", [0o777, 0o770])
def test_a_folder_that_others_can_write_to_holds_no_compiled_code(tmp_path, monkeypatch, mode):
    open_to_all = tmp_path / "numba"
    open_to_all.mkdir()
    open_to_all.chmod(mode)
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(open_to_all))
    found = compiled_folder()
    assert open_to_all not in found.parents
    assert found.stat().st_mode & 0o077 == 0
