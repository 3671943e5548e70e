"""Workers do each task once, say what went wrong, and never outlive the one that started them."""

import os
import pickle
import signal
import subprocess
import sys
import time
from importlib import import_module
from pathlib import Path

import psutil
import pytest

from casa_ogc.demo.crew import BuildError, worked

PATIENCE = 60.0
HERE = Path(__file__).parent
STARTER = """
import crew_tasks
from casa_ogc.demo.crew import worked
if __name__ == "__main__":
    worked(crew_tasks.endless, ["first"], [], 2, print)
"""


@pytest.fixture
def tasks(monkeypatch):
    """Tasks that workers find by the name of their module."""
    monkeypatch.syspath_prepend(HERE)
    return import_module("crew_tasks")


@pytest.fixture
def told_by(tasks):
    """Return a function that works and returns what is reported."""

    def tell(workers, before, after, task="whole"):
        told = []
        chosen = getattr(tasks, task)
        worked(chosen, before, after, workers, lambda *event: told.append(event))
        return told

    return tell


@pytest.mark.parametrize("workers", [0, 2])
def test_each_task_is_done_once_and_the_later_ones_after_the_first(workers, told_by):
    before, after = ["world", "a", "b"], ["c", "d"]
    told = told_by(workers, before, after)
    done = [name for name, part in told if part == 1.0]
    assert sorted(done) == sorted(before + after)
    assert done.index("world") < min(done.index("c"), done.index("d"))
    assert sorted(name for name, part in told if part == 0.5) == sorted(before + after)
    assert told.index(("c", 0.5)) > told.index(("world", 1.0))


def test_without_workers_the_order_is_that_of_the_names(told_by):
    assert [name for name, part in told_by(0, ["b", "a"], ["c"]) if part == 1.0] == ["b", "a", "c"]


@pytest.mark.parametrize("workers", [0, 1])
def test_nothing_to_do_is_done_at_once(workers, told_by):
    assert told_by(workers, [], []) == []


def test_a_task_that_fails_is_named_with_its_reason(told_by):
    with pytest.raises(BuildError, match=r"^bad could not be made: ValueError: no such luck$"):
        told_by(1, ["good", "bad", "late"], [], "half")


@pytest.mark.parametrize("workers", [0, 2])
def test_what_fails_keeps_back_what_waits_for_it_and_no_others(workers, tasks):
    told = []

    def work(before, after):
        worked(tasks.half, before, after, workers, lambda *event: told.append(event))

    with pytest.raises(BuildError) as caught:
        work(["first", "bad", "a"], ["bad-too", "b"])
    assert set(caught.value.name.split(", ")) == {"bad", "bad-too"}
    assert caught.value.reason == "ValueError: no such luck"
    assert sorted(told) == [("a", 1.0), ("b", 1.0), ("first", 1.0)]
    told.clear()
    with pytest.raises(BuildError, match="no such luck; needs bad") as caught:
        work(["bad", "a"], ["b", "c"])
    assert set(caught.value.name.split(", ")) == {"bad", "b", "c"}
    assert told == [("a", 1.0)]


def test_a_worker_that_dies_is_no_endless_wait(told_by):
    with pytest.raises(BuildError, match="a process ended with 3"):
        told_by(1, ["good", "bad"], [], "deadly")


def test_an_error_survives_the_way_between_processes():
    error = BuildError("a", "b")
    again = pickle.loads(pickle.dumps(error))
    assert (again.name, again.reason, str(again)) == ("a", "b", str(error))


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_workers_end_with_their_parent_however_it_ends(number, tmp_path):
    script = tmp_path / "starter.py"
    script.write_text(STARTER)
    parent = subprocess.Popen(
        [sys.executable, str(script)],
        env={**os.environ, "PYTHONPATH": str(HERE)},
        stderr=subprocess.DEVNULL,
    )
    until, family = time.monotonic() + PATIENCE, []
    while len(family) < 3 and time.monotonic() < until:  # both, and what tracks their resources
        time.sleep(0.05)
        family = psutil.Process(parent.pid).children(recursive=True)
    time.sleep(0.5)
    parent.send_signal(number)
    assert parent.wait(PATIENCE) != 0
    assert psutil.wait_procs(family, PATIENCE)[1] == []
