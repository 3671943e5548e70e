"""Sites whose jobs run on real clusters, and the processes of them that tests kill."""

import itertools
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import yaml

from casa_ogc.catalog.settings import Settings, config_folder, load_settings
from casa_ogc.jobs import results
from casa_ogc.jobs.record import OPEN, Execution, Job
from casa_ogc.jobs.store import JobStore
from casa_processes.common.process import Cost
from casa_processes.common.registry import process

LONGEST = 180.0
CASA = (sys.executable, "-m", "casa_ogc.cli")
_count = itertools.count()


@dataclass
class EngineSite:
    """A site without a web server: its settings, its store, and the broker that a test starts."""

    config: Path
    settings: Settings
    store: JobStore
    brokers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def folder(self) -> Path:
        return self.settings.jobs.folder

    def submit(self, process_id: str, *, response: str = "document", **inputs: Any) -> Job:
        version = process(process_id).version
        execution = Execution(process_id, version, inputs, response=response)
        return self.store.submit(execution, owner="tester", cost=Cost(), key=str(next(_count)))[0]

    def until(self, job: Job, *statuses: str, seconds: float = LONGEST) -> Job:
        """Wait for one of some statuses; for the end when none is named."""
        wanted = statuses or ("successful", "failed", "dismissed")
        found = self.store.wait(job.id, lambda each: each.status in wanted, seconds)
        assert found.status in wanted, (found, self.log(job), self.said())
        return found

    def run(self, process_id: str, **inputs: Any) -> Job:
        return self.until(self.submit(process_id, **inputs))

    def outputs(self, job: Job) -> dict[str, Any]:
        return dict(results.read(self.folder, job).outputs)

    def log(self, job: Job) -> str:
        path = results.log_path(self.folder, job.id)
        return path.read_text() if path.exists() else ""

    def said(self) -> str:
        """What the brokers printed."""
        return "\n".join(path.read_text() for path in sorted(self.config.glob("broker-*.log")))

    def start_broker(self, *words: str, **environment: str) -> subprocess.Popen[bytes]:
        path = self.config / f"broker-{len(self.brokers)}.log"
        with path.open("wb") as said:
            broker = subprocess.Popen(
                [*CASA, "worker", *(words or ("--once",))],
                env={**os.environ, "CASA_CONFIG": str(self.config), **environment},
                stdin=subprocess.PIPE,
                stdout=said,
                stderr=subprocess.STDOUT,
            )
        self.brokers.append(broker)
        return broker

    def close(self) -> None:
        for broker in self.brokers:
            end_tree(broker)
            broker.stdin.close()
        self.store.close()

    def worker_of(self, job: Job) -> psutil.Process:
        """The process of the worker that runs a job, by the port it listens on."""
        address = self.until(job, "running").worker
        return listening_on(int(address.rpartition(":")[2]))


def listening_on(port: int) -> psutil.Process:
    """The process that listens on a port of this machine."""
    for each in psutil.net_connections("tcp"):
        if each.status == psutil.CONN_LISTEN and each.laddr.port == port and each.pid:
            return psutil.Process(each.pid)
    raise AssertionError(f"nobody listens on {port}")


def workers_of(broker: subprocess.Popen[bytes]) -> list[psutil.Process]:
    """The worker processes below a broker, however deep."""
    below = psutil.Process(broker.pid).children(recursive=True)
    return [each for each in below if "spawn_main" in " ".join(each.cmdline())]


def kill(process: subprocess.Popen[bytes] | psutil.Process) -> None:
    """Kill a process as the system does when memory is short."""
    os.kill(process.pid, signal.SIGKILL)


def end_tree(broker: subprocess.Popen[bytes]) -> None:
    """End a process that a test started and all its children."""
    if broker.poll() is not None:
        return
    below = psutil.Process(broker.pid).children(recursive=True)
    broker.terminate()
    try:
        broker.wait(20)
    except subprocess.TimeoutExpired:
        broker.kill()
        broker.wait()
    for each in below:
        if each.is_running():
            each.kill()


@contextmanager
def engine_site(folder: Path, **jobs: Any) -> Iterator[EngineSite]:
    """A site in a folder; settings of jobs may be given. No broker runs yet."""
    config = folder / "config"
    config.mkdir(parents=True)
    content = yaml.safe_load((config_folder() / "casa.yml").read_text())
    content["archive"] = str(folder / "archive")
    content["jobs"] = {"folder": str(folder / "jobs"), "workers": 2, "grace_seconds": 1.0, **jobs}
    (config / "casa.yml").write_text(json.dumps(content))
    (config / "products").mkdir()
    settings = load_settings(config)
    database = settings.jobs.database or f"sqlite:///{settings.jobs.folder / 'jobs.sqlite'}"
    site = EngineSite(config, settings, JobStore(database, settings.jobs.attempts))
    try:
        yield site
    finally:
        site.close()


def wait_for(condition: Any, seconds: float = LONGEST) -> Any:
    """Wait until a condition gives something true, and return that."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := condition():
            return found
        time.sleep(0.02)
    raise AssertionError("waited in vain")


def is_open(job: Job) -> bool:
    return job.status in OPEN
