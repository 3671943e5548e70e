"""Collections of jobs go with them, in time, and take no other along."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from casa_ogc.archive.integrity import verify
from casa_ogc.catalog import published
from casa_ogc.jobs.publication import publish
from casa_ogc.jobs.publishable import collection_id
from casa_ogc.jobs.withdrawal import clear_expired, withdraw
from casa_processes.common.errors import IntegrityError, UnknownNameError
from tests.jobs.publishing import INPUTS, JOB, NAME, job_of, made, ran, site, stocked, stored_fields


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    return stocked(tmp_path_factory.mktemp("stocked") / "archive")


@pytest.fixture
def catalog(tmp_path, archive):
    return site(tmp_path, archive)


def test_an_attempt_takes_back_its_own_collection_and_no_later_one(catalog):
    made(catalog, attempt=2)
    assert not withdraw(catalog.root, JOB, 1)
    assert NAME in catalog.entries()
    assert withdraw(catalog.root, JOB, 2)
    assert NAME not in catalog.entries()


def test_a_collection_goes_with_its_job(catalog):
    _, _, name = made(catalog)
    assert withdraw(catalog.root, JOB)
    assert name not in catalog.entries()
    assert not (catalog.root / name).exists()
    assert not list((catalog.root / published.FOLDER).iterdir())
    assert not withdraw(catalog.root, JOB)
    with pytest.raises(UnknownNameError):
        catalog.entry(name)


def test_a_collection_under_the_digits_of_its_job_goes_with_it_too(catalog):
    """Collections were named so once, and keep their names."""
    made(catalog)
    product = published.document(catalog.root, NAME)
    older = f"job-{JOB[:12]}"
    (catalog.root / NAME).rename(catalog.root / older)
    published.withdraw(catalog.root, NAME)
    published.put(catalog.root, product.model_copy(update={"id": older}), b"{}")
    assert older in published.published(catalog.root)
    assert withdraw(catalog.root, JOB)
    assert older not in published.published(catalog.root)
    assert not (catalog.root / older).exists()


def test_removal_takes_along_what_no_document_names(catalog):
    _, _, name = made(catalog)
    published.withdraw(catalog.root, name)
    withdraw(catalog.root, JOB)
    assert not (catalog.root / name).exists()


def test_other_collections_stay_when_one_is_removed(catalog):
    made(catalog)
    withdraw(catalog.root, JOB)
    assert set(catalog.entries()) == {"columns", "months", "maps"}
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
    assert set(catalog.entries()) == {"columns", "months", "maps", collection_id("f" * 32)}
    assert clear_expired(catalog.root) == [name]
    assert not (catalog.root / name).exists()
    assert set(published.published(catalog.root)) == {collection_id("f" * 32)}
    assert clear_expired(catalog.root) == []
