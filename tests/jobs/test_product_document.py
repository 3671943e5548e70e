"""What a published collection says of itself, by what its inputs say of themselves."""

from dataclasses import replace

import numpy as np
import pytest
import xarray as xr

from casa_ogc.catalog.entries import load_catalog
from casa_ogc.jobs.licences import NoDerivativesError
from casa_ogc.jobs.product_document import described, origins_of, sources_of
from tests.jobs.publishing import NAME, job_of, site, stocked
from tests.service.sites import product_file

OBSERVED = xr.Dataset(
    {"xco2_smoothed": ("sounding", np.float32([400.0])), "quality_flag": ("sounding", [0])},
    attrs={"mission": "OCO-2"},
)
INPUTS = {"profile": "prior", "collection": "columns"}
OURS = {"name": "Tests", "roles": ("processor", "host"), "url": None}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("documents")
    site(made, stocked(made / "stocked"))
    return made


def with_input(folder, **more):
    """The catalogue when the collection that is read says something else of itself."""
    said = {"licence": "CC-BY-4.0", "citation": "Columns (2026).", "synthetic": False} | more
    product_file(folder / "config", "columns", "soundings", **said)
    return load_catalog(folder / "config")


def product(folder, dataset=OBSERVED, title="", inputs=INPUTS, **more):
    catalog = with_input(folder, **more)
    job = job_of(catalog, "smoothed-column", inputs, title=title)
    return described(job, dataset, catalog, NAME)


def test_a_result_of_observations_is_not_called_synthetic(folder):
    found = product(folder, title="Seen by an AirCore")
    assert not found.synthetic
    assert found.title.en == found.title.zh == "Seen by an AirCore"
    assert "Simulated" not in found.description.en
    assert "模拟" not in found.description.zh


@pytest.mark.parametrize(
    ("dataset", "synthetic"),
    [(OBSERVED, True), (OBSERVED.assign_attrs(mission="Synthetic"), False)],
)
def test_one_synthetic_part_is_enough_to_say_so(folder, dataset, synthetic):
    found = product(folder, dataset, title="Mixed", synthetic=synthetic)
    assert found.synthetic
    assert found.title.en == "Synthetic: Mixed"
    assert found.title.zh == "模拟数据：Mixed"


def test_a_title_that_says_so_itself_is_left_alone(folder):
    found = product(folder, title="Synthetic columns 模拟", synthetic=True)
    assert found.title.en == found.title.zh == "Synthetic columns 模拟"


def test_without_a_title_process_and_input_name_it(folder):
    found = product(folder, title="")
    assert found.title.en == "Profile as a retrieval sees it: columns"
    assert found.title.zh == "廓线的平滑柱浓度：columns"


def test_it_is_cited_with_its_inputs(folder):
    found = product(folder)
    assert found.citation.startswith("Result of smoothed-column 1.2.0, Test, 20")
    assert found.citation.endswith(", from: Columns (2026).")


def test_who_made_the_inputs_is_told_before_the_site(folder):
    makers = [
        {"name": "Agency", "roles": ["producer", "licensor"], "url": "https://example.org"},
        {"name": "Mirror", "roles": ["host"]},
    ]
    found = [one.model_dump() for one in product(folder, providers=makers).providers]
    assert [one["name"] for one in found] == ["Agency", "Tests"]
    assert found[1] == OURS


@pytest.mark.parametrize(
    ("said", "licence", "address"),
    [
        ({"licence": "CC-BY-4.0"}, "CC-BY-4.0", "https://spdx.org/licenses/CC-BY-4.0.html"),
        (
            {"licence": "CC-BY-4.0", "licence_url": "https://example.org/by"},
            "CC-BY-4.0",
            "https://example.org/by",
        ),
        ({"licence": "House rules"}, "House rules", None),
        (
            {"licence": "House rules", "licence_url": "https://example.org/rules"},
            "House rules",
            "https://example.org/rules",
        ),
        ({"licence": "CC-BY-SA-4.0 AND ODbL-1.0"}, "CC-BY-SA-4.0 AND ODbL-1.0", None),
    ],
)
def test_its_licence_is_that_of_its_input(folder, said, licence, address):
    found = product(folder, **said)
    assert (found.licence, found.licence_url) == (licence, address)
    assert [one.licence for one in found.origins] == [said["licence"]]


def test_the_licence_is_the_one_that_held_when_the_job_was_accepted(folder):
    job = job_of(with_input(folder, licence="CC-BY-NC-4.0"), "smoothed-column", INPUTS)
    later = with_input(folder, licence="CC0-1.0")
    assert described(job, OBSERVED, later, NAME).licence == "CC-BY-NC-4.0"


def test_data_that_may_be_shared_only_as_they_are_are_not_published(folder):
    with pytest.raises(NoDerivativesError, match="data under CC-BY-ND"):
        product(folder, licence="CC-BY-ND-4.0")


def without_inputs(folder, dataset):
    catalog = with_input(folder)
    job = job_of(catalog, "long", {"seconds": 0, "grid": True})
    return described(job, dataset, catalog, NAME)


def test_without_inputs_the_file_or_the_site_says_the_licence(folder):
    assert without_inputs(folder, OBSERVED).licence == "CC0-1.0"
    own = OBSERVED.assign_attrs(licence="CC-BY-4.0")
    assert without_inputs(folder, own).licence == "CC-BY-4.0"
    assert without_inputs(folder, own).origins == ()
    assert without_inputs(folder, own).citation.endswith(".")


def test_an_input_that_is_gone_is_told_as_the_job_knew_it(folder):
    catalog = with_input(folder)
    job = job_of(catalog, "smoothed-column", INPUTS)
    gone = replace(catalog, products={})
    assert sources_of(job, gone) == {}
    (origin,) = origins_of(job, {})
    assert (origin.collection, origin.licence) == ("columns", "CC-BY-4.0")
    assert origin.snapshot == catalog.entry("columns").head.snapshot
    assert described(job, OBSERVED, gone, NAME).licence == "CC-BY-4.0"


def test_missions_and_footprints_come_from_the_inputs(folder):
    found = product(folder, mission=["OCO-2", "OCO-3"], footprint_radius=1500.0)
    assert found.mission == ("OCO-2", "OCO-3")
    assert found.footprint_radius == 1500.0


def test_the_end_of_the_job_is_the_end_of_its_collection(folder):
    catalog = with_input(folder)
    moment = "2027-01-01T00:00:00.000Z"
    job = job_of(catalog, "smoothed-column", INPUTS, expires=moment)
    assert described(job, OBSERVED, catalog, NAME).expires == moment


def test_flags_and_places_are_no_main_variables(folder):
    assert product(folder).default_variables == ("xco2_smoothed",)
