"""Publishing of results: data, document, fences, and removal."""

import pickle
import subprocess
import sys
from dataclasses import replace

import netCDF4
import numpy as np
import pytest

from casa_ogc.archive.integrity import verify
from casa_ogc.catalog import published
from casa_ogc.catalog.published import PublishedProduct
from casa_ogc.jobs import results
from casa_ogc.jobs.publication import publish
from casa_processes.common.context import StoppedError
from casa_processes.common.errors import (
    FileContentError,
    IntegrityError,
    InvalidInputsError,
)
from tests.jobs.publishing import INPUTS, JOB, NAME, job_of, made, ran, site, stocked, stored_fields


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    return stocked(tmp_path_factory.mktemp("stocked") / "archive")


@pytest.fixture
def catalog(tmp_path, archive):
    return site(tmp_path, archive)


def written_fields(catalog, job):
    path = catalog.settings.jobs.folder / "results" / job.id / str(job.attempt) / "grid.nc"
    with netCDF4.Dataset(path) as file:
        return {name: np.ma.filled(file[name][:], np.nan) for name in ("xco2", "xco2_uncertainty")}


def test_a_result_is_a_collection_at_once_with_the_values_of_its_file(catalog):
    job, _, name = made(catalog)
    assert name == NAME
    entry, fields = stored_fields(catalog, name)
    expected = written_fields(catalog, job)
    assert set(fields) == {"xco2", "xco2_uncertainty"}
    for key, values in expected.items():
        np.testing.assert_array_equal(fields[key], values)
    assert entry.head.time == ("2023-01-01T00:00:00Z", "2023-01-03T00:00:00Z")
    assert entry.head.time_resolution == "P1D"
    assert not verify(catalog.root, name)


def test_the_id_of_the_collection_does_not_give_the_job_away(catalog):
    _, _, name = made(catalog)
    for path in (catalog.root / published.FOLDER).iterdir():
        assert JOB not in path.read_text()
        assert JOB not in path.name
    for path in (catalog.root / name).rglob("*.json"):
        assert JOB not in path.read_text()


def test_a_made_up_result_says_so_wherever_it_is_named(catalog):
    _, _, name = made(catalog, title="My maps")
    product = catalog.entry(name).product
    assert product.synthetic
    assert (product.title.en, product.title.zh) == ("Synthetic: My maps", "模拟数据：My maps")
    assert product.description.en.startswith("Simulated, not observed.")
    assert product.description.zh.startswith("模拟数据")


def test_without_a_title_process_and_inputs_name_it(catalog):
    _, _, name = made(catalog)
    title = catalog.entry(name).product.title
    assert (title.en, title.zh) == ("Synthetic: Long work", "模拟数据：耗时计算")


def test_the_same_attempt_may_publish_again_without_effect(catalog):
    job, manifest, name = made(catalog)
    before = catalog.entry(name)
    assert publish(job, manifest, catalog) == name
    assert catalog.entry(name) == before


def test_a_later_attempt_replaces_and_an_earlier_one_does_not(catalog):
    first = job_of(catalog, "long", INPUTS)
    second = job_of(catalog, "long", {**INPUTS, "seed": 2}, attempt=2)
    manifests = {job.attempt: ran(catalog, job) for job in (first, second)}
    publish(first, manifests[1], catalog)
    name = publish(second, manifests[2], catalog)
    expected = written_fields(catalog, second)["xco2"]
    np.testing.assert_array_equal(stored_fields(catalog, name)[1]["xco2"], expected)
    assert publish(first, manifests[1], catalog) == name
    np.testing.assert_array_equal(stored_fields(catalog, name)[1]["xco2"], expected)
    assert catalog.entry(name).product.attempt == 2
    assert catalog.entry(name).head.files == 1


def test_an_attempt_that_lost_its_job_leaves_nothing(catalog):
    job = job_of(catalog, "long", INPUTS)
    manifest = ran(catalog, job)

    def check():
        raise StoppedError

    with pytest.raises(StoppedError):
        publish(job, manifest, catalog, check)
    assert NAME not in catalog.entries()
    assert not (catalog.root / NAME).exists()


def elsewhere(folder, job, manifest, catalog, alive="lambda: True"):
    """Begin to publish in another process."""
    path = folder / f"{job.id}.{job.attempt}.pickle"
    path.write_bytes(pickle.dumps((job, manifest, catalog)))
    code = (
        "import os, pickle, sys; from casa_ogc.jobs.publication import publish; "
        f"publish(*pickle.load(open(sys.argv[1], 'rb')), {alive})"
    )
    return subprocess.Popen([sys.executable, "-c", code, str(path)])


