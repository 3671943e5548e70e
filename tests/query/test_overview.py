"""Reading for maps: blocks, overviews, dots and samples beside what the stores hold."""

from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from casa_ogc.archive.axes import Bounds
from casa_ogc.archive.cubes import Cube, open_cube, write_cube
from casa_ogc.archive.soundings import SoundingStore, open_soundings, write_soundings
from casa_ogc.query.blocks import Blocks
from casa_ogc.query.dots import dot_columns, dots
from casa_ogc.query.overview import Depth, cells, depth
from casa_ogc.query.request import TimeSelection
from casa_ogc.query.samples import sample
from casa_processes.common.errors import InvalidValueError, TooLargeError, UnknownNameError

ATTRIBUTES = {"title": "t", "source": "synthetic", "licence": "CC0-1.0", "mission": "none"}
ROWS, COLUMNS = 1200, 2400
DAY = np.datetime64("2023-03-01", "ns")


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Cube:
    """A cube whose maps are several chunks."""
    values = np.arange(ROWS * COLUMNS, dtype=np.float32).reshape(1, ROWS, COLUMNS)
    data = xr.Dataset(
        {"xco2": (("time", "latitude", "longitude"), values)},
        {
            "time": [DAY],
            "latitude": 90 - 0.15 * (np.arange(ROWS) + 0.5),
            "longitude": -180 + 0.15 * (np.arange(COLUMNS) + 0.5),
        },
        ATTRIBUTES,
    )
    root = tmp_path_factory.mktemp("large")
    return open_cube(root, "large", write_cube(root, "large", data, ()).snapshot)


@pytest.mark.parametrize("seed", range(5))
def test_cells_of_any_chunks_are_found_at_the_places_returned(large: Cube, seed: int) -> None:
    rng = np.random.default_rng(seed)
    rows = rng.integers(0, ROWS, 40).astype(np.int32)
    columns = np.concatenate([rng.integers(0, 50, 20), rng.integers(COLUMNS - 50, COLUMNS, 20)])
    layout = large.layouts["map"]
    assert layout.arrays["xco2"].chunks[1] < ROWS
    found = cells(layout, "xco2", Depth(0, None), (rows, columns.astype(np.int32)), 10**8)
    values, down, across = found
    assert (values[down, across] == rows * COLUMNS + columns).all()


def test_more_cells_than_the_limit_are_refused_before_reading(large: Cube) -> None:
    seen = np.array([0], np.int32), np.array([0], np.int32)
    with pytest.raises(TooLargeError, match="cells"):
        cells(large.layouts["map"], "xco2", Depth(0, None), seen, 1000)


def test_blocks_are_kept_up_to_the_limit(large: Cube) -> None:
    array = large.layouts["map"].arrays["xco2"]
    blocks = Blocks(limit=3 * 4 * 100)
    window = {"t": (0, 1), "y": (0, 10), "x": (0, 10)}
    first = blocks.get(array, window)
    assert blocks.get(array, window) is first
    assert not first.flags.writeable
    for start in (10, 20, 30):
        blocks.get(array, window | {"x": (start, start + 10)})
    again = blocks.get(array, window)
    assert again is not first
    assert (again == first).all()


def test_a_cube_without_a_vertical_axis_has_no_level(large: Cube) -> None:
    assert depth(large, None, None) == Depth(0, None)
    early = DAY - np.timedelta64(9, "D")
    assert depth(large, TimeSelection(((early, early),)), None) is None
    assert depth(large, TimeSelection(((early, early),), nearest=True), None) == Depth(0, None)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> SoundingStore:
    root: Path = tmp_path_factory.mktemp("dots")
    head = write_soundings(root, "dots", rows(), ())
    return open_soundings(root, "dots", head.snapshot)


def rows() -> xr.Dataset:
    rng, count = np.random.default_rng(8), 2000
    named = np.array([f"n{i}" for i in range(count)])
    hours = (np.arange(count) % 96) * np.timedelta64(1, "h")
    return xr.Dataset(
        {
            "sounding_id": ("sounding", named),
            "time": ("sounding", DAY + hours),
            "longitude": ("sounding", rng.uniform(-180, 180, count)),
            "latitude": ("sounding", rng.uniform(-90, 90, count)),
            "xco2": ("sounding", rng.uniform(400, 420, count).astype(np.float32)),
        },
        attrs=ATTRIBUTES,
    )


@pytest.mark.parametrize("west", [-20.0, 150.0, -190.0])
@pytest.mark.parametrize("days", [(0, 1), (1, 3), None])
def test_dots_are_the_soundings_of_box_and_time(
    store: SoundingStore, west: float, days: tuple[int, int] | None
) -> None:
    data = rows()
    box = Bounds(west, -30.0, west + 60, 45.0)
    inside = (data.longitude.values - west) % 360 <= 60
    inside &= (data.latitude.values >= -30) & (data.latitude.values <= 45)
    time = None
    if days is not None:
        ends = [DAY + np.timedelta64(one, "D") for one in days]
        time = TimeSelection(((ends[0], ends[1]),))
        inside &= (data.time.values >= ends[0]) & (data.time.values <= ends[1])
    _, latitudes, values = dots(store, "xco2", box, time, 10**6)
    assert sorted(values.tolist()) == sorted(data.xco2.values[inside].tolist())
    assert sorted(latitudes.tolist()) == sorted(data.latitude.values[inside].tolist())


def test_what_is_no_dot_is_refused(store: SoundingStore) -> None:
    everywhere = Bounds(-180.0, -90.0, 180.0, 90.0)
    with pytest.raises(UnknownNameError):
        dots(store, "co2", everywhere, None, 10**6)
    with pytest.raises(InvalidValueError, match="number"):
        dots(store, "sounding_id", everywhere, None, 10**6)
    with pytest.raises(TooLargeError, match="soundings"):
        dots(store, "xco2", everywhere, None, 100)
    with pytest.raises(InvalidValueError, match="nearest"):
        dot_columns(store, (), everywhere, TimeSelection(((DAY, DAY),), nearest=True), 10**6)


def test_a_sample_is_of_the_values_and_the_same_again(large: Cube, store: SoundingStore) -> None:
    found = sample(large, "xco2")
    assert found.size < 64 * 64 * 4
    assert 0 < found.min() < found.max() < ROWS * COLUMNS
    assert sample(large, "xco2") is found
    assert set(sample(store, "xco2").tolist()) <= set(rows().xco2.values.tolist())
