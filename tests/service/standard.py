"""The official schemas of OGC API Processes 1.0, as validators."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml
from openapi_schema_validator import OAS30Validator

EXCEPTIONS = "http://www.opengis.net/def/exceptions/ogcapi-processes-1/1.0/"
REL = "http://www.opengis.net/def/rel/ogc/1.0/"
CONFORMANCE = "http://www.opengis.net/spec/ogcapi-processes-1/1.0/conf/"


def proves(*classes: str) -> pytest.MarkDecorator:
    """Mark a test with the conformance classes that it proves."""
    return pytest.mark.proves(*classes)


def get(url: str, **headers: str) -> requests.Response:
    """Ask for a resource, with headers by name."""
    return requests.get(url, headers=headers, timeout=60)


def faults(folder: Path, name: str, content: Any) -> list[str]:
    """Return what is wrong with a document by the schema of a name, in both editions of 1.0.

    These are the maintained schemas of the standard, and those that the official test suite has
    within it. One fault of theirs is mended: a value shall be exactly one of text and base64, or of
    whole number and number, but is both; the suite ignores what follows from it as well.
    """
    found = [*_own(folder, name).iter_errors(content), *_suite(folder, name).iter_errors(content)]
    return [f"{'/'.join(map(str, one.absolute_path))}: {one.message}" for one in found]


def _mended(schemas: dict[str, Any]) -> dict[str, Any]:
    values = schemas["inputValueNoObject"]
    values["anyOf"] = values.pop("oneOf")
    return schemas


@cache
def _own(folder: Path, name: str) -> OAS30Validator:
    schemas = {}
    for path in (folder / "processes-1.0.0-maintenance").glob("*.yaml"):
        text = json.dumps(yaml.safe_load(path.read_text(encoding="utf-8")))
        schemas[path.stem] = json.loads(_internal(text))
    return OAS30Validator({"$defs": _mended(schemas), "$ref": f"#/$defs/{name}"})


def _internal(text: str) -> str:
    """Let references to files lead into one document."""
    whole = json.loads(text)

    def written(value: Any) -> Any:
        if isinstance(value, list):
            return [written(each) for each in value]
        if not isinstance(value, dict):
            return value
        reference = value.get("$ref")
        if isinstance(reference, str):
            return {"$ref": f"#/$defs/{Path(reference).stem}"}
        return {key: written(each) for key, each in value.items()}

    return json.dumps(written(whole))


@cache
def _suite(folder: Path, name: str) -> OAS30Validator:
    path = folder / "ets-processes10__api-processes10.yaml"
    schemas = yaml.safe_load(path.read_text(encoding="utf-8"))["components"]["schemas"]
    text = json.dumps(schemas).replace("#/components/schemas/", "#/$defs/")
    return OAS30Validator({"$defs": _mended(json.loads(text)), "$ref": f"#/$defs/{name}"})
