from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
import zarr
from hypothesis import given
from hypothesis import strategies as st

from casa_ogc.archive.chunks import ChunkFiles, Place, chunk_files
from casa_ogc.archive.cubes import open_cube, write_cube
from casa_processes.common.errors import IntegrityError

SHAPE = (30, 26, 34)


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive with a cube whose chunks and shards do not fit its shape."""
    root = tmp_path_factory.mktemp("archive")
    numbers = np.arange(np.prod(SHAPE), dtype="float32").reshape(SHAPE)
    numbers[3, 5, 7] = np.nan
    dims = ("time", "latitude", "longitude")
    dataset = xr.Dataset(
        {"xco2": (dims, numbers), "xco2_uncertainty": (dims, numbers / 8)},
        coords={
            "time": np.datetime64("2022-01-01", "ns") + np.arange(30) * np.timedelta64(1, "D"),
            "latitude": ("latitude", np.linspace(-62.5, 62.5, 26), {"units": "degrees_north"}),
            "longitude": ("longitude", np.linspace(-165.0, 165.0, 34), {"units": "degrees_east"}),
        },
        attrs={"source": "synthetic"},
    )
    packing = {"dtype": "int16", "scale_factor": 1.0, "add_offset": 0.0, "_FillValue": -1}
    dataset["xco2"].encoding = packing
    write_cube(root, "cube", dataset, ())
    return root


def files_of(archive: Path, layout: str, name: str) -> ChunkFiles:
    from casa_ogc.archive.heads import read_head

    head = read_head(archive, "cube")
    assert head is not None
    files = open_cube(archive, "cube", head.snapshot).layouts[layout].arrays[name]._files
    assert files is not None
    return files


@st.composite
def windows(draw: st.DrawFn) -> tuple[slice, ...]:
    """Draw a window of at least one cell."""
    cuts = []
    for size in SHAPE:
        first = draw(st.integers(0, size - 1))
        cuts.append(slice(first, draw(st.integers(first + 1, size))))
    return tuple(cuts)


@pytest.mark.parametrize("layout", ["map", "series"])
@pytest.mark.parametrize("name", ["xco2", "xco2_uncertainty"])
@given(window=windows())
def test_any_window_holds_what_zarr_reads(
    archive: Path, layout: str, name: str, window: tuple[slice, ...]
) -> None:
    files = files_of(archive, layout, name)
    found = files.read(window)
    assert found.dtype == files.array.dtype
    assert found.flags.c_contiguous
    np.testing.assert_array_equal(found, files.array[window])


def test_series_are_read_from_shards_and_maps_are_not(archive: Path) -> None:
    assert files_of(archive, "map", "xco2").per_shard is None
    per_shard = files_of(archive, "series", "xco2").per_shard
    assert per_shard is not None
    assert max(per_shard) > 1


def test_a_chunk_that_was_never_written_holds_the_fill_value(archive: Path) -> None:
    files = files_of(archive, "map", "xco2_uncertainty")
    part = ChunkFiles(files.folder, files.array, None)
    part.__dict__["places"] = {k: v for k, v in files.places.items() if k[0] != 1}
    found = part.read((slice(0, 3), slice(0, 2), slice(0, 2)))
    assert np.isnan(found[1]).all()
    np.testing.assert_array_equal(found[[0, 2]], files.array[0:3:2, 0:2, 0:2])


def test_an_inner_chunk_without_any_value_holds_the_fill_value(tmp_path: Path) -> None:
    root = tmp_path
    values = np.full((5, 24, 24), np.nan, dtype="float32")
    values[:, 0, 0] = 1.0
    dataset = xr.Dataset(
        {"xco2": (("time", "latitude", "longitude"), values)},
        coords={
            "time": np.datetime64("2022-01-01", "ns") + np.arange(5) * np.timedelta64(1, "D"),
            "latitude": ("latitude", np.arange(24.0), {"units": "degrees_north"}),
            "longitude": ("longitude", np.arange(24.0), {"units": "degrees_east"}),
        },
        attrs={"source": "synthetic"},
    )
    write_cube(root, "cube", dataset, ())
    files = files_of(root, "series", "xco2")
    everything = tuple(slice(0, n) for n in values.shape)
    np.testing.assert_array_equal(files.read(everything), values)


@pytest.mark.parametrize("layout", ["map", "series"])
def test_damaged_bytes_are_refused_with_the_name_of_the_array(archive: Path, layout: str) -> None:
    files = files_of(archive, layout, "xco2_uncertainty")
    place = next(one for one in files.places.values() if isinstance(one, Place))
    path = files.folder / place.path
    original = path.read_bytes()
    path.write_bytes(bytes([original[0] ^ 1]) + original[1:])
    fresh = ChunkFiles(files.folder, files.array, files.per_shard)
    try:
        with pytest.raises(IntegrityError, match=f"cube: {layout}/xco2_uncertainty"):
            fresh.read(tuple(slice(0, n) for n in SHAPE))
    finally:
        path.write_bytes(original)


@pytest.mark.parametrize("kept", [0, 3, 100])
def test_a_file_cut_short_is_refused(archive: Path, kept: int) -> None:
    files = files_of(archive, "map", "xco2_uncertainty")
    place = files.places[(0, 0, 0)]
    assert isinstance(place, Place)
    path = files.folder / place.path
    original = path.read_bytes()
    path.write_bytes(original[:kept])
    try:
        with pytest.raises(IntegrityError, match="differ from those that were written"):
            files.read((slice(0, 1), slice(0, 1), slice(0, 1)))
    finally:
        path.write_bytes(original)


def test_threads_read_side_by_side(archive: Path) -> None:
    files = files_of(archive, "series", "xco2_uncertainty")
    places = [(slice(t, t + 3), slice(y, y + 2), slice(0, 34)) for t in range(9) for y in range(20)]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(files.read, places))
    whole = files.array[:]
    for place, values in zip(places, found, strict=True):
        np.testing.assert_array_equal(values, whole[place])


def test_a_lost_file_is_refused(archive: Path) -> None:
    files = files_of(archive, "map", "xco2")
    lost = ChunkFiles(files.folder / "elsewhere", files.array, None)
    with pytest.raises(IntegrityError, match="No such file"):
        lost.read((slice(0, 1), slice(0, 1), slice(0, 1)))


@pytest.mark.parametrize(
    "codecs",
    [
        {"compressors": [zarr.codecs.BloscCodec()]},
        {"compressors": [zarr.codecs.ZstdCodec(level=1)]},
        {"compressors": [zarr.codecs.GzipCodec(), zarr.codecs.Crc32cCodec()]},
        {"compressors": [], "shards": (4, 4), "chunks": (2, 2)},
    ],
)
def test_arrays_encoded_in_another_way_are_left_to_zarr(codecs: dict[str, object]) -> None:
    group = zarr.create_group(zarr.storage.MemoryStore())
    array = group.create_array("a", shape=(4, 4), dtype="float32", **codecs)  # type: ignore[arg-type]
    assert chunk_files(Path(), array) is None
