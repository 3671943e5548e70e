"""Cost of the engine: an empty job end to end, stopping, and scaling from one to two workers.

An empty job is submitted and waited for; its pair is the least that any such service has to do: a
round trip through Dask to a worker of the same kind, four durable commits of SQLite (accepted,
taken, running, successful) and the fsyncs of one result (two files and their folders). Results go
to ``benchmarks/results/jobs-engine.json``.
"""

import argparse
import os
import sqlite3
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

import psutil
from distributed import Client

from benchmarks.jobs_site import EngineSite, engine_site
from benchmarks.services import report
from benchmarks.services.rounds import ratios
from casa_ogc.catalog.settings import Jobs
from casa_ogc.jobs.clusters import connected
from casa_ogc.jobs.record import Execution
from casa_processes.common.process import Cost

COMMITS = 4
FILES = 2
MOST_OVER_BARE = 2.0
COOPERATIVE, FORCED = 1.0, 10.0
EFFICIENT = 0.9
_STUBBORN = Path(__file__).parents[1] / "tests" / "jobs" / "stubborn.py"


def main(arguments: list[str] | None = None) -> Path:
    """Run the benchmark; returns the file of results."""
    given = _parser().parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="casa-engine-", dir=given.disk) as text:
        folder = Path(text)
        rows = [overhead(folder / "empty", given.pairs)]
        rows += stopping(folder / "stop", given.stops)
        rows.append(scaling(folder / "scale", given.seconds, given.repeats))
    for one in rows:
        print(one)
    content = {"benchmark": "jobs: the engine", "rows": rows}
    return report.write("jobs-engine", content, given.results)


def overhead(folder: Path, pairs: int) -> dict[str, Any]:
    """Time empty jobs and their bare pairs by turns."""
    ours, bare = [], []
    with engine_site(folder, workers=1) as site, bare_engine(folder / "bare") as least:
        site.start_broker()
        for warm in range(3):
            empty(site, f"warm {warm}")
            least()
        for number in range(pairs):
            ours.append(empty(site, str(number)))
            bare.append(least())
    ratio = report.spread(ratios(ours, bare))
    return {
        "what": "empty job, from submitting to successful",
        "ours_ms": round(median(ours) * 1000, 1),
        "limit_ms": round(median(bare) * 1000, 1),
        "ratio": ratio,
        "goal": f"<= {MOST_OVER_BARE:g}x Dask round trip + {COMMITS} commits + fsync",
        "reached": ratio["median"] <= MOST_OVER_BARE,
    }


def empty(site: EngineSite, text: str) -> float:
    """Seconds that an empty job takes."""
    begun = time.perf_counter()
    site.run("echo", stringInput=text)
    return time.perf_counter() - begun


@contextmanager
def bare_engine(folder: Path) -> Iterator[Any]:
    """A function that does the least, and returns the seconds it took."""
    folder.mkdir(parents=True)
    database = sqlite3.connect(folder / "bare.sqlite", isolation_level=None)
    for words in ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", "CREATE TABLE t (n, v)"):
        database.execute(words)
    database.execute("INSERT INTO t VALUES (1, 0)")
    with connected(Jobs(workers=1)) as connection:
        yield lambda: least(database, connection.client, folder)
    database.close()


def least(database: sqlite3.Connection, client: Client, folder: Path) -> float:
    """Commit, go to a worker and back, and flush a result."""
    begun = time.perf_counter()
    for _ in range(COMMITS):
        database.execute("UPDATE t SET v = v + 1 WHERE n = 1")
    client.submit(int, pure=False).result()
    for number in range(FILES):
        path = folder / f"{number}.json"
        path.write_bytes(b"{}" * 200)
        flush(path)
    flush(folder)
    flush(folder.parent)
    return time.perf_counter() - begun


def flush(path: Path) -> None:
    """Flush a file or folder to disk."""
    handle = os.open(path, os.O_RDONLY)
    os.fsync(handle)
    os.close(handle)


