"""Grids that are compared with: their cells are soundings whose footprints are the cells."""

import netCDF4
import numpy as np
import pytest

from casa_processes.common.context import SerialContext
from casa_processes.common.errors import FileContentError
from casa_processes.common.netcdf import write_soundings
from casa_processes.sif_gridding import beside, simulated, sources
from casa_processes.sif_gridding.against import compared
from casa_processes.sif_gridding.lattices import is_lattice, lattice_rows, listed_lattice
from tests.processes.sif_gridding.test_gridding_comparison import file_of, run


@pytest.fixture(autouse=True)
def _few_soundings(monkeypatch):
    """Two swaths are enough to be compared with."""
    monkeypatch.setattr(sources, "COUNT", 12_000)


def lattice(path, units="days since 2023-07-01", **change):
    """Write production on cells of 2 degrees at four times; `change` replaces arrays."""
    axes = {
        "time": np.arange(4) * 5.0 + 0.5,
        "latitude": np.arange(21.0, 45.0, 2.0),
        "longitude": np.arange(99.0, 121.0, 2.0),
        **{name: values for name, values in change.items() if name != "values"},
    }
    shape = tuple(each.size for each in axes.values())
    values = change.get("values", np.arange(float(np.prod(shape))).reshape(shape) * 1e-9)
    with netCDF4.Dataset(path, "w") as file:
        file.mission = "Model"
        for name, each in axes.items():
            file.createDimension(name, each.size)
            file.createVariable(name, each.dtype, (name,))[:] = each
        file["time"].units = units
        made = file.createVariable("gross_primary_production", "f4", tuple(axes))
        made.units = "kg m-2 s-1"
        made[:] = values
    return path


def test_a_grid_is_put_on_other_cells_by_area(tmp_path, monkeypatch):
    path = lattice(tmp_path / "gpp.nc")
    context = SerialContext(tmp_path, files={"against": file_of(path)})
    asked = {"against": "gpp.nc", "against_variable": "gross_primary_production"}
    found = run(tmp_path, context, **asked).comparison
    name = asked["against_variable"]
    corners = ["longitude_vertices", "latitude_vertices"]
    rows = lattice_rows(path, 0, 4 * 12 * 11, ["time", *corners, name])
    assert found.pairs > 10
    # By hand: the cell of 110..115 and 30..35 in the first eight days, of two times of the grid.
    early = rows["time"] < np.datetime64("2023-07-09")
    wide = np.ptp(np.radians(np.clip(rows[corners[0]], 110, 115)), axis=1)
    high = np.ptp(np.sin(np.radians(np.clip(rows[corners[1]], 30, 35))), axis=1)
    weight = np.where(early, wide * high, 0.0)
    wanted = weight @ rows[name] / weight.sum()
    kept = []

    def keeping(pairs, **more):
        kept.append(pairs)
        return compared(pairs, **more)

    monkeypatch.setattr(beside, "compared", keeping)
    run(tmp_path, context, **asked)
    (pairs,) = kept
    cell = (30 + 90) // 5 * 72 + (110 + 180) // 5
    assert pairs.theirs[pairs.cell == cell][0] == pytest.approx(wanted, rel=1e-6)


@pytest.mark.parametrize("units", ["days since 2023-07-01", "hours since 2023-07-01 00:00:00",
                                   "seconds since 2023-07-01T00:00:00Z"])  # fmt: skip
def test_times_of_a_grid_are_read_in_its_units(tmp_path, units):
    scale = {"days": 1, "hours": 24, "seconds": 86_400}[units.split()[0]]
    path = lattice(tmp_path / "g.nc", units, time=np.array([0.5, 1.5]) * scale)
    times, known, told = listed_lattice(path)
    assert is_lattice(path)
    assert np.unique(times).tolist() == [
        np.datetime64(f"2023-07-0{day}T12", "ns").astype(int) for day in (1, 2)
    ]
    assert {"gross_primary_production", "latitude_vertices"} <= known
    assert told == {"mission": "Model"}


def test_cells_of_a_grid_lie_side_by_side(tmp_path):
    """Cells of two degrees from 20 to 44 north and 98 to 120 east, 132 at each time."""
    path = lattice(tmp_path / "g.nc")
    names = ["latitude", "longitude", "latitude_vertices", "longitude_vertices"]
    found = lattice_rows(path, 0, 132, names)
    for axis in ("latitude", "longitude"):
        corners = found[f"{axis}_vertices"]
        np.testing.assert_allclose(corners.min(axis=1), found[axis] - 1.0)
        np.testing.assert_allclose(corners.max(axis=1), found[axis] + 1.0)
    wide = np.ptp(found["longitude_vertices"], axis=1)
    high = np.ptp(np.sin(np.radians(found["latitude_vertices"])), axis=1)
    whole = 22.0 * (np.sin(np.radians(44.0)) - np.sin(np.radians(20.0)))
    assert wide @ high == pytest.approx(whole, rel=1e-12)


def test_cells_at_a_pole_end_there(tmp_path):
    path = lattice(tmp_path / "g.nc", latitude=np.array([70.0, 80.0, 90.0]))
    found = lattice_rows(path, 0, 33, ["latitude_vertices"])["latitude_vertices"]
    assert found.max() == 90.0
    assert found.min() == 65.0


def test_any_part_of_a_grid_is_that_part_of_all_of_it(tmp_path):
    path = lattice(tmp_path / "g.nc")
    names = ["time", "latitude", "longitude_vertices", "gross_primary_production"]
    whole = lattice_rows(path, 0, 528, names)
    for start, stop in ((0, 1), (131, 133), (200, 500), (527, 528)):
        part = lattice_rows(path, start, stop, names)
        for name, values in part.items():
            assert np.array_equal(values, whole[name][start:stop]), name


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"units": "months since 2023-01-01"}, "time: expected numbers in days"),
        ({"time": np.array([2.0, 1.0])}, "times from 1900 to 2200 that ascend"),
        ({"time": np.array([1.0, 1e9])}, "times from 1900 to 2200 that ascend"),
        ({"latitude": np.array([10.0, 11.0, 15.0])}, "latitude: expected degrees at even"),
        ({"latitude": np.array([89.0, 91.0, 93.0])}, "latitude: expected degrees at even"),
        ({"longitude": np.array([10.0, np.nan, 30.0])}, "longitude: expected degrees at even"),
        ({"longitude": np.array([0.0, 90.0, 180.0])}, "longitude: expected degrees at even"),
        ({"longitude": np.array([5.0])}, "latitude: expected 1 x 2 x 2"),
    ],
)
def test_a_grid_that_cannot_be_used_is_one_clear_error(tmp_path, change, match):
    path = lattice(tmp_path / "g.nc", **change)
    context = SerialContext(tmp_path, files={"against": file_of(path)})
    asked = {"against": "g.nc", "against_variable": "gross_primary_production"}
    with pytest.raises(FileContentError, match=match):
        run(tmp_path, context, **asked)


def test_soundings_are_no_grid(tmp_path):
    path = tmp_path / "s.nc"
    write_soundings(path, simulated.simulated(0, 10), {"title": "T"})
    assert not is_lattice(path)
