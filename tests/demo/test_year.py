"""The whole demonstration as `casa demo` builds it: the year, by two processes."""

import os
import subprocess
import sys

import numpy as np
import pytest

from casa_ogc.archive.heads import list_products, read_head
from casa_ogc.archive.integrity import verify
from casa_ogc.catalog.products import load_products
from casa_ogc.demo.products import RECIPES
from casa_ogc.demo.soundings import THINNED
from casa_ogc.demo.standing import wanted

MONTH = np.datetime64("2023-02-01")
SOUNDINGS = ["synthetic-oco2-sif", "synthetic-tccon", *(f"synthetic-{one}-xco2" for one in THINNED)]

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def year(tmp_path_factory):
    """Folder of an archive that the command has built, and what the command said."""
    root = tmp_path_factory.mktemp("year")
    done = subprocess.run(
        [sys.executable, "-m", "casa_ogc.cli", "demo", "--workers", "2"],
        env={**os.environ, "CASA_ARCHIVE": str(root)},
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert all(name in done.stdout for name in RECIPES)
    assert "demo archive: 100%" in done.stderr
    return root


def test_the_year_is_complete_and_intact(year):
    assert list_products(year) == tuple(sorted(RECIPES))
    assert all(verify(year, name) == () for name in RECIPES)
    assert not wanted(year)
    for name in RECIPES:
        first, last = read_head(year, name).time
        assert (first[:7], last[:7]) == ("2023-01", "2023-12"), name


def test_its_first_month_is_that_of_a_month_which_one_process_built(year, grid, rows):
    for product, name in (("synthetic-xco2-daily", "xco2"), ("synthetic-co2-levels", "co2")):
        short = grid(product, name)
        np.testing.assert_array_equal(grid(product, name, year)[: len(short)], short)
    for product in SOUNDINGS:
        names = read_head(year, product).variables
        short, long = rows(product, *names), rows(product, *names, root=year)
        size = short["time"].size
        assert (long["time"][:size] < MONTH).all()
        assert (long["time"][size:] >= MONTH).all()
        for name in names:
            np.testing.assert_array_equal(long[name][:size], short[name], err_msg=name)


def test_the_air_gains_in_a_year_what_the_fluxes_emit(year, grid):
    xco2 = grid("synthetic-xco2-daily", "xco2", year).astype(np.float64)
    edges = np.sin(np.deg2rad(np.linspace(90, -90, xco2.shape[1] + 1)))
    mean = np.einsum("tyx,y->t", xco2, -np.diff(edges)) / (2 * xco2.shape[2])
    grown = mean[-1] - mean[0]
    assert grown == pytest.approx(2.24 * 364 / 365.25, abs=0.1)  # docs/science/synthetic-world.md
    assert mean.max() - mean.min() > grown


def test_xco2_of_the_north_is_highest_in_spring_and_lowest_in_late_summer(year, grid):
    north = grid("synthetic-xco2-daily", "xco2", year)[:, 8:13].mean(axis=(1, 2))  # 38 to 58 north
    assert 80 < north.argmax() < 160
    assert 200 < north.argmin() < 270
    assert 5 < np.ptp(north) < 13


def test_the_colours_of_maps_are_those_of_the_year(year, grid, rows):
    products = load_products()
    for name in ("synthetic-xco2-daily", *(f"synthetic-{one}-xco2" for one in THINNED)):
        style = products[name].style
        read = (
            grid
            if products[name].kind == "grid"
            else lambda *given: rows(given[0], "xco2", root=given[2])["xco2"]
        )
        low, high = np.nanpercentile(read(name, "xco2", year), [1, 99])
        assert style.minimum - 1.0 <= low < high <= style.maximum + 1.0, name
        assert style.maximum - style.minimum < 1.6 * (high - low), name


def test_fluorescence_of_soundings_peaks_where_it_should(year, rows):
    true = rows("synthetic-oco2-sif", "sif_740_true", root=year)["sif_740_true"]
    assert 1.5 < np.percentile(true, 99.5) < 2.2
    assert true.min() >= 0
