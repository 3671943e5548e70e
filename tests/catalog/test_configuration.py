"""The files that a site is configured with: where they are found, and what is refused in them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from casa_ogc.catalog.product import Product
from casa_ogc.catalog.products import load_product, load_products
from casa_ogc.catalog.settings import OVERRIDES, Settings, load_settings
from casa_processes.common.configuration import config_folder
from casa_processes.common.errors import InvalidValueError
from casa_processes.common.vocabulary import variable
from tests.service.sites import product_file, site_file

CONFIG = Path(__file__).parents[2] / "config"
SHIPPED = sorted((CONFIG / "products").glob("*.yml"))


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """No variable of the caller; the folder is looked for anew."""
    for name in ("CASA_CONFIG", *OVERRIDES.values()):
        monkeypatch.delenv(name, raising=False)
    config_folder.cache_clear()
    yield monkeypatch
    config_folder.cache_clear()


def rewritten(path: Path, **changes: Any) -> None:
    """Change keys of a YAML file; None takes one out."""
    content = yaml.safe_load(path.read_text(encoding="utf-8")) | changes
    kept = {key: value for key, value in content.items() if value is not None}
    path.write_text(yaml.safe_dump(kept), encoding="utf-8")


@pytest.fixture
def product(tmp_path: Path) -> Path:
    product_file(tmp_path, "thing", "grid")
    return tmp_path / "products" / "thing.yml"


@pytest.mark.parametrize("path", SHIPPED, ids=lambda one: one.stem)
def test_a_shipped_product_is_complete_in_both_languages_and_can_be_drawn(path: Path) -> None:
    found = load_product(path)
    assert found.id == path.stem
    for text in (found.title, found.description):
        assert not any("\u4e00" <= letter <= "\u9fff" for letter in text.en), text.en
        assert any("\u4e00" <= letter <= "\u9fff" for letter in text.zh), text.zh
    assert found.style is not None
    assert variable(found.style.variable).dtype[0] in "fi"
    assert found.style.minimum < found.style.maximum
    assert all(variable(name).name == name for name in found.default_variables)
    assert found.citation.strip()


@pytest.mark.parametrize("path", SHIPPED, ids=lambda one: one.stem)
def test_only_demonstrations_are_synthetic(path: Path) -> None:
    assert load_product(path).synthetic == path.stem.startswith("synthetic-")


@pytest.mark.parametrize("path", SHIPPED, ids=lambda one: one.stem)
def test_a_product_that_is_drawn_answers_what_is_drawn(path: Path) -> None:
    found = load_product(path)
    assert found.style is not None
    assert not found.default_variables or found.style.variable in found.default_variables


def test_the_shipped_products_are_those_of_the_files() -> None:
    assert list(load_products(CONFIG)) == [path.stem for path in SHIPPED]


def test_every_wrong_key_of_a_product_is_named_at_once(product: Path) -> None:
    rewritten(
        product,
        kind="cube",
        title={"en": "", "zh": "题"},
        colour="red",
        citation=None,
        providers=[{"name": "T", "roles": ["author"]}],
        footprint_radius=0,
    )
    with pytest.raises(InvalidValueError, match=r"^thing\.yml = ") as caught:
        load_product(product)
    wrong = ("kind:", "title.en:", "colour:", "citation:", "providers.0.roles.0:")
    for key in (*wrong, "footprint_radius:"):
        assert key in str(caught.value.asked), key


def test_a_product_has_the_name_of_its_file(product: Path) -> None:
    rewritten(product, id="other")
    with pytest.raises(InvalidValueError, match=r"'other' cannot be used; expected .* thing"):
        load_product(product)


@pytest.mark.parametrize("name", ["Thing", "a_b", "-a", "a b", "ä"])
def test_a_name_that_would_be_spelled_in_an_address_is_refused(tmp_path: Path, name: str) -> None:
    product_file(tmp_path, name, "grid")
    with pytest.raises(InvalidValueError, match="id: "):
        load_products(tmp_path)


def test_every_wrong_key_of_a_site_is_named_at_once(tmp_path: Path) -> None:
    site_file(tmp_path, tmp_path, limits={"max_cells": 0, "cells": 3}, title={"en": "x"}, port=1)
    with pytest.raises(InvalidValueError, match=r"^casa\.yml") as caught:
        load_settings(tmp_path)
    for key in ("limits.max_cells:", "limits.cells:", "title.zh:", "port:"):
        assert key in str(caught.value.asked), key


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"a: [", "a readable YAML file"),
        (b"\xff\xfe", "a readable YAML file"),
        (b"- a", "a YAML mapping"),
        (b"", "a YAML mapping"),
    ],
)
def test_a_file_that_is_no_mapping_is_refused(
    tmp_path: Path, content: bytes, expected: str
) -> None:
    (tmp_path / "casa.yml").write_bytes(content)
    with pytest.raises(InvalidValueError, match=expected):
        load_settings(tmp_path)


def test_the_environment_names_the_archive_and_the_address(
    tmp_path: Path, environment: pytest.MonkeyPatch
) -> None:
    site_file(tmp_path, tmp_path / "a", url="https://a.org/")
    assert load_settings(tmp_path).url == "https://a.org"
    environment.setenv("CASA_ARCHIVE", str(tmp_path / "b"))
    environment.setenv("CASA_URL", "https://b.org/casa//")
    found = load_settings(tmp_path)
    assert (found.archive, found.url) == (tmp_path / "b", "https://b.org/casa")


def test_relative_folders_start_where_the_configuration_is_wherever_one_stands(
    tmp_path: Path, environment: pytest.MonkeyPatch
) -> None:
    site = tmp_path / "site" / "config"
    site_file(site, Path("var/archive"), jobs={"folder": "var/jobs", "files": "spectra"})
    for name in ("here", "there"):
        (tmp_path / name).mkdir()
        environment.chdir(tmp_path / name)
        found = load_settings(site)
        assert found.archive == tmp_path / "site" / "var" / "archive"
        assert found.jobs.folder == tmp_path / "site" / "var" / "jobs"
        assert found.jobs.files == tmp_path / "site" / "spectra"
        environment.setenv("CASA_CONFIG", "../site/config")
        config_folder.cache_clear()
        assert load_settings().archive == found.archive


def test_folders_that_are_not_named_start_there_as_well(tmp_path: Path) -> None:
    site = tmp_path / "site" / "config"
    site_file(site, Path("a"))
    rewritten(site / "casa.yml", archive=None, jobs=None)
    found = load_settings(site)
    assert (found.archive, found.jobs.folder, found.jobs.files) == (
        tmp_path / "site" / "var" / "archive",
        tmp_path / "site" / "var" / "jobs",
        None,
    )


def test_relative_folders_of_variables_start_at_the_current_folder(
    tmp_path: Path, environment: pytest.MonkeyPatch
) -> None:
    site_file(tmp_path / "config", tmp_path / "a")
    (tmp_path / "here").mkdir()
    environment.chdir(tmp_path / "here")
    environment.setenv("CASA_ARCHIVE", "mine")
    environment.setenv("CASA_JOBS", "jobs")
    found = load_settings(tmp_path / "config")
    assert (found.archive, found.jobs.folder) == (
        tmp_path / "here" / "mine",
        tmp_path / "here" / "jobs",
    )


DATABASES = {
    "sqlite:///rows.sqlite": "sqlite:////SITE/rows.sqlite",
    "sqlite+pysqlite:///a/b.db?timeout=5": "sqlite+pysqlite:////SITE/a/b.db?timeout=5",
    "sqlite:////data/rows.sqlite": "sqlite:////data/rows.sqlite",
    "sqlite:///:memory:": "sqlite:///:memory:",
    "sqlite:///file:rows?uri=true": "sqlite:///file:rows?uri=true",
    "postgresql+psycopg://casa@db/casa": "postgresql+psycopg://casa@db/casa",
    "": "",
}


@pytest.mark.parametrize("written", DATABASES)
def test_a_relative_database_file_starts_where_the_archive_does(
    tmp_path: Path, environment: pytest.MonkeyPatch, written: str
) -> None:
    site = tmp_path / "site"
    site_file(site / "config", Path("a"), jobs={"database": written})
    (tmp_path / "here").mkdir()
    environment.chdir(tmp_path / "here")
    expected = DATABASES[written].replace("/SITE", str(site))
    assert load_settings(site / "config").jobs.database == expected
    environment.setenv("CASA_DATABASE", written)
    here = DATABASES[written].replace("/SITE", str(tmp_path / "here"))
    assert load_settings(site / "config").jobs.database == here


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("keys.json", "/SITE/keys.json"),
        ("/etc/keys.json", "/etc/keys.json"),
        ("https://login.example.org/keys", "https://login.example.org/keys"),
        ("http://127.0.0.1:9/keys", "http://127.0.0.1:9/keys"),
    ],
)
def test_a_relative_file_of_keys_starts_there_too(
    tmp_path: Path, environment: pytest.MonkeyPatch, written: str, expected: str
) -> None:
    site = tmp_path / "site"
    issuer = {"issuer": "https://i", "audience": "casa", "keys": written}
    site_file(site / "config", Path("a"), jobs={"issuers": [issuer]})
    environment.chdir(tmp_path)
    (found,) = load_settings(site / "config").jobs.issuers
    assert found.keys == expected.replace("/SITE", str(site))


def test_relative_folders_of_an_installed_package_start_at_the_current_folder(
    tmp_path: Path, environment: pytest.MonkeyPatch
) -> None:
    site_file(tmp_path / "package" / "_config", Path("var/archive"))
    environment.chdir(tmp_path)
    found = load_settings(tmp_path / "package" / "_config")
    assert found.archive == tmp_path / "var" / "archive"


@pytest.mark.parametrize("written", [{}, {"jobs": None}, {"jobs": {"cluster": "local"}}])
def test_the_environment_names_where_and_how_jobs_run(
    tmp_path: Path, environment: pytest.MonkeyPatch, written: dict[str, Any]
) -> None:
    site_file(tmp_path, tmp_path / "a", **written)
    environment.setenv("CASA_JOBS", str(tmp_path / "j"))
    environment.setenv("CASA_DATABASE", "postgresql://db/casa")
    environment.setenv("CASA_CLUSTER", "slurm")
    found = load_settings(tmp_path).jobs
    assert (found.folder, found.database) == (tmp_path / "j", "postgresql://db/casa")
    assert found.cluster == "slurm"


def test_the_environment_makes_no_sense_of_a_section_that_is_none(
    tmp_path: Path, environment: pytest.MonkeyPatch
) -> None:
    site_file(tmp_path, tmp_path / "a", jobs="x")
    environment.setenv("CASA_CLUSTER", "slurm")
    with pytest.raises(InvalidValueError, match="jobs"):
        load_settings(tmp_path)


def test_the_folder_that_the_environment_names_comes_first(
    tmp_path: Path, environment: pytest.MonkeyPatch
) -> None:
    site_file(tmp_path, tmp_path)
    environment.setenv("CASA_CONFIG", str(tmp_path))
    assert config_folder() == tmp_path
    assert load_settings().title.en == "Test"


def test_a_folder_that_is_named_but_holds_no_site_is_not_replaced_by_another(
    tmp_path: Path, environment: pytest.MonkeyPatch
) -> None:
    environment.setenv("CASA_CONFIG", str(tmp_path))
    with pytest.raises(InvalidValueError, match=r"CASA_CONFIG = .*a folder that holds casa\.yml"):
        config_folder()


def test_a_checkout_brings_its_own_configuration() -> None:
    assert config_folder().resolve() == CONFIG.resolve()
    assert isinstance(load_settings(), Settings)


def test_a_product_cannot_be_changed(product: Path) -> None:
    found: Any = load_product(product)
    assert isinstance(found, Product)
    with pytest.raises(ValueError, match="frozen"):
        found.id = "other"
