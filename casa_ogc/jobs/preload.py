"""What a Dask worker and its nanny load first: pinned threads, a cache of compiled code, a check.

``dask worker ADDRESS --nthreads 1 --preload-nanny casa_ogc.jobs.preload --preload
casa_ogc.jobs.preload`` starts a worker that takes jobs. It does so by announcing a resource of
Dask that has the version in its name; tasks ask for the resource of their own version, so that a
worker of another version, or one that was started otherwise, is given none.
"""

import asyncio
import logging
import os
import stat
import sys
import tempfile
import threading
from importlib import import_module
from pathlib import Path
from typing import Any

import casa_ogc

PINNED = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "NUMBA_NUM_THREADS",
    "BLOSC_NTHREADS",
)
"""Variables that give numerical libraries one thread: a worker is one core."""
PLENTY = 1e9
_CACHE = "NUMBA_CACHE_DIR"
_NEEDED = ("casa_ogc.jobs.attempt", "casa_ogc.jobs.part_run")
_log = logging.getLogger("distributed.worker")


def resources(version: str = casa_ogc.__version__) -> dict[str, float]:
    """Return what a worker of a version announces, and what tasks of that version ask for."""
    return {f"casa-ogc-{version}": 1.0}


def environment() -> dict[str, str]:
    """Return the environment of a worker, which has to be set before it starts."""
    return {**dict.fromkeys(PINNED, "1"), _CACHE: str(compiled_folder())}


def compiled_folder() -> Path:
    """Return a folder of this machine, user and version for compiled code.

    What lies in it is run, so it must be ours alone; if a folder of that name is not, a new one
    is made.
    """
    named = os.environ.get(_CACHE)
    base = Path(named) if named else Path(tempfile.gettempdir()) / f"casa-ogc-{os.getuid()}"
    version = f"{casa_ogc.__version__}-py{sys.version_info[0]}{sys.version_info[1]}"
    folder = base if base.name == version else base / version
    try:
        folder.mkdir(mode=stat.S_IRWXU, parents=True, exist_ok=True)
        ours = all(_ours(each) for each in (folder, folder.parent))
    except OSError:
        ours = False
    return folder if ours else Path(tempfile.mkdtemp(prefix="casa-ogc-"))


def _ours(folder: Path) -> bool:
    found = folder.stat()
    return found.st_uid == os.getuid() and not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


async def dask_setup(server: Any) -> None:
    """Prepare a nanny (the environment of its worker) or a worker (announce it when it is warm)."""
    if not hasattr(server, "state"):
        os.environ.update(environment())
        return
    os.environ.update(environment())
    # Its one warning is that a task was cancelled, which is so whenever a busy worker ends.
    logging.getLogger("distributed.worker.state_machine").setLevel(logging.ERROR)
    if server.state.nthreads != 1:
        _log.error("casa-ogc gives no job to a worker of %d threads", server.state.nthreads)
        return
    await asyncio.to_thread(_load_ours)
    for name in resources():
        server.state.total_resources[name] = PLENTY
        server.state.available_resources[name] = PLENTY
    threading.Thread(target=warm_up, name="warm-up", daemon=True).start()


def _load_ours() -> None:
    """Import what every job needs."""
    for module in _NEEDED:
        import_module(module)


def warm_up() -> None:
    """Import the computations, so that their first jobs need not."""
    from casa_processes.common.registry import process, process_ids

    for name in process_ids():
        try:
            process(name).load()
        except Exception:  # noqa: BLE001  # of a third party: other processes still run
            _log.exception("process %s cannot be loaded", name)
