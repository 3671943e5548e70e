"""The surroundings of a run on a cluster: parts go to all workers, progress goes to the row."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from distributed import get_client, secede

from casa_ogc.jobs.heart import Heart
from casa_ogc.jobs.part_run import PartTask
from casa_ogc.jobs.spread import Spent, Spread, reached
from casa_processes.common.context import Arrays, Work
from casa_processes.common.file_inputs import InputFile
from casa_processes.common.references import InputRef

_CONNECT = "60s"


class ClusterContext:
    """Surroundings of one attempt; see `casa_processes.common.context.Context`.

    Parameters
    ----------
    task
        What all parts are told: job, attempt, database, and which workers may do them.
    version
        Of process and software; parts of another version are done again.
    folder
        Where files are written.
    references
        Resolved collections by input.
    heart
        Receives the progress and knows when to stop.
    write
        Receives lines for the log.
    advice
        What to lower when memory does not suffice.
    files
        Files by the input that names them.
    """

    def __init__(
        self,
        task: PartTask,
        version: str,
        folder: Path,
        references: Mapping[str, InputRef],
        heart: Heart,
        write: Callable[[str], None],
        advice: str,
        files: Mapping[str, InputFile] | None = None,
    ) -> None:
        self.folder = folder
        self.references = references
        self.files = files or {}
        self.cache = task.jobs.folder / "cache"
        self.spent = Spent()
        self._task, self._version, self._heart = task, version, heart
        self._write, self._advice = write, advice
        self._calls = 0

    def progress(self, fraction: float, message: str = "") -> None:
        """Keep the progress for the next sign of life, and stop when that is asked for."""
        self._heart.tell(fraction, message)
        self._heart.check()

    def check(self) -> None:
        """Raise `StoppedError` when the attempt shall end."""
        self._heart.check()

    def map(self, work: Work, parts: Sequence[Mapping[str, Any]]) -> Iterator[Arrays]:
        """Do the parts on all workers, a few ahead of what was taken; results in their order.

        Raises
        ------
        StoppedError
            When the attempt shall end; parts that run notice by themselves.
        MemoryLimitError
            When the worker of a part was ended because it used too much memory.
        LostPartError
            When a part lost its worker several times.
        """
        with reached():
            client = get_client(timeout=_CONNECT)
        if not self._calls:
            # This thread waits from now on: its worker shall do parts meanwhile. It does not come
            # back to the pool, for there it would wait for the work of others.
            secede()
        self._calls += 1
        spread = Spread(
            client,
            self._task,
            self._calls,
            self._version,
            work,
            parts,
            self._heart,
            self.spent,
            self._write,
            self._advice,
        )
        yield from spread.results()
