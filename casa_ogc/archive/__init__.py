"""The archive: cubes (Zarr v3 in Icechunk), soundings (GeoParquet) and their integrity."""
