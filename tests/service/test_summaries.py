"""Lists of collections are short, say nothing else than the collections, and all that is needed."""

import json
from typing import Any

import numpy as np
import pyproj
import pytest
import requests

from casa_ogc.web.reference_texts import CRS_DETAILS

LISTS = ("collections", "edr/collections")
NEEDED = {"id", "links", "extent", "data_queries", "parameter_names", "output_formats", "crs"}


def get(server: str, path: str) -> Any:
    response = requests.get(f"{server}/{path}", timeout=60)
    assert response.status_code == 200, response.text[:300]
    return response.json()


def strangers(part: Any, whole: Any, place: str = "") -> list[str]:
    """Return where a part says what the whole does not."""
    if isinstance(part, dict):
        missing = [f"{place}/{key}" for key in part if key not in whole]
        inner = (strangers(part[key], whole[key], f"{place}/{key}") for key in part if key in whole)
        return missing + [one for found in inner for one in found]
    if isinstance(part, list):
        return [f"{place}/{one}" for one in part if one not in whole]
    return [] if part == whole else [place]


@pytest.mark.parametrize(("part", "found"), [({"a": [1]}, 0), ({"a": [3]}, 1), ({"b": 1}, 1)])
def test_a_stranger_would_be_found(part: Any, found: int) -> None:
    assert len(strangers(part, {"a": [1, 2]})) == found


@pytest.mark.parametrize("path", LISTS)
def test_an_entry_says_nothing_else_than_its_collection(coverage_server: str, path: str) -> None:
    entries = get(coverage_server, path)["collections"]
    assert {one["itemType"] for one in entries} == {"timestep", "feature"}
    for entry in entries:
        whole = get(coverage_server, f"{path}/{entry['id']}")
        # The description knows the axes of a cube one by one, its list the head alone.
        assert strangers(entry | {"extent": {}}, whole) == []
        assert entry["extent"]["spatial"]["bbox"] == whole["extent"]["spatial"]["bbox"]


@pytest.mark.parametrize("path", LISTS)
def test_an_entry_has_what_standards_require_and_clients_read(
    coverage_server: str, path: str
) -> None:
    for entry in get(coverage_server, path)["collections"]:
        whole = get(coverage_server, f"{path}/{entry['id']}")
        assert set(entry) >= NEEDED | {"title", "license", "storageCrs", "itemType"}
        assert entry["data_queries"] == whole["data_queries"]
        assert list(entry["parameter_names"]) == list(whole["parameter_names"])
        for one in entry["parameter_names"].values():
            assert isinstance(one["observedProperty"]["label"], str)
        relations = [one["rel"] for one in entry["links"]]
        assert len(set(relations)) == len(relations)
        assert set(relations) == {one["rel"] for one in whole["links"]}


@pytest.mark.parametrize("path", [*LISTS, "collections/grid/instances"])
def test_an_entry_has_few_bytes_beside_queries_and_parameters(
    coverage_server: str, path: str
) -> None:
    content = get(coverage_server, path)
    for entry in content.get("collections") or content["instances"]:
        queries = len(json.dumps(entry.pop("data_queries")))
        parameters = len(json.dumps(entry["parameter_names"])) / len(entry.pop("parameter_names"))
        assert queries < 9_900
        assert parameters < 300
        assert len(json.dumps(entry)) < 4_500


@pytest.mark.parametrize("details", CRS_DETAILS, ids=lambda one: one["crs"][-5:])
def test_a_reference_system_is_told_with_the_order_of_its_axes(details: dict[str, str]) -> None:
    assert len(details["wkt"]) < 400
    system = pyproj.CRS.from_wkt(details["wkt"])
    first = system.axis_info[0].direction
    assert first == ("east" if details["crs"].endswith("CRS84") else "north")
    transformer = pyproj.Transformer.from_crs(system, "OGC:CRS84")
    place = (116.4, 39.9) if first == "east" else (39.9, 116.4)
    np.testing.assert_allclose(transformer.transform(*place), (116.4, 39.9), atol=1e-9)
