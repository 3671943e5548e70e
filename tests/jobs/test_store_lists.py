"""Lists of jobs: against a plain filter of all jobs, page by page, and never by a full scan."""

import json
from random import Random

import pytest
from sqlalchemy import text

from casa_ogc.jobs.finding import page_statement
from casa_ogc.jobs.instants import elapsed
from casa_ogc.jobs.queries import JobQuery, Page
from casa_ogc.jobs.record import Failure
from casa_ogc.jobs.store import JobStore
from casa_processes.common.errors import InvalidValueError
from casa_processes.common.process import Cost
from tests.jobs.clocks import Clock, execution, submitted
from tests.jobs.conftest import DATABASES

OWNERS, PROCESSES, LABELS = ("ann", "bob"), ("echo", "long", "xco2"), ("red", "green", "blue")
NOW = "2026-01-01T00:10:00.000Z"


def lived(store, clock, count, seed=0):
    """Submit jobs and let each come as far as chance has it."""
    random = Random(seed)
    for number in range(count):
        labels = tuple(random.sample(LABELS, random.randrange(3)))
        asked = execution(number, process_id=random.choice(PROCESSES), labels=labels)
        job, _ = store.submit(asked, owner=random.choice(OWNERS), cost=Cost())
        clock.turn(random.randrange(3))
        if (fate := random.randrange(6)) == 0:
            continue
        if fate == 1:
            store.dismiss(job.id)
        for taken in store.take("local", 1):
            store.start(taken.id, taken.attempt, "w")
            clock.turn(random.randrange(9))
            if fate in (2, 3):
                store.succeed(taken.id, taken.attempt, "a" * 64, 1, 1.0, 1)
            if fate == 4:
                store.fail(taken.id, taken.attempt, Failure("E", "m"))


@pytest.fixture(scope="module", params=DATABASES)
def crowd(request, new_url):
    """A store with jobs of all kinds whose clock stands still, and those jobs, newest first."""
    clock = Clock()
    store = JobStore(new_url(request.param), clock=clock)
    lived(store, clock, 60)
    clock.instant = clock.instant.replace(minute=10, second=0)
    everything = store.find(JobQuery(limit=1000)).jobs
    assert {job.status for job in everything} == {
        "accepted", "running", "successful", "failed", "dismissed",
    }  # fmt: skip
    yield store, everything
    store.close()


def duration(job):
    if job.started is None:
        return None
    return elapsed(job.started, job.finished or NOW)


def fits(job, query):
    """Whether a job is in a list, by the words of the standard."""
    start, end = query.created
    seconds = duration(job)
    return all(
        (
            query.owner in (None, job.owner),
            not query.types or "process" in query.types,
            not query.process_ids or job.execution.process_id in query.process_ids,
            not query.statuses or job.status in query.statuses,
            start is None or job.created >= start,
            end is None or job.created <= end,
            query.min_seconds is None or (seconds is not None and seconds >= query.min_seconds),
            query.max_seconds is None or (seconds is not None and seconds <= query.max_seconds),
            set(query.labels) <= set(job.execution.labels),
        )
    )


def drawn(seed):
    random = Random(seed)

    def maybe(value):
        return value if random.random() < 0.4 else None

    created = sorted(f"2026-01-01T00:0{random.randrange(8)}:00.000Z" for _ in "ab")
    return JobQuery(
        owner=maybe(random.choice(OWNERS)),
        process_ids=maybe(tuple(random.sample(PROCESSES, 2))) or (),
        statuses=maybe(tuple(random.sample(["accepted", "running", "failed"], 2))) or (),
        created=(maybe(created[0]), maybe(created[1])),
        min_seconds=maybe(float(random.randrange(60))),
        max_seconds=maybe(float(random.randrange(400))),
        labels=maybe(tuple(random.sample(LABELS, random.randrange(3)))) or (),
        limit=1000,
    )


@pytest.mark.parametrize("seed", range(40))
def test_a_list_holds_what_a_plain_filter_of_all_jobs_holds(crowd, seed):
    store, everything = crowd
    query = drawn(seed)
    assert store.find(query).jobs == tuple(job for job in everything if fits(job, query))


def test_each_condition_selects_some_and_leaves_some_out(crowd):
    store, everything = crowd
    for condition in (
        {"owner": "ann"},
        {"process_ids": ("long",)},
        {"statuses": ("successful",)},
        {"created": ("2026-01-01T00:01:00.000Z", None)},
        {"created": (None, "2026-01-01T00:01:00Z")},
        {"min_seconds": 5.0},
        {"max_seconds": 5.0},
        {"labels": ("red",)},
    ):
        assert 0 < len(store.find(JobQuery(limit=1000, **condition)).jobs) < len(everything)


