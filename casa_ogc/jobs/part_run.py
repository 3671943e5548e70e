"""One part of a computation on a worker."""

import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import psutil

from casa_ogc.catalog.settings import Jobs
from casa_ogc.jobs.job_log import listening
from casa_ogc.jobs.parts import keep_part
from casa_ogc.jobs.results import parts_folder
from casa_ogc.jobs.store import JobStore, open_store
from casa_processes.common.context import Arrays, StoppedError, Work

LOOK = 0.2
"""Seconds between two looks at whether to stop."""


@dataclass(frozen=True)
class PartTask:
    """What every part of an attempt is told.

    Attributes
    ----------
    jobs
        Settings of jobs, with absolute folders.
    job_id, attempt
        Whose part it is.
    resources
        What a worker must have to do it.
    """

    jobs: Jobs
    job_id: str
    attempt: int
    resources: Mapping[str, float]


@dataclass(frozen=True)
class DonePart:
    """What a part gave and took.

    Attributes
    ----------
    arrays
        Its result.
    cpu_seconds, memory
        Time of a core [s], and memory of the worker when it was done [byte].
    lines
        What it logged.
    """

    arrays: Arrays
    cpu_seconds: float
    memory: int
    lines: tuple[str, ...]


def run_part(task: PartTask, work: Work, name: str, part: Mapping[str, Any]) -> DonePart:
    """Do a part and keep its result for a later attempt.

    Raises
    ------
    StoppedError
        When the attempt shall end.
    """
    store = open_store(task.jobs)
    lines: list[str] = []
    spent = time.thread_time()
    check = _Stop(store, task)
    check(now=True)
    with listening(lines.append):
        arrays = work(part, check)
    keep_part(parts_folder(task.jobs.folder, task.job_id), name, arrays)
    memory = psutil.Process().memory_info().rss
    return DonePart(dict(arrays), time.thread_time() - spent, memory, tuple(lines))


class _Stop:
    """Asks the store, a few times a second, whether the attempt shall end."""

    def __init__(self, store: JobStore, task: PartTask) -> None:
        self._store, self._task = store, task
        self._due = time.monotonic() + LOOK

    def __call__(self, *, now: bool = False) -> None:
        if not now and time.monotonic() < self._due:
            return
        self._due = time.monotonic() + LOOK
        if self._store.dismissed(self._task.job_id, self._task.attempt):
            logging.getLogger(__name__).info("stopped")
            raise StoppedError
