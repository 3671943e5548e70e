"""How tests are dealt to test processes: each room or file goes to one of them, as a whole.

A room that compiles kernels is a folder, so that no two processes compile the same ones at a time;
where tests start servers it is a file, so that each server is started once.
"""

from pathlib import PurePosixPath

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

BY_FILE = {"cli", "jobs", "service"}
"""Folders whose files are dealt one by one."""


def room(test: str) -> str:
    """Return the folder or file that goes with a test to one process.

    >>> room("tests/processes/transport/test_line.py::test_one[a/b::c]")
    'tests/processes/transport'
    >>> room("tests/jobs/test_store.py::test_one"), room("tests/query/test_arcs.py::test_one")
    ('tests/jobs/test_store.py', 'tests/query')
    """
    file = test.partition("::")[0]
    parts = PurePosixPath(file).parts
    if len(parts) < 3 or parts[1] in BY_FILE:
        return file
    return "/".join(parts[: 3 if parts[1] == "processes" else 2])


class RoomScheduling(LoadScopeScheduling):
    """Deals rooms in the order of their names: the last ones are small, and all end together."""

    def __init__(self, config: pytest.Config, log: Producer) -> None:
        config.option.loadscopereorder = False
        super().__init__(config, log)

    def _split_scope(self, nodeid: str) -> str:
        return room(nodeid)
