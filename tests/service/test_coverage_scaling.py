"""Scaled and projected coverages over HTTP."""

import io
from typing import Any

import numpy as np
import pyproj
import pytest
import requests
import xarray as xr

from tests.service.grids import COLUMNS, LATITUDES, LONGITUDES, ROWS, grid

DATA = grid()
AREAS = np.cos(np.radians(LATITUDES))[:, None] * np.ones(COLUMNS)


def get(server: str, status: int = 200, **parameters: str) -> requests.Response:
    named = {name.replace("_", "-"): text for name, text in parameters.items()}
    response = requests.get(f"{server}/collections/grid/coverage", params=named, timeout=60)
    assert response.status_code == status, response.text
    return response


def opened(response: requests.Response) -> xr.Dataset:
    with xr.open_dataset(io.BytesIO(response.content), engine="h5netcdf") as data:
        return data.load()


def blocks(name: str, step: int, factor: int) -> np.ndarray:
    """Area-weighted means of blocks of cells of one step, written out."""
    values = DATA[name].to_numpy()[step].astype(float)
    if name == "xco2_uncertainty":
        values[np.isnan(DATA["xco2"].to_numpy()[step])] = np.nan
    shape = (ROWS // factor, factor, COLUMNS // factor, factor)
    weight = np.where(np.isnan(values), 0, AREAS).reshape(shape)
    total = (np.nan_to_num(values).reshape(shape) * weight).sum(axis=(1, 3))
    with np.errstate(invalid="ignore"):
        return total / weight.sum(axis=(1, 3))


SPELLINGS = (
    {"scale-factor": "9"},
    {"scaleFactor": "9"},
    {"scale-axes": "Lat(9),Lon(9)"},
    {"scaleAxes": "lat(9),Long(9)"},
    {"scale-size": "Lon(20),Lat(10)"},
    {"scaleSize": "Lon(20),Lat(10)"},
    {"width": "20", "height": "10"},
    {"width": "20"},
    {"resolution": "Lat(18),Lon(18)"},
)


@pytest.mark.parametrize("parameters", SPELLINGS, ids=str)
def test_every_spelling_of_a_size_gives_the_same_means(
    coverage_server: str, parameters: dict[str, str]
) -> None:
    data = opened(get(coverage_server, f="NetCDF", datetime="2022-01-31", **parameters))
    assert dict(data.sizes) == {"time": 1, "latitude": 10, "longitude": 20, "bound": 2}
    for name in ("xco2", "xco2_uncertainty"):
        np.testing.assert_allclose(data[name][0], blocks(name, 1, 9), rtol=3e-7)
    assert data["xco2"].attrs["cell_methods"] == "area: mean"
    assert "fully correlated" in data["xco2_uncertainty"].attrs["cell_methods"]


def test_time_steps_are_joined(coverage_server: str) -> None:
    weekly = opened(get(coverage_server, f="NetCDF", scale_axes="time(4)"))
    np.testing.assert_allclose(
        weekly["xco2"][0], DATA["xco2"].to_numpy().astype(float).mean(axis=0), rtol=3e-7
    )
    monthly = opened(get(coverage_server, f="NetCDF", resolution="time(P1M)"))
    assert monthly.sizes["time"] == 2


def test_a_box_of_a_size_is_answered_to_its_edges(coverage_server: str) -> None:
    parameters = {"bbox": "100.5,20.5,120.5,40.5", "scale-size": "Lon(5),Lat(4)"}
    response = get(coverage_server, **parameters)
    assert response.headers["Content-Bbox"] == "100.5,20.5,120.5,40.5"
    axes = response.json()["domain"]["axes"]
    assert axes["x"]["bounds"][0] == 100.5
    assert len(axes["x"]["values"]) == 5
    assert len(axes["y"]["values"]) == 4


def test_flags_are_answered_by_majority(coverage_server: str) -> None:
    data = opened(
        get(coverage_server, f="NetCDF", properties="surface_type", scale_size="Lon(1),Lat(2)")
    )
    assert sorted(data["surface_type"][0, :, 0].to_numpy().tolist()) == [0, 1]


REFUSED = (
    ({"scale-factor": "0"}, "scale-factor"),
    ({"scale-factor": "-1"}, "scale-factor"),
    ({"scale-factor": "many"}, "scale-factor"),
    ({"scale-factor": "1e300"}, "scale-factor"),
    ({"scale-factor": "2", "width": "4"}, "once"),
    ({"scale-axes": "Depth(2)"}, "Lat"),
    ({"scale-axes": "pressure(2)"}, "vertical"),
    ({"scale-size": "Lat(10"}, "scale-size"),
    ({"scale-size": "Lat(1.5)"}, "whole"),
    ({"width": "10", "scale-size": "Lon(4)"}, "once"),
    ({"height": "999999999"}, "height"),
    ({"resolution": "time(monthly)"}, "P1M"),
    ({"crs": "EPSG:99999"}, "EPSG:3857"),
    ({"crs": "mercator"}, "EPSG:3857"),
    ({"crs": "EPSG:32650", "bbox": "-80,0,-70,10"}, "holds the answer"),
    ({"crs": "EPSG:3035", "f": "PNG"}, "GeoTIFF"),
    ({"subset": "E(0:5)", "subset-crs": "EPSG:3035"}, "both axes"),
    ({"subset": "E(9:5),N(0:1)", "subset-crs": "EPSG:3035"}, "both axes"),
    ({"bbox": "1,2,3", "bbox-crs": "EPSG:3035"}, "four or six"),
    ({"bbox": "9e9,9e9,9.1e9,9.1e9", "bbox-crs": "EPSG:3035"}, "lies within"),
    ({"bbox": "0,0,1,1", "subset": "Lat(0:1)"}, "bbox or in subset"),
    ({"subset": 'time("2022-01-30")', "datetime": "2022-01-30"}, "datetime or in subset"),
    ({"estimate": "perhaps"}, "true or false"),
)


@pytest.mark.parametrize(("parameters", "word"), REFUSED, ids=str)
def test_what_cannot_be_scaled_or_projected_is_refused_in_words_that_help(
    coverage_server: str, parameters: dict[str, str], word: str
) -> None:
    assert word in get(coverage_server, 400, **parameters).json()["detail"]


def referenced(document: dict[str, Any]) -> dict[str, Any]:
    systems = document["domain"]["referencing"]
    return next(one for one in systems if set(one["coordinates"]) == {"x", "y"})


def test_latitude_comes_first_in_epsg_4326(coverage_server: str) -> None:
    box = {"bbox": "100,20,120,40", "datetime": "2022-01-30"}
    plain = get(coverage_server, **box)
    other = get(coverage_server, crs="EPSG:4326", **box)
    assert plain.headers["Content-Crs"] == "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
    assert other.headers["Content-Crs"] == "http://www.opengis.net/def/crs/EPSG/0/4326"
    assert plain.headers["Content-Bbox"] == "100,20,120,40"
    assert other.headers["Content-Bbox"] == "20,100,40,120"
    assert referenced(plain.json())["coordinates"] == ["x", "y"]
    assert referenced(other.json())["coordinates"] == ["y", "x"]
    assert plain.json()["ranges"] == other.json()["ranges"]


def test_a_projected_answer_has_its_cells_where_it_says(coverage_server: str) -> None:
    parameters = {
        "crs": "http://www.opengis.net/def/crs/EPSG/0/3035",
        "bbox": "2500000,1400000,5400000,6500000",
        "bbox-crs": "EPSG:3035",
        "datetime": "2022-01-30",
        "width": "60",
        "height": "30",
    }
    response = get(coverage_server, **parameters)
    document = response.json()
    assert response.headers["Content-Crs"] == "http://www.opengis.net/def/crs/EPSG/0/3035"
    box = [float(value) for value in response.headers["Content-Bbox"].split(",")]
    assert box == [2500000, 1400000, 5400000, 6500000]
    assert referenced(document)["system"]["type"] == "ProjectedCRS"
    axes = document["domain"]["axes"]
    assert min(axes["x"]["bounds"]) == 1400000
    assert max(axes["y"]["bounds"]) == 5400000
    back = pyproj.Transformer.from_crs("EPSG:3035", "OGC:CRS84", always_xy=True)
    values = np.array(document["ranges"]["xco2"]["values"], dtype=float).reshape(30, 60)
    stored = DATA["xco2"].to_numpy()[0]
    for i in range(0, 30, 7):
        for j in range(0, 60, 7):
            longitude, latitude = back.transform(axes["x"]["values"][j], axes["y"]["values"][i])
            wanted = stored[int((latitude + 90) // 2), int((longitude + 180) // 2)]
            np.testing.assert_allclose(values[i, j], wanted, rtol=1e-6)


def test_subset_takes_eastings_and_northings(coverage_server: str) -> None:
    cut = "E(3000000:4000000),N(2000000:3000000)"
    projected = {"subset": cut, "subset-crs": "EPSG:3035"}
    degrees = get(coverage_server, f="NetCDF", **projected)
    data = opened(degrees)
    assert 30 < data["latitude"].min() < data["latitude"].max() < 53
    assert degrees.headers["Content-Crs"].endswith("CRS84")
    same = get(coverage_server, crs="EPSG:3035", scale_size="E(10),N(10)", **projected)
    assert same.headers["Content-Bbox"] == "2000000,3000000,3000000,4000000"


def test_netcdf_of_a_projected_answer_says_which(coverage_server: str) -> None:
    data = opened(get(coverage_server, f="NetCDF", crs="EPSG:3857", width="40"))
    assert data["x"].attrs["standard_name"] == "projection_x_coordinate"
    assert data["x"].attrs["units"] == "m"
    assert pyproj.CRS.from_cf(data["crs"].attrs).to_epsg() == 3857
    assert data["xco2"].attrs["grid_mapping"] == "crs"


def test_a_box_in_another_system_is_the_box_around_its_curved_edges(coverage_server: str) -> None:
    box = {"bbox": "2500000,1400000,5400000,6500000", "bbox-crs": "EPSG:3035"}
    data = opened(get(coverage_server, f="NetCDF", **box))
    west, south, east, north = 1e9, 1e9, -1e9, -1e9
    back = pyproj.Transformer.from_crs("EPSG:3035", "OGC:CRS84", always_xy=True)
    for along in np.linspace(0, 1, 400):
        x, y = 1.4e6 + along * 5.1e6, 2.5e6 + along * 2.9e6
        for place in ((x, 2.5e6), (x, 5.4e6), (1.4e6, y), (6.5e6, y)):
            longitude, latitude = back.transform(*place)
            west, east = min(west, longitude), max(east, longitude)
            south, north = min(south, latitude), max(north, latitude)
    inside_x = [v for v in LONGITUDES if west <= v <= east]
    inside_y = [v for v in LATITUDES if south <= v <= north]
    np.testing.assert_allclose(data["longitude"], inside_x)
    np.testing.assert_allclose(data["latitude"], inside_y)
