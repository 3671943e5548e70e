"""GOSAT SWIR XCO2 of NIES: TANSO-FTS L2 column-averaged CO2 (products C01S and C02S).

Where the file holds bias-corrected values, ``xco2`` is those and ``xco2_raw`` the others; files
with and without never share a product. The uncertainty is the root sum of squares of the error
components that the file lists (HARP adds them instead). Four of the 36 points of the footprint's
outline are kept, one in nine. The averaging kernel is left out: no pressure levels are known to
tell which end is the surface. Written from published descriptions (HARP's mapping); not tested on
genuine files.
"""

from pathlib import Path

import numpy as np
import xarray as xr

from casa_ogc.readers.files import RawFile, opened
from casa_ogc.readers.reader import Reader, Source
from casa_ogc.readers.stored import needed, stored, without_huge
from casa_processes.common.errors import FileContentError

_RATIO, _PLACE = "Data/mixingRatio", "Data/geolocation"
_XCO2, _CORRECTED = f"{_RATIO}/XCO2", f"{_RATIO}/XCO2BiasCorrected"
_PPM = ("ppm", "ppmv")
_COMPONENTS = {
    "xco2_smoothing_error": Source(f"{_RATIO}/XCO2SmoothingError", units=_PPM, required=False),
    "xco2_retrieval_noise": Source(f"{_RATIO}/XCO2RetrievalNoise", units=_PPM, required=False),
    "xco2_interference_error": Source(
        f"{_RATIO}/XCO2InterferenceError", units=_PPM, required=False
    ),
    "xco2_external_error": Source(
        (f"{_RATIO}/XCO2ExternalNoise", f"{_RATIO}/XCO2ExternalError"), units=_PPM, required=False
    ),
}
_OUTLINE = {
    f"{_PLACE}/footPrintLatitude": "latitude_outline",
    f"{_PLACE}/footPrintLongitude": "longitude_outline",
}
_DEGREES = ("deg", "degree", "degrees", "degrees_north", "degrees_east", "")
_AWAY = (-9999.0,)

_VARIABLES = {
    "sounding_id": Source("identifier"),
    "time": Source("scanAttribute/time"),
    "latitude": Source(f"{_PLACE}/latitude", units=_DEGREES, fill=_AWAY),
    "longitude": Source(f"{_PLACE}/longitude", units=_DEGREES, fill=_AWAY),
    "latitude_vertices": Source("latitude_outline", units=_DEGREES, required=False, fill=_AWAY),
    "longitude_vertices": Source("longitude_outline", units=_DEGREES, required=False, fill=_AWAY),
    "xco2": Source((_CORRECTED, _XCO2), units=_PPM),
    "xco2_uncertainty": Source(f"{_CORRECTED}Error", units=_PPM, required=False),
    "xco2_raw": Source(_XCO2, units=_PPM),
    **_COMPONENTS,
    "quality_flag": Source(
        "Data/retrievalQuality/totalPostScreeningResult",
        required=False,
        codes={0: 0, 1: 1},
    ),
    "solar_zenith_angle": Source(
        f"{_PLACE}/solarZenith", units=_DEGREES, required=False, fill=_AWAY
    ),
    "solar_azimuth_angle": Source(
        f"{_PLACE}/solarAzimuth", units=_DEGREES, required=False, fill=_AWAY
    ),
    "sensor_zenith_angle": Source(
        f"{_PLACE}/satelliteZenith", units=_DEGREES, required=False, fill=_AWAY
    ),
    "sensor_azimuth_angle": Source(
        f"{_PLACE}/satelliteAzimuth", units=_DEGREES, required=False, fill=_AWAY
    ),
}


def _load(path: Path) -> xr.Dataset:
    paths = [one for source in _VARIABLES.values() for one in source.paths]
    with opened(path) as file:
        needed(file, _XCO2)
        dataset = without_huge(stored(file, dict.fromkeys(paths), ("sounding",)))
        dataset = dataset.merge(_outlines(file))
        needed(file, "scanAttribute/time")
        dataset.attrs["satellite"] = _satellite(file)
    dataset.attrs["state"] = "bias-corrected" if _CORRECTED in dataset else "uncorrected"
    stamps = [_digits(text) for text in dataset["scanAttribute/time"].values.tolist()]
    return dataset.assign(identifier=("sounding", np.array(stamps, dtype=np.str_)))


def _refine(dataset: xr.Dataset) -> xr.Dataset:
    """Root sum of squares of the error components, where the file states no error itself."""
    if "xco2_uncertainty" in dataset or not all(name in dataset for name in _COMPONENTS):
        return dataset
    squares = np.zeros(dataset.sizes["sounding"], dtype=np.float64)
    for name in _COMPONENTS:
        squares += dataset[name].values.astype(np.float64) ** 2
    uncertainty = np.sqrt(squares).astype(np.float32)
    return dataset.assign(xco2_uncertainty=("sounding", uncertainty))


def _digits(stamp: str | bytes) -> str:
    """Identifier of a sounding: the digits of its time, ``20090423011325123``."""
    text = stamp.decode("ascii", errors="replace") if isinstance(stamp, bytes) else stamp
    return "".join(character for character in text if character.isdigit())


def _outlines(file: RawFile) -> xr.Dataset:
    """Every ninth point of the footprints' outlines, where the file has them."""
    found = stored(file, _OUTLINE, ("sounding", "point"))
    if not found.sizes:
        return found
    if len(found) != len(_OUTLINE) or found.sizes.get("point", 0) != 36:
        expected = "36 points of latitude and longitude"
        raise FileContentError(file.name, next(iter(_OUTLINE)), expected, str(dict(found.sizes)))
    picked = found.isel(point=slice(None, None, 9)).rename({"point": "vertex"})
    return picked.rename(_OUTLINE)


def _satellite(file: RawFile) -> str:
    raw = file.find("Global/metadata/satelliteName")
    name = str(raw.values(file.name).reshape(-1)[0]).strip() if raw is not None else "GOSAT"
    name = name.removeprefix("b'").removesuffix("'")
    if name != "GOSAT":
        raise FileContentError(file.name, "Global/metadata/satelliteName", "'GOSAT'", repr(name))
    return name


READER = Reader(
    files=("GOSATTFTS*_02C01S*.h5", "GOSATTFTS*_02C02S*.h5"),
    kind="soundings",
    product="gosat-xco2",
    title="XCO2 from GOSAT (NIES SWIR L2)",
    dims={"sounding": "sounding", "vertex": "vertex"},
    variables=_VARIABLES,
    attributes={
        "mission": "@satellite",
        "instrument": "TANSO-FTS",
        "references": "https://doi.org/10.5194/amt-6-1533-2013",
        "licence": "GOSAT data policy",
        "stream": "@state",
    },
    load=_load,
    refine=_refine,
)
