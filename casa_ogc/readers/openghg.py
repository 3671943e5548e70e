"""Columns of OCO-2 in the schema of OpenGHG: averages in small cells, without identifiers.

The levels come as in the Lite files that were averaged, from the top to the surface. A column is
named for its time and place; there is no quality flag, as only good soundings were averaged.
"""

import numpy as np
import xarray as xr

from casa_ogc.readers.reader import Reader, Source


def _identified(dataset: xr.Dataset) -> xr.Dataset:
    times = np.datetime_as_string(dataset["time"].values, unit="ms")
    places = zip(dataset["latitude"].values, dataset["longitude"].values, strict=True)
    names = [
        f"{time}_{latitude:+.3f}_{longitude:+.3f}"
        for time, (latitude, longitude) in zip(times, places, strict=True)
    ]
    return dataset.assign(sounding_id=("sounding", np.array(names, dtype=np.str_)))


READER = Reader(
    files=("oco2-spectrometer_oco2_*_co2-column*.nc",),
    kind="soundings",
    product="oco2-column",
    title="OCO-2 columns in the schema of OpenGHG",
    dims={"time": "sounding", "lev": "level"},
    variables={
        "time": Source("time", units="seconds since"),
        "latitude": Source("lat", units="degrees_north"),
        "longitude": Source("lon", units="degrees_east"),
        "xco2": Source("xco2", units="ppm"),
        "xco2_uncertainty": Source("xco2_uncertainty", units="ppm"),
        "pressure_levels": Source("pressure_levels", units="hPa"),
        "pressure_weight": Source("pressure_weights", units="none"),
        "xco2_averaging_kernel": Source("xco2_averaging_kernel", units="none"),
        "co2_profile_apriori": Source("co2_profile_apriori", units="ppm"),
    },
    attributes={
        "mission": "@Platform",
        "instrument": "@Sensor",
        "product_version": "@CollectionLabel",
        "references": "@identifier_product_doi",
        "licence": "NASA Earth science data policy; extract under Apache-2.0",
        "input_file": "@input_file",
        "xco2_scale": "WMO CO2 X2007",
        "co2_profile_apriori_basis": "dry",
    },
    refine=_identified,
    tested_on_genuine=True,
)
