"""The benchmark of cross-sections compares answers first: ours are sasktran2's."""

import pytest

from benchmarks import bench_cross_sections as bench
from casa_processes.spectroscopy.hitran import read_hitran


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("lines")
    (path / "CO2.data").write_text(bench.records(), encoding="ascii")
    return path


@pytest.mark.parametrize("pressure", [1000.0, 20.0])
def test_cross_sections_are_those_of_sasktran2(folder, pressure):
    lines = read_hitran(folder / "CO2.data")
    found = bench.cross_section(lines, bench.GRID, pressure, bench.TEMPERATURE)
    expected = bench.sasktran(folder, pressure)()
    assert abs(found - expected).max() < 1e-3 * expected.max()
    assert found.sum() == pytest.approx(expected.sum(), rel=0.02, abs=0.0)


def test_runs_take_turns():
    told = []
    spent = bench.paired({"one": lambda: told.append(1), "two": lambda: told.append(2)}, 3)
    assert told == [1, 2, 1, 2, 1, 2]
    assert {name: len(times) for name, times in spent.items()} == {"one": 3, "two": 3}


def test_the_limit_divides_once_for_each_line_and_point(folder):
    limit = bench.Limit(read_hitran(folder / "CO2.data"), 500.0)
    limit()
    near, far = limit.sums
    assert (near.size, far.size) == (321, 626)
    assert near[160] == pytest.approx(bench.LINES)
    assert far[0] == pytest.approx((limit.square / (625.0 + limit.square)).sum())
