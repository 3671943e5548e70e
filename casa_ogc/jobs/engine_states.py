"""What the scheduler of Dask knows of our tasks, asked of any scheduler without our code on it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from distributed import Client

type State = Literal["waiting", "running", "over"]
"""Not yet on a worker, on one, or ended one way or another."""


@dataclass(frozen=True)
class TaskState:
    """A task that the scheduler knows.

    Attributes
    ----------
    key
        Its name: ``job-<id>-<attempt>`` or ``part-<id>-<attempt>-...``.
    state
        What becomes of it.
    worker
        Address of the worker that has it, if one has.
    """

    key: str
    state: State
    worker: str

    @property
    def job(self) -> tuple[str, int]:
        """Id and attempt of the job that the task belongs to."""
        _, job_id, attempt, *_ = self.key.split("-")
        return job_id, int(attempt)


@dataclass(frozen=True)
class WorkerState:
    """A worker: its address, whether it takes our jobs, and its limit of memory in bytes."""

    address: str
    fit: bool
    memory: int


def ask_states(client: "Client", resource: str) -> tuple[list[TaskState], list[WorkerState]]:
    """Return all our tasks and all workers, as the scheduler knows them now."""
    tasks, workers = client.run_on_scheduler(_question(resource))
    return [TaskState(*each) for each in tasks], [WorkerState(*each) for each in workers]


def _question(resource: str) -> Callable[..., Any]:
    """Return a function of a scheduler; a closure travels by value, names of ours do not."""

    def known(dask_scheduler: Any) -> Any:
        tasks = []
        for key, task in dask_scheduler.tasks.items():
            if not (isinstance(key, str) and key.startswith(("job-", "part-"))):
                continue
            if task.state == "processing":
                found = ("running", task.processing_on.address)
            elif task.state in ("memory", "erred", "forgotten"):
                found = ("over", "")
            else:
                found = ("waiting", "")
            tasks.append((key, *found))
        workers = [
            (each.address, resource in each.resources, each.memory_limit)
            for each in dask_scheduler.workers.values()
        ]
        return tasks, workers

    return known


def end_worker(client: "Client", address: str) -> None:
    """End the process of a worker at once; its nanny starts a new one, neighbours stay.

    Raises
    ------
    OSError, RuntimeError, ValueError
        When the worker is gone, or has no nanny.
    """
    client.run(_ending(), workers=[address], nanny=True)


def _ending() -> Callable[..., Any]:
    async def end(dask_worker: Any) -> None:
        await dask_worker.kill(timeout=0.25, reason="asked to stop")

    return end
