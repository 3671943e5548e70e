"""Telling subscribers of a job: posts to addresses of the client's choice, sent with care.

A subscriber is told as often as `WAITS` has entries, until it accepts. Whatever happens, the job
stays as it is: this module never writes to the store.
"""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from http import HTTPStatus

import orjson

from casa_ogc.catalog.settings import Settings
from casa_ogc.jobs import results
from casa_ogc.jobs.addresses import (
    RefusedAddressError,
    Reply,
    Target,
    UnreachableError,
    ask,
    is_listed,
    parse_target,
    resolve,
)
from casa_ogc.jobs.documents import job_url, results_document, status_document
from casa_ogc.jobs.record import Job
from casa_processes.common.errors import CasaError

EVENTS = {
    "running": "inProgressUri",
    "successful": "successUri",
    "failed": "failedUri",
    "dismissed": "failedUri",
}
"""Which subscriber is told of which status."""
WAITS = (0.0, 2.0, 15.0)
"""Seconds before each time that a subscriber is told."""
TIMEOUT = 10.0
"""Longest time that a subscriber may take to answer.  [s]"""
_AT_A_TIME = 4
_AGAIN = frozenset({408, 425, 429})
_log = logging.getLogger(__name__)


class _ClosedError(Exception):
    """Nobody is told any more."""


type Send = Callable[[Target, str, bytes], Reply]


class Subscribers:
    """Tells subscribers beside other work, a few at a time.

    Parameters
    ----------
    settings
        Address of the server, folder of the results, and hosts of private networks that may be
        told.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._closing = threading.Event()
        self._threads = ThreadPoolExecutor(_AT_A_TIME, thread_name_prefix="subscriber")

    def tell(self, job: Job, over: Callable[[], None] = lambda: None) -> None:
        """Tell of the status that a job has now, and return at once.

        Parameters
        ----------
        job
            Whose subscriber is told, if the status has one.
        over
            Is called when that is done or given up, but not when it was ended by `close`.
        """
        if EVENTS.get(job.status) in job.execution.subscriber:
            self._threads.submit(self._tell, job, over)
        else:
            over()

    def close(self) -> None:
        """Forget whom nobody has begun to tell, and who does not answer."""
        self._closing.set()
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _tell(self, job: Job, over: Callable[[], None]) -> None:
        with suppress(_ClosedError):
            tell(job, self._settings, sleep=self._sleep)
            over()

    def _sleep(self, seconds: float) -> None:
        if self._closing.wait(seconds):
            raise _ClosedError


def tell(
    job: Job,
    settings: Settings,
    *,
    waits: Sequence[float] = WAITS,
    send: Send | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> bool:
    """Post the status of a job, or its results, to the subscriber of that status.

    Parameters
    ----------
    job
        Whose status tells which subscriber is meant.
    settings
        As of `Subscribers`.
    waits
        Seconds before each attempt.
    send, sleep
        What sends and what waits.

    Returns
    -------
    bool
        Whether a subscriber accepted it; False as well when there is none. Nothing is raised.
    """
    text = job.execution.subscriber.get(EVENTS.get(job.status, ""))
    if text is None:
        return False
    try:
        target = parse_target("subscriber", text)
        address = resolve(target, private=is_listed(target, settings.jobs.callbacks))
        body = orjson.dumps(_content(job, settings))
    except CasaError as error:
        _log.warning("job %s: subscriber not told: %s", job.id, error)
        return False
    post = send or partial(_post, f'<{job_url(job, settings.url)}>; rel="monitor"')
    for wait in waits:
        sleep(wait)
        accepted = _sent(job, partial(post, target, address, body))
        if accepted is not None:
            return accepted
    return False


def _content(job: Job, settings: Settings) -> dict[str, object]:
    """Return the results of a successful job, else its status."""
    if job.status != "successful":
        return status_document(job, settings.url)
    folder = settings.jobs.folder
    manifest = results.read(folder, job)
    opened = partial(results.open_output, folder, job)
    return results_document(job, manifest, settings.url, opened)


def _post(link: str, target: Target, address: str, body: bytes) -> Reply:
    headers = {"Content-Type": "application/json", "Link": link}
    return ask(target, address, timeout=TIMEOUT, body=body, headers=headers)


def _sent(job: Job, post: Callable[[], Reply]) -> bool | None:
    """Send once; None when it is worth another attempt."""
    try:
        status = post().status
    except (UnreachableError, RefusedAddressError) as error:
        _log.info("job %s: %s", job.id, error)
        return None
    if status < HTTPStatus.MULTIPLE_CHOICES:
        return True
    _log.info("job %s: the subscriber answers with status %s", job.id, status)
    return None if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status in _AGAIN else False
