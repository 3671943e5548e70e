"""What an operator sees and does with jobs, on a real database."""

import json
import os
import subprocess
import sys

import pytest
from sqlalchemy import update

from casa_ogc.jobs.record import Execution, Failure
from casa_ogc.jobs.results import log_path
from casa_ogc.jobs.store import JobStore
from casa_ogc.jobs.tables import JOBS
from casa_processes.common.process import Cost


@pytest.fixture
def store(tmp_path):
    """Store that the command line finds too."""
    (tmp_path / "jobs").mkdir()
    found = JobStore(f"sqlite:///{tmp_path / 'jobs' / 'jobs.sqlite'}")
    yield found
    found.close()


def submit(store, name="echo", owner="ada", **more):
    execution = Execution(name, "1.0.0", {"stringInput": "x"}, **more)
    return store.submit(execution, owner=owner, cost=Cost())[0]


def started(store, **more):
    submit(store, **more)
    (job,) = store.take("test", 1)
    assert store.start(job.id, job.attempt, "here")
    return store.get(job.id)


def rows(done):
    assert done.exit_code == 0, done.output
    return [line.split() for line in done.stdout.splitlines()[1:]]


def test_all_jobs_are_listed_newest_first_whoever_they_belong_to(casa, store):
    first, second = submit(store), submit(store, "long", "")
    found = rows(casa("jobs", "list"))
    assert [row[0] for row in found] == [second.id, first.id]
    assert [row[1:4] for row in found] == [["long", "-", "accepted"], ["echo", "ada", "accepted"]]


@pytest.mark.parametrize(
    ("option", "count"),
    [
        (["--status", "running"], 1),
        (["--status", "accepted", "--status", "running"], 4),
        (["--process", "long"], 1),
        (["--owner", "grace"], 1),
        (["--label", "night"], 1),
        (["--label", "day"], 0),
        (["--limit", "2"], 2),
    ],
)
def test_a_list_is_narrowed(casa, store, option, count):
    started(store)
    submit(store, "long")
    submit(store, owner="grace")
    submit(store, labels=("night",))
    done = casa("jobs", "list", *option)
    assert len(rows(done)) == count
    assert ("there are more" in done.output) == ("--limit" in option)


def test_the_list_tells_which_attempt_runs(casa, store):
    job = started(store)
    assert store.requeue(job.id, job.attempt, "its worker was lost")
    (again,) = store.take("test", 1)
    assert store.start(again.id, again.attempt, "there")
    (row,) = rows(casa("jobs", "list"))
    assert row[3:6] == ["running", "2", "0"]


def test_a_list_for_programs_is_json(casa, store):
    job = submit(store, labels=("night",))
    (found,) = json.loads(casa("jobs", "list", "--json").stdout)
    assert (found["id"], found["status"]) == (job.id, "accepted")
    assert found["execution"]["labels"] == ["night"]


def test_a_list_of_no_jobs_has_its_heading(casa):
    assert casa("jobs", "list").output.split()[:2] == ["job", "process"]


def test_a_job_is_shown_with_its_place_in_the_queue(casa, store):
    submit(store)
    job = submit(store, owner="grace", title="Rice")
    shown = casa("jobs", "show", job.id).output
    assert f"id:           {job.id}" in shown
    assert "position:     2" in shown
    assert '"title": "Rice"' in shown
    assert json.loads(casa("jobs", "show", job.id, "--json").stdout)["position"] == 2


def test_what_a_job_says_steers_no_terminal(casa, store):
    job = started(store)
    told = Failure("SomeError", "red \x1b[31m alarm \x07 \r\n next")
    assert store.fail(job.id, job.attempt, told)
    log = log_path(casa.folder, job.id)
    log.parent.mkdir(parents=True)
    log.write_text("a \x1b[2J line\n")
    for arguments in (["list"], ["show", job.id], ["log", job.id]):
        output = casa("jobs", *arguments).output
        assert not set(output) & set("\x1b\x07\r")
    assert "red" in casa("jobs", "list").output


