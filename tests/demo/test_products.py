"""What the demonstration holds: the synthetic world, as its parts say of each other."""

import numpy as np
import pytest

from casa_ogc.archive.cubes import open_cube
from casa_ogc.archive.heads import read_head
from casa_ogc.catalog.products import load_products
from casa_ogc.demo import grids, truth
from casa_ogc.demo.soundings import SIF_THINNED, THINNED, thinned
from casa_processes.common.constants import EARTH_RADIUS
from casa_processes.simulation.climate import days
from casa_processes.simulation.fluxes import at
from casa_processes.simulation.geography import onto
from casa_processes.simulation.nature import co2, simulated
from casa_processes.simulation.sampling import instrument
from casa_processes.simulation.sounding_file import columns
from casa_processes.simulation.soundings import observed
from casa_processes.simulation.start import start
from tests.demo_archive import DAYS

MOLAR = 44.0095 / 12.011
SECONDS_OF_YEAR = 365.0 * 86_400.0
FLUXES = "synthetic-co2-flux-monthly"
LENGTHS = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
SMALLEST = 3e-5
"""Half of the last digit of CO2 in single precision.  [ppm]"""


@pytest.fixture(scope="module")
def axes(month):
    """Return an axis of a gridded product."""
    return lambda product, role: open_cube(month, product, read_head(month, product).snapshot).axes[
        role
    ]


@pytest.fixture(scope="module")
def three_days():
    """The first days as a nature run makes them, not by way of the archive."""
    here = truth.here()
    return list(simulated(here, start(here, 2023), np.datetime64("2023-01-04")))


def petagrams(flux, latitude):
    """Integrate monthly means over the globe and the year; independent of the mesh's areas."""
    edges = np.sin(np.deg2rad(np.append(latitude - 0.5, latitude[-1] + 0.5)))
    area = EARTH_RADIUS**2 * np.deg2rad(1.0) * np.diff(edges)
    monthly = np.einsum("tyx,y->t", flux.astype(np.float64), area)
    return float((monthly * LENGTHS * 86_400.0).sum() / MOLAR / 1e12)


def test_columns_are_the_means_of_levels(grid, axes):
    bounds = axes("synthetic-co2-levels", "z").bounds
    weight = np.abs(np.diff(bounds, axis=1)[:, 0])
    levels = grid("synthetic-co2-levels", "co2").astype(np.float64)
    column = np.einsum("z,tzyx->tyx", weight / weight.sum(), levels)
    daily = grid("synthetic-xco2-daily", "xco2")
    assert (
        axes("synthetic-xco2-daily", "y").values[0]
        > 0
        > axes("synthetic-co2-levels", "y").values[0]
    )
    np.testing.assert_allclose(daily[:: grids.EVERY, ::-1], column, atol=SMALLEST)


