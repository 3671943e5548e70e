"""CarbonTracker: fluxes along parallels and on the grid, their units, signs and periods."""

import csv
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from casa_ogc.readers.read import read
from casa_processes.common.errors import FileContentError
from tests.readers.builders_b import surface_flux, zonal_flux
from tests.readers.files_b import stored

KILOGRAMS_PER_PETAGRAM_OF_CARBON = 1e12 * 44.009 / 12.011
YEAR = 365.25 * 86400
ZONAL = ("co2_zonal_flux", "co2_zonal_flux_ocean", "co2_zonal_flux_land", "co2_zonal_flux_fossil")


def test_zonal_fluxes_become_masses_of_carbon_dioxide(tmp_path: Path) -> None:
    layout = zonal_flux()
    reader, dataset = read(layout.write(tmp_path))
    assert reader.product == "carbontracker-zonal-flux"
    for name, native in zip(ZONAL, ("SFCO2", "SFCO2_OCN", "SFCO2_LND", "SFCO2_FFF"), strict=True):
        expected = layout.variables[native].values * KILOGRAMS_PER_PETAGRAM_OF_CARBON / YEAR
        np.testing.assert_allclose(dataset[name], expected, rtol=1e-6)
        assert dataset[name].attrs["units"] == "kg s-1 degree-1"


def test_zonal_fluxes_have_no_longitude(tmp_path: Path) -> None:
    _, dataset = read(zonal_flux().write(tmp_path))
    assert dataset["co2_zonal_flux"].dims == ("time", "latitude")
    assert "longitude" not in dataset.variables


def test_uptake_is_negative_and_emission_positive(tmp_path: Path) -> None:
    _, dataset = read(zonal_flux().write(tmp_path))
    assert float(dataset["co2_zonal_flux_ocean"].max()) <= 0
    assert float(dataset["co2_zonal_flux_fossil"].min()) >= 0


def test_months_bound_the_zonal_fluxes_though_the_named_bounds_are_missing(tmp_path: Path) -> None:
    _, dataset = read(zonal_flux().write(tmp_path))
    assert dataset["time"].values.astype("datetime64[h]").astype(str).tolist() == [
        "2000-01-15T12",
        "2000-02-14T12",
        "2000-03-15T12",
    ]
    days = dataset["time_bounds"].values.astype("datetime64[D]").astype(str).tolist()
    assert days == [
        ["2000-01-01", "2000-02-01"],
        ["2000-02-01", "2000-03-01"],
        ["2000-03-01", "2000-04-01"],
    ]


def test_two_stamps_of_one_month_are_refused(tmp_path: Path) -> None:
    layout = zonal_flux().with_values("time", np.array([0, 24, 1440]))
    with pytest.raises(FileContentError, match="one stamp per M"):
        read(layout.write(tmp_path))


def test_releases_are_streams(tmp_path: Path) -> None:
    _, dataset = read(zonal_flux().write(tmp_path, "CT2022_fluxes_za_ts_monthly.nc"))
    assert (dataset.attrs["stream"], dataset.attrs["product_version"]) == ("CT2022", "CT2022")
    _, dataset = read(surface_flux().write(tmp_path, "CT-NRT.v2023-1.flux1x1.20180101.nc"))
    assert dataset.attrs["stream"] == "CT-NRT.v2023-1"


@pytest.mark.parametrize("newer", [True, False])
def test_both_layouts_of_the_grid_are_read_as_masses(tmp_path: Path, newer: bool) -> None:
    layout = surface_flux(newer)
    reader, dataset = read(layout.write(tmp_path))
    assert reader.product == "carbontracker-flux"
    values = np.arange(48).reshape(8, 2, 3) * 1e-8 * 44.009e-3
    signs = {"biosphere": -1, "ocean": -2, "fossil": 3, "fire": 4}
    for name, sign in signs.items():
        flux = dataset[f"co2_flux_{name}"]
        assert flux.dims == ("time", "latitude", "longitude")
        np.testing.assert_allclose(flux, sign * values, rtol=1e-6)
        assert flux.attrs["units"] == "kg m-2 s-1"
    assert dataset["longitude"].values.tolist() == [-179.5, -178.5, -177.5]


@pytest.mark.parametrize("newer", [True, False])
def test_stamps_are_the_middle_of_three_hours(tmp_path: Path, newer: bool) -> None:
    _, dataset = read(surface_flux(newer).write(tmp_path))
    bounds = dataset["time_bounds"].values
    assert dataset["time"].values[0] == np.datetime64("2018-01-01T01:30")
    assert bounds[0].tolist() == [
        np.datetime64(text, "ns").astype(int) for text in ("2018-01-01T00:00", "2018-01-01T03:00")
    ]
    assert (bounds[1:, 0] == bounds[:-1, 1]).all()
    assert (bounds[:, 0] + (bounds[:, 1] - bounds[:, 0]) / 2 == dataset["time"].values).all()


