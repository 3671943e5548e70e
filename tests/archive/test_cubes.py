"""Cubes: what is written is what is read, in each layout, for every habit of storing."""

import itertools
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from numpy.testing import assert_allclose, assert_array_equal

from casa_ogc.archive.axes import Bounds
from casa_ogc.archive.cube_store import repository
from casa_ogc.archive.cubes import open_cube, write_cube
from casa_ogc.archive.heads import read_head
from casa_processes.common.errors import FileContentError, UnknownNameError
from casa_processes.common.vocabulary import variable
from tests.archive.builders import days, files_below, grid, source, whole
from tests.synthetic import World, encoded_dataset

ROLE_DIMS = {"t": "time", "z": "pressure", "y": "latitude", "x": "longitude"}
WORLDS = [
    World(dims, ascending, east_only, packed)
    for dims, ascending, east_only, packed in itertools.product(
        ("tyx", "yxt", "tzyx"), (True, False), (True, False), (True, False)
    )
] + [World("yx"), World("ty"), World("zty", ascending=False), World(repeated=True)]


def store(root: Path, dataset: xr.Dataset, name: str = "a.nc", product: str = "p"):
    head = write_cube(root, product, dataset, [source(name)])
    return head, open_cube(root, product, head.snapshot)


def oracle(root: Path, snapshot: str, group: str = "map", product: str = "p") -> xr.Dataset:
    """The group as xarray alone opens it."""
    session = repository(root / product).readonly_session(snapshot_id=snapshot)
    return xr.open_zarr(session.store, group=group, consolidated=False)


@pytest.mark.parametrize("world", WORLDS, ids=str)
def test_every_layout_gives_back_the_values_that_were_written(tmp_path, world):
    dataset = encoded_dataset(world)
    _, cube = store(tmp_path, dataset)
    for layout, name in itertools.product(("map", "series"), dataset.data_vars):
        array = cube.layouts[layout].arrays[name]
        order = [ROLE_DIMS[role] for role in array.roles]
        assert sorted(order) == sorted(dataset[name].dims)
        assert list(array.roles) == [role for role in "tzyx" if role in array.roles]
        assert_array_equal(array.read(whole(array.shape)), dataset[name].transpose(*order).values)


@pytest.mark.parametrize("world", WORLDS, ids=str)
def test_the_axes_are_those_of_the_file_in_its_own_direction(tmp_path, world):
    dataset = encoded_dataset(world)
    _, cube = store(tmp_path, dataset)
    for layout in ("map", "series"):
        for role, axis in cube.layouts[layout].axes.items():
            assert_array_equal(axis.values, dataset[ROLE_DIMS[role]].values)
            assert axis.name == ROLE_DIMS[role]


@pytest.mark.parametrize("world", WORLDS, ids=str)
def test_xarray_alone_opens_each_group_and_reads_what_the_cube_reads(tmp_path, world):
    head, cube = store(tmp_path, encoded_dataset(world))
    for layout, content in cube.layouts.items():
        opened = oracle(tmp_path, head.snapshot, layout)
        for name, array in content.arrays.items():
            values = array.read(whole(array.shape))
            assert_array_equal(values, opened[name].values)
            assert values.dtype == opened[name].dtype == array.dtype
        for axis in content.axes.values():
            assert_array_equal(opened[axis.name].values, axis.values)


def test_packed_numbers_stay_packed_on_disk(tmp_path):
    head, _ = store(tmp_path, encoded_dataset(World(packed=True)))
    session = repository(tmp_path / "p").readonly_session(snapshot_id=head.snapshot)
    opened = xr.open_zarr(session.store, group="map", consolidated=False, mask_and_scale=False)
    assert opened["xco2"].dtype == np.int16
    assert opened["xco2"].attrs["scale_factor"] == 0.5
    assert opened["xco2"].attrs["_FillValue"] == -1


