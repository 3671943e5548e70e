"""Clusters of Dask, as the settings ask for them."""

import asyncio
import logging
import os
import platform
import uuid
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import dask
from distributed import Client, LocalCluster, Security
from distributed.core import Status

from casa_ogc.catalog.settings import Jobs
from casa_ogc.jobs.errors import UnavailableError
from casa_ogc.jobs.preload import environment

PRELOAD = "casa_ogc.jobs.preload"
CONNECT = 20.0
"""Longest time to wait for a scheduler.  [s]"""
_LONG = "1h"
_AT_ONCE = 0.25
_NO_DASHBOARD: Mapping[str, Any] = {"dashboard": False, "dashboard_address": "127.0.0.1:0"}

CONFIGURATION: Mapping[str, Any] = {
    # The broker decides what is tried again, and whether the loss of a worker counts.
    "distributed.scheduler.allowed-failures": 0,
    # Results lie on disk. A worker that is paused or that spills would only wait for itself.
    "distributed.worker.memory.target": False,
    "distributed.worker.memory.spill": False,
    "distributed.worker.memory.pause": False,
    "distributed.worker.memory.terminate": 0.95,
    # Jobs are long: each that waits is worth a worker of its own.
    "distributed.scheduler.default-task-durations": {"job": _LONG, "part": _LONG},
    "distributed.adaptive.target-duration": "1s",
    "distributed.adaptive.wait-count": 30,
    # What nobody looks at is not measured: workers that wait cost nothing then.
    "distributed.worker.profile.enabled": False,
    "distributed.admin.tick.interval": "1s",
    "distributed.admin.system-monitor.interval": "5s",
    "distributed.admin.system-monitor.gil.enabled": False,
    "distributed.scheduler.active-memory-manager.start": False,
    "distributed.scheduler.work-stealing-interval": "500ms",
    # Nothing is told to whoever asks the web servers that Dask starts.
    "distributed.scheduler.http.routes": [],
    "distributed.worker.http.routes": [],
}
"""Settings of Dask for a scheduler of our own and its workers."""


@dataclass(frozen=True)
class Connection:
    """A cluster that can be given tasks.

    Attributes
    ----------
    name
        Tells this scheduler apart from all others, those before and after it included.
    client
        Connection to the scheduler.
    ours
        Whether the scheduler ends with this process.
    most
        Most workers there will be; 0 when that is not known.
    """

    name: str
    client: Client
    ours: bool
    most: int


@contextmanager
def connected(jobs: Jobs) -> Iterator[Connection]:
    """Start or find the cluster of the settings.

    Raises
    ------
    UnavailableError
        When there is no scheduler at the address, or the cluster cannot be started.
    """
    opener = {"local": _local, "slurm": _slurm}.get(jobs.cluster, _existing)
    with dask.config.set(CONFIGURATION), opener(jobs) as connection:
        yield connection


@contextmanager
def _local(jobs: Jobs) -> Iterator[Connection]:
    """Processes of this machine; they end with this one."""
    count = jobs.workers or os.cpu_count() or 1
    with (
        ExitStack() as ending,
        dask.config.set(
            {
                "distributed.nanny.pre-spawn-environ": environment(),
                # Nannies begin lost workers again; the cluster would give up those that are slow.
                "distributed.deploy.lost-worker-timeout": "365d",
            }
        ),
        LocalCluster(
            n_workers=count,
            threads_per_worker=1,
            processes=True,
            host="127.0.0.1",
            dashboard_address=None,
            scheduler_kwargs=_NO_DASHBOARD,
            memory_limit=jobs.memory,
            preload=[PRELOAD],
            security=True,
        ) as cluster,
        Client(cluster, timeout=CONNECT) as client,
    ):
        try:
            yield Connection(_unique("local"), client, ours=True, most=count)
        finally:
            spoken = ("nanny", "scheduler", "comm.tcp")
            ending.enter_context(_unsaid(*(f"distributed.{name}" for name in spoken)))
            cluster.sync(_end_workers, list(cluster.workers.values()))


async def _end_workers(nannies: Iterable[Any]) -> None:
    """End the workers at once: nothing that they still do is waited for."""
    ends = []
    for nanny in nannies:
        nanny.status = Status.closing_gracefully  # or else it would begin a new one
        if nanny.process is not None:
            ends.append(nanny.process.kill(timeout=_AT_ONCE))
    await asyncio.gather(*ends, return_exceptions=True)


@contextmanager
def _unsaid(*names: str) -> Iterator[None]:
    """Let Dask not call it an error that workers and what they do are ended on purpose."""
    before = {logger: logger.level for logger in map(logging.getLogger, names)}
    for logger in before:
        logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        for logger, level in before.items():
            logger.setLevel(level)


@contextmanager
def _existing(jobs: Jobs) -> Iterator[Connection]:
    """A scheduler that others run; what it does goes on without us."""
    try:
        client = Client(jobs.cluster, timeout=CONNECT, security=Security())
    except (OSError, TimeoutError) as error:
        raise UnavailableError(f"scheduler {jobs.cluster}", str(error)) from error
    with client:
        identity = client.scheduler_info(n_workers=0)["id"]
        yield Connection(f"{jobs.cluster} {identity}", client, ours=False, most=0)


@contextmanager
def _slurm(jobs: Jobs) -> Iterator[Connection]:
    """Workers as jobs of Slurm, as many as there is work for; the scheduler is in this process."""
    from casa_ogc.jobs.allocations import Allocations, NumberedCluster

    folder = jobs.folder.absolute()
    certificates = folder / "certificates"
    certificates.mkdir(mode=0o700, parents=True, exist_ok=True)
    slurm = jobs.slurm
    with (
        # Lost workers are given up by our own judgement, and by that alone.
        dask.config.set({"distributed.deploy.lost-worker-timeout": "365d"}),
        NumberedCluster(
            name="slurm",
            queue=slurm.partition,
            account=slurm.account,
            walltime=slurm.walltime,
            cores=1,
            processes=1,
            memory=slurm.memory,
            interface=slurm.interface,
            job_extra_directives=list(slurm.directives),
            job_script_prologue=[*_exports(), *slurm.prologue],
            worker_extra_args=["--preload", PRELOAD, "--preload-nanny", PRELOAD, "--no-dashboard"],
            scheduler_options=_NO_DASHBOARD,
            log_directory=str(folder / "slurm"),
            local_directory=None,
            death_timeout=120,
            security=True,
            shared_temp_directory=str(certificates),
        ) as cluster,
        Client(cluster, timeout=CONNECT) as client,
    ):
        cluster.adapt(
            Adaptive=Allocations,
            minimum_jobs=slurm.minimum,
            maximum_jobs=slurm.maximum,
            interval="500ms",
            directives=slurm.directives,
        )
        yield Connection(_unique("slurm"), client, ours=True, most=slurm.maximum)


def _exports() -> list[str]:
    """Return shell lines that give a worker its environment before Python starts."""
    given = {name: value for name, value in environment().items() if name != "NUMBA_CACHE_DIR"}
    given |= {name: os.environ[name] for name in os.environ if name.startswith("CASA_")}
    given |= {
        f"DASK_DISTRIBUTED__WORKER__MEMORY__{name}": "False"
        for name in ("TARGET", "SPILL", "PAUSE")
    }
    return [f"export {name}='{_quoted(value)}'" for name, value in sorted(given.items())]


def _quoted(value: str) -> str:
    return value.replace("'", "'\\''")


def _unique(kind: str) -> str:
    return f"{kind} {platform.node()} {os.getpid()} {uuid.uuid4().hex[:12]}"
