"""Executions in the OpenAPI document: what it promises is what is validated."""

import pytest
from openapi_schema_validator import OAS30Validator

from casa_ogc.jobs.requests import MEMBERS
from casa_ogc.web.app import page_policy
from casa_ogc.web.openapi_executions import as_openapi, request_schema
from casa_processes.common.registry import process, process_ids

every_process = pytest.mark.parametrize("name", process_ids())


@every_process
def test_the_example_of_a_process_is_a_request_by_its_schema(name):
    validator = OAS30Validator(request_schema(process(name)))
    request = {
        "inputs": dict(process(name).example),
        "outputs": {
            key: {"transmissionMode": "value"} for key in process(name).outputs.model_fields
        },
        "response": "document",
        "title": "x",
        "labels": ["x"],
    }
    assert not list(validator.iter_errors(request))


@every_process
def test_the_schema_of_a_request_has_every_member_that_is_read(name):
    schema = request_schema(process(name))
    assert set(schema["properties"]) == set(MEMBERS)
    assert set(schema["properties"]["inputs"]["properties"]) == set(
        process(name).inputs.model_fields
    )


@every_process
@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"inputs": 1},
        {"inputs": {}, "response": "zip"},
        {"inputs": {}, "labels": ["x" * 65]},
        {"inputs": {}, "labels": ["x"] * 21},
        {"inputs": {}, "title": 1},
    ],
)
def test_what_is_refused_is_no_request_by_the_schema(name, wrong):
    assert list(OAS30Validator(request_schema(process(name))).iter_errors(wrong))


def test_content_of_text_is_written_in_the_words_of_openapi():
    published = {
        "anyOf": [
            {"type": "string", "contentMediaType": "image/tiff", "contentEncoding": "binary"},
            {"type": "array", "items": {"type": "string", "contentMediaType": "a/b"}},
        ],
        "nullable": True,
    }
    assert as_openapi(published) == {
        "anyOf": [
            {"type": "string", "format": "byte"},
            {"type": "array", "items": {"type": "string", "format": "byte"}},
        ],
        "nullable": True,
    }


def test_a_page_may_run_what_this_server_sends_and_nothing_else():
    policy = page_policy("https://casa.example/below/here")
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert rules["default-src"] == rules["base-uri"] == rules["frame-ancestors"] == "'none'"
    for kind in ("script-src", "style-src", "img-src", "connect-src", "form-action"):
        assert rules[kind] == "'self' https://casa.example"
    assert "unsafe" not in policy
    assert "*" not in policy
