"""What the official test suite of OGC API Processes 1.0 asks of a server, asked of ours.

Requests are those of the suite for the echo process; answers are held against the official schemas.
Each test names the conformance class that it proves.
"""

import email
import email.policy
import json
import time
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.jobs.listeners import listening
from tests.service.job_sites import TIMEOUT, JobSite
from tests.service.standard import EXCEPTIONS, REL, faults, get, proves

WORD = "teststring"
INPUTS: dict[str, Any] = {
    "stringInput": WORD,
    "measureInput": {"measurement": 10.3, "uom": "m"},
    "complexObjectInput": {"value": WORD},
    "arrayInput": [1, 2, 3],
    "boundingBoxInput": {
        "bbox": [51.9, 7, 52, 7.1],
        "crs": "http://www.opengis.net/def/crs/OGC/1.3/CRS84",
    },
}
TIFF = "SUkqAAgAAAAAAA=="
OUTPUTS = {name: {"transmissionMode": "value"} for name in (*INPUTS, "doubleInput")}


@proves("core")
@pytest.mark.parametrize("outputs", [None, {}, OUTPUTS])
def test_a_short_job_is_answered_at_once_with_every_output(
    job_server: JobSite, schemas: Path, outputs: Any
) -> None:
    content = {"inputs": INPUTS} if outputs is None else {"inputs": INPUTS, "outputs": outputs}
    response = job_server.run(content, Accept="application/json")
    assert response.status_code == 200
    found = response.json()
    assert not faults(schemas, "results", found)
    assert found["stringInput"] == WORD
    assert found["complexObjectInput"] == WORD
    assert found["arrayInput"] == [1, 2, 3]
    assert found["boundingBoxInput"] == INPUTS["boundingBoxInput"]
    assert found["measureInput"]["value"] == INPUTS["measureInput"]
    assert "rel=monitor" in response.headers["Link"]
    job = response.headers["Link"].partition(">")[0].lstrip("<")
    assert get(job).json()["status"] == "successful"


@proves("core")
def test_binary_inputs_come_back_byte_by_byte(job_server: JobSite, schemas: Path) -> None:
    form = {"mediaType": "image/tiff; application=geotiff", "encoding": "base64"}
    inputs = {"stringInput": WORD, "imageInput": {"value": TIFF, "format": form}}
    found = job_server.run({"inputs": inputs}).json()
    assert not faults(schemas, "results", found)
    assert found["imageInput"] == {
        "value": TIFF,
        "mediaType": "image/tiff; application=geotiff",
        "encoding": "base64",
    }


@proves("core")
def test_an_asynchronous_job_is_created_watched_and_its_results_are_read(
    job_server: JobSite, schemas: Path
) -> None:
    content = {"inputs": INPUTS, "response": "document"}
    response = job_server.run(content, Prefer="respond-async ")
    assert response.status_code == 201
    assert response.headers["Preference-Applied"] == "respond-async"
    assert not faults(schemas, "statusInfo", response.json())
    job = response.headers["Location"]
    status = job_server.finished(job)
    assert not faults(schemas, "statusInfo", status)
    assert status["status"] == "successful"
    assert status["created"] <= status["started"] <= status["finished"] <= status["updated"]
    links = {one["rel"]: one["href"] for one in status["links"]}
    assert links["monitor"] == job
    results = get(links[f"{REL}results"])
    assert results.status_code == 200
    assert not faults(schemas, "results", results.json())
    assert results.json()["stringInput"] == WORD


@proves("core")
def test_results_that_are_not_ready_are_told_so(job_server: JobSite, schemas: Path) -> None:
    job = job_server.start({"stringInput": WORD, "pause": 5}, {"response": "raw"})
    results = get(f"{job}/results", Accept="application/json")
    assert results.status_code == 404
    assert results.json()["type"] == f"{EXCEPTIONS}result-not-ready"
    assert not faults(schemas, "exception", results.json())
    requests.delete(job, timeout=TIMEOUT)


@proves("core")
@pytest.mark.parametrize("asynchronous", [False, True])
def test_one_raw_output_is_the_answer_itself(job_server: JobSite, asynchronous: bool) -> None:
    content = {"inputs": INPUTS, "outputs": {"stringInput": {}}, "response": "raw"}
    if asynchronous:
        job = job_server.start(INPUTS, content)
        job_server.finished(job)
        response = get(f"{job}/results")
    else:
        response = job_server.run(content)
    assert response.status_code == 200
    assert response.json() == WORD


