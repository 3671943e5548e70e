"""Sites whose jobs run on real clusters, for tests and benchmarks that kill their processes."""

import itertools
import json
import os
import signal
import socket
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
PRELOAD = "casa_ogc.jobs.preload"
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
        """Where the jobs of the site are."""
        return self.settings.jobs.folder

    def submit(self, process_id: str, *, response: str = "document", **inputs: Any) -> Job:
        """Accept a job."""
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
        """Accept a job and wait for its end."""
        return self.until(self.submit(process_id, **inputs))

    def outputs(self, job: Job) -> dict[str, Any]:
        """The outputs of a successful job."""
        return dict(results.read(self.folder, job).outputs)

    def log(self, job: Job) -> str:
        """The log of a job; empty when there is none."""
        path = results.log_path(self.folder, job.id)
        return path.read_text() if path.exists() else ""

    def said(self) -> str:
        """What the brokers printed."""
        return "\n".join(path.read_text() for path in sorted(self.config.glob("broker-*.log")))

    def start_broker(self, *words: str, **environment: str) -> subprocess.Popen[bytes]:
        """Start ``casa worker``, without a supervisor unless other words are given."""
        return self.start_program([*CASA, "worker", *(words or ("--once",))], **environment)

    def start_program(self, words: list[str], **environment: str) -> subprocess.Popen[bytes]:
        """Start a program of the site."""
        path = self.config / f"broker-{len(self.brokers)}.log"
        with path.open("wb") as said:
            broker = subprocess.Popen(
                words,
                env={**os.environ, "CASA_CONFIG": str(self.config), **environment},
                stdin=subprocess.PIPE,
                stdout=said,
                stderr=subprocess.STDOUT,
            )
        self.brokers.append(broker)
        return broker

    def programs(self) -> list[psutil.Process]:
        """All processes of the site, those too whose parents were killed."""
        found = []
        for each in psutil.process_iter():
            try:
                if each.environ().get("CASA_CONFIG") == str(self.config):
                    found.append(each)
            except psutil.Error:
                continue
        return found

    def close(self) -> None:
        """End all that was started."""
        for broker in self.brokers:
            end_tree(broker)
            if broker.stdin is not None:
                broker.stdin.close()
        for each in self.programs():
            each.kill()
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
    return [each for each in below if "spawn_main" in " ".join(words_of(each))]


def words_of(process: psutil.Process) -> list[str]:
    """The command of a process; nothing when it ends just now."""
    try:
        return list(process.cmdline())
    except psutil.Error:
        return []


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


def free_port() -> int:
    """A port of the loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class DaskCluster:
    """A scheduler and workers as an operator starts them, one process each."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.address = f"tcp://127.0.0.1:{self.port}"
        self.processes: list[subprocess.Popen[bytes]] = []

    def start(self, *words: str) -> subprocess.Popen[bytes]:
        """Start one of the commands of Dask."""
        path = self.folder / f"dask-{len(self.processes)}.log"
        with path.open("wb") as said:
            command = [sys.executable, "-m", "distributed.cli." + words[0], *words[1:]]
            started = subprocess.Popen(command, stdout=said, stderr=said, cwd=self.folder)
        self.processes.append(started)
        return started

    def scheduler(self) -> subprocess.Popen[bytes]:
        """Start the scheduler."""
        place = ("--host", "127.0.0.1", "--port", str(self.port), "--no-dashboard")
        return self.start(
            "dask_scheduler", *place, "--no-dashboard", "--dashboard-address", "127.0.0.1:0"
        )

    def worker(
        self, *words: str, preload: str = PRELOAD, threads: str = "1"
    ) -> subprocess.Popen[bytes]:
        """Start a worker with its nanny."""
        more = ("--preload-nanny", PRELOAD, "--preload", preload) if preload else ()
        return self.start(
            "dask_worker", self.address, "--nthreads", threads, "--no-dashboard",
            "--death-timeout", "60", *more, *words,
        )  # fmt: skip

    def end(self) -> None:
        """End all that was started."""
        for each in self.processes:
            if each.poll() is None:
                below = psutil.Process(each.pid).children(recursive=True)
                each.terminate()
                for child in [*below, each]:
                    child.kill()
                each.wait()


@contextmanager
def dask_cluster(folder: Path) -> Iterator[DaskCluster]:
    """A cluster to be started; it is ended afterwards."""
    cluster = DaskCluster(folder)
    try:
        yield cluster
    finally:
        cluster.end()


def wait_for(condition: Any, seconds: float = LONGEST) -> Any:
    """Wait until a condition gives something true, and return that."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := condition():
            return found
        time.sleep(0.02)
    raise AssertionError("waited in vain")


def is_open(job: Job) -> bool:
    """Whether a job is not over."""
    return job.status in OPEN
