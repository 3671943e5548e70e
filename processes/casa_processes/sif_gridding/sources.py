"""Where soundings come from: a collection, a file, or a simulation; in pieces of time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.errors import InvalidInputsError, UnknownNameError
from casa_processes.common.file_inputs import InputFile
from casa_processes.common.intervals import interval
from casa_processes.common.io import open_parts, read_manifest
from casa_processes.common.io_rows import TimeWindow, read_window, time_windows
from casa_processes.common.references import Box, InputRef
from casa_processes.common.vocabulary import VOCABULARY, variable
from casa_processes.sif_gridding import Inputs
from casa_processes.sif_gridding.files import listed, rows
from casa_processes.sif_gridding.lattices import is_lattice, lattice_rows, listed_lattice
from casa_processes.sif_gridding.simulated import COUNT, SEED, simulated

PIECE_ROWS = 1 << 15
"""Soundings of a piece."""
_PIECE_BYTES = PIECE_ROWS * 160
_MARGIN = 1.0
"""How far from the grid the centre of a footprint may lie that reaches into it.  [degree]"""
_PLACES = ("latitude", "longitude")
_CORNERS = ("latitude_vertices", "longitude_vertices")
QUALITY = "quality_flag"

type Columns = dict[str, NDArray[Any]]


@dataclass(frozen=True)
class Piece:
    """Neighbouring soundings in the order of time: a window of a collection, or rows of a file.

    Attributes
    ----------
    path
        File; empty for a collection or a simulation.
    sha256
        Of the file, so that pieces of other bytes are other pieces.
    start, stop
        Rows of a file or of the simulation.
    lattice
        Whether the file is a grid, whose cells are read as soundings.
    seed
        Of the simulation.
    reference, window
        Of a collection.
    """

    path: str = ""
    sha256: str = ""
    start: int = 0
    stop: int = 0
    lattice: bool = False
    seed: int = SEED
    reference: InputRef | None = None
    window: TimeWindow | None = None


@dataclass(frozen=True, eq=False)
class Source:
    """What there is to read.

    Attributes
    ----------
    pieces
        In the order of time.
    ends
        Instants of the first and the last sounding.
    known
        Columns that can be read.
    attributes
        What the soundings say of themselves.
    """

    pieces: tuple[Piece, ...]
    ends: tuple[np.datetime64, np.datetime64]
    known: frozenset[str]
    attributes: Mapping[str, str]


def opened(
    inputs: Inputs, reference: InputRef | None, file: InputFile | None, seed: int = SEED
) -> Source:
    """Find the soundings that inputs name.

    Parameters
    ----------
    inputs
        What is selected.
    reference, file
        The collection or the file; simulated soundings without either.
    seed
        Of simulated ones.

    Raises
    ------
    InvalidInputsError
        When none meets the selection, a variable is not stored, or the quality is not where good
        soundings alone are meant.
    FileContentError
        When a file is no file of soundings in the order of time, and no grid.
    """
    if reference is not None:
        return _stored(inputs, reference)
    if file is None:
        found = simulated(0, COUNT, seed)
        attributes = {"title": "simulated soundings", "mission": "Synthetic"}
        return _cut(inputs, found["time"], frozenset(found), attributes, Piece(seed=seed))
    path = Path(file.path)
    if is_lattice(path):
        plain = inputs.model_copy(update={"good_only": False})
        return _cut(plain, *listed_lattice(path), Piece(file.path, file.sha256, lattice=True))
    return _cut(inputs, *listed(path), Piece(file.path, file.sha256))


def columns_of(inputs: Inputs, known: frozenset[str]) -> tuple[str, ...]:
    """Return the columns that are read of each sounding."""
    errors = [variable(name).uncertainty for name in inputs.variables]
    more = [*errors, *_CORNERS, *([QUALITY] if inputs.good_only else [])]
    found = (*_PLACES, *inputs.variables, *(name for name in more if name and name in known))
    return tuple(dict.fromkeys(found))


def read(piece: Piece, columns: Sequence[str]) -> Columns:
    """Read ``time`` and the columns of a piece, in the order of time."""
    if piece.reference is not None and piece.window is not None:
        return read_window(piece.reference, piece.window, columns)
    names = ("time", *columns)
    if piece.lattice:
        return lattice_rows(Path(piece.path), piece.start, piece.stop, names)
    if piece.path:
        return rows(Path(piece.path), piece.start, piece.stop, names)
    found = simulated(piece.start, piece.stop, piece.seed)
    return {name: found[name] for name in names}


def check_variables(inputs: Inputs, known: frozenset[str]) -> None:
    """Refuse what is not stored, or cannot be averaged."""
    fixed = {"time", *_PLACES}
    rows = [VOCABULARY[name] for name in known if name in VOCABULARY]
    gridded = [
        row.name for row in rows
        if row.shape == "scalar" and row.dtype.startswith("float") and row.name not in fixed
    ]  # fmt: skip
    problems = [
        (f"/variables/{place}", str(UnknownNameError("variable", name, gridded)))
        for place, name in enumerate(inputs.variables)
        if name not in gridded
    ]
    if inputs.good_only and QUALITY not in known:
        problems.append(("/good_only", f"the soundings have no {QUALITY}"))
    if problems:
        raise InvalidInputsError(problems)


def _stored(inputs: Inputs, asked: InputRef) -> Source:
    """Cut a collection; its windows hold what is meant and nothing else."""
    stored = open_parts(Path(asked.href), read_manifest(asked))
    known = frozenset(stored.schema.names)
    check_variables(inputs, known)
    reference = replace(asked, box=_around(inputs.bbox), good_only=inputs.good_only)
    found = time_windows(reference, columns_of(inputs, known), _PIECE_BYTES)
    if not found.windows:
        raise InvalidInputsError([("", "no sounding of the collection meets the selection")])
    pieces = tuple(Piece(reference=reference, window=each) for each in found.windows)
    first, last = found.windows[0].first, found.windows[-1].last
    ends = (np.datetime64(first, "ns"), np.datetime64(last, "ns"))
    return Source(pieces, ends, known, found.attributes)


def _around(box: list[float] | None) -> Box | None:
    """Widen a box so that it holds the centres of footprints that reach into it."""
    if box is None:
        return None
    west, south, east, north = box
    wide = ((east - west) % 360.0 or 360.0) + 2.0 * _MARGIN
    # Near the poles a footprint spans many degrees of longitude.
    if wide >= 360.0 or max(abs(south), abs(north)) > 80.0:
        west, east = -180.0, 180.0
    else:
        west, east = ((x + 180.0) % 360.0 - 180.0 for x in (west - _MARGIN, east + _MARGIN))
    return Box(west, max(south - _MARGIN, -90.0), east, min(north + _MARGIN, 90.0))


def _cut(
    inputs: Inputs,
    times: NDArray[np.datetime64],
    known: frozenset[str],
    attributes: Mapping[str, str],
    piece: Piece,
) -> Source:
    """Cut rows in the order of time; those of the wrong time are left out."""
    check_variables(inputs, known)
    start, stop = 0, times.size
    if inputs.datetime is not None:
        first, last = (np.datetime64(each, "ns") for each in interval(inputs.datetime))
        start, stop = int(times.searchsorted(first)), int(times.searchsorted(last, "right"))
    if start >= stop:
        raise InvalidInputsError([("/datetime", f"none of the {times.size} soundings meets it")])
    cuts = range(start, stop, PIECE_ROWS)
    pieces = tuple(replace(piece, start=at, stop=min(at + PIECE_ROWS, stop)) for at in cuts)
    return Source(pieces, (times[start], times[stop - 1]), known, attributes)
