"""OCO-2 and OCO-3 Lite XCO2, bias-corrected (NASA GES DISC, OCO2_L2_Lite_FP, OCO3_L2_Lite_FP).

One declaration for builds 9, 10 and 11 of both missions. The mode codes are nadir 0, glint 1,
target 2, transition 3, and on OCO-3 area map 4.
"""

from pathlib import Path

from casa_ogc.readers.lite_xco2 import DIMS, FOOTPRINTS, LICENCE, RETRIEVAL, TARGETS, build
from casa_ogc.readers.reader import Reader


def _product(path: Path) -> str:
    return f"{path.name[:4]}-xco2"


READER = Reader(
    files=("oco2_LtCO2_*.nc4", "oco3_LtCO2_*.nc4"),
    kind="soundings",
    product=_product,
    title="OCO-2 and OCO-3 Lite XCO2, bias-corrected",
    dims=DIMS,
    variables={**RETRIEVAL, **FOOTPRINTS, **TARGETS},
    attributes={
        "mission": "@Platform",
        "instrument": "@Sensor",
        "product_version": build,
        "references": "@identifier_product_doi",
        "licence": LICENCE,
        "xco2_scale": "WMO CO2 X2007",
        "xco2_x2019_scale": "WMO CO2 X2019",
        "co2_profile_apriori_basis": "dry",
    },
)
