"""A PostgreSQL server of our own: the distribution's binaries, a temporary folder, a Unix socket.

It runs as an unprivileged user, listens on no network, and is gone afterwards.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path

import pytest

_USER = "postgres"


def binaries():
    """Folder of the newest server that is installed; None without one."""
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4])
    )
    if found:
        return found[-1].parent
    beside = shutil.which("initdb")
    return Path(beside).parent if beside else None


def require():
    """Skip where no server is installed; in continuous integration that is a failure."""
    if binaries() is None:
        message = "no PostgreSQL server: install the package postgresql (.ci/install-servers does)"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)


@contextmanager
def server(*, durable=False):
    """Run a server; gives a function that makes an empty database and returns its address.

    Only a durable one waits for the disk, which matters when a machine dies, not a process.
    """
    folder = Path(tempfile.mkdtemp(prefix="casa-pg-"))
    name, programs = None, binaries()
    if os.geteuid() == 0:
        name = _USER
        owner = pwd.getpwnam(name)
        os.chown(folder, owner.pw_uid, owner.pw_gid)
    data = folder / "data"
    options = f"-c listen_addresses='' -c unix_socket_directories='{folder}'"
    options += "" if durable else " -c fsync=off"

    def run(*command):
        subprocess.run(
            command, check=True, user=name, group=name, cwd=folder, capture_output=True, timeout=120
        )

    try:
        run(programs / "initdb", "-D", data, "-U", "casa", "-A", "trust", "-E", "UTF8")
        log = folder / "log"
        run(programs / "pg_ctl", "-D", data, "-l", log, "-o", options, "-w", "start")
        try:
            yield _Databases(folder, run, programs, options)
        finally:
            run(programs / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class _Databases:
    """Makes databases on a server; `restart` stops it at once and starts it again."""

    def __init__(self, folder, run, programs, options):
        self._folder, self._run, self._programs = folder, run, programs
        self._options = options
        self._count = 0

    def __call__(self):
        self._count += 1
        name = f"casa{self._count}"
        self._run(self._programs / "createdb", "-h", self._folder, "-U", "casa", name)
        return f"postgresql+psycopg://casa@/{name}?host={self._folder}"

    def restart(self):
        data, log = self._folder / "data", self._folder / "log"
        self._run(
            self._programs / "pg_ctl", "-D", data, "-l", log, "-o", self._options,
            "-m", "immediate", "-w", "restart",
        )  # fmt: skip