@proves("core")
@pytest.mark.parametrize("mixed", [False, True])
def test_several_raw_outputs_are_parts_of_one_message(job_server: JobSite, mixed: bool) -> None:
    outputs: dict[str, Any] = {"stringInput": {}, "arrayInput": {}, "imageInput": {}}
    if mixed:
        outputs["imageInput"] = {"transmissionMode": "reference"}
    inputs = {"stringInput": WORD, "arrayInput": [1, 2], "imageInput": TIFF}
    response = job_server.run({"inputs": inputs, "outputs": outputs, "response": "raw"})
    assert response.status_code == 200
    head = f"Content-Type: {response.headers['Content-Type']}\r\n\r\n".encode()
    message = email.message_from_bytes(head + response.content, policy=email.policy.HTTP)
    assert message.get_content_type() == "multipart/related"
    parts = {part["Content-ID"]: part for part in message.iter_parts()}
    assert list(parts) == ["<stringInput>", "<arrayInput>", "<imageInput>"]
    assert parts["<stringInput>"].get_payload(decode=True) == b'"teststring"'
    assert parts["<arrayInput>"].get_payload(decode=True) == b"[1,2]"
    image = parts["<imageInput>"]
    assert image.get_content_type() == "image/tiff"
    where = str(image["Content-Location"])
    body = get(where).content if mixed else image.get_payload(decode=True)
    assert body == b"II*\0\x08\0\0\0\0\0"


@proves("core")
def test_raw_references_are_links_without_a_body(job_server: JobSite) -> None:
    outputs = {"stringInput": {"transmissionMode": "reference"}}
    response = job_server.run({"inputs": INPUTS, "outputs": outputs, "response": "raw"})
    assert (response.status_code, response.content) == (204, b"")
    links = requests.utils.parse_header_links(response.headers["Link"])
    (item,) = [one for one in links if one["rel"] == "item"]
    assert get(item["url"]).json() == WORD


@proves("core")
def test_what_is_no_execution_request_is_refused(job_server: JobSite, schemas: Path) -> None:
    for content in ({"invalid-execute-request": "true"}, {"inputs": {"imageInput": {"type": "x"}}}):
        response = job_server.run(content, Accept="application/json")
        assert response.status_code == 400
        assert response.headers["Content-Type"] == "application/json"
        assert not faults(schemas, "exception", response.json())


@proves("job-list")
def test_the_list_of_jobs_is_valid_and_holds_those_of_the_token(
    job_server: JobSite, schemas: Path
) -> None:
    mine = job_server.token("lister")
    job = job_server.start({"stringInput": WORD}, **mine)
    job_server.finished(job, **mine)
    listed = requests.get(f"{job_server.url}/jobs", headers=mine, timeout=TIMEOUT).json()
    assert not faults(schemas, "jobList", listed)
    assert [one["jobID"] for one in listed["jobs"]] == [job.rpartition("/")[2]]


@proves("dismiss")
def test_a_dismissed_job_stops_and_stays_dismissed(job_server: JobSite, schemas: Path) -> None:
    job = job_server.start({"stringInput": WORD, "pause": 60})
    while get(job).json()["status"] != "running":
        time.sleep(0.05)
    response = requests.delete(job, timeout=TIMEOUT)
    assert response.status_code == 200
    assert not faults(schemas, "statusInfo", response.json())
    assert job_server.finished(job)["status"] == "dismissed"
    assert get(job).status_code == 200
    assert get(f"{job}/results").status_code == 404


@proves("callback")
def test_subscribers_are_told_of_progress_and_of_the_results(
    job_server: JobSite, schemas: Path
) -> None:
    with listening() as listener:
        told = {
            "successUri": f"{listener.url}/success?a=1",
            "inProgressUri": f"{listener.url}/progress",
            "failedUri": f"{listener.url}/failed",
        }
        job = job_server.start({"stringInput": WORD, "pause": 1}, {"subscriber": told})
        job_server.finished(job)
        end = time.monotonic() + TIMEOUT
        while len(listener.heard) < 2 and time.monotonic() < end:
            time.sleep(0.05)
    heard = {one.path: one for one in listener.heard}
    assert set(heard) == {"/success?a=1", "/progress"}
    assert {one.method for one in heard.values()} == {"POST"}
    progress = json.loads(heard["/progress"].body)
    assert not faults(schemas, "statusInfo", progress)
    assert progress["status"] == "running"
    results = json.loads(heard["/success?a=1"].body)
    assert not faults(schemas, "results", results)
    assert results["stringInput"] == WORD
    assert heard["/progress"].headers["Link"] == f'<{job}>; rel="monitor"'
