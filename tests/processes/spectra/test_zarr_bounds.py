"""Zipped Zarr stores that claim what they are not: nothing is believed, nothing is inflated."""

import gzip
import json
import zipfile

import numcodecs
import numpy as np
import pytest
import zarr
from zarr.codecs import BloscCodec, GzipCodec, ZstdCodec
from zarr.storage import ZipStore

from casa_processes.common.errors import FileContentError
from casa_processes.spectra.block import open_blocks
from casa_processes.spectra.layouts import zarr_files
from casa_processes.spectra.layouts.zarr_codecs import most_bytes, size_of_zstd
from casa_processes.spectra.layouts.zarr_files import opened_zarr
from tests.processes.spectra.test_zarr_files import changed, pickled, put_zarr, rows_of_tropomi

VALUES = np.arange(64 * 80, dtype=np.float32).reshape(64, 80)
CODECS = {"blosc": BloscCodec(), "gzip": GzipCodec(), "zstd": ZstdCodec()}
PACKED = {
    "blosc": lambda data: numcodecs.Blosc().encode(data),
    "gzip": gzip.compress,
    "zstd": lambda data: numcodecs.Zstd().encode(data),
}
BOMB = bytes(1 << 26)


def content(path):
    with zipfile.ZipFile(path) as archive:
        return {each: archive.read(each) for each in archive.namelist()}


def rewritten(path, members, compression=zipfile.ZIP_STORED):
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def small(path, codec="zstd", shards=None):
    with ZipStore(path, mode="w") as store:
        group = zarr.create_group(store, zarr_format=3)
        made = group.create_array(
            "x", shape=VALUES.shape, dtype="f4", chunks=(8, 16), shards=shards,
            compressors=CODECS[codec],
        )  # fmt: skip
        made[...] = VALUES
    return path


def read(path):
    with opened_zarr(path) as file:
        return file["x"][:]


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize("shards", [None, (32, 80)])
def test_honest_chunks_are_read_with_each_codec(tmp_path, codec, shards):
    np.testing.assert_array_equal(read(small(tmp_path / "x.zip", codec, shards)), VALUES)


@pytest.mark.parametrize(("codec", "told"), [("blosc", BOMB), ("zstd", BOMB), ("gzip", None)])
def test_a_chunk_that_expands_beyond_its_size_is_refused(tmp_path, monkeypatch, codec, told):
    """Before Blosc and Zstandard are asked at all; gzip is, as far as it may go."""

    def never(*_):
        raise AssertionError("a bomb was decompressed")

    most = most_bytes(8 * 16 * 4)
    path = small(tmp_path / "x.zip", codec)
    members = content(path)
    members["x/c/0/0"] = PACKED[codec](BOMB)[:most]
    rewritten(path, members)
    if told:
        monkeypatch.setattr(type(CODECS[codec]), "_decode_sync", never)
    size = len(told) if told else most + 1
    with opened_zarr(path) as file, pytest.raises(ValueError, match=f"a chunk of {size:,} bytes"):
        file["x"][:8, :16]
    with pytest.raises(FileContentError, match="readable Zarr store"):
        read(path)


@pytest.mark.parametrize("size", [1, 200, 255, 256, 257, 65_791, 65_792, 70_000, 1 << 20])
def test_the_size_of_a_frame_is_that_of_its_content(size):
    assert size_of_zstd(bytes(numcodecs.Zstd().encode(bytes(size)))[:18]) == size


@pytest.mark.parametrize(
    "head",
    [b"", b"\x28\xb5\x2f\xfd", b"\x50\x2a\x4d\x18" + bytes(9), b"\x28\xb5\x2f\xfd" + bytes(9)],
)
def test_a_frame_that_tells_no_size_is_refused(head):
    with pytest.raises(ValueError, match="frame of Zstandard"):
        size_of_zstd(head)


@pytest.mark.parametrize("change", [pickled, lambda told: told.update(shape=[1 << 20, 80])])
def test_consolidated_descriptions_are_not_believed(tmp_path, change):
    """The root says something else of an array than its own description does."""
    path = put_zarr(tmp_path / "l1b.zarr.zip", rows_of_tropomi())
    told = json.loads(content(path)["radiance/zarr.json"])
    change(told)
    within = {"kind": "inline", "must_understand": False, "metadata": {"radiance": told}}
    changed(path, "zarr.json", lambda root: root.update(consolidated_metadata=within))
    blocks = open_blocks(path, "tropomi")
    assert blocks.frames == 60
    found = blocks.rows("nir", slice(0, 80), slice(0, 60), slice(None)).radiance
    assert np.isfinite(found).sum() == 60 * 80 - 1


def test_a_member_larger_than_its_chunk_is_refused(tmp_path):
    path = small(tmp_path / "x.zip")
    members = content(path)
    members["x/c/0/0"] = bytes(most_bytes(8 * 16 * 4) + 1)
    with pytest.raises(FileContentError, match=r"chunks of 66,176 bytes at most, found x/c/0/0"):
        read(rewritten(path, members))


def test_members_that_the_archive_compresses_are_refused(tmp_path):
    path = small(tmp_path / "x.zip")
    with pytest.raises(FileContentError, match="stored, not compressed"):
        read(rewritten(path, content(path), zipfile.ZIP_DEFLATED))


def test_two_members_of_one_name_are_refused(tmp_path):
    path = small(tmp_path / "x.zip")
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr("x/zarr.json", content(path)["x/zarr.json"])
    with pytest.raises(FileContentError, match="two of one name"):
        read(path)


def test_a_store_is_checked_once_and_again_when_it_has_changed(tmp_path):
    path = put_zarr(tmp_path / "l1b.zarr.zip", rows_of_tropomi())
    before = zarr_files._check.cache_info()
    blocks = open_blocks(path)
    blocks.places(slice(0, 9), slice(None))
    after = zarr_files._check.cache_info()
    assert after.misses == before.misses + 1
    assert after.hits > before.hits
    changed(path, "radiance/zarr.json", pickled)
    with pytest.raises(FileContentError, match=r"numcodecs.pickle"):
        blocks.places(slice(0, 9), slice(None))


@pytest.mark.parametrize("name", ["wavelength", "noise_slope"])
def test_what_is_read_whole_is_measured_first(tmp_path, name):
    """Arrays that are claimed to be large, without a single chunk, are never filled."""
    arrays = rows_of_tropomi()
    del arrays["radiance_noise"]
    for each in ("noise_constant", "noise_slope"):
        arrays[each] = np.full(80, 1e-3), ""
    path = put_zarr(tmp_path / "l1b.zarr.zip", arrays)
    assert open_blocks(path).frames == 60
    changed(path, f"{name}/zarr.json", lambda told: told.update(_vast(told)))
    with pytest.raises(FileContentError, match=rf"{name}: .*found shape \(1073741824, 80\)"):
        open_blocks(path)


def _vast(told):
    grid = {"name": "regular", "configuration": {"chunk_shape": [32, 32]}}
    return {"shape": [1 << 30, 80], "chunk_grid": grid}
