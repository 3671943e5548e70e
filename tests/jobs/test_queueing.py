"""Places in the queue from few rows are those of the whole queue, put in order at once."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import inspect, text

from casa_ogc.jobs import queueing, taking
from casa_ogc.jobs.queueing import Turn, ahead, next_numbers, turns
from casa_ogc.jobs.store import JobStore
from casa_processes.common.process import Cost
from tests.jobs.clocks import submitted

letters = st.lists(st.sampled_from("abcde"), max_size=12)
OF_OPEN_JOBS = ("casa_jobs_waiting", "casa_jobs_busy", "casa_jobs_open", "PRIMARY KEY")
KINDS = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]


def crowd(store, owners, begun, later):
    """Jobs of owners in their order; some are taken in between, and every third is given back."""
    jobs = [submitted(store, k, each, Cost(float(k))) for k, each in enumerate(owners)]
    for k, job in enumerate(store.take("local", begun)):
        if k % 3 == 2:
            store.requeue(job.id, job.attempt, "lost", count=False)
    more = enumerate(later, start=len(owners))
    return jobs + [submitted(store, k, each, Cost(float(k))) for k, each in more]


def sorted_at_once(store):
    """Numbers, ids and seconds of all that wait, by a sort of all rows."""
    facts = text("SELECT id, cpu_seconds FROM casa_jobs WHERE number = :number")
    with store.database.read() as connection:
        numbers = [row.number for row in connection.execute(taking._order())]
        return [(each, *connection.execute(facts, {"number": each}).one()) for each in numbers]


@pytest.mark.parametrize("kind", KINDS)
@given(owners=letters, begun=st.integers(0, 6), later=letters)
@settings(max_examples=8)
def test_few_rows_tell_the_same_order_as_all(new_url, kind, owners, begun, later):
    store = JobStore(new_url(kind))
    crowd(store, owners, begun, later)
    expected = sorted_at_once(store)
    ask, known = store.database.rows, turns(store.database.rows, 99)
    for count in (1, 3, 99):
        numbers = [number for number, *_ in expected]
        assert next_numbers(ask, count, known) == numbers[:count]
    seconds = 0.0
    for place, (_, job_id, each) in enumerate(expected):
        found = ahead(ask, job_id)
        assert (found.jobs, found.exact) == (place, True)
        assert found.seconds == pytest.approx(seconds)
        seconds += each
    store.close()


@given(
    owners=letters.filter(bool),
    begun=st.integers(0, 3),
    later=letters,
    most=st.tuples(st.integers(1, 4), st.integers(1, 6)),
)
@settings(max_examples=25)
def test_a_place_that_is_not_exact_is_a_lower_limit(new_url, owners, begun, later, most):
    store = JobStore(new_url("sqlite"))
    crowd(store, owners, begun, later)
    expected = sorted_at_once(store)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(queueing, "MOST_ACCOUNTS", most[0])
        patch.setattr(queueing, "MOST_JOBS", most[1])
        for place, (_, job_id, _) in enumerate(expected):
            found = ahead(store.database.rows, job_id)
            assert found.jobs <= place
            if found.exact:
                assert found.jobs == place
            elif len(turns(store.database.rows, 99)) <= most[0]:
                assert place > most[1] == found.jobs
    store.close()


def test_a_far_place_is_told_as_a_limit_without_a_time(store, monkeypatch):
    jobs = [submitted(store, number) for number in range(6)]
    monkeypatch.setattr(queueing, "MOST_JOBS", 4)
    found = [store.place(job) for job in jobs]
    assert [each.position for each in found] == [1, 2, 3, 4, 5, 5]
    assert [each.exact for each in found] == [True] * 5 + [False]
    assert [each.expected is None for each in found] == [False] * 5 + [True]


def test_what_does_not_wait_has_no_place(store):
    job = submitted(store)
    store.take("local", 1)
    assert ahead(store.database.rows, job.id) is None
    assert ahead(store.database.rows, "0" * 32) is None
    assert store.place(store.get(job.id)) is None
    assert turns(store.database.rows, 9) == []


def test_very_many_accounts_are_served_in_the_same_order(store, monkeypatch):
    monkeypatch.setattr(taking, "MOST_TURNS", 2)
    for number, owner in enumerate("aabcabd"):
        submitted(store, number, owner)
    assert "".join(job.owner for job in store.take("local", 5)) == "abcda"


def test_a_turn_counts_what_runs():
    assert Turn("a", 9, 1, 0.0, 2).key(1) > Turn("b", 9, 7, 0.0, 0).key(2)


def test_rows_that_wait_behind_are_not_read(store):
    for number in range(40):
        submitted(store, number, "ann")
    with store.database.write() as connection:
        connection.execute(text("ANALYZE"))
    if not store.database.embedded:
        return
    phrases = (queueing._HEAD, queueing._BEFORE, queueing._BUSY, queueing._TURNS)
    values = {"account": "ann", "most": 3, "number": 9}
    for phrase in phrases:
        words, given = phrase.spoken(store.database.engine.dialect, values)
        with store.database.read() as connection:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {words}", given).all()
        read = [row[3] for row in plan if "casa_jobs" in row[3]]
        assert read
        assert all(any(name in each for name in OF_OPEN_JOBS) for each in read), read


def test_a_database_of_the_first_version_gets_what_the_second_has(url):
    fresh = JobStore(url)
    job = submitted(fresh)
    before = described(fresh)
    with fresh.database.write() as connection:
        for words in (
            "DROP INDEX casa_jobs_waiting",
            "DROP INDEX casa_jobs_busy",
            "DROP TABLE casa_job_subscribers",
            "UPDATE casa_schema SET version = 1",
        ):
            connection.exec_driver_sql(words)
    fresh.close()
    later = JobStore(url)
    assert described(later) == before
    assert later.place(job).position == 1
    with later.database.read() as connection:
        told = connection.exec_driver_sql("SELECT told FROM casa_job_subscribers").scalars()
        assert list(told) == ["accepted"]
    later.close()


def described(store):
    """Tables, and the columns of their indexes by name."""
    found = inspect(store.database.engine)
    return {
        table: {each["name"]: each["column_names"] for each in found.get_indexes(table)}
        for table in found.get_table_names()
    }
