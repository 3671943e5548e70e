"""The broker as a process that is begun again when it dies.

Whoever starts it may hold the other end of a pipe that is its standard input, the lifeline: a byte
says that it may begin, the end of the file that everybody who held it is gone.
"""

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from types import FrameType

from casa_ogc.catalog.settings import load_settings

SHORT = 1.0
LONGEST = 30.0
"""Seconds before a broker that died is begun again: at first, and at most."""
_STEADY = 60.0


def supervise(cluster: str | None, *, lifeline: bool) -> int:
    """Keep a broker running until it ends by itself or a signal ends it.

    Parameters
    ----------
    cluster
        Overrules the settings.
    lifeline
        Whether standard input is one.

    Returns
    -------
    int
        Exit code.
    """
    if lifeline and not os.read(0, 1):
        return 0  # gone before it was ready
    words = [sys.executable, "-m", "casa_ogc.cli", "worker", "--once"]
    words += ["--lifeline"] if lifeline else []
    words += ["--cluster", cluster] if cluster else []
    ended = threading.Event()
    child: subprocess.Popen[bytes] | None = None

    def end(_number: int, _frame: FrameType | None) -> None:
        ended.set()
        if child is not None:
            child.terminate()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    pause = SHORT
    while not ended.is_set():
        begun = time.monotonic()
        child = subprocess.Popen(words, start_new_session=True)  # noqa: S603  # our own words
        code = child.wait()
        if code >= 0:
            return code
        pause = SHORT if time.monotonic() - begun > _STEADY else min(2 * pause, LONGEST)
        ended.wait(pause)
    return 0


def be_broker(cluster: str | None, *, lifeline: bool) -> None:
    """Be the broker in this process."""
    from casa_ogc.jobs.broker import run_broker

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    logging.getLogger("distributed").setLevel(logging.WARNING)
    stop, orphaned = threading.Event(), threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    if lifeline:
        threading.Thread(target=_watch, args=(orphaned,), name="lifeline", daemon=True).start()
    settings = load_settings()
    if cluster:
        jobs = settings.jobs.model_copy(update={"cluster": cluster})
        settings = settings.model_copy(update={"jobs": jobs})
    run_broker(settings, stop, orphaned)


def _watch(orphaned: threading.Event) -> None:
    """Wait until nobody holds the lifeline any more."""
    while os.read(0, 1):
        pass
    orphaned.set()
