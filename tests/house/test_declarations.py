"""What people write by hand is complete: products, changelog, decisions, commands, targets."""

import re
import tomllib
from functools import cache

import pytest

from casa_ogc import __version__
from casa_ogc.catalog.products import load_product
from casa_ogc.readers.registry import reader_named, reader_names
from casa_processes.common.vocabulary import VOCABULARY
from tests.house.checkout import ROOT

PRODUCTS = sorted((ROOT / "config/products").glob("*.yml"))


@cache
def project():
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


@pytest.mark.parametrize("path", PRODUCTS, ids=lambda path: path.stem)
def test_a_product_file_is_valid(path):
    product = load_product(path)
    assert product.id == path.stem
    assert set(product.default_variables) <= set(VOCABULARY)
    if product.style:
        assert product.style.variable in VOCABULARY
        assert product.style.minimum < product.style.maximum


@pytest.mark.parametrize("path", PRODUCTS, ids=lambda path: path.stem)
def test_a_product_is_called_demonstration_exactly_when_it_is_synthetic(path):
    product = load_product(path)
    assert product.synthetic == path.stem.startswith("synthetic-")
    assert not product.synthetic or product.title.en.startswith("Synthetic")


@pytest.mark.parametrize("name", reader_names())
def test_the_product_of_a_reader_is_configured(name):
    product = reader_named(name).product
    if isinstance(product, str):
        assert load_product(ROOT / f"config/products/{product}.yml").kind == reader_named(name).kind


def test_the_changelog_tells_of_this_version_or_the_next():
    text = (ROOT / "CHANGELOG.md").read_text()
    headings = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert headings[0] == "Unreleased" or headings[0].startswith(__version__)
    kinds = {"added", "changed", "fixed", "removed", "results change"}
    entries = re.findall(r"^- ([^:]+):", text, re.MULTILINE)
    assert entries
    assert set(entries) <= kinds


def test_package_and_project_have_one_version():
    assert project()["project"]["version"] == __version__


def test_every_decision_is_listed_and_says_what_why_and_its_cost():
    listed = (ROOT / "docs/adr/index.md").read_text()
    pages = sorted((ROOT / "docs/adr").glob("0*.md"))
    assert [int(page.name[:4]) for page in pages] == list(range(1, len(pages) + 1))
    for page in pages:
        assert page.name in listed
        assert all(f"**{word}.**" in page.read_text() for word in ("Decided", "Why", "Costs"))


def test_every_floor_of_a_runtime_dependency_has_its_reason():
    text = (ROOT / "pyproject.toml").read_text()
    requirements = project()["project"]["dependencies"]
    for extra in project()["project"]["optional-dependencies"].values():
        requirements = [*requirements, *extra]
    for requirement in requirements:
        assert re.search(rf'"{re.escape(requirement)}",\s+# \w+', text), requirement


def test_every_target_of_the_makefile_is_described_in_its_help():
    text = (ROOT / "Makefile").read_text()
    for target in ("serve", "test", "check", "docs", "bench", "openapi", "format", "clean"):
        assert re.search(rf"^{target}:.*## \w+", text, re.MULTILINE), target
