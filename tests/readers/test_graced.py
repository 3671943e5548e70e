"""GRACED: mass of carbon per cell and hour to mass of CO2 per area and time."""

from pathlib import Path

import numpy as np
import pytest

from casa_ogc.readers.cells import edges, zone_areas
from casa_ogc.readers.read import read
from casa_processes.common.errors import FileContentError
from tests.readers.builders_b import graced
from tests.readers.files_b import stored


def test_the_mass_of_the_globe_is_kept(tmp_path: Path) -> None:
    """648 cells of 1 kgC h-1 are 648 * 44/12 kg of CO2 per hour, whatever their areas."""
    _, dataset = read(graced().write(tmp_path))
    area = zone_areas(edges(dataset["latitude"].values, -90, 90), 10.0)
    rate = (dataset["co2_emission_flux"].values.astype(float) * area[:, None]).sum(axis=(1, 2))
    np.testing.assert_allclose(rate * 3600, 648 * 44 / 12 * np.array([1, 2, 3]), rtol=1e-6)


def test_a_cell_near_the_pole_has_the_larger_flux(tmp_path: Path) -> None:
    _, dataset = read(graced().write(tmp_path))
    flux = dataset["co2_emission_flux"].values[0, :, 0]
    assert flux[0] > 5 * flux[9]
    assert flux[0] == pytest.approx(flux[-1])


def test_latitudes_stay_from_north_to_south(tmp_path: Path) -> None:
    _, dataset = read(graced().write(tmp_path))
    assert dataset["latitude"].values[[0, -1]].tolist() == [85, -85]
    assert dataset["co2_emission_flux"].dims == ("time", "latitude", "longitude")


@pytest.mark.parametrize("stamped", [True, False])
def test_days_are_stamps_or_numbers_after_the_month_of_the_name(
    tmp_path: Path, stamped: bool
) -> None:
    layout = graced(stamped=stamped)
    if not stamped:
        layout.variables["nday"] = stored("nday", [1, 2, 3], dtype="i4")
    _, dataset = read(layout.write(tmp_path))
    days = dataset["time_bounds"].values.astype("datetime64[D]").astype(str).tolist()
    assert days[0] == ["2021-02-01", "2021-02-02"]
    assert days[2] == ["2021-02-03", "2021-02-04"]


def test_days_beyond_the_month_are_refused(tmp_path: Path) -> None:
    with pytest.raises(FileContentError, match="29 days of 2021-02"):
        read(graced(stamped=False, days=29).write(tmp_path))


def test_stamps_of_another_month_are_refused(tmp_path: Path) -> None:
    layout = graced().with_units("nday", "days since 2021-03-01")
    with pytest.raises(FileContentError, match="3 days of 2021-02, found 3 from 2021-03-01"):
        read(layout.write(tmp_path))


@pytest.mark.parametrize(
    ("sector", "product", "stream"),
    [
        ("total", "graced-co2", "total"),
        ("Power", "graced-power-co2", "power"),
        ("DomesticAviation", "graced-domestic-aviation-co2", "domestic-aviation"),
    ],
)
def test_each_sector_is_a_product_of_its_own(
    tmp_path: Path, sector: str, product: str, stream: str
) -> None:
    _, dataset = read(graced(sector).write(tmp_path))
    assert (dataset.attrs["product"], dataset.attrs["stream"]) == (product, stream)


def test_the_later_prefix_of_the_names_is_known(tmp_path: Path) -> None:
    _, dataset = read(graced().write(tmp_path, "GRACED_total_y2021_m02.nc"))
    assert dataset.attrs["product"] == "graced-co2"


@pytest.mark.parametrize(
    "name", ["CarbonMonitor_9_Fishing_y2021_m02.nc", "GRACED_total_y2021_m13.nc"]
)
def test_an_unknown_sector_or_month_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(FileContentError, match="a sector and a month"):
        read(graced().write(tmp_path, name))


@pytest.mark.parametrize("units", ["kg/h", "kgC m-2 h-1", "tC/h", None])
def test_units_other_than_carbon_per_cell_and_hour_are_refused(
    tmp_path: Path, units: str | None
) -> None:
    with pytest.raises(FileContentError, match="'kgC/h' \\(per cell\\)"):
        read(graced().with_units("emission", units).write(tmp_path))


def test_marked_values_are_missing(tmp_path: Path) -> None:
    layout = graced()
    layout.variables["emission"].attributes["_FillValue"] = np.float32(-999)
    layout.variables["emission"].values[1, 2, 3] = -999
    _, dataset = read(layout.write(tmp_path))
    missing = np.argwhere(np.isnan(dataset["co2_emission_flux"].values)).tolist()
    assert missing == [[1, 2, 3]]


def test_uneven_longitudes_are_refused(tmp_path: Path) -> None:
    layout = graced()
    layout.variables["longitude"].values[5] += 3
    with pytest.raises(FileContentError, match="even steps"):
        read(layout.write(tmp_path))


def test_emissions_of_another_shape_are_refused(tmp_path: Path) -> None:
    layout = graced()
    layout.variables["emission"] = stored("nday longitude latitude", np.ones((3, 36, 18)), "kgC/h")
    with pytest.raises(FileContentError, match=r"18 latitudes, 36 longitudes.*\(3, 36, 18\)"):
        read(layout.write(tmp_path))
