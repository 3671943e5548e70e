"""Signals that end a run, heard only where the run can be ended without leaving anything behind."""

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType, TracebackType
from typing import Self

SIGNALS = (signal.SIGINT, signal.SIGTERM)
"""What ends a run: Ctrl+C, and what programs send one another."""

QUIET = 0.5
"""Seconds after a signal was raised in which no other is: who cleans up has begun by then."""

_EXIT = 128  # a shell tells the end by signal n as 128 + n


class Interrupts:
    """Keeps the signals of this process while it is entered.

    They are only noted, except within `heard`, where they raise what they would raise anywhere.
    Threads other than the main one get no signals, and a signal that was ignored before stays so.
    """

    def __init__(self) -> None:
        self._hearing = False
        self._noted: int | None = None
        self._quiet = 0.0
        self._before: dict[signal.Signals, signal.Handlers] = {}

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            for number in SIGNALS:
                if (before := signal.getsignal(number)) not in (None, signal.SIG_IGN):
                    self._before[number] = before  # type: ignore[assignment]
                    signal.signal(number, self._take)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for number, before in self._before.items():
            signal.signal(number, before)

    @contextmanager
    def heard(self) -> Iterator[None]:
        """Let signals end what is done meanwhile; they are noted again afterwards.

        Raises
        ------
        KeyboardInterrupt, SystemExit
            When one comes, or has come already.
        """
        try:
            self._hearing = True
            if self._noted is not None:
                self._raise(self._noted)
            yield
        finally:
            self._hearing = False

    def _take(self, number: int, _frame: FrameType | None) -> None:
        self._noted = number
        if self._hearing and time.monotonic() >= self._quiet:
            self._raise(number)

    def _raise(self, number: int) -> None:
        # Python drops what is raised within a destructor: the next signal has to be heard again.
        self._quiet = time.monotonic() + QUIET
        if number == signal.SIGINT:
            raise KeyboardInterrupt
        raise SystemExit(_EXIT + number)
