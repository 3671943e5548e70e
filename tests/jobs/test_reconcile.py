"""Decisions about jobs of which rows and engine tell different things."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casa_ogc.jobs.engine_states import TaskState
from casa_ogc.jobs.lost_workers import MemoryKill, advice, memory_kills
from casa_ogc.jobs.queries import OpenJob
from casa_ogc.jobs.reconcile import ABANDONED, SETTLE, SILENT, Decision, decide, known, strays

RUNS = OpenJob("a", 2, "running", "then", "then", "ours", "w1", None, 0.5)
WAITS = dataclasses.replace(RUNS, status="accepted", worker="", heartbeat=None)
QUEUED = dataclasses.replace(WAITS, dispatched=None, engine="", silence=0.0)
HAS = TaskState("job-a-2", "running", "w1")


def judged(job, *states, engine="ours", **more):
    return decide(job, known(engine, states, **more))


def test_all_is_well_with_a_job_that_the_engine_has():
    assert judged(RUNS, HAS) is None
    assert judged(WAITS, TaskState("job-a-2", "waiting", "")) is None


@pytest.mark.parametrize("states", [(), (HAS,)])
def test_a_job_in_the_queue_is_nobodys_business(states):
    assert judged(QUEUED, *states) is None


def test_a_running_job_whose_task_is_over_was_lost():
    for states in (
        (),
        (TaskState("job-a-2", "over", ""),),
        (TaskState("job-a-1", "running", "w"),),
    ):
        assert judged(RUNS, *states) == Decision("again", "its worker w1 was lost")


def test_a_task_that_dask_handed_to_another_worker_by_itself_was_lost():
    for state in (TaskState("job-a-2", "running", "w2"), TaskState("job-a-2", "waiting", "")):
        assert judged(RUNS, state) == Decision("again", "its worker w1 was lost")


def test_a_part_does_not_stand_for_its_job():
    assert judged(RUNS, TaskState("part-a-2-1-1-0", "running", "w1")).action == "again"


def test_a_job_that_was_just_handed_over_may_not_be_known_yet():
    assert judged(dataclasses.replace(WAITS, silence=SETTLE - 0.1)) is None
    late = judged(dataclasses.replace(WAITS, silence=SETTLE + 0.1))
    assert late == Decision("back", "its worker was lost before it began")


def test_a_worker_that_used_too_much_memory_is_the_reason():
    found = judged(RUNS, kills=[MemoryKill("w2", 5, 1.0), MemoryKill("w1", 7, 1.0)])
    assert (found.action, found.used) == ("memory", 7)
    late = dataclasses.replace(WAITS, silence=SETTLE + 1)
    assert judged(late, kills=[MemoryKill("", 7, 1.0)]).action == "back"


def test_a_job_whose_worker_we_ended_for_another_has_lost_nothing():
    assert judged(RUNS, ended={"w1"}).action == "back"
    assert judged(RUNS, ended={"w2"}).action == "again"


def test_a_dismissed_job_whose_worker_was_ended_is_not_said_to_have_stopped_another():
    asked = dataclasses.replace(RUNS, dismissal="then")
    assert "did not stop by itself" in judged(asked, ended={"w1"}).reason


def test_an_attempt_that_could_not_be_run_tells_why():
    found = judged(RUNS, errors={("a", 2): "ImportError: no module"})
    assert found == Decision("again", "its worker could not run it: ImportError: no module")


def test_a_worker_that_seems_to_work_but_is_silent_is_given_up_and_ended():
    assert judged(dataclasses.replace(RUNS, silence=SILENT - 1), HAS) is None
    found = judged(dataclasses.replace(RUNS, silence=SILENT + 1), HAS)
    assert (found.action, found.hung) == ("again", "w1")


def test_jobs_of_another_engine_are_taken_over_when_they_are_silent():
    for job, action in ((RUNS, "again"), (WAITS, "back")):
        assert judged(dataclasses.replace(job, silence=ABANDONED - 0.1), HAS, engine="new") is None
        found = judged(dataclasses.replace(job, silence=ABANDONED + 0.1), HAS, engine="new")
        assert found.action == action


jobs = st.builds(
    OpenJob,
    id=st.sampled_from("ab"),
    attempt=st.integers(1, 2),
    status=st.sampled_from(["accepted", "running"]),
    dispatched=st.sampled_from([None, "then"]),
    heartbeat=st.none(),
    engine=st.sampled_from(["ours", "theirs"]),
    worker=st.sampled_from(["", "w1", "w2"]),
    dismissal=st.sampled_from([None, "then"]),
    silence=st.floats(0, 200),
)
tasks = st.builds(
    lambda kind, job, attempt, state, worker: TaskState(f"{kind}-{job}-{attempt}", state, worker),
    st.sampled_from(["job", "part"]),
    st.sampled_from("ab"),
    st.integers(1, 2),
    st.sampled_from(["waiting", "running", "over"]),
    st.sampled_from(["w1", "w2"]),
)


@given(jobs, st.lists(tasks, max_size=6))
def test_only_a_job_that_somebody_has_is_touched_and_none_is_left_without_anybody(job, states):
    decision = decide(job, known("ours", states))
    name = f"job-{job.id}-{job.attempt}"
    has = None
    for each in states:
        if each.key == name and each.state != "over":
            has = job.status == "accepted" or each.worker == job.worker
    if job.dispatched is None:
        assert decision is None
    elif decision is None:
        waits = job.engine == "ours" and has and job.status == "accepted"
        patience = ABANDONED if job.engine != "ours" else SILENT if has else SETTLE
        assert waits or job.silence <= patience
    elif job.engine == "ours" and has:
        assert job.silence > SILENT


@given(st.lists(jobs, max_size=4), st.lists(tasks, max_size=6))
def test_strays_are_the_running_tasks_of_attempts_that_nobody_waits_for(rows, states):
    found = set(strays(states, rows).values())
    for state in states:
        waited = any(
            (row.id, row.attempt) == state.job and row.dispatched and not row.dismissal
            for row in rows
        )
        assert (state in found) == (state.state == "running" and not waited)


def test_events_of_dask_tell_of_workers_that_used_too_much_memory():
    events = ((3.5, {"worker": "w1", "pid": 5, "rss": 77}),)
    assert memory_kills(events) == (MemoryKill("w1", 77, 3.5),)


def test_the_advice_names_inputs_of_the_process_that_make_it_smaller():
    assert advice("smoothed-column").startswith("lower datetime or bbox or limit, or let")
    assert advice("long").startswith("lower memory or grid, or let")
    assert "jobs.slurm.memory" in advice("echo")
