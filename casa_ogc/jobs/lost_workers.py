"""Workers that ended while they worked, and why."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from casa_processes.common.errors import CasaError
from casa_processes.common.registry import process

MEMORY_TOPIC = "worker-restart-memory"
"""Under which Dask's nannies tell that they ended a worker that used too much memory."""
_REDUCING = ("bbox", "datetime", "limit", "memory", "resolution", "grid")


class LostPartError(CasaError):
    """A part of a computation whose workers ended, one after the other."""

    def __init__(self, part: int, parts: int, times: int) -> None:
        self.part, self.parts, self.times = part, parts, times
        super().__init__(part, parts, times)

    def __str__(self) -> str:
        return f"part {self.part} of {self.parts} lost its worker {self.times} times"


class LostSchedulerError(CasaError):
    """A run that can no longer reach the scheduler of its cluster."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)

    def __str__(self) -> str:
        return f"the scheduler of the cluster was lost ({self.reason})"


class MemoryLimitError(CasaError):
    """A computation that used more memory than a worker may.

    `used` and `limit` are in bytes, 0 where they are not known; `advice` says what to lower.
    """

    def __init__(self, used: int, limit: int, advice: str) -> None:
        self.used, self.limit, self.advice = used, limit, advice
        super().__init__(used, limit, advice)

    def __str__(self) -> str:
        found = f" ({_mib(self.used)})" if self.used else ""
        most = f" of {_mib(self.limit)}" if self.limit else ""
        return f"a worker was ended near its limit of memory{most}{found}; {self.advice}"


@dataclass(frozen=True)
class MemoryKill:
    """A worker that was ended because it used too much memory.

    Attributes
    ----------
    worker
        Its address.
    used
        What it used.  [byte]
    time
        When, in seconds since 1970 by the clock of the scheduler.
    """

    worker: str
    used: int
    time: float


def memory_kills(events: Iterable[tuple[float, Mapping[str, Any]]]) -> tuple[MemoryKill, ...]:
    """Return what Dask's events of `MEMORY_TOPIC` tell."""
    return tuple(MemoryKill(each["worker"], int(each["rss"]), time) for time, each in events)


def advice(process_id: str) -> str:
    """Tell what to lower so that a process needs less memory."""
    try:
        fields = process(process_id).inputs.model_fields
    except CasaError:  # it was installed when the job was accepted
        fields = {}
    inputs = [name for name in fields if name in _REDUCING]
    lower = f"lower {' or '.join(inputs)}" if inputs else "ask for less at a time"
    return f"{lower}, or let the operator raise jobs.memory (jobs.slurm.memory on Slurm)"


def _mib(size: int) -> str:
    return f"{size / 1024**2:,.0f} MiB"
