"""Questions to products of the catalogue: their defaults, their limits, their origin."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from casa_ogc.archive.axes import Bounds
from casa_ogc.archive.cubes import write_cube
from casa_ogc.catalog.entries import Catalog, load_catalog
from casa_ogc.query.answer import GridAnswer
from casa_ogc.query.products import ask, options
from casa_ogc.query.request import Box, Everywhere, Request
from casa_processes.common.errors import TooLargeError, UnknownNameError
from tests.service.cubes import HABITS, cube
from tests.service.sites import product_file, site_file

LIMIT = 18 * 36 * 12


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalog]:
    folder: Path = tmp_path_factory.mktemp("products")
    config, archive = folder / "config", folder / "archive"
    site_file(config, archive, limits={"max_cells": LIMIT})
    product_file(config, "cube", "grid", default_variables=["xco2_uncertainty"])
    product_file(config, "plain", "grid", footprint_radius=7.0)
    product_file(config, "empty", "grid")
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("CASA_ARCHIVE", raising=False)
        for name in ("cube", "plain"):
            habit = next(one for one in HABITS if one.order == "tyx")
            write_cube(archive, name, cube(habit), ())
        yield load_catalog(config)


def asked(catalog: Catalog, name: str, **question: Any) -> GridAnswer:
    found = ask(catalog, catalog.entry(name), Request(**{"region": Everywhere(), **question}))
    assert isinstance(found, GridAnswer)
    return found


def test_a_product_answers_its_defaults_unless_variables_are_named(catalog: Catalog) -> None:
    small = Box(Bounds(0, 0, 30, 30))
    assert set(asked(catalog, "cube").grids[0].fields) == {"xco2_uncertainty"}
    assert set(asked(catalog, "plain", region=small).grids[0].fields) == {
        "xco2",
        "xco2_uncertainty",
    }
    named = asked(catalog, "cube", region=small, variables=("xco2",))
    assert set(named.grids[0].fields) == {"xco2", "xco2_uncertainty"}


def test_the_limit_of_the_site_admits_its_number_of_cells_and_none_above(
    catalog: Catalog,
) -> None:
    (field,) = asked(catalog, "cube").grids[0].fields.values()
    assert field.values.size == LIMIT
    with pytest.raises(TooLargeError, match=f"{2 * LIMIT:,} cells; the limit is {LIMIT:,}"):
        asked(catalog, "plain")


def test_an_answer_tells_the_product_and_the_version_it_is_of(catalog: Catalog) -> None:
    entry = catalog.entry("cube")
    origin = asked(catalog, "cube").origin
    assert (origin.product, origin.snapshot) == ("cube", entry.head.snapshot)
    assert (origin.title, origin.licence, origin.citation) == ("cube", "CC0-1.0", "Tests (2026)")
    assert options(catalog, catalog.entry("plain")).footprint_radius == 7.0


@pytest.mark.parametrize("name", ["empty", "zork"])
def test_a_product_that_holds_nothing_is_none_that_can_be_asked(
    catalog: Catalog, name: str
) -> None:
    with pytest.raises(UnknownNameError, match=f"no collection '{name}'; there are: cube, plain"):
        catalog.entry(name)


def test_a_version_that_never_was_is_refused_with_those_that_are(catalog: Catalog) -> None:
    snapshot = catalog.entry("cube").head.snapshot
    assert catalog.versions("cube") == (snapshot,)
    assert catalog.version("cube", snapshot) == catalog.entry("cube")
    with pytest.raises(UnknownNameError, match=f"no instance 'zork'; there are: {snapshot}"):
        catalog.version("cube", "zork")
