"""The products of the OCO, ACOS, OpenGHG and TCCON readers are described, truly and in full."""

from pathlib import Path

import pytest
import yaml

from casa_ogc.catalog.product import Product
from casa_ogc.readers import read
from casa_processes.common.vocabulary import VOCABULARY, variable
from tests.readers.builders_a import SYNTHETIC

FOLDER = Path(__file__).parents[2] / "config" / "products"
IDS = (
    "oco2-xco2",
    "oco3-xco2",
    "acos-gosat-xco2",
    "oco2-column",
    "tccon",
    "oco2-sif",
    "oco3-sif",
)
MADE = [made for all_ in SYNTHETIC.values() for made in all_]


def product(name):
    return Product(id=name, **yaml.safe_load((FOLDER / f"{name}.yml").read_text("utf-8")))


@pytest.mark.parametrize("synthetic", MADE)
def test_what_a_reader_reads_belongs_to_a_described_product(synthetic, tmp_path):
    dataset = read(synthetic().write(tmp_path))[1]
    described = product(dataset.attrs["product"])
    assert described.kind == "soundings"
    assert described.mission == (dataset.attrs["mission"],)
    assert set(described.default_variables) <= set(map(str, dataset.variables))


@pytest.mark.parametrize("name", IDS)
def test_a_product_names_variables_of_the_vocabulary_and_a_range_within_theirs(name):
    described = product(name)
    for one in described.default_variables:
        variable(one)
    style = described.style
    assert style is not None
    assert style.variable in described.default_variables
    row = VOCABULARY[style.variable]
    assert row.valid_min <= style.minimum < style.maximum <= row.valid_max


@pytest.mark.parametrize("name", IDS)
def test_a_product_says_who_made_it_and_who_licenses_it_in_both_languages(name):
    described = product(name)
    roles = {role for provider in described.providers for role in provider.roles}
    assert {"producer", "licensor"} <= roles
    assert described.licence
    assert described.licence_url
    assert described.data_policy
    assert described.citation
    assert not described.synthetic
    assert any("一" <= letter <= "鿿" for letter in described.title.zh)
    assert any("一" <= letter <= "鿿" for letter in described.description.zh)


def test_no_product_of_ours_goes_without_a_reader(tmp_path):
    products = {read(made().write(tmp_path))[1].attrs["product"] for made in MADE}
    assert products == set(IDS)
