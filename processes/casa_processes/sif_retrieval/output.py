"""Files of a run: soundings block by block, and means of the good ones on a grid."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import h5netcdf
import numpy as np
from numpy.typing import NDArray

from casa_processes.common.errors import InvalidInputsError, InvalidValueError
from casa_processes.common.netcdf import in_type
from casa_processes.gridding.file import gridded_file, put_step, written_names
from casa_processes.gridding.grid import MOST_VALUES, grid_of
from casa_processes.gridding.running import numbered, steps_of
from casa_processes.gridding.steps import duration, edges, step_of
from casa_processes.gridding.sums import Footprints, Measured, shares, summed
from casa_processes.sif_retrieval.choices import Means

type Columns = dict[str, NDArray[Any]]

_DAY = 86_400_000_000_000
"""[ns]"""
_POINT_AREA = 1.0
"""Of soundings without corners.  [km2]"""
_FAILED = 2
REFERENCES = (
    "Guanter et al. (2012), doi:10.1016/j.rse.2012.02.006; "
    "Joiner et al. (2013), doi:10.5194/amt-6-2803-2013; "
    "Frankenberg et al. (2011), doi:10.1029/2010GL045896"
)


def attributes(*, simulated: bool, mission: str, instrument: str, method: str) -> dict[str, str]:
    """Return the global attributes of a run: title and what must be known to judge it."""
    title = "Solar-induced fluorescence retrieved from spectra"
    if simulated:
        title = f"{title} (synthetic: the spectra were simulated)"
    return {
        "title": title,
        "mission": "Synthetic" if simulated else mission,
        "instrument": instrument,
        "method": method,
        "science_quality": "no" if simulated else "not validated",
        "radiance_scale": "of all polarisations: measured radiance over the coefficient of I in it",
        "comment": "Raman scattering is neglected",
        "references": REFERENCES,
        **({"licence": "CC0-1.0"} if simulated else {}),
    }


def put_rows(file: h5netcdf.File, columns: Columns, start: int) -> None:
    """Write soundings from row `start` on, as `typed` returns them."""
    for name, values in columns.items():
        stored = values.astype(np.int64) if values.dtype.kind == "M" else values
        stored = stored.astype(object) if stored.dtype.kind == "U" else stored
        file[name][start : start + values.shape[0]] = stored


def typed(columns: Mapping[str, NDArray[Any]]) -> Columns:
    """Return columns in the types of the vocabulary, in the order of time and identifier."""
    order = np.lexsort((columns["sounding_id"], columns["time"]))
    found = {}
    for name, values in columns.items():
        ordered = values[order]
        found[name] = ordered.astype("datetime64[ns]") if name == "time" else in_type(name, ordered)
    return found


class Gridded:
    """Means of good soundings on a grid.

    Parameters
    ----------
    asked
        Cells, steps and correlation of errors.
    ends
        First and last time of the soundings of each piece, in nanoseconds since 1970; of a piece
        without any there is none.  shape (piece, 2)
    column
        That is averaged.
    """

    def __init__(self, asked: Means, ends: NDArray[np.int64], column: str) -> None:
        self.asked, self.column = asked, column
        self.in_turn = bool((ends[1:, 0] // _DAY >= ends[:-1, 1] // _DAY).all())
        whole = (np.datetime64(int(each), "ns") for each in (ends.min(), ends.max()))
        self.grid = grid_of((asked.resolution, asked.resolution))
        try:
            self.borders = edges(duration(asked.time_step), *whole)
        except InvalidValueError as error:
            raise InvalidInputsError([("/grid/time_step", str(error))]) from None
        values = self.grid.cells * (self.borders.size - 1)
        if values > MOST_VALUES:
            reason = f"{values:,} cells of all steps; at most {MOST_VALUES:,}"
            raise InvalidInputsError([("/grid/time_step", reason)])

    def sums(self, columns: Columns) -> dict[str, NDArray[Any]]:
        """Sum the good ones of some soundings, which follow each other in time."""
        good = columns["sif_quality_class"] < _FAILED
        rows = {name: values[good] for name, values in columns.items()}
        corners = (rows[f"{axis}_vertices"] for axis in ("longitude", "latitude"))
        places = Footprints(rows["longitude"], rows["latitude"], *corners)
        counts = rows["time"].astype("datetime64[ns]").astype(np.int64)
        measured = Measured(
            rows[self.column].astype(np.float64),
            rows[f"{self.column}_uncertainty"].astype(np.float64),
            step_of(self.borders, rows["time"]),
            counts // _DAY,
        )
        overlap = shares(places, self.grid, _POINT_AREA)
        return numbered(0, summed(overlap, measured, by_variance=False))

    def write(
        self, path: Path, pieces: Iterator[Mapping[str, NDArray[Any]]], about: Mapping[str, str]
    ) -> Path:
        """Write the means of all pieces; returns `path`."""
        what = written_names([self.column], {self.column: True})
        said = {
            **about,
            "title": about["title"].replace("retrieved", "on a grid, retrieved"),
            "time_resolution": self.asked.time_step,
            "error_correlation": f"{self.asked.error_correlation:g} between soundings of a cell "
            "within a day, none beyond",
        }
        with gridded_file(path, self.grid, self.borders, list(what), said) as file:
            ordered = pieces if self.in_turn else in_turn(pieces)
            for step, sums in steps_of(ordered, [self.column], self.grid.cells):
                each = sums[self.column].fields(self.asked.error_correlation)
                put_step(file, step, {self.column: each}, what)
        return path


def in_turn(pieces: Iterable[Mapping[str, NDArray[Any]]]) -> list[dict[str, NDArray[Any]]]:
    """Cut the sums of one variable into steps and days, in the order of these; all are held.

    For soundings that a file does not have in the order of time.
    """
    found = []
    for piece in pieces:
        keys = np.stack([piece["0.step"], piece["0.pass"]])
        cuts = np.flatnonzero((np.diff(keys, axis=1) != 0).any(axis=0)) + 1
        for begin, end in pairwise([0, *cuts.tolist(), keys.shape[1]]):
            found.append({name: values[begin:end] for name, values in piece.items()})
    full = [each for each in found if each["0.step"].size]
    return sorted(full, key=lambda each: (int(each["0.step"][0]), int(each["0.pass"][0])))


def exhausted(pieces: Iterator[Mapping[str, NDArray[Any]]]) -> None:
    """Go through pieces for what they do."""
    for _ in pieces:
        pass


def joined(parts: Sequence[Mapping[str, NDArray[Any]]], name: str) -> NDArray[Any]:
    """Put one array of all parts together."""
    return np.concatenate([each[name] for each in parts])
