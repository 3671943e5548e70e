"""The demonstration archive: complete, labelled, and built once."""

import numpy as np
import pytest

from casa_ogc.archive.cubes import open_cube
from casa_ogc.archive.heads import list_products
from casa_ogc.archive.integrity import verify
from casa_ogc.archive.soundings import open_soundings
from casa_ogc.catalog.products import load_products
from casa_ogc.demo.build import GENERATORS, build_demo


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    root = tmp_path_factory.mktemp("archive")
    told: list[str] = []
    heads = {head.product: head for head in build_demo(root, told.append)}
    assert told == list(GENERATORS)
    return root, heads


def test_every_product_is_configured_as_synthetic(built):
    products = load_products()
    for name, head in built[1].items():
        assert products[name].synthetic
        assert products[name].kind == head.kind
        assert set(products[name].default_variables) <= set(head.variables)
    assert {name for name in products if name.startswith("synthetic-")} == set(built[1])


def test_all_of_it_is_stored_and_intact(built):
    root, heads = built
    assert list_products(root) == tuple(sorted(GENERATORS))
    assert all(verify(root, name) == () for name in heads)


def test_building_again_changes_nothing(built):
    root, heads = built
    assert {head.product: head for head in build_demo(root)} == heads


def test_grids_come_back_as_they_were_generated(built):
    root, heads = built
    for name, generate in GENERATORS.items():
        if heads[name].kind == "grid":
            dataset = generate()
            cube = open_cube(root, name, heads[name].snapshot)
            everything = (slice(0, 2), slice(None), slice(None))
            for variable in dataset.data_vars:
                stored = cube.layouts["map"].arrays[variable].read(everything)
                np.testing.assert_array_equal(stored, dataset[variable].values[:2])


def test_the_conventions_of_storage_differ_between_the_products(built):
    root, heads = built
    xco2, sif = (
        open_cube(root, name, heads[name].snapshot)
        for name in ("synthetic-xco2-daily", "synthetic-sif-monthly")
    )
    assert xco2.axes["y"].values[0] > 0 > sif.axes["y"].values[0]
    assert xco2.axes["x"].values.min() < 0 < 180 < sif.axes["x"].values.max()


def test_soundings_come_back_with_their_profiles(built):
    root, heads = built
    store = open_soundings(root, "synthetic-oco2-xco2", heads["synthetic-oco2-xco2"].snapshot)
    rows = store.select(["xco2", "xco2_averaging_kernel"])
    generated = GENERATORS["synthetic-oco2-xco2"]().sortby(["time", "sounding_id"])
    np.testing.assert_array_equal(rows["xco2"], generated["xco2"].values)
    np.testing.assert_array_equal(
        rows["xco2_averaging_kernel"], generated["xco2_averaging_kernel"].values
    )


def test_fluxes_add_up_in_every_cell():
    dataset = GENERATORS["synthetic-co2-flux-monthly"]()
    parts = [name for name in dataset.data_vars if str(name).startswith("co2_flux_")]
    assert len(parts) == 4
    total = sum(dataset[name].values.astype(np.float64) for name in parts)
    np.testing.assert_allclose(dataset["co2_flux"].values, total, atol=1e-14)


@pytest.mark.parametrize("name", ["synthetic-xco2-daily", "synthetic-oco2-xco2"])
def test_the_colours_of_xco2_are_spread_over_what_there_is(name):
    style = load_products()[name].style
    values = GENERATORS[name]()[style.variable].values
    low, high = np.nanpercentile(values, [2, 98])
    assert style.minimum <= low < high <= style.maximum + 0.5
    assert style.maximum - style.minimum < 1.5 * (high - low)
