"""Allocations that are lost are asked for again; those that wait or work are left alone."""

import asyncio
import itertools
import logging
import os
import subprocess

import pytest
from distributed import Scheduler, Worker
from distributed.core import Status
from distributed.deploy.spec import ProcessInterface, SpecCluster

from casa_ogc.jobs import allocations
from casa_ogc.jobs.allocations import Allocations, NumberedCluster, listed_by, lost, question

CLOSED = Status.closed
SQUEUE = """#!/bin/sh
echo "$@" >> {folder}/asked
[ -e {folder}/listed ] || {{ echo "slurm_load_jobs error" >&2; exit 1; }}
cat {folder}/listed
"""


@pytest.mark.parametrize(
    ("numbers", "here", "listed", "away", "expected"),
    [
        ({"a": "1", "b": "2"}, {"a", "b"}, {"1", "2"}, (), []),
        ({"a": "1", "b": "2"}, {"a"}, {"1", "2"}, (), []),
        ({"a": "1", "b": "2"}, {"a"}, {"1"}, (), ["b"]),
        ({"a": "1", "b": "2"}, (), (), (), ["a", "b"]),
        ({"a": None, "b": "2"}, (), {"2"}, (), ["a"]),
        # Slurm may have forgotten an allocation whose worker still works: it is not judged by that.
        ({"a": "1"}, {"a"}, (), (), []),
        ({"a": "1", "b": "2"}, (), {"1", "2"}, {"b"}, ["b"]),
    ],
)
def test_lost_is_who_is_not_here_and_has_no_allocation(numbers, here, listed, away, expected):
    assert lost(numbers, here, listed, away) == expected


def test_another_cluster_that_directives_name_is_asked():
    assert question(["-M far", "--constraint=x"])[-2:] == ["--clusters", "far"]
    assert question(["--clusters=a,b"])[-2:] == ["--clusters", "a,b"]
    assert "--clusters" not in question(["--constraint=-M", "--mail-type=END"])
    assert f"--user={os.getuid()}" in question()


@pytest.fixture
def squeue(tmp_path, monkeypatch):
    """A command by that name; the list that it prints is a file, and without it it fails."""
    path = tmp_path / "squeue"
    path.write_text(SQUEUE.format(folder=tmp_path))
    path.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setattr(allocations, "LOOK", 0.0)

    def lists(*numbers):
        (tmp_path / "listed").write_text("".join(f"{each}\n" for each in numbers))

    lists.asked = lambda: len((tmp_path / "asked").read_text().splitlines())
    lists.broken = (tmp_path / "listed").unlink
    return lists


def test_numbers_are_read_and_headings_left_out(squeue):
    squeue("CLUSTER: far", 12, "", " 13 ")
    assert listed_by(question()) == {"12", "13"}


def test_a_command_that_fails_is_no_empty_list(squeue):
    squeue()
    assert listed_by(question()) == set()
    squeue.broken()
    with pytest.raises(subprocess.CalledProcessError):
        listed_by(question())


class Ticket(ProcessInterface):
    """An allocation without a worker."""

    numbers = itertools.count(1)
    refused = False

    def __init__(self, scheduler=None, name=None):
        super().__init__(scheduler, name)
        self.job_id = None

    async def start(self):
        if Ticket.refused:
            raise RuntimeError("sbatch: error: Socket timed out")
        self.job_id = str(next(Ticket.numbers))
        await super().start()


class Tickets(SpecCluster):
    """A cluster of such allocations, which names them as the one of Slurm does."""

    new_worker_spec = NumberedCluster.new_worker_spec

    def __init__(self, **options):
        self._numbers = itertools.count()
        super().__init__(**options)


def numbers_after(*steps, refused=False):
    """Numbers of the allocations after each step, when two workers are wanted."""

    async def run():
        Ticket.numbers, Ticket.refused = itertools.count(1), refused
        place = {"host": "127.0.0.1", "port": 0, "dashboard": False}
        scheduler = {"cls": Scheduler, "options": place}
        worker = {"cls": Ticket, "options": {}}
        found = []
        async with Tickets(scheduler=scheduler, worker=worker, asynchronous=True) as cluster:
            adaptive = cluster.adapt(Adaptive=Allocations, minimum=2, maximum=2, interval=0)
            for step in steps:
                step(cluster)
                await adaptive.adapt()
                await asyncio.sleep(0.05)
                found.append({each.job_id for each in cluster.workers.values()})
        return found

    return asyncio.run(run())


