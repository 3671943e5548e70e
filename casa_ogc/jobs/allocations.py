"""Allocations of Slurm, as many as there is work for; those that ended are asked for again.

Dask's adaptive cluster counts an allocation from the moment it is submitted, and forgets it only
when its worker has come and gone. One that is cancelled while it waits or starts, or that could not
be submitted, would be waited for without end. Here Slurm itself is asked what there is.
"""

import asyncio
import itertools
import logging
import os
import re
import subprocess
import time
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from dask_jobqueue.slurm import SLURMCluster
from distributed.deploy.adaptive import Adaptive

LOOK = 5.0
"""Seconds between two questions to Slurm; it is asked only while a worker is missing."""
AWAY = 20.0
"""Seconds after which a worker that was there and went is given up with its allocation."""
_ANSWER = 15.0
_CLUSTERS = re.compile(r"(?:-M|--clusters)[\s=]*(\S+)")
_log = logging.getLogger(__name__)


class NumberedCluster(SLURMCluster):
    """A cluster on Slurm that gives no two workers the same name, be one of them lost."""

    def __init__(self, **options: Any) -> None:
        self._numbers = itertools.count()
        super().__init__(**options)

    def new_worker_spec(self) -> dict[str, Any]:
        """Return name and description of the next worker."""
        return {f"{self.name}-{next(self._numbers)}": self.new_spec}


class Allocations(Adaptive):
    """Asks for workers and gives them back, as Dask's own does, but knows which are lost.

    Parameters
    ----------
    directives
        Further lines of the site for ``sbatch``; they may name another cluster.
    places, options
        As of `Adaptive`.
    """

    cluster: Any  # whose allocations they are

    def __init__(self, *places: Any, directives: Iterable[str] = (), **options: Any) -> None:
        self._words = question(directives)
        self._looked = -LOOK
        self._left: dict[str, float] = {}
        self._lost: set[str] = set()
        self._silent = False
        super().__init__(*places, **options)

    async def recommendations(self, target: int) -> dict[str, Any]:
        """Return what to do to have so many workers, after those that are lost are forgotten."""
        self._note_who_left()
        if stray := self._lost & self.observed:  # it outlived its allocation
            await self.scheduler.retire_workers(names=list(stray), close_workers=True, remove=True)
        now = time.monotonic()
        if now - self._looked >= LOOK and set(self.cluster.workers) - self.observed:
            self._looked = now
            await self._forget()
        return dict(await super().recommendations(target))

    def _note_who_left(self) -> None:
        """Remember since when those workers are away that were there before."""
        now, here = time.monotonic(), self.observed
        known = {name for name in self.cluster.workers if name in self._left or name in here}
        self._left = {name: now if name in here else self._left[name] for name in known}

    async def _forget(self) -> None:
        """Give up the allocations that are lost; what is still needed is asked for again."""
        numbers = {name: each.job_id for name, each in self.cluster.workers.items()}
        try:
            listed = await asyncio.to_thread(listed_by, self._words)
        except (OSError, subprocess.SubprocessError) as error:
            if not self._silent:
                _log.warning("Slurm does not tell which allocations there are: %s", error)
            self._silent = True
            return
        self._silent = False
        now = time.monotonic()
        away = {name for name, last in self._left.items() if now - last > AWAY}
        gone = lost(numbers, self.observed, listed, away)
        if gone:
            told = ", ".join(str(numbers[name] or "not submitted") for name in sorted(gone))
            _log.warning("allocations that are lost (%s) are asked for again if needed", told)
            self._lost |= set(gone)
            await self.cluster.scale_down(gone)


def lost(
    numbers: Mapping[str, str | None],
    here: Collection[str],
    listed: Collection[str],
    away: Collection[str] = (),
) -> list[str]:
    """Return the names of workers that will not come.

    Parameters
    ----------
    numbers
        Names of all workers that were asked for, to the numbers of their allocations; None for
        one that could not be submitted.
    here
        Names of the workers that the scheduler has.
    listed
        Numbers of the allocations that wait, start, run or end, told after `numbers` were known.
    away
        Names of the workers that went too long ago, whatever their allocations do.
    """
    return [
        name
        for name, number in numbers.items()
        if name not in here and (number is None or number not in listed or name in away)
    ]


def question(directives: Iterable[str] = ()) -> list[str]:
    """Return the command that lists the numbers of our allocations, one a line."""
    named = [found[1] for found in map(_CLUSTERS.match, directives) if found]
    where = ["--clusters", named[-1]] if named else []
    return ["squeue", "--noheader", "--format=%A", f"--user={os.getuid()}", *where]


def listed_by(words: list[str]) -> set[str]:
    """Return the numbers that the command of `question` tells.

    Raises
    ------
    OSError, SubprocessError
        When there is no such command, or it fails or does not end.
    """
    done = subprocess.run(  # noqa: S603
        words, capture_output=True, text=True, timeout=_ANSWER, check=True
    )
    return {line.strip() for line in done.stdout.splitlines() if line.strip().isdigit()}
