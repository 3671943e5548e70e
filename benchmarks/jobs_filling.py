"""Stores of jobs filled with many rows: ours, and that of stock pygeoapi (TinyDB)."""

import json
from collections.abc import Iterator
from pathlib import Path
from secrets import token_hex
from typing import Any

from sqlalchemy import insert, text

from casa_ogc.jobs.record import Execution
from casa_ogc.jobs.rows import content_hash, execution_text
from casa_ogc.jobs.store import JobStore
from casa_ogc.jobs.tables import ACCOUNTS, JOBS

OWNERS = 500
INSTANT = "2026-01-01T00:00:00.000Z"
_CHUNK = 5000


def execution(number: int) -> Execution:
    """Return a request of usual size that differs from all others."""
    inputs = {"collection": "oco2-xco2", "datetime": "2020-01-01/2020-12-31", "number": number}
    return Execution(
        "smoothed-column", "1.0.0", inputs, {"collection": {"snapshot": token_hex(16)}}
    )


def owner(number: int) -> str:
    """Return whose job it is."""
    return f"user-{number % OWNERS}"


def fill(store: JobStore, count: int) -> list[str]:
    """Add rows of jobs that are over; returns their ids."""
    ids: list[str] = []
    with store.database.write() as connection:
        accounts = [{"account": owner(number), "result_bytes": 0} for number in range(OWNERS)]
        connection.execute(insert(ACCOUNTS), accounts)
        for start in range(0, count, _CHUNK):
            rows = list(_rows(range(start, min(count, start + _CHUNK))))
            connection.execute(insert(JOBS), rows)
            ids += [row["id"] for row in rows]
    with store.database.write() as connection:
        connection.execute(text("ANALYZE"))
    return ids


def fill_tinydb(path: Path, count: int) -> list[str]:
    """Write the file of pygeoapi's manager as it would after so many jobs; returns their ids."""
    ids = [token_hex(16) for _ in range(count)]
    table = {str(number): tinydb_job(name) for number, name in enumerate(ids, start=1)}
    path.write_text(json.dumps({"_default": table}))
    return ids


def tinydb_job(name: str) -> dict[str, Any]:
    """Return the row that pygeoapi 0.24 keeps of a job."""
    return {
        "type": "process",
        "identifier": name,
        "process_id": "smoothed-column",
        "created": INSTANT,
        "started": INSTANT,
        "finished": INSTANT,
        "updated": INSTANT,
        "status": "successful",
        "location": f"/var/results/smoothed-column-{name}",
        "mimetype": "application/json",
        "message": "Job complete",
        "progress": 100,
    }


def _rows(numbers: range) -> Iterator[dict[str, Any]]:
    for number in numbers:
        written = execution_text(execution(-number - 1))
        yield {
            "id": token_hex(16),
            "owner": owner(number),
            "account": owner(number),
            "process_id": "smoothed-column",
            "execution": written,
            "content_hash": content_hash(written, owner(number)),
            "request_key": "",
            "status": "successful",
            "created": INSTANT,
            "updated": INSTANT,
            "started": INSTANT,
            "finished": INSTANT,
            "seconds": 1.0,
            "attempt": 1,
            "progress": 100,
            "result": token_hex(32),
            "cpu_seconds": 1.0,
            "memory": 10**8,
            "result_bytes": 0,
            "keep_seconds": 1e9,
            "expires": "2999-01-01T00:00:00.000Z",
        }