def test_a_window_is_the_same_part_of_the_whole(tmp_path):
    dataset = grid(range(5))
    _, cube = store(tmp_path, dataset)
    for layout in ("map", "series"):
        window = (slice(1, 4), slice(7, 9), slice(30, 36))
        values = cube.layouts[layout].arrays["xco2"].read(window)
        assert_array_equal(values, dataset["xco2"].values[window])


def test_maps_are_read_by_step_and_series_by_place(tmp_path):
    dataset = grid(range(3), rows=300, columns=400, uncertainty=False)
    _, cube = store(tmp_path, dataset)
    assert cube.layouts["map"].arrays["xco2"].chunks == (1, 300, 400)
    assert cube.layouts["series"].arrays["xco2"].chunks == (366, 10, 10)


def test_variables_carry_the_attributes_of_the_vocabulary(tmp_path):
    head, _ = store(tmp_path, grid(title="T", references="R", licence="CC0-1.0", history="H"))
    opened = oracle(tmp_path, head.snapshot)
    entry = variable("xco2")
    attrs = opened["xco2"].attrs
    assert (attrs["units"], attrs["long_name"]) == (entry.units, entry.en)
    assert attrs["long_name_zh"] == entry.zh
    assert attrs["ancillary_variables"] == "xco2_uncertainty"
    assert opened.attrs["Conventions"] == "CF-1.8"
    expected = {"title": "T", "references": "R", "licence": "CC0-1.0", "history": "H"}
    assert expected.items() <= opened.attrs.items()


def test_axes_carry_bounds_that_a_cf_reader_finds(tmp_path):
    head, cube = store(tmp_path, grid())
    for group in ("map", "series"):
        opened = oracle(tmp_path, head.snapshot, group)
        assert opened["latitude"].attrs["bounds"] == "latitude_bounds"
        assert_array_equal(opened["latitude_bounds"].values, cube.axes["y"].bounds)
        assert opened["longitude"].attrs["axis"] == "X"
        assert opened["time"].attrs["standard_name"] == "time"


def test_bounds_of_time_are_kept(tmp_path):
    dataset = grid(range(2))
    pairs = np.stack([days([0, 1]), days([1, 2])], axis=1)
    dataset = dataset.assign_coords(time_bounds=(("time", "bound"), pairs))
    _, cube = store(tmp_path, dataset)
    assert_array_equal(cube.axes["t"].bounds, pairs)
    assert cube.layouts["series"].axes["t"].bounds is not None


def test_a_time_without_bounds_is_an_instant(tmp_path):
    _, cube = store(tmp_path, grid())
    assert cube.axes["t"].bounds is None


def test_cell_methods_of_the_file_are_kept(tmp_path):
    dataset = grid()
    dataset["xco2"].attrs["cell_methods"] = "time: mean"
    head, _ = store(tmp_path, dataset)
    assert oracle(tmp_path, head.snapshot)["xco2"].attrs["cell_methods"] == "time: mean"
    overviewed = grid(range(1), rows=80, columns=160)
    head, _ = store(tmp_path, overviewed, product="q")
    opened = oracle(tmp_path, head.snapshot, "overview/1", "q")
    assert opened["xco2"].attrs["cell_methods"] == "area: mean"


@pytest.mark.parametrize(
    ("longitudes", "expected"),
    [
        (np.arange(0.5, 360), (-180, 180)),
        (np.arange(-179.5, 180), (-180, 180)),
        (np.arange(180.5, 190), (-180, -170)),
        (np.arange(175.5, 185), (175, -175)),
        (np.arange(-184.5, -175), (175, -175)),
        (np.arange(350.5, 360), (-10, 0)),
        (np.arange(170.5, 180), (170, 180)),
        (np.arange(10.5, 20), (10, 20)),
    ],
)
def test_the_head_tells_cell_edges_with_longitudes_in_half_turns(tmp_path, longitudes, expected):
    dataset = xr.Dataset(
        {"xco2": (("latitude", "longitude"), np.ones((10, longitudes.size), np.float32))},
        coords={"latitude": np.arange(0.5, 10), "longitude": longitudes},
    )
    head, _ = store(tmp_path, dataset)
    assert head.bounds == Bounds(expected[0], 0.0, expected[1], 10.0)
    assert head.time is None


