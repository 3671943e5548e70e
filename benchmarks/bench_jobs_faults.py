"""Count the jobs that are lost under random ``kill -9`` of server, broker, scheduler and worker.

Jobs are submitted without a pause. Every few moments a process is drawn and killed. A job counts
as lost when it is not successful at the end, as wrong when its numbers are not those of a run
without a cluster. The first site has the cluster that ``casa serve`` starts (its scheduler is in
the broker; the server is a process that holds the lifeline, as ``casa serve`` does), the second a
scheduler and workers that others run. Results go to ``benchmarks/results/jobs-faults.json``.
"""

import argparse
import random
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

import psutil

from benchmarks.jobs_site import (
    DaskCluster,
    EngineSite,
    dask_cluster,
    engine_site,
    kill,
    words_of,
    workers_of,
)
from benchmarks.services import report
from casa_ogc.jobs.record import Job
from casa_processes.common.context import SerialContext
from casa_processes.common.registry import process

WORK = {"seconds": 0.3, "parts": 2}
SEEDS = 5
OPEN = 12
PAUSES = (0.1, 4.0)
"""Shortest and longest time from when jobs run to the next kill.  [s]"""
_SERVER = (
    "import time\nfrom casa_ogc.jobs.supervision import companion\n"
    "with companion() as ready:\n    ready()\n    time.sleep(1e6)\n"
)
RECOVERED = 10.0
SURELY = timedelta(seconds=0.3)
"""A sign of life so long after a kill was given by somebody who lives."""


class Local:
    """The processes of a site with its own cluster."""

    def __init__(self, site: EngineSite) -> None:
        self.site = site
        self.server = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        return self.site.start_program([sys.executable, "-c", _SERVER])

    def victims(self) -> dict[str, list[psutil.Process]]:
        """What can be killed now, by kind."""
        below = [psutil.Process(self.server.pid)]
        found: dict[str, list[psutil.Process]] = {"server": below, "broker": [], "worker": []}
        for each in self.site.programs():
            words = " ".join(words_of(each))
            if "--once" in words:
                found["broker"].append(each)
            elif "spawn_main" in words:
                found["worker"].append(each)
        return found

    def tend(self) -> None:
        """Begin again what an operator or the system would."""
        if self.server.poll() is not None:
            self.server = self._start()


class Existing:
    """The processes of a site whose scheduler and workers others run."""

    def __init__(self, site: EngineSite, cluster: DaskCluster) -> None:
        self.site, self.cluster = site, cluster
        self.scheduler = cluster.scheduler()
        cluster.worker()
        cluster.worker()
        self.supervisor = site.start_broker("--cluster", cluster.address)

    def victims(self) -> dict[str, list[psutil.Process]]:
        """What can be killed now, by kind."""
        brokers = psutil.Process(self.supervisor.pid).children()
        workers = [
            worker
            for each in self.cluster.processes
            if each.poll() is None and each is not self.scheduler
            for worker in workers_of(each)
        ]
        scheduler = [psutil.Process(self.scheduler.pid)]
        return {"scheduler": scheduler, "broker": brokers, "worker": workers}

    def tend(self) -> None:
        """Begin the scheduler again, and workers that ended with it."""
        if self.scheduler.poll() is not None:
            self.scheduler = self.cluster.scheduler()
        living = [each for each in self.cluster.processes if each.poll() is None]
        for _ in range(3 - len(living)):
            self.cluster.worker()


