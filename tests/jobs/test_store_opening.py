"""Opening a store: what is made, what is refused, and what happens when a database goes away."""

import os
import sqlite3
import subprocess
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import inspect, text
from sqlalchemy.exc import ProgrammingError

from casa_ogc.jobs import database, migration
from casa_ogc.jobs.database import Database
from casa_ogc.jobs.errors import NewerSchemaError, SharedDiskError, UnavailableError
from casa_ogc.jobs.instants import parse
from casa_ogc.jobs.store import JobStore
from casa_ogc.jobs.tables import METADATA, VERSION
from casa_processes.common.errors import CasaError, InvalidValueError
from tests.house.checkout import ROOT
from tests.jobs.clocks import submitted
from tests.jobs.conftest import DATABASES
from tests.jobs.test_waking import changed_after


def versioned(url, version):
    """Open a store, write a version into it, and close it."""
    store = JobStore(url)
    with store.database.write() as connection:
        connection.execute(text(f"UPDATE casa_schema SET version = {version}"))
    store.close()


def test_the_tables_are_made_once_and_kept(url):
    first = JobStore(url)
    job = submitted(first)
    names = set(inspect(first.database.engine).get_table_names())
    assert names >= set(METADATA.tables)
    first.close()
    second = JobStore(url)
    assert second.get(job.id) == job
    second.close()


def test_tables_of_a_newer_version_are_refused_and_left_alone(url):
    versioned(url, VERSION + 1)
    with pytest.raises(NewerSchemaError, match=f"version {VERSION + 1} .* knows version {VERSION}"):
        JobStore(url)
    with pytest.raises(NewerSchemaError):
        JobStore(url)


def test_tables_of_an_older_version_are_brought_up_to_date(url, monkeypatch):
    versioned(url, VERSION - 1)
    statement = "ALTER TABLE casa_leases ADD COLUMN note VARCHAR(9)"
    monkeypatch.setitem(migration.UPGRADES, VERSION - 1, (statement,))
    for _ in range(2):  # the second time nothing is left to do, and nothing is done twice
        store = JobStore(url)
        columns = {
            each["name"] for each in inspect(store.database.engine).get_columns("casa_leases")
        }
        assert "note" in columns
        store.close()


def test_an_upgrade_that_fails_changes_nothing(url, monkeypatch):
    versioned(url, VERSION - 1)
    wrong = (
        "ALTER TABLE casa_leases ADD COLUMN note VARCHAR(9)",
        "ALTER TABLE nothing ADD COLUMN x",
    )
    monkeypatch.setitem(migration.UPGRADES, VERSION - 1, wrong)
    with pytest.raises((UnavailableError, ProgrammingError), match="nothing"):
        JobStore(url)
    monkeypatch.setitem(migration.UPGRADES, VERSION - 1, wrong[:1])
    JobStore(url).close()


def opened_at_once(url, many):
    """Open stores from threads that start together; returns what went wrong."""
    barrier, errors = threading.Barrier(many), []

    def work():
        barrier.wait()
        try:
            JobStore(url).close()
        except CasaError as error:
            errors.append(error)

    threads = [threading.Thread(target=work) for _ in range(many)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return errors


def test_several_may_open_an_empty_database_at_once(url):
    assert opened_at_once(url, 5) == []


def test_sqlite_waits_for_the_disk_at_every_commit(new_url):
    store = JobStore(new_url("sqlite"))
    with store.database.write() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2  # FULL
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
    store.close()


@pytest.mark.parametrize("kind", ["nfs4", "lustre"])
def test_sqlite_on_a_disk_of_several_machines_is_refused(kind, tmp_path, monkeypatch):
    monkeypatch.setattr(database, "shared_kind", lambda path: kind if "jobs" in str(path) else "")
    with pytest.raises(SharedDiskError, match=kind) as caught:
        JobStore(f"sqlite:///{tmp_path / 'jobs' / 'jobs.sqlite'}")
    assert "PostgreSQL" in str(caught.value)
    assert not (tmp_path / "jobs").exists()


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "nonsense",
        "mysql://x/y",
        "sqlite://",
        "sqlite:///:memory:",
        "nodialect://x",
        "sqlite:///",
    ],
)
def test_an_address_that_is_no_database_of_ours_is_refused(wrong):
    with pytest.raises(InvalidValueError, match=r"jobs\.database"):
        JobStore(wrong)


