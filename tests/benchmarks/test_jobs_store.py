"""The benchmark of the store of jobs measures what it says, on stores filled as it says."""

import json
from contextlib import ExitStack

import pytest
from pygeoapi.process.manager.tinydb_ import TinyDBManager
from sqlalchemy import func, select

from benchmarks import bench_jobs_store, jobs_filling
from casa_ogc.jobs.queries import JobQuery
from casa_ogc.jobs.store import JobStore
from casa_ogc.jobs.tables import JOBS


@pytest.fixture
def store(tmp_path):
    opened = JobStore(f"sqlite:///{tmp_path / 'jobs.sqlite'}")
    yield opened
    opened.close()


def rows_in(store):
    with store.database.read() as connection:
        return connection.scalar(select(func.count()).select_from(JOBS))


def test_a_filled_store_holds_jobs_that_are_over(store):
    ids = jobs_filling.fill(store, 1234)
    assert rows_in(store) == len(set(ids)) == 1234
    job = store.get(ids[700])
    assert (job.status, job.owner) == ("successful", jobs_filling.owner(700))
    assert store.open_jobs() == []
    assert len(store.find(JobQuery(owner=jobs_filling.owner(7), limit=10)).jobs) == 3


def test_each_submit_adds_one_job(store):
    jobs_filling.fill(store, 10)
    for _ in range(5):
        bench_jobs_store.submit(store)
    assert rows_in(store) == 15
    assert len(store.open_jobs()) == 5


def test_pygeoapi_finds_the_jobs_that_were_filled_in(tmp_path):
    path = tmp_path / "jobs.json"
    ids = jobs_filling.fill_tinydb(path, 20)
    manager = TinyDBManager({"name": "TinyDB", "connection": str(path)})
    assert manager.get_job(ids[13])["identifier"] == ids[13]
    assert manager.get_jobs()["numberMatched"] == 20
    manager.add_job(jobs_filling.tinydb_job("new"))
    assert manager.get_job("new")["status"] == "successful"


def test_the_bare_commit_is_as_durable_as_the_store(tmp_path, store):
    end = ExitStack()
    commit = bench_jobs_store.bare_sqlite(tmp_path / "bare", end)
    commit()
    commit()
    (connection,) = [cell.cell_contents for cell in commit.__closure__]
    assert connection.execute("SELECT count(*) FROM bare").fetchone() == (2,)
    with store.database.write() as ours:
        for setting in ("journal_mode", "synchronous"):
            (bare,) = connection.execute(f"PRAGMA {setting}").fetchone()
            assert ours.exec_driver_sql(f"PRAGMA {setting}").scalar() == bare
    end.close()


def test_turns_alternate_and_medians_are_of_rounds():
    done = []
    steps = [lambda: done.append("a"), lambda: done.append("b")]
    times = bench_jobs_store.turns(steps, 3, steps=2)
    assert "".join(done) == "ab" * 7  # once before, then three rounds of two
    assert [len(one) for one in times] == [3, 3]


@pytest.mark.slow
def test_the_whole_benchmark_writes_a_row_for_each_question(tmp_path):
    options = ["--counts", "20", "40", "--rounds", "1", "--data", tmp_path, "--results", tmp_path]
    path = bench_jobs_store.main([str(option) for option in options])
    rows = json.loads(path.read_text())["rows"]
    assert [row["request"].partition(":")[0] for row in rows] == [
        "submit", "status of a job", "list of 10", "submit", "status of a job", "list of 10",
        "submit at 40 rows over submit at 20", "a change until another store has noticed",
    ]  # fmt: skip
    for row in rows[:6]:
        assert row["ours_ms"] > 0
        assert row["stock_ms"] > 0
