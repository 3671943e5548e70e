"""Publishing of results: data, document, fences, and removal."""

import pickle
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import netCDF4
import numpy as np
import pytest

from casa_ogc.archive.integrity import verify
from casa_ogc.catalog import published
from casa_ogc.catalog.published import PublishedProduct
from casa_ogc.jobs import results
from casa_ogc.jobs.licences import NoDerivativesError
from casa_ogc.jobs.publication import publish
from casa_ogc.jobs.publishable import collection_id, publishable
from casa_ogc.jobs.withdrawal import clear_expired, withdraw
from casa_processes.common.context import StoppedError
from casa_processes.common.errors import (
    FileContentError,
    IntegrityError,
    InvalidInputsError,
    UnknownNameError,
)
from casa_processes.common.registry import process
from tests.jobs.publishing import JOB, job_of, ran, site, stocked

INPUTS = {"seconds": 1e-6, "parts": 3, "grid": True}
NAME = "job-0123456789ab"


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    return stocked(tmp_path_factory.mktemp("stocked") / "archive")


@pytest.fixture
def catalog(tmp_path, archive):
    return site(tmp_path, archive)


def made(catalog, **more):
    """A published job of random maps."""
    job = job_of(catalog, "long", INPUTS, **more)
    manifest = ran(catalog, job)
    return job, manifest, publish(job, manifest, catalog)


def stored_fields(catalog, name):
    entry = catalog.entry(name)
    layout = catalog.open(entry).layouts["map"]
    whole = {
        key: array.read(tuple(map(slice, array.shape))) for key, array in layout.arrays.items()
    }
    return entry, whole


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


def test_an_attempt_takes_back_its_own_collection_and_no_later_one(catalog):
    made(catalog, attempt=2)
    assert not withdraw(catalog.root, JOB, 1)
    assert NAME in catalog.entries()
    assert withdraw(catalog.root, JOB, 2)
    assert NAME not in catalog.entries()


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


def test_results_that_hold_nothing_to_publish_are_refused(catalog):
    job = job_of(catalog, "long", {**INPUTS, "grid": False})
    with pytest.raises(InvalidInputsError, match="hold no output that can be a collection"):
        publish(job, ran(catalog, job), catalog)


def test_a_collection_goes_with_its_job(catalog):
    _, _, name = made(catalog)
    assert withdraw(catalog.root, JOB)
    assert name not in catalog.entries()
    assert not (catalog.root / name).exists()
    assert not list((catalog.root / published.FOLDER).iterdir())
    assert not withdraw(catalog.root, JOB)
    with pytest.raises(UnknownNameError):
        catalog.entry(name)


def test_removal_takes_along_what_no_document_names(catalog):
    _, _, name = made(catalog)
    published.withdraw(catalog.root, name)
    withdraw(catalog.root, JOB)
    assert not (catalog.root / name).exists()


def test_other_collections_stay_when_one_is_removed(catalog):
    made(catalog)
    withdraw(catalog.root, JOB)
    assert set(catalog.entries()) == {"columns", "maps"}
    assert not verify(catalog.root, "maps")
    assert not verify(catalog.root, "columns")


def test_data_that_are_open_can_be_read_to_the_end(catalog):
    _, _, name = made(catalog)
    _, before = stored_fields(catalog, name)
    store = catalog.open(catalog.entry(name))
    withdraw(catalog.root, JOB)
    array = store.layouts["map"].arrays["xco2"]
    try:
        found = array.read(tuple(map(slice, array.shape)))
    except IntegrityError:
        return
    np.testing.assert_array_equal(found, before["xco2"])


def test_a_collection_expires_with_the_days_that_results_are_kept(tmp_path, archive):
    catalog = site(tmp_path, archive, keep_days=2.0)
    _, _, name = made(catalog)
    left = datetime.fromisoformat(catalog.entry(name).product.expires) - datetime.now(UTC)
    assert timedelta(days=1.99) < left < timedelta(days=2.01)


def test_a_collection_that_expired_is_unseen_and_then_cleared_away(catalog):
    moment = datetime.now(UTC) - timedelta(seconds=1)
    over = moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    _, _, name = made(catalog, expires=over)
    lasting = replace(job_of(catalog, "long", INPUTS), id="f" * 32)
    publish(lasting, ran(catalog, lasting), catalog)
    assert set(catalog.entries()) == {"columns", "maps", collection_id("f" * 32)}
    assert clear_expired(catalog.root) == [name]
    assert not (catalog.root / name).exists()
    assert set(published.published(catalog.root)) == {collection_id("f" * 32)}
    assert clear_expired(catalog.root) == []


def test_a_process_without_files_publishes_nothing():
    echo = process("echo")
    with pytest.raises(InvalidInputsError, match="of echo these can: none"):
        publishable(echo, echo.validate({"stringInput": ""}))


def test_the_input_that_would_make_a_collection_is_named():
    long = process("long")
    with pytest.raises(InvalidInputsError) as caught:
        publishable(long, long.validate({}))
    reason = "needed for the output grid to be made a collection of"
    assert caught.value.problems == (("/grid", reason),)
    assert publishable(long, long.validate({"grid": True})) == "grid"
    assert publishable(long, long.validate({"grid": True}), {"grid", "steps"}) == "grid"


def test_an_output_that_is_not_asked_for_is_not_published():
    long = process("long")
    with pytest.raises(InvalidInputsError, match="of long these can: grid"):
        publishable(long, long.validate({"grid": True}), {"steps"})


def test_data_that_may_be_shared_only_as_they_are_are_refused_before_anything_runs():
    long = process("long")
    with pytest.raises(NoDerivativesError):
        publishable(long, long.validate({"grid": True}), (), ["CC0-1.0", "CC-BY-ND-4.0"])


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
