"""TCCON GGG2020 public files: columns seen from the ground (Laughner et al., 2024).

The a priori profile is a mole fraction of **wet** air. It stays so, because the network's own
``integration_operator`` is made for it: operator times wet profile is the dry-air column, water and
gravity included. Kernels and priors are on the same altitudes, from the surface upwards.
"""

from pathlib import Path

import numpy as np
import xarray as xr

from casa_ogc.readers.files import opened
from casa_ogc.readers.reader import Reader, Source
from casa_processes.common.errors import FileContentError


def _same_levels(path: Path) -> bool:
    """Whether kernels and priors are on one grid, without which they cannot be combined."""
    with opened(path) as file:
        grids = [file.find("ak_altitude"), file.find("prior_altitude")]
        if grids[0] is None or grids[1] is None:
            return False
        kernel, prior = (grid.values(file.name) for grid in grids if grid is not None)
    if kernel.shape != prior.shape or not np.array_equal(kernel, prior):
        found = f"{kernel.size} levels from {kernel[:1]} to {kernel[-1:]}"
        raise FileContentError(path.name, "ak_altitude", "the levels of prior_altitude", found)
    return True


def _identified(dataset: xr.Dataset) -> xr.Dataset:
    """Name each spectrum for its site and its time, which no two spectra of a site share."""
    site = dataset.attrs["source"][:2]
    times = np.datetime_as_string(dataset["time"].values, unit="ms")
    names = [site + time.replace("-", "").replace(":", "") for time in times.tolist()]
    place = dataset.attrs.get("site", site)
    return dataset.assign(
        sounding_id=("sounding", np.array(names, dtype=np.str_)),
        site=("sounding", np.array([place] * len(names), dtype=np.str_)),
    )


READER = Reader(
    files=("*.public.qc.nc", "*.public.nc"),
    kind="soundings",
    product="tccon",
    title="TCCON GGG2020 columns of carbon dioxide",
    dims={"time": "sounding", "prior_altitude": "level", "ak_altitude": "level"},
    variables={
        "time": Source("time", units="seconds since 1970-01-01"),
        "latitude": Source("lat", units="degrees_north"),
        "longitude": Source("long", units="degrees_east"),
        "observer_altitude": Source("zobs", units="km"),
        "solar_zenith_angle": Source("solzen", units="degrees"),
        "solar_azimuth_angle": Source("azim", units="degrees", required=False),
        "airmass": Source("airmass", units=("1", ""), required=False),
        "surface_pressure": Source("pout", units="hPa", required=False),
        "surface_temperature": Source("tout", units="degrees_Celsius", required=False),
        "wind_speed": Source("wspd", units="m.s-1", required=False),
        "xco2": Source("xco2", units="ppm"),
        "xco2_uncertainty": Source("xco2_error", units="ppm"),
        "xco2_x2019": Source("xco2_x2019", units="ppm"),
        "xco2_x2019_uncertainty": Source("xco2_error_x2019", units="ppm"),
        "xco2_apriori": Source("prior_xco2", units="ppm"),
        "xco2_x2019_apriori": Source("prior_xco2_x2019", units="ppm"),
        "pressure_levels": Source("prior_pressure", units="atm"),
        "pressure_weight": Source("integration_operator", units="1"),
        "xco2_averaging_kernel": Source("ak_xco2", units="1"),
        "averaging_kernel_flag": Source("extrapolation_flags_ak_xco2", required=False),
        "co2_profile_apriori": Source("prior_co2", units="ppm"),
    },
    attributes={
        "mission": "TCCON",
        "instrument": "ground-based Fourier transform spectrometer",
        "product_version": "@file_format_version",
        "references": "@data_reference|@data_doi",
        "licence": "@data_use_policy",
        "site": "@long_name",
        "xco2_scale": "WMO CO2 X2007",
        "xco2_x2019_scale": "WMO CO2 X2019",
        "co2_profile_apriori_basis": "wet",
        "pressure_weight_basis": "integration operator of wet profiles, scale X2007",
    },
    recognise=_same_levels,
    refine=_identified,
    tested_on_genuine=True,
)