def test_a_password_is_never_told():
    with pytest.raises(UnavailableError) as caught:
        JobStore("postgresql://someone:secret@127.0.0.1:1/jobs?connect_timeout=2")
    assert "secret" not in str(caught.value)
    assert "secret" not in caught.value.database


def test_a_file_that_is_no_database_is_told_in_words(tmp_path):
    path = tmp_path / "jobs.sqlite"
    path.write_bytes(b"this is not a database, however long it may be" * 100)
    with pytest.raises(UnavailableError, match="not a database"):
        JobStore(f"sqlite:///{path}")


def test_a_folder_that_cannot_be_made_is_told_in_words(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InvalidValueError, match="file"):
        JobStore(f"sqlite:///{tmp_path / 'file' / 'jobs.sqlite'}")


def test_a_database_that_stays_locked_is_told_in_words(new_url, monkeypatch):
    monkeypatch.setattr(database, "_BUSY_SECONDS", 0.05)
    url = new_url("sqlite")
    store = JobStore(url)
    other = sqlite3.connect(Path(url.removeprefix("sqlite:///")), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(UnavailableError, match="locked"):
        submitted(store)
    other.execute("ROLLBACK")
    other.close()
    submitted(store)
    store.close()


def test_readers_do_not_wait_for_a_writer(new_url):
    store = JobStore(new_url("sqlite"))
    job = submitted(store)
    with store.database.write() as connection:
        connection.execute(text("UPDATE casa_jobs SET status = 'running'"))
        assert store.get(job.id).status == "accepted"
        assert len(store.open_jobs()) == 1
    assert store.get(job.id).status == "running"
    store.close()


def test_a_change_that_fails_half_way_leaves_nothing(url):
    opened = Database(url)
    values = "('x', 'h', '2026')"
    with pytest.raises(ZeroDivisionError), opened.write() as connection:
        connection.execute(text(f"INSERT INTO casa_leases (name, holder, until) VALUES {values}"))
        raise ZeroDivisionError
    with opened.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM casa_leases")).scalar() == 0
    opened.close()


@pytest.mark.postgres
def test_a_store_goes_on_when_its_server_was_started_again(postgres_server):
    store = JobStore(postgres_server())
    job = submitted(store)
    seen = store.changed()
    postgres_server.restart()
    assert store.get(job.id) == job
    assert changed_after(store, seen, 10) != seen
    submitted(store, 1)
    assert len(store.open_jobs()) == 2
    store.close()


FORK = """
import os, sys
from pathlib import Path
from casa_ogc.catalog.settings import Jobs
from casa_ogc.jobs.store import open_store
from casa_ogc.jobs.record import Execution
from casa_processes.common.process import Cost

jobs = Jobs(folder=Path(sys.argv[1]))
store = open_store(jobs)
job, _ = store.submit(Execution("echo", "1", {}), owner="ann", cost=Cost())
if os.fork() == 0:
    own = open_store(jobs)
    os._exit(0 if own is not store and own.dismiss(job.id).status == "dismissed" else 1)
assert os.waitstatus_to_exitcode(os.wait()[1]) == 0
assert store.get(job.id).status == "dismissed"
"""


def test_a_forked_process_opens_its_own_connections(tmp_path):
    path = f"{ROOT}{os.pathsep}{ROOT / 'processes'}"
    command = [sys.executable, "-c", FORK, tmp_path / "jobs"]
    subprocess.run(command, check=True, env={**os.environ, "PYTHONPATH": path}, timeout=120)


@pytest.mark.parametrize("kind", DATABASES)
def test_the_clock_is_that_of_the_database(kind, new_url):
    opened = Database(new_url(kind))
    ahead = (parse(opened.now()) - datetime.now(UTC)).total_seconds()
    assert abs(ahead) < 5
    if kind == "postgresql":
        opened._skew += 3600.0
        assert (parse(opened.now()) - datetime.now(UTC)).total_seconds() > 3500
    opened.close()
