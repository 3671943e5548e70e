"""Documents of jobs: statuses and results as clients read them."""

import base64
from dataclasses import replace

import pytest

from casa_ogc.jobs.documents import (
    INLINE,
    MOST_INLINE,
    results_document,
    status_document,
)
from casa_ogc.jobs.queries import Place
from casa_ogc.jobs.record import Execution, Failure, Job
from casa_ogc.jobs.results import Manifest, StoredFile

URL = "https://casa.example"
NOW = "2026-01-01T00:00:00.000Z"
JOB = Job("b" * 32, Execution("echo", "1.0.0", {}), "", "", "accepted", NOW, NOW)
OWN = f"{URL}/jobs/{'b' * 32}"
REL = "http://www.opengis.net/def/rel/ogc/1.0/"


def links(**more):
    return {one["rel"]: one["href"] for one in status_document(replace(JOB, **more), URL)["links"]}


def test_what_is_not_known_is_left_out_and_not_null():
    told = status_document(JOB, URL)
    assert None not in told.values()
    assert not {"started", "finished", "position", "exception", "title"} & told.keys()
    assert "positionIsAtLeast" not in status_document(JOB, URL, place=Place(3, NOW))


def test_a_place_in_the_queue_is_told_with_what_is_known_of_it():
    told = status_document(JOB, URL, place=Place(3, NOW))
    assert (told["position"], told["expectedStart"]) == (3, NOW)
    told = status_document(JOB, URL, place=Place(1001, exact=False))
    assert (told["position"], told["positionIsAtLeast"]) == (1001, True)
    assert "expectedStart" not in told


def test_a_status_leads_to_what_there_is():
    assert links()["monitor"] == OWN
    assert f"{REL}results" not in links()
    assert links(status="successful")[f"{REL}results"] == f"{OWN}/results"
    assert (
        links(status="successful", collection="job-x")["collection"] == f"{URL}/collections/job-x"
    )
    assert f"{REL}results" not in links(status="failed")
    assert links(status="failed")[f"{REL}exceptions"] == f"{OWN}/results"


def test_a_failure_is_told_in_words_and_as_an_exception():
    failure = Failure("InvalidInputsError", "too long", (("/a", "too long"),))
    told = status_document(replace(JOB, status="failed", failure=failure), URL)
    assert told["message"] == "InvalidInputsError: too long"
    assert told["exception"]["errors"] == [{"pointer": "/inputs/a", "detail": "too long"}]
    assert told["exception"]["type"].endswith("ogcapi-processes-1/1.0/InvalidInputsError")


def test_a_job_that_was_asked_to_stop_says_so():
    assert (
        status_document(replace(JOB, status="running", dismissal=NOW), URL)["message"] == "stopping"
    )


def document(tmp_path, output, asked=None, *, minimal=False):
    outputs = {} if asked is None else {"x": asked}
    job = replace(JOB, execution=Execution("echo", "1.0.0", {}, outputs=outputs))
    path = tmp_path / "x.bin"
    if isinstance(output, StoredFile):
        path.write_bytes(b"\0" * min(output.size, 100))
    manifest = Manifest(job.id, 1, "echo", "1.0.0", {"x": output, "y": 1})
    return results_document(job, manifest, URL, lambda _name: path, minimal=minimal)


@pytest.mark.parametrize("value", [1, 2.5, "text", True, [1, {"a": 2}], {"bbox": [1, 2, 3, 4]}])
def test_simple_values_stand_for_themselves(tmp_path, value):
    assert document(tmp_path, value) == {"x": value, "y": 1}


def test_objects_are_qualified_as_the_standard_wants_it(tmp_path):
    found = document(tmp_path, {"a": 1})
    assert found["x"] == {"value": {"a": 1}, "mediaType": "application/json"}


@pytest.mark.parametrize(
    ("size", "mode", "inline"),
    [
        (100, None, True),
        (INLINE + 1, None, False),
        (INLINE + 1, "value", True),
        (MOST_INLINE + 1, "value", False),
        (100, "reference", False),
    ],
)
def test_files_are_values_or_references_by_their_size_and_the_wish(tmp_path, size, mode, inline):
    asked = None if mode is None else {"transmissionMode": mode}
    found = document(tmp_path, StoredFile("x.bin", "a/b", "0" * 64, size), asked)["x"]
    if inline:
        assert base64.b64decode(found["value"]) == b"\0" * 100
        assert (found["mediaType"], found["encoding"]) == ("a/b", "base64")
    else:
        assert found == {"href": f"{OWN}/results/x", "type": "a/b"}


def test_minimal_documents_hold_references_alone_unless_a_value_is_asked_for(tmp_path):
    found = document(tmp_path, "text", minimal=True)
    assert found["x"] == {"href": f"{OWN}/results/x", "type": "application/json"}
    assert document(tmp_path, "text", {"transmissionMode": "value"}, minimal=True) == {"x": "text"}


def test_only_the_outputs_that_were_asked_for_are_told(tmp_path):
    assert set(document(tmp_path, "text", {})) == {"x"}
    assert set(document(tmp_path, "text")) == {"x", "y"}
