"""Signals while something runs: ended where that is harmless, noted where it is not."""

import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress

import pytest

from casa_ogc.jobs import interrupts
from casa_ogc.jobs.interrupts import Interrupts

CAUGHT = {signal.SIGINT: KeyboardInterrupt, signal.SIGTERM: SystemExit}


def send(number=signal.SIGINT):
    os.kill(os.getpid(), number)


@pytest.mark.parametrize("number", interrupts.SIGNALS)
def test_a_signal_ends_what_is_heard(number):
    with Interrupts() as kept, pytest.raises(CAUGHT[number]) as caught, kept.heard():
        send(number)
        pytest.fail("it went on")
    if number == signal.SIGTERM:
        assert caught.value.code == 143


@pytest.mark.parametrize("number", interrupts.SIGNALS)
def test_a_signal_before_what_is_heard_ends_it_before_it_begins(number):
    begun = []
    with Interrupts() as kept:
        send(number)
        with pytest.raises(CAUGHT[number]), kept.heard():
            begun.append(True)
    assert not begun


def test_no_signal_ends_what_comes_after():
    done = []
    with Interrupts() as kept:
        with pytest.raises(ZeroDivisionError), kept.heard():
            raise ZeroDivisionError
        send()
        done.append(True)
    assert done


def test_a_second_signal_does_not_end_the_cleaning_of_the_first():
    cleaned = []
    with Interrupts() as kept, pytest.raises(KeyboardInterrupt), kept.heard():
        try:
            send()
        finally:
            send()
            cleaned.append(True)
    assert cleaned


def test_a_signal_that_was_dropped_can_be_sent_again(monkeypatch):
    monkeypatch.setattr(interrupts, "QUIET", 0.0)
    with Interrupts() as kept, pytest.raises(KeyboardInterrupt), kept.heard():
        with suppress(KeyboardInterrupt):  # as Python does in a destructor
            send()
        send()
        pytest.fail("it went on")


def test_signals_are_as_before_afterwards():
    before = [signal.getsignal(number) for number in interrupts.SIGNALS]
    with Interrupts():
        assert signal.getsignal(signal.SIGINT) != before[0]
    assert [signal.getsignal(number) for number in interrupts.SIGNALS] == before


def test_what_was_ignored_stays_ignored():
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with Interrupts() as kept, kept.heard():
            send()
    finally:
        signal.signal(signal.SIGINT, before)


def test_other_threads_leave_signals_alone():
    found = []

    def look():
        before = signal.getsignal(signal.SIGINT)
        with Interrupts() as kept, kept.heard():
            found.append(signal.getsignal(signal.SIGINT) is before)

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    assert found == [True]


ANYWHERE = """
import os, shutil, signal, sys
from pathlib import Path
from casa_ogc.jobs.interrupts import Interrupts

LINES = {}
def at(stop):
    seen = 0
    def trace(frame, event, _):
        nonlocal seen
        if not frame.f_code.co_filename.endswith(("interrupts.py", "contextlib.py", "<string>")):
            return None
        frame.f_trace_opcodes = True
        if event == "opcode":
            seen += 1
            if seen == stop:
                os.kill(os.getpid(), signal.SIGINT)
        return trace
    work, kept = Path(sys.argv[1]) / "work", Path(sys.argv[1]) / "kept"
    signal.signal(signal.SIGINT, signal.default_int_handler)
    done = interrupted = False
    sys.settrace(trace)
    try:
        run(work, kept)
        done = True
    except KeyboardInterrupt:
        interrupted = True
    finally:
        sys.settrace(None)
    assert not work.exists(), stop
    assert kept.exists() or not done, stop
    kept.unlink(missing_ok=True)
    return seen, interrupted

def run(work, kept):
    with Interrupts() as interrupts:
        try:
            work.mkdir()
            with interrupts.heard():
                (work / "file").write_text("value")
            (work / "file").replace(kept)
        finally:
            shutil.rmtree(work, ignore_errors=True)

count, _ = at(0)
ended = sum(at(stop)[1] for stop in range(1, count + 1))
print(count, ended)
"""


def test_a_signal_at_any_instruction_leaves_no_folder(tmp_path):
    words = [sys.executable, "-c", ANYWHERE, str(tmp_path)]
    done = subprocess.run(words, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    count, ended = map(int, done.stdout.split())
    assert count > 100
    assert 10 < ended < count
