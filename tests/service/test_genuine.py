"""Genuine files go in, and the numbers that come out over HTTP are those of the files."""

import csv
import gzip
import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import requests
import xarray as xr

from casa_ogc.catalog.ingest import ingest
from casa_ogc.catalog.products import load_products
from tests.service.job_sites import working
from tests.service.sites import serving, site_file

pytestmark = pytest.mark.realdata

FILES = (
    "tccon/hw20230402_20230402.public.qc.nc",
    "sat_co2/AIRS_05_2003.csv.gz",
    "sat_co2/oco2-spectrometer_oco2_20150131-336_co2-column.nc",
    "sat_co2/CO2_mx_monthly_01_2025.nc",
    "sat_co2/CO2_mx_monthly_05_2025.nc",
    "flux/CT2019B_fluxes_za_ts_monthly.nc",
    "flux/v6.0_CO2_excl_short-cycle_org_C_2015_TOTALS.5.3x5.1.nc",
    "flux/carbon_monitor_EmissionsBySector.csv",
)


@pytest.fixture(scope="module")
def server(realdata: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("genuine")
    config, archive = folder / "config", folder / "archive"
    site_file(config, archive)
    (config / "products").symlink_to(Path(__file__).parents[2] / "config" / "products")
    report = ingest([realdata / file for file in FILES], archive, load_products(config))
    assert [outcome.error for outcome in report.outcomes if outcome.error] == []
    with serving(config) as url, working(config):
        yield url


def _get(url: str, **parameters: str) -> requests.Response:
    response = requests.get(url, params=parameters, timeout=60)
    assert response.status_code == 200, response.text
    return response


def _table(response: requests.Response) -> pd.DataFrame:
    return pd.read_csv(io.StringIO(response.text))


def test_a_tccon_position_gives_the_columns_of_the_file(server: str, realdata: Path) -> None:
    answer = _get(
        f"{server}/collections/tccon/position",
        coords="POINT(-1.32 51.57)",
        **{"parameter-name": "xco2", "f": "CoverageJSON"},
    ).json()
    with xr.open_dataset(realdata / FILES[0]) as file:
        expected = file["xco2"].to_numpy()
        errors = file["xco2_error"].to_numpy()
    assert answer["ranges"]["xco2"]["values"] == pytest.approx(expected.tolist(), rel=1e-6)
    assert answer["ranges"]["xco2_uncertainty"]["values"] == pytest.approx(
        errors.tolist(), rel=1e-6
    )


def test_an_airs_box_gives_the_rows_of_the_table(server: str, realdata: Path) -> None:
    found = _get(
        f"{server}/collections/airs-co2/cube",
        bbox="73,18,135,54",
        datetime="2003-05-03",
        f="NetCDF",
    )
    with xr.open_dataset(io.BytesIO(found.content), engine="h5netcdf") as data:
        values = np.sort(data["co2_mid_troposphere"].to_numpy())
    with gzip.open(realdata / FILES[1], "rt") as file:
        rows = [row for row in csv.DictReader(file) if (row["month"], row["day"]) == ("5", "3")]
    inside = [
        float(row["co2avgret"])
        for row in rows
        if 73 <= float(row["lon"]) <= 135 and 18 <= float(row["lat"]) <= 54
    ]
    assert values.size == len(inside) > 100
    np.testing.assert_allclose(values, np.sort(np.float32(inside)), rtol=1e-6)


def test_a_date_matches_soundings_that_know_only_their_date(server: str) -> None:
    box = {"bbox": "73,18,135,54"}
    day = _get(f"{server}/collections/airs-co2/items", datetime="2003-05-03", **box).json()
    noon = _get(
        f"{server}/collections/airs-co2/items", datetime="2003-05-03T12:00:00Z", **box
    ).json()
    assert day["numberMatched"] == noon["numberMatched"] > 0


def test_a_monthly_map_gives_the_cells_of_the_file(server: str, realdata: Path) -> None:
    found = _get(
        f"{server}/collections/oco2-xco2-monthly/cube",
        bbox="100,-5,110,5",
        datetime="2025-05",
        f="NetCDF",
    )
    with xr.open_dataset(realdata / FILES[4], decode_times=False) as file:
        expected = file["co2"].sel(lat=slice(-5, 5), lon=slice(100, 110))[0].load()
    with xr.open_dataset(io.BytesIO(found.content), engine="h5netcdf") as data:
        cube = data["xco2"].squeeze().sortby("latitude").load()
    assert cube.shape == (21, 21)
    np.testing.assert_allclose(cube, expected.sortby("lat"), rtol=1e-6)


def test_zonal_fluxes_answer_one_cell_around_the_globe(server: str, realdata: Path) -> None:
    with xr.open_dataset(realdata / FILES[5]) as file:
        expected = file["SFCO2"].isel(time=0).sel(lat=45.5).item()
    answer = _get(
        f"{server}/collections/carbontracker-zonal-flux/position",
        coords="POINT(100 45.5)",
        datetime="2000-01",
        **{"parameter-name": "co2_zonal_flux"},
    ).json()
    kilograms = expected * 1e12 * 44.0095 / 12.0107 / (365.25 * 86400)
    assert answer["domain"]["axes"]["x"]["bounds"] == [-180.0, 180.0]
    assert answer["ranges"]["co2_zonal_flux"]["values"] == pytest.approx([kilograms], rel=1e-4)


def test_edgar_is_the_same_place_east_and_west_of_greenwich(server: str, realdata: Path) -> None:
    with xr.open_dataset(realdata / FILES[6]) as file:
        cell = file["emi_co2"].sel(lat=39.9, lon=243.0, method="nearest")
    answers = [
        _get(f"{server}/collections/edgar-co2/position", coords=f"POINT({longitude} 39.9)").json()
        for longitude in (243.0, -117.0)
    ]
    values = [next(iter(answer["ranges"].values()))["values"] for answer in answers]
    assert values[0] == values[1]
    assert values[0] == pytest.approx([cell.item()], rel=1e-6)


def test_smoothed_columns_of_tccon_equal_a_dot_product(server: str, realdata: Path) -> None:
    with xr.open_dataset(realdata / FILES[0]) as file:
        h, a, prior = (
            file[name].to_numpy().astype("float64")
            for name in ("integration_operator", "ak_xco2", "prior_co2")
        )
        stated = file["prior_xco2"].to_numpy()
    profile = 1.01 * prior[0]
    inputs = {"collection": "tccon", "profile": profile.tolist()}
    answer = requests.post(
        f"{server}/processes/smoothed-column/execution", json={"inputs": inputs}, timeout=60
    )
    assert answer.status_code == 200, answer.text
    expected = np.sum(h * (prior + a * (profile - prior)), axis=1)
    np.testing.assert_allclose(answer.json()["smoothed_column"], expected, rtol=1e-12)
    np.testing.assert_allclose(answer.json()["prior_column"], stated, rtol=1e-4)


def test_every_collection_of_genuine_data_has_a_map_and_items(server: str) -> None:
    for one in _get(f"{server}/collections").json()["collections"]:
        drawn = _get(f"{server}/collections/{one['id']}/map")
        assert drawn.content.startswith(b"\x89PNG"), one["id"]
        features = _get(f"{server}/collections/{one['id']}/items", limit="3").json()
        assert features["features"], one["id"]
        item = features["features"][0]["id"]
        assert _get(f"{server}/collections/{one['id']}/items/{item}").json()["id"] == item
