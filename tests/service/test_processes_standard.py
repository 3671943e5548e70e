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

from casa_ogc.web.landing import CONFORMANCE as DECLARED
from tests.jobs.listeners import listening
from tests.service.job_sites import TIMEOUT, JobSite
from tests.service.standard import CONFORMANCE, EXCEPTIONS, faults

WORD = "teststring"
REL = "http://www.opengis.net/def/rel/ogc/1.0/"
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


def proves(*classes: str) -> pytest.MarkDecorator:
    """Mark a test with the conformance classes that it proves."""
    return pytest.mark.proves(*classes)


def get(url: str, **headers: str) -> requests.Response:
    return requests.get(url, headers=headers, timeout=TIMEOUT)


@proves("core", "json")
def test_the_list_of_processes_is_valid_paged_and_linked(
    job_server: JobSite, schemas: Path
) -> None:
    whole = get(f"{job_server.url}/processes").json()
    assert not faults(schemas, "processList", whole)
    ids = [one["id"] for one in whole["processes"]]
    assert ids == sorted(ids)
    assert "echo" in ids
    assert "long" not in ids, "it is hidden by default"
    walked, url = [], f"{job_server.url}/processes?limit=1"
    while url:
        page = get(url).json()
        assert not faults(schemas, "processList", page)
        assert len(page["processes"]) == 1
        walked.append(page["processes"][0]["id"])
        url = next((one["href"] for one in page["links"] if one["rel"] == "next"), "")
    assert walked == ids
    for one in whole["processes"]:
        rels = {each["rel"]: each["href"] for each in one["links"]}
        assert rels["self"] == f"{job_server.url}/processes/{one['id']}"


@proves("core", "ogc-process-description", "json")
def test_every_process_is_described_by_the_schema_of_the_standard(
    job_server: JobSite, schemas: Path
) -> None:
    for one in get(f"{job_server.url}/processes").json()["processes"]:
        described = get(f"{job_server.url}/processes/{one['id']}").json()
        assert not faults(schemas, "process", described)
        assert described["inputs"]
        for each in (*described["inputs"].values(), *described["outputs"].values()):
            assert each["schema"]
        assert set(described["jobControlOptions"]) == {"sync-execute", "async-execute", "dismiss"}
        rels = {each["rel"]: each["href"] for each in described["links"]}
        assert rels[f"{REL}execute"] == f"{job_server.url}/processes/{one['id']}/execution"


@proves("core")
@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("processes/none", "no-such-process"),
        ("jobs/none", "no-such-job"),
        ("jobs/none/results", "no-such-job"),
        ("jobs/none/results/x", "no-such-job"),
        ("jobs/none/log", "no-such-job"),
        ("jobs/none/prov", "no-such-job"),
    ],
)
def test_what_does_not_exist_is_told_by_the_type_of_the_standard(
    job_server: JobSite, schemas: Path, path: str, kind: str
) -> None:
    response = get(f"{job_server.url}/{path}", Accept="application/json")
    assert response.status_code == 404
    assert response.json()["type"] == f"{EXCEPTIONS}{kind}"
    assert not faults(schemas, "exception", response.json())


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


@proves("html")
@pytest.mark.parametrize("page", ["processes", "processes/echo", "jobs"])
def test_every_resource_is_a_page_too(job_server: JobSite, page: str) -> None:
    response = get(f"{job_server.url}/{page}", Accept="text/html")
    assert response.headers["Content-Type"].startswith("text/html")
    assert "<h1>" in response.text
    job = job_server.start({"stringInput": WORD})
    job_server.finished(job)
    for each in (job, f"{job}/results"):
        assert get(each, Accept="text/html").headers["Content-Type"].startswith("text/html")


@proves("oas30")
def test_the_definition_of_the_interface_has_every_operation(job_server: JobSite) -> None:
    paths = get(f"{job_server.url}/openapi").json()["paths"]
    for path, method in (
        ("/processes", "get"),
        ("/processes/{processID}", "get"),
        ("/processes/echo/execution", "post"),
        ("/jobs", "get"),
        ("/jobs/{jobID}", "get"),
        ("/jobs/{jobID}", "delete"),
        ("/jobs/{jobID}/results", "get"),
        ("/jobs/{jobID}/results/{outputID}", "get"),
    ):
        assert method in paths[path]


def test_every_class_that_is_declared_has_a_test_that_proves_it() -> None:
    proved = {
        name
        for each in globals().values()
        for mark in getattr(each, "pytestmark", ())
        if mark.name == "proves"
        for name in mark.args
    }
    declared = {one.removeprefix(CONFORMANCE) for one in DECLARED if one.startswith(CONFORMANCE)}
    assert declared == proved
