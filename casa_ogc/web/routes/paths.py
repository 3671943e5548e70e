"""Paths, parameters and media types that several tables of endpoints share."""

from casa_ogc.web import parameters

ONE = "/collections/<path:collection_id>"
WHEN = (parameters.DATETIME, parameters.METHOD)
DATA_TYPES = (
    "application/prs.coverage+json",
    "application/geo+json",
    "application/netcdf",
    "text/csv",
    "image/png",
    "image/tiff; application=geotiff",
    "image/tiff; application=geotiff; profile=cloud-optimized",
    "application/zip+zarr",
    "application/vnd.apache.parquet",
)
GEOJSON_TYPES = ("application/geo+json",)
