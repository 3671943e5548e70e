"""Engines: where jobs run. A Dask cluster on this machine, one that exists, or one on Slurm.

An engine only runs; what is true is in the store. It tells what it does with each task by name, so
that the broker can compare.
"""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial

from distributed import Future, KilledWorker, fire_and_forget

from casa_ogc.catalog.settings import Settings
from casa_ogc.jobs.attempt import AttemptTask, run_attempt
from casa_ogc.jobs.clusters import Connection, connected
from casa_ogc.jobs.engine_states import TaskState, ask_states, end_worker
from casa_ogc.jobs.errors import UnavailableError
from casa_ogc.jobs.lost_workers import MEMORY_TOPIC, MemoryKill, memory_kills
from casa_ogc.jobs.preload import resources
from casa_ogc.jobs.record import Job
from casa_processes.common.configuration import config_folder

_LOST = (OSError, RuntimeError, TimeoutError, ValueError)
_log = logging.getLogger(__name__)


class Engine:
    """A connected cluster.

    Parameters
    ----------
    connection
        To its scheduler.
    settings
        Of the site, with absolute folders.
    wake
        Is called, by any thread, when a task has ended.

    Attributes
    ----------
    name
        Is kept in the row of each job that it was given.
    ours
        Whether it ends with this process.
    memory_limit
        Most memory of a worker, as far as it is known.  [byte]
    """

    def __init__(
        self, connection: Connection, settings: Settings, wake: Callable[[], None]
    ) -> None:
        self.name, self.ours = connection.name, connection.ours
        self._connection, self._settings, self._wake = connection, settings, wake
        self._configuration = config_folder().absolute()
        self._futures: dict[tuple[str, int], Future[str]] = {}
        self._errors: dict[tuple[str, int], str] = {}
        self._lock = threading.Lock()
        self._refused: set[str] = set()
        self._fit = 0
        self._troubled = False
        self.memory_limit = 0

    @property
    def alive(self) -> bool:
        """Whether the scheduler is still there."""
        return str(self._connection.client.status) == "running"

    @property
    def places(self) -> int:
        """How many jobs it takes at a time."""
        return self._settings.jobs.concurrent or self._connection.most or self._fit

    @property
    def busy(self) -> int:
        """How many of the jobs it was given by this process are not over."""
        with self._lock:
            return len(self._futures)

    def submit(self, job: Job) -> None:
        """Give a job to the cluster, which runs it whether or not this process goes on."""
        task = AttemptTask(self._settings, self._configuration, job.id, job.attempt, resources())
        future = self._connection.client.submit(
            run_attempt,
            task,
            key=f"job-{job.id}-{job.attempt}",
            pure=False,
            resources=resources(),
        )
        fire_and_forget(future)
        owned = (job.id, job.attempt)
        with self._lock:
            self._futures[owned] = future
        future.add_done_callback(partial(self._over, owned))

    def states(self) -> list[TaskState]:
        """Return all tasks of ours that the scheduler knows.

        Raises
        ------
        UnavailableError
            When the scheduler does not answer.
        """
        (needed,) = resources()
        try:
            tasks, workers = ask_states(self._connection.client, needed)
        except _LOST as error:
            raise UnavailableError("scheduler", str(error)) from error
        self._fit = sum(worker.fit for worker in workers)
        self.memory_limit = max([self.memory_limit, *(worker.memory for worker in workers)])
        self._refuse({worker.address for worker in workers if not worker.fit})
        return tasks

    def troubled(self) -> bool:
        """Tell whether a task has ended otherwise than by itself since this was last asked."""
        with self._lock:
            troubled, self._troubled = self._troubled, False
        return troubled

    def errors(self) -> dict[tuple[str, int], str]:
        """Return why attempts could not be run at all, by job and attempt, and forget it."""
        with self._lock:
            errors, self._errors = self._errors, {}
        return errors

    def memory_kills(self) -> tuple[MemoryKill, ...]:
        """Return the workers that were ended because they used too much memory."""
        with suppress(*_LOST):
            return memory_kills(self._connection.client.get_events(MEMORY_TOPIC))
        return ()

    def end_worker(self, address: str) -> None:
        """End a worker's process at once; a new one takes its place."""
        with suppress(*_LOST):
            end_worker(self._connection.client, address)

    def _over(self, owned: tuple[str, int], future: "Future[str]") -> None:
        error = future.exception() if future.status == "error" else None
        with self._lock:
            if error is not None and not isinstance(error, KilledWorker):
                self._errors[owned] = f"{type(error).__name__}: {error}"
            self._troubled = self._troubled or future.status != "finished"
            self._futures.pop(owned, None)
        self._wake()

    def _refuse(self, unfit: set[str]) -> None:
        """Say once of each worker that it is given no jobs, and why."""
        for address in sorted(unfit - self._refused):
            _log.warning("worker %s is given no jobs: %s", address, REFUSED)
        self._refused = unfit


(_NEEDED,) = resources()
REFUSED = (
    f"it does not announce {_NEEDED}; it needs the same version of casa-ogc as this broker, one "
    "thread, and --preload casa_ogc.jobs.preload"
)
"""Why a worker is given no jobs."""


@contextmanager
def engine(settings: Settings, wake: Callable[[], None]) -> Iterator[Engine]:
    """Start or find the engine of the settings.

    Raises
    ------
    UnavailableError
        When there is none.
    """
    with connected(settings.jobs) as connection:
        yield Engine(connection, settings, wake)
