"""Signs of life of an attempt, and whether it shall stop: one thread beside the computation."""

import logging
import threading
import time
from types import TracebackType
from typing import Self

import psutil

from casa_ogc.jobs.errors import UnavailableError
from casa_ogc.jobs.store import JobStore
from casa_processes.common.context import StoppedError

BEAT = 1.0
"""Seconds between two signs of life."""
LOOK = 0.2
"""Seconds between two looks at whether to stop."""
_log = logging.getLogger(__name__)


class Heart:
    """Beats while it is entered.

    Parameters
    ----------
    store
        Where the row is.
    job_id, attempt
        Whose sign of life it is.

    Attributes
    ----------
    dismissed
        Whether the job was asked to stop.
    lost
        Whether the attempt no longer owns the job and must not write.
    memory
        Most memory of this process while it beat.  [byte]
    """

    def __init__(self, store: JobStore, job_id: str, attempt: int) -> None:
        self.dismissed = False
        self.lost = False
        self.memory = 0
        self._store, self._job_id, self._attempt = store, job_id, attempt
        self._fraction, self._message = 0.0, ""
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._beat, name=f"heart of {job_id}", daemon=True)
        self._process = psutil.Process()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        self._thread.join()

    def tell(self, fraction: float, message: str) -> None:
        """Keep the progress, from 0 to 1, for the next beat."""
        self._fraction, self._message = min(1.0, max(0.0, fraction)), message

    def check(self) -> None:
        """Raise `StoppedError` when the attempt shall end."""
        if self.dismissed or self.lost:
            raise StoppedError

    def _beat(self) -> None:
        """Beat once a second; in between ask, which is cheaper, whether to stop."""
        due = time.monotonic()
        while not self._over.is_set() and not self.lost:
            try:
                if time.monotonic() >= due:
                    due = time.monotonic() + BEAT
                    self._sign_of_life()
                elif self._store.dismissed(self._job_id, self._attempt):
                    self._sign_of_life()
            except UnavailableError as error:
                _log.warning("no sign of life could be given: %s", error)
            self._over.wait(LOOK)

    def _sign_of_life(self) -> None:
        self.memory = max(self.memory, self._process.memory_info().rss)
        # A job is at 100 % when its row says that it is successful.
        progress = min(99, int(100 * self._fraction))
        beat = self._store.beat(self._job_id, self._attempt, progress, self._message, self.memory)
        self.lost, self.dismissed = not beat.alive, self.dismissed or beat.dismissed
