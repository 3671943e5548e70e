"""Steps that are put together of pieces, and the file that they go into."""

import netCDF4
import numpy as np
import pytest

from casa_processes.common.references import Box
from casa_processes.gridding.file import gridded_file, put_step, written_names
from casa_processes.gridding.grid import grid_of
from casa_processes.gridding.running import numbered, steps_of
from casa_processes.gridding.sums import Measured, Shares, summed

BORDERS = np.array(["2023-01-01", "2023-01-02", "2023-01-03", "2023-01-04"], "datetime64[ns]")


def piece(steps, value):
    """One sounding in each step, all in cell 1, as two variables, one twice the other."""
    count = len(steps)
    shares = Shares(np.arange(count), np.ones(count, np.int64), np.ones(count))
    found = {}
    for number in range(2):
        values = np.full(count, value * (number + 1.0))
        step = np.array(steps, np.int64)
        measured = Measured(values, np.full(count, 0.5), step, step)
        found |= numbered(number, summed(shares, measured, by_variance=False))
    return found


def test_a_step_ends_when_the_next_begins_wherever_pieces_are_cut():
    pieces = [piece([0, 0], 1.0), piece([0, 2], 4.0), piece([2], 8.0)]
    found = {
        step: {name: sums.fields(0.0)["mean"][1] for name, sums in each.items()}
        for step, each in steps_of(pieces, ["a", "b"], 3)
    }
    assert found == {0: {"a": 2.0, "b": 4.0}, 2: {"a": 6.0, "b": 12.0}}


def test_pieces_without_soundings_give_no_step():
    empty = piece([], 1.0)
    assert list(steps_of([empty, empty], ["a", "b"], 3)) == []
    assert [step for step, _ in steps_of([empty, piece([1], 1.0), empty], ["a", "b"], 3)] == [1]


@pytest.mark.parametrize(
    ("names", "uncertain", "expected"),
    [
        (["sif_740"], True, ["sounding_count", "sif_740", "sif_740_uncertainty",
                             "sif_740_standard_deviation"]),
        (["xco2"], False, ["sounding_count", "xco2", "xco2_standard_deviation"]),
        (["ndvi", "sif_757"], True, ["sounding_count", "ndvi", "sif_757", "sif_757_uncertainty"]),
    ],
)  # fmt: skip
def test_what_is_written_is_what_the_vocabulary_and_the_data_have(names, uncertain, expected):
    assert list(written_names(names, dict.fromkeys(names, uncertain))) == expected


def test_a_file_keeps_cells_in_their_places_and_steps_in_their_bounds(tmp_path):
    grid = grid_of((1.0, 2.0), Box(178, 0, -178, 4))
    what = written_names(["sif_740"], {"sif_740": True})
    values = {name: np.arange(8.0) for name in ("mean", "uncertainty", "deviation", "count")}
    path = tmp_path / "grid.nc"
    with gridded_file(path, grid, BORDERS, list(what), {"title": "T"}) as file:
        put_step(file, 1, {"sif_740": values}, what)
    with netCDF4.Dataset(path) as file:
        file.set_auto_mask(False)
        assert file["longitude"][:].tolist() == [178.5, 179.5, 180.5, 181.5]
        assert file["latitude"][:].tolist() == [1.0, 3.0]
        assert file["latitude_bounds"][:].tolist() == [[0.0, 2.0], [2.0, 4.0]]
        assert file["sif_740"][1].tolist() == [[0, 1, 2, 3], [4, 5, 6, 7]]
        assert np.isnan(file["sif_740"][[0, 2]]).all()
        assert (file["sounding_count"][[0, 2]] == 0).all()
        assert file["sounding_count"].dtype == np.int32
        assert file["sif_740"].ancillary_variables == "sif_740_uncertainty"
        seconds = file["time_bounds"][:]
        assert (np.diff(seconds, axis=1) == 86_400).all()
        assert (file["time"][:] == seconds.mean(axis=1)).all()
        assert file["time"].bounds == "time_bounds"
