"""Synthetic files of the OCO, ACOS, OpenGHG and TCCON families, in the genuine layouts.

One line declares one variable: path, type, dimensions, units, mark of missing values. Every value
is made of its row and level, so that a value out of place is seen.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.readers.layouts import Column, Synthetic, columns
from tests.readers.tables_a import LITE, NEWER, OPENGHG, SIF, TCCON

ROWS, LEVELS = 5, 20


def rows(first: float, step: float = 1.0) -> NDArray[np.float64]:
    """A value per row."""
    return first + step * np.arange(ROWS)


def downward(surface: NDArray[Any], step: float, size: int = LEVELS) -> NDArray[np.float64]:
    """A profile per row that ends with `surface`; each level above differs by `step`."""
    return surface[:, np.newaxis] + step * np.arange(size)[::-1]


def corners(centre: NDArray[Any], offsets: Sequence[float]) -> NDArray[np.float64]:
    return centre[:, np.newaxis] + np.asarray(offsets)


def _lite_values(listed: tuple[Column, ...]) -> dict[str, Any]:
    latitude, longitude = rows(30, 0.5), rows(110, 0.25)
    exact = {
        "sounding_id": 2018010205120331 + np.arange(ROWS, dtype=np.uint64),
        "time": 1514869923.3 + rows(0, 0.25),
        "latitude": latitude,
        "longitude": longitude,
        "xco2": rows(405),
        "xco2_x2019": rows(405.5),
        "xco2_uncertainty": rows(0.5, 0.1),
        "xco2_apriori": rows(404),
        "Retrieval/xco2_raw": rows(406),
        "xco2_quality_flag": [0, 1, 0, 1, 0],
        "xco2_qf_bitflag": [0, 3, 0, 2**27, 0],
        "xco2_qf_simple_bitflag": [0, 1, 0, 255, 0],
        "pressure_levels": np.linspace(0.1, 1, LEVELS) * rows(1000)[:, np.newaxis],
        "pressure_weight": np.full((ROWS, LEVELS), 1 / LEVELS),
        "xco2_averaging_kernel": downward(rows(1.0, 0.01), -0.03),
        "co2_profile_apriori": downward(rows(410), -1.0),
        "vertex_latitude": corners(latitude, [-0.01, -0.01, 0.01, 0.01]),
        "vertex_longitude": corners(longitude, [-0.01, 0.01, 0.01, -0.01]),
        "Sounding/operation_mode": [0, 1, 2, 3, 0],
        "Sounding/footprint": [1, 2, 3, 4, 8],
        "Sounding/orbit": [18613] * ROWS,
        "Sounding/land_fraction": [0, 25, 50, 75, 100],
        "Sounding/land_water_indicator": [0, 1, 2, 3, 0],
        "Retrieval/surface_type": [0, 1, 1, 1, 1],
        "Retrieval/psurf": rows(1000),
        "Meteorology/psurf_apriori": rows(1001),
        "Sounding/airmass": rows(2, 0.1),
    }
    return {column.path: exact.get(column.path, rows(1, 0.1)) for column in listed}


LITE_SIZES = {
    "sounding_id": ROWS,
    "levels": LEVELS,
    "vertices": 4,
    "bands": 3,
    "footprints": 8,
}


def oco_lite(*, mission: str = "oco2", build: str = "B9003r") -> Synthetic:
    """A Lite file of XCO2; builds after 9 have both scales."""
    text = LITE if build.startswith("B9") else LITE + NEWER
    listed = columns(text)
    if not build.startswith("B9"):
        listed = tuple(
            Column(one.path, "uint64", one.dims, one.units, "n")
            if one.path == "xco2_qf_bitflag"
            else one
            for one in listed
        )
    values = _lite_values(listed)
    if mission == "oco3":
        values["Sounding/operation_mode"] = [0, 1, 2, 3, 4]
        for name in ("target_id", "target_name"):
            path = f"Sounding/{name}"
            listed = (*listed, Column(path, "object", ("sounding_id",), "none", "t"))
            values[path] = np.array(
                ["Missing", "Missing", "val001", "Missing", "fossil0001"], dtype=object
            )
    platform = mission.upper().replace("O2", "O-2").replace("O3", "O-3")
    return Synthetic(
        f"{mission}_LtCO2_180102_{build}_180929105747s.nc4",
        listed,
        LITE_SIZES,
        values,
        {
            "Platform": platform,
            "Sensor": platform,
            "BuildId": "B8.1.00",
            "identifier_product_doi": "10.5067/W8QGIYNKS3JC",
            "title": "ACOS L2 Lite Output",
        },
    )


def acos() -> Synthetic:
    """A Lite file of GOSAT: no corners, a gain letter, identifiers without a footprint."""
    left_out = (
        "vertex",
        "Sounding/operation_mode",
        "Sounding/footprint",
        "Sounding/orbit",
        "Sounding/land_water",
    )
    listed = tuple(one for one in columns(LITE) if not one.path.startswith(left_out))
    values = _lite_values(listed)
    values["sounding_id"] = 20180102051203 + np.arange(ROWS, dtype=np.uint64)
    listed = (*listed, Column("Sounding/gain", "S1", ("sounding_id",), "none", "n"))
    values["Sounding/gain"] = np.array([b"H", b"M", b"H", b"H", b"M"], dtype="S1")
    sizes = {name: size for name, size in LITE_SIZES.items() if name != "vertices"}
    return Synthetic(
        "acos_LtCO2_180102_v210210_B9213A_210210105747s.nc4",
        listed,
        sizes,
        values,
        {"identifier_product_doi": "10.5067/VWSABTO7ZII4", "title": "ACOS L2 Lite Output"},
    )


def oco_sif(*, mission: str = "oco2", build: str = "B11012Ar") -> Synthetic:
    """A Lite file of SIF; the second row is negative, the last was not investigated."""
    listed = columns(SIF)
    sif_757, sif_771 = np.array([1.2, -0.4, 0.1, 0.6, 0.9]), np.array([0.8, -0.2, 0.1, 0.3, 0.5])
    latitude, longitude = rows(30, 0.5), rows(110, 0.25)
    exact = {
        # 2018-01-02T05:12:03.300 is 10229 days and 18723.3 seconds after 1990-01-01.
        "Delta_Time": 10228 * 86400 + 18723.3 + rows(0, 0.25),
        "Latitude": latitude,
        "Longitude": longitude,
        "Latitude_Corners": corners(latitude, [-0.01, -0.01, 0.01, 0.01]),
        "Longitude_Corners": corners(longitude, [-0.01, 0.01, 0.01, -0.01]),
        "SIF_740nm": 0.75 * (sif_757 + 1.5 * sif_771),
        "Science/SIF_757nm": sif_757,
        "Science/SIF_771nm": sif_771,
        "Daily_SIF_740nm": 0.75 * (sif_757 + 1.5 * sif_771) * 0.4,
        "Daily_SIF_757nm": sif_757 * 0.4,
        "Daily_SIF_771nm": sif_771 * 0.4,
        "Quality_Flag": [0, 1, 2, 0, -1],
        "Science/sounding_land_fraction": [100, 100, 50, 0, 100],
        "Cloud/cloud_flag_abp": [0, 1, 2, 0, 0],
        "Science/IGBP_index": [1, 4, 12, 17, 5],
        "Metadata/SoundingId": 2018010205120331 + np.arange(ROWS, dtype=np.uint64),
        "Metadata/FootprintId": [1, 2, 3, 4, 8],
        "Metadata/OrbitId": [18613] * ROWS,
        "Metadata/MeasurementMode": [0, 1, 2, 3, 4],
    }
    values = {one.path: exact.get(one.path, rows(0.5, 0.1)) for one in listed}
    return Synthetic(
        f"{mission}_LtSIF_180102_{build}_220101120000s.nc4",
        listed,
        {"sounding_dim": ROWS, "footprint_dim": 8, "vertex_dim": 4},
        values,
        {"identifier_product_doi": "10.5067/XO2LBBNPO010", "title": "OCO Lite SIF"},
    )


def tccon() -> Synthetic:
    """A public file of Harwell; levels run upwards and the priors are wet."""
    levels = 51
    altitude = np.linspace(0, 70, levels)
    exact = {
        "time": 1680444540.0 + 20 * np.arange(ROWS),
        "prior_altitude": altitude,
        "ak_altitude": altitude,
        "ak_pressure": 1013 * np.exp(-altitude / 8),
        "lat": np.full(ROWS, 51.57),
        "long": np.full(ROWS, -1.32),
        "zobs": np.full(ROWS, 0.142),
        "solzen": rows(59, 0.5),
        "pout": rows(1000),
        "tout": rows(10),
        "xco2": rows(422),
        "xco2_x2019": rows(421.5),
        "prior_xco2": rows(423),
        "prior_xco2_x2019": rows(422.5),
        "prior_pressure": np.exp(-altitude / 8) * rows(1.0, 0.001)[:, np.newaxis],
        "prior_co2": 430 - 0.3 * np.arange(levels) + np.zeros((ROWS, 1)),
        "integration_operator": np.full((ROWS, levels), 1 / levels),
        "ak_xco2": 1 - 0.01 * np.arange(levels) + np.zeros((ROWS, 1)),
        "extrapolation_flags_ak_xco2": [-2, -1, 0, 1, 2],
    }
    listed = columns(TCCON)
    values = {one.path: exact.get(one.path, rows(1, 0.1)) for one in listed}
    return Synthetic(
        "hw20230402_20230402.public.qc.nc",
        listed,
        {"time": ROWS, "prior_altitude": levels, "ak_altitude": levels},
        values,
        {
            "long_name": "harwell01",
            "file_format_version": "2020.B",
            "data_doi": "10.14291/tccon.ggg2020.harwell01.R0",
            "data_use_policy": "https://tccon-wiki.caltech.edu/Network_Policy/Data_Use_Policy",
        },
    )


def openghg() -> Synthetic:
    """Columns of OCO-2 in the schema of OpenGHG; levels run downwards, as in the Lite files."""
    exact = {
        "time": 1422689803.9 + 60 * np.arange(ROWS),
        "lat": rows(30, 0.5),
        "lon": rows(110, 0.25),
        "lev": np.arange(1, LEVELS + 1),
        "xco2": rows(399),
        "xco2_uncertainty": rows(0.5, 0.1),
        "pressure_levels": np.linspace(0.1, 1, LEVELS) * rows(1000)[:, np.newaxis],
        "pressure_weights": np.full((ROWS, LEVELS), 1 / LEVELS),
        "xco2_averaging_kernel": downward(rows(1.0, 0.01), -0.03),
        "co2_profile_apriori": downward(rows(410), -1.0),
    }
    return Synthetic(
        "oco2-spectrometer_oco2_20150131-336_co2-column.nc",
        columns(OPENGHG),
        {"time": ROWS, "lev": LEVELS},
        exact,
        {
            "Platform": "OCO-2",
            "Sensor": "OCO-2",
            "CollectionLabel": "Lite_B11210Ar_r02",
            "identifier_product_doi": "10.5067/70K2B2W8MNGY",
            "title": "OCO-2 L2FP Lite Output",
        },
    )


SYNTHETIC = {
    "oco_lite": (
        oco_lite,
        lambda: oco_lite(build="B11210Ar"),
        lambda: oco_lite(mission="oco3", build="B11072Ar"),
    ),
    "acos": (acos,),
    "oco_sif": (oco_sif, lambda: oco_sif(build="B10206r"), lambda: oco_sif(mission="oco3")),
    "tccon": (tccon,),
    "openghg": (openghg,),
}
