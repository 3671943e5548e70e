"""What a computation is given beside its inputs: stored data, a folder, progress, and workers."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from casa_processes.common.caches import cache_folder
from casa_processes.common.errors import CasaError
from casa_processes.common.file_inputs import InputFile
from casa_processes.common.references import InputRef

if TYPE_CHECKING:
    from numpy.typing import NDArray

type Arrays = Mapping[str, NDArray[Any]]
"""What one part of a computation gives: arrays of numbers or text by name."""

type Check = Callable[[], None]
"""Raises `StoppedError` when the computation shall end; cheap enough to call ten times a second."""

type Work = Callable[[Mapping[str, Any], Check], Arrays]
"""One part of a computation: a module's function, so that it can be sent to a worker."""


class StoppedError(CasaError):
    """A computation that was asked to stop."""

    def __str__(self) -> str:
        return "the computation was stopped"


class Context(Protocol):
    """The surroundings of one run.

    Attributes
    ----------
    references
        Resolved collections by input.
    files
        Files by the input that names them.
    folder
        Where files that outputs name are written.
    cache
        Where is kept what is made once and used by many runs, on all workers.
    """

    references: Mapping[str, InputRef]
    files: Mapping[str, InputFile]
    folder: Path
    cache: Path

    def progress(self, fraction: float, message: str = "") -> None:
        """Tell how much is done, from 0 to 1, and what is being done.

        Raises
        ------
        StoppedError
            When the computation shall end.
        """

    def check(self) -> None:
        """Raise `StoppedError` when the computation shall end."""

    def map(self, work: Work, parts: Sequence[Mapping[str, Any]]) -> Iterator[Arrays]:
        """Do the parts of a computation, on all workers there are, and count the progress.

        Results come in the order of the parts and do not depend on how many workers there are. A
        part that was done by an earlier attempt of the same job is not done again.
        """


class SerialContext:
    """Surroundings without a cluster: parts are done one after the other.

    Parameters
    ----------
    folder
        Where files are written.
    references
        Resolved collections by input.
    report
        Receives each progress as fraction and message.
    files
        Files by the input that names them.
    cache
        Where is kept what many runs use; without a word the user's own.
    """

    def __init__(
        self,
        folder: Path,
        references: Mapping[str, InputRef] | None = None,
        report: Callable[[float, str], None] | None = None,
        files: Mapping[str, InputFile] | None = None,
        cache: Path | None = None,
    ) -> None:
        self.folder = folder
        self.references = references or {}
        self.files = files or {}
        self.cache = cache or cache_folder()
        self._report = report

    def progress(self, fraction: float, message: str = "") -> None:
        """Hand the progress to whoever listens."""
        if self._report is not None:
            self._report(fraction, message)

    def check(self) -> None:
        """Do nothing: nobody stops a serial run but its process."""

    def map(self, work: Work, parts: Sequence[Mapping[str, Any]]) -> Iterator[Arrays]:
        """Do the parts in order."""
        for number, part in enumerate(parts, start=1):
            yield work(part, self.check)
            self.progress(number / len(parts))