def test_what_a_killed_attempt_left_is_replaced(catalog, tmp_path):
    job = job_of(catalog, "long", INPUTS)
    manifest = ran(catalog, job)
    assert elsewhere(tmp_path, job, manifest, catalog, "lambda: os._exit(9)").wait(60) == 9
    assert (catalog.root / NAME).is_dir()
    assert NAME not in catalog.entries()
    later = replace(job, attempt=2)
    assert publish(later, ran(catalog, later), catalog) in catalog.entries()
    assert catalog.entry(NAME).head.files == 1
    assert not verify(catalog.root, NAME)


def test_bytes_that_differ_from_those_that_were_written_are_not_published(catalog):
    job = job_of(catalog, "long", INPUTS)
    manifest = ran(catalog, job)
    path = catalog.settings.jobs.folder / "results" / JOB / "1" / "grid.nc"
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with pytest.raises(IntegrityError, match=r"grid\.nc"):
        publish(job, manifest, catalog)
    assert NAME not in catalog.entries()
    assert not (catalog.root / NAME).exists()


def test_a_selection_that_nothing_meets_is_told_as_such(catalog):
    nowhere = {"profile": "prior", "collection": "columns", "bbox": [0.0, -90.0, 0.1, -89.9]}
    job = job_of(catalog, "smoothed-column", nowhere)
    manifest = ran(catalog, job)
    assert manifest.outputs["matched"] == 0
    with pytest.raises(InvalidInputsError, match=r"nothing met the selection: .* no soundings"):
        publish(job, manifest, catalog)
    assert NAME not in catalog.entries()


def test_results_that_hold_nothing_to_publish_are_refused(catalog):
    job = job_of(catalog, "long", {**INPUTS, "grid": False})
    with pytest.raises(InvalidInputsError, match="hold no output that can be a collection"):
        publish(job, ran(catalog, job), catalog)


def test_a_document_is_a_whole_product(catalog):
    _, _, name = made(catalog)
    product = catalog.entry(name).product
    again = PublishedProduct.model_validate_json(product.model_dump_json())
    assert again == product
    assert product.default_variables == ("xco2", "xco2_uncertainty")
    assert (product.process, product.process_version) == ("long", "1.0.0")
    assert product.licence == "CC0-1.0"
    assert product.licence_url == "https://spdx.org/licenses/CC0-1.0.html"
    assert [(one.name, one.roles) for one in product.providers] == [
        ("Tests", ("processor", "host"))
    ]
    assert product.citation.startswith("Result of long 1.0.0, Test, 20")


def test_a_file_outside_the_common_schema_is_refused_whole(catalog, monkeypatch):
    job = job_of(catalog, "long", INPUTS)
    ran(catalog, job)
    path = catalog.settings.jobs.folder / "results" / JOB / "1" / "grid.nc"
    with netCDF4.Dataset(path, "a") as file:
        file.createVariable("zork", "f4", ("time",))
    stored = results.StoredFile(
        "grid.nc", "application/x-netcdf", results.checksum(path), path.stat().st_size
    )
    manifest = results.Manifest(JOB, 1, "long", "1.0.0", {"grid": stored})
    with pytest.raises(FileContentError, match="zork: expected a variable of the vocabulary"):
        publish(job, manifest, catalog)
    assert not (catalog.root / NAME).exists()


def test_two_that_publish_at_once_leave_one_whole_collection(catalog, tmp_path):
    jobs = [replace(job_of(catalog, "long", INPUTS), attempt=number) for number in (1, 2, 3)]
    manifests = [ran(catalog, job) for job in jobs]
    children = [
        elsewhere(tmp_path, job, manifest, catalog)
        for job, manifest in zip(jobs, manifests, strict=True)
    ]
    assert [child.wait(60) for child in children] == [0, 0, 0]
    assert catalog.entry(NAME).product.attempt == 3
    assert catalog.entry(NAME).head.files == 1
    assert not verify(catalog.root, NAME)


def test_what_a_file_names_as_its_main_variables_comes_first(catalog):
    inputs = {"profile": [400.0, 404.0, 410.0], "collection": "columns"}
    job = job_of(catalog, "smoothed-column", inputs)
    name = publish(job, ran(catalog, job), catalog)
    product = catalog.entry(name).product
    assert product.default_variables == (
        "xco2_smoothed",
        "xco2_profile",
        "xco2_apriori",
        "xco2",
        "xco2_uncertainty",
    )
    assert product.licence == "CC-BY-4.0"
    assert product.title.en == "Synthetic: Profile as a retrieval sees it: columns"
    assert [one.collection for one in product.origins] == ["columns"]
