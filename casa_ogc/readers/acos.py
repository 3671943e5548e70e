"""GOSAT XCO2 by the ACOS retrieval, Lite files version 9 (NASA GES DISC, ACOS_L2_Lite_FP).

The layout is that of the OCO Lite files without footprint corners; the detector's gain is a letter.
"""

from casa_ogc.readers.lite_xco2 import DIMS, LICENCE, RETRIEVAL, build
from casa_ogc.readers.reader import Reader, Source

READER = Reader(
    files=("acos_LtCO2_*.nc4", "acos_LtCO2_*.nc"),
    kind="soundings",
    product="acos-gosat-xco2",
    title="GOSAT Lite XCO2 by the ACOS retrieval, bias-corrected",
    dims=DIMS,
    variables={
        **RETRIEVAL,
        "gain": Source("Sounding/gain", required=False),
        "glint_angle": Source("Sounding/glint_angle", units="degrees", required=False),
        "land_fraction": Source("Sounding/land_fraction", ("percent", "%"), required=False),
    },
    attributes={
        "mission": "GOSAT",
        "instrument": "TANSO-FTS",
        "product_version": build,
        "references": "@identifier_product_doi",
        "licence": LICENCE,
        "xco2_scale": "WMO CO2 X2007",
        "co2_profile_apriori_basis": "dry",
    },
)
