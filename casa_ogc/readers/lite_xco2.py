"""What NASA's Lite files of XCO2 have in common, whichever instrument they are of.

Builds 9 to 11 differ in what they add, so that everything beside the retrieval itself is optional.
Levels run from the top to the surface, missing values are declared by ``missing_value`` alone, and
the units text of ``airmass`` is wrong in genuine files.
"""

import re
from collections.abc import Mapping
from pathlib import Path

from casa_ogc.readers.reader import Source

DIMS: Mapping[str, str] = {"sounding_id": "sounding", "levels": "level", "vertices": "vertex"}
LICENCE = "NASA Earth science data policy: open, no restriction on use"

_PURE = ("none", "dimensionless", "1")
_AZIMUTH = {"degrees East of North": "degrees", "degrees": "degrees"}
_MODES: dict[int | str, int] = {code: code for code in range(5)}


def _extra(path: str, units: str | tuple[str, ...] | None = None) -> Source:
    return Source(path, units=units, required=False)


RETRIEVAL: Mapping[str, Source] = {
    "sounding_id": Source("sounding_id"),
    "time": Source("time", units="seconds since 1970-01-01 00:00:00"),
    "latitude": Source("latitude", units="degrees_north"),
    "longitude": Source("longitude", units="degrees_east"),
    "xco2": Source("xco2", units="ppm"),
    "xco2_uncertainty": Source("xco2_uncertainty", units="ppm"),
    "xco2_apriori": Source("xco2_apriori", units="ppm"),
    "quality_flag": Source("xco2_quality_flag", codes={0: 0, 1: 1}),
    "pressure_levels": Source("pressure_levels", units="hPa"),
    "pressure_weight": Source("pressure_weight", units=_PURE),
    "xco2_averaging_kernel": Source("xco2_averaging_kernel", units=_PURE),
    "co2_profile_apriori": Source("co2_profile_apriori", units="ppm"),
    "xco2_x2019": _extra("xco2_x2019", "ppm"),
    "xco2_raw": _extra("Retrieval/xco2_raw", "ppm"),
    "quality_bits": _extra("xco2_qf_bitflag"),
    "quality_simple_bits": _extra("xco2_qf_simple_bitflag"),
    "solar_zenith_angle": _extra("solar_zenith_angle", "degrees"),
    "sensor_zenith_angle": _extra("sensor_zenith_angle", "degrees"),
    "solar_azimuth_angle": Source("Sounding/solar_azimuth_angle", _AZIMUTH, required=False),
    "sensor_azimuth_angle": Source("Sounding/sensor_azimuth_angle", _AZIMUTH, required=False),
    "airmass": Source("Sounding/airmass", {"degrees": "1", "none": "1"}, required=False),
    "surface_altitude": _extra("Sounding/altitude", ("meters", "m")),
    "surface_type": Source("Retrieval/surface_type", required=False, codes={0: 0, 1: 1}),
    "surface_pressure": _extra("Retrieval/psurf", "hPa"),
    "surface_pressure_apriori": Source(
        ("Meteorology/psurf_apriori", "Retrieval/psurf_apriori"), "hPa", required=False
    ),
    "wind_speed": _extra("Retrieval/windspeed", "m/s"),
    "water_vapour_column": _extra("Retrieval/tcwv", ("kg/m^2", "kg m-2")),
    "aod_total": _extra("Retrieval/aod_total", _PURE),
    "aod_ice": _extra("Retrieval/aod_ice", _PURE),
    "aod_water": _extra("Retrieval/aod_water", _PURE),
    "aod_dust": _extra("Retrieval/aod_dust", _PURE),
    "aod_seasalt": _extra("Retrieval/aod_seasalt", _PURE),
    "albedo_o2a": _extra("Retrieval/albedo_o2a", _PURE),
    "albedo_wco2": _extra("Retrieval/albedo_wco2", _PURE),
    "albedo_sco2": _extra("Retrieval/albedo_sco2", _PURE),
    "chi2_o2a": _extra("Retrieval/chi2_o2a", _PURE),
    "chi2_wco2": _extra("Retrieval/chi2_wco2", _PURE),
    "chi2_sco2": _extra("Retrieval/chi2_sco2", _PURE),
    "co2_gradient": _extra("Retrieval/co2_grad_del", "ppm"),
    "pressure_difference": _extra("Preprocessors/dp_abp", "hPa"),
    "co2_ratio": _extra("Preprocessors/co2_ratio", _PURE),
    "h2o_ratio": _extra("Preprocessors/h2o_ratio", _PURE),
}

FOOTPRINTS: Mapping[str, Source] = {
    "latitude_vertices": Source("vertex_latitude", units="degrees_north"),
    "longitude_vertices": Source("vertex_longitude", units="degrees_east"),
    "mode": Source("Sounding/operation_mode", required=False, codes=_MODES),
    "footprint": _extra("Sounding/footprint"),
    "orbit": _extra("Sounding/orbit"),
    "glint_angle": _extra("Sounding/glint_angle", "degrees"),
    "land_fraction": _extra("Sounding/land_fraction", ("percent", "%")),
    "land_water": Source(
        "Sounding/land_water_indicator", required=False, codes={code: code for code in range(4)}
    ),
}

TARGETS: Mapping[str, Source] = {
    "target_id": _extra("Sounding/target_id"),
    "target_name": _extra("Sounding/target_name"),
}


def build(path: Path) -> str:
    """Return the build that a file's name tells, ``B11210Ar``; ``""`` where it tells none.

    The attribute ``BuildId`` is that of the retrieval: files of build 9 say ``B8.1.00``.
    """
    found = re.search(r"_(B\d+\w*?)_", path.name)
    return found[1] if found else ""
