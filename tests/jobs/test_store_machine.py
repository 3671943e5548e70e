"""Whatever happens to jobs in whatever order, the store tells what a plain model tells."""

from dataclasses import dataclass

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule

from casa_ogc.jobs.queries import JobQuery
from casa_ogc.jobs.record import Failure
from casa_ogc.jobs.store import JobStore
from casa_processes.common.process import Cost
from tests.jobs.clocks import Clock, execution
from tests.jobs.conftest import DATABASES

MOST = 3
KEEP_DAYS = 1.0
DAY = 86_400.0


@dataclass
class Model:
    """A job as a person would keep it on paper."""

    owner: str
    size: int
    status: str = "accepted"
    attempt: int = 0
    losses: int = 0
    taken: bool = False
    asked: bool = False
    finished: float | None = None
    results: bool = False
    emptied: bool = True
    expired: bool = False

    def open(self):
        return self.status in ("accepted", "running")

    def end(self, status, now):
        self.status, self.finished = status, now


class Life(RuleBasedStateMachine):
    """Does to the store and to the model the same, and compares what each says."""

    jobs = Bundle("jobs")
    url = None

    def __init__(self):
        super().__init__()
        self.clock = Clock()
        self.seconds = 0.0
        self.store = JobStore(self.url(), most_attempts=MOST, clock=self.clock)
        self.models = {}

    @rule(target=jobs, owner=st.sampled_from(["ann", "bob", ""]), size=st.integers(0, 1000))
    def submit(self, owner, size):
        job, new = self.store.submit(
            execution(len(self.models)), owner=owner, cost=Cost(1.0, 1, 0), keep_days=KEEP_DAYS
        )
        assert new
        self.models[job.id] = Model(owner, size)
        return job.id

    @rule(count=st.integers(1, 3))
    def take(self, count):
        waiting = [each for each in self.models.values() if self.waits(each)]
        taken = self.store.take("local", count)
        assert len(taken) == min(count, len(waiting))
        assert len({job.id for job in taken}) == len(taken)
        for job in taken:
            model = self.models[job.id]
            assert self.waits(model)
            model.taken, model.attempt = True, model.attempt + 1
            assert job.attempt == model.attempt

    @staticmethod
    def waits(model):
        return model.status == "accepted" and not model.taken

    def owns(self, job, late):
        """The number of an attempt, and whether it is the one that may write."""
        model = self.models[job]
        return model.attempt - late, late == 0 and model.attempt > 0

    @rule(job=jobs, late=st.integers(0, 1))
    def start(self, job, late):
        attempt, own = self.owns(job, late)
        model = self.models[job]
        expected = own and model.status == "accepted" and model.taken
        assert self.store.start(job, attempt, "w") == expected
        if expected:
            model.status = "running"

    @rule(job=jobs, late=st.integers(0, 1), progress=st.integers(-5, 120))
    def beat(self, job, late, progress):
        attempt, own = self.owns(job, late)
        model = self.models[job]
        alive = own and model.status == "running"
        answer = self.store.beat(job, attempt, progress)
        assert (answer.alive, answer.dismissed) == (alive, alive and model.asked)
        assert self.store.dismissed(job, attempt) == (not alive or model.asked)

    @rule(job=jobs, late=st.integers(0, 1))
    def succeed(self, job, late):
        attempt, own = self.owns(job, late)
        model = self.models[job]
        expected = own and model.status == "running" and not model.asked
        assert self.store.succeed(job, attempt, "a" * 64, model.size, 1.0, 1) == expected
        if expected:
            model.end("successful", self.seconds)
            model.results = True

    @rule(job=jobs, late=st.integers(0, 1))
    def fail(self, job, late):
        attempt, own = self.owns(job, late)
        model = self.models[job]
        expected = own and model.open() and model.taken
        assert self.store.fail(job, attempt, Failure("E", "m")) == expected
        if expected:
            model.end("dismissed" if model.asked else "failed", self.seconds)

    @rule(job=jobs, late=st.integers(0, 1), count=st.booleans())
    def requeue(self, job, late, count):
        attempt, own = self.owns(job, late)
        model = self.models[job]
        expected = own and model.open() and model.taken
        assert self.store.requeue(job, attempt, "lost", count=count) == expected
        if not expected:
            return
        model.losses += count and not model.asked
        if model.asked:
            model.end("dismissed", self.seconds)
        elif model.losses >= MOST:
            model.end("failed", self.seconds)
        else:
            model.status, model.taken = "accepted", False

    @rule(job=jobs)
    def stopped(self, job):
        model = self.models[job]
        expected = model.status == "running" and model.asked
        assert self.store.stopped(job, model.attempt) == expected
        if expected:
            model.end("dismissed", self.seconds)

    @rule(job=jobs)
    def dismiss(self, job):
        model = self.models[job]
        if model.expired:
            return
        self.store.dismiss(job)
        model.asked = True
        if model.status == "accepted":
            model.end("dismissed", self.seconds)
        elif model.status in ("successful", "failed"):
            model.status, model.emptied = "dismissed", False

    @rule(hours=st.integers(1, 30))
    def pass_time(self, hours):
        self.clock.turn(hours * 3600)
        self.seconds += hours * 3600

    @rule()
    def expire(self):
        expected = []
        for name, model in self.models.items():
            late = model.finished is not None and self.seconds >= model.finished + KEEP_DAYS * DAY
            if not model.expired and (late or not model.emptied):
                expected.append(name)
                model.results, model.emptied, model.expired = False, True, late
        assert self.store.expire() == expected

    @invariant()
    def the_rows_are_the_model(self):
        told = {name: self.store.get(name, expired=True) for name in self.models}
        for name, model in self.models.items():
            job = told[name]
            assert (job.status, job.attempt) == (model.status, model.attempt)
            assert (job.finished is None) == (model.finished is None)
            assert (job.dismissal is not None) == model.asked
            assert bool(job.result) == model.results

    @invariant()
    def the_lists_are_the_model(self):
        kept = [name for name, model in self.models.items() if not model.expired]
        listed = [job.id for job in self.store.find(JobQuery(limit=1000)).jobs]
        assert listed == kept[::-1]
        still = [name for name, model in self.models.items() if model.open()]
        assert [each.id for each in self.store.open_jobs()] == still

    @invariant()
    def the_accounts_are_the_model(self):
        for owner in ("ann", "bob", ""):
            mine = [model for model in self.models.values() if model.owner == owner]
            usage = self.store.usage(owner)
            assert usage.open_jobs == sum(model.open() for model in mine)
            assert usage.result_bytes == sum(model.size for model in mine if model.results)

    def teardown(self):
        self.store.close()


@pytest.mark.parametrize("kind", DATABASES)
def test_every_life_of_jobs_is_that_of_the_model(kind, new_url):
    class Here(Life):
        url = staticmethod(lambda: new_url(kind))

    case = Here.TestCase
    many = 40 if kind == "sqlite" else 5
    case.settings = settings(max_examples=many, stateful_step_count=40, deadline=None)
    case("runTest").runTest()
