"""The doctor of the engine names what is missing, and what helps."""

import platform

import pytest
from distributed import LocalCluster

from casa_ogc.catalog.settings import Jobs, Settings, Slurm
from casa_ogc.jobs import diagnosis
from casa_ogc.jobs.preload import resources

HOST = platform.node()


def settings(tmp_path, **jobs):
    words = {"en": "a", "zh": "b"}
    return Settings(
        title=words,
        description=words,
        licence="CC0-1.0",
        provider={"name": "a"},
        archive=tmp_path / "archive",
        jobs=Jobs(folder=tmp_path / "jobs", **jobs),
    )


def found(tmp_path, **jobs):
    """Return what is good and what is not, each as one text."""
    findings = list(diagnosis.diagnose(settings(tmp_path, **jobs)))
    return tuple(
        "\n".join(text for good, text in findings if good is wanted) for wanted in (True, False)
    )


@pytest.fixture
def commands(tmp_path, monkeypatch):
    """Write commands into a folder that is all of PATH but a shell."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "sh").symlink_to("/bin/sh")
    monkeypatch.setenv("PATH", str(folder))

    def write(**scripts):
        for name, script in scripts.items():
            (folder / name).write_text(f"#!/bin/sh\n{script}\n")
            (folder / name).chmod(0o755)

    return write


def a_cluster(nodes, states="debug* 2 idle", munge="exit 0"):
    sinfo = (
        'case "$*" in *version*) echo slurm 22.05.8;; '
        f'*Node*) printf "{nodes}";; *) printf "{states}";; esac'
    )
    none = "exit 0"
    return {
        "sinfo": sinfo,
        "sbatch": none,
        "squeue": none,
        "scancel": none,
        "munge": munge,
        "unmunge": none,
    }


def test_a_machine_of_its_own_is_enough(tmp_path):
    good, bad = found(tmp_path, workers=2)
    assert not bad
    assert "engine: 2 workers on this machine" in good


def test_too_many_workers_for_the_memory_are_a_problem(tmp_path):
    _, bad = found(tmp_path, workers=100_000)
    assert "set jobs.workers to a smaller number" in bad


def test_parts_of_dask_of_two_versions_are_a_problem(tmp_path, monkeypatch):
    monkeypatch.setattr(diagnosis, "version", lambda name: {"dask": "2"}.get(name, "1"))
    _, bad = found(tmp_path)
    assert bad == "versions: dask 2, distributed 1; pip install distributed==2"


def test_a_scheduler_that_is_not_there_is_a_problem(tmp_path, monkeypatch):
    monkeypatch.setattr(diagnosis, "_SECONDS", 0.5)
    _, bad = found(tmp_path, cluster="tcp://127.0.0.1:1")
    assert "no scheduler at tcp://127.0.0.1:1" in bad
    assert "dask scheduler" in bad


@pytest.mark.cluster
@pytest.mark.parametrize("ours", [True, False])
def test_only_workers_of_this_version_count(tmp_path, ours):
    kind = {"resources": resources()} if ours else {}
    with LocalCluster(
        n_workers=1, processes=False, dashboard_address=None, protocol="tcp", host="127.0.0.1",
        **kind,
    ) as cluster:  # fmt: skip
        good, bad = found(tmp_path, cluster=cluster.scheduler_address)
    told = f"has 1 workers, {int(ours)} of them of this version"
    assert told in (good if ours else bad)
    assert ("--preload casa_ogc.jobs.preload" in bad) is not ours


def test_missing_commands_of_slurm_are_named(tmp_path, commands):
    commands(squeue="exit 0")
    _, bad = found(tmp_path, cluster="slurm")
    assert "sbatch, scancel, sinfo not found: apt-get install slurm-client" in bad


def test_a_good_slurm_of_one_machine_is_good(tmp_path, commands):
    commands(**a_cluster(f"{HOST}\\n"))
    good, bad = found(tmp_path, cluster="slurm")
    assert not bad
    assert "Slurm: slurm 22.05.8" in good
    assert "debug* 2 idle" in good


def test_workers_on_other_machines_need_postgresql_and_are_told_of_local_disks(tmp_path, commands):
    commands(**a_cluster(f"{HOST}\\nnode2\\n"))
    good, bad = found(tmp_path, cluster="slurm")
    assert bad == (
        "database: SQLite is out of reach for other machines; "
        "name a PostgreSQL database in jobs.database"
    )
    assert "jobs.folder:" in good
    assert "local disk" in good
    assert "SQLite" not in found(tmp_path, cluster="slurm", database="postgresql://db/casa")[1]


def test_munge_that_does_not_answer_is_a_problem(tmp_path, commands):
    commands(**a_cluster(HOST, munge="echo 'Failed to access socket' >&2; exit 1"))
    commands(unmunge="exit 1")
    _, bad = found(tmp_path, cluster="slurm")
    assert bad.startswith("munge does not work (Failed to access socket)")
    assert "start munged" in bad


@pytest.mark.parametrize(
    ("states", "said"),
    [("debug* 2 down", "no partition of any name has a node that works"), ("", "no partition")],
)
def test_a_partition_without_a_node_that_works_is_a_problem(tmp_path, commands, states, said):
    commands(**a_cluster(HOST, states))
    assert said in found(tmp_path, cluster="slurm")[1]


def test_a_controller_that_does_not_answer_is_a_problem(tmp_path, commands):
    broken = {"sinfo": "echo 'Unable to contact slurm controller' >&2; exit 1"}
    commands(**a_cluster(HOST) | broken)
    jobs = {"cluster": "slurm", "slurm": Slurm(partition="compute")}
    _, bad = found(tmp_path, **jobs)
    assert "does not answer (Unable to contact slurm controller)" in bad


def test_a_missing_package_of_the_cluster_is_named(tmp_path, commands, monkeypatch):
    commands(**a_cluster(HOST))
    monkeypatch.setattr(diagnosis, "find_spec", lambda _: None)
    _, bad = found(tmp_path, cluster="slurm")
    assert "dask-jobqueue: pip install 'casa-ogc[cluster]'" in bad
