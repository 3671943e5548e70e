"""Ingest: every file whole or not at all, the good ones beside the bad."""

from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from casa_ogc.archive.cubes import open_cube
from casa_ogc.archive.heads import list_products, read_head, read_stored_head
from casa_ogc.archive.integrity import verify
from casa_ogc.archive.manifests import last_manifest
from casa_ogc.archive.soundings import open_soundings
from casa_ogc.catalog import ingest as module
from casa_ogc.catalog.ingest import check, ingest
from casa_ogc.catalog.product import Product, Provider, Text
from casa_ogc.readers.reader import Reader
from casa_processes.common.errors import FileContentError, UnknownNameError
from tests.archive.builders import files_below, grid, soundings, whole


def product(name: str, kind: str) -> Product:
    text = Text(en=name, zh=name)
    return Product(
        id=name,
        kind=kind,
        title=text,
        description=text,
        licence="CC0-1.0",
        citation="nobody",
        providers=(Provider(name="nobody", roles=("host",)),),
    )


PRODUCTS = {
    "maps": product("maps", "grid"),
    "other-maps": product("other-maps", "grid"),
    "points": product("points", "soundings"),
}


@pytest.fixture(autouse=True)
def reading(monkeypatch):
    """Files are lines ``grid 3 [key=value]``, ``soundings 3``, or anything else, which is bad.

    The list that it gives tells which files were read.
    """
    read = []

    def fake(path, reader=None):
        read.append(path.name)
        kind, number, *attrs = [*path.read_text().split(), "", ""][:4]
        given = dict(text.split("=") for text in attrs if text)
        if kind == "grid":
            dataset = grid([int(number)], **{"product": "maps", **given})
        elif kind == "soundings":
            first = int(number) * 10
            dataset = soundings(10, first=first, seed=int(number), product="points", **given)
        else:
            raise FileContentError(path.name, "first line", "grid or soundings", kind)
        dataset.attrs["source"] = path.name
        reader = Reader(
            files=("*",), kind=kind, product="", title="Fake", dims={}, variables={}, version="7"
        )
        return reader, dataset

    monkeypatch.setattr(module, "read", fake)
    return read


def write(folder: Path, **texts: str) -> list[Path]:
    folder.mkdir(exist_ok=True)
    paths = []
    for name, text in texts.items():
        paths.append(folder / f"{name}.txt")
        paths[-1].write_text(text)
    return paths


def test_files_go_where_their_readers_say(tmp_path):
    root = tmp_path / "archive"
    paths = write(tmp_path / "in", a="grid 0", b="grid 1", c="soundings 0", d="grid 2")
    report = ingest(paths, root, PRODUCTS)
    assert [(o.file, o.status, o.product, o.rows) for o in report.outcomes] == [
        (paths[0], "stored", "maps", 1),
        (paths[1], "stored", "maps", 1),
        (paths[2], "stored", "points", 10),
        (paths[3], "stored", "maps", 1),
    ]
    cube = open_cube(root, "maps", read_head(root, "maps").snapshot)
    array = cube.layouts["series"].arrays["xco2"]
    assert_array_equal(array.read(whole(array.shape)), grid([0, 1, 2])["xco2"].values)
    assert open_soundings(root, "points", read_head(root, "points").snapshot).rows == 10


def test_neighbours_of_one_product_are_committed_together(tmp_path):
    paths = write(tmp_path / "in", a="grid 0", b="grid 1", c="grid 2", d="soundings 0")
    ingest(paths, tmp_path / "archive", PRODUCTS)
    assert len(read_stored_head(tmp_path / "archive", "maps").manifests) == 1


def test_large_numbers_of_files_are_committed_in_batches(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "BATCH", 2)
    paths = write(tmp_path / "in", **{f"f{n}": f"grid {n}" for n in range(5)})
    report = ingest(paths, tmp_path / "archive", PRODUCTS)
    assert report.files("stored") == tuple(paths)
    assert len(read_stored_head(tmp_path / "archive", "maps").manifests) == 3


def test_the_manifest_tells_each_source_file(tmp_path):
    (path,) = write(tmp_path / "in", a="soundings 0")
    ingest([path], tmp_path / "archive", PRODUCTS)
    (file,) = last_manifest(tmp_path / "archive", "points").files
    assert (file.name, file.size, file.rows) == ("a.txt", path.stat().st_size, 10)
    assert (file.reader, file.reader_version) == ("Fake", "7")
    assert file.time.endswith("Z")


def test_the_same_file_twice_is_not_even_read(tmp_path, reading):
    root = tmp_path / "archive"
    paths = write(tmp_path / "in", a="grid 0")
    ingest(paths, root, PRODUCTS)
    before = read_head(root, "maps")
    report = ingest(paths, root, PRODUCTS)
    assert [(o.status, o.product) for o in report.outcomes] == [("known", "maps")]
    assert reading == ["a.txt"]
    assert read_head(root, "maps") == before


def test_a_copy_under_another_name_is_known(tmp_path):
    paths = write(tmp_path / "in", a="grid 0", b="grid 0")
    report = ingest(paths, tmp_path / "archive", PRODUCTS)
    assert [o.status for o in report.outcomes] == ["stored", "known"]
    assert read_head(tmp_path / "archive", "maps").files == 1


