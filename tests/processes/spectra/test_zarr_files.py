"""Zipped Zarr stores in the plain layout: they give what netCDF gives, and can run no code."""

import json
import zipfile

import h5py
import netCDF4
import numpy as np
import pytest
import zarr
from zarr.storage import ZipStore

from casa_processes.common.errors import FileContentError, InvalidInputsError
from casa_processes.spectra.block import open_blocks, readable_rows
from casa_processes.spectra.layouts import zarr_files
from casa_processes.spectra.layouts.zarr_files import opened_zarr
from tests.processes.sif_retrieval.runs import COUNT, OWN, as_input, plain_file, run

ALL, CHANNELS = slice(None), 80


def rows_of_tropomi(count=60, footprints=4):
    """A file of (sounding, channel) beside the footprint of each, in no order of these."""
    random = np.random.default_rng(4)
    wavelength = np.linspace(743.0, 758.0, CHANNELS) + 0.01 * np.arange(footprints)[:, None]
    radiance = random.uniform(20.0, 90.0, (count, CHANNELS)).astype(np.float32)
    radiance[3, 7] = -1e30
    return {
        "radiance": (radiance, "mW m-2 sr-1 nm-1"),
        "radiance_noise": (0.01 * np.abs(radiance), "mW m-2 sr-1 nm-1"),
        "wavelength": (wavelength, "nm"),
        "footprint": (random.integers(1, footprints + 1, count).astype(np.int16), ""),
        "time": (1_688_169_600.0 + np.arange(count), "seconds since 1970-01-01"),
        "latitude": (random.uniform(-80, 80, count), "degrees_north"),
        "longitude": (random.uniform(-180, 180, count), "degrees_east"),
        "solar_zenith_angle": (random.uniform(0, 80, count).astype(np.float32), "degree"),
        "igbp_class": (random.integers(0, 17, count).astype(np.int8), ""),
        "sounding_id": (20230701000000 + np.arange(count), ""),
    }


def put_hdf5(path, arrays):
    with h5py.File(path, "w") as file:
        file.attrs["instrument"] = "tropomi"
        for name, (values, units) in arrays.items():
            file[name] = values
            file[name].attrs["units"] = units
        file["radiance"].attrs["_FillValue"] = np.float32(-1e30)
    return path


def put_zarr(path, arrays):
    with ZipStore(path, mode="w") as store:
        group = zarr.create_group(store, zarr_format=3, attributes={"instrument": "tropomi"})
        for name, (values, units) in arrays.items():
            chunks = tuple(min(each, 32) for each in values.shape)
            told = {"units": units, **({"_FillValue": -1e30} if name == "radiance" else {})}
            group.create_array(name, data=values, chunks=chunks, attributes=told)
    return path


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    folder, arrays = tmp_path_factory.mktemp("zarr"), rows_of_tropomi()
    return (
        open_blocks(put_hdf5(folder / "rows.nc", arrays)),
        open_blocks(put_zarr(folder / "rows.zarr.zip", arrays)),
    )


def test_soundings_of_both_are_the_same(both):
    one, two = both
    assert two.spectrometer.id == "tropomi"
    assert (one.frames, one.across) == (two.frames, two.across) == (60, 1)
    np.testing.assert_array_equal(one.wavelength("nir"), two.wavelength("nir"))
    for frames in (slice(0, 60), slice(17, 41)):
        ours, theirs = (each.rows("nir", slice(5, 70), frames, ALL) for each in both)
        for name in vars(ours):
            np.testing.assert_array_equal(getattr(ours, name), getattr(theirs, name), err_msg=name)
        ours, theirs = (each.places(frames, ALL) for each in both)
        for name in vars(ours):
            np.testing.assert_array_equal(getattr(ours, name), getattr(theirs, name), err_msg=name)


def test_missing_numbers_are_missing_and_footprints_are_told(both):
    arrays = rows_of_tropomi()
    rows = both[1].rows("nir", slice(0, CHANNELS), slice(0, 60), ALL)
    assert np.argwhere(np.isnan(rows.radiance)).tolist() == [[3, 7]]
    assert (rows.footprint + 1).tolist() == arrays["footprint"][0].tolist()


def test_shards_are_read(tmp_path):
    arrays = rows_of_tropomi()
    path = tmp_path / "shards.zarr.zip"
    with ZipStore(path, mode="w") as store:
        group = zarr.create_group(store, zarr_format=3)
        made = group.create_array(
            "radiance", shape=(60, CHANNELS), dtype="f4", chunks=(8, 16), shards=(32, 80)
        )
        made[...] = arrays["radiance"][0]
    with opened_zarr(path) as file:
        np.testing.assert_array_equal(file["radiance"][10:20], arrays["radiance"][0][10:20])
        assert "radiance" in file
        assert file.get("radiances") is None


