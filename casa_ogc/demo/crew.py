"""Processes that make things side by side and end with the one that started them."""

import os
import signal
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from multiprocessing import get_context, parent_process
from queue import Empty
from threading import Thread
from typing import Any

from casa_processes.common.errors import CasaError

type Report = Callable[[str, float], None]
type Task = Callable[[str, Report], None]

_PATIENCE = 1.0
"""Seconds after which is looked whether all are alive."""


class BuildError(CasaError):
    """Parts of the demonstration that could not be made."""

    def __init__(self, name: str, reason: str) -> None:
        self.name, self.reason = name, reason
        super().__init__(name, reason)

    def __str__(self) -> str:
        """Name the parts and the reasons."""
        return f"{self.name} could not be made: {self.reason}"


def worked(
    task: Task, before: Iterable[str], after: Iterable[str], workers: int, report: Report
) -> None:
    """Do a task for each name; one that fails keeps those back that wait for it, and no others.

    Parameters
    ----------
    task
        Is called with a name and with whom to tell how much of it is done, below 1.
    before
        Names; the first one is what those of `after` wait for, unless there is none of these.
    after
        Names.
    workers
        Processes; with 0, all is done here, one after the other.
    report
        Is called here with a name and how much of it is done; with 1 once it is.

    Raises
    ------
    BuildError
        When some fail, once all others are done; at once when a process ends.
    """
    first, last = list(before), list(after)
    if workers:
        with _crew(task, workers) as (tasks, events, crew):
            failed = _lead(first, last, tasks, events, crew, report)
    else:
        failed = _alone(task, first, last, report)
    if failed:
        raise BuildError(", ".join(failed), "; ".join(dict.fromkeys(failed.values())))


def _alone(task: Task, before: list[str], after: list[str], report: Report) -> dict[str, str]:
    """Do all here; returns reasons by the names that failed."""
    failed: dict[str, str] = {}
    for name in (*before, *after):
        if name in after and before[0] in failed:
            failed[name] = f"needs {before[0]}"
            continue
        try:
            task(name, report)
        except Exception as error:  # noqa: BLE001  # all are told of together
            failed[name] = _reason(error)
        else:
            report(name, 1.0)
    return failed


def _reason(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"


def _lead(
    before: list[str], after: list[str], tasks: Any, events: Any, crew: Any, report: Report
) -> dict[str, str]:
    """Hand out names and pass on what is told until all are done; returns reasons by name."""
    for name in before:
        tasks.put(name)
    left, failed = {*before, *after}, dict[str, str]()
    while left:
        name, done, reason = _next(events, crew)
        if reason:
            failed[name] = reason
        else:
            report(name, done)
        if done < 1.0 and not reason:
            continue
        left.remove(name)
        if name == before[0] and reason:
            failed |= dict.fromkeys(after, f"needs {name}")
            left -= {*after}
        elif name == before[0]:
            for other in after:
                tasks.put(other)
    return failed


def _next(events: Any, crew: Any) -> tuple[str, float, str]:
    while True:
        try:
            found: tuple[str, float, str] = events.get(timeout=_PATIENCE)
        except Empty:
            dead = [one for one in crew if not one.is_alive()]
            if dead:
                raise BuildError("a part", f"a process ended with {dead[0].exitcode}") from None
        else:
            return found


@contextmanager
def _crew(task: Task, workers: int) -> Iterator[tuple[Any, Any, Any]]:
    """Start workers, and end them when the block is left."""
    context = get_context("spawn")
    tasks, events = context.SimpleQueue(), context.Queue()
    crew = [
        context.Process(target=_work, args=(task, tasks, events), daemon=True)
        for _ in range(workers)
    ]
    for one in crew:
        one.start()
    try:
        yield tasks, events, crew
        for _ in crew:
            tasks.put(None)
        for one in crew:
            one.join()
    finally:
        for one in crew:
            one.terminate()


def _work(task: Task, tasks: Any, events: Any) -> None:
    """Be a worker: do what comes, until nothing comes or the parent is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent is told as well, and ends us
    Thread(target=_orphaned, name="lifeline", daemon=True).start()
    for name in iter(tasks.get, None):
        try:
            task(name, lambda which, done: events.put((which, done, "")))
        except Exception as error:  # noqa: BLE001  # told to the parent, which raises it
            events.put((name, 0.0, _reason(error)))
        else:
            events.put((name, 1.0, ""))


def _orphaned() -> None:
    """End this process at once when its parent does, however that ended."""
    parent = parent_process()
    if parent is not None:
        parent.join()
    os._exit(1)
