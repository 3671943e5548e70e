"""Validation of inputs: every problem at once, each by its place."""

import pickle
from typing import Annotated

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, Field, model_validator

from casa_processes.common.errors import InvalidInputsError
from casa_processes.common.process import CollectionOf, Process, Text
from casa_processes.common.registry import process

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=12,
)


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid")

    size: int


class Inputs(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str
    count: int = Field(1, ge=1)
    parts: list[Part] = []
    mixed: int | list[int] = 0
    where: Annotated[str | None, CollectionOf("grid", datetime="when")] = None
    when: str | None = None
    bbox: list[float] | None = None

    @model_validator(mode="after")
    def _no_nobody(self):
        if self.name == "nobody":
            raise ValueError("somebody is expected")
        return self


TEST = Process("test", "1", Text("Test", "试"), Text("Test", "试"), Inputs, Inputs, "nowhere:run")


def problems(inputs: object) -> dict[str, str]:
    with pytest.raises(InvalidInputsError) as caught:
        TEST.validate(inputs)
    return dict(caught.value.problems)


def test_every_wrong_missing_and_extra_field_is_named_at_once():
    found = problems({"count": 0, "parts": [{"size": 1}, {"size": "x", "a/b~": 2}], "zork": 1})
    assert set(found) == {"/name", "/count", "/parts/1/size", "/parts/1/a~1b~0", "/zork"}
    assert found["/name"] == "Field required"
    assert "greater than or equal to 1" in found["/count"]


def test_a_missing_member_of_a_part_is_named_by_its_whole_place():
    assert set(problems({"name": "a", "parts": [{}]})) == {"/parts/0/size"}


def test_alternatives_of_a_type_are_one_problem_without_their_names():
    found = problems({"name": "a", "mixed": "x"})
    assert set(found) == {"/mixed"}
    assert " or " in found["/mixed"]
    assert set(problems({"name": "a", "mixed": [1, "x"]})) == {"/mixed", "/mixed/1"}


def test_a_check_of_the_whole_is_reported_without_prefix():
    assert problems({"name": "nobody"}) == {"": "somebody is expected"}


@pytest.mark.parametrize("inputs", [None, [], 1, "name", [("name", "a")]])
def test_inputs_that_are_no_object_are_refused(inputs):
    assert problems(inputs) == {"": "expected an object with one member per input"}


def test_qualified_values_are_unwrapped_alone_and_in_lists():
    found = TEST.validate(
        {
            "name": {"value": "a", "mediaType": "text/plain"},
            "parts": [{"value": {"size": 1}}, {"size": 2}],
        }
    )
    assert found == Inputs(name="a", parts=[Part(size=1), Part(size=2)])


def test_places_in_qualified_values_are_those_of_what_was_sent():
    sent = {"name": {"value": 1}, "parts": {"value": [{"size": 1}, {}]}}
    assert set(problems(sent)) == {"/name", "/parts/value/1/size"}


def test_an_object_with_other_members_is_not_a_qualified_value():
    assert "/name" in problems({"name": {"value": "a", "zork": 1}})


def test_collections_are_found_with_their_selection():
    inputs = TEST.validate({"name": "a", "where": "maps", "when": "2020", "bbox": [1, 2, 3, 4]})
    asked = TEST.collections(inputs)["where"]
    assert (asked.id, asked.mark.kind) == ("maps", "grid")
    assert (asked.datetime, asked.bbox) == ("2020", (1.0, 2.0, 3.0, 4.0))


def test_inputs_without_a_collection_ask_for_none():
    assert TEST.collections(TEST.validate({"name": "a"})) == {}


@given(json_values)
def test_any_json_is_either_valid_or_refused_with_places(sent):
    smoothed = process("smoothed-column")
    for inputs in (sent, {"profile": sent}, {"profile": [1.0], "observations": sent}):
        try:
            smoothed.validate(inputs)
        except InvalidInputsError as error:
            assert all(place == "" or place.startswith("/") for place, _ in error.problems)


def test_the_error_survives_pickling():
    error = pickle.loads(pickle.dumps(InvalidInputsError([("/a", "bad"), ("", "worse")])))
    assert str(error) == "/a: bad; inputs: worse"
