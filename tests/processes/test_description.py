"""Descriptions of processes: what is published, in which dialect, at which cost."""

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Annotated, Literal

import pytest
import yaml
from jsonschema import Draft202012Validator
from openapi_schema_validator import OAS30Validator
from pydantic import BaseModel, Field

from casa_processes.common.context import SerialContext
from casa_processes.common.errors import InvalidValueError, UnknownNameError
from casa_processes.common.json_schema import published_schema
from casa_processes.common.process import Process, Text
from casa_processes.common.registry import process, process_ids

every_process = pytest.mark.parametrize("name", process_ids())


class Leaf(BaseModel):
    """A leaf."""

    size: float = Field(gt=0, lt=9)


class Tree(BaseModel):
    kind: Literal["oak"] = "oak"
    leaf: Leaf | None = Field(None, description="the first")
    leaves: list[Leaf | None] = []
    shade: int | str | None = None
    pair: tuple[int, float] = Field((1, 2.0), examples=[(3, 4.0)])
    plain: Annotated[int, Field(ge=1)] = 1


class Endless(BaseModel):
    inner: "Endless | None" = None


def parts(value: object) -> Iterator[dict]:
    """All objects within a JSON value."""
    if isinstance(value, dict):
        yield value
        for each in value.values():
            yield from parts(each)
    elif isinstance(value, list):
        for each in value:
            yield from parts(each)


@every_process
@pytest.mark.realdata
def test_every_description_is_valid_against_the_official_schema(name, schemas):
    document = yaml.safe_load(
        (schemas / "ets-processes10__api-processes10.yaml").read_text(encoding="utf-8")
    )
    text = json.dumps(document).replace("#/components/", "#/$defs/components/")
    schema = {**json.loads(text)["components"]["schemas"]["process"]}
    schema["$defs"] = {"components": json.loads(text)["components"]}
    Draft202012Validator(schema).validate(process(name).description())


@every_process
def test_every_description_stands_alone(name):
    description = process(name).description()
    assert not any(key in each for each in parts(description) for key in ("$ref", "$defs", "const"))
    json.dumps(description, allow_nan=False)


@every_process
def test_every_published_schema_is_an_openapi_schema(name):
    description = process(name).description()
    for described in (*description["inputs"].values(), *description["outputs"].values()):
        OAS30Validator.check_schema(described["schema"])
        assert described["title"]


@every_process
def test_every_example_meets_the_published_schemas_and_runs(name, tmp_path):
    found = process(name)
    published = found.description()["inputs"]
    for key, value in found.example.items():
        OAS30Validator(published[key]["schema"]).validate(value)
    inputs = found.validate(found.example)
    if found.collections(inputs):
        return  # runs where its collection is: tests/service/test_extract_job.py
    outputs = found.load()(inputs, SerialContext(tmp_path))
    assert isinstance(outputs, found.outputs)
    described = found.description()["outputs"]
    for key, value in outputs.model_dump(mode="json", exclude_none=True).items():
        OAS30Validator(described[key]["schema"]).validate(value)


@every_process
def test_every_process_is_described_in_chinese_too(name):
    found = process(name)
    assert found.description("zh")["title"] == found.title.zh != found.title.en
    assert found.description("zh")["description"] == found.abstract.zh


@every_process
def test_required_inputs_occur_once_and_others_may_be_left_out(name):
    found = process(name)
    for key, described in found.description()["inputs"].items():
        assert described["minOccurs"] == int(found.inputs.model_fields[key].is_required())
        assert described["maxOccurs"] == 1


def test_listing_and_describing_load_no_numerical_library():
    code = """
import sys
from casa_processes.common.registry import process, process_ids
ids = process_ids()
assert not any(name.startswith("casa_processes.") and "common" not in name for name in sys.modules)
for name in ids:
    process(name).description()
heavy = {"numba", "numpy", "xarray", "pyarrow", "scipy", "dask"} & set(sys.modules)
assert not heavy, heavy
"""
    subprocess.run([sys.executable, "-c", code], check=True)


def test_an_unknown_process_is_answered_with_those_that_exist():
    with pytest.raises(UnknownNameError, match=r"no process 'zork'; there are: .*smoothed-column"):
        process("zork")


@pytest.mark.parametrize("run", ["casa_processes.nowhere:f", "casa_processes.common.errors:f", "x"])
def test_a_computation_that_does_not_exist_is_named(run):
    lost = Process("lost", "1", Text("Lost", "失"), Text("Lost", "失"), Leaf, Leaf, run)
    with pytest.raises(InvalidValueError, match="run of lost"):
        lost.load()


def test_schemas_are_written_in_the_dialect_of_openapi():
    found = published_schema(Tree)["properties"]
    leaf = {
        "minimum": 0.0,
        "exclusiveMinimum": True,
        "maximum": 9.0,
        "exclusiveMaximum": True,
        "title": "Size",
        "type": "number",
    }
    assert found["leaf"]["properties"] == {"size": leaf}
    assert found["leaf"]["nullable"] is True
    assert found["leaf"]["description"] == "the first"
    assert "default" not in found["leaf"]
    assert found["leaves"]["items"]["properties"] == {"size": leaf}
    assert found["kind"]["enum"] == ["oak"]
    assert found["shade"] == {
        "anyOf": [{"type": "integer"}, {"type": "string"}],
        "title": "Shade",
        "nullable": True,
    }
    assert found["pair"]["example"] == [3, 4.0]
    assert found["pair"]["minItems"] == found["pair"]["maxItems"] == 2
    assert found["plain"] == {"default": 1, "minimum": 1, "title": "Plain", "type": "integer"}


def test_a_model_that_contains_itself_is_refused():
    with pytest.raises(InvalidValueError, match="does not contain itself"):
        published_schema(Endless)
