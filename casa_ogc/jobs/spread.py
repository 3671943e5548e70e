"""Parts of a computation on all workers, with results in the order of the parts."""

import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import CancelledError
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from distributed import fire_and_forget

from casa_ogc.jobs.heart import Heart
from casa_ogc.jobs.job_log import instant
from casa_ogc.jobs.lost_workers import (
    MEMORY_TOPIC,
    LostPartError,
    LostSchedulerError,
    MemoryLimitError,
    memory_kills,
)
from casa_ogc.jobs.part_run import DonePart, PartTask, run_part
from casa_ogc.jobs.parts import kept_part, part_name
from casa_ogc.jobs.results import parts_folder
from casa_processes.common.context import Arrays, Work

if TYPE_CHECKING:
    from distributed import Client, Future

AHEAD = 8
"""Parts that are handed out beyond two for each worker."""
LOSSES = 3
"""How often a part may lose its worker."""
_WAIT = 0.05
_COUNT = 5.0
_URGENT = 10


@dataclass
class Spent:
    """What parts took on all workers: time of a core [s], most memory of one worker [byte]."""

    cpu_seconds: float = 0.0
    memory: int = 0


@dataclass
class _Part:
    """A part that was handed out, or found done (without a future)."""

    number: int
    name: str
    content: Mapping[str, Any]
    future: "Future[DonePart] | None" = None
    kept: Arrays | None = None
    losses: int = 0

    def over(self) -> bool:
        return self.future is None or bool(self.future.done())


@dataclass
class Spread:
    """One ``map`` of a run.

    Attributes
    ----------
    client
        Of the worker of the attempt.
    task, call, version
        What parts are told; number of this ``map`` in the run; version of process and software.
    work, parts
        What is done with what.
    heart
        Receives the progress and knows when to stop.
    spent
        Is added to.
    write, advice
        Receives lines for the log; what to lower when memory does not suffice.
    """

    client: "Client"
    task: PartTask
    call: int
    version: str
    work: Work
    parts: Sequence[Mapping[str, Any]]
    heart: Heart
    spent: Spent
    write: Callable[[str], None]
    advice: str

    def __post_init__(self) -> None:
        self._begun = time.time()
        self._pending: deque[_Part] = deque()
        self._handed = 0
        self._workers, self._counted = 1, 0.0
        self._folder = parts_folder(self.task.jobs.folder, self.task.job_id)
        self._resumed = 0

    def results(self) -> Iterator[Arrays]:
        """Yield the results; parts that are left notice by themselves that the run is over."""
        try:
            for taken in range(1, len(self.parts) + 1):
                self._hand_out(taken)
                first = self._pending[0]
                arrays = self._result(first, taken)
                self._pending.popleft()
                yield arrays
                self._tell(taken)
        finally:
            if self._resumed:
                self.write(f"{instant()} {self._resumed} of {len(self.parts)} parts done before")

    def _hand_out(self, taken: int) -> None:
        """Keep all workers busy, and the memory of results that wait small."""
        most = taken - 1 + 2 * self._worker_count() + AHEAD
        while self._handed < min(most, len(self.parts)):
            self._handed += 1
            content = self.parts[self._handed - 1]
            name = part_name(self.call, self._handed, self.version, self.work, content)
            part = _Part(self._handed, name, content, kept=kept_part(self._folder, name))
            if part.kept is None:
                self._submit(part)
            else:
                self._resumed += 1
            self._pending.append(part)

    def _worker_count(self) -> int:
        if time.monotonic() - self._counted > _COUNT:
            with reached():
                self._workers = len(self.client.nthreads())
            self._counted = time.monotonic()
        return self._workers

    def _submit(self, part: _Part) -> None:
        task = self.task
        with reached():
            part.future = self.client.submit(
                run_part,
                task,
                self.work,
                part.name,
                part.content,
                key=f"part-{task.job_id}-{task.attempt}-{self.call}-{part.number}-{part.losses}",
                pure=False,
                priority=_URGENT,
                resources=dict(task.resources),
            )
            # Nobody forgets it when the run ends early: a part that does not stop has to be found.
            fire_and_forget(part.future)

    def _result(self, part: _Part, taken: int) -> Arrays:
        """Wait for a part; one whose worker was lost is handed out again."""
        while part.future is not None:
            while not part.over():
                self.heart.check()
                self._tell(taken - 1)
                time.sleep(_WAIT)
            if part.future.status == "finished":
                with reached():
                    done = part.future.result()
                return self._done(part, done)
            self._mend(part)
        if part.kept is None:
            raise LostPartError(part.number, len(self.parts), part.losses)
        return part.kept

    def _done(self, part: _Part, done: DonePart) -> Arrays:
        self.spent.cpu_seconds += done.cpu_seconds
        self.spent.memory = max(self.spent.memory, done.memory)
        for line in done.lines:
            self.write(f"{line} [part {part.number} of {len(self.parts)}]")
        return done.arrays

    def _mend(self, part: _Part) -> None:
        """Hand a lost part out again; raise what it raised itself."""
        future = part.future
        if future is None:
            return
        if future.status == "cancelled":
            raise LostSchedulerError("the part was cancelled")
        error = future.exception() if future.status == "error" else None
        where = f"part {part.number} of {len(self.parts)}"
        if error is not None and type(error).__name__ != "KilledWorker":
            error.add_note(where)
            raise error.with_traceback(future.traceback())
        self.heart.check()
        part.losses += 1
        worker = "" if error is None else str(error.last_worker.address)
        self.write(f"{where} lost its worker {worker}")
        self._look_for_memory(worker)
        if part.losses >= LOSSES:
            raise LostPartError(part.number, len(self.parts), part.losses)
        self._submit(part)

    def _look_for_memory(self, worker: str) -> None:
        with reached():
            events = self.client.get_events(MEMORY_TOPIC)
        for kill in memory_kills(events):
            if kill.worker == worker and kill.time > self._begun:
                raise MemoryLimitError(kill.used, 0, self.advice)

    def _tell(self, taken: int) -> None:
        """Tell how many parts are done."""
        done = taken + sum(part.over() for part in self._pending if part.number > taken)
        count = len(self.parts)
        self.heart.tell(done / count, f"{done} of {count} parts")


@contextmanager
def reached() -> Iterator[None]:
    """Tell a lost scheduler apart from an error of the computation."""
    try:
        yield
    except (OSError, RuntimeError, TimeoutError, CancelledError) as error:
        raise LostSchedulerError(f"{type(error).__name__}: {error}") from error
