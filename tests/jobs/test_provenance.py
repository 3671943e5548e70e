"""Provenance of results, read by an independent library of W3C PROV."""

import hashlib
import json
import platform
from importlib.metadata import version

import pytest
from prov.identifier import Namespace
from prov.model import (
    PROV,
    ProvActivity,
    ProvAgent,
    ProvAssociation,
    ProvDerivation,
    ProvDocument,
    ProvEntity,
    ProvGeneration,
    ProvUsage,
)

from casa_ogc.jobs import provenance
from casa_ogc.jobs.publication import publish
from casa_processes.common.errors import IntegrityError
from tests.jobs.publishing import JOB, job_of, ran, site, stocked

CASA = Namespace("casa", "urn:casa:terms:")
INPUTS = {
    "profile": [400.0, 404.0, 410.0],
    "collection": "columns",
    "datetime": "2023-04-01",
    "bbox": [-180, -90, 180, 90],
}


@pytest.fixture(scope="module")
def catalog(tmp_path_factory):
    folder = tmp_path_factory.mktemp("provenance")
    return site(folder, stocked(folder / "stocked"))


@pytest.fixture(scope="module")
def attempt(catalog):
    job = job_of(catalog, "smoothed-column", INPUTS)
    return job, ran(catalog, job)


def read(text):
    """The document as the library reads it."""
    return ProvDocument.deserialize(content=text, format="json")


@pytest.fixture(scope="module")
def document(catalog, attempt):
    job, manifest = attempt
    return read(json.dumps(provenance.provenance(job, manifest, catalog.settings, "job-x")))


def only(document, kind):
    (found,) = document.get_records(kind)
    return found


def value(record, name):
    (found,) = record.get_attribute(name)
    return found


def named(document, kind, name):
    """The records of a kind whose label is `name`."""
    return [one for one in document.get_records(kind) if str(one.label) == name]


def test_the_run_is_one_activity_with_its_time_and_machine(document):
    run = only(document, ProvActivity)
    assert run.get_startTime().isoformat().startswith("2026-11-21T10:00:00")
    assert run.get_endTime() is not None
    assert value(run, CASA["machine"]) == platform.machine()


def test_inputs_are_told_by_collection_and_snapshot(document, catalog):
    head = catalog.entry("columns").head
    (entity,) = named(document, ProvEntity, "columns")
    address = f"{catalog.settings.url}/collections/columns/instances/{head.snapshot}"
    assert entity.identifier.uri == address
    assert value(entity, CASA["snapshot"]) == head.snapshot
    assert value(entity, CASA["licence"]) == "CC-BY-4.0"
    part = json.loads(value(entity, CASA["part"]))
    assert part["box"] == {"west": -180, "south": -90, "east": 180, "north": 90}
    assert part["intervals"][0][0].startswith("2023-04-01T00:00")


def test_every_parameter_is_used_by_its_name_with_its_value(document):
    roles = {str(value(one, PROV["role"])) for one in document.get_records(ProvUsage)}
    assert roles == set(INPUTS)
    for name, given in INPUTS.items():
        (entity,) = named(document, ProvEntity, name)
        assert json.loads(value(entity, PROV["value"])) == given


def test_a_long_parameter_is_told_by_its_checksum(catalog, attempt):
    job, manifest = attempt
    profile = [400.0 + n for n in range(2000)]
    job.execution.inputs["profile"] = profile
    try:
        found = read(json.dumps(provenance.provenance(job, manifest, catalog.settings)))
    finally:
        job.execution.inputs["profile"] = [400.0, 404.0, 410.0]
    (entity,) = named(found, ProvEntity, "profile")
    text = json.dumps(profile, separators=(",", ":"))
    assert not entity.get_attribute(PROV["value"])
    assert value(entity, CASA["sha256"]) == hashlib.sha256(text.encode()).hexdigest()


def test_process_and_version_are_the_plan(document, catalog):
    plans = {
        str(one.get_attribute(PROV["plan"]).pop())
        for one in document.get_records(ProvAssociation)
        if one.get_attribute(PROV["plan"])
    }
    assert plans == {"site:processes/smoothed-column"}
    (plan,) = [one for one in document.get_records(ProvEntity) if str(one.identifier) in plans]
    assert value(plan, CASA["version"])


@pytest.mark.parametrize("package", ["casa-ogc", "numpy", "numba", "xarray", "dask"])
def test_software_is_told_with_its_version(document, package):
    (agent,) = named(document, ProvAgent, f"{package} {version(package)}")
    assert PROV["SoftwareAgent"] in agent.get_asserted_types()
    assert value(agent, CASA["version"]) == version(package)


def test_the_language_is_told_with_its_version(document):
    assert named(document, ProvAgent, f"python {platform.python_version()}")


def test_results_are_generated_with_their_checksums(document, attempt):
    _, manifest = attempt
    generated = {
        str(one.get_attribute(PROV["entity"]).pop()) for one in document.get_records(ProvGeneration)
    }
    assert generated == {"site:collections/job-x", *(f"run:results/{n}" for n in manifest.outputs)}
    stored = manifest.outputs["soundings"]
    (entity,) = named(document, ProvEntity, "soundings")
    assert value(entity, CASA["sha256"]) == stored.sha256
    assert value(entity, CASA["bytes"]) == stored.size


def test_the_collection_derives_from_the_snapshots_that_were_read(document, catalog):
    derivation = only(document, ProvDerivation)
    made, used = (
        derivation.get_attribute(PROV[n]).pop() for n in ("generatedEntity", "usedEntity")
    )
    assert str(made) == "site:collections/job-x"
    assert str(used).endswith(catalog.entry("columns").head.snapshot)


def test_nothing_leads_to_the_job(catalog, attempt):
    job, manifest = attempt
    assert JOB not in json.dumps(provenance.provenance(job, manifest, catalog.settings, "job-x"))


def test_a_run_that_publishes_nothing_has_no_collection(catalog, attempt):
    job, manifest = attempt
    found = read(json.dumps(provenance.provenance(job, manifest, catalog.settings)))
    assert not list(found.get_records(ProvDerivation))
    assert "job-" not in json.dumps(provenance.provenance(job, manifest, catalog.settings))


def test_the_document_is_the_same_after_the_library_wrote_it(catalog, attempt):
    job, manifest = attempt
    first = read(json.dumps(provenance.provenance(job, manifest, catalog.settings, "job-x")))
    assert read(first.serialize(format="json")) == first


def test_it_is_kept_beside_the_results_and_with_the_collection(catalog, attempt):
    job, manifest = attempt
    kept = read(provenance.kept(job, catalog).decode())
    name = publish(job, manifest, catalog)
    product = catalog.entry(name).product
    of_collection = read((catalog.root / ".published" / product.provenance).read_text())
    for one in (kept, of_collection):
        assert f"site:collections/{name}" in {
            str(each.identifier) for each in one.get_records(ProvEntity)
        }


def test_a_missing_file_is_named(catalog, attempt):
    job, _ = attempt
    with pytest.raises(IntegrityError, match=r"prov\.json: missing"):
        provenance.kept(type(job)(**{**vars(job), "attempt": 7}), catalog)
