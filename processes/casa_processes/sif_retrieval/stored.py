"""Trainings as plain arrays: as parts of a run give them, and in a file that parts share."""

import hashlib
import io
import os
from collections.abc import Mapping, Sequence
from dataclasses import fields
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.errors import IntegrityError
from casa_processes.sif_retrieval.model import Training

FOLDER = "sif_training"
_MOST = 64
"""Files that are kept; the oldest go."""
_SEPARATOR = "|"

type Arrays = dict[str, NDArray[Any]]
type Trainings = Mapping[str, tuple[Training | None, ...]]


def flat(window: str, trainings: Sequence[Training | None]) -> Arrays:
    """Return trainings of a window as arrays by ``window|footprint|field``."""
    return {
        _SEPARATOR.join((window, str(each.footprint), field.name)): np.asarray(
            getattr(each, field.name)
        )
        for each in trainings
        if each is not None
        for field in fields(each)
    }


def restored(arrays: Mapping[str, NDArray[Any]], footprints: int) -> Trainings:
    """Return the trainings by window and footprint; None of footprints without one."""
    found: dict[str, dict[int, dict[str, Any]]] = {}
    for key, values in arrays.items():
        window, footprint, name = key.split(_SEPARATOR)
        found.setdefault(window, {}).setdefault(int(footprint), {})[name] = values
    return {
        window: tuple(
            _training(known[number]) if number in known else None for number in range(footprints)
        )
        for window, known in found.items()
    }


def _training(members: Mapping[str, NDArray[Any]]) -> Training:
    made: dict[str, Any] = {
        name: value.item() if value.ndim == 0 else value for name, value in members.items()
    }
    return Training(**made)


def keep(folder: Path, arrays: Mapping[str, NDArray[Any]]) -> str:
    """Write arrays into a file that is called after what it holds; returns its path.

    Parameters
    ----------
    folder
        That all workers share.
    arrays
        As `flat` returns them.
    """
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, **dict(arrays))
    content = buffer.getvalue()
    place = folder / FOLDER
    place.mkdir(parents=True, exist_ok=True)
    path = place / f"{hashlib.sha256(content).hexdigest()}.npz"
    temporary = path.with_suffix(f".{os.getpid()}.new")
    temporary.write_bytes(content)
    temporary.replace(path)
    known = sorted(place.glob("*.npz"), key=lambda each: each.stat().st_mtime_ns)
    for old in known[:-_MOST]:
        old.unlink(missing_ok=True)
    return str(path)


@lru_cache(maxsize=2)
def kept(path: str, footprints: int) -> Trainings:
    """Read what `keep` wrote; a worker keeps the last two.

    Raises
    ------
    IntegrityError
        When the file is gone or not what was written.
    """
    try:
        content = Path(path).read_bytes()
    except OSError:
        raise IntegrityError(FOLDER, Path(path).name, "missing") from None
    if hashlib.sha256(content).hexdigest() != Path(path).stem:
        raise IntegrityError(FOLDER, Path(path).name, "bytes differ from those that were written")
    with np.load(io.BytesIO(content), allow_pickle=False) as stored:
        return restored(dict(stored), footprints)
