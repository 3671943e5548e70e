"""Each conformance class of coverages that the site declares, and the request that shows it."""

import io

import pytest
import rasterio
import requests
import xarray as xr

SPEC = "http://www.opengis.net/spec/ogcapi-coverages-1/1.0/conf/"
SHOWN: dict[str, tuple[dict[str, str], str, str]] = {
    "core": ({}, "Content-Type", "application/prs.coverage+json"),
    "subsetting": ({"subset": "Lat(10:20),Lon(30:40)"}, "Content-Bbox", "30,10,40,20"),
    "fieldselection": ({"properties": "surface_type"}, "Content-Type", "coverage+json"),
    "scaling": ({"scale-factor": "2", "bbox": "0,0,8,8"}, "Content-Bbox", "0,0,8,8"),
    "crs": ({"crs": "EPSG:3857", "width": "8"}, "Content-Crs", "EPSG/0/3857"),
    "coveragejson": ({"f": "CoverageJSON"}, "Content-Type", "application/prs.coverage+json"),
    "netcdf": ({"f": "NetCDF"}, "Content-Type", "application/netcdf"),
    "geotiff": ({"f": "GeoTIFF"}, "Content-Type", "image/tiff; application=geotiff"),
    "png": ({"f": "PNG"}, "Content-Type", "image/png"),
    "zarr": ({"f": "Zarr"}, "Content-Type", "application/zip+zarr"),
    "tiles": ({}, "", ""),
}


def get(url: str, **parameters: str) -> requests.Response:
    response = requests.get(url, params=parameters, timeout=60)
    assert response.status_code == 200, response.text
    return response


def test_every_class_that_is_declared_is_shown_and_no_other(coverage_server: str) -> None:
    declared = get(f"{coverage_server}/conformance", f="json").json()["conformsTo"]
    classes = [uri.removeprefix(SPEC) for uri in declared if uri.startswith(SPEC)]
    assert sorted(classes) == sorted(SHOWN)
    assert len(declared) == len(set(declared))


@pytest.mark.parametrize("name", [name for name in SHOWN if name != "tiles"])
def test_a_class_holds(coverage_server: str, name: str) -> None:
    parameters, header, text = SHOWN[name]
    url = f"{coverage_server}/collections/grid/coverage"
    assert text in get(url, datetime="2022-01-30", **parameters).headers[header]


def test_selected_fields_come_alone(coverage_server: str) -> None:
    url = f"{coverage_server}/collections/grid/coverage"
    small = {"bbox": "0,0,8,8", "f": "NetCDF"}
    for parameters, names in (
        ({"properties": "surface_type"}, {"surface_type"}),
        ({"properties": "0"}, {"surface_type"}),
        ({"exclude-properties": "surface_type"}, {"xco2", "xco2_uncertainty"}),
    ):
        body = io.BytesIO(get(url, **small, **parameters).content)
        with xr.open_dataset(body, engine="h5netcdf") as data:
            assert set(data.data_vars) - {"crs", "latitude_bounds", "longitude_bounds"} == names


def test_the_coverage_is_linked_under_its_relation(coverage_server: str) -> None:
    found = get(f"{coverage_server}/collections/grid").json()
    rel = "http://www.opengis.net/def/rel/ogc/1.0/"
    kinds = {one["type"] for one in found["links"] if one["rel"] == f"{rel}coverage"}
    assert "image/tiff; application=geotiff" in kinds
    for kind in ("schema", "tilesets-coverage", "coverage-domainset", "coverage-rangetype"):
        (link,) = [one for one in found["links"] if one["rel"] == f"{rel}{kind}"]
        get(link["href"].replace("http://127.0.0.1:5000", coverage_server))


def test_the_openapi_document_declares_every_parameter(coverage_server: str) -> None:
    document = get(f"{coverage_server}/openapi", f="json").json()
    operation = document["paths"]["/collections/{collectionId}/coverage"]["get"]
    names = {one["name"] for one in operation["parameters"]}
    assert {
        "bbox",
        "bbox-crs",
        "subset",
        "subset-crs",
        "crs",
        "scale-factor",
        "scale-axes",
        "scale-size",
        "width",
        "height",
        "resolution",
        "properties",
        "exclude-properties",
        "estimate",
    } <= names
    assert "image/tiff; application=geotiff" in operation["responses"]["200"]["content"]


def test_edr_answers_in_the_same_formats(coverage_server: str) -> None:
    base = f"{coverage_server}/collections/grid"
    cube = {"bbox": "0,0,10,10", "datetime": "2022-01-30"}
    body = get(f"{base}/cube", f="GeoTIFF", **cube).content
    with rasterio.MemoryFile(body) as memory, memory.open() as file:
        assert (file.width, file.height, file.count) == (5, 5, 2)
    area = {"coords": "POLYGON((0 0,10 0,10 10,0 0))", "f": "Parquet"}
    response = get(f"{base}/area", **area)
    assert response.headers["Content-Type"] == "application/vnd.apache.parquet"
    refused = requests.get(
        f"{coverage_server}/collections/dots/cube",
        params={"f": "COG", "bbox": "0,0,10,10"},
        timeout=60,
    )
    assert refused.status_code == 400
    assert "Parquet" in refused.json()["detail"]
