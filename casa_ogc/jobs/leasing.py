"""Holding the lease of the broker while other work is done."""

import logging
import os
import platform
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from casa_ogc.jobs.errors import UnavailableError
from casa_ogc.jobs.store import JobStore

SECONDS = 4.0
"""For how long the lease is held; the next broker waits no longer than that."""
_PROLONG = 1.0
_log = logging.getLogger(__name__)


class Lease:
    """The lease of this process.

    Parameters
    ----------
    store
        Where it is written.
    """

    def __init__(self, store: JobStore) -> None:
        self._store = store
        self._holder = f"{platform.node()} {os.getpid()} {uuid.uuid4().hex}"
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._held = False

    @property
    def held(self) -> bool:
        """Whether this process is the broker."""
        return self._held

    def take(self) -> bool:
        """Take the lease if nobody else has it."""
        with self._lock:
            try:
                self._held = self._store.lease(self._holder, SECONDS)
            except UnavailableError as error:
                _log.warning("%s", error)
            return self._held

    def release(self) -> None:
        """Give the lease back."""
        with self._lock, suppress(UnavailableError):
            if self._held:
                self._held = False
                self._store.release(self._holder)

    @contextmanager
    def prolonged(self) -> Iterator[None]:
        """Prolong the lease once a second while entered; give it back at the end."""
        self._over.clear()
        thread = threading.Thread(target=self._prolong, name="lease", daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._over.set()
            thread.join()
            self.release()

    def _prolong(self) -> None:
        while not self._over.wait(_PROLONG):
            if self._held:
                self.take()
