"""What an operator has to know before jobs can run: findings for ``casa doctor``."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from casa_ogc.catalog.settings import Jobs, Settings

type Finding = tuple[bool, str]

COMMANDS = ("sbatch", "squeue", "scancel", "sinfo")
_ANSWER = 15.0


def diagnose(settings: Settings) -> Iterator[Finding]:
    """Tell whether the cluster of the settings can run jobs, and what is missing.

    Parameters
    ----------
    settings
        Of the site.

    Yields
    ------
    tuple
        Whether it is good, and a sentence.
    """
    jobs = settings.jobs
    if jobs.cluster == "slurm":
        yield from _slurm(jobs)
    elif jobs.cluster == "local":
        yield from _local(jobs)
    else:
        yield from _scheduler(jobs.cluster)


def _local(jobs: Jobs) -> Iterator[Finding]:
    count, cores = jobs.workers or os.cpu_count() or 1, os.cpu_count() or 1
    yield count <= cores, f"jobs: {count} local workers on {cores} cores"


def _scheduler(address: str) -> Iterator[Finding]:
    """Ask a scheduler that others run for its workers."""
    from casa_ogc.jobs.clusters import connected
    from casa_ogc.jobs.engine_states import ask_states
    from casa_ogc.jobs.engines import REFUSED
    from casa_ogc.jobs.errors import UnavailableError
    from casa_ogc.jobs.preload import resources

    (needed,) = resources()
    try:
        with connected(Jobs(cluster=address)) as connection:
            _, workers = ask_states(connection.client, needed)
    except UnavailableError as error:
        yield False, f"jobs: {error}"
        return
    fit = sum(worker.fit for worker in workers)
    yield fit > 0, f"jobs: {address} has {fit} workers that take jobs"
    for worker in workers:
        if not worker.fit:
            yield False, f"worker {worker.address} is given no jobs: {REFUSED}"


def _slurm(jobs: Jobs) -> Iterator[Finding]:
    """Look for Slurm's commands, ask the controller for its partitions, look at shared folders."""
    there = find_spec("dask_jobqueue") is not None
    yield there, f"dask-jobqueue: {'there' if there else 'install casa-ogc[cluster]'}"
    missing = [name for name in COMMANDS if shutil.which(name) is None]
    if missing:
        yield False, f"Slurm: {', '.join(missing)} not found; install Slurm's commands here"
        return
    yield from _partitions(jobs)
    if jobs.database == "":
        yield (
            False,
            "database of jobs: workers on other machines cannot use SQLite; name a PostgreSQL "
            "database in jobs.database (unless Slurm has this machine alone)",
        )
    yield _folder(jobs.folder.absolute()), f"jobs: {jobs.folder.absolute()} must be shared by nodes"


def _partitions(jobs: Jobs) -> Iterator[Finding]:
    words = ["sinfo", "--noheader", "--format=%P %a %D"]
    try:
        done = subprocess.run(  # noqa: S603  # our own words
            words, capture_output=True, text=True, timeout=_ANSWER, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        yield False, f"Slurm: sinfo does not answer ({error})"
        return
    if done.returncode:
        reason = done.stderr.strip().partition("\n")[0]
        yield False, f"Slurm: the controller does not answer ({reason})"
        return
    rows = [line.split() for line in done.stdout.splitlines() if line.strip()]
    up = {name.rstrip("*"): nodes for name, state, nodes in rows if state == "up"}
    default = [name.rstrip("*") for name, *_ in rows if name.endswith("*")]
    wanted = jobs.slurm.partition or next(iter(default), "")
    known = ", ".join(f"{name} ({nodes} nodes)" for name, nodes in up.items()) or "none"
    asked = f"partition {wanted!r}" if wanted else "a default partition"
    yield wanted in up, f"Slurm: {asked} of those that are up: {known}"


def _folder(folder: Path) -> bool:
    found = next(each for each in (folder, *folder.parents) if each.exists())
    return os.access(found, os.W_OK | os.X_OK)
