"""What is asked with every request and every second reads no more rows when there are more."""

import pytest
from sqlalchemy import event, text

from casa_ogc.jobs import quotas, submitting
from casa_ogc.jobs.record import Failure
from casa_processes.common.process import Cost
from tests.jobs.clocks import execution, expected_start, position, submitted

OVER = 60


@pytest.fixture
def crowded(store):
    """A store of many jobs that are over and few that are not, of which the planner has counts.

    With counts a planner knows that most rows have one status, and may rather read them all.
    """
    for number in range(OVER):
        job = submitted(store, number, f"user-{number % 3}")
        store.dismiss(job.id)
    for number in range(3):
        submitted(store, 1000 + number)
    (taken,) = store.take("local", 1)
    store.start(taken.id, taken.attempt, "w")
    with store.database.write() as connection:
        connection.execute(text("ANALYZE"))
    return store


QUESTIONS = {
    "take": lambda store, job: store.take("local", 1),
    "take nothing": lambda store, job: store.take("local", 9) + store.take("local", 9),
    "open jobs": lambda store, job: store.open_jobs(),
    "position": lambda store, job: position(store, job),
    "expected start": lambda store, job: expected_start(store, job),
    "usage": lambda store, job: store.usage("ann"),
    "expire": lambda store, job: store.expire(),
    "beat": lambda store, job: store.beat(job.id, 1, 5),
    "dismissed": lambda store, job: store.dismissed(job.id, 1),
    "fail": lambda store, job: store.fail(job.id, 1, Failure("E", "m")),
    "requeue": lambda store, job: store.requeue(job.id, 1, "lost"),
    "dismiss": lambda store, job: store.dismiss(job.id),
}


def said(store, question):
    """The statements of a question with their values, as the driver got them."""
    found = []

    def note(_connection, _cursor, words, values, _context, _many):
        if words.startswith(("SELECT", "UPDATE")):
            found.append((words, values))

    event.listen(store.database.engine, "before_cursor_execute", note)
    try:
        question()
    finally:
        event.remove(store.database.engine, "before_cursor_execute", note)
    return found


def steps(store, words, values):
    """The plan of a statement, a line a step."""
    with store.database.read() as connection:
        if store.database.embedded:
            rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {words}", values).all()
            return [row[3] for row in rows]
        connection.exec_driver_sql("SET enable_seqscan = off")
        rows = connection.exec_driver_sql(f"EXPLAIN {words}", values).all()
        connection.exec_driver_sql("RESET enable_seqscan")
        return [row[0] for row in rows]


@pytest.mark.parametrize("question", QUESTIONS)
def test_no_question_reads_the_whole_table(crowded, question):
    job = crowded.open_jobs()[0]
    job = crowded.get(job.id)
    asked = said(crowded, lambda: QUESTIONS[question](crowded, job))
    assert asked or question in ("usage", "position", "expected start")
    for words, values in asked:
        for step in steps(crowded, words, values):
            assert step != "SCAN casa_jobs", words
            assert "Seq Scan on casa_jobs" not in step, words


@pytest.mark.parametrize("name", ["_USED", "_SAME_KEY", "_SAME_CONTENT"])
def test_no_phrase_of_a_submit_reads_the_whole_table(crowded, name):
    phrase = getattr(quotas if name == "_USED" else submitting, name)
    given = {"account": "user-1", "since": "2000", "key": "k", "digest": "d"}
    words, values = phrase.spoken(crowded.database.engine.dialect, given)
    used = steps(crowded, words, values)
    assert any("casa_jobs" in step for step in used)
    for step in used:
        assert not step.startswith("SCAN casa_jobs")
        assert "Seq Scan on casa_jobs" not in step


def test_a_submit_to_a_crowded_store_is_what_it_was(crowded):
    first, new = crowded.submit(execution(1), owner="new", cost=Cost(), same_seconds=60.0)
    assert new
    assert crowded.submit(execution(1), owner="new", cost=Cost(), same_seconds=60.0) == (
        first,
        False,
    )
    assert crowded.usage("new").open_jobs == 1
