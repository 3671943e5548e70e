"""Noticing that something changed, cheaply enough to ask every few milliseconds."""

import threading
import time
from collections.abc import Callable
from typing import Any, Protocol

PAUSE = 0.002
"""Seconds between two looks of somebody who waits."""


class Wakes(Protocol):
    """A counter that grows when anybody has committed a change."""

    def changed(self) -> int:
        """Return the counter; only whether it differs from an earlier one has a meaning."""

    def close(self) -> None:
        """Let go of the connection."""


class Polled:
    """The counter of SQLite: ``data_version`` grows with every commit of another connection.

    Parameters
    ----------
    connect
        Returns a connection of the driver that is used for nothing else.
    """

    def __init__(self, connect: Callable[[], Any]) -> None:
        self._lock = threading.Lock()
        self._connection = connect()

    def changed(self) -> int:
        """Return the counter; about 3 microseconds."""
        with self._lock:
            return int(self._connection.execute("PRAGMA data_version").fetchone()[0])

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


class Notified:
    """A counter of the notifications of PostgreSQL that have come.

    Parameters
    ----------
    connect
        Returns a connection of psycopg that commits by itself and is used for nothing else.
    lost
        What psycopg raises when the server is gone.
    """

    TELL = "NOTIFY casa_jobs"

    def __init__(self, connect: Callable[[], Any], lost: type[Exception]) -> None:
        self._lock = threading.Lock()
        self._connect = connect
        self._lost = lost
        self._count = 0
        self._connection = self._listening()

    def changed(self) -> int:
        """Return the counter; it grows too when the connection was lost and made anew.

        Raises
        ------
        psycopg.OperationalError
            When the server cannot be reached.
        """
        with self._lock:
            try:
                self._connection.pgconn.consume_input()
            except self._lost:
                self._connection.close()
                self._connection = self._listening()
                self._count += 1
                return self._count
            while self._connection.pgconn.notifies() is not None:
                self._count += 1
            return self._count

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def _listening(self) -> Any:
        connection = self._connect()
        connection.execute("LISTEN casa_jobs")
        return connection


def wait[T](
    wakes: Callable[[], int], look: Callable[[], T], until: Callable[[T], bool], timeout: float
) -> T:
    """Look again after every change until what is seen will do, or the time is up.

    Parameters
    ----------
    wakes
        The counter of changes.
    look
        Reads what is waited for.
    until
        Whether it will do.
    timeout
        Most time to wait.  [s]

    Returns
    -------
    T
        What was seen last.
    """
    end = time.monotonic() + timeout
    seen = wakes()
    found = look()
    while not until(found) and time.monotonic() < end:
        now = wakes()
        if now == seen:
            time.sleep(PAUSE)
        else:
            seen, found = now, look()
    return found