def test_an_allocation_that_ended_before_its_worker_came_is_asked_for_again(squeue):
    found = numbers_after(
        lambda _: squeue(), lambda _: squeue(1, 2), lambda _: squeue(2), lambda _: squeue(2, 3)
    )
    assert found == [{"1", "2"}, {"1", "2"}, {"2", "3"}, {"2", "3"}]


def test_all_allocations_may_end_at_once(squeue):
    found = numbers_after(lambda _: squeue(), lambda _: squeue())
    assert found == [{"1", "2"}, {"3", "4"}]


def test_nothing_is_asked_for_again_while_slurm_does_not_answer(squeue, caplog):
    squeue()
    with caplog.at_level(logging.WARNING, "casa_ogc"):
        steps = [lambda _: None, lambda _: squeue.broken(), lambda _: None, lambda _: squeue()]
        found = numbers_after(*steps)
    assert found == [{"1", "2"}] * 3 + [{"3", "4"}]
    said = [each for each in caplog.messages if "does not tell" in each]
    assert len(said) == 1


def test_slurm_is_not_asked_more_often_than_it_should(squeue, monkeypatch):
    monkeypatch.setattr(allocations, "LOOK", 60.0)
    squeue(1, 2)
    numbers_after(*[lambda _: None] * 5)
    assert squeue.asked() == 1


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_what_could_not_be_submitted_is_submitted_again(squeue):
    def mended(_):
        Ticket.refused = False

    squeue(1, 2)
    found = numbers_after(lambda _: None, mended, lambda _: None, refused=True)
    assert found[0] == {None}
    assert found[-1] == {"1", "2"}


def test_a_worker_that_stays_away_is_given_up_though_its_allocation_runs(squeue, monkeypatch):
    monkeypatch.setattr(allocations, "AWAY", 0.01)
    squeue(1, 2, 3)

    away = []

    def came(cluster):
        away.append(cluster.workers[max(cluster.workers)].job_id)
        cluster.scheduler_info["workers"]["tcp://a"] = {"name": max(cluster.workers)}

    def went(cluster):
        del cluster.scheduler_info["workers"]["tcp://a"]

    still = [lambda _: None] * 2
    found = numbers_after(lambda _: None, came, *still, went, *still, *still)
    assert found[3:] == [{"1", "2"}, *[{"1", "2", "3"} - set(away)] * 5]


def test_no_name_is_given_twice(squeue):
    names = []
    numbers_after(*[lambda cluster: (squeue(), names.append(set(cluster.workers)))] * 4)
    assert all(not earlier & later for earlier, later in itertools.pairwise(names))
    assert len(set().union(*names)) == 6


def test_a_worker_that_outlives_its_allocation_is_ended(squeue, monkeypatch):
    async def run():
        ended = []
        place = {"host": "127.0.0.1", "port": 0, "dashboard": False}
        options = {"scheduler": {"cls": Scheduler, "options": place}, "asynchronous": True}
        async with Tickets(worker={"cls": Ticket, "options": {}}, **options) as cluster:
            adaptive = cluster.adapt(Adaptive=Allocations, minimum=1, maximum=1, interval=0)
            await adaptive.adapt()
            await asyncio.sleep(0.05)
            (name,) = cluster.workers
            squeue()
            async with Worker(cluster.scheduler_address, name="other") as other:
                await adaptive.adapt()
                async with Worker(cluster.scheduler_address, name=name) as late:
                    while name not in cluster.observed:
                        await asyncio.sleep(0.01)
                    await adaptive.adapt()
                    while not ended:
                        await asyncio.sleep(0.01)
                        ended = [each.name for each in (late, other) if each.status == CLOSED]
        return name, ended

    Ticket.refused = False
    name, ended = asyncio.run(run())
    assert ended == [name]
