"""What jobs need around the engine: parts of Dask that fit, memory, Slurm's seal, shared disks."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from importlib.metadata import version

from casa_ogc.catalog.settings import Jobs, Settings
from casa_ogc.jobs.mounts import shared_kind

type Finding = tuple[bool, str]
"""Whether all is well, and what was looked at; a fault says what helps."""

_SECONDS = 15.0
_LEAST_MEMORY = 512 * 1024**2
_SEAL = "munge -n </dev/null | unmunge >/dev/null && echo good"


def surroundings(settings: Settings) -> Iterator[Finding]:
    """Look at everything around the engine.

    Yields
    ------
    tuple
        Findings, one for each thing.
    """
    yield _versions()
    jobs = settings.jobs
    if jobs.cluster == "local":
        yield _memory(jobs)
        return
    if jobs.cluster == "slurm":
        yield _munge()
    for key, path in (("jobs.folder", jobs.folder), ("archive", settings.archive)):
        kind = shared_kind(path.absolute())
        told = f"shared ({kind})" if kind else "on a local disk: fit for workers here alone"
        yield True, f"{key}: {path.absolute()} is {told}"


def _versions() -> Finding:
    """Dask's parts fit together in one version only."""
    here = {name: version(name) for name in ("dask", "distributed")}
    same = len(set(here.values())) == 1
    told = ", ".join(f"{name} {found}" for name, found in here.items())
    helps = "" if same else f"; pip install distributed=={here['dask']}"
    return same, f"versions: {told}{helps}"


def _memory(jobs: Jobs) -> Finding:
    """Tell what memory each worker of this machine has."""
    import psutil

    count = jobs.workers or os.cpu_count() or 1
    each = psutil.virtual_memory().total // count
    told = f"memory: {each / 1024**3:.1f} GiB for each of {count} workers"
    good = each >= _LEAST_MEMORY
    return good, told if good else f"{told}; set jobs.workers to a smaller number"


def _munge() -> Finding:
    """Seal and open a message as Slurm's commands do."""
    helps = "apt-get install munge, then start munged"
    if shutil.which("munge") is None:
        return False, f"munge: not found: {helps}"
    try:
        done = subprocess.run(  # noqa: S603
            ["/bin/sh", "-c", _SEAL],
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return False, f"munge: does not answer: {helps}"
    if done.stdout.strip() == "good":
        return True, "munge: seals and opens messages"
    said = (done.stderr.strip().splitlines() or ["no reason given"])[0]
    return False, f"munge: does not work ({said}): {helps}"
