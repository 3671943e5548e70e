"""The echo process: what comes back, what is refused, and what the official test suite sends."""

import base64
import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openapi_schema_validator import OAS30Validator

from casa_processes.common.context import SerialContext, StoppedError
from casa_processes.common.errors import InvalidInputsError
from casa_processes.common.json_types import TIFF
from casa_processes.common.registry import process

ECHO = process("echo")
PIXEL = b"II*\0" + bytes(range(60))
IMAGE = base64.b64encode(PIXEL).decode()
FEATURES = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "id": 7,
            "geometry": {"type": "LineString", "coordinates": [[0, 1], [2.5, 3]]},
            "properties": {"name": "线", "rank": None},
        },
        {"type": "Feature", "geometry": None, "properties": None},
    ],
    "note": "a foreign member",
}
SPECIFIC = {
    "measureInput": {"measurement": 10.5, "uom": "m", "reference": "https://example.org/m"},
    "dateInput": "2021-03-06T07:21:00+08:00",
    "doubleInput": 10,
    "arrayInput": [1, 2, 3],
    "complexObjectInput": {
        "property1": "a",
        "property4": "2021-03-06T07:21:00Z",
        "property5": False,
    },
    "geometryInput": {"type": "GeometryCollection", "geometries": [{"type": "Point"}]},
    "boundingBoxInput": {
        "bbox": [51.9, 7, 0, 52, 7.1, 9],
        "crs": "http://www.opengis.net/def/crs/OGC/0/CRS84h",
    },
    "featureCollectionInput": FEATURES,
}


def run(folder, inputs, context=None):
    """Outputs as JSON, those without a value left out."""
    context = context or SerialContext(folder)
    outputs = ECHO.load()(ECHO.validate(inputs), context)
    values = outputs.model_dump(mode="json")
    return {name: value for name, value in values.items() if value is not None}


def refused(inputs):
    with pytest.raises(InvalidInputsError) as caught:
        ECHO.validate(inputs)
    return {place for place, _ in caught.value.problems}


def test_every_input_comes_back_by_its_name(tmp_path):
    inputs = {"stringInput": "<b>text</b>", **SPECIFIC}
    assert run(tmp_path, inputs) == inputs


@given(text=st.text(), numbers=st.lists(st.integers(-(2**63), 2**63), min_size=2, max_size=10))
def test_any_text_and_any_integers_come_back(tmp_path, text, numbers):
    found = run(tmp_path, {"stringInput": text, "arrayInput": numbers})
    assert found == {"stringInput": text, "arrayInput": numbers, "doubleInput": 5.0}


def test_an_image_comes_back_as_a_file_of_the_same_bytes(tmp_path):
    wrapped = {"value": IMAGE, "format": {"mediaType": TIFF, "encoding": "base64"}}
    inputs = ECHO.validate({"stringInput": "", "imageInput": wrapped})
    outputs = ECHO.load()(inputs, SerialContext(tmp_path))
    assert outputs.imageInput.parent == tmp_path
    assert outputs.imageInput.read_bytes() == PIXEL
    assert ECHO.files()["imageInput"].media_type == TIFF


def test_outputs_have_the_names_of_the_inputs_in_their_order():
    described = ECHO.description()
    assert list(described["outputs"]) == [name for name in described["inputs"] if name != "pause"]
    assert next(iter(described["inputs"])) == "stringInput"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("stringInput", 1),
        ("measureInput", {"measurement": 1.0}),
        ("measureInput", {"measurement": "1", "uom": "m"}),
        ("dateInput", "2021-03-06"),
        ("dateInput", "2021-03-06T07:21:00"),
        ("dateInput", "yesterday"),
        ("doubleInput", 0),
        ("doubleInput", 10.5),
        ("doubleInput", float("nan")),
        ("arrayInput", [1]),
        ("arrayInput", [1, 2.5]),
        ("arrayInput", list(range(11))),
        ("complexObjectInput", {"property1": "a"}),
        ("complexObjectInput", {"property1": "a", "property5": True, "property6": 1}),
        ("geometryInput", {"type": "Circle", "coordinates": [0, 0]}),
        ("geometryInput", {"type": "Point"}),
        ("boundingBoxInput", {"bbox": [1, 2, 3]}),
        ("boundingBoxInput", {"bbox": [1, 2, 3, 4, 5]}),
        ("boundingBoxInput", {"bbox": [1, 2, 3, 4], "crs": "EPSG:4326"}),
        ("boundingBoxInput", [1, 2, 3, 4]),
        ("imageInput", "no base64!"),
        ("imageInput", base64.b64encode(b"%PDF-1.7").decode()),
        ("imageInput", {"type": "wrong/type"}),
        ("featureCollectionInput", {"type": "FeatureCollection"}),
        ("featureCollectionInput", {"type": "FeatureCollection", "features": [{"type": "F"}]}),
        ("pause", -1),
        ("pause", 1e6),
        ("pauze", 1),
    ],
)
def test_a_wrong_value_is_refused_by_its_name(name, value):
    places = refused({"stringInput": "", name: value})
    assert places
    assert all(place.startswith(f"/{name}") for place in places)


