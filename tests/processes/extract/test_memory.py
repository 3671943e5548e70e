"""An extract holds a few pieces in memory, never the whole."""

import tracemalloc

import numpy as np
import pytest
import xarray as xr

from casa_ogc.archive.cubes import write_cube
from casa_ogc.archive.manifests import SourceFile
from casa_ogc.archive.soundings import write_soundings
from casa_processes.common.context import SerialContext
from casa_processes.extract import grids, soundings
from tests.processes.extract.selected import reference_of, shelf
from tests.service.grids import grid
from tests.synthetic import encoded_soundings

REPEATS = 12
ROWS = 12_000


def peak(work):
    """Most bytes that are held while something is done, after it was done once."""
    work()
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    root = tmp_path_factory.mktemp("archive")
    first, days = grid(), grid().sizes["time"]
    shifts = [np.timedelta64(number * days, "D") for number in range(REPEATS)]
    parts = [first.assign_coords(time=first["time"].values + shift) for shift in shifts]
    write_cube(root, "grid", xr.concat(parts, "time"), ())
    source = SourceFile("s.nc", "0" * 64, 1, "test", "1", "2022-01-01T00:00:00Z", ROWS)
    write_soundings(root, "rows", encoded_soundings(ROWS), [source])
    return root


def test_a_grid_is_held_piece_by_piece(tmp_path, root, monkeypatch):
    catalog = shelf(root, "grid")
    reference = reference_of(catalog, {"collection": "grid", "variables": ["xco2"]})
    whole = reference.selection.size
    monkeypatch.setattr(grids, "PIECE_CELLS", 2 * 90 * 180)
    context = SerialContext(tmp_path)
    assert peak(lambda: grids.written_grid(reference, context, {})) < whole / 4


def test_soundings_are_held_window_by_window(tmp_path, root, monkeypatch):
    catalog = shelf(root, "rows")
    names = ["xco2", "xco2_averaging_kernel", "longitude_vertices"]
    reference = reference_of(catalog, {"collection": "rows", "variables": names})
    context = SerialContext(tmp_path)
    found = {}
    for size in (1, 1 << 30):
        monkeypatch.setattr(soundings, "PIECE_BYTES", size)
        found[size] = peak(lambda: soundings.written_soundings(reference, context, {}))
    assert found[1] < found[1 << 30] / 3
