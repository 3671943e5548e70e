"""Tasks for workers, which import them by name."""

import os
import time


def whole(name, report):
    """Tell that half is done, and be done."""
    report(name, 0.5)


def half(name, _report):
    """Fail at some names."""
    if name.startswith("bad"):
        raise ValueError("no such luck")


def deadly(name, _report):
    """End the process at one name, without a word."""
    if name == "bad":
        os._exit(3)


def endless(_name, _report):
    """Never be done."""
    time.sleep(600)