def test_the_head_describes_the_data(tmp_path):
    head, _ = store(tmp_path, encoded_dataset(World("tzyx")))
    assert head == read_head(tmp_path, "p")
    assert head.kind == "grid"
    assert head.variables == ("xco2", "xco2_uncertainty")
    assert head.time == ("2022-01-01T00:00:00Z", "2023-01-01T00:00:00Z")
    assert head.dimensions == {"time": 6, "pressure": 3, "latitude": 12, "longitude": 24}
    assert head.vertical.units == "hPa"
    assert (head.vertical.positive, head.vertical.values) == ("down", (1000.0, 850.0, 500.0))
    assert head.files == 1
    stored = [path.stat().st_size for path in files_below(tmp_path / "p" / "cube")]
    assert head.size >= sum(stored)


def test_times_between_seconds_are_rounded_to_the_second(tmp_path):
    dataset = grid(range(1))
    dataset["time"] = dataset["time"] - np.timedelta64(400_000, "ns")
    _, cube = store(tmp_path, dataset)
    assert_array_equal(cube.axes["t"].values, days([0]))


def test_large_maps_are_cut_to_four_mebibytes(tmp_path):
    dataset = grid(range(1), rows=900, columns=1800, uncertainty=False)
    _, cube = store(tmp_path, dataset)
    array = cube.layouts["map"].arrays["xco2"]
    assert np.prod(array.chunks) * 4 <= 4 << 20
    assert_array_equal(array.read(whole(array.shape)), dataset["xco2"].values)
    series = cube.layouts["series"].arrays["xco2"]
    assert_array_equal(series.read(whole(series.shape)), dataset["xco2"].values)


def test_a_cube_is_opened_once(tmp_path):
    head, cube = store(tmp_path, grid())
    assert open_cube(tmp_path, "p", head.snapshot) is cube


def test_an_unknown_cube_is_named(tmp_path):
    with pytest.raises(UnknownNameError, match="no cube 'p'"):
        open_cube(tmp_path, "p", "X")


@pytest.mark.parametrize(
    ("spoil", "where"),
    [
        (lambda d: d.assign_coords(latitude=d.latitude * 2), "latitude"),
        (lambda d: d.assign_coords(latitude=np.zeros(18)), "latitude"),
        (lambda d: d.assign_coords(longitude=np.linspace(0, 400, 36)), "longitude"),
        (lambda d: d.assign_coords(time=days([1, 1, 2])), "time"),
        (lambda d: d.assign_coords(latitude=np.where(d.latitude > 0, np.nan, d.latitude)), "lat"),
        (lambda d: d.drop_vars("longitude"), "longitude"),
        (lambda d: d.drop_vars(["xco2", "xco2_uncertainty"]), "variables"),
    ],
)
def test_a_bad_grid_is_refused_and_leaves_nothing(tmp_path, spoil, where):
    with pytest.raises(FileContentError, match=where):
        store(tmp_path, spoil(grid()))
    assert not (tmp_path / "p").exists()


def test_an_unknown_variable_is_refused_and_leaves_nothing(tmp_path):
    with pytest.raises(UnknownNameError, match="no variable 'yco2'"):
        store(tmp_path, grid().rename(xco2="yco2"))
    assert not (tmp_path / "p").exists()


def test_a_zonal_product_reaches_all_around(tmp_path):
    head, cube = store(tmp_path, encoded_dataset(World("ty")))
    assert (head.bounds.west, head.bounds.east) == (-180, 180)
    assert set(cube.axes) == {"t", "y"}


def test_levels_keep_their_order_and_direction(tmp_path):
    _, cube = store(tmp_path, encoded_dataset(World("tzyx")))
    assert cube.axes["z"].positive == "down"
    assert_allclose(cube.axes["z"].values, [1000, 850, 500])
