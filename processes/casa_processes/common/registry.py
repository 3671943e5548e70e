"""The processes there are: packages of this one, and those that others install."""

from functools import cache
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

import casa_processes
from casa_processes.common.errors import InvalidValueError, UnknownNameError
from casa_processes.common.process import Process

GROUP = "casa.processes"
"""Entry point group of third parties: process id = module:PROCESS."""


def process_ids() -> tuple[str, ...]:
    """Return the ids of all processes, sorted; no process is imported.

    A package of ``casa_processes`` is a process when it has a ``pipeline`` module; shared physics
    has none. A built-in process hides one of a third party with the same id.
    """
    return tuple(sorted({*_built_in(), *_third_party()}))


def process(name: str) -> Process:
    """Return one process.

    Raises
    ------
    UnknownNameError
        When there is no such process.
    InvalidValueError
        When the package of a third party does not hold one.
    """
    if name in _built_in():
        found = import_module(f"casa_processes.{name.replace('-', '_')}").PROCESS
    elif name in _third_party():
        found = _third_party()[name].load()
    else:
        raise UnknownNameError("process", name, process_ids())
    if not isinstance(found, Process) or found.id != name:
        raise InvalidValueError(f"process {name!r}", found, f"a Process with the id {name!r}")
    return found


@cache
def _built_in() -> frozenset[str]:
    return frozenset(
        module.parent.name.replace("_", "-")
        for folder in casa_processes.__path__
        for module in Path(folder).glob("*/pipeline.py")
    )


def _third_party() -> dict[str, EntryPoint]:
    return {found.name: found for found in entry_points(group=GROUP)}
