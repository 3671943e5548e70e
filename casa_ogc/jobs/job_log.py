"""The log of a job: what the computation and we have to say of each attempt, one file a job."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

LOGGERS = ("casa_processes", "casa_ogc.jobs")
"""Whose records are kept."""


class _OfThread(logging.Handler):
    """Hands on the records of one thread as lines."""

    def __init__(self, write: Callable[[str], None]) -> None:
        super().__init__(logging.INFO)
        self._thread, self._write = threading.get_ident(), write
        form = logging.Formatter("%(asctime)s.%(msecs)03dZ %(levelname)s %(name)s: %(message)s")
        form.converter = time.gmtime
        form.datefmt = "%Y-%m-%dT%H:%M:%S"
        self.setFormatter(form)

    def emit(self, record: logging.LogRecord) -> None:
        """Write what the thread says; others on the same worker are not meant."""
        if record.thread == self._thread:
            self._write(self.format(record))


@contextmanager
def listening(write: Callable[[str], None]) -> Iterator[None]:
    """Hand what this thread logs to `write`, line by line, while entered."""
    handler = _OfThread(write)
    for name in LOGGERS:
        logger = logging.getLogger(name)
        if logger.level == logging.NOTSET:
            logger.setLevel(logging.INFO)
        logger.addHandler(handler)
    try:
        yield
    finally:
        for name in LOGGERS:
            logging.getLogger(name).removeHandler(handler)


class JobLog:
    """Appends lines to the log of a job, each with the number of its attempt.

    Parameters
    ----------
    path
        The file; its folder is made.
    attempt
        Who writes.
    """

    def __init__(self, path: Path, attempt: int) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path, self._attempt = path, attempt

    def write(self, text: str) -> None:
        """Append text of one or more lines; a log that cannot be written stops no job."""
        lines = "".join(f"[{self._attempt}] {line}\n" for line in text.splitlines())
        try:
            with self._path.open("a", encoding="utf-8", errors="replace") as file:
                file.write(lines)
        except OSError as error:
            logging.getLogger("casa_ogc").warning("%s: %s", self._path, error)

    def say(self, text: str) -> None:
        """Append a line with the time in front."""
        self.write(f"{instant()} {text}")


def instant() -> str:
    """Return now, in UTC, to the millisecond."""
    now = time.time()
    whole = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(now))
    return f"{whole}.{int(now % 1 * 1000):03d}Z"
