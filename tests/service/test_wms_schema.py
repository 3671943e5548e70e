"""Documents of the Web Map Service hold what their schemas ask, in its order.

The content models of WMS 1.3.0 (ISO 19128, annex E) and 1.1.1 (OGC 01-068r3, annex A) are stated
here as regular expressions over the names of children. Where the official schema of 1.3.0 lies in
the folder of CASA_SCHEMAS, it is asked as well.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from xml.etree import ElementTree

import pytest
import requests
from lxml import etree

from casa_ogc.archive.cubes import write_cube
from casa_ogc.archive.soundings import write_soundings
from tests.archive.builders import soundings
from tests.service.cubes import Habit, cube
from tests.service.sites import free_port, product_file, serving, site_file

XSD = "wms-1.3.0__capabilities_1_3_0.xsd"
XLINK = "{http://www.w3.org/1999/xlink}"
OPERATION = "(Format )+(DCPType )+"
LEGEND = "Format OnlineResource "

COMMON = {
    "KeywordList": "(Keyword )*",
    "ContactInformation": "(ContactPersonPrimary )?(ContactPosition )?(ContactAddress )?.*",
    "ContactPersonPrimary": "ContactPerson ContactOrganization ",
    "GetCapabilities": OPERATION,
    "GetMap": OPERATION,
    "GetFeatureInfo": OPERATION,
    "DCPType": "HTTP ",
    "HTTP": "Get (Post )?",
    "Get": "OnlineResource ",
    "Exception": "(Format )+",
    "Attribution": "(Title )?(OnlineResource )?(LogoURL )?",
    "Style": "Name Title (Abstract )?(LegendURL )*(StyleSheetURL )?(StyleURL )?",
    "LegendURL": LEGEND,
}
NEW = COMMON | {
    "WMS_Capabilities": "Service Capability ",
    "Service": "Name Title (Abstract )?(KeywordList )?OnlineResource (ContactInformation )?(Fees )?"
    "(AccessConstraints )?(LayerLimit )?(MaxWidth )?(MaxHeight )?",
    "Capability": "Request Exception (Layer )?",
    "Request": "GetCapabilities GetMap (GetFeatureInfo )?",
    "Layer": "(Name )?Title (Abstract )?(KeywordList )?(CRS )*(EX_GeographicBoundingBox )?"
    "(BoundingBox )*(Dimension )*(Attribution )?(AuthorityURL )*(Identifier )*(MetadataURL )*"
    "(DataURL )*(FeatureListURL )*(Style )*(MinScaleDenominator )?(MaxScaleDenominator )?(Layer )*",
    "EX_GeographicBoundingBox": "westBoundLongitude eastBoundLongitude southBoundLatitude "
    "northBoundLatitude ",
    "MetadataURL": LEGEND,
}
OLD = COMMON | {
    "WMT_MS_Capabilities": "Service Capability ",
    "Service": "Name Title (Abstract )?(KeywordList )?OnlineResource (ContactInformation )?(Fees )?"
    "(AccessConstraints )?",
    "Capability": "Request Exception (VendorSpecificCapabilities )?(UserDefinedSymbolization )?"
    "(Layer )?",
    "Request": "GetCapabilities GetMap (GetFeatureInfo )?(DescribeLayer )?(GetLegendGraphic )?"
    "(GetStyles )?(PutStyles )?",
    "GetLegendGraphic": OPERATION,
    "Layer": "(Name )?Title (Abstract )?(KeywordList )?(SRS )*(LatLonBoundingBox )?(BoundingBox )*"
    "(Dimension )*(Extent )*(Attribution )?(AuthorityURL )*(Identifier )*(MetadataURL )*(DataURL )*"
    "(FeatureListURL )*(Style )*(ScaleHint )?(Layer )*",
}
NEEDED = {
    "OnlineResource": {f"{XLINK}href"},
    "Dimension": {"name", "units"},
    "Extent": {"name"},
    "LatLonBoundingBox": {"minx", "miny", "maxx", "maxy"},
    "LegendURL": {"width", "height"},
}
OPTIONAL = {
    "OnlineResource": {f"{XLINK}type"},
    "Extent": {"default", "nearestValue"},
    "Layer": {"queryable", "cascaded", "opaque", "noSubsets", "fixedWidth", "fixedHeight"},
}
NEW_DIMENSION = {"unitSymbol", "default", "multipleValues", "nearestValue", "current"}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Server of products with and without levels, whose words need escaping."""
    folder, port = tmp_path_factory.mktemp("schema"), free_port()
    config, archive = folder / "config", folder / "archive"
    site_file(config, archive, url=f"http://127.0.0.1:{port}")
    words = {"title": {"en": 'A < B & "C"', "zh": "<测试>"}, "keywords": ["a & b", "<c>"]}
    product_file(config, "levels", "grid", **words)
    product_file(config, "flat", "grid")
    product_file(config, "rows", "soundings", **words)
    write_cube(archive, "levels", cube(Habit(True, True, "tzyx", True)), ())
    write_cube(archive, "flat", cube(Habit(False, False, "yxt", False)), ())
    write_soundings(archive, "rows", soundings(50), ())
    with serving(config, port) as url:
        yield url