def test_a_run_of_a_store_is_that_of_the_file(tmp_path):
    plain_file(tmp_path / "l1b.nc")
    arrays = {}
    with h5py.File(tmp_path / "l1b.nc") as file:
        for name, held in file.items():
            if held.dtype.kind in "iuf" and not held.attrs.get("CLASS") and held.ndim:
                arrays[name] = held[()], str(np.asarray(held.attrs.get("units", b"")).astype(str))
        kept = dict(file.attrs)
    arrays.pop("sounding_id", None)
    store = put_zarr(tmp_path / "l1b.zarr.zip", arrays)
    inputs = {"l1b": "x", "windows": [OWN], "plots": False, "instrument": str(kept["instrument"])}
    one, two = (
        run(tmp_path / path.stem, files={"l1b": as_input(path)}, **inputs)
        for path in (tmp_path / "l1b.nc", store)
    )
    assert two.written == COUNT
    ours, theirs = (netCDF4.Dataset(each.soundings) for each in (one, two))
    for name in ("sif_757", "sif_757_uncertainty", "igbp_class", "sif_quality_class"):
        np.testing.assert_array_equal(ours[name][:], theirs[name][:], err_msg=name)
    ours.close()
    theirs.close()


def changed(path, name, change):
    """Rewrite one description of a store."""
    with zipfile.ZipFile(path) as archive:
        content = {each: archive.read(each) for each in archive.namelist()}
    described = json.loads(content[name])
    change(described)
    content[name] = json.dumps(described).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for each, data in content.items():
            archive.writestr(each, data)


def pickled(described):
    described["codecs"].append({"name": "numcodecs.pickle", "configuration": {}})


def pickled_within(described):
    inner = [{"name": "numcodecs.pickle", "configuration": {}}]
    described["codecs"] = [{"name": "sharding_indexed", "configuration": {"codecs": inner}}]


def huge(described):
    described["chunk_grid"]["configuration"]["chunk_shape"] = [1 << 20, 1 << 20]


def vast(described):
    described["shape"] = [1 << 30, 1 << 30]


def textual(described):
    described["data_type"] = "string"


@pytest.mark.parametrize(
    ("change", "match"),
    [
        (pickled, "codecs out of .*, found numcodecs.pickle"),
        (pickled_within, "codecs out of .*, found numcodecs.pickle"),
        (huge, "chunks of 536,870,912 bytes at most"),
        (vast, "arrays of 1,099,511,627,776 values at most"),
        (lambda described: described.update(shape=[-1, 80]), "arrays of numbers"),
        (textual, "arrays of numbers, found string"),
        (lambda described: described.update(node_type="zork"), "codecs out of"),
        (lambda described: described.pop("shape"), "arrays of numbers"),
    ],
)
def test_what_is_not_read_is_refused_by_what_it_is(tmp_path, change, match):
    path = put_zarr(tmp_path / "l1b.zarr.zip", rows_of_tropomi())
    changed(path, "radiance/zarr.json", change)
    with pytest.raises(FileContentError, match=match) as caught:
        open_blocks(path)
    assert str(tmp_path) not in str(caught.value)


def test_a_damaged_chunk_is_missing_and_told(tmp_path):
    path = put_zarr(tmp_path / "l1b.zarr.zip", rows_of_tropomi())
    with zipfile.ZipFile(path) as archive:
        where = archive.getinfo("radiance/c/1/0").header_offset
    with path.open("r+b") as file:
        file.seek(where + 200)
        file.write(b"\0" * 50)
    rows, wrong = readable_rows(open_blocks(path), "nir", slice(0, 20), slice(0, 60))
    assert "l1b.zarr.zip: /: expected a readable Zarr store" in wrong
    missing = np.isnan(rows.radiance).all(axis=1)
    assert np.flatnonzero(missing).tolist() == list(range(32, 60))


@pytest.mark.parametrize("content", [{}, {"zarr.json": b"{"}, {"x": b"1"}, {"zarr.json": b"[1]"}])
def test_a_zip_file_that_is_no_store_is_one_clear_error(tmp_path, content):
    path = tmp_path / "l1b.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    with pytest.raises(FileContentError, match=r"l1b.zip"):
        open_blocks(path, "tropomi")


def test_large_descriptions_and_many_members_are_refused(tmp_path, monkeypatch):
    path = put_zarr(tmp_path / "l1b.zarr.zip", rows_of_tropomi())
    monkeypatch.setattr(zarr_files, "_MOST_METADATA", 100)
    with pytest.raises(FileContentError, match="descriptions of 100 bytes"):
        open_blocks(path)
    monkeypatch.setattr(zarr_files, "_MOST_METADATA", 1 << 20)
    monkeypatch.setattr(zarr_files, "_MOST_DESCRIBED", 1000)
    with pytest.raises(FileContentError, match="descriptions of 1,000 bytes together"):
        open_blocks(path)
    monkeypatch.setattr(zarr_files, "_MOST_MEMBERS", 3)
    with pytest.raises(FileContentError, match="at most 3 members"):
        open_blocks(path)


def test_a_window_beyond_a_store_is_refused_by_its_place(tmp_path):
    path = put_zarr(tmp_path / "l1b.zarr.zip", rows_of_tropomi())
    with pytest.raises(InvalidInputsError) as caught:
        run(tmp_path, files={"l1b": as_input(path)}, l1b="x", windows=["685"], plots=False)
    assert [place for place, _ in caught.value.problems] == ["/windows/0"]