@pytest.mark.parametrize("order", [[0, 1, 2, 3, 4], [1, 0, 3, 2, 4], [4, 3, 2, 1, 0]])
def test_bad_files_are_reported_and_do_not_stop_the_others(tmp_path, order):
    root = tmp_path / "archive"
    texts = ["grid 0", "rubbish", "grid 1", "grid 2 stream=x", "grid 3 product=nowhere"]
    paths = write(tmp_path / "in", **{f"f{n}": texts[n] for n in order})
    report = ingest(paths, root, PRODUCTS, product=None)
    failed = {path.stem for path in report.files("failed")}
    assert {"f1", "f4"} < failed
    assert len(failed) == 3 or order == [4, 3, 2, 1, 0]
    errors = {o.file.stem: o.error for o in report.outcomes}
    assert errors["f1"] == "f1.txt: first line: expected grid or soundings, found rubbish"
    assert "no product 'nowhere'" in errors["f4"]
    assert "maps" in errors["f4"]
    assert verify(root, "maps") == ()


def test_a_batch_of_bad_files_leaves_nothing(tmp_path):
    paths = write(tmp_path / "in", a="rubbish", b="grid 0 product=nowhere")
    report = ingest([*paths, tmp_path / "absent.txt"], tmp_path / "archive", PRODUCTS)
    assert {o.status for o in report.outcomes} == {"failed"}
    assert [p for p in files_below(tmp_path / "archive") if p.suffix != ".lock"] == []


def test_a_data_set_that_does_not_fit_leaves_nothing_of_a_new_product(tmp_path, monkeypatch):
    bad = grid([0]).assign_coords(latitude=np.zeros(18)).assign_attrs(product="maps")
    reader = Reader(files=("*",), kind="grid", product="", title="F", dims={}, variables={})
    monkeypatch.setattr(module, "read", lambda path, name=None: (reader, bad))
    report = ingest(write(tmp_path / "in", a="x"), tmp_path / "archive", PRODUCTS)
    assert report.outcomes[0].status == "failed"
    assert "a.txt" in report.outcomes[0].error
    assert not (tmp_path / "archive" / "maps").exists()


def test_all_files_go_to_the_product_that_was_named(tmp_path):
    paths = write(tmp_path / "in", a="grid 0", b="soundings 0")
    report = ingest(paths, tmp_path / "archive", PRODUCTS, product="other-maps")
    assert [o.status for o in report.outcomes] == ["stored", "failed"]
    assert "holds soundings" in report.outcomes[1].error
    assert list_products(tmp_path / "archive") == ("other-maps",)


def test_two_streams_need_two_products(tmp_path):
    root = tmp_path / "archive"
    paths = write(tmp_path / "in", a="grid 0 stream=land", b="grid 1 stream=ocean")
    report = ingest(paths, root, PRODUCTS)
    assert [o.status for o in report.outcomes] == ["stored", "failed"]
    assert "--product" in report.outcomes[1].error
    again = ingest(paths[1:], root, PRODUCTS, product="other-maps")
    assert again.outcomes[0].status == "stored"


def test_an_unknown_product_is_refused_at_once(tmp_path, reading):
    with pytest.raises(UnknownNameError, match="no product 'x'; there are: maps"):
        ingest(write(tmp_path / "in", a="grid 0"), tmp_path / "archive", PRODUCTS, product="x")
    assert reading == []


def test_progress_tells_each_file_with_its_bytes(tmp_path):
    told = []
    paths = write(tmp_path / "in", a="grid 0", b="rubbish", c="soundings 0")
    ingest(
        paths, tmp_path / "archive", PRODUCTS, progress=lambda path, size: told.append((path, size))
    )
    assert sorted(told) == [(path, path.stat().st_size) for path in paths]


def test_check_lists_findings_and_writes_nothing(tmp_path):
    before = files_below(tmp_path)
    paths = write(tmp_path / "in", a="rubbish", b="rubbish")
    findings = check(paths)
    assert {finding.file for finding in findings} == {"a.txt", "b.txt"}
    assert files_below(tmp_path) == [*before, *paths]


GENUINE = {
    "sat_co2/AIRS_05_2003.csv.gz": "airs-co2",
    "sat_co2/CO2_mx_monthly_01_2025.nc": "oco2-xco2-monthly",
    "sat_co2/CO2_mx_monthly_05_2025.nc": "oco2-xco2-monthly",
    "sat_co2/oco2-spectrometer_oco2_20150131-336_co2-column.nc": "oco2-column",
    "flux/CT2019B_fluxes_za_ts_monthly.nc": "carbontracker-zonal-flux",
    "tccon/hw20230402_20230402.public.qc.nc": "tccon",
}


@pytest.mark.realdata
def test_genuine_files_go_in_and_come_out_as_their_readers_read_them(
    tmp_path, realdata, monkeypatch
):
    from casa_ogc.catalog.products import load_products
    from casa_ogc.readers.read import read

    monkeypatch.setattr(module, "read", read)
    paths = [realdata / name for name in GENUINE]
    products = {product.id: product for product in load_products().values()}
    report = ingest(paths, tmp_path, products)
    assert [o.error for o in report.outcomes] == [""] * len(paths)
    assert [o.product for o in report.outcomes] == list(GENUINE.values())
    for name in dict.fromkeys(GENUINE.values()):
        assert verify(tmp_path, name) == ()
    _, airs = read(paths[0])
    store = open_soundings(tmp_path, "airs-co2", read_head(tmp_path, "airs-co2").snapshot)
    assert store.rows == airs.sizes["sounding"]
    name = "co2_mid_troposphere"
    assert_array_equal(np.sort(store.select([name])[name]), np.sort(airs[name].values))
    for index in (1, 2, 4):
        _, dataset = read(paths[index])
        head = read_head(tmp_path, report.outcomes[index].product)
        cube = open_cube(tmp_path, head.product, head.snapshot)
        rows = np.isin(cube.axes["t"].values, dataset["time"].values)
        for name in dataset.data_vars:
            array = cube.layouts["map"].arrays[name]
            assert_array_equal(array.read(whole(array.shape))[rows], dataset[name].values)
