"""Official schemas, and readers that share nothing with the encoders."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft4Validator, Draft7Validator


@pytest.fixture(scope="session")
def schemas() -> Path:
    """Folder of the official JSON schemas; skips where there is none."""
    default = Path(__file__).parents[3] / "shared" / "schemas"
    folder = Path(os.environ.get("CASA_SCHEMAS", default))
    if not folder.is_dir():
        pytest.skip(f"no official schemas: set CASA_SCHEMAS ({folder} does not exist)")
    return folder


@pytest.fixture(scope="session")
def ogc_coveragejson(schemas: Path) -> Callable[[Any], None]:
    """Validate a document against the OGC schema of CoverageJSON 1.0."""
    schema = json.loads((schemas / "CoverageJSON__coveragejson.json").read_text("utf-8"))
    return Draft7Validator(schema).validate


@pytest.fixture(scope="session")
def cite_geojson(schemas: Path) -> Callable[[Any], None]:
    """Validate a document against both GeoJSON schemas of the CITE suite of EDR.

    `$ref` hides its siblings in draft 4, so that the FeatureCollection itself is named here.
    """
    validators = []
    for name in ("ets-edr10__geojson.json", "ets-edr10__edrgeojson.json"):
        schema = json.loads((schemas / name).read_text("utf-8"))
        Draft4Validator.check_schema(schema)
        validators.append(Draft4Validator(schema))

    def validate(document: Any) -> None:
        for validator in validators:
            validator.validate(document)

    return validate
