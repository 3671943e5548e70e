"""What the engine of the settings needs, what of it is missing, and what helps."""

import os
import platform
import shutil
import subprocess
from collections.abc import Iterator
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from casa_ogc.catalog.settings import Jobs, Settings
from casa_ogc.jobs.mounts import shared_kind
from casa_ogc.jobs.store import database_url

type Finding = tuple[bool, str]
"""Whether all is well, and what was looked at; a fault says what helps."""

PRELOADED = (
    "dask worker {address} --nthreads 1 --nworkers 1 "
    "--preload-nanny casa_ogc.jobs.preload --preload casa_ogc.jobs.preload"
)
_SLURM = ("sbatch", "squeue", "scancel", "sinfo")
_SECONDS = 15.0
_LEAST_MEMORY = 512 * 1024**2


def diagnose(settings: Settings) -> Iterator[Finding]:
    """Look at everything that the engine needs.

    Yields
    ------
    tuple
        Findings, one for each thing.
    """
    yield _versions()
    jobs = settings.jobs
    if jobs.cluster == "local":
        yield _machine(jobs)
    elif jobs.cluster == "slurm":
        yield from _slurm(jobs)
    else:
        yield _scheduler(jobs.cluster)
    if jobs.cluster != "local" and not _alone(jobs.cluster):
        yield from _shared(settings)


def _versions() -> Finding:
    """Dask's parts fit together in one version only."""
    here = {name: version(name) for name in ("dask", "distributed")}
    same = len(set(here.values())) == 1
    told = ", ".join(f"{name} {found}" for name, found in here.items())
    helps = "" if same else f"; pip install distributed=={here['dask']}"
    return same, f"versions: {told}{helps}"


def _machine(jobs: Jobs) -> Finding:
    """Tell how many workers this machine gets, and what memory each has."""
    import psutil

    count = jobs.workers or os.cpu_count() or 1
    each = psutil.virtual_memory().total // count
    told = f"engine: {count} workers on this machine, {each / 1024**3:.1f} GiB memory each"
    good = each >= _LEAST_MEMORY
    return good, told if good else f"{told}; set jobs.workers to a smaller number"


def _scheduler(address: str) -> Finding:
    """Tell how many workers of our version a scheduler has."""
    from distributed import Client

    from casa_ogc.jobs.engine_states import ask_states
    from casa_ogc.jobs.preload import resources

    (needed,) = resources()
    try:
        with Client(address, timeout=_SECONDS, set_as_default=False) as client:
            _, workers = ask_states(client, needed)
    except (OSError, TimeoutError, ValueError) as error:
        reason = str(error).partition("\n")[0]
        return (
            False,
            f"engine: no scheduler at {address} ({reason}); start one with: dask scheduler",
        )
    fit = sum(worker.fit for worker in workers)
    told = f"engine: {address} has {len(workers)} workers, {fit} of them of this version"
    return fit > 0, told if fit else f"{told}; start some with: {PRELOADED.format(address=address)}"


def _slurm(jobs: Jobs) -> Iterator[Finding]:
    """Look for the package, the commands, the authentication and the partition."""
    have = find_spec("dask_jobqueue") is not None
    yield have, "engine: dask-jobqueue" + ("" if have else ": pip install 'casa-ogc[cluster]'")
    missing = [name for name in _SLURM if shutil.which(name) is None]
    if missing:
        yield False, f"Slurm: {', '.join(missing)} not found: apt-get install slurm-client"
        return
    yield True, f"Slurm: {_answer('sinfo', '--version')[1] or 'commands are there'}"
    good, said = _answer("sh", "-c", "munge -n </dev/null | unmunge >/dev/null && echo good")
    sealed = good and said.endswith("good")
    helps = "" if sealed else f" does not work ({said}): apt-get install munge, then start munged"
    yield sealed, f"munge{helps}"
    yield _partition(jobs)


def _partition(jobs: Jobs) -> Finding:
    """Look whether the partition has nodes that can work."""
    named = ["--partition", jobs.slurm.partition] if jobs.slurm.partition else []
    good, said = _answer("sinfo", "--noheader", "--format", "%P %D %t", *named)
    what = jobs.slurm.partition or "of any name"
    if not good:
        return False, f"Slurm: its controller does not answer ({said}): scontrol ping"
    usable = [
        line
        for line in said.splitlines()
        if line.split()[-1].rstrip("*") in ("idle", "mix", "alloc")
    ]
    if not usable:
        return False, f"Slurm: no partition {what} has a node that works: sinfo --list-reasons"
    return True, f"Slurm: {'; '.join(usable)}"


def _alone(cluster: str) -> bool:
    """Tell whether all workers will be on this machine."""
    own = {"localhost", "127.0.0.1", "::1", platform.node(), platform.node().partition(".")[0]}
    if cluster != "slurm":
        return (urlsplit(cluster).hostname or "") in own
    good, nodes = _answer("sinfo", "--noheader", "--Node", "--format", "%N")
    return good and bool(nodes) and set(nodes.split()) <= own


def _shared(settings: Settings) -> Iterator[Finding]:
    """Look whether workers on other machines can reach the database and the folders."""
    jobs = settings.jobs
    try:
        embedded = make_url(database_url(jobs)).get_backend_name() == "sqlite"
    except ArgumentError:
        embedded = False
    if embedded:
        yield (
            False,
            (
                "database: SQLite is out of reach for other machines; "
                "name a PostgreSQL database in jobs.database"
            ),
        )
    for key, path in (("jobs.folder", jobs.folder), ("archive", settings.archive)):
        kind = shared_kind(path.absolute())
        place = f"{key}: {path.absolute()} "
        told = f"lies on {kind}" if kind else "lies on a local disk: fit for workers here alone"
        yield True, place + told


def _answer(*command: str) -> tuple[bool, str]:
    """Run a command; return whether it succeeded, and what it said."""
    try:
        done = subprocess.run(  # noqa: S603
            command, capture_output=True, text=True, timeout=_SECONDS, check=False, cwd=Path("/")
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return False, str(error)
    said = (done.stdout.strip() or done.stderr.strip()).splitlines()
    return done.returncode == 0, "\n".join(said) if done.returncode == 0 else (said or [""])[-1]
