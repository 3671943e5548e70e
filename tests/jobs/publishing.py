"""A site of two collections, and attempts of jobs that ran on it."""

import shutil
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path

import numpy as np
import xarray as xr

from casa_ogc.archive.cubes import write_cube
from casa_ogc.archive.manifests import SourceFile
from casa_ogc.archive.soundings import write_soundings
from casa_ogc.catalog.entries import Catalog, load_catalog
from casa_ogc.jobs import provenance, results
from casa_ogc.jobs.publication import publish
from casa_ogc.jobs.record import Execution, Job
from casa_ogc.jobs.resolve import resolve
from casa_processes.common.context import SerialContext
from casa_processes.common.references import InputRef
from casa_processes.common.registry import process
from tests.processes import stored
from tests.service.cubes import Habit, cube
from tests.service.sites import product_file, site_file

JOB = "0123456789abcdef0123456789abcdef"
NAME = "job-afbf2ab7dd47"
"""As `printf 'collection of JOB' | sha256sum` has it."""
INPUTS = {"seconds": 1e-6, "parts": 3, "grid": True}


def stocked(archive: Path) -> Path:
    """Make an archive of soundings and of a grid, both synthetic."""
    write_soundings(archive, "columns", soundings(), [source_file()])
    write_soundings(archive, "months", monthly(), [source_file()])
    write_cube(archive, "maps", cube(Habit(True, False, "tyx", False)), ())
    return archive


def site(folder: Path, archive: Path, url: str = "http://site.example", **more: object) -> Catalog:
    """Make a site of a copy of what `stocked` made, and return its catalogue."""
    config, own = folder / "config", folder / "archive"
    site_file(config, own, url=url, jobs={"folder": str(folder / "jobs"), **more})
    product_file(config, "columns", "soundings", licence="CC-BY-4.0", citation="Columns (2026).")
    product_file(config, "months", "soundings")
    product_file(config, "maps", "grid")
    shutil.copytree(archive, own)
    return load_catalog(config)


def soundings() -> xr.Dataset:
    """The rows of `stored` in the common schema, with columns that were retrieved."""
    rows = stored.soundings()
    dims = {1: ("sounding",), 2: ("sounding", "level")}
    dataset = xr.Dataset(
        {name: (dims[np.ndim(values)], values) for name, values in rows.items()},
        attrs={"source": "rows.nc", "mission": "Synthetic", **stored.ATTRIBUTES},
    )
    number = np.arange(dataset.sizes["sounding"], dtype="float32")
    dataset["xco2"] = ("sounding", 401.5 + number)
    dataset["xco2_uncertainty"] = ("sounding", 0.5 + number / 10)
    dataset["quality_flag"] = ("sounding", (number > 3).astype("int8"))
    return dataset


def monthly() -> xr.Dataset:
    """The same rows a month apart, so that they lie in as many files."""
    rows = soundings()
    later = np.arange(rows.sizes["sounding"]) * np.timedelta64(31, "D")
    return rows.assign(time=("sounding", rows["time"].values + later))


def source_file() -> SourceFile:
    """What the archive notes of the rows' file."""
    return SourceFile("rows.nc", "0" * 64, 1, "test", "1", "2023-04-02T00:00:00Z", 6)


def job_of(catalog: Catalog, process_id: str, inputs: dict[str, object], **more: object) -> Job:
    """Return the first attempt of a job whose results shall be a collection."""
    asked = process(process_id)
    found = resolve(asked.collections(asked.validate(inputs)), catalog)
    execution = Execution(
        process_id=process_id,
        process_version=asked.version,
        inputs=inputs,
        references={name: asdict(one) for name, one in found.items()},
        response="collection",
    )
    members = {"title", "outputs"}
    execution = replace(execution, **{name: more.pop(name) for name in members & more.keys()})
    moment = "2026-11-21T10:00:00.000Z"
    job = Job(JOB, execution, "", "hash", "running", moment, moment, attempt=1, started=moment)
    return replace(job, **more)


def ran(catalog: Catalog, job: Job) -> results.Manifest:
    """Run an attempt here, and write its results as a worker does."""
    folder, asked = catalog.settings.jobs.folder, process(job.execution.process_id)
    references = {name: InputRef.restored(one) for name, one in job.execution.references.items()}
    home = results.partial_folder(folder, job.id, job.attempt)
    context = SerialContext(home, references)
    outputs = asked.load()(asked.validate(job.execution.inputs), context)
    kept = partial(provenance.files, job, catalog.settings)
    return results.write(folder, job, asked, outputs, kept).manifest


def made(catalog, **more):
    """A published job of random maps."""
    job = job_of(catalog, "long", INPUTS, **more)
    manifest = ran(catalog, job)
    return job, manifest, publish(job, manifest, catalog)


def stored_fields(catalog, name):
    entry = catalog.entry(name)
    layout = catalog.open(entry).layouts["map"]
    whole = {
        key: array.read(tuple(map(slice, array.shape))) for key, array in layout.arrays.items()
    }
    return entry, whole