def stopping(folder: Path, count: int) -> list[dict[str, Any]]:
    """Time from dismissing a job until its worker is free, by asking and by force."""
    installed = install(folder / "installed")
    with engine_site(folder / "site", workers=1, grace_seconds=5.0) as site:
        site.start_broker(PYTHONPATH=installed)
        empty(site, "warm")
        asked = [stopped(site, "long", {"seconds": 600, "parts": 1}) for _ in range(count)]
        forced = [stopped(site, "stubborn", {"seconds": 600}) for _ in range(max(1, count // 4))]
    return [
        stop_row("dismissed job that asks whether to stop", asked, COOPERATIVE),
        stop_row("dismissed job that does not, 5 s of grace included", forced, FORCED),
    ]


def stopped(site: EngineSite, name: str, inputs: dict[str, Any]) -> float:
    """Seconds from dismissing until the row says so."""
    execution = Execution(name, "1.0.0", inputs)
    job, _ = site.store.submit(execution, owner="", cost=Cost(), key=str(time.time()))
    site.until(job, "running")
    time.sleep(1.0)
    begun = time.perf_counter()
    site.store.dismiss(job.id)
    site.until(job, "dismissed")
    return time.perf_counter() - begun


def stop_row(what: str, seconds: list[float], most: float) -> dict[str, Any]:
    """One row; the longest time counts."""
    longest = max(seconds)
    return {
        "what": what,
        "ours_ms": round(median(seconds) * 1000),
        "longest_ms": round(longest * 1000),
        "goal": f"<= {most:g} s",
        "reached": longest <= most,
    }


def install(folder: Path) -> str:
    """Install the process of the tests that does not stop; returns its path."""
    home = folder / "stubborn-1.0.dist-info"
    home.mkdir(parents=True)
    (folder / "stubborn.py").write_text(_STUBBORN.read_text())
    (home / "METADATA").write_text("Metadata-Version: 2.1\nName: stubborn\nVersion: 1.0\n")
    (home / "entry_points.txt").write_text("[casa.processes]\nstubborn = stubborn:STUBBORN\n")
    return str(folder)


def scaling(folder: Path, seconds: float, repeats: int) -> dict[str, Any]:
    """Time the same numerical job on one worker and on two, by turns."""
    taken: dict[int, list[float]] = {1: [], 2: []}
    for number in range(repeats):
        for workers in (1, 2):
            with engine_site(folder / f"{number}-{workers}", workers=workers) as site:
                site.start_broker()
                for text in "ab" * workers:
                    site.run("long", seconds=0.1, parts=4 * workers, seed=1 + ord(text))
                before = psutil.cpu_times()
                begun = time.perf_counter()
                job = site.submit("long", seconds=seconds, parts=60)
                site.until(job, seconds=20 * seconds + 60)
                taken[workers].append(time.perf_counter() - begun)
                stolen = psutil.cpu_times().user - before.user
    one, two = median(taken[1]), median(taken[2])
    efficiency = one / (2 * two)
    return {
        "what": f"numba work of {seconds:g} s in 60 parts, two workers against one",
        "ours_ms": round(two * 1000),
        "one_ms": round(one * 1000),
        "efficiency": round(efficiency, 2),
        "user_seconds_of_machine": round(stolen, 1),
        "note": "store, broker, scheduler and whatever else runs share the two cores",
        "goal": f">= {EFFICIENT:.0%}",
        "reached": efficiency >= EFFICIENT,
    }


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=60, help="empty jobs, and bare ones")
    parser.add_argument("--stops", type=int, default=12, help="jobs to dismiss")
    parser.add_argument("--seconds", type=float, default=60.0, help="work to scale")
    parser.add_argument("--repeats", type=int, default=2, help="of the work to scale")
    parser.add_argument("--disk", type=Path, default=None, help="where the sites are")
    parser.add_argument("--results", type=Path, default=report.RESULTS, help="folder of the JSON")
    return parser


if __name__ == "__main__":
    print(main(), file=sys.stderr)
