"""Slurm of our own: the distribution's daemons in a temporary folder, on the loopback alone.

They run as root without systemd; nothing outside the folder is written, and all is gone afterwards.
"""

import os
import platform
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "scancel", "squeue", "sinfo")
_SBIN = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin"])
_READY = 60.0

CONFIGURATION = """\
ClusterName=casa
SlurmctldHost={host}(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
CryptoType=crypto/munge
CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
SlurmctldPort={controller_port}
SlurmdPort={node_port}
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerParameters=sched_interval=2,bf_interval=2
AccountingStorageType=accounting_storage/none
JobAcctGatherType=jobacct_gather/none
MpiDefault=none
ReturnToService=2
KillWait=2
NodeName={host} NodeAddr=127.0.0.1 CPUs={cores} RealMemory={memory} State=UNKNOWN
PartitionName=main Nodes={host} Default=YES MaxTime=INFINITE State=UP OverSubscribe=NO
"""


def missing() -> list[str]:
    """The programs that are not installed."""
    return [name for name in PROGRAMS if shutil.which(name, path=_SBIN) is None]


def require() -> None:
    """Skip where Slurm cannot run; in continuous integration that is a failure."""
    reason = ""
    if missing():
        reason = f"no {', '.join(missing())}: install slurm-wlm and munge (.ci/install-servers)"
    elif os.geteuid() != 0:
        reason = "Slurm for tests runs as root"
    if reason:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(reason)


@dataclass(frozen=True)
class Slurm:
    """A running Slurm: the environment of its commands."""

    folder: Path
    environment: dict[str, str]

    def run(self, *words: str) -> str:
        """Run a command of Slurm and return what it prints."""
        done = subprocess.run(
            words,
            env={**os.environ, **self.environment},
            capture_output=True,
            text=True,
            timeout=30,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def jobs(self, state: str = "RUNNING") -> list[str]:
        """Numbers of the allocations in a state."""
        return self.run("squeue", "-h", "-t", state, "-o", "%i").split()


@contextmanager
def slurm() -> Iterator[Slurm]:
    """Run munge, the controller and one node."""
    folder = Path(tempfile.mkdtemp(prefix="casa-slurm-"))
    folder.chmod(0o755)
    try:
        with ExitStack() as stack:
            configured(folder)
            environment = {"SLURM_CONF": str(folder / "slurm.conf"), "PATH": _SBIN}
            started = Slurm(folder, environment)
            for words in daemons(folder):
                stack.enter_context(daemon(words, environment))
                time.sleep(0.3)
            await_node(started)
            yield started
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def configured(folder: Path) -> None:
    """Write keys and configuration."""
    for name in ("state", "spool"):
        (folder / name).mkdir()
    key = folder / "munge.key"
    key.write_bytes(os.urandom(1024))
    key.chmod(0o400)
    text = CONFIGURATION.format(
        host=platform.node().partition(".")[0],
        folder=folder,
        controller_port=free_port(),
        node_port=free_port(),
        cores=os.cpu_count(),
        memory=psutil.virtual_memory().total // 1024**2 - 512,
    )
    (folder / "slurm.conf").write_text(text)


def daemons(folder: Path) -> list[list[str]]:
    """The commands of the daemons, all in the foreground."""
    munge = ["munged", "--foreground", f"--socket={folder}/munge.socket", "--force"]
    munge += [f"--key-file={folder}/munge.key", f"--pid-file={folder}/munged.pid"]
    munge += [f"--seed-file={folder}/munged.seed", f"--log-file={folder}/munged.log"]
    conf = str(folder / "slurm.conf")
    return [munge, ["slurmctld", "-D", "-c", "-f", conf], ["slurmd", "-D", "-f", conf]]


@contextmanager
def daemon(words: list[str], environment: dict[str, str]) -> Iterator[None]:
    """Run a daemon; it and its children are ended afterwards."""
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(
        words, env={**os.environ, **environment}, stdin=quiet, stdout=quiet, stderr=quiet
    )
    try:
        yield
    finally:
        below = psutil.Process(process.pid).children(recursive=True) if not process.poll() else []
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        for each in below:
            if each.is_running():
                each.kill()


def await_node(started: Slurm) -> None:
    """Wait until the node is idle."""
    end = time.monotonic() + _READY
    while time.monotonic() < end:
        try:
            if "idle" in started.run("sinfo", "-h", "-o", "%t"):
                return
        except AssertionError:
            pass
        time.sleep(0.3)
    logs = [path.read_text()[-1500:] for path in started.folder.glob("*.log")]
    raise TimeoutError("\n".join(logs))


def free_port() -> int:
    """A port of the loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
