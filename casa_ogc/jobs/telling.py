"""Telling the clients who want to be told of their jobs, whoever was the broker meanwhile."""

import logging
import threading
from functools import partial

from casa_ogc.catalog.settings import Settings
from casa_ogc.jobs.callbacks import Subscribers
from casa_ogc.jobs.errors import UnavailableError
from casa_ogc.jobs.record import Job
from casa_ogc.jobs.store import JobStore
from casa_ogc.jobs.untold import told, untold

_log = logging.getLogger(__name__)


class Telling:
    """Tells subscribers of each new status of a job.

    Parameters
    ----------
    store
        The rows.
    settings
        Of the site.
    """

    def __init__(self, store: JobStore, settings: Settings) -> None:
        self._store, self._subscribers = store, Subscribers(settings)
        self._lock = threading.Lock()
        self._going: set[str] = set()

    def look(self) -> None:
        """Tell of every status that is new, those too that jobs took while nobody told.

        Raises
        ------
        UnavailableError
            When the database does not answer.
        """
        for job_id in untold(self._store.database):
            with self._lock:
                if job_id in self._going:
                    continue
                self._going.add(job_id)
            job = self._store.get(job_id, expired=True)
            self._subscribers.tell(job, partial(self._over, job))

    def close(self) -> None:
        """Tell nobody any more; who was not told is told by the next broker."""
        self._subscribers.close()

    def _over(self, job: Job) -> None:
        try:
            told(self._store.database, job.id, job.status)
        except UnavailableError as error:
            _log.warning("subscriber of job %s may be told again: %s", job.id, error)
        with self._lock:
            self._going.discard(job.id)
