"""Execution requests, read without any web: what is kept, and what is refused."""

from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casa_ogc.catalog.settings import Jobs, Settings
from casa_ogc.jobs.accept import accept, examined
from casa_ogc.jobs.requests import (
    MEMBERS,
    MOST_DEPTH,
    SUBSCRIBER,
    check_depth,
    offered_ids,
    offered_process,
    response_of,
)
from casa_ogc.jobs.store import JobStore
from casa_processes.common.errors import CasaError, InvalidValueError, UnknownNameError
from casa_processes.common.registry import process, process_ids

WORDS = {"en": "Test", "zh": "测试"}
SITE = Settings(title=WORDS, description=WORDS, licence="CC0-1.0", provider={"name": "Tests"})
CATALOG = SimpleNamespace(settings=SITE)
ECHO = process("echo")
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def nested(levels):
    value = 1
    for number in range(levels):
        value = [value] if number % 2 else {"a": value}
    return value


def depth(value):
    if not isinstance(value, dict | list):
        return 0
    inner = value.values() if isinstance(value, dict) else value
    return 1 + max(map(depth, inner), default=0)


@given(json_values)
def test_shallow_values_pass(value):
    check_depth(value)


@pytest.mark.parametrize("levels", [1, MOST_DEPTH - 1, MOST_DEPTH, MOST_DEPTH + 1, 200])
def test_the_limit_of_depth_is_exact(levels):
    value = nested(levels)
    assert depth(value) == levels
    if levels <= MOST_DEPTH:
        check_depth(value)
    else:
        with pytest.raises(InvalidValueError, match=f"at most {MOST_DEPTH} levels"):
            check_depth(value)


def test_depth_far_beyond_any_recursion_is_refused():
    with pytest.raises(InvalidValueError):
        check_depth(nested(100_000))


@given(st.dictionaries(st.sampled_from(MEMBERS) | st.text(max_size=5), json_values))
def test_whatever_is_posted_is_a_submission_or_an_error_of_ours(content):
    try:
        found = examined(CATALOG, "echo", content)
    except CasaError as error:
        assert str(error)
    else:
        assert found.execution.inputs == content["inputs"]


def test_hidden_processes_are_not_offered():
    assert set(process_ids()) - set(offered_ids(SITE)) == {"long"}
    with pytest.raises(UnknownNameError, match="no process 'long'"):
        offered_process("long", SITE)
    shown = SITE.model_copy(update={"jobs": Jobs(hidden=())})
    assert offered_process("long", shown).id == "long"


@pytest.mark.parametrize(
    ("content", "wanted", "kind"),
    [
        ({}, {}, "document"),
        ({}, {"stringInput": {}}, "raw"),
        ({}, {"stringInput": {}, "arrayInput": {}}, "document"),
        ({"response": "document"}, {"stringInput": {}}, "document"),
        ({"response": "raw"}, {}, "raw"),
    ],
)
def test_one_output_is_raw_and_several_are_a_document_unless_asked_otherwise(content, wanted, kind):
    assert response_of(content, ECHO, wanted) == kind


def test_the_execution_is_what_was_asked_for():
    content = {
        "inputs": {"stringInput": "x", "boundingBoxInput": {"bbox": [1, 2, 3, 4]}},
        "outputs": {"stringInput": {"transmissionMode": "reference"}},
        "response": "document",
        "title": "A title",
        "labels": ["a", "b"],
        "subscriber": dict.fromkeys(SUBSCRIBER, "https://example.org/x"),
    }
    found = examined(CATALOG, "echo", content).execution
    assert (found.process_id, found.process_version) == ("echo", ECHO.version)
    for name in ("inputs", "outputs", "response", "title", "subscriber"):
        assert getattr(found, name) == content[name]
    assert found.labels == ("a", "b")


def test_a_row_is_written_with_the_cost_and_its_owner(tmp_path):
    store = JobStore(f"sqlite:///{tmp_path / 'jobs.sqlite'}")
    asked = examined(CATALOG, "echo", {"inputs": {"stringInput": "x", "pause": 3.0}})
    job, new = accept(store, CATALOG, asked, "me", "me")
    assert new
    assert (job.owner, job.status) == ("me", "accepted")
    assert job.cpu_seconds == pytest.approx(3.01)
    assert accept(store, CATALOG, asked, "me", "me") == (job, False)
    one, other = (accept(store, CATALOG, asked, "", "address:x") for _ in range(2))
    assert one[0].id != other[0].id
    keyed = [accept(store, CATALOG, asked, "", "address:x", "key")[0].id for _ in range(2)]
    assert keyed[0] == keyed[1]
    assert accept(store, CATALOG, asked, "", "address:y", "key")[0].id != keyed[0]
    store.close()