def test_rounded_stamps_are_put_on_the_second(tmp_path: Path) -> None:
    layout = surface_flux()
    layout.variables["time"].values += 3e-6
    _, dataset = read(layout.write(tmp_path))
    assert dataset["time"].values[7] == np.datetime64("2018-01-01T22:30")


def test_stamps_at_the_start_of_the_hours_are_refused(tmp_path: Path) -> None:
    layout = surface_flux()
    layout.variables["time"].values -= 1.5 / 24
    with pytest.raises(FileContentError, match="middle of three hours, found 2018-01-01T00:00"):
        read(layout.write(tmp_path))


def test_another_calendar_is_refused(tmp_path: Path) -> None:
    layout = surface_flux()
    layout.variables["time"].attributes["calendar"] = "noleap"
    with pytest.raises(FileContentError, match="Gregorian calendar"):
        read(layout.write(tmp_path))


def test_a_flux_of_carbon_mass_is_not_taken_for_moles(tmp_path: Path) -> None:
    layout = surface_flux()
    layout.variables["bio_flux_opt"] = stored(
        "time latitude longitude", np.zeros((8, 2, 3)), "kgC m-2 s-1"
    )
    with pytest.raises(FileContentError, match="bio_flux_opt: expected units 'mol m-2 s-1'"):
        read(layout.write(tmp_path))


def yearly_totals(dataset: xr.Dataset, name: str) -> dict[int, float]:
    """Global sums of a zonal flux per year.  [Pg of carbon per year]"""
    flux = dataset[name]
    globe = flux.sum("latitude").values.astype(np.float64) * YEAR / KILOGRAMS_PER_PETAGRAM_OF_CARBON
    seconds = np.diff(dataset["time_bounds"].values, axis=1)[:, 0].astype(float)
    years = dataset["time"].values.astype("datetime64[Y]").astype(int) + 1970
    return {
        int(year): float(np.average(globe[years == year], weights=seconds[years == year]))
        for year in np.unique(years)
    }


@pytest.mark.realdata
def test_genuine_fossil_emissions_are_those_of_the_carbon_budget(realdata: Path) -> None:
    """CT2019B imposes 6.7 PgC in 2000 and 10.2 in 2018; the budget of 2019 says 6.7 and 10.0."""
    _, dataset = read(realdata / "flux" / "CT2019B_fluxes_za_ts_monthly.nc")
    assert (dataset.sizes["time"], dataset.sizes["latitude"]) == (228, 180)
    totals = yearly_totals(dataset, "co2_zonal_flux_fossil")
    assert sorted(totals) == list(range(2000, 2019))
    assert totals[2000] == pytest.approx(6.72, abs=0.03)
    assert totals[2018] == pytest.approx(10.25, abs=0.03)
    with (realdata / "flux" / "territorial-emissions.csv").open() as stream:
        world = {
            int(row["Year"]): float(row["Emissions"]) / 1000
            for row in csv.DictReader(stream)
            if row["Code"] == "World" and row["Emissions"]
        }
    for year in range(2000, 2019):
        assert totals[year] == pytest.approx(world[year], rel=0.04)


@pytest.mark.realdata
def test_the_genuine_total_grows_as_the_atmosphere_does(realdata: Path) -> None:
    """Mean of 2001-2018 within 0.25 PgC of NOAA's growth rate times 2.124 PgC per ppm."""
    _, dataset = read(realdata / "flux" / "CT2019B_fluxes_za_ts_monthly.nc")
    totals = yearly_totals(dataset, "co2_zonal_flux")
    with (realdata / "surface" / "co2-gr-gl.csv").open() as stream:
        growth = {int(r["Year"]): float(r["Annual Increase"]) for r in csv.DictReader(stream)}
    years = range(2001, 2019)
    expected = np.mean([growth[year] * 2.124 for year in years])
    assert np.mean([totals[year] for year in years]) == pytest.approx(expected, abs=0.25)


@pytest.mark.realdata
def test_the_genuine_total_is_the_sum_of_its_parts(realdata: Path) -> None:
    _, dataset = read(realdata / "flux" / "CT2019B_fluxes_za_ts_monthly.nc")
    total, *parts = (dataset[name].values.astype(np.float64) for name in ZONAL)
    np.testing.assert_allclose(total, sum(parts), atol=1e-6 * np.abs(total).max())
    ocean = yearly_totals(dataset, "co2_zonal_flux_ocean")
    assert all(-4.2 < value < -1.3 for value in ocean.values())
