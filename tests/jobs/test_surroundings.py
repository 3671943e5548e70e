"""What jobs need around the engine is named, with what helps where it is missing."""

import pytest

from casa_ogc.catalog.settings import Jobs, Settings
from casa_ogc.jobs import surroundings


def found(tmp_path, **jobs):
    """Return what is good and what is not, each as one text."""
    words = {"en": "a", "zh": "b"}
    settings = Settings(
        title=words,
        description=words,
        licence="CC0-1.0",
        provider={"name": "a"},
        archive=tmp_path / "archive",
        jobs=Jobs(folder=tmp_path / "jobs", **jobs),
    )
    findings = list(surroundings.surroundings(settings))
    return tuple(
        "\n".join(text for good, text in findings if good is wanted) for wanted in (True, False)
    )


@pytest.fixture
def commands(tmp_path, monkeypatch):
    """Write commands into a folder that is all of PATH."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))

    def write(**scripts):
        for name, script in scripts.items():
            (folder / name).write_text(f"#!/bin/sh\n{script}\n")
            (folder / name).chmod(0o755)

    return write


def test_this_machine_is_good_enough(tmp_path):
    good, bad = found(tmp_path, workers=2)
    assert not bad
    assert "for each of 2 workers" in good


def test_too_many_workers_for_the_memory_are_a_problem(tmp_path):
    _, bad = found(tmp_path, workers=100_000)
    assert "set jobs.workers to a smaller number" in bad


def test_parts_of_dask_of_two_versions_are_a_problem(tmp_path, monkeypatch):
    monkeypatch.setattr(surroundings, "version", lambda name: {"dask": "2"}.get(name, "1"))
    _, bad = found(tmp_path)
    assert bad == "versions: dask 2, distributed 1; pip install distributed==2"


def test_munge_that_seals_and_opens_is_good(tmp_path, commands):
    commands(munge="exit 0", unmunge="exit 0")
    good, bad = found(tmp_path, cluster="slurm")
    assert "munge: seals and opens messages" in good
    assert not bad


def test_a_seal_that_cannot_be_opened_is_a_problem(tmp_path, commands):
    commands(munge="exit 0", unmunge="echo 'Invalid credential' >&2; exit 1")
    _, bad = found(tmp_path, cluster="slurm")
    assert bad == (
        "munge: does not work (Invalid credential): apt-get install munge, then start munged"
    )


def test_munge_that_does_not_answer_is_a_problem(tmp_path, commands, monkeypatch):
    monkeypatch.setattr(surroundings, "_SECONDS", 0.2)
    commands(munge="exec /bin/sleep 3", unmunge="exit 1")
    _, bad = found(tmp_path, cluster="slurm")
    assert "munge: does not answer" in bad


def test_munge_that_is_missing_is_named_with_what_helps(tmp_path, commands):
    _, bad = found(tmp_path, cluster="slurm")
    assert bad == "munge: not found: apt-get install munge, then start munged"


@pytest.mark.parametrize(("kind", "said"), [("nfs4", "is shared (nfs4)"), ("", "a local disk")])
def test_folders_for_other_machines_tell_on_what_disk_they_lie(tmp_path, monkeypatch, kind, said):
    monkeypatch.setattr(surroundings, "shared_kind", lambda _: kind)
    good, _ = found(tmp_path, cluster="tcp://127.0.0.1:1")
    assert good.count(said) == 2
    assert "munge" not in good
