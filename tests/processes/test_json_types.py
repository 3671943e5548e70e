"""Kinds of JSON values that processes share: what passes, what is refused, how it is published."""

import base64
from datetime import UTC, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openapi_schema_validator import OAS30Validator
from pydantic import BaseModel, ValidationError

from casa_processes.common.json_schema import published_schema
from casa_processes.common.json_types import (
    TIFF,
    BoundingBox,
    DateTime,
    FeatureCollection,
    Geometry,
    Number,
    TiffImage,
    decoded,
)


class Holder(BaseModel):
    box: BoundingBox | None = None
    instant: DateTime | None = None
    geometry: Geometry | None = None
    features: FeatureCollection | None = None
    image: TiffImage | None = None
    number: Number | None = None


SCHEMAS = published_schema(Holder)["properties"]
finite = st.floats(allow_nan=False, allow_infinity=False)
positions = st.lists(finite, min_size=2, max_size=3)
geometries = st.one_of(
    st.fixed_dictionaries({"type": st.just("Point"), "coordinates": positions}),
    st.fixed_dictionaries(
        {
            "type": st.sampled_from(["LineString", "MultiPoint"]),
            "coordinates": st.lists(positions, min_size=2, max_size=5),
        }
    ),
    st.fixed_dictionaries(
        {"type": st.just("GeometryCollection"), "geometries": st.just([])},
        optional={"bbox": st.lists(finite, min_size=4, max_size=4)},
    ),
)
features = st.fixed_dictionaries(
    {
        "type": st.just("Feature"),
        "geometry": st.none() | geometries,
        "properties": st.none() | st.dictionaries(st.text(), st.none() | st.text() | finite),
    },
    optional={"id": st.text() | st.integers()},
)


def kept(name, value):
    """The value after validation and back as JSON."""
    OAS30Validator(SCHEMAS[name]).validate(value)
    return Holder(**{name: value}).model_dump(mode="json")[name]


def refused(name, value):
    with pytest.raises(ValidationError):
        Holder(**{name: value})
    return True


@given(geometries)
def test_a_geometry_passes_unchanged(geometry):
    assert kept("geometry", geometry) == geometry


@given(st.lists(features, max_size=4))
def test_features_pass_unchanged_with_their_foreign_members(members):
    whole = {"type": "FeatureCollection", "features": members, "name": "any"}
    assert kept("features", whole) == whole


@given(st.lists(finite, max_size=8))
def test_a_box_has_four_or_six_numbers(numbers):
    box = {"bbox": numbers}
    if len(numbers) in (4, 6):
        assert kept("box", box) == box
    else:
        assert refused("box", box)


@pytest.mark.parametrize(
    "crs",
    [
        "http://www.opengis.net/def/crs/OGC/1.3/CRS84",
        "http://www.opengis.net/def/crs/OGC/0/CRS84h",
    ],
)
def test_a_box_may_name_one_of_two_systems(crs):
    box = {"bbox": [0.0, 0.0, 1.0, 1.0], "crs": crs}
    assert kept("box", box) == box
    assert refused("box", box | {"crs": crs + "x"})


@given(
    st.datetimes(),
    st.sampled_from([UTC, timezone(timedelta(hours=8)), timezone(-timedelta(hours=3, minutes=30))]),
)
def test_an_instant_with_a_zone_keeps_its_text(instant, zone):
    text = instant.replace(tzinfo=zone).isoformat()
    assert kept("instant", text) == text
    assert refused("instant", instant.isoformat())
    assert refused("instant", text[:10])


@pytest.mark.parametrize("text", ["", "now", "2021-13-01T00:00:00Z", "20210301T00:00:00Z", "2021"])
def test_what_is_no_instant_is_refused(text):
    assert refused("instant", text)


@given(st.binary())
def test_base64_is_decoded_whatever_white_space_it_has(content):
    text = base64.b64encode(content).decode()
    assert decoded(text) == content
    assert decoded("\n".join(text[i : i + 5] for i in range(0, len(text), 5))) == content


@pytest.mark.parametrize("text", ["a", "=", "ab=c", "a*bc", "é", "YQ==YQ=="])
def test_what_is_no_base64_is_refused(text):
    with pytest.raises(ValueError, match="expected base64"):
        decoded(text)


@pytest.mark.parametrize("start", [b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"])
def test_tiff_of_either_order_and_size_is_an_image(start):
    text = base64.b64encode(start + b"rest").decode()
    assert kept("image", text) == text


@pytest.mark.parametrize("start", [b"", b"II", b"\x89PNG", b"GIF8", b"II\0*"])
def test_other_bytes_are_no_tiff(start):
    assert refused("image", base64.b64encode(start).decode())


@pytest.mark.parametrize("value", [True, "1", float("nan"), float("inf"), [1.0]])
def test_a_number_is_finite_and_nothing_else(value):
    assert refused("number", value)


def test_schemas_carry_the_formats_of_the_standard():
    assert SCHEMAS["box"]["allOf"][0] == {"format": "ogc-bbox"}
    assert SCHEMAS["geometry"]["oneOf"][0]["allOf"][0] == {"format": "geojson-geometry"}
    formats = SCHEMAS["features"]["oneOf"][0]["allOf"][0]
    assert formats == {"format": "geojson-feature-collection"}
    assert SCHEMAS["instant"]["format"] == "date-time"
    assert SCHEMAS["image"]["contentMediaType"] == TIFF