def main(arguments: list[str] | None = None) -> Path:
    """Run the benchmark; returns the file of results."""
    given = _parser().parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="casa-faults-") as text:
        folder = Path(text)
        expected = digests(folder)
        first = run(local(folder / "local"), given.kills - given.kills // 3, given.seed, expected)
        second = run(existing(folder / "other"), given.kills // 3, given.seed + 1, expected)
    rows = [
        row("cluster of casa serve", *first),
        row("scheduler of others", *second),
    ]
    for one in rows:
        print(one)
    content = {"benchmark": "jobs: random kill -9", "seed": given.seed, "rows": rows}
    return report.write("jobs-faults", content, given.results)


def digests(folder: Path) -> dict[int, str]:
    """What each seed gives without a cluster."""
    found = process("long")
    context = SerialContext(folder)
    return {
        seed: found.load()(found.validate({**WORK, "seed": seed}), context).model_dump()["digest"]
        for seed in range(1, SEEDS + 1)
    }


@contextmanager
def local(folder: Path) -> Iterator[Local]:
    """A site with its own cluster of two workers."""
    with engine_site(folder, attempts=1000) as site:
        yield Local(site)


@contextmanager
def existing(folder: Path) -> Iterator[Existing]:
    """A site on a scheduler of others with two workers."""
    folder.mkdir(parents=True)
    with dask_cluster(folder) as cluster, engine_site(folder / "site", attempts=1000) as site:
        yield Existing(site, cluster)


def run(
    opened: Any, kills: int, seed: int, expected: dict[int, str]
) -> tuple[dict[str, list[float]], int, int, int]:
    """Kill again and again; returns the times to recover by kind, and jobs, lost and wrong."""
    draw = random.Random(seed)
    times: dict[str, list[float]] = defaultdict(list)
    with opened as processes:
        site: EngineSite = processes.site
        jobs: list[Job] = []
        for number in range(kills):
            submit(site, jobs)
            begun(processes, jobs)
            time.sleep(draw.uniform(*PAUSES))
            kind, victim = drawn(draw, processes)
            running = [each for each in site.store.open_jobs() if each.status == "running"]
            kill(victim)
            instant = time.monotonic()
            victim.wait()
            processes.tend()
            times[kind].append(recovered(processes, running, instant))
            print(f"{number + 1}: {kind} {times[kind][-1]:.1f} s, {len(jobs)} jobs", flush=True)
        end = time.monotonic() + 300
        while site.store.open_jobs() and time.monotonic() < end:
            processes.tend()
            time.sleep(0.2)
        found = [site.store.get(job.id) for job in jobs]
        lost = sum(job.status != "successful" for job in found)
        wrong = sum(
            site.outputs(job)["digest"] != expected[int(job.execution.inputs["seed"])]
            for job in found
            if job.status == "successful"
        )
        return times, len(jobs), lost, wrong


def submit(site: EngineSite, jobs: list[Job]) -> None:
    """Keep some jobs open."""
    for _ in range(OPEN - len(site.store.open_jobs())):
        jobs.append(site.submit("long", **WORK, seed=1 + len(jobs) % SEEDS))


def begun(processes: Any, jobs: list[Job]) -> None:
    """Wait until a job runs, so that a kill hits work."""
    site: EngineSite = processes.site
    end = time.monotonic() + 240
    while time.monotonic() < end:
        if any(each.status == "running" for each in site.store.open_jobs()):
            return
        submit(site, jobs)
        processes.tend()
        time.sleep(0.1)
    raise TimeoutError(site.said())


def drawn(draw: random.Random, processes: Any) -> tuple[str, psutil.Process]:
    """Draw a kind that there is, workers as often as all others together, and one of it."""
    victims = {kind: found for kind, found in processes.victims().items() if found}
    others = [kind for kind in victims if kind != "worker"]
    kind = "worker" if "worker" in victims and draw.random() < 0.5 else draw.choice(others)
    return kind, draw.choice(victims[kind])


def recovered(processes: Any, running: list[Any], instant: float) -> float:
    """Seconds until each job that ran is over, in the queue, taken again or alive."""
    site: EngineSite = processes.site
    left = {job.id: job for job in running}
    later = (datetime.now(UTC) + SURELY).isoformat()[:23]
    while left and time.monotonic() - instant < 120:
        for job_id, before in list(left.items()):
            now = site.store.get(job_id)
            alive = (now.heartbeat or "") > later
            if now.status != "running" or now.attempt > before.attempt or alive:
                del left[job_id]
        processes.tend()
        time.sleep(0.05)
    return time.monotonic() - instant


def row(where: str, times: dict[str, list[float]], jobs: int, lost: int, wrong: int) -> Any:
    """One row of the table."""
    every = [each for found in times.values() for each in found]
    counts = ", ".join(f"{len(found)} {kind}" for kind, found in sorted(times.items()))
    return {
        "where": where,
        "kills": counts,
        "jobs": jobs,
        "lost": lost,
        "wrong_numbers": wrong,
        "recovered_median_s": round(median(every), 1),
        "recovered_most_s": round(max(every), 1),
        "goal": f"0 lost, 0 wrong, taken up again within {RECOVERED:g} s",
        "reached": lost == wrong == 0 and max(every) <= RECOVERED,
    }


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=100, help="processes to kill")
    parser.add_argument("--seed", type=int, default=20231121, help="of what is drawn")
    parser.add_argument("--results", type=Path, default=report.RESULTS, help="folder of the JSON")
    return parser


if __name__ == "__main__":
    print(main(), file=sys.stderr)