@pytest.mark.parametrize("limit", [1, 7, 30, 60])
def test_pages_hold_every_job_once_in_order(crowd, limit):
    store, everything = crowd
    pages, cursor = [], ""
    while True:
        page = store.find(JobQuery(limit=limit, cursor=cursor))
        pages.append(page.jobs)
        if not (cursor := page.next):
            break
    assert [job for jobs in pages for job in jobs] == list(everything)
    assert all(len(jobs) == limit for jobs in pages[:-1])
    assert 1 <= len(pages[-1]) <= limit


def test_an_offset_leaves_out_so_many(crowd):
    store, everything = crowd
    assert store.find(JobQuery(offset=5, limit=3)).jobs == everything[5:8]
    assert store.find(JobQuery(offset=10**9)) == Page(())


def test_jobs_that_come_meanwhile_shift_no_page(store):
    jobs = [submitted(store, number) for number in range(4)]
    first = store.find(JobQuery(limit=2))
    submitted(store, 9)
    second = store.find(JobQuery(limit=2, cursor=first.next))
    assert [job.id for job in second.jobs] == [jobs[1].id, jobs[0].id]


def test_a_list_of_another_kind_of_job_is_empty(crowd):
    store, _ = crowd
    assert store.find(JobQuery(types=("harvest",))).jobs == ()
    assert store.find(JobQuery(types=("harvest", "process"))).jobs


@pytest.mark.parametrize(
    "wrong",
    [
        {"limit": 0}, {"limit": -1}, {"offset": -1}, {"cursor": "x"}, {"cursor": "\0\ud800"},
        {"created": ("yesterday", None)}, {"created": (None, "")}, {"min_seconds": float("nan")},
    ],
    ids=str,
)  # fmt: skip
def test_what_no_list_can_be_is_refused(store, wrong):
    with pytest.raises(InvalidValueError):
        store.find(JobQuery(**wrong))


@pytest.mark.parametrize(
    "extreme",
    [
        {"min_seconds": float("inf")}, {"max_seconds": 1e300}, {"process_ids": ("\ud800\0",)},
        {"labels": ("\0",)}, {"created": ("0001-01-01", "9999-12-31T23:59:59.9999Z")},
        {"owner": ""},
    ],
    ids=str,
)  # fmt: skip
def test_extremes_are_answered(crowd, extreme):
    store, _ = crowd
    assert isinstance(store.find(JobQuery(**extreme)), Page)


def test_expired_jobs_are_not_listed(store):
    kept, gone = submitted(store, 1), submitted(store, 2)
    store.dismiss(gone.id)
    store.expire("2999-01-01T00:00:00Z")
    assert [job.id for job in store.find(JobQuery()).jobs] == [kept.id]


QUERIES = [
    JobQuery(),
    JobQuery(owner="ann"),
    JobQuery(owner="ann", statuses=("running",)),
    JobQuery(owner="ann", process_ids=("echo",)),
    JobQuery(owner="ann", process_ids=("echo",), statuses=("failed", "running")),
    JobQuery(owner="ann", created=("2026-01-01T00:00:00.000Z", None), min_seconds=3.0),
    JobQuery(owner="ann", labels=("red",)),
]


def plan(store, statement):
    """The plan of a statement, with its values written out, as the database tells it."""
    words = str(statement.compile(store.database.engine, compile_kwargs={"literal_binds": True}))
    with store.database.engine.connect() as connection:
        if store.database.embedded:
            rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {words}").all()
            return [row[3] for row in rows]
        connection.execute(text("SET LOCAL enable_seqscan = off"))
        (found,) = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {words}").one()
        content = found if isinstance(found, list) else json.loads(found)
        return nodes(content[0]["Plan"])


def nodes(node):
    inner = [each for child in node.get("Plans", []) for each in nodes(child)]
    return [f"{node['Node Type']} {node.get('Index Name', node.get('Relation Name', ''))}", *inner]


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: str(query)[8:70])
def test_no_list_reads_the_whole_table_or_sorts_it(store, query):
    steps = plan(store, page_statement(query, NOW))
    if store.database.embedded:
        assert not [step for step in steps if "TEMP B-TREE" in step]
        # without any condition the table itself is in the order of the list
        scans = [step for step in steps if step.startswith("SCAN")]
        assert scans == (["SCAN casa_jobs"] if query == JobQuery() else [])
    else:
        assert not [step for step in steps if step.startswith("Seq Scan")]
