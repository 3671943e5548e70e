"""EDGAR: the year of the file's name, cells that tile the globe, samples that do not add up."""

from pathlib import Path

import h5py
import numpy as np
import pytest
import xarray as xr
from numpy.typing import NDArray

from casa_ogc.readers.cells import zone_areas
from casa_ogc.readers.read import read
from casa_processes.common.errors import FileContentError
from tests.readers.builders_b import edgar

EARTH = 5.10065621724e14
NAME = "v6.0_CO2_excl_short-cycle_org_C_2015_TOTALS.5.3x5.1.nc"


def test_the_year_comes_from_the_name_and_bounds_the_value(tmp_path: Path) -> None:
    reader, dataset = read(edgar().write(tmp_path))
    assert reader.product == "edgar-co2"
    assert dataset["time"].values.astype("datetime64[D]").astype(str).tolist() == ["2015-01-01"]
    days = dataset["time_bounds"].values.astype("datetime64[D]").astype(str).tolist()
    assert days == [["2015-01-01", "2016-01-01"]]
    assert dataset["co2_emission_flux"].dims == ("time", "latitude", "longitude")
    assert dataset.attrs["time_resolution"] == "P1Y"


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("v6.0_CO2_excl_short-cycle_org_C_TOTALS.0.1x0.1.nc", "none"),
        ("v6.0_CO2_2014_2015_TOTALS.nc", "2014, 2015"),
        ("v6.0_CO2_9999_TOTALS.nc", "none"),
    ],
)
def test_a_name_without_one_year_is_refused(tmp_path: Path, name: str, found: str) -> None:
    with pytest.raises(FileContentError, match=f"one year.*found {found}"):
        read(edgar().write(tmp_path, name))


def test_longitudes_stay_from_0_to_360(tmp_path: Path) -> None:
    _, dataset = read(edgar().write(tmp_path))
    longitude = dataset["longitude"].values
    assert longitude[0] == pytest.approx(0.05)
    assert longitude[-1] == pytest.approx(359.95)


def test_first_and_last_column_are_both_kept(tmp_path: Path) -> None:
    layout = edgar()
    _, dataset = read(layout.write(tmp_path))
    values = layout.variables["emi_co2"].values
    assert dataset["co2_emission_flux"].values[0].tolist() == values.tolist()


def test_cells_of_samples_tile_the_globe(tmp_path: Path) -> None:
    _, dataset = read(edgar().write(tmp_path))
    for name, low, high in (("latitude", -90, 90), ("longitude", 0, 360)):
        bounds = dataset[f"{name}_bounds"].values
        assert (bounds[0, 0], bounds[-1, 1]) == (low, high)
        assert (bounds[1:, 0] == bounds[:-1, 1]).all()
        assert (np.diff(bounds, axis=1) > 0).all()
    width = np.diff(dataset["longitude_bounds"].values, axis=1)[:, 0]
    area = zone_areas(dataset["latitude_bounds"].values, 1.0)[:, None] * width
    assert area.sum() == pytest.approx(EARTH, rel=1e-9)


def test_a_grid_from_minus_180_tiles_the_globe_as_well(tmp_path: Path) -> None:
    layout = edgar().with_values("lon", np.linspace(-144, 144, 5))
    _, dataset = read(layout.write(tmp_path))
    bounds = dataset["longitude_bounds"].values
    assert (bounds[0, 0], bounds[-1, 1]) == (-180, 180)


def test_the_stored_unit_is_a_mass_of_carbon_dioxide(tmp_path: Path) -> None:
    _, dataset = read(edgar().write(tmp_path))
    assert dataset["co2_emission_flux"].attrs["units"] == "kg m-2 s-1"
    assert dataset["co2_emission_flux"].attrs["standard_name"] == (
        "tendency_of_atmosphere_mass_content_of_carbon_dioxide_due_to_emission"
    )


def emissions(dataset: xr.Dataset) -> NDArray[np.float64]:
    """Emission of each cell of the globe.  [Gt of CO2 per year of 365 days]"""
    width = np.diff(dataset["longitude_bounds"].values, axis=1)[:, 0]
    area = zone_areas(dataset["latitude_bounds"].values, 1.0)[:, None] * width
    flux = dataset["co2_emission_flux"].values[0].astype(np.float64)
    return np.asarray(flux * area * 365 * 86400 / 1e12)


@pytest.mark.realdata
def test_first_and_last_column_of_the_genuine_file_do_not_repeat(realdata: Path) -> None:
    """Neighbours of 0.1 degree: alike (r = 0.88), and different in nearly every emitting row."""
    _, dataset = read(realdata / "flux" / NAME)
    values = dataset["co2_emission_flux"].values[0]
    first, last = values[:, 0], values[:, -1]
    emitting = (first > 0) | (last > 0)
    assert np.corrcoef(first, last)[0, 1] == pytest.approx(0.878, abs=2e-3)
    assert (first[emitting] != last[emitting]).all()


@pytest.mark.realdata
def test_the_genuine_sample_misses_the_stated_total_by_its_sampling_error(realdata: Path) -> None:
    """22.9 of 36.4 Gt: 2485 points of 6.48 million, ten of which hold two thirds of the sum.

    Drawing the cells again with replacement gives a standard deviation of 7.4 Gt, so that the
    stated total lies within two of them; a mean over areas would be within a percent.
    """
    path = realdata / "flux" / NAME
    with h5py.File(path) as file:
        stated = float(file["emi_co2"].attrs["total_emi_co2"].decode().split()[0]) / 1e12
    assert stated == pytest.approx(36.3676)
    _, dataset = read(path)
    cells = emissions(dataset).ravel()
    assert cells.sum() == pytest.approx(22.88, abs=0.01)
    assert np.sort(cells)[-10:].sum() / cells.sum() == pytest.approx(0.652, abs=2e-3)
    drawn = np.random.default_rng(0).choice(cells, (2000, cells.size)).sum(axis=1)
    assert 6.5 < drawn.std() < 8.5
    assert abs(stated - cells.sum()) < 2 * drawn.std()
