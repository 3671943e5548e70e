"""Rows and jobs: what is written is what is read."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casa_ogc.jobs.record import Execution, Failure
from casa_ogc.jobs.rows import (
    content_hash,
    execution_of,
    execution_text,
    failure_of,
    failure_text,
    is_job_id,
    storable,
)
from tests.jobs.clocks import execution

texts = st.text(st.characters(), max_size=20)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)


def test_an_execution_is_written_the_same_whatever_the_order_of_its_members():
    one = execution(inputs={"a": 1, "b": {"c": (1, 2), "d": None}})
    two = replace(one, inputs={"b": {"d": None, "c": [1, 2]}, "a": 1})
    assert execution_text(one) == execution_text(two)
    assert execution_of(execution_text(two)) == two
    assert json.loads(execution_text(one))["process_id"] == "echo"
    with pytest.raises(TypeError):
        execution_text(replace(one, inputs={"a": object()}))


@given(st.dictionaries(texts, values, max_size=4), st.lists(texts, max_size=3).map(tuple))
def test_any_execution_is_read_as_it_was_written(inputs, labels):
    asked = Execution("p", "1", inputs, labels=labels, title="t")
    assert execution_of(execution_text(asked)) == asked


@given(texts, texts, st.lists(st.tuples(texts, texts), max_size=3).map(tuple))
def test_any_failure_is_read_as_it_was_written(error, message, problems):
    failure = Failure(error, message, problems)
    assert failure_of(failure_text(failure)) == failure


@given(texts)
def test_what_is_storable_is_valid_utf_8_without_nul(text):
    kept = storable(text)
    assert "\0" not in kept
    assert kept.encode().decode() == kept
    assert storable(kept) == kept


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20))
def test_ordinary_texts_are_stored_as_they_are(text):
    assert storable(text) == text


def test_hashes_tell_owners_and_executions_apart():
    one = execution_text(execution(1))
    told = {
        content_hash(one, "ann"),
        content_hash(one, "bob"),
        content_hash(one, ""),
        content_hash(execution_text(execution(2)), "ann"),
        content_hash(f"{one}a", "nn"),
    }
    assert len(told) == 5
    assert content_hash(one, "ann") == content_hash(one, "ann")
    assert all(len(each) == 64 for each in told)


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("0123456789abcdef" * 2, True),
        ("0123456789abcdef" * 2 + "0", False),
        ("0123456789ABCDEF" * 2, False),
        ("0123456789abcde" * 2 + "g0", False),
        ("٠" * 32, False),
        ("", False),
    ],
)
def test_ids_of_jobs_are_told_from_other_texts(text, is_one):
    assert is_job_id(text) is is_one