def test_the_archive_holds_what_a_nature_run_gives(grid, three_days):
    levels = grid("synthetic-co2-levels", "co2")
    assert levels.shape == (-(-DAYS // grids.EVERY), *truth.here().mass.shape)
    np.testing.assert_array_equal(levels[0], co2(three_days[0]).astype(np.float32))


@pytest.mark.parametrize("name", THINNED)
def test_soundings_are_some_of_those_that_would_be_simulated(rows, three_days, name):
    wanted = columns(instrument(name), observed(instrument(name), truth.here(), three_days[2], 0))
    found = rows(f"synthetic-{name}-xco2", "sounding_id", "time", "xco2", "xco2_averaging_kernel")
    day = found["time"].astype("datetime64[D]") == three_days[2].date
    place = {one: number for number, one in enumerate(wanted["sounding_id"])}
    same = [place[one] for one in found["sounding_id"][day]]
    assert 30 < len(same) < len(place)
    np.testing.assert_allclose(found["xco2"][day], wanted["xco2"][same], atol=2 * SMALLEST)
    kernel = wanted["xco2_averaging_kernel"][same].astype(np.float32)
    np.testing.assert_array_equal(found["xco2_averaging_kernel"][day], kernel)


@pytest.mark.parametrize("name", [*(f"synthetic-{name}-xco2" for name in THINNED)])
def test_soundings_are_the_grid_as_their_kernels_see_it(grid, axes, rows, name):
    found = rows(
        name,
        "time",
        "latitude",
        "longitude",
        "xco2",
        "xco2_uncertainty",
        "xco2_smoothed",
        "xco2_profile",
        "pressure_weight",
        "xco2_averaging_kernel",
        "co2_profile_apriori",
    )
    day = (found["time"] - np.datetime64("2023-01-01")) // np.timedelta64(1, "D")
    on = day % grids.EVERY == 0
    found = {key: values[on] for key, values in found.items()}
    y, x = (axes("synthetic-co2-levels", role).bounds for role in "yx")
    row = np.searchsorted(y[:, 1], found["latitude"])
    column = np.searchsorted(x[:, 1], found["longitude"])
    levels = grid("synthetic-co2-levels", "co2").astype(np.float64)
    profile = levels[day[on] // grids.EVERY, :, row, column]
    weight, prior = (
        found[key].astype(np.float64) for key in ("pressure_weight", "co2_profile_apriori")
    )
    seen = (weight * (prior + found["xco2_averaging_kernel"] * (profile - prior))).sum(axis=1)
    np.testing.assert_allclose(found["xco2_smoothed"], seen, atol=2e-4)
    np.testing.assert_allclose(found["xco2_profile"], (weight * profile).sum(axis=1), atol=2e-4)
    error = (found["xco2"] - seen) / found["xco2_uncertainty"]
    assert abs(np.median(error)) < 0.5
    assert 0.9 < error.std() < 1.5


def test_the_true_fluxes_add_up_to_what_the_page_of_the_world_says(grid, axes):
    latitude = axes(FLUXES, "y").values
    sums = {
        name: petagrams(grid(FLUXES, f"co2_flux_{name}"), latitude)
        for name in ("fossil", "biosphere", "ocean", "fire")
    }
    assert sums["fossil"] == pytest.approx(9.90, abs=0.02)
    assert sums["ocean"] == pytest.approx(-2.60, abs=0.02)
    assert sums["fire"] == pytest.approx(1.63, abs=0.02)
    assert sums["biosphere"] == pytest.approx(-2.85 - 0.8 * 1.63, abs=0.02)
    assert petagrams(grid(FLUXES, "co2_flux"), latitude) == pytest.approx(4.78, abs=0.03)


@pytest.mark.parametrize("product", [FLUXES, "synthetic-co2-flux-prior-monthly"])
def test_fluxes_add_up_in_every_cell(grid, product):
    parts = [grid(product, f"co2_flux_{name}") for name in ("fossil", "biosphere", "ocean", "fire")]
    total = np.sum(np.array(parts, dtype=np.float64), axis=0)
    np.testing.assert_allclose(grid(product, "co2_flux"), total, atol=1e-12)


def test_the_month_of_fluxes_is_that_of_the_nature_run(grid, three_days):
    here, flux = truth.here(), grid(FLUXES, "co2_flux")[0].astype(np.float64)
    times = days(np.datetime64("2023-01-01")) + (np.arange(6 * DAYS) + 0.5) / 6
    given = np.array([at(here.fluxes, float(time)).sum(axis=0) for time in times])
    np.testing.assert_allclose(given[12:18].mean(axis=0), three_days[2].fluxes.sum(axis=0))
    cells = onto(flux, here.mesh.latitude_edges, here.mesh.longitude_edges)
    np.testing.assert_allclose(cells, given.mean(axis=0), atol=1e-12)


def test_the_prior_knows_less_and_says_how_little(grid, axes):
    prior = "synthetic-co2-flux-prior-monthly"
    uncertainty = grid(prior, "co2_flux_uncertainty")
    wrong = grid(prior, "co2_flux") - grid(FLUXES, "co2_flux")
    assert (uncertainty >= 0).all()
    assert 0.3 < np.sqrt((wrong**2).mean() / (uncertainty**2).mean()) < 3
    assert petagrams(grid(prior, "co2_flux_fire"), axes(prior, "y").values) == 0


def test_fluorescence_is_stored_in_the_other_convention_and_on_land(grid, axes):
    y, x = (axes("synthetic-sif-monthly", role).values for role in "yx")
    assert y[0] < 0 < y[-1]
    assert x[0] == 0.5
    assert x[-1] == 359.5
    values = grid("synthetic-sif-monthly", "sif_740_daily")
    assert np.isnan(values[:, 90, 200]).all()  # the Pacific
    amazon, taiga = values[:, 86, 297], values[:, 152, 60]
    assert amazon.min() > 0.2
    assert taiga[6] > 0.3 > 0.01 > taiga[0]


def test_soundings_of_fluorescence_scatter_about_the_truth(rows):
    names = ("sif_740", "sif_740_uncertainty", "sif_740_true", "sif_757", "sif_771")
    found = rows("synthetic-oco2-sif", *names)
    ratio = (found["sif_740"] - found["sif_740_true"]) / found["sif_740_uncertainty"]
    assert abs(ratio.mean()) < 4 / np.sqrt(ratio.size)
    assert ratio.std() == pytest.approx(1, abs=0.03)
    assert found["sif_740_true"].max() < 3
    both = 0.75 * (found["sif_757"] + 1.5 * found["sif_771"])
    np.testing.assert_allclose(found["sif_740"], both, atol=1e-5)


def test_emissions_of_a_day_add_up_to_those_of_the_world(rows):
    found = rows(
        "synthetic-emissions-daily", "time", "region", "sector", "partition", "co2_emission_rate"
    )
    day = found["time"].astype("datetime64[D]") == np.datetime64("2023-10-01")
    parts = found["co2_emission_rate"][day & (found["partition"] == 1)].astype(np.float64).sum()
    world = day & (found["region"] == "WORLD")
    assert world.sum() > 3
    assert found["co2_emission_rate"][world].astype(np.float64).sum() == pytest.approx(
        parts, rel=1e-4
    )
    year = found["co2_emission_rate"][found["partition"] == 1].astype(np.float64).sum() * 86_400.0
    assert year / MOLAR / 1e12 == pytest.approx(9.90, abs=0.05)


def test_the_network_looks_at_the_sun_from_the_sites(rows):
    found = rows("synthetic-tccon", "site", "solar_zenith_angle", "xco2", "time")
    assert np.unique(found["site"]).size > 15
    assert found["solar_zenith_angle"].max() < 90
    assert 415 < found["xco2"].mean() < 424


def test_missions_look_by_themselves(rows):
    days = {
        name: set(rows(f"synthetic-{name}-xco2", "time")["time"].astype("datetime64[ms]").tolist())
        for name in ("oco2", "tansat")
    }
    assert not days["oco2"] & days["tansat"]


def test_thinned_instruments_keep_every_so_manieth_row():
    for name, every in THINNED.items():
        assert thinned(name, every).step == every * instrument(name).step
        assert 86_400 % thinned(name, every).step == 0
    assert 86_400 % thinned("oco2", SIF_THINNED).step == 0


def test_the_colours_of_xco2_are_spread_over_what_there_is(grid):
    style = load_products()["synthetic-xco2-daily"].style
    values = grid("synthetic-xco2-daily", "xco2")
    low, high = np.nanpercentile(values, [2, 98])
    assert style.minimum <= low < high <= style.maximum
