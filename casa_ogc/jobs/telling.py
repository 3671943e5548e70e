"""Watching the jobs whose clients want to be told of them."""

from collections.abc import Iterable

from casa_ogc.catalog.settings import Settings
from casa_ogc.jobs.callbacks import Subscribers
from casa_ogc.jobs.queries import OpenJob
from casa_ogc.jobs.record import OPEN, Job, Status
from casa_ogc.jobs.store import JobStore
from casa_processes.common.errors import CasaError


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
        self._watched: dict[str, Status] = {}
        self._known: set[str] = set()

    def watch(self, open_jobs: Iterable[OpenJob]) -> None:
        """Begin to watch the jobs that are open and were not yet looked at."""
        ids = {job.id for job in open_jobs}
        for job_id in ids - self._known:
            self.add(self._store.get(job_id, expired=True))
        self._known &= ids

    def add(self, job: Job) -> None:
        """Begin to watch a job, if anybody wants to be told."""
        self._known.add(job.id)
        if job.execution.subscriber:
            self._watched.setdefault(job.id, "accepted")

    def look(self) -> None:
        """Tell of every status that is new."""
        for job_id, told in list(self._watched.items()):
            try:
                job = self._store.get(job_id, expired=True)
            except CasaError:
                del self._watched[job_id]
                continue
            if job.status != told:
                self._watched[job_id] = job.status
                self._subscribers.tell(job)
            if job.status not in OPEN:
                del self._watched[job_id]

    def close(self) -> None:
        """Forget whom nobody has begun to tell."""
        self._subscribers.close()
