"""Preferences of clients and forms of people, read without a server."""

from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casa_ogc.jobs.requests import offered_ids
from casa_ogc.web.executions import LONGEST_WAIT, patience
from casa_ogc.web.executions_prefer import Preferences, parse_prefer
from casa_ogc.web.processes_form import fields, kind_of, parsed, written
from casa_processes.common.process import Cost
from casa_processes.common.registry import process, process_ids


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", Preferences()),
        ("respond-async", Preferences("async")),
        ("Respond-Async", Preferences("async")),
        (" respond-async , wait = 10 ", Preferences("async", 10.0)),
        ("wait=10s", Preferences(wait=10.0)),
        ('wait="10"', Preferences(wait=10.0)),
        ("wait=10, wait=20", Preferences(wait=10.0)),
        ("respond-sync, respond-async", Preferences("sync")),
        ("return=minimal", Preferences(minimal=True)),
        ("return=representation, return=minimal", Preferences()),
        ("respond-async; foo=bar, handling=lenient", Preferences("async")),
        ("wait=-1", Preferences()),
        ("wait=1e3", Preferences()),
        ("wait=99999999999", Preferences()),
        ("wait=٣", Preferences()),
        ("respond-asynchronously", Preferences()),
        (";;;,,,===", Preferences()),
    ],
)
def test_preferences_are_read_as_a_list(text, found):
    assert parse_prefer(text) == found


@given(st.text())
def test_no_preference_is_an_error(text):
    assert isinstance(parse_prefer(text), Preferences)


@given(st.text())
def test_what_is_honoured_is_told_in_our_words_only(text):
    for waited in (False, True):
        told = parse_prefer(text).applied(waited=waited).get("Preference-Applied", "")
        for part in told.split(", ") if told else ():
            name = part.partition("=")[0]
            assert name in ("respond-async", "respond-sync", "wait", "return")


@pytest.mark.parametrize(
    ("wishes", "seconds", "waits"),
    [
        (Preferences(), 1, LONGEST_WAIT),
        (Preferences(), 100, 0),
        (Preferences("sync"), 100, 0),
        (Preferences("async"), 1, 0),
        (Preferences("async", 5), 100, 5),
        (Preferences(wait=5), 100, 5),
        (Preferences(wait=0), 1, 0),
        (Preferences(wait=9999), 1, LONGEST_WAIT),
    ],
)
def test_a_request_waits_by_its_wish_and_the_cost(wishes, seconds, waits):
    asked = SimpleNamespace(cost=Cost(cpu_seconds=seconds))
    assert patience(wishes, asked, 20.0) == waits


def test_the_fields_of_every_process_hold_its_example():
    for name in process_ids():
        found = process(name)
        inputs = found.description()["inputs"]
        shown = {one.name: one for one in fields(inputs, found.example)}
        assert list(shown) == list(inputs)
        read = {
            key: parsed(inputs[key]["schema"], field.value)
            for key, field in shown.items()
            if field.value
        }
        assert read == dict(found.example)
        assert found.validate(read)


def test_offered_processes_can_be_run_from_their_forms_as_they_stand():
    site = SimpleNamespace(jobs=SimpleNamespace(hidden=("long",)))
    for name in offered_ids(site):
        required = [
            one
            for one in fields(process(name).description()["inputs"], process(name).example)
            if one.required
        ]
        assert all(one.value for one in required)


@pytest.mark.parametrize(
    ("schema", "kind"),
    [
        ({"type": "string"}, "text"),
        ({"type": "string", "enum": ["a"]}, "choice"),
        ({"type": "boolean"}, "choice"),
        ({"type": "integer"}, "number"),
        ({"type": "number"}, "number"),
        ({"type": "array"}, "json"),
        ({"anyOf": [{"type": "string"}]}, "json"),
        ({}, "json"),
    ],
)
def test_a_field_is_as_its_schema(schema, kind):
    assert kind_of(schema) == kind


@given(st.recursive(st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(), st.lists))
def test_what_is_written_into_a_field_is_read_back(value):
    assert parsed({}, written({}, value)) == value


@given(st.text())
def test_text_is_never_taken_for_something_else(text):
    assert parsed({"type": "string"}, text) == text
    assert written({"type": "string"}, text) == text


@given(st.lists(st.integers(-(10**6), 10**6) | st.floats(-1e6, 1e6), min_size=2))
@pytest.mark.parametrize("between", [",", ", ", " ", "\n", "; ", ",\n  "])
def test_numbers_one_after_the_other_are_a_list(between, numbers):
    text = between.join(map(str, numbers))
    assert parsed({"anyOf": [{"type": "array"}]}, f" {text}\n") == numbers


@pytest.mark.parametrize(
    ("text", "value"),
    [("1", 1), ("1,", "1,"), ("1,,2", "1,,2"), ("1, x", "1, x"), ("01, 2", "01, 2"), ("-", "-")],
)
def test_what_is_no_list_of_numbers_is_taken_for_none(text, value):
    assert parsed({}, text) == value


def test_what_is_no_json_stays_text():
    assert parsed({"type": "array"}, "[1, x]") == "[1, x]"
    assert parsed({"anyOf": []}, "prior") == "prior"


def test_limits_and_choices_are_those_of_the_schema():
    inputs = {
        "n": {"schema": {"type": "integer", "minimum": 1, "maximum": 9, "default": 3}},
        "b": {"schema": {"type": "boolean"}, "minOccurs": 0, "title": "B", "description": "d"},
    }
    number, choice = fields(inputs, {"b": True})
    assert dict(number.limits) == {"min": 1, "max": 9, "step": 1}
    assert (number.required, number.value, number.hint) == (True, "", "3")
    assert (choice.choices, choice.value, choice.required) == (
        (("true", ""), ("false", "")),
        "true",
        False,
    )
