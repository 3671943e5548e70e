"""Holdings: what the heads say, row by row and in total."""

import numpy as np

from casa_ogc.archive.cubes import write_cube
from casa_ogc.archive.holdings import holdings
from casa_ogc.archive.soundings import write_soundings
from tests.archive.builders import START, grid, soundings, source


def test_an_empty_archive_holds_nothing(tmp_path):
    (total,) = holdings(tmp_path)
    assert (total.product, total.bytes, total.granules, total.updated) == ("total", 0, 0, None)


def test_each_product_has_a_row_and_the_last_is_the_total(tmp_path):
    cube = write_cube(tmp_path, "b", grid(range(3)), [source("a.nc")])
    points = write_soundings(tmp_path, "a", soundings(10, mission="TanSat"), [source("b.nc")])
    first, second, total = holdings(tmp_path)
    assert (first.product, first.soundings, first.cells) == ("a", 10, 0)
    assert (second.product, second.soundings, second.cells) == ("b", 0, 3 * 18 * 36)
    assert (second.start, second.end) == cube.time
    assert total.bytes == cube.size + points.size
    assert (total.granules, total.soundings, total.cells) == (2, 10, 3 * 18 * 36)
    assert total.missions == ("OCO-2", "TanSat")
    assert total.updated == points.committed
    assert (total.start, total.end) == (cube.time[0], points.time[1])


def test_a_grid_without_time_has_no_period(tmp_path):
    write_cube(tmp_path, "p", grid(range(1)).isel(time=0, drop=True), [source("a.nc")])
    row, total = holdings(tmp_path)
    assert (row.start, row.end, total.start) == (None, None, None)
    assert row.cells == 18 * 36


def test_the_total_begins_and_ends_at_the_right_fraction_of_a_second(tmp_path):
    for product, nanoseconds in (("a", 0), ("b", 5 * 10**8), ("c", 25 * 10**7)):
        times = np.full(2, START + np.timedelta64(nanoseconds, "ns"))
        data = soundings(2).assign_coords(time=("sounding", times))
        write_soundings(tmp_path, product, data, [source(product)])
    total = holdings(tmp_path)[-1]
    assert (total.start, total.end) == ("2021-01-01T00:00:00Z", "2021-01-01T00:00:00.5Z")
