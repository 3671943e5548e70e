"""The broker as a process that is begun again when it dies.

Whoever starts it may hold the other end of a pipe that is its standard input, the lifeline: a byte
says that it may begin, the end of the file that everybody who held it is gone.
"""

import gc
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

SHORT = 0.5
LONGEST = 30.0
"""Seconds before a broker that was killed is begun again: at first, and at most."""
KINDLY = 30.0
"""Seconds that a broker is given to end."""
_STEADY = 60.0
_USAGE = 2
_WORDS = (sys.executable, "-m", "casa_ogc.cli", "worker")


@contextmanager
def companion() -> Iterator[Callable[[], None]]:
    """Start a supervised broker beside a server; it is ended kindly when the block is left.

    Yields
    ------
    Callable
        Lets the broker begin; to be called, in any child too, when the server is ready. When this
        process and all its children have been killed, the broker finishes the open jobs.
    """
    reading, writing = os.pipe()
    words = [*_WORDS, "--lifeline"]
    process = subprocess.Popen(words, stdin=reading, start_new_session=True)  # noqa: S603
    os.close(reading)
    ours = os.getpid()
    try:
        yield lambda: _begin(writing)
    finally:
        if os.getpid() == ours:  # a forked worker of the server leaves through here too
            _end(process)


def supervise(*, lifeline: bool) -> int:
    """Keep a broker running until it ends as it should or a signal ends us.

    Parameters
    ----------
    lifeline
        Whether standard input is one.

    Returns
    -------
    int
        Exit code.
    """
    ended = threading.Event()
    children: list[subprocess.Popen[bytes]] = []

    def end(*_signal: object) -> None:
        ended.set()
        for child in children:
            child.terminate()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    if lifeline and not os.read(0, 1):
        return 0  # whoever started us was gone before it was ready
    words = [*_WORDS, "--once", *(["--lifeline"] if lifeline else [])]
    pause = SHORT
    while not ended.is_set():
        begun = time.monotonic()
        children[:] = [subprocess.Popen(words, start_new_session=True)]  # noqa: S603
        code = children[0].wait()
        if code in (0, _USAGE):
            return code
        pause = SHORT if time.monotonic() - begun > _STEADY else min(2 * pause, LONGEST)
        logging.getLogger(__name__).warning(
            "the broker ended with code %d, it is begun again", code
        )
        ended.wait(pause)
    return 0


def be_broker(*, lifeline: bool) -> None:
    """Be the broker in this process, until a signal or the lifeline ends it."""
    from casa_ogc.catalog.settings import load_settings
    from casa_ogc.jobs.broker import run_broker

    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    stop, orphaned = threading.Event(), threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    if lifeline:
        threading.Thread(target=_watch, args=(orphaned,), name="lifeline", daemon=True).start()
    run_broker(load_settings(), stop, orphaned)
    gc.freeze()  # Python would search all objects for cycles before it ends, which takes seconds


def _watch(orphaned: threading.Event) -> None:
    """Wait until nobody holds the lifeline any more."""
    while os.read(0, 1):
        pass
    orphaned.set()


def _begin(writing: int) -> None:
    with suppress(BrokenPipeError):
        os.write(writing, b"1")


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(KINDLY)
    except subprocess.TimeoutExpired:
        process.kill()