def test_a_log_is_printed_whole(casa, store):
    job = started(store)
    log = log_path(casa.folder, job.id)
    log.parent.mkdir(parents=True)
    log.write_text("one\ntwo\nhalf")
    assert casa("jobs", "log", job.id).output == "one\ntwo\nhalf\n"


def test_a_job_without_a_log_has_an_empty_one(casa, store):
    done = casa("jobs", "log", submit(store).id)
    assert (done.exit_code, done.output) == (0, "")


def test_a_log_is_followed_line_by_line_until_the_job_is_over(casa, store):
    job = started(store)
    log = log_path(casa.folder, job.id)
    log.parent.mkdir(parents=True)
    log.write_text("one\nha")
    command = [sys.executable, "-m", "casa_ogc.cli", "jobs", "log", "--follow", job.id]
    environment = {**os.environ, "CASA_JOBS": str(casa.folder), "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as follower:
        assert follower.stdout.readline() == "one\n"
        with log.open("a") as file:
            file.write("lf\n")
        assert follower.stdout.readline() == "half\n"
        assert store.fail(job.id, job.attempt, Failure("SomeError", "end"))
        assert follower.wait(timeout=30) == 0
        assert follower.stdout.read() == ""


def test_a_waiting_job_is_dismissed_at_once_and_a_running_one_is_asked_to_stop(casa, store):
    running, waiting = started(store), submit(store, "long")
    done = casa("jobs", "dismiss", waiting.id, running.id)
    assert done.output.splitlines() == [
        f"{waiting.id} is dismissed",
        f"{running.id} is asked to stop",
    ]
    assert store.get(waiting.id).status == "dismissed"
    assert store.dismissed(running.id, running.attempt)


def renamed(store, job, name):
    """Give a job another id, as chance might."""
    with store.database.write() as connection:
        connection.execute(update(JOBS).where(JOBS.c.id == job.id).values(id=name))
    return name


@pytest.mark.parametrize("length", [8, 12, 31, 32])
def test_a_job_is_named_by_its_first_digits(casa, store, length):
    name = renamed(store, submit(store), "12345678" + "ab" * 12)
    renamed(store, submit(store), "12345679" + "ab" * 12)
    renamed(store, submit(store), "12345677" + "ff" * 12)
    shown = json.loads(casa("jobs", "show", name[:length], "--json").stdout)
    assert shown["id"] == name
    assert casa("jobs", "log", name[:length]).exit_code == 0
    assert casa("jobs", "dismiss", name[:length]).output == f"{name} is dismissed\n"


@pytest.mark.parametrize("command", ["show", "log", "dismiss"])
def test_digits_of_several_jobs_name_them_and_touch_none(casa, store, command):
    names = [renamed(store, submit(store), f"abcdef01{number:024d}") for number in range(7)]
    done = casa("jobs", command, "abcdef01")
    assert done.exit_code == 1
    assert done.output.startswith("Error: several jobs begin with 'abcdef01': ")
    assert all(name in done.output for name in names[2:])
    assert not any(name in done.output for name in names[:2])
    assert "...; give more digits" in done.output
    assert {store.get(name).status for name in names} == {"accepted"}


@pytest.mark.parametrize("digits", ["", "a", "abcdef0"])
def test_few_digits_are_refused_however_few_jobs_there_are(casa, store, digits):
    renamed(store, submit(store), "abcdef01" * 4)
    done = casa("jobs", "show", digits)
    assert done.exit_code == 1
    assert "first 8 digits or more" in done.output


@pytest.mark.parametrize("digits", ["abcdef02", "abcdef00", "ABCDEF01", "abcdef0%", "abcdef01" * 5])
def test_digits_of_no_job_are_those_of_an_unknown_one(casa, store, digits):
    renamed(store, submit(store), "abcdef01" * 4)
    assert casa("jobs", "show", digits).output == f"Error: no job {digits!r}\n"


@pytest.mark.parametrize("command", ["show", "log", "dismiss"])
@pytest.mark.parametrize("name", ["0" * 32, "../../etc/passwd", "nonsense"])
def test_an_unknown_job_is_one_line(casa, store, command, name):
    done = casa("jobs", command, name)
    assert done.exit_code == 1
    assert done.output == f"Error: no job {name!r}\n"
