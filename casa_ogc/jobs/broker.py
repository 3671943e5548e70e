"""The broker: takes accepted jobs, hands them to the engine, and sets right what was lost.

One broker at a time has the lease; others stand by. It may die at any moment: rows tell the next
one all there is to know.
"""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from casa_ogc.catalog.settings import Settings
from casa_ogc.jobs import input_files, results
from casa_ogc.jobs.engines import Engine, engine
from casa_ogc.jobs.errors import UnavailableError
from casa_ogc.jobs.leasing import Lease
from casa_ogc.jobs.mending import Mending, take_over
from casa_ogc.jobs.store import JobStore, open_store
from casa_ogc.jobs.telling import Telling
from casa_ogc.jobs.withdrawal import clear_expired, withdraw

PAUSE = 0.004
"""Seconds between two looks at whether anything changed."""
DROWSY = 0.01
"""The same when nothing has happened for a while."""
AWAKE = 30.0
"""Seconds without any change after which a broker is drowsy."""
RECONCILE = 1.0
"""Seconds between two comparisons of rows and engine."""
RARELY = 5.0
"""The same when there was nothing to compare."""
EXPIRE = 5.0
"""Seconds between two looks for results to remove."""
STAND_BY = 0.5
"""Seconds between two attempts to become the broker."""
_AGAIN = 1.0
_log = logging.getLogger(__name__)


def run_broker(settings: Settings, stop: threading.Event, orphaned: threading.Event) -> None:
    """Be the broker, or stand by, until told to stop.

    Parameters
    ----------
    settings
        Of the site.
    stop
        Ends it at once: jobs of an engine that ends too go back into the queue.
    orphaned
        Whoever started it is gone: it ends when no job is open, or when another broker has taken
        over and its own jobs are over.
    """
    settings = absolute(settings)
    store = open_store(settings.jobs)
    lease = Lease(store)
    while not stop.is_set() and not orphaned.is_set():
        if lease.take():
            _serve(settings, store, lease, stop, orphaned)
        stop.wait(STAND_BY)


def absolute(settings: Settings) -> Settings:
    """Return the settings with absolute folders, as workers elsewhere need them."""
    jobs = settings.jobs.model_copy(update={"folder": settings.jobs.folder.absolute()})
    return settings.model_copy(update={"jobs": jobs, "archive": settings.archive.absolute()})


def _serve(
    settings: Settings,
    store: JobStore,
    lease: Lease,
    stop: threading.Event,
    orphaned: threading.Event,
) -> None:
    """Serve with one engine for as long as it lasts."""
    wake = threading.Event()
    try:
        with lease.prolonged(), _engine(settings, store, wake) as opened:
            _log.info("jobs run on %s", opened.name)
            Broker(settings, store, lease, opened, wake).run(stop, orphaned)
    except UnavailableError as error:
        _log.warning("%s; trying again", error)


@contextmanager
def _engine(settings: Settings, store: JobStore, wake: threading.Event) -> Iterator[Engine]:
    """Start the engine, and take over what was abandoned while that takes its time."""
    started = threading.Event()
    taking = threading.Thread(
        target=_take_over, args=(store, settings, started), name="take over", daemon=True
    )
    taking.start()
    try:
        with engine(settings, wake.set) as opened:
            started.set()
            taking.join()
            yield opened
    finally:
        started.set()
        taking.join()


def _take_over(store: JobStore, settings: Settings, started: threading.Event) -> None:
    """Look again and again: who has died just now is silent for too short a time to be known."""
    while True:
        try:
            take_over(store, settings.jobs)
        except UnavailableError as error:
            _log.warning("%s; trying again", error)
        if started.wait(STAND_BY):
            return


class Broker:
    """A broker with an engine.

    Parameters
    ----------
    settings
        Of the site, with absolute folders.
    store, lease, engine
        The rows, the right to hand them out, and who runs them.
    wake
        Is set when a task has ended.
    """

    def __init__(
        self,
        settings: Settings,
        store: JobStore,
        lease: Lease,
        engine: Engine,
        wake: threading.Event,
    ) -> None:
        self._jobs, self._archive = settings.jobs, settings.archive
        self._store, self._lease, self._engine, self._wake = store, lease, engine, wake
        self._mending = Mending(store, engine, settings.jobs)
        self._telling = Telling(store, settings)
        self._seen, self._changed = -1, time.monotonic()
        self._due = {"compare": 0.0, "expire": 0.0, "yield": 0.0}

    def run(self, stop: threading.Event, orphaned: threading.Event) -> None:
        """Serve until there is a reason to end."""
        while not stop.is_set() and self._engine.alive and self._lease.held:
            try:
                self._look()
                if orphaned.is_set() and self._yielded():
                    break
            except UnavailableError as error:
                _log.warning("%s; looking again", error)
                stop.wait(_AGAIN)
            drowsy = time.monotonic() - self._changed > AWAKE
            self._wake.wait(DROWSY if drowsy else PAUSE)
        if stop.is_set():
            self._give_back()
        else:
            self._drain(stop)
        self._telling.close()

    def _look(self) -> None:
        """Do what is due, and hand out jobs when anything has changed."""
        now, woken = time.monotonic(), self._wake.is_set()
        self._wake.clear()
        if self._engine.troubled() or now >= self._due["compare"]:
            self._compare(now)
        if now >= self._due["expire"]:
            self._due["expire"] = now + EXPIRE
            self._expire()
        changed = self._store.changed()
        if woken or changed != self._seen:
            self._seen, self._changed = changed, now
            self._hand_out()
            self._telling.look()

    def _compare(self, now: float) -> None:
        busy = self._mending.mend()
        self._telling.look()
        self._due["compare"] = now + (RECONCILE if busy else RARELY)

    def _hand_out(self) -> None:
        for job in self._store.take(self._engine.name, self._engine.places - self._engine.busy):
            self._due["compare"] = min(self._due["compare"], time.monotonic() + RECONCILE)
            self._engine.submit(job)

    def _expire(self) -> None:
        self._store.expire(remove=self._remove)
        input_files.expire(self._jobs)
        clear_expired(self._archive)

    def _remove(self, job_id: str) -> None:
        withdraw(self._archive, job_id)
        results.remove(self._jobs.folder, job_id)

    def _yielded(self) -> bool:
        """Tell whether nothing is left to do, or another broker does it."""
        if not self._store.any_open():
            return True
        if time.monotonic() >= self._due["yield"]:
            self._lease.release()
            time.sleep(2 * STAND_BY)
            self._due["yield"] = time.monotonic() + RECONCILE
            return not self._lease.take()
        return False

    def _give_back(self) -> None:
        """End at once; what ends with this process is done by the next one."""
        if self._engine.ours:
            self._mending.give_back()

    def _drain(self, stop: threading.Event) -> None:
        """Let the engine finish what it has, though another broker is in charge."""
        while self._engine.ours and self._engine.alive and self._engine.busy:
            if stop.wait(STAND_BY):
                self._give_back()
                return
