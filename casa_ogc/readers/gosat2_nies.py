"""GOSAT-2 SWIR XCO2 of NIES: TANSO-FTS-2 L2, as far as it is known.

Known are the groups ``RetrievalResult``, ``SoundingGeometry`` and ``SoundingAttribute`` and few
names in them; whatever a file has elsewhere or in other units is refused with its name. Not tested
on genuine files.
"""

from pathlib import Path

import xarray as xr

from casa_ogc.readers.files import opened
from casa_ogc.readers.reader import Reader, Source
from casa_ogc.readers.stored import stored

_GROUPS = ("RetrievalResult", "RetrievalResult_fp")
_PPM = ("ppm", "ppmv")
_DEGREES = ("deg", "degree", "degrees", "degrees_north", "degrees_east", "")
_FILL = (-9999.0, -999.0)


def _result(*names: str) -> tuple[str, ...]:
    return tuple(f"{group}/{name}" for name in names for group in _GROUPS)


_VARIABLES = {
    "sounding_id": Source(("SoundingAttribute/soundingID", "SoundingAttribute/observationTime")),
    "time": Source("SoundingAttribute/observationTime"),
    "latitude": Source("SoundingGeometry/latitude", units=_DEGREES, fill=_FILL),
    "longitude": Source("SoundingGeometry/longitude", units=_DEGREES, fill=_FILL),
    "xco2": Source(_result("xco2"), units=_PPM, fill=_FILL),
    "xco2_uncertainty": Source(
        _result("xco2_uncert", "xco2_uncertainty"), units=_PPM, required=False, fill=_FILL
    ),
    "solar_zenith_angle": Source(
        "SoundingGeometry/solarZenith", units=_DEGREES, required=False, fill=_FILL
    ),
    "sensor_zenith_angle": Source(
        "SoundingGeometry/satelliteZenith", units=_DEGREES, required=False, fill=_FILL
    ),
}


def _load(path: Path) -> xr.Dataset:
    """What the reader takes of the file, with units also where they are called ``unit``."""
    paths = [one for source in _VARIABLES.values() for one in source.paths]
    with opened(path) as file:
        return stored(file, dict.fromkeys(paths), ("sounding",))


READER = Reader(
    files=("GOSAT2TFTS2*_02SWFP*.h5",),
    kind="soundings",
    product="gosat2-xco2",
    title="XCO2 from GOSAT-2 (NIES SWIR L2)",
    dims={"sounding": "sounding"},
    variables=_VARIABLES,
    attributes={
        "mission": "GOSAT-2",
        "instrument": "TANSO-FTS-2",
        "licence": "GOSAT-2 data policy",
    },
    load=_load,
)
