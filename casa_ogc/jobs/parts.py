"""Done parts of a job, kept on disk so that its next attempt does not do them again."""

import hashlib
import io
import os
import pickle
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from casa_processes.common.context import Arrays, Work

_DIGEST = 32


def part_name(call: int, number: int, version: str, work: Work, part: Mapping[str, Any]) -> str:
    """Return a name that changes when the part, the work or its version does.

    Parameters
    ----------
    call, number
        Which part of which ``map`` of the run.
    version
        Of the process and of this software.
    work, part
        What is done with what.
    """
    what = (version, work.__module__, work.__qualname__, sorted(part))
    content = pickle.dumps((what, [part[name] for name in sorted(part)]), protocol=5)
    return f"{call}-{number}-{hashlib.sha256(content).hexdigest()[:24]}"


def keep_part(folder: Path, name: str, arrays: Arrays) -> None:
    """Write a done part: SHA-256 and the arrays as an npz without pickle; in one step."""
    buffer = io.BytesIO()
    # Names get a mark in front: savez has parameters of its own.
    np.savez(buffer, allow_pickle=False, **{f"_{key}": value for key, value in arrays.items()})
    content = buffer.getvalue()
    folder.mkdir(parents=True, exist_ok=True)
    temporary = folder / f".{name}.{os.getpid()}.new"
    temporary.write_bytes(hashlib.sha256(content).digest() + content)
    temporary.replace(folder / name)


def kept_part(folder: Path, name: str) -> Arrays | None:
    """Return a done part; None when it is not there or damaged, and has to be done again."""
    try:
        content = (folder / name).read_bytes()
    except OSError:
        return None
    checksum, arrays = content[:_DIGEST], content[_DIGEST:]
    if hashlib.sha256(arrays).digest() != checksum:
        return None
    with np.load(io.BytesIO(arrays), allow_pickle=False) as stored:
        return {name.removeprefix("_"): stored[name] for name in stored.files}
