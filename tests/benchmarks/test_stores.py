from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from benchmarks.services import stores as module
from benchmarks.services.field import FULL, VARIABLES, Shape, values
from benchmarks.services.stores import PRODUCT, Stores, stores
from casa_ogc.archive.cubes import open_cube
from casa_ogc.archive.heads import read_head

EVERYTHING = (slice(None), slice(None), slice(None))


def test_the_cube_is_the_one_of_the_specification() -> None:
    assert (FULL.days, FULL.rows, FULL.columns, len(VARIABLES)) == (1096, 360, 720, 3)
    assert FULL.latitudes[0] == -89.75
    assert FULL.longitudes[-1] == 179.75


def test_a_block_is_the_part_of_the_whole(shape: Shape) -> None:
    cuts = slice(3, 7), slice(2, 9), slice(30, 36)
    for name in VARIABLES:
        np.testing.assert_allclose(values(name, shape, *cuts), values(name, shape)[cuts], rtol=1e-6)


def test_no_two_rows_columns_or_variables_are_alike(shape: Shape) -> None:
    whole = values("xco2", shape)
    assert not np.allclose(whole, whole[:, ::-1])
    assert not np.allclose(whole, whole[:, :, ::-1])
    assert not np.allclose(whole, values("sif_740", shape))


@pytest.mark.parametrize("name", VARIABLES)
def test_every_store_holds_the_same_values(found: Stores, name: str) -> None:
    wanted = values(name, found.shape)
    for path in (found.map, found.series):
        with xr.open_zarr(path, chunks=None, consolidated=True) as data:
            np.testing.assert_allclose(data[name].values, wanted, rtol=1e-6)
            np.testing.assert_array_equal(data["time"].values, found.shape.times)
    head = read_head(found.archive, PRODUCT)
    assert head is not None
    for layout in open_cube(found.archive, PRODUCT, head.snapshot).layouts.items():
        if layout[0] in ("map", "series"):
            stored = layout[1].arrays[name]
            np.testing.assert_allclose(stored.read(EVERYTHING), wanted, rtol=1e-6)


def test_stores_are_written_once_and_again_when_their_code_has_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shape = Shape(3, 6, 12)
    folder = stores(tmp_path, shape).folder
    (folder / "map.zarr" / "witness").touch()
    (folder / "archive" / "witness").touch()
    stores(tmp_path, shape)
    assert (folder / "map.zarr" / "witness").exists()
    other = tmp_path / "other.py"
    other.write_text("changed", encoding="utf-8")
    monkeypatch.setattr(module, "_ARCHIVE_SOURCES", (other,))
    stores(tmp_path, shape)
    assert (folder / "map.zarr" / "witness").exists()
    assert not (folder / "archive" / "witness").exists()
