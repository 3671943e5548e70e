"""Results of jobs on disk: complete and checksummed, or not there at all.

``<folder>/results/<job>/<attempt>/`` holds ``manifest.json`` and the files it names. An attempt
writes beside, into ``.<attempt>.partial``, flushes every file, and renames the folder in one step.
"""

import hashlib
import json
import re
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from casa_ogc.archive.durable import sync_file, sync_folder
from casa_ogc.jobs.record import Job
from casa_processes.common.errors import IntegrityError, InvalidValueError, UnknownNameError
from casa_processes.common.process import Process

_MANIFEST = "manifest.json"
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_BLOCK = 1024 * 1024


@dataclass(frozen=True)
class StoredFile:
    """An output that is a file: its place in the folder of the results, and what it must hold."""

    file: str
    media_type: str
    sha256: str
    size: int


@dataclass(frozen=True)
class Manifest:
    """What a successful job gave.

    Attributes
    ----------
    job, attempt, process_id, process_version
        Which run of what.
    outputs
        By name: a value of JSON types, or a stored file; outputs without a value are left out.
    """

    job: str
    attempt: int
    process_id: str
    process_version: str
    outputs: Mapping[str, Any]


@dataclass(frozen=True)
class Written:
    """What was written: the manifest, its SHA-256, and the size of all outputs in bytes."""

    manifest: Manifest
    sha256: str
    size: int


def partial_folder(folder: Path, job_id: str, attempt: int) -> Path:
    """Return an empty folder for an attempt to write its files into; it may be killed any time."""
    partial = _home(folder, job_id) / f".{attempt}.partial"
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    return partial


def write(
    folder: Path,
    job: Job,
    process: Process,
    outputs: BaseModel,
    beside: Callable[[Manifest], Mapping[str, bytes]] = lambda _: {},
) -> Written:
    """Make the outputs of an attempt durable, in one step.

    Parameters
    ----------
    folder
        Of all jobs.
    job
        Whose attempt it was; its files lie in `partial_folder`.
    process
        What was run.
    outputs
        What it returned.
    beside
        Gives further files by name, which lie beside the manifest and are no outputs.

    Raises
    ------
    InvalidValueError
        When an output names a file that was not written, or one elsewhere.
    """
    home = _home(folder, job.id)
    partial, final = home / f".{job.attempt}.partial", home / str(job.attempt)
    stored = _stored(partial, process, outputs)
    version = job.execution.process_version
    manifest = Manifest(job.id, job.attempt, job.execution.process_id, version, stored)
    text = _encoded(manifest)
    for name, content in {**beside(manifest), _MANIFEST: text}.items():
        (partial / name).write_bytes(content)
        sync_file(partial / name)
    sync_folder(partial)
    shutil.rmtree(final, ignore_errors=True)
    partial.rename(final)
    sync_folder(home)
    files = sum(each.size for each in stored.values() if isinstance(each, StoredFile))
    return Written(manifest, hashlib.sha256(text).hexdigest(), len(text) + files)


def read(folder: Path, job: Job) -> Manifest:
    """Return the manifest of a successful job.

    Raises
    ------
    IntegrityError
        When it is missing or is not the one that the job's row knows.
    """
    try:
        text = (_home(folder, job.id) / str(job.attempt) / _MANIFEST).read_bytes()
    except FileNotFoundError:
        raise IntegrityError(f"results of job {job.id}", _MANIFEST, "missing") from None
    if hashlib.sha256(text).hexdigest() != job.result:
        found = "bytes differ from those that were committed"
        raise IntegrityError(f"results of job {job.id}", _MANIFEST, found)
    content = json.loads(text)
    outputs = {
        name: each["value"] if "value" in each else StoredFile(**each)
        for name, each in content.pop("outputs").items()
    }
    return Manifest(**content, outputs=outputs)


def open_output(folder: Path, job: Job, name: str) -> Any:
    """Return one output: a value of JSON types, or the path of a file that is as it was written.

    Raises
    ------
    UnknownNameError
        When the job has no such output.
    IntegrityError
        When the file is missing or its bytes are not those that were written.
    """
    outputs = read(folder, job).outputs
    if name not in outputs:
        raise UnknownNameError("output", name, outputs)
    found = outputs[name]
    if not isinstance(found, StoredFile):
        return found
    path = _home(folder, job.id) / str(job.attempt) / found.file
    if not path.is_file():
        raise IntegrityError(f"results of job {job.id}", found.file, "missing")
    if path.stat().st_size != found.size or checksum(path) != found.sha256:
        raise IntegrityError(f"results of job {job.id}", found.file, "bytes differ")
    return path


def remove(folder: Path, job_id: str) -> None:
    """Delete all results and parts of a job."""
    shutil.rmtree(_home(folder, job_id), ignore_errors=True)
    shutil.rmtree(parts_folder(folder, job_id), ignore_errors=True)


def keep_only(folder: Path, job_id: str, attempt: int) -> None:
    """Delete what other attempts of a job left, and its parts."""
    home = _home(folder, job_id)
    for each in home.iterdir() if home.is_dir() else ():
        if each.name != str(attempt):
            shutil.rmtree(each, ignore_errors=True)
    shutil.rmtree(parts_folder(folder, job_id), ignore_errors=True)


def discard(folder: Path, job_id: str, attempt: int) -> None:
    """Delete what one attempt wrote, complete or not."""
    for name in (f".{attempt}.partial", str(attempt)):
        shutil.rmtree(_home(folder, job_id) / name, ignore_errors=True)


def parts_folder(folder: Path, job_id: str) -> Path:
    """Return where the done parts of a job are kept between its attempts."""
    return folder / "parts" / _checked(job_id)


def log_path(folder: Path, job_id: str) -> Path:
    """Return the file that holds the log of a job; it may not exist."""
    return folder / "logs" / f"{_checked(job_id)}.log"


def checksum(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _home(folder: Path, job_id: str) -> Path:
    return folder / "results" / _checked(job_id)


def _checked(job_id: str) -> str:
    """Return an id that is a plain name, so that no id leads elsewhere."""
    if not _ID.fullmatch(job_id):
        raise InvalidValueError("job", job_id, "an id of letters, digits and hyphens")
    return job_id


def _stored(partial: Path, process: Process, outputs: BaseModel) -> dict[str, Any]:
    """Return all outputs that have a value, those that are files flushed and checksummed."""
    files = process.files()
    values = outputs.model_dump(mode="json", exclude=set(files))
    stored = {name: value for name, value in values.items() if value is not None}
    for name, mark in files.items():
        path = getattr(outputs, name)
        if path is not None:
            stored[name] = _stored_file(partial, name, Path(path), mark.media_type)
    return stored


def _stored_file(partial: Path, name: str, path: Path, media_type: str) -> StoredFile:
    root = partial.resolve()
    found = (root / path).resolve()
    if not found.is_file() or not found.is_relative_to(root) or found.name == _MANIFEST:
        raise InvalidValueError(f"output {name}", path.name, "a file in the folder of the run")
    sync_file(found)
    for parent in found.relative_to(root).parents:
        sync_folder(root / parent)
    relative = found.relative_to(root).as_posix()
    return StoredFile(relative, media_type, checksum(found), found.stat().st_size)


def _encoded(manifest: Manifest) -> bytes:
    outputs = {
        name: dict(vars(each)) if isinstance(each, StoredFile) else {"value": each}
        for name, each in manifest.outputs.items()
    }
    content = dict(vars(manifest)) | {"outputs": outputs}
    return json.dumps(content, ensure_ascii=False, allow_nan=False).encode()
