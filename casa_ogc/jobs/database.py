"""The database of jobs: SQLite on a local disk, or PostgreSQL.

Every change is one short transaction that is on disk when it returns: SQLite writes its log ahead
(WAL) with ``synchronous=FULL``, PostgreSQL commits as its server is configured, by default so too.
"""

import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, NoSuchModuleError

from casa_ogc.jobs import instants
from casa_ogc.jobs.errors import SharedDiskError, UnavailableError
from casa_ogc.jobs.migration import READING, prepare
from casa_ogc.jobs.mounts import shared_kind
from casa_ogc.jobs.phrases import Phrase
from casa_ogc.jobs.waking import Notified, Polled, Wakes
from casa_processes.common.errors import InvalidValueError

type Clock = Callable[[], datetime]

_BUSY_SECONDS = 30.0


class Database:
    """A database of jobs that is open in this process; its methods may be called by any thread.

    Parameters
    ----------
    url
        ``sqlite:///FILE`` or ``postgresql+psycopg://...``, as SQLAlchemy writes it.
    clock
        Tells the time in UTC. Without one it is that of the machine of the database, so that all
        machines of a cluster agree.

    Raises
    ------
    InvalidValueError
        When the address is none, or of another kind of database.
    SharedDiskError
        When SQLite would lie on a disk that several machines share.
    NewerSchemaError
        When a newer version of this software made the tables.
    UnavailableError
        When the database cannot be reached.
    """

    def __init__(self, url: str, clock: Clock | None = None) -> None:
        self.engine = _engine(url)
        self.name = self.engine.url.render_as_string(hide_password=True)
        self.embedded = self.engine.dialect.name == "sqlite"
        self._turn = threading.Lock()  # writers of this process queue here, not in the database
        self._single = threading.Lock()
        self._kept: Any = None
        self._clock = clock
        with ExitStack() as undo, self._available():
            undo.callback(self.engine.dispose)
            prepare(self.engine, self.name)
            self._skew = 0.0 if self.embedded else self._measured_skew()
            self.wakes = self._wakes()
            undo.pop_all()

    def now(self) -> str:
        """Return the instant as text, by the clock of the database."""
        if self._clock is not None:
            return instants.text(self._clock())
        return instants.text(
            datetime.fromtimestamp(datetime.now(UTC).timestamp() + self._skew, UTC)
        )

    @contextmanager
    def write(self, *, wake: bool = True) -> Iterator[Connection]:
        """Give a connection whose changes are committed at the end, all or none.

        Parameters
        ----------
        wake
            Whether those who wait for changes shall look again.

        Raises
        ------
        UnavailableError
            When the database does not answer or stays locked.
        """
        with (
            self._available(),
            self._turn if self.embedded else nullcontext(),
            self.engine.begin() as it,
        ):
            yield it
            if wake and not self.embedded:
                it.exec_driver_sql(Notified.TELL)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Give a connection for reading.

        Raises
        ------
        UnavailableError
            When the database does not answer.
        """
        with self._available(), self.engine.connect().execution_options(**READING) as connection:
            yield connection

    def changed(self) -> int:
        """Return a number that differs from an earlier one when anything has changed.

        Raises
        ------
        UnavailableError
            When the database does not answer.
        """
        with self._available():
            return self.wakes.changed()

    def lock(self, connection: Connection, topic: str) -> None:
        """Let no other transaction with the same topic run until this one ends.

        In SQLite there is one writer at a time anyway.
        """
        if not self.embedded:
            _LOCK.run(connection, topic=f"casa {topic}")

    def together(self, connection: Connection) -> AbstractContextManager[object]:
        """Send phrases without waiting for each; answers are read when the context is left.

        Another machine is reached once for all of them, not once for each.
        """
        raw: Any = connection.connection.driver_connection
        return nullcontext() if self.embedded else raw.pipeline()

    def first(self, phrase: Phrase, /, **values: object) -> Sequence[Any] | None:
        """Return the first row of a phrase that only reads: the fastest read there is.

        Raises
        ------
        UnavailableError
            When the database does not answer, even when it is asked once more.
        """
        return next(iter(self.rows(phrase, **values)), None)

    def rows(self, phrase: Phrase, /, **values: object) -> Sequence[Sequence[Any]]:
        """Return all rows of a phrase that only reads, as fast as `first`.

        Raises
        ------
        UnavailableError
            When the database does not answer, even when it is asked once more.
        """
        words, given = phrase.spoken(self.engine.dialect, values)
        lost = self.engine.dialect.loaded_dbapi.OperationalError
        with self._available(), self._single:
            if self._kept is not None:
                try:
                    return self._rows(words, given)
                except lost:
                    self._kept.close()
            self._kept = self._connect()
            return self._rows(words, given)

    def _rows(self, words: str, given: object) -> Sequence[Sequence[Any]]:
        found: Sequence[Sequence[Any]] = self._kept.execute(words, given).fetchall()
        return found

    def close(self) -> None:
        """Close all connections; the object can be used no more."""
        self.wakes.close()
        with self._single:
            if self._kept is not None:
                self._kept.close()
                self._kept = None
        self.engine.dispose()

    def _connect(self) -> Any:
        """Return a connection of the driver, outside the pool, that commits by itself."""
        dialect, address = self.engine.dialect, self.engine.url
        if self.embedded:
            return sqlite3.connect(
                address.database or "",
                timeout=_BUSY_SECONDS,
                isolation_level=None,
                check_same_thread=False,
            )
        places, names = dialect.create_connect_args(address)
        return dialect.loaded_dbapi.connect(*places, **{**names, "autocommit": True})

    def _wakes(self) -> Wakes:
        if self.embedded:
            return Polled(self._connect)
        return Notified(self._connect, self.engine.dialect.loaded_dbapi.OperationalError)

    def _measured_skew(self) -> float:
        """Return by how many seconds the clock of the database is ahead of ours."""
        row = self.first(_CLOCK)
        return float(row[0]) - datetime.now(UTC).timestamp() if row else 0.0

    @contextmanager
    def _available(self) -> Iterator[None]:
        """Tell in words when the database fails, but let pass what is wrong with a statement."""
        driver = self.engine.dialect.loaded_dbapi
        try:
            yield
        except (DatabaseError, driver.DatabaseError) as error:
            cause = getattr(error, "orig", None) or error
            if isinstance(
                cause, driver.IntegrityError | driver.ProgrammingError | driver.DataError
            ):
                raise
            reason = str(cause).strip().partition("\n")[0]
            raise UnavailableError(self.name, reason) from error


_LOCK = Phrase(text("SELECT pg_advisory_xact_lock(hashtextextended(:topic, 0))"))
_CLOCK = Phrase(text("SELECT extract(epoch FROM clock_timestamp())"))


def _engine(url: str) -> Engine:
    try:
        address = make_url(url)
        kind = address.get_backend_name()
        if kind not in ("sqlite", "postgresql"):
            raise InvalidValueError("jobs.database", url, "a SQLite or PostgreSQL address")
        if kind == "postgresql":
            address = address.set(drivername="postgresql+psycopg")
            return create_engine(address, pool_pre_ping=True, max_overflow=20)
    except (ArgumentError, NoSuchModuleError):
        raise InvalidValueError("jobs.database", url, "an address as SQLAlchemy has it") from None
    if not address.database or address.database == ":memory:":
        raise InvalidValueError("jobs.database", url, "a file, for several processes open it")
    path = Path(address.database).absolute()
    if kind := shared_kind(path):
        raise SharedDiskError(str(path), kind)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InvalidValueError("jobs.database", str(path), f"a folder ({error})") from error
    engine = create_engine(
        address.set(database=str(path)), connect_args={"timeout": _BUSY_SECONDS}, max_overflow=20
    )
    event.listen(engine, "connect", _configure)
    event.listen(engine, "begin", _begin)
    return engine


def _configure(connection: Any, _record: object) -> None:
    """Set up a connection to SQLite; transactions begin when we say so."""
    connection.isolation_level = None
    for setting in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {setting}")


def _begin(connection: Connection) -> None:
    """Take the lock of writers at once, so that no transaction fails half way for want of it."""
    if not connection.get_execution_options().get("casa_reading"):
        connection.exec_driver_sql("BEGIN IMMEDIATE")
