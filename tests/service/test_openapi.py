"""The OpenAPI document tells of every endpoint and parameter, in words."""

import re
from pathlib import Path
from typing import Any

import pytest

from casa_ogc.catalog.settings import load_settings
from casa_ogc.web.openapi import openapi_document, path_of
from casa_ogc.web.routes import ENDPOINTS
from casa_processes.common.registry import process_ids
from tests.service.sites import site_file

ANSWERED = [one for one in ENDPOINTS if one.name != "execution"]


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder: Path = tmp_path_factory.mktemp("openapi")
    more = {"licence_url": "https://x.org/licence", "terms_of_service": "https://x.org/terms"}
    site_file(folder, folder, url="https://x.org/casa/", **more)
    return openapi_document(load_settings(folder))


def operations(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        f"{method} {path}": operation
        for path, item in document["paths"].items()
        for method, operation in item.items()
    }


def test_every_endpoint_and_every_process_has_its_path(document: dict[str, Any]) -> None:
    expected = {path_of(one.rule) for one in ANSWERED}
    expected |= {f"/processes/{name}/execution" for name in process_ids() if name != "long"}
    assert set(document["paths"]) == expected
    for path, item in document["paths"].items():
        assert path.startswith("/")
        assert "<" not in path
        assert set(item) <= {"get", "post", "delete"}


@pytest.mark.parametrize("endpoint", ANSWERED, ids=lambda one: one.name)
def test_an_endpoint_declares_what_it_takes_in_the_order_of_its_table(
    document: dict[str, Any], endpoint: Any
) -> None:
    item = document["paths"][path_of(endpoint.rule)]
    taken = [one["name"] for one in item["get"]["parameters"] if one["in"] == "query"]
    assert taken == [one.name for one in endpoint.parameters]
    needed = {one["name"] for one in item["get"]["parameters"] if one["required"]}
    within = set(re.findall(r"{(\w+)}", path_of(endpoint.rule)))
    assert needed == within | {one.name for one in endpoint.parameters if one.required}
    assert ("post" in item) == endpoint.posts
    if endpoint.posts:
        for content in item["post"]["requestBody"]["content"].values():
            assert set(content["schema"]["properties"]) == set(taken)


def test_every_parameter_is_described_by_a_sentence(document: dict[str, Any]) -> None:
    for name, operation in operations(document).items():
        for one in operation.get("parameters", ()):
            assert one["description"].strip(), (name, one["name"])
            assert one["description"].endswith("."), (name, one["name"])


def test_every_operation_has_a_name_of_its_own_a_summary_and_a_known_tag(
    document: dict[str, Any],
) -> None:
    found = operations(document).values()
    names = [one["operationId"] for one in found]
    assert len(set(names)) == len(names)
    tags = {one["name"] for one in document["tags"]}
    for one in found:
        assert one["summary"]
        assert set(one["tags"]) <= tags


def test_the_document_says_whose_site_it_is_and_where(document: dict[str, Any]) -> None:
    info = document["info"]
    assert document["servers"] == [{"url": "https://x.org/casa"}]
    assert info["license"] == {"name": "CC0-1.0", "url": "https://x.org/licence"}
    assert info["termsOfService"] == "https://x.org/terms"
    assert (info["title"], info["contact"]) == ("Test", {"name": "Tests"})


def test_boxes_and_pages_are_declared_as_features_wants_them(document: dict[str, Any]) -> None:
    """OGC 17-069r4, requirements fc-limit-definition, fc-bbox-definition, fc-time-definition."""
    path = next(path_of(one.rule) for one in ENDPOINTS if one.name == "items")
    given = {one["name"]: one for one in document["paths"][path]["get"]["parameters"]}
    for name in ("bbox", "limit", "datetime"):
        assert (given[name]["style"], given[name]["explode"]) == ("form", False)
        assert given[name]["required"] is False
    assert given["datetime"]["schema"]["type"] == "string"
    box = given["bbox"]["schema"]
    assert (box["type"], box["minItems"], box["maxItems"]) == ("array", 4, 6)
    assert box["items"] == {"type": "number"}
    assert given["bbox"]["example"] == [73, 18, 135, 54]
    limit = given["limit"]["schema"]
    assert (limit["minimum"], limit["default"], limit["maximum"]) == (1, 100, 10_000)
