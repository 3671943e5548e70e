"""Every CoverageJSON that the services answer is valid for covjson-pydantic."""

import json

import pytest
import requests
from covjson_pydantic.coverage import Coverage, CoverageCollection

from tests.clients.known import GRID, LEVELS, SOUNDINGS

WHEN = "datetime=2022-01-01T12:00:00Z"
SQUARE = "POLYGON((0 0,60 0,60 60,0 60,0 0))"
LINE = "LINESTRING(0 0,60 45)"
QUERIES = (
    "coverage?bbox=0,0,60,60",
    f"coverage?{WHEN}",
    f"coverage?bbox=170,-20,-170,20&{WHEN}",
    f"coverage?bbox=1,1,2,2&{WHEN}",
    f"coverage?scale-factor=2&{WHEN}",
    "position?coords=POINT(12 34)",
    "position?coords=MULTIPOINT((12 34),(56 7))",
    f"position?coords=POINT(12 34)&{WHEN}",
    f"area?coords={SQUARE}&{WHEN}",
    f"radius?coords=POINT(12 34)&within=2000&within-units=km&{WHEN}",
    f"cube?bbox=0,0,60,60&{WHEN}",
    "cube?bbox=0,0,60,60&datetime=2022-01-01/2022-01-02",
    f"trajectory?coords={LINE}&{WHEN}",
    f"corridor?coords={LINE}&corridor-width=500&width-units=km&{WHEN}",
)
CASES = [
    *((name, query) for name in (GRID, LEVELS) for query in QUERIES),
    (LEVELS, f"position?coords=POINT(12 34)&z=500&{WHEN}"),
    (LEVELS, f"cube?bbox=0,0,60,60&z=850/200&{WHEN}"),
    (SOUNDINGS, f"area?coords={SQUARE}"),
    (SOUNDINGS, "cube?bbox=0,0,60,60"),
    (SOUNDINGS, "radius?coords=POINT(12 34)&within=3000&within-units=km"),
    (SOUNDINGS, "coverage?bbox=0,0,60,60"),
    (SOUNDINGS, "position?coords=POINT(179.9 20)"),
    (SOUNDINGS, f"corridor?coords={LINE}&corridor-width=2000&width-units=km"),
]


def _refuse(constant: str) -> None:
    raise AssertionError(f"{constant} is no JSON")


@pytest.mark.parametrize(("name", "query"), CASES)
def test_an_answer_is_valid_coveragejson(site: str, name: str, query: str) -> None:
    response = requests.get(f"{site}/collections/{name}/{query}&f=CoverageJSON", timeout=30)
    assert response.status_code == 200, response.text[:300]
    content = json.loads(response.text, parse_constant=_refuse)
    model = CoverageCollection if content["type"] == "CoverageCollection" else Coverage
    model.model_validate_json(response.text)
