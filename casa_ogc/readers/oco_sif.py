"""OCO-2 and OCO-3 Lite SIF, versions 10 and 11 (NASA GES DISC, OCO2_L2_Lite_SIF).

Negative values are noise about zero and are kept: without them every mean is too high. Version 11
moved the window at 757 nm, so that the versions are streams which never share a product. The mode
codes differ from those of the XCO2 files: here 3 is an area map and 4 a transition.
"""

import re
from pathlib import Path

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from casa_ogc.readers.lite_xco2 import LICENCE, build
from casa_ogc.readers.reader import Reader, Source

_RADIANCE = ("W/m^2/sr/um", "W/m^2/sr/µm", "W/m^2/sr/μm", "W/m^2/um/sr", "W m-2 sr-1 um-1")
_MODES: dict[int | str, int] = {0: 0, 1: 1, 2: 2, 3: 4, 4: 3}
_CLASSES: dict[int | str, int] = {code: code for code in (-1, 0, 1, 2)}
_COMBINED = "0.75 (SIF 757 + 1.5 SIF 771)"
_ABSENT = (-999999.0,)


def sif_740(sif_757: NDArray[np.float32], sif_771: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return SIF at 740 nm from both windows, as the files have it.

    Parameters
    ----------
    sif_757, sif_771
        Fluorescence [W m-2 um-1 sr-1], any shape.
    """
    combined: NDArray[np.float32] = np.float32(0.75) * (sif_757 + np.float32(1.5) * sif_771)
    return combined


def _product(path: Path) -> str:
    return f"{path.name[:4]}-sif"


def _stream(path: Path) -> str:
    found = re.match(r"B(1\d|\d)", build(path))
    return f"v{found[1]}" if found else ""


def _graded(dataset: xr.Dataset) -> xr.Dataset:
    """Add the flag that all missions share: 0 of best and good, missing where nobody looked.

    SIF at 740 nm is made where a file has only the windows.
    """
    classes = dataset["sif_quality_class"].values
    missing = np.iinfo(np.int8).min
    flag = np.select([np.isin(classes, (0, 1)), classes == 2], [0, 1], missing).astype(np.int8)
    dataset = dataset.assign(quality_flag=("sounding", flag))
    if "sif_740" in dataset:
        return dataset
    combined = sif_740(dataset["sif_757"].values, dataset["sif_771"].values)
    return dataset.assign(sif_740=("sounding", combined, {"comment": _COMBINED}))


def _radiance(path: str, *, required: bool = False) -> Source:
    return Source(path, units=_RADIANCE, required=required, fill=_ABSENT)


def _angle(path: str) -> Source:
    return Source(path, units=("degrees", "degree"), required=False, fill=_ABSENT)


def _number(path: str) -> Source:
    units = ("dimensionless", "none", "1", "unitless", "")
    return Source(path, units=units, required=False, fill=_ABSENT)


READER = Reader(
    files=("oco2_LtSIF_*.nc4", "oco3_LtSIF_*.nc4"),
    kind="soundings",
    product=_product,
    title="OCO-2 and OCO-3 Lite solar-induced fluorescence",
    dims={"sounding_dim": "sounding", "vertex_dim": "vertex"},
    variables={
        "sounding_id": Source("Metadata/SoundingId"),
        "time": Source("Delta_Time", units="seconds since 1990-01-01 00:00:00"),
        "latitude": Source("Latitude", units=("degrees_north", "degrees")),
        "longitude": Source("Longitude", units=("degrees_east", "degrees")),
        "latitude_vertices": Source("Latitude_Corners", units=("degrees_north", "degrees")),
        "longitude_vertices": Source("Longitude_Corners", units=("degrees_east", "degrees")),
        "mode": Source("Metadata/MeasurementMode", codes=_MODES),
        "footprint": Source("Metadata/FootprintId", required=False),
        "orbit": Source("Metadata/OrbitId", required=False),
        "solar_zenith_angle": _angle("SZA"),
        "solar_azimuth_angle": _angle("SAz"),
        "sensor_zenith_angle": _angle("VZA"),
        "sensor_azimuth_angle": _angle("VAz"),
        "sif_740": _radiance("SIF_740nm"),
        "sif_740_uncertainty": _radiance("SIF_Uncertainty_740nm"),
        "sif_740_daily": _radiance("Daily_SIF_740nm"),
        "sif_757_daily": _radiance("Daily_SIF_757nm"),
        "sif_771_daily": _radiance("Daily_SIF_771nm"),
        "sif_757": _radiance("Science/SIF_757nm", required=True),
        "sif_757_uncertainty": _radiance("Science/SIF_Uncertainty_757nm"),
        "sif_771": _radiance("Science/SIF_771nm", required=True),
        "sif_771_uncertainty": _radiance("Science/SIF_Uncertainty_771nm"),
        "continuum_radiance_757": _radiance("Science/continuum_radiance_757nm"),
        "continuum_radiance_771": _radiance("Science/continuum_radiance_771nm"),
        "daily_correction_factor": _number("Science/daily_correction_factor"),
        "land_fraction": Source(
            "Science/sounding_land_fraction", ("percent", "%"), required=False, fill=_ABSENT
        ),
        "igbp_class": Source("Science/IGBP_index", required=False),
        "sif_quality_class": Source("Quality_Flag", codes=_CLASSES),
        "cloud_flag": Source("Cloud/cloud_flag_abp", required=False),
        "o2_ratio": _number("Cloud/o2_ratio"),
        "co2_ratio": _number("Cloud/co2_ratio"),
    },
    attributes={
        "mission": lambda path: f"OCO-{path.name[3]}",
        "instrument": lambda path: f"OCO-{path.name[3]}",
        "product_version": build,
        "references": "@identifier_product_doi|@IdentifierProductDOI",
        "licence": LICENCE,
        "stream": _stream,
    },
    refine=_graded,
)
