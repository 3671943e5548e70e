"""What a netCDF file holds, to the last bit, whatever the container around it."""

from pathlib import Path
from typing import Any

import h5py
import numpy as np

from benchmarks.jobs_site import EngineSite
from casa_ogc.jobs.record import Job

_LINKS = ("DIMENSION_LIST", "REFERENCE_LIST")


def bits(path: Path) -> dict[str, Any]:
    """Return the attributes, and the type, shape, attributes and bytes of each variable.

    The container is left out: what is promised are the numbers. That equal results are equal files
    as well is shown where they are written.
    """
    with h5py.File(path) as file:
        found = {name: _variable(item) for name, item in file.items()}
        return {"attributes": _attributes(file), "variables": found}


def outputs(site: EngineSite, job: Job) -> dict[str, Any]:
    """Return the outputs of a job, its map as its bits."""
    found = site.outputs(job)
    stored = found.pop("grid")
    assert stored.size > 10_000
    folder = site.folder / "results" / job.id / str(job.attempt)
    return found | {"grid": bits(folder / stored.file)}


def _variable(item: h5py.Dataset) -> tuple[Any, ...]:
    values = np.ascontiguousarray(item[...])
    return item.dtype.str, item.shape, item.chunks, _attributes(item), values.tobytes()


def _attributes(item: h5py.Dataset | h5py.File) -> dict[str, str]:
    return {name: repr(value) for name, value in item.attrs.items() if name not in _LINKS}