def document(site: str, version: str, query: str = "GetCapabilities") -> ElementTree.Element:
    url = f"{site}/wms?SERVICE=WMS&VERSION={version}&REQUEST={query}"
    return ElementTree.fromstring(requests.get(url, timeout=60).content)


def bare(tag: str) -> str:
    return tag.rpartition("}")[2]


def faults(root: ElementTree.Element, models: Mapping[str, str]) -> list[str]:
    """Return each element whose children or attributes are not those of its model."""
    found = []
    new = "WMS_Capabilities" in models
    for element in root.iter():
        name = bare(element.tag)
        children = "".join(f"{bare(child.tag)} " for child in element)
        if not re.fullmatch(models.get(name, ""), children):
            found.append(f"{name}: {children}")
        needed = set(NEEDED.get(name, set()))
        if name == "BoundingBox":
            needed = {"CRS" if new else "SRS", "minx", "miny", "maxx", "maxy"}
        allowed = needed | OPTIONAL.get(name, set())
        if name == "Dimension":
            allowed |= NEW_DIMENSION if new else {"unitSymbol"}
        if name in ("Layer", "Dimension", "Extent", "BoundingBox", *NEEDED):
            given = set(element.keys())
            if not needed <= given <= allowed:
                found.append(f"{name}: {sorted(given)}")
    return found


@pytest.mark.parametrize(("version", "models"), [("1.3.0", NEW), ("1.1.1", OLD)])
def test_capabilities_hold_what_the_schema_asks(
    site: str, version: str, models: Mapping[str, str]
) -> None:
    root = document(site, version)
    assert sum(bare(one.tag) == "Dimension" for one in root.iter()) >= 4
    assert faults(root, models) == []


@pytest.mark.parametrize(("version", "models"), [("1.3.0", NEW), ("1.1.1", OLD)])
def test_the_models_find_what_is_out_of_place(
    site: str, version: str, models: Mapping[str, str]
) -> None:
    root = document(site, version)
    layer = next(one for one in root.iter() if bare(one.tag) == "Layer")
    layer.append(layer[0])
    assert any(fault.startswith("Layer: Title ") for fault in faults(root, models))
    for one in root.iter():
        one.attrib.pop(f"{XLINK}href", None)
    assert "OnlineResource: " in " ".join(faults(root, models))


@pytest.mark.parametrize("version", ["1.3.0", "1.1.1"])
def test_layer_names_are_unique_and_styles_of_a_layer_too(site: str, version: str) -> None:
    root = document(site, version)
    layers = [one for one in root.iter() if bare(one.tag) == "Layer"]
    names = [child.text for one in layers for child in one if bare(child.tag) == "Name"]
    assert len(set(names)) == len(names) > 0
    for layer in layers:
        styles = [child[0].text for child in layer if bare(child.tag) == "Style"]
        assert len(set(styles)) == len(styles)
        assert "default" in styles or "Name" not in [bare(child.tag) for child in layer]


@pytest.mark.parametrize("version", ["1.3.0", "1.1.1"])
def test_words_of_products_come_back_as_they_were_written(site: str, version: str) -> None:
    root = document(site, version)
    texts = {one.text for one in root.iter() if bare(one.tag) in ("Title", "Keyword")}
    assert {'A < B & "C"', "a & b", "<c>"} <= texts


@pytest.mark.parametrize("version", ["1.3.0", "1.1.1"])
def test_an_exception_is_a_report_of_one_exception(site: str, version: str) -> None:
    root = document(site, version, "GetMap&LAYERS=%3Cno%3E&STYLES=")
    assert (bare(root.tag), root.get("version")) == ("ServiceExceptionReport", version)
    (one,) = root
    assert bare(one.tag) == "ServiceException"
    assert set(one.keys()) <= {"code", "locator"}


def test_capabilities_of_1_3_0_are_valid_in_the_official_schema(site: str, schemas: Path) -> None:
    path = schemas / XSD
    if not path.is_file():
        pytest.skip(f"no official schema of WMS: {path} does not exist")
    schema = etree.XMLSchema(etree.parse(path))
    url = f"{site}/wms?SERVICE=WMS&VERSION=1.3.0&REQUEST=GetCapabilities"
    schema.assertValid(etree.fromstring(requests.get(url, timeout=60).content))
