"""Files that inputs name: found when a job is accepted, compared and read when it runs.

Clients name files in the folder of the operator, never elsewhere; on the command line names are
paths. A document that was fetched is kept under its checksum.
"""

import hashlib
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath

from casa_ogc.archive.durable import write_durably
from casa_ogc.archive.manifests import digest
from casa_ogc.catalog.settings import Jobs
from casa_processes.common.errors import CasaError, IntegrityError, InvalidInputsError
from casa_processes.common.file_inputs import InputFile

_FETCHED = re.compile(r"sha256:([0-9a-f]{64})")
_FOLDER = "inputs"
_DAY = 86_400.0


class _NoFileError(CasaError):
    """A name that leads to no file; says why."""


@dataclass(frozen=True)
class NamedFile:
    """A file as it was when a job was accepted.

    Attributes
    ----------
    path
        Absolute.
    name
        As it was asked for.
    size
        [byte]
    modified
        Nanoseconds since 1970.
    """

    path: str
    name: str
    size: int
    modified: int


def admitted(asked: Mapping[str, str], jobs: Jobs) -> dict[str, NamedFile]:
    """Find the files that a client names.

    Parameters
    ----------
    asked
        Names by input: relative to the folder of the operator, or of a document that `keep` took.
    jobs
        Settings of jobs.

    Raises
    ------
    InvalidInputsError
        Naming every input that leads to no file there.
    """
    return _each(asked, lambda name: _admitted(name, jobs))


def local(asked: Mapping[str, str]) -> dict[str, NamedFile]:
    """Find the files that a user of this machine names by their paths.

    Raises
    ------
    InvalidInputsError
        Naming every input that leads to no file.
    """
    return _each(asked, lambda name: Path(name).expanduser())


def keep(content: bytes, jobs: Jobs) -> str:
    """Keep a document that was fetched; returns the name under which `admitted` finds it."""
    checksum = hashlib.sha256(content).hexdigest()
    path = jobs.folder / _FOLDER / checksum
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.is_file():
        path.touch()
    else:
        write_durably(path, content)
    return f"sha256:{checksum}"


def expire(jobs: Jobs) -> None:
    """Remove documents that no job can need any more: those of twice the time of results."""
    oldest = time.time() - 2 * jobs.keep_days * _DAY
    for path in (jobs.folder / _FOLDER).glob("*"):
        if path.stat().st_mtime < oldest:
            path.unlink(missing_ok=True)


def opened(files: Mapping[str, NamedFile]) -> dict[str, InputFile]:
    """Return the files of a job as its computation finds them, with their checksums.

    Raises
    ------
    IntegrityError
        When one is not what it was when the job was accepted.
    """
    return {
        name: InputFile(each.path, each.name, checksum(each), each.size)
        for name, each in files.items()
    }


@lru_cache(maxsize=256)
def checksum(file: NamedFile) -> str:
    """Return the SHA-256 of a file that has not changed since it was found.

    Raises
    ------
    IntegrityError
        When it has, or is gone.
    """
    try:
        before = _found(file.name, Path(file.path))
        sha256 = digest(Path(file.path)).sha256
        after = _found(file.name, Path(file.path))
    except (OSError, _NoFileError) as error:
        raise IntegrityError("input files", file.name, str(error)) from None
    if not before == after == file:
        raise IntegrityError("input files", file.name, "changed after the job was accepted")
    return sha256


def _each(asked: Mapping[str, str], where: Callable[[str], Path]) -> dict[str, NamedFile]:
    """Find each file, or name every input that leads to none."""
    found, problems = {}, []
    for field, name in asked.items():
        try:
            found[field] = _found(name, where(name))
        except _NoFileError as error:
            problems.append((f"/{field}", str(error)))
    if problems:
        raise InvalidInputsError(problems)
    return found


def _admitted(name: str, jobs: Jobs) -> Path:
    """Return the place of a file that a client may name."""
    fetched = _FETCHED.fullmatch(name)
    if fetched:
        return jobs.folder / _FOLDER / fetched[1]
    if jobs.files is None:
        raise _NoFileError("this server offers no files: its operator names no folder (jobs.files)")
    parts = PurePosixPath(name).parts
    if not parts or name.startswith("/") or ".." in parts or not name.isprintable():
        raise _NoFileError("expected the name of a file in the folder of this server")
    return jobs.files.joinpath(*parts)


def _found(name: str, path: Path) -> NamedFile:
    """Look at a file; the answer does not tell where it would lie."""
    try:
        about = path.stat()
        regular = path.is_file()
    except (OSError, ValueError):
        regular = False
    if not regular:
        raise _NoFileError(f"there is no file {name!r}")
    return NamedFile(str(path.resolve()), name, about.st_size, about.st_mtime_ns)
