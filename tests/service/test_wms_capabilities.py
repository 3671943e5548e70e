"""GetCapabilities of the Web Map Service, in the words of both versions."""

from xml.etree import ElementTree

import numpy as np
import pytest
import requests

from casa_ogc.web.wms_capabilities import time_dimension
from tests.service.cubes import HABITS
from tests.service.pictures import fetch, pixels_of

LAYER = "cube-up-180-tyx-float:xco2"
DEEP = "cube-down-360-tzyx-packed:xco2"
WMS, LINK = "{http://www.opengis.net/wms}", "{http://www.w3.org/1999/xlink}href"
NEW_ORDER = (
    "Name Title Abstract KeywordList CRS EX_GeographicBoundingBox BoundingBox Dimension "
    "Attribution AuthorityURL Identifier MetadataURL DataURL FeatureListURL Style Layer"
)
OLD_ORDER = (
    "Name Title Abstract KeywordList SRS LatLonBoundingBox BoundingBox Dimension Extent "
    "Attribution Style Layer"
)


def capabilities(server: str, version: str) -> ElementTree.Element:
    url = f"{server}/wms?SERVICE=WMS&REQUEST=GetCapabilities&VERSION={version}"
    response = requests.get(url, timeout=60)
    assert "xml" in response.headers["Content-Type"]
    return ElementTree.fromstring(response.content)


def test_capabilities_of_1_3_0_list_layers_with_times_levels_styles(matrix_server: str) -> None:
    root = capabilities(matrix_server, "1.3.0")
    assert (root.tag, root.get("version")) == (f"{WMS}WMS_Capabilities", "1.3.0")
    groups = root.findall(f"{WMS}Capability/{WMS}Layer/{WMS}Layer")
    assert len(groups) == len(HABITS)
    systems = {one.text for one in root.findall(f".//{WMS}CRS")}
    assert systems == {"CRS:84", "EPSG:4326", "EPSG:3857"}
    deep = next(g for g in groups if "tzyx" in (g.findtext(f"{WMS}Layer/{WMS}Name") or ""))
    dimensions = {one.get("name"): one for one in deep.findall(f"{WMS}Layer/{WMS}Dimension")}
    assert dimensions["time"].text == "2022-01-01T00:00:00Z/2022-01-06T12:00:00Z/PT12H"
    assert dimensions["time"].get("default") == "2022-01-06T12:00:00Z"
    assert dimensions["elevation"].text == "850,500,200"
    assert dimensions["elevation"].get("units") == "hPa"
    boxes = {one.get("CRS"): one for one in deep.findall(f"{WMS}BoundingBox")}
    assert [boxes["EPSG:4326"].get(k) for k in ("minx", "miny")] == ["-90.0", "-180.0"]
    assert [boxes["CRS:84"].get(k) for k in ("minx", "miny")] == ["-180.0", "-90.0"]
    layers = [one.findtext(f"{WMS}Name") for one in root.iter(f"{WMS}Layer")]
    assert {LAYER, DEEP, LAYER + "_uncertainty"} <= set(layers)
    legend = deep.find(f"{WMS}Layer/{WMS}Style/{WMS}LegendURL/{WMS}OnlineResource")
    assert legend is not None
    query = str(legend.get(LINK)).partition("?")[2]
    assert pixels_of(fetch(f"{matrix_server}/wms?{query}")).shape[:2] == (78, 300)


@pytest.mark.parametrize(
    ("version", "tag", "order"),
    [("1.3.0", f"{WMS}Layer", NEW_ORDER), ("1.1.1", "Layer", OLD_ORDER)],
)
def test_elements_of_layers_stand_in_the_order_of_the_schema(
    matrix_server: str, version: str, tag: str, order: str
) -> None:
    known = order.split()
    for layer in capabilities(matrix_server, version).iter(tag):
        places = [known.index(child.tag.removeprefix(WMS)) for child in layer]
        assert places == sorted(places)


@pytest.mark.parametrize(("version", "space"), [("1.3.0", WMS), ("1.1.1", "")])
def test_layers_inherit_the_styles_that_the_collection_lists(
    matrix_server: str, version: str, space: str
) -> None:
    root = capabilities(matrix_server, version)
    listed = requests.get(f"{matrix_server}/collections/{LAYER.split(':')[0]}/styles", timeout=60)
    expected = sorted(one["id"] for one in listed.json()["styles"])

    def walk(layer: ElementTree.Element, above: list[str]) -> int:
        own = [one.findtext(f"{space}Name") or "" for one in layer.findall(f"{space}Style")]
        inner = [walk(one, above + own) for one in layer.findall(f"{space}Layer")]
        named = layer.find(f"{space}Name") is not None
        if named:
            assert sorted(above + own) == expected
            assert layer.find(f"{space}Style/{space}LegendURL") is not None
        return named + sum(inner)

    (first,) = root.findall(f"{space}Capability/{space}Layer")
    layers = walk(first, [])
    assert layers == 2 * len(HABITS)
    assert len(root.findall(f".//{space}Style")) == len(expected) - 1 + layers


def test_capabilities_of_1_1_1_say_the_same_in_their_words(matrix_server: str) -> None:
    root = capabilities(matrix_server, "1.1.1")
    assert (root.tag, root.get("version")) == ("WMT_MS_Capabilities", "1.1.1")
    extents = {one.get("name"): one.text for one in root.iter("Extent")}
    assert extents["time"] == "2022-01-01T00:00:00Z/2022-01-06T12:00:00Z/PT12H"
    assert LAYER in {one.findtext("Name") for one in root.iter("Layer")}


@pytest.mark.parametrize(
    ("asked", "answered"),
    [("1.3.0", "1.3.0"), ("1.3.1", "1.3.0"), ("1.1.0", "1.1.1"), ("", "1.3.0")],
)
def test_versions_are_negotiated(matrix_server: str, asked: str, answered: str) -> None:
    assert capabilities(matrix_server, asked).get("version") == answered


@pytest.mark.parametrize(
    ("steps", "text"),
    [
        (["2022-01-01"], "2022-01-01T00:00:00Z"),
        (
            ["2022-01-01", "2022-01-02", "2022-01-03"],
            "2022-01-01T00:00:00Z/2022-01-03T00:00:00Z/P1D",
        ),
        (
            ["2022-01-01", "2022-02-01", "2022-03-01"],
            "2022-01-01T00:00:00Z/2022-03-01T00:00:00Z/P1M",
        ),
        (["2020-01-01", "2021-01-01"], "2020-01-01T00:00:00Z/2021-01-01T00:00:00Z/P1Y"),
        (
            ["2022-01-03", "2022-01-01", "2022-01-02T06:00"],
            "2022-01-01T00:00:00Z,2022-01-02T06:00:00Z,2022-01-03T00:00:00Z",
        ),
        (
            ["2022-01-01T00:30", "2022-01-01T01:15"],
            "2022-01-01T00:30:00Z/2022-01-01T01:15:00Z/PT45M",
        ),
    ],
)
def test_times_are_described_by_their_period_where_they_have_one(
    steps: list[str], text: str
) -> None:
    dimension = time_dimension(np.array(steps, dtype="datetime64[ns]"))
    assert dimension.values == text
    assert dimension.default == str(max(np.array(steps, "M8[s]"))) + "Z"