def test_the_text_is_needed():
    assert refused({}) == {"/stringInput"}


@pytest.mark.parametrize("name", [*SPECIFIC, "imageInput"])
def test_what_is_accepted_meets_the_published_schema(name):
    value = SPECIFIC.get(name, IMAGE)
    OAS30Validator(ECHO.description()["inputs"][name]["schema"]).validate(value)


def sent_by_the_suite(schema):
    """What ets-ogcapi-processes10 sends for an input, by the form of its schema; None: nothing.

    Its fixture reads ``type``, else the types within ``oneOf``; text stands for objects.
    """
    types = [schema] if "type" in schema else schema.get("oneOf", [])
    sent = None
    for each in types:
        kind = each.get("type")
        assert kind != "object" or "bbox" not in each.get("properties", {})
        if kind == "string" and "contentMediaType" not in each and "format" not in each:
            sent = "teststring"
        elif kind == "object":
            sent = {"value": "teststring"}
    return sent


def test_the_official_test_suite_can_execute_it(tmp_path):
    described = ECHO.description()["inputs"]
    sent = {name: sent_by_the_suite(each["schema"]) for name, each in described.items()}
    inputs = {name: value for name, value in sent.items() if value is not None}
    assert set(inputs) == {"stringInput", "complexObjectInput"}
    found = run(tmp_path, inputs)
    assert found["stringInput"] == found["complexObjectInput"] == "teststring"


def test_the_official_test_suite_finds_a_box_an_array_and_an_image():
    described = ECHO.description()
    for kind in ("inputs", "outputs"):
        schemas = {name: each["schema"] for name, each in described[kind].items()}
        assert schemas["boundingBoxInput"]["allOf"][0] == {"format": "ogc-bbox"}
        assert schemas["arrayInput"]["type"] == "array"
        assert schemas["imageInput"]["contentEncoding"] == "binary"
        assert schemas["imageInput"]["contentMediaType"] == TIFF


def test_the_box_that_the_official_test_suite_sends_comes_back(tmp_path):
    box = {"bbox": [51.9, 7, 52, 7.1], "crs": "http://www.opengis.net/def/crs/OGC/1.3/CRS84"}
    found = run(tmp_path, {"stringInput": "", "boundingBoxInput": box})
    assert found["boundingBoxInput"] == box


class Watched(SerialContext):
    """A context that is stopped from another thread."""

    def __init__(self, folder):
        super().__init__(folder)
        self.stop = threading.Event()
        self.told = []

    def check(self):
        if self.stop.is_set():
            raise StoppedError

    def progress(self, fraction, message=""):
        self.told.append((fraction, message))
        self.check()


def test_a_pause_is_as_long_as_asked_and_tells_how_far_it_is(tmp_path):
    context = Watched(tmp_path)
    before = time.monotonic()
    run(tmp_path, {"stringInput": "", "pause": 2.2}, context)
    assert time.monotonic() - before >= 2.2
    fractions = [fraction for fraction, _ in context.told]
    assert len(fractions) == 2
    assert 0.0 < fractions[0] < fractions[1] < 1.0


def test_a_pause_ends_when_the_run_is_stopped(tmp_path):
    context = Watched(tmp_path)
    context.stop.set()
    with pytest.raises(StoppedError):
        run(tmp_path, {"stringInput": "", "pause": 600}, context)


def test_the_expected_cost_counts_the_pause_and_what_was_given():
    cheap, dear = (
        ECHO.cost(ECHO.validate(inputs), {})
        for inputs in ({"stringInput": ""}, {"stringInput": "x" * 10**6, "pause": 30})
    )
    assert dear.cpu_seconds - cheap.cpu_seconds == pytest.approx(30.0)
    assert dear.result - cheap.result == pytest.approx(10**6, rel=1e-3)
