"""GeoJSON, read back by a strict parser and held against the schemas of CITE."""

from collections.abc import Callable
from itertools import product
from typing import Any

import numpy as np
from hypothesis import given

from casa_ogc.archive.axes import ROLES
from casa_ogc.encoders.geojson import encode, feature_collection
from casa_ogc.query.answer import Grid, GridAnswer, SoundingsAnswer
from tests.encoders.answers import grid_answers, soundings, strict_json

Validate = Callable[[Any], None]


@given(grid_answers)
def test_every_grid_answer_is_valid(cite_geojson: Validate, answer: GridAnswer) -> None:
    cite_geojson(strict_json(encode(answer)))


@given(soundings())
def test_every_soundings_answer_is_valid(cite_geojson: Validate, answer: SoundingsAnswer) -> None:
    cite_geojson(strict_json(encode(answer)))


@given(grid_answers)
def test_every_cell_and_time_has_its_feature(answer: GridAnswer) -> None:
    document = strict_json(encode(answer))
    features = iter(document["features"])
    for grid in answer.grids:
        roles = [role for role in ROLES if role in grid.axes]
        for index in product(*(range(grid.axes[role].size) for role in roles)):
            check_feature(next(features), grid, dict(zip(roles, index, strict=True)))
    assert next(features, None) is None
    assert document["numberReturned"] == document["numberMatched"] == len(document["features"])
    names = {name for grid in answer.grids for name in grid.fields}
    assert {parameter["id"] for parameter in document["parameters"]} == names


def check_feature(feature: dict[str, Any], grid: Grid, at: dict[str, int]) -> None:
    """Compare one feature with one cell."""
    longitude, latitude = feature["geometry"]["coordinates"]
    assert latitude == grid.axes["y"].values[at["y"]]
    assert -180 <= longitude <= 180
    assert (longitude - grid.axes["x"].values[at["x"]]) % 360 == 0
    properties = dict(feature["properties"])
    if "t" in at:
        text = properties.pop("datetime")
        assert np.datetime64(text.removesuffix("Z")) == grid.axes["t"].values[at["t"]]
    if "z" in at:
        assert properties.pop("pressure") == grid.axes["z"].values[at["z"]]
    assert properties.keys() == grid.fields.keys()
    for name, field in grid.fields.items():
        check_value(properties[name], field.values[tuple(at[role] for role in field.roles)])


def check_value(sent: Any, value: Any) -> None:
    """Compare in the type of the data; null is missing."""
    if isinstance(value, str):
        assert sent == (value.strip() or None)
    elif value.ndim:
        for one, other in zip(sent, value, strict=True):
            check_value(one, other)
    elif np.isnan(value):
        assert sent is None
    else:
        assert value.dtype.type(sent) == value


@given(soundings())
def test_every_sounding_is_a_point_with_its_properties(answer: SoundingsAnswer) -> None:
    document = strict_json(encode(answer))
    rows = range(answer.columns["time"].size)
    assert document["numberMatched"] == answer.matched
    assert document["numberReturned"] == len(rows)
    for row, feature in zip(rows, document["features"], strict=True):
        place = [answer.columns["longitude"][row], answer.columns["latitude"][row]]
        assert feature["geometry"] == {"type": "Point", "coordinates": place}
        assert "id" not in feature
        properties = feature["properties"]
        assert properties.pop("datetime").endswith("Z") != (answer.time_resolution == "P1D")
        assert properties.keys() == answer.columns.keys() - {"time", "longitude", "latitude"}
        for name, sent in properties.items():
            check_value(sent, answer.columns[name][row])


@given(soundings(least=1))
def test_items_carry_the_sounding_as_their_identifier(answer: SoundingsAnswer) -> None:
    features = feature_collection(answer, identified=True)["features"]
    assert [f["id"] for f in features] == answer.columns["sounding_id"].tolist()
